"""One pass on a board: old and new numbers never stand side by side, and a board says which leaf has changed."""

import re

import pytest

import nn
import viz
from autograd import DomainError, OperandError, StaleError, Value, certificate, exercise, grad, log, parse, steps
from autograd.passes.levels import LEVELS
from autograd.passes.one_pass import OnePass

NOTE = "x has changed since J was calculated: these are the numbers that J.forward() gives."


def stale():
    """J = w·x at x = 2, and then x is 10."""
    graph = parse("u = w*x; J = u + u", w=3, x=2)
    graph["x"].data = 10
    return graph["J"], graph


def fresh():
    return parse("u = w*x; J = u + u", w=3, x=10)["J"]


SHOWN = {
    **{f"steps, {level}": (lambda J, level=level: str(steps(J, level=level))) for level in LEVELS},
    "listing of some": lambda J: repr(steps(J)),
    "exercise": lambda J: str(exercise(J)),
    "exercise in values": lambda J: str(exercise(J, "values")),
    "ledger": lambda J: str(steps(J).ledger("w")),
    "notebook": lambda J: steps(J)._repr_html_(),
    "picture": lambda J: viz.draw(J).svg,
    "picture forward": lambda J: viz.draw_forward(J).svg,
    "picture, level": lambda J: viz.draw(J, level="value", around="w").svg,
    "gradient's graph": lambda J: viz.draw_backward(J, as_graph=True, order=2).svg,
    "picture of an exercise": lambda J: viz.draw_exercise(exercise(J)).svg,
    "frame": lambda J: viz.frames(J)[2].svg,
    "page": lambda J: viz.page(J).picture.title + viz.page(J).html,
    "Mermaid": lambda J: viz.draw(J).mermaid,
    "DOT": lambda J: viz.draw(J).dot,
    "TikZ": lambda J: viz.draw(J).tikz,
}


def text_only(shown):
    """What a display says, without its note, sizes and places."""
    shown = re.sub('<g class="note".*?</g>', "", shown, flags=re.DOTALL)
    lines = re.findall("<text[^>]*>(.*)</text>", shown) or re.sub("<[^>]*>", "\n", shown).splitlines()
    return [line for line in lines if "has changed" not in line and "these are" not in line]


@pytest.mark.parametrize("name", SHOWN)
def test_a_display_shows_one_pass_and_says_so(name):
    J, graph = stale()
    shown, new = SHOWN[name](J), SHOWN[name](fresh())
    assert "has changed since" in shown and "has changed since" not in new
    if name not in ("Mermaid", "DOT", "TikZ", "page"):
        assert text_only(shown) == text_only(new)
    assert J.data == 12 and graph["u"].data == 6 and graph["u"].partials == (2, 3)  # the graph itself stays
    assert SHOWN[name](J.forward()) == new


def test_the_note_is_the_first_line():
    J, _ = stale()
    for text in (steps(J), exercise(J), exercise(J, "values"), steps(J).ledger("w")):
        assert str(text).splitlines()[0] == NOTE
    assert f"    note: {NOTE}" in repr(steps(J).next())
    assert r"x\text{ has changed since }J\text{ was calculated" in steps(J).latex
    assert r"x\text{ has changed since }J\text{ was calculated" in exercise(J).latex


def test_a_picture_has_the_note_below_and_for_those_who_cannot_see_it():
    J, _ = stale()
    for drawing in (viz.draw(J), viz.frames(J)[0], viz.draw_exercise(exercise(J))):
        title = re.search("<title>(.*)</title>", drawing.svg)[1]
        assert title.endswith(NOTE) and drawing.svg.count(NOTE.split(": ")[0]) >= 3
    assert viz.draw(J).scene.note == NOTE


def test_options_by_node_are_heard():
    J, graph = stale()
    w, x = graph["w"], graph["x"]
    drawing = viz.draw(J, names={x: "ξ"}, parameters=(p for p in [w]), between=(w, J), level="value")
    assert [card.title for card in drawing.scene.nodes] == ["w", "u = w · ξ", "J = u + u"]
    assert drawing.scene.note.startswith("ξ has changed") and drawing.scene.nodes[0].role == "parameter"
    frames = viz.frames(J, names={x: "ξ"}, parameters=[w])
    assert "u = w · ξ = 3 · 10 = 30" in frames.sentences and frames.passes.scene.note.startswith("ξ has changed")
    assert viz.draw(J, around=x, depth=1, names={"x": "ξ"}).scene.note.startswith("ξ has changed")


def test_a_display_stays_as_it_was_made():
    graph = parse("u = w*x; J = 3*u", w=3, x=2)
    frames, page, sheet, passes = viz.frames(graph["J"]), viz.page(graph["J"]), exercise(graph["J"]), steps(graph["J"])
    shown = str(sheet), str(passes), viz.draw_exercise(sheet).svg
    graph["x"].data = 10
    assert "u = w · x = 3 · 2 = 6" in frames.sentences and ">10<" not in frames[1].svg and '"data":2' in page.html
    assert shown == (str(sheet), str(passes), viz.draw_exercise(sheet).svg)


@pytest.mark.parametrize("show", [steps, exercise, viz.draw, viz.frames, viz.page, viz.draw_forward])
def test_where_there_is_no_value_the_error_is_that_of_forward(show):
    x = Value(2.0, "x")
    u = (x + 1).named("u")
    J = log(u).named("J")
    x.data = -5.0
    with pytest.raises(DomainError) as error:
        show(J)
    assert J.data == 1.0986122886681098 and u.data == 3.0
    with pytest.raises(DomainError) as expected:
        J.forward()
    assert str(error.value) == str(expected.value)
    with pytest.raises(OperandError, match="A gradient needs a Value, got 3"):
        show(3)


@pytest.mark.parametrize(
    ("changed", "clause"),
    [
        ("a", "a or b has changed since J was calculated: these are"),
        ("ab", "a or b has changed since J was calculated: these are"),
        ("c", "c has changed since"),
        ("cd", "c and d have changed since"),
        ("acd", "a or b, c and d have changed since"),
    ],
)
def test_several_changes_are_listed(changed, clause):
    graph = parse("J = (a + b) + c*d", a=1, b=2, c=3, d=4)
    for name in changed:
        graph[name].data += 10
    assert str(steps(graph["J"])).startswith(clause)


def test_of_many_changes_the_first_are_named():
    w = [Value(1.0, f"w_{i}") for i in range(1, 12)]
    J = sum([x * 2 for x in w[1:]], w[0] * 2).named("J")
    for x in w:
        x.data = 3.0
    note = str(steps(J)).splitlines()[0]
    assert note.startswith("w₁, w₂, w₃, w₄, w₅, w₆, w₇, w₈ and others (11 in all) have changed since J was calculated:")


def test_a_certificate_refuses_and_its_remedy_works():
    J, graph = stale()
    with pytest.raises(StaleError) as error:
        certificate(J)
    assert str(error.value) == "x has changed since J was calculated. Call J.forward() first."
    assert certificate(J.forward()).ok
    graph["x"].data = 10.0  # the same number
    assert certificate(J).ok


def test_a_step_of_training_can_still_be_drawn():
    """As micrograd's users do: p.data -= rate * p.grad, then a picture of the loss."""
    model = nn.MLP(2, [4, 1], activation="tanh", rng=0)
    [out] = model([Value(0.5, "x_1"), Value(-1.0, "x_2")])
    loss = (out - 1.0) ** 2
    assert not viz.draw(loss).scene.note
    loss.backward()
    before = loss.data
    for p in model.parameters():
        p.data -= 0.05 * p.grad
    drawing = viz.draw(loss)
    assert "have changed since" in drawing.scene.note and loss.data == before
    assert steps(loss).sheet.output.data == loss.forward().data != before and not viz.draw(loss).scene.note


def test_what_a_model_calculates_after_training_is_no_old_board():
    X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0]
    model = nn.MLP(2, [3, 1], activation="tanh", rng=0)
    model.compile(loss="mse", optimizer="sgd")
    [old] = model([Value(0.5), Value(1.0)])
    model.fit(X, y, epochs=2, verbose=0)
    [new] = model([Value(0.5), Value(1.0)])
    assert OnePass(old).changed and not OnePass(new).changed and not viz.draw(new).scene.note


def test_a_notebook_shows_no_numbers_that_have_changed():
    J, graph = stale()
    assert graph["u"]._repr_latex_() == "$u = w \\cdot x = 6$" and J._repr_latex_() == "$J = u + u = 6 + 6 = 12$"
    assert J.forward()._repr_latex_() == "$J = u + u = 30 + 30 = 60$"
    assert grad(J, [graph["w"]]) == [20]

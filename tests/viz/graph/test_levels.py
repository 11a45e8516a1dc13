"""Levels: what each folds, and where the table of them is told."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import pytest

import viz
from autograd import Value, dot, parse, sign, topological
from autograd.passes import levels as steps
from examples import gallery
from tests import ROOT
from viz.__main__ import main
from viz.graph import levels
from viz.graph.build import build
from viz.graph.levels import Folding, Row
from viz.graph.scene import Level
from viz.graph.structure import Structure

EXAMPLE = "c = a*b + d; t = tanh(c + a); y = t*t + 1"


def example(text=EXAMPLE):
    names = sorted(set("abdvwx") & set(text) - {line.split("=")[0].strip() for line in text.split(";")})
    return list(parse(text, **{name: 0.5 + i for i, name in enumerate(names)}).values())[-1]


def titles(output, level, **options):
    return [node.title for node in build(output, level=level, **options).nodes]


def notes(output, level, **options):
    return build(output, level=level, **options).folded


# ── the table ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["draw", "frames", "page"])
def test_one_table_says_what_levels_there_are(command, capsys):
    assert levels.names() == get_args(Level)
    with pytest.raises(SystemExit):
        main([command, "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "{" + ",".join(levels.names()) + "}" in text
    documents = [path.read_text("utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))]
    for row in levels.LEVELS:
        assert f"{row.name}: {row.card}" in text
        assert any(f'| `"{row.name}"` | {row.card} | {row.example}'.rstrip() in document for document in documents)


def test_steps_have_a_table_of_their_own(capsys):
    with pytest.raises(SystemExit):
        main(["steps", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert all(f"{name}: {level.about}" in text for name, level in steps.LEVELS.items())


PICTURES = [gallery.lecture, gallery.xor, gallery.residual, gallery.chain, example]


def test_a_level_that_auto_may_not_take_changes_no_picture_and_is_offered(monkeypatch, capsys):
    before = [[viz.draw(make(), level=level).scene for level in levels.names()] for make in PICTURES]

    def leaves_and_output(structure):
        return Folding([z for z in structure.graph if not z.op or id(z) in structure.outputs])

    rows = list(levels.LEVELS)
    rows.insert(3, Row("ends", "leaf, and the output", "J(a, b)", alone=leaves_and_output))
    old = levels.names()
    monkeypatch.setattr(levels, "LEVELS", tuple(rows))
    assert [[viz.draw(make(), level=level).scene for level in old] for make in PICTURES] == before
    assert titles(example(), "ends") == ["a", "b", "d", "y = tanh(a · b + d + a) · tanh(a · b + d + a) + 1"]
    with pytest.raises(viz.graph.build.DrawingError, match=r"'named', 'ends', 'weights'"):
        viz.draw(example(), level="leaves")
    with pytest.raises(SystemExit):
        main(["draw", "--help"])
    assert "ends: leaf, and the output" in " ".join(capsys.readouterr().out.split())


def test_a_level_that_auto_may_take_is_one_row(monkeypatch):
    def nothing_left(structure, finer):
        return finer.further("all", kept=[z for z in finer.kept if not z.op or id(z) in structure.outputs])

    monkeypatch.setattr(levels, "LEVELS", (*levels.LEVELS, Row("all", "output", "", nothing_left)))
    structure = Structure(topological(example()), {id(example())}, set(), False)
    assert levels.foldings(structure, "auto")[-1].notes[-1] == "all"


def test_each_stage_goes_on_from_the_one_before():
    output = gallery.moons()
    structure = Structure(topological(output), {id(output)}, set(map(id, learned(output))), False)
    foldings = levels.foldings(structure, "auto")
    assert [f.notes for f in foldings] == [
        (), ("sums",), ("sums", "weights onto edges", "biases into sums"),
        ("sums", "weights onto edges", "biases into sums", "neurons"),
        ("sums", "weights onto edges", "biases into sums", "neurons", "layers"),
        ("sums", "weights onto edges", "biases into sums", "neurons", "layers", "nameless results"),
    ][: len(foldings)]  # fmt: skip
    assert len(foldings) >= 5
    for finer, folding in pairwise(foldings):
        assert len(folding.kept) <= len(finer.kept)
    for level in levels.names()[1:]:
        if level != "named":
            [folding] = levels.foldings(structure, level)
            assert folding in foldings


def learned(output):
    return [z for z in topological(output) if re.search(r"\.(w\d*|b)$", z.name or "")]


# ── each rule ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "cards", "folded"),
    [
        (
            "value",
            ["a", "b", "d", "v₁ = a · b", "c = v₁ + d", "v₂ = c + a", "t = tanh(v₂)", "v₃ = t · t", "y = v₃ + 1"],
            (),
        ),
        ("sums", ["a", "b", "d", "c = a · b + d", "v₂ = c + a", "t = tanh(v₂)", "y = t · t + 1"], ("sums",)),
        ("named", ["a", "b", "d", "c = a · b + d", "t = tanh(c + a)", "y = t · t + 1"], ()),
        ("weights", ["a", "b", "d", "c = a · b + d", "t = tanh(c + a)", "y = t · t + 1"], ("sums", "nameless results")),
        ("neuron", ["a", "b", "d", "c = a · b + d", "t = tanh(c + a)", "y = t · t + 1"], ("sums", "nameless results")),
    ],
)  # fmt: skip
def test_levels_fold_more_and_more(level, cards, folded):
    assert titles(example(), level) == cards
    assert notes(example(), level) == folded


@pytest.mark.parametrize("text", ["y = tanh(a*b)*tanh(d)", "y = tanh(d)*tanh(b*a)"])
def test_nameless_results_stay_where_nothing_inside_has_a_name(text):
    assert notes(example(text), "weights") == ()
    assert len(titles(example(text), "weights")) == len(topological(example(text)))
    assert notes(example("t = tanh(a); y = t*b"), "weights") == ()  # all that is inside has a name


@pytest.mark.parametrize("formula", ["w · x + b", "b + x · w"])
def test_weights_go_onto_edges_and_neurons_into_one_card(formula):
    output = example(f"y = (tanh({formula.replace(' · ', '*')}) - v)**2")
    parameters = [z for z in topological(output) if z.name in ("w", "b")]
    sums = build(output, level="sums", parameters=parameters)
    weights = build(output, level="weights", parameters=parameters)
    neuron = build(output, level="neuron", parameters=parameters)
    layer = [f"z[1]₁ = {formula}", "a[1]₁ = tanh(z[1]₁)", "v₂ = a[1]₁ − v", "y = v₂²"]
    assert [node.title for node in sums.nodes] == ["b", "v", "w", "x", *layer]
    assert [node.title for node in weights.nodes] == ["v", "x", *layer]
    assert [node.title for node in neuron.nodes] == ["v", "x", f"a[1]₁ = tanh({formula})", "y = (a[1]₁ − v)²"]
    assert (weights.folded, neuron.folded) == (
        ("sums", "weights onto edges", "biases into sums"),
        ("sums", "weights onto edges", "biases into sums", "neurons"),
    )
    for scene in (weights, neuron):
        assert [edge.label for edge in scene.edges if edge.label] == ["w = 3.5"]


def pair(names=("", ""), outputs=2):
    """A loss of two neurons that see the same inputs."""
    x = [Value(0.5 + i, f"x_{i}") for i in range(2)]
    a = []
    for i, name in enumerate(names, 1):
        w = [Value(0.1 * i + j, f"{name}w_{i}{j}") for j in (1, 2)]
        a.append((dot(w, x) + Value(0.3, f"{name}b_{i}")).tanh())
    return (a[0] * a[1] if outputs == 2 else a[0] + a[1]).named("J")


def groups(output, level="layer", **options):
    structure = Structure(topological(output), {id(output)}, set(map(id, learned_by_name(output))), False)
    return [(g.kind, [z.name for z in g.nodes]) for g in levels.foldings(structure, level)[-1].groups]


def learned_by_name(output):
    return [z for z in topological(output) if z.name and z.name.rpartition(".")[2][0] in "wb"]


def test_a_layer_is_at_least_two_neurons_and_leaves_at_least_three_without_a_network():
    assert groups(pair()) == [("layer", [None, None]), ("leaves", ["x_0", "x_1"])]
    one = (dot([Value(1.0, "w_1"), Value(2.0, "w_2")], [Value(3.0, "x_1"), Value(4.0, "x_2")]).tanh() * 2).named("J")
    assert groups(one) == [("leaves", ["x_1", "x_2"])]
    assert groups((pair() - Value(1.0, "y")).named("E")) == groups(pair())  # one leaf stays alone
    leaves = [Value(1.0, f"x_{i}") for i in range(3)]
    assert groups(sum(leaves[1:], leaves[0])) == [("leaves", ["x_0", "x_1", "x_2"])]
    assert groups(leaves[0] + leaves[1]) == []


def test_a_layer_that_is_the_output_keeps_its_cards():
    x = [Value(0.5, "x_1"), Value(1.5, "x_2")]
    w = [[Value(1.0, f"w_{i}{j}") for j in (1, 2)] for i in (1, 2)]
    z = [dot(row, x).tanh() for row in w]
    structure = Structure(topological(*z), set(map(id, z)), {id(v) for row in w for v in row}, False)
    assert [g.kind for g in levels.foldings(structure, "layer")[-1].groups] == ["leaves"]


def test_leaves_of_other_users_or_kinds_are_other_groups():
    a, b, c, d = (Value(1.0 + i, n) for i, n in enumerate(("a", "e", "c", "d")))
    output = ((a * c + d).tanh() * b).named("J")
    assert groups(output) == [("leaves", ["a", "e", "c", "d"])]  # all are used outside layers
    x = [Value(0.5, "x_1"), Value(1.5, "x_2")]
    w = [Value(1.0, "w_1"), Value(2.0, "w_2")]
    shared = (dot(w, x).tanh() * w[0].tanh() * w[1].tanh()).named("J")
    assert groups(shared) == [("leaves", ["x_1", "x_2"]), ("leaves", ["w_1", "w_2"])]


def chained(n, start=None):
    z = start or Value(0.5, "x").tanh()
    cards = [z]
    for _ in range(n - 1):
        z = z.sin()
        cards.append(z)
    return z, cards


@pytest.mark.parametrize("n", [4, 5, 6, 10])
def test_a_long_chain_keeps_its_first_and_last_card(n):
    z, cards = chained(n)
    [folding] = levels.foldings(Structure(topological(z), {id(z)}, set(), False), "run")
    if n < 5:
        assert folding.groups == ()
    else:
        assert [g.nodes for g in folding.groups] == [cards[1:-1]] and folding.notes == ("long chains",)


@pytest.mark.parametrize("swapped", [False, True])
def test_a_chain_ends_where_a_card_is_used_twice_or_made_of_two(swapped):
    z, first = chained(6)
    fork = z.tanh()
    other, second = chained(6, fork.sin())
    y = (other * fork if swapped else fork * other).named("y")
    runs = levels.foldings(Structure(topological(y), {id(y)}, set(), False), "run")[-1].groups
    assert [g.nodes for g in runs] == [[*first[1:], ][:6], second[1:-1]]  # fmt: skip
    z, _ = chained(4)
    w, _ = chained(4)
    y = w * z if swapped else z * w
    assert levels.foldings(Structure(topological(y), {id(y)}, set(), False), "run")[-1].groups == ()


def test_a_chain_along_leaves_is_one_but_not_through_a_group():
    x = y = Value(0.5, "x")
    for i in range(8):
        y = y.tanh() * x if i % 2 else y + 1.0
    structure = Structure(topological(y), {id(y)}, set(), False)
    assert [len(g.nodes) for g in levels.foldings(structure, "run")[-1].groups] == [7]  # of 9
    z, cards = chained(7)
    structure = Structure(topological(z), {id(z)}, set(), False)
    finer = Folding(structure.graph, groups=(levels.Group([cards[3]], "layer"),))
    assert levels._runs(structure, finer) is None


def test_a_folding_that_goes_on_keeps_what_it_does_not_change():
    folding = Folding([], frozenset({1}), (), ("sums",))
    assert folding.further("layers", groups=()) == replace(folding, notes=("sums", "layers"))


def test_a_sum_behind_a_step_is_named_only_where_it_is_kept():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    y = (sign(a + b) * (a + b)).named("y")
    assert titles(y, "named") == ["a", "b", "y = sign(a + b) · (a + b)"]
    assert [e.slope for e in build(y, level="named").edges] == ["∂y/∂a = sign(a + b) = 1", "∂y/∂b = sign(a + b) = 1"]


def test_what_help_says_of_levels():
    text = levels.summary()
    assert text.startswith(
        "what each card stands for: value: node | sums: sum, with the products in it | named: name | "
    )
    assert text.endswith(
        " | run: the middle of a long chain | formula: name; leaves that go together share one"
        " | auto: as few cards as a slide needs"
    )


def test_a_picture_that_nothing_makes_fit_has_numbers_alone_and_as_many_rows_as_help():
    scene = build(Value(0.5, "x").tanh().named("y"), fits=lambda scene: False)
    assert (scene.folded, scene.rows) == (("slopes",), "auto")


def test_a_recurrent_weight_is_a_weight_and_folded_biases_are_said():
    w, u, b, h, x = (Value(0.5, name) for name in ("w_x", "w_h", "b", "h_0", "x"))
    scene = build((w * x + u * h + b).tanh().named("h_1"), level="weights")
    assert {edge.label for edge in scene.edges if edge.label} == {"wₓ = 0.5", "wₕ = 0.5"}
    assert scene.folded == ("sums", "weights onto edges", "biases into sums")
    assert "+ b" in scene.nodes[-2].title

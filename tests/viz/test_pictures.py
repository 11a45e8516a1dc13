"""Pictures of any size, of parts, of gradients, in every format and theme."""

import itertools
import re
import time
from dataclasses import replace

import numpy as np
import pytest

import viz
from autograd import DrawingError, Value, topological
from autograd import sum as total
from examples import gallery
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.test_drawing import HOSTILE, labels, luminance, texts
from viz import shapes
from viz.formats import mermaid
from viz.formats import tikz as latex
from viz.theme import THEMES, Paint


def mlp(inputs, *widths, named=True):
    """One sample's squared error through a perceptron that is written as micrograd writes it."""
    x = gallery.vector("x", *(0.1 * i - 0.4 for i in range(inputs)))
    y = gallery.squared_error(gallery.network(x, *widths))
    if not named:
        for leaf in topological(y):
            leaf.name = None if "layer" in (leaf.name or "") else leaf.name
    return y


def titles(drawing):
    return [node.title for node in drawing.scene.nodes]


# ── any size ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("widths", [(2, 1), (2, 3, 1), (3, 4, 4, 1), (2, 16, 16, 1), (3, 16, 16, 1)])
@pytest.mark.parametrize("named", [True, False])
def test_auto_keeps_labels_legible_from_the_last_row(widths, named):
    drawing = viz.draw(mlp(*widths, named=named))
    assert drawing.label_size() >= 14
    if len(widths) < 4 and widths[1] < 4:
        assert (drawing.scene.style, drawing.folded) == ("circuit", ())
        return
    assert drawing.folded[:2] == ("sums", "weights onto edges")
    assert ", ".join(drawing.folded) not in drawing.svg


def test_what_fits_is_not_folded():
    assert viz.draw(lecture()).folded == ()


@pytest.mark.parametrize("named", [True, False])
def test_each_level_folds_more(named):
    loss = mlp(2, 3, 1, named=named)
    counts = [len(viz.draw(loss, level=level).scene.nodes) for level in ("value", "sums", "weights", "neuron", "layer")]
    assert counts == [43, 25, 12, 8, 5]
    assert titles(viz.draw(loss, level="neuron"))[-3:] == ["z[2]₁ = w[2]₁·a[1] + b[2]₁", "y", "L = (z[2]₁ − y)²"]


def test_layers_say_their_shapes_and_their_first_and_last_neurons():
    cards = {node.title: node for node in viz.draw(mlp(2, 16, 1), level="layer").scene.nodes}
    card = cards["a[1] = tanh(z[1])"]
    assert card.value == "W[1]: 16 × 2"
    assert [re.split(" [=≈] ", value)[0] for value, _ in card.entries] == ["a₁", "a₂", "a₃", "…", "a₁₆"]
    assert all(gradient.startswith("∂ ") for _, gradient in card.entries if gradient != "…")


def test_weights_on_edges_have_sign_size_and_gradient():
    scene = viz.draw(logistic_regression(), level="weights").scene
    weights = {edge.label: edge for edge in scene.edges if edge.label}
    assert list(weights) == ["w₁ = 0.5", "w₂ = −0.3", "w₃ = 0.8"]
    assert [edge.weight for edge in weights.values()] == pytest.approx([0.5 / 0.8, -0.3 / 0.8, 1])
    assert weights["w₂ = −0.3"].gradient == "∂L/∂w₂ ≈ −1.38"  # (a − y) x₂
    assert weights["w₂ = −0.3"].slope is None  # x₂ is data


def test_a_subtracted_sum_keeps_its_sign():
    x, y = Value(2.0, "x"), Value(1.0, "y")
    w, b = Value(3.0, "w"), Value(0.5, "b")
    assert titles(viz.draw(((w * x + b) - y).named("r"), level="neuron"))[-1] == "r = z[1]₁ − y"


def test_a_batch_folds_into_the_layers_of_its_model():
    w = [Value(0.5, f"layer1.neuron1.w{i}") for i in range(2)]
    loss = sum((sum(wi * v for wi in w).tanh() - 1.0) ** 2 for v in map(Value, np.arange(12.0).tolist()))
    scene = viz.draw(loss, level="layer").scene
    sizes = ["12 samples", "W[1]: 1 × 2, 12 samples", "12 samples"]
    assert [node.value for node in scene.nodes if node.entries] == sizes


def test_a_thousand_nodes_and_ten_thousand_do_not_take_minutes():
    """No test can say how long on a machine that does other work too: about a second where it does not."""
    moons, big = gallery.moons(), mlp(10, 50, 50, 10, 1)
    assert len(topological(moons)) > 1000
    assert len(topological(big)) > 10_000
    start = time.process_time()
    for loss, level in ((moons, "auto"), (big, "layer")):
        drawing = viz.draw(loss, level=level)
        assert set(labels(drawing.scene)) <= set(texts(drawing.svg))
    assert time.process_time() - start < 30


def test_a_leaf_used_along_a_long_chain_neither_hangs_nor_is_drawn_as_a_tangle():
    x = y = Value(0.5, "x")
    for i in range(300):
        y = y * x if i % 2 else y + 1.0
    start = time.process_time()
    assert viz.draw(y).label_size() >= 14
    with pytest.raises(DrawingError) as error:
        viz.draw(y, level="value").svg
    assert str(error.value) == "The arrows pass by too many cards. Take level='auto', which folds more, or draw a part."
    assert time.process_time() - start < 30  # 1 s where nothing else runs; what could hang takes minutes


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_neighbourhood():
    assert titles(viz.draw(lecture(), around="u", depth=1)) == ["b", "c", "u = b · c", "v = a + u"]
    drawing = viz.draw(lecture(), around="b", depth=1)
    assert titles(drawing) == ["b", "u = b · c"]
    assert drawing.folded == ("4 of 6 nodes left out",)


def test_the_paths_between_two_nodes():
    J = lecture()
    c = next(z for z in topological(J) if z.name == "c")
    assert titles(viz.draw(J, between=(c, J))) == ["c", "u = b · c", "v = a + u", "J = 3 · v"]
    assert titles(viz.draw(J, between=("c", "v"))) == ["c", "u = b · c", "v = a + u"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"around": "z"}, "'z' is not in the graph. Choose one of a, b, c, u, v, J."),
        ({"around": Value(1.0)}, "That node is not in the graph. Choose one of a, b, c, u, v, J."),
        ({"around": "u", "depth": -1}, "depth=-1 reaches nothing. Take 0 or more."),
        (
            {"between": ("a", "u")},
            "No path leads from the first node to the second. Give an operand first, then a result.",
        ),
        ({"theme": "pink"}, "Unknown theme 'pink'. Choose one of 'light', 'dark', 'print', or give a Theme."),
        ({"size": 5}, "size=5 fits no page. Give width and height in inches, such as (13.3, 7.5)."),
        ({"size": (0, 5)}, "size=(0, 5) fits no page. Give width and height in inches, such as (13.3, 7.5)."),
    ],
)
def test_what_cannot_be_drawn_says_why(options, message):
    with pytest.raises(DrawingError) as error:
        viz.draw(lecture(), **options)
    assert str(error.value) == message


# ── the gradient's own graph ──────────────────────────────────────────────────────────────────────


def test_the_gradient_is_a_graph():
    scene = viz.draw_backward(lecture(), as_graph=True).scene
    cards = {node.title: (node.role, node.value) for node in scene.nodes}
    assert cards == {
        "b": ("input", "3"),
        "c": ("input", "2"),
        "∂J/∂a": ("gradient", "3"),
        "∂J/∂b = c · 3": ("gradient", "6"),
        "∂J/∂c = b · 3": ("gradient", "9"),
    }


def test_second_derivatives_are_told_apart_by_their_role():
    a, x = Value(2.0, "a"), Value(0.5, "x")
    scene = viz.draw_backward((a * x**2).named("y"), as_graph=True, order=2).scene
    cards = {node.title: node for node in scene.nodes}
    assert cards["v₁ = x²"].gradient == "= ∂y/∂a"  # the gradient is a node that was there before
    assert {title: card.value for title, card in cards.items() if card.role == "curvature"} == {
        "∂²y/∂x² = 2 · a": "4",
        "∂²y/∂a∂x = 2 · x": "1",
    }
    assert scene.latex["∂²y/∂a∂x = 2 · x"] == r"\frac{\partial^{2} y}{\partial a \partial x} = 2 \cdot x"


def test_there_is_no_third_order():
    with pytest.raises(DrawingError, match=r"^Unknown order=3\. Choose one of 1, 2\.$"):
        viz.draw_backward(lecture(), as_graph=True, order=3)
    with pytest.raises(DrawingError, match="no graph of its own"):
        viz.draw_backward(Value(3.0, "x"), as_graph=True)


def test_its_level_is_checked_as_that_of_every_picture():
    with pytest.raises(DrawingError, match=r"^Unknown level 'atom'\. Choose one of 'auto', 'value', "):
        viz.draw_backward(lecture(), as_graph=True, level="atom")


def test_gradients_in_symbols():
    pytest.importorskip("sympy")
    cards = {node.title: node.gradient for node in viz.draw(lecture(), symbols=True).scene.nodes}
    assert cards["b"] == "∂J/∂b = 3 · c = 6"
    assert cards["a"] == "∂J/∂a = 3"


# ── formats ───────────────────────────────────────────────────────────────────────────────────────


def test_tikz_has_fractions_and_stands_alone_or_in_a_document():
    drawing = viz.draw(lecture())
    assert r"$\tallfrac{\partial J}{\partial a} = 3$" in drawing.tikz
    assert drawing.tikz.startswith(r"\providecommand\tallfrac")
    assert latex.document(drawing.picture).count("\\begin{tikzpicture}") == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_in_tikz_and_mermaid(name):
    drawing = viz.draw((Value(2.0, name) * Value(3.0, r"\input{/etc/passwd}")).named("y"))
    assert drawing.tikz.isascii()
    assert r"\input" not in drawing.tikz
    for line in drawing.mermaid.splitlines():
        label = re.fullmatch(
            r'  (?:n\d+\["(.*)"\]:::\w+|n\d+ -\.?->(?:\|"(.*)"\|)? n\d+|(?:linkStyle|classDef|%%) .*)', line
        )
        assert label or line == "flowchart LR"
        for text in filter(None, label.groups() if label else ()):
            assert not set('"<>`\\[]{}|#;') & set(re.sub(r"#\d+;|<br/>", "", text))


def test_a_page_of_a_size_is_filled():
    picture = viz.draw(lecture(), size=(13.3, 7.5)).picture
    plain = viz.draw(lecture()).picture
    assert (picture.width, picture.height) == pytest.approx((13.3 * 72, 7.5 * 72))
    boxes = [g.shapes[0] for g in picture.groups if g.kind == "node"]
    assert max(b.x + b.width for b in boxes) - min(b.x for b in boxes) > 0.9 * picture.width
    assert [g.id for g in picture.groups] == [g.id for g in plain.groups]


def test_a_transparent_picture_has_no_page():
    assert 'class="page"' in viz.draw(lecture(), theme="dark").svg
    assert 'class="page"' not in viz.draw(lecture(), theme="dark", transparent=True).svg


def test_every_format_is_the_same_on_every_run():
    one, two = (viz.draw(gallery.moons()) for _ in range(2))
    assert (one.svg, one.dot, one.tikz, one.mermaid, one.pdf()) == (two.svg, two.dot, two.tikz, two.mermaid, two.pdf())


def test_what_mermaid_and_markdown_could_read_otherwise_is_a_number():
    assert mermaid.quoted("1. a") == "#8203;1. a"


# ── themes ────────────────────────────────────────────────────────────────────────────────────────

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes (2009), A physiologically-based model for simulation of color
# vision deficiency, IEEE TVCG 15(6), table 1: severity 1.0, on linear RGB.
DICHROMACIES = {
    "protanopia": [(0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)],
    "deuteranopia": [(0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)],
    "tritanopia": [(1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)],
}
XYZ = np.array([(0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)])  # of sRGB, D65


def lab(colour, seen=None):
    """CIE L*a*b* of a colour, as one with this dichromacy sees it."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    linear = linear if seen is None else np.clip(np.array(DICHROMACIES[seen]) @ linear, 0, 1)
    t = XYZ @ linear / XYZ.sum(axis=1)
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("name", THEMES)
def test_text_has_a_contrast_of_at_least_4_5_in_every_theme(name):
    theme = THEMES[name]
    on_cards = [(ink, p.fill) for p in theme.roles.values() for ink in (p.line, theme.ink, theme.gradient, theme.muted)]
    on_page = [(i, theme.background) for i in (theme.gradient, theme.muted, theme.positive, theme.negative, theme.ink)]
    for ink, paper in on_cards + on_page:
        light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


@pytest.mark.parametrize("seen", [None, *DICHROMACIES])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_colours_that_differ_differ_for_everyone(name, seen):
    """Roles by their lines and fills together; the two signs; ways forward and back: ΔE*ab of 10, which is plain."""
    theme = THEMES[name]
    for one, two in itertools.combinations(theme.roles.values(), 2):
        steps = [np.linalg.norm(lab(a, seen) - lab(b, seen)) for a, b in ((one.line, two.line), (one.fill, two.fill))]
        assert sum(steps) >= 10, (one, two, steps)
    for a, b in ((theme.positive, theme.negative), (theme.gradient, theme.forward)):
        assert np.linalg.norm(lab(a, seen) - lab(b, seen)) >= 10


def test_a_theme_is_data_that_can_be_changed():
    mine = replace(
        THEMES["light"], ink="#000000", roles={**THEMES["light"].roles, "input": Paint("#123456", "#FEDCBA")}
    )
    svg = viz.draw(lecture(), theme=mine).svg
    assert 'fill="#FEDCBA"' in svg
    assert 'fill="none" stroke="#123456"' in svg


@pytest.mark.parametrize("colour", ["red", '#12345"', "#FFF", None])
def test_a_colour_is_six_digits(colour):
    with pytest.raises(DrawingError, match=r"is not a colour\. Write it with six digits, such as '#B3001B'\.$"):
        viz.Theme(ink=colour)


def test_a_scaled_picture_keeps_its_proportions():
    picture = viz.draw(lecture()).picture
    double = shapes.fit(picture, 2 * picture.width, 2 * picture.height)
    assert double.groups[-1].shapes[0].width == pytest.approx(2 * picture.groups[-1].shapes[0].width)


def test_whole_numbers_stay_whole_in_rows_that_they_share():
    terms = [Value(float(i), f"x_{i}") for i in range(300)]
    assert ">x₂₉₉ = 299<" in viz.draw(total(terms).named("J")).svg

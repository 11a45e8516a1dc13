"""Leaves of circuits at their uses: fewer wires cross, and what stands there is true."""

from __future__ import annotations

import pytest

import viz
from autograd import Value, exercise, grad, heaviside, tanh
from benchmarks import lectures
from benchmarks.legibility import Seen, measure
from examples import gallery
from viz.layout.repeats import with_leaves_again
from viz.shapes import Text

GRAPHS = {name: lectures.NAMED[name][0] for name in ("XOR", "batch norm of four", "recurrent")}
GRAPHS |= {"two layers": gallery.two_layers}
ONCE = {"XOR": 3, "batch norm of four": 12, "recurrent": 4, "two layers": 9}  # crossings with each leaf in one place
FEW = {"XOR": 0, "batch norm of four": 7, "recurrent": 0, "two layers": 0}


def circuit(output, **options):
    return viz.draw(output, style="circuit", **options)


def again(drawing):
    """The leaves that are drawn again, by what they are called."""
    own = {node.id for node in drawing.scene.nodes}
    return {node.title: node for node in drawing.lattice.scene.nodes if node.id not in own}


def uses(drawing):
    """What may be drawn again, by what it would be called."""
    return {edge.again.title: edge.again for edge in drawing.scene.edges if edge.again}


@pytest.mark.parametrize("name", GRAPHS)
def test_fewer_wires_cross_than_with_each_leaf_once(name):
    drawing = circuit(GRAPHS[name]())
    assert again(drawing)
    assert measure(drawing).crossings <= FEW[name] < ONCE[name]


def test_a_leaf_is_not_drawn_again_where_that_unties_nothing():
    for output in (gallery.doubled(), gallery.logistic_regression()):
        drawing = circuit(output)
        assert uses(drawing) and not again(drawing)
    assert sorted(again(circuit(gallery.xor()))) == ["x⁽²⁾₁", "x⁽²⁾₂"]  # so that both stand in their order too


def test_inputs_stand_in_their_order_but_where_that_makes_the_text_too_small():
    drawings = [viz.draw(make()) for make in (gallery.xor, gallery.two_layers)]
    small = viz.draw(gallery.two_layers(), style="circuit", level="value", rows=2)
    assert [len(list(Seen(drawing).unordered())) for drawing in (*drawings, small)] == [0, 2, 0]
    assert [drawing.label_size() >= 14 for drawing in (*drawings, small)] == [True, True, False]


def recurrent(w, u, b):
    """Three steps of a recurrent network, with weights of their own for each step or the same."""
    h = Value(0.2, "h_0")
    for i, x in enumerate((1.0, -0.5, 0.3)):
        h = tanh(w[i] * Value(x, f"x_{i + 1}") + u[i] * h + b[i]).named(f"h_{i + 1}")
    return ((h - Value(1.0, "y")) ** 2).named("L")


def test_each_use_shows_its_share_and_the_first_place_the_total():
    """The share of a use is the gradient of a weight of its own there."""
    numbers, names = (0.5, 0.9, 0.1), ("w", "u", "b")
    one = [[Value(number, name)] * 3 for number, name in zip(numbers, names, strict=True)]
    three = [[Value(number) for _ in range(3)] for number in numbers]
    drawing, apart = circuit(recurrent(*one), digits=6), recurrent(*three)
    totals = {node.title: node for node in drawing.scene.nodes}
    for name, own in zip(names, three, strict=True):
        shares = grad(apart, own)
        assert float(minus(totals[name].gradient)) == pytest.approx(sum(shares), rel=1e-5)
        for use, share in list(enumerate(shares, 1))[1:]:
            leaf = uses(drawing)[name + "⁽¹⁾".replace("¹", "¹²³"[use - 1])]
            assert float(minus(leaf.gradient)) == pytest.approx(share, rel=1e-5)
            assert (leaf.value, leaf.role, leaf.reached) == (totals[name].value, totals[name].role, True)
    cards = viz.draw(recurrent(*one), level="weights", digits=6)
    shares = [edge.gradient for edge in cards.scene.edges if edge.gradient and edge.gradient.startswith("∂L/∂w⁽³⁾")]
    assert [text.split(" ")[-1] for text in shares] == [uses(drawing)["w⁽³⁾"].gradient]  # as cards number them


def minus(number):
    return number.replace("−", "-")


def test_an_operand_beside_a_constant_and_both_operands_of_a_square_have_their_own_slopes():
    x, y = Value(3.0, "x"), Value(5.0, "y")
    shares = uses(circuit(y * x + (2 - x) * 4 + x * x))
    assert [leaf.gradient for leaf in shares.values()] == ["−4", "3", "3"]
    assert list(shares) == ["x⁽²⁾", "x⁽³⁾", "x⁽⁴⁾"]


def test_where_no_gradient_comes_a_use_has_a_dash_and_a_forward_picture_none():
    x = Value(3.0, "x")
    output = x * 2 + heaviside(x)
    [leaf] = uses(circuit(output)).values()
    assert (leaf.gradient, leaf.reached) == ("—", False)
    [leaf] = uses(viz.draw_forward(output, style="circuit")).values()
    assert leaf.gradient is None


def test_a_name_that_is_another_ones_or_has_an_index_above_is_not_given_again():
    x, other, upper = Value(3.0, "x"), Value(4.0, "x^(2)"), Value(5.0, "z^(1)")
    assert list(uses(circuit(x * other + x + x + upper * upper))) == ["x⁽³⁾"]


def test_a_part_counts_uses_in_the_whole_graph_and_leaves_its_first_where_it_is():
    drawing = circuit(GRAPHS["recurrent"](), between=("w", "L"))
    assert "w⁽²⁾" in uses(drawing)
    part = circuit(GRAPHS["recurrent"](), around="h_3", depth=3)
    tails = [edge.tail for edge in part.scene.edges]
    assert all(edge.again is None for edge in part.scene.edges if tails.index(edge.tail) == int(edge.id[1:]))


def test_zero_that_is_added_is_no_use():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert list(uses(circuit((0 + a) * b + a))) == ["a⁽²⁾"]


def test_a_highlight_holds_for_leaves_at_their_uses():
    drawing = circuit(gallery.xor(), highlight="x_2")
    lit = {name: leaf.id in drawing.lattice.scene.lit for name, leaf in again(drawing).items()}
    assert lit == {"x⁽²⁾₁": False, "x⁽²⁾₂": True}


def test_an_exercise_tells_no_share():
    sheet = exercise("x = 1; y = 2; u = x*y; J = u*x")
    shares = uses(viz.draw_exercise(sheet, style="circuit")).values()
    assert shares and all(leaf.gradient is None for leaf in shares)


def test_every_format_knows_the_name_of_a_use():
    drawing = circuit(gallery.xor())
    assert "x⁽²⁾₂" in drawing.svg and "x^{(2)}_{2}" in drawing.tikz
    assert drawing.scene.latex["x⁽²⁾₂"] == "x^{(2)}_{2}"


def test_a_leaf_again_stands_before_what_it_is_used_for():
    scene = circuit(gallery.xor()).scene
    whole = with_leaves_again(scene, [edge.id for edge in scene.edges])
    order = [node.id for node in whole.nodes]
    assert len(order) == len(set(order)) == len(scene.nodes) + len(uses(circuit(gallery.xor())))
    assert all(order.index(edge.tail) < order.index(edge.head) for edge in whole.edges)


@pytest.mark.filterwarnings("ignore::autograd.SmallTextWarning")
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_rows_show_all_leaves(rows):
    drawing = circuit(GRAPHS["recurrent"](), rows=rows)
    shown = {s.text for group in drawing.picture.groups for s in group.shapes if isinstance(s, Text)}
    assert again(drawing) and set(again(drawing)) <= shown


def test_a_product_of_leaves_stands_beside_its_use():
    lattice = circuit(GRAPHS["recurrent"]()).lattice
    into = lattice.into
    products = [
        road for road in lattice.roads if into[road.tail.id] and not any(into[r.tail.id] for r in into[road.tail.id])
    ]
    assert len(products) == 4  # w · x at each step, and u · h₀
    assert {road.head.column - road.tail.column for road in products} == {2}


def test_neurons_stand_in_their_order():
    lattice = circuit(gallery.xor()).lattice
    heights = [lattice.cards[node.id].y for node in lattice.scene.nodes if node.operation[0] == "tanh"]
    assert heights == sorted(heights)

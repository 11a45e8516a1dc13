"""Circuits: no line through a sign or a number, operands in order, the numbers of cards, a sign for each operation."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from typing import get_args

import fpdf
import numpy as np
import pytest

import viz
from autograd import DrawingError, Value, exercise, exp, topological
from autograd.core.op import OPS
from autograd.language.names import Labels
from autograd.language.signs import operation_sign
from benchmarks.lectures import batch_norm, random_graph
from benchmarks.legibility import along, inside
from examples import gallery
from tests.viz.graph.test_scene import lecture
from tests.viz.layout.test_roads import ENGINE
from viz.graph.scene import Style
from viz.layout.heights import lift
from viz.layout.lattice import Lattice
from viz.layout.order import arrange
from viz.layout.styles import STYLES, longest_chain
from viz.shapes import Box, Curve, Head, Text, bounds, smallest_text
from viz.theme import THEME, THEMES
from viz.typeset import typeset


def cs231n() -> Value:
    """1 / (1 + exp(−(w₀x₀ + w₁x₁ + w₂))), the circuit of CS231n."""
    w0, x0, w1, x1, w2 = (Value(number, name) for number, name in zip((2.0, -1, -3, -2, -3), NAMES, strict=True))
    return 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))


def recurrent() -> Value:
    """h = tanh(Wh + Ux), three times."""
    w, u, h = Value(0.5, "W"), Value(-0.3, "U"), Value(0.1, "h_0")
    for t in range(1, 4):
        h = (w * h + u * Value(t / 3, f"x_{t}")).tanh().named(f"h_{t}")
    return h


NAMES = ("w_0", "x_0", "w_1", "x_1", "w_2")
LEAST = {  # points on a slide: what the prototype reached
    gallery.residual: 18.1, cs231n: 17.7, gallery.logistic_regression: 15.3, gallery.xor: 11.3, gallery.two_layers: 7.4,
}  # fmt: skip


def long_names() -> Value:
    """Names that are wider than circles, a sum of many, and a gate that hands no gradient back."""
    x = [Value(i / 3, f"measurement_{i}") for i in range(1, 8)]
    total = OPS["sum"](x).named("sum of measurements")
    return (total.log().named("logarithm") - OPS["gt"](total, x[0]).named("threshold") * Value(2.0, "字")).named(
        "score"
    )


NAMED = [*LEAST, long_names, lecture, gallery.doubled, gallery.softmax_classifier, gallery.chain, recurrent]
GRAPHS = [pytest.param(make, id=make.__name__) for make in NAMED]
GRAPHS += [pytest.param(lambda seed=seed: random_graph(seed), id=f"random {seed}") for seed in range(12)]


def circuit(output, **options):
    return viz.draw(output, style="circuit", **options)


class Seen:
    """Lines with their ids, texts and circles of a picture."""

    def __init__(self, picture):
        self.lines, self.texts, self.circles = [], [], []
        for group in picture.groups:
            for shape in group.shapes:
                if isinstance(shape, Curve):
                    self.lines.append((group.id, along(shape.points)))
                elif isinstance(shape, Text):
                    self.texts.append((group.id, shape.text, bounds(shape)))
                elif isinstance(shape, Box) and shape.stroke:
                    self.circles.append((group.id, shape))


def inside_circle(points, box):
    """Whether points are more than a point inside a box with round corners."""
    r = box.radius
    x = np.clip(points[:, 0], box.x + r, box.x + box.width - r)
    y = np.clip(points[:, 1], box.y + min(r, box.height / 2), box.y + box.height - min(r, box.height / 2))
    return np.hypot(points[:, 0] - x, points[:, 1] - y) < r - 1


@pytest.mark.parametrize("make", GRAPHS)
def test_no_line_runs_through_a_sign_a_number_or_a_circle(make):
    seen = Seen(circuit(make()).picture)
    for _, points in seen.lines:
        for _, text, box in seen.texts:
            assert not inside(points, box, 0.5).any(), text
        for node, box in seen.circles:
            assert not inside_circle(points, box).any(), node


@pytest.mark.parametrize("make", GRAPHS)
def test_texts_and_circles_overlap_nothing(make):
    seen = Seen(circuit(make()).picture)
    signs = [text for text in seen.texts if any(inside_circle(centre(text[2]), box) for _, box in seen.circles)]
    boxes = [box for *_, box in seen.texts if box not in [sign[2] for sign in signs]]
    boxes += [bounds(box) for _, box in seen.circles]
    assert len(signs) == len(seen.circles)
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1


@pytest.mark.parametrize("make", GRAPHS)
def test_wires_lead_from_the_end_of_a_wire_to_the_border_of_a_circle(make):
    drawing = circuit(make())
    seen, edges = Seen(drawing.picture), {edge.id: edge for edge in drawing.lattice.scene.edges}
    lines, circles = dict(seen.lines), dict(seen.circles)
    tips = {group.id: group.shapes[1].points[0] for group in drawing.picture.groups if group.kind == "forward"}
    for wire, edge in edges.items():
        assert lines[wire][0] == pytest.approx(lines[edge.tail][-1], abs=1e-6)
        assert tips[wire][0] - 9 == pytest.approx(lines[wire][-1][0])
        assert distance_to_border(tips[wire], circles[edge.head]) == pytest.approx(0, abs=1e-6)
    for node, box in circles.items():
        heights = [tips[wire][1] - box.y - box.height / 2 for wire, edge in edges.items() if edge.head == node]
        assert sum(heights) == pytest.approx(0, abs=0.6 * len(heights))  # ports are at lines of 1.2 points
        assert lines[node][0] == pytest.approx((box.x + box.width, box.y + box.height / 2))


def distance_to_border(point, box):
    """How far a point is from the border of a box with round corners, on its left side."""
    r = min(box.radius, box.height / 2)
    y = min(max(point[1], box.y + r), box.y + box.height - r)
    return abs(math.hypot(point[0] - box.x - r, point[1] - y) - r) if point[1] != y else abs(point[0] - box.x)


@pytest.mark.parametrize("make", GRAPHS)
def test_circles_of_a_column_stand_below_each_other_their_wires_end_together(make):
    drawing = circuit(make())
    lattice = drawing.lattice
    lines, circles = (dict(found) for found in (Seen(drawing.placed).lines, Seen(drawing.placed).circles))
    for column in lattice.columns:
        cards = [stop.id for stop in column if stop.kind == "card"]
        assert len({round(circles[card].x, 3) for card in cards if card in circles}) <= 1
        assert len({round(lines[card][-1][0], 3) for card in cards}) <= 1


@pytest.mark.parametrize("make", GRAPHS)
def test_signs_stand_in_the_middle_of_their_circles(make):
    seen = Seen(circuit(make()).picture)
    texts = {node: box for node, _, box in reversed(seen.texts)}  # of each node the first
    for node, circle in seen.circles:
        x, y = centre(texts[node])[0]
        assert x == pytest.approx(circle.x + circle.width / 2)
        assert y == pytest.approx(circle.y + circle.height / 2, abs=5)  # w₁·x reaches below its line


def test_a_gradient_that_never_comes_is_a_grey_dash():
    drawing = circuit(OPS["gt"](Value(1.0, "a"), Value(0.0, "b")) * Value(2.0, "c"))
    assert [node.gradient for node in drawing.scene.nodes] == ["—", "—", "2", "1", "1"]
    dashes = [s for group in drawing.picture.groups for s in group.shapes if isinstance(s, Text) and s.text == "—"]
    assert [dash.colour for dash in dashes] == [THEME.muted] * 2


def laid_out(scene):
    lattice = Lattice(scene, THEME, STYLES["circuit"])
    arrange(lattice, ENGINE)
    lift(lattice, ENGINE)
    return lattice


def centre(box):
    return np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]])


@pytest.mark.parametrize(("make", "least"), LEAST.items())
def test_texts_are_large(make, least):
    drawing = circuit(make(), level="value", rows=1)
    assert drawing.label_size() >= least
    assert {s.size for group in drawing.picture.groups for s in group.shapes if isinstance(s, Text)} == {21}
    assert 0.4 * drawing.placed.width < longest_chain(drawing.scene, THEME) <= drawing.placed.width
    own = [drawing.picture.width / 72, drawing.picture.height / 72]
    assert smallest_text(drawing.picture, own) == pytest.approx(21)


@pytest.mark.parametrize("make", GRAPHS)
def test_numbers_are_those_of_cards_and_each_gradient_stands_once(make):
    output = make()
    cards = {node.id: node for node in viz.draw(output, level="value", digits=3, parameters=[]).scene.nodes}
    scene = circuit(output, parameters=[], level="value").scene
    assert len({node.id for node in scene.nodes}) == len(scene.nodes)
    for node in scene.nodes:
        assert node.value == cards[node.id].value
        assert node.gradient == cards[node.id].gradient.split(" = ")[-1].split(" ≈ ")[-1]
    drawing = circuit(output)
    colours = [s.colour for group in drawing.picture.groups for s in group.shapes if isinstance(s, Text)]
    assert colours.count("#B3001B") == colours.count("#00694F") == len(drawing.lattice.scene.nodes)


@pytest.mark.parametrize("make", [pytest.param(make, id=make.__name__) for make in NAMED])
def test_no_more_wires_cross_than_roads_of_cards(make):
    scenes = viz.draw(make(), level="value").scene, circuit(make()).lattice.scene
    cards, wires = (crossed(Lattice(scene, THEME, STYLES[scene.style])) for scene in scenes)
    assert wires <= cards


def test_few_wires_of_random_graphs_cross():
    """Forty graphs cross 4 times, for the order of operands, which cards need not keep."""
    scenes = [circuit(random_graph(seed)).lattice.scene for seed in range(40)]
    assert sum(crossed(Lattice(scene, THEME, STYLES["circuit"])) for scene in scenes) <= 4


def crossed(lattice):
    """How often lines cross between columns, those that are one counted once."""
    arrange(lattice, ENGINE)
    place = {stop.id: i for column in lattice.columns for i, stop in enumerate(column)}
    links = ((a, b, road.turn * (b is road.head)) for a, b, road in lattice.links())
    pieces = {(a.column, place[a.id], (place[b.id], turn)) for a, b, turn in links}
    pairs = [(p[1:], q[1:]) for p, q in combinations(pieces, 2) if p[0] == q[0]]
    return sum(p[0] != q[0] and p[1] != q[1] and (p < q) != (p[1] < q[1]) for p, q in pairs)


@pytest.mark.parametrize("seed", range(40))
def test_the_first_operand_of_a_difference_comes_from_above(seed):
    lattice = laid_out(circuit(random_graph(seed)).scene)
    for node in lattice.scene.nodes:
        ports = [(road.edge.operand, road.in_port) for road in lattice.into[node.id]]
        assert not node.ordered or ports == sorted(ports)
        assert len({port for _, port in ports}) == node.wires


def test_operands_stand_in_their_order():
    output = sum((Value(i, f"x_{i}") for i in range(1, 7)), Value(0.0, "x_0")) / Value(2.0, "a")
    lattice = Lattice(circuit(output).scene, THEME, STYLES["circuit"])
    assert crossed(lattice) == 0
    for road in lattice.roads:
        first, second = sorted(lattice.into[road.head.id], key=lambda road: road.edge.operand)
        same = first.stops[-2].column == second.stops[-2].column
        assert not same or place(lattice, first.stops[-2]) < place(lattice, second.stops[-2])


def place(lattice, stop):
    return lattice.columns[stop.column].index(stop)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_each_operation_has_a_sign_from_its_row(op):
    """A sign, a name or a formula in the row's words: never the operands of this graph, never what no font has."""
    leaves = [Value(0.5 + 0.1 * i, f"leaf_{i}") for i in range(len(op.operands) - len(op.defaults))]
    z = op(*([leaf, Value(0.7, "q")] for leaf in leaves)) if op.variadic else op(*leaves)
    text, latex = (operation_sign(z, Labels(topological(z)), dialect) for dialect in ("unicode", "latex"))
    assert text
    assert "leaf" not in text
    assert typeset(latex, 24.0).is_complete
    node = circuit(z).scene.nodes[-1]
    assert node.operation == (text, latex)
    swaps = op.variadic or len(leaves) == 1 or (len(leaves) == 2 and op(0.5, 0.25) == op(0.25, 0.5))
    assert node.ordered or swaps


def test_zero_that_is_added_is_a_wire_unless_it_has_a_name():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert [node.operation[0] for node in circuit(sum([a * b, b])).scene.nodes] == ["", "", "×", "+"]
    assert [node.title for node in circuit((0 + a).named("c") * b).scene.nodes] == ["a", "b", "c", ""]
    assert len(circuit(0 + a).scene.nodes) == 2


def test_a_value_used_twice_has_two_wires_that_fork_at_a_dot():
    picture = circuit(gallery.doubled()).picture
    wires = [group for group in picture.groups if group.kind == "forward"]
    [dot] = [s for group in picture.groups for s in group.shapes if isinstance(s, Box) and not s.stroke]
    assert len(wires) == 2
    for wire in wires:
        assert wire.shapes[0].points[0] == pytest.approx((dot.x + dot.width / 2, dot.y + dot.height / 2))


def test_what_goes_the_same_way_is_one_trunk():
    lattice = Lattice(circuit(recurrent()).scene, THEME, STYLES["circuit"])
    between = [road.between for road in lattice.roads if road.tail.id == "n0" and road.between]
    assert len(between) == 2
    assert {id(stop) for stop in between[0]} < {id(stop) for stop in between[1]}


def test_a_wire_forks_a_column_earlier_where_fewer_wires_cross_then():
    """μ's wire forks once before the numbers that it is taken from; elsewhere wires that pass side by side are one."""
    lattice = circuit(batch_norm()).lattice
    tails = {stop.id: road.tail.id for road in lattice.roads for stop in road.between}
    columns = [[tails.get(stop.id, stop.id) for stop in column] for column in lattice.columns]
    assert [len(column) - len(set(column)) for column in columns if len(column) > len(set(column))] == [1]
    assert not any(above == below for column in columns for above, below in pairwise(column))


def test_an_operand_that_is_left_out_keeps_its_place_with_an_arrow():
    J = lecture()
    whole, part = circuit(J).picture, circuit(J, between=("c", J)).picture
    assert [len(heads(picture)) for picture in (whole, part)] == [5, 5]
    stubs = [group for group in part.groups if group.kind == "node" and any(isinstance(s, Head) for s in group.shapes)]
    circles = [next(s for s in group.shapes if isinstance(s, Box)) for group in stubs]
    tips = [next(s for s in group.shapes if isinstance(s, Head)).points[0] for group in stubs]
    above = [tip[1] < box.y + box.height / 2 for tip, box in zip(tips, circles, strict=True)]
    assert above == [True, True]  # b of b · c, a of a + u
    for (x, y), box in zip(tips, circles, strict=True):
        assert math.dist((x, y), (box.x + 21, box.y + 21)) == pytest.approx(21, abs=0.1)


def heads(picture):
    return [s for group in picture.groups for s in group.shapes if isinstance(s, Head)]


def test_a_circuit_shows_gradients_of_inputs_too_and_names_by_role():
    scene = circuit(gallery.logistic_regression()).scene
    assert all(node.gradient for node in scene.nodes)
    assert {node.title for node in scene.nodes if node.operation[0] and node.title} == {"z", "a", "L"}
    assert {node.role for node in scene.nodes} == {"input", "parameter", "operation", "output"}


def test_forward_shows_values_only():
    scene = viz.draw_forward(lecture(), style="circuit").scene
    assert all(node.gradient is None for node in scene.nodes)


def test_options_work_in_a_circuit():
    J = lecture()
    assert "3 · c = 6" in circuit(J, symbols=True).svg
    assert [node.title for node in circuit(J, between=("c", J)).scene.nodes] == ["c", "u", "v", "J"]
    assert circuit(J, around="u", depth=1).folded == ("2 of 6 nodes left out",)
    assert [node.title for node in circuit(J, names={"u": "z^[1]_2", J: "K"}).scene.nodes][-2:] == ["v", "K"]
    assert "0.33333" in circuit(Value(1.0, "a") / 3, digits=5).svg
    gradient = viz.draw_backward(J, as_graph=True, style="circuit")
    assert [node.title for node in gradient.scene.nodes] == ["b", "c", "∂J/∂b", "∂J/∂c", "∂J/∂a"]


@pytest.mark.parametrize("theme", THEMES)
def test_all_formats_write_it(theme, tmp_path):
    drawing = circuit(lecture(), theme=theme)
    assert THEMES[theme].value in drawing.svg
    for ending in ("svg", "png", "pdf", "tex", "tikz", "dot", "mmd"):
        assert drawing.save(tmp_path / f"J.{ending}").stat().st_size
    assert "×3" in drawing.dot
    assert "×3" in drawing.mermaid
    assert r"$\times 3$" in drawing.tikz


def test_circles_are_round_in_a_pdf(monkeypatch):
    """Each quarter is a curve: of a radius of half its side fpdf2 would make a square."""
    corners, rect = [], fpdf.FPDF.rect

    def drawn(self, x, y, width, height, style=None, round_corners=False, corner_radius=0):
        corners.append((corner_radius, min(width, height) / 2))
        rect(self, x, y, width, height, style, round_corners, corner_radius)

    monkeypatch.setattr(fpdf.FPDF, "rect", drawn)
    circuit(lecture()).pdf()
    assert corners[1:] == [(pytest.approx(21, abs=0.1), pytest.approx(21))] * 3
    assert all(radius < half for radius, half in corners)


def test_an_exercise_has_blanks_where_its_answers_would_stand():
    scene = viz.draw_exercise(exercise("a = 5; b = 3; u = a*b; J = 2*u"), style="circuit").scene
    assert [(node.value, node.gradient) for node in scene.nodes] == [
        ("5", "____"),
        ("3", "____"),
        ("15", "____"),
        ("30", "____"),
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"style": "circuits"}, "Unknown style 'circuits'. Choose one of 'auto', 'cards', 'circuit'."),
        (
            {"style": "circuit", "level": "named"},
            "A circuit has every node, not level='named'. Take level='value' or style='cards'.",
        ),
    ],
)
def test_a_wrong_choice_is_refused(options, message):
    with pytest.raises(DrawingError) as error:
        viz.draw(lecture(), **options)
    assert str(error.value) == message
    with pytest.raises(DrawingError) as error:
        viz.draw_backward(lecture(), as_graph=True, **options)
    assert str(error.value) == message


def test_the_styles_are_those_of_the_table():
    assert get_args(Style) == tuple(STYLES)


def test_a_large_graph_is_refused_with_a_remedy():
    with pytest.raises(DrawingError, match=r"^The graph has 1015 nodes, .*\.$"):
        circuit(gallery.moons())

"""What pictures say: cards, arrows, roles, folding by names."""

import pytest

from autograd import DrawingError, OperandError, Value, dot, log, parse, sign
from viz import draw, draw_forward
from viz.graph.build import MOST_NODES, build
from viz.graph.scene import Edge, Node


def lecture():
    return parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]


def logistic_regression():
    w = [Value(v, f"w_{i}") for i, v in enumerate((0.5, -0.3, 0.8), 1)]
    x = [Value(v, f"x_{i}") for i, v in enumerate((1.0, 2.0, -1.0), 1)]
    b, y = Value(0.1, "b"), Value(1.0, "y")
    a = (dot(w, x) + b).named("z").sigmoid().named("a")
    return (-(y * log(a) + (1 - y) * log(1 - a))).named("L")


def test_cards_say_formula_value_and_gradient():
    assert build(lecture()).nodes == (
        Node("n0", "input", "a", "5", "∂J/∂a = 3"),
        Node("n1", "input", "b", "3", "∂J/∂b = 6"),
        Node("n2", "input", "c", "2", "∂J/∂c = 9"),
        Node("n3", "operation", "u = b · c", "6", "∂J/∂u = 3"),
        Node("n4", "operation", "v = a + u", "11", "∂J/∂v = 3"),
        Node("n5", "output", "J = 3 · v", "33", "∂J/∂J = 1"),
    )


def test_edges_say_the_local_slope_with_symbol_and_number():
    assert build(lecture()).edges == (
        Edge("e0", "n1", "n3", "∂u/∂b = c = 2"),
        Edge("e1", "n2", "n3", "∂u/∂c = b = 3"),
        Edge("e2", "n0", "n4", "∂v/∂a = 1"),
        Edge("e3", "n3", "n4", "∂v/∂u = 1"),
        Edge("e4", "n4", "n5", "∂J/∂v = 3"),
    )


def test_the_forward_picture_has_no_gradient():
    scene = draw_forward(lecture()).scene
    assert {node.gradient for node in scene.nodes} == {None}
    assert {edge.slope for edge in scene.edges} == {None}


def test_an_operand_used_twice_has_one_arrow_with_one_slope():
    a = Value(3.0, "a")
    assert [(e.tail, e.head, e.slope) for e in build((a + a).named("b")).edges] == [("n0", "n1", "∂b/∂a = 2")]
    assert [edge.slope for edge in build((a * a).named("u")).edges] == ["∂u/∂a = 2 · a = 6"]


def test_named_level_folds_the_nameless_nodes_into_their_formula():
    scene = build(logistic_regression(), level="named")
    cards = {node.title: node for node in scene.nodes}
    assert list(cards)[-3:] == ["z = w·x + b", "a = σ(z)", "L = −(y · log(a) + (1 − y) · log(1 − a))"]
    assert cards["z = w·x + b"].gradient == "∂L/∂z ≈ −0.69"  # a − y, as the lecture derives
    slopes = {edge.slope for edge in scene.edges}
    assert {"∂z/∂w₂ = x₂ = 2", "∂a/∂z = a · (1 − a) ≈ 0.2139", "∂L/∂a ≈ −3.226"} <= slopes  # −y/a = −3.2255…


def test_inputs_beside_parameters_are_data_without_gradient():
    nodes = {node.title: node for node in build(logistic_regression(), level="named").nodes}
    assert [nodes[x].role for x in ("x₁", "w₁", "b", "y")] == ["input", "parameter", "parameter", "input"]
    assert nodes["x₁"].gradient is None
    assert nodes["b"].gradient == "∂L/∂b ≈ −0.69"


def test_parameters_can_be_chosen():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    nodes = build((x * y).named("z"), parameters=[y]).nodes
    assert [(node.role, node.gradient) for node in nodes[:2]] == [("input", None), ("parameter", "∂z/∂y = 2")]


def test_a_gradient_that_never_arrives_is_not_drawn_as_0():
    x = Value(2.0, "x")
    node = build((sign(x) * 3).named("y")).nodes[0]
    assert (node.gradient, node.reached) == ("∂y/∂x = —", False)
    zero = build((x * Value(0.0, "o")).named("y")).nodes[0]
    assert (zero.gradient, zero.reached) == ("∂y/∂x = 0", True)


def test_drawing_touches_no_gradient_and_needs_none():
    J = lecture()
    draw(J).svg
    assert J.grad is None
    assert all(operand.grad is None for operand in J.operands)


def test_names_can_be_given():
    J = lecture()
    titles = [node.title for node in build(J, names={"u": "product", J: "cost"}).nodes]
    assert titles[3:] == ["product = b · c", "v = a + product", "cost = 3 · v"]


def test_vectors_stand_entry_by_entry_in_the_left_column():
    scene = build(logistic_regression())
    title = {node.id: node.title for node in scene.nodes}
    assert [title[i] for i in scene.column] == ["w₁", "x₁", "w₂", "x₂", "w₃", "x₃", "b"]


def test_digits():
    assert build((Value(2.0, "x") / 3).named("y"), digits=2).nodes[1].value == "0.67"


def test_a_graph_of_too_many_nodes_is_refused_with_a_remedy():
    y = Value(1.0, "x")
    for _ in range(MOST_NODES):
        y = y + 1.0
    with pytest.raises(DrawingError) as error:
        draw(y, level="value")
    assert str(error.value) == (
        "The graph has 401 nodes, and a picture of more than 400 cannot be read. "
        "Draw a part, with around=node or between=(node, node), or fold more, such as with level='layer'."
    )
    assert len(build(y, level="named").nodes) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"direction": "up"},
            "Unknown direction 'up'. "
            "Choose one of 'backward', 'forward', 'LR', 'TB', or one of each pair, such as 'forward TB'.",
        ),
        (
            {"level": "atom"},
            "Unknown level 'atom'. Choose one of 'auto', 'value', 'sums', 'named', 'weights', 'neuron', 'samples', "
            "'layer', 'targets', 'run', 'formula'.",
        ),
    ],
)
def test_unknown_choices_list_the_legal_ones(options, message):
    with pytest.raises(DrawingError) as error:
        draw(lecture(), **options)
    assert str(error.value) == message


def test_a_plain_number_cannot_be_drawn():
    with pytest.raises(OperandError, match=r"^A gradient needs a Value, got 3\.0 \(float\)\."):
        draw(3.0)


def test_a_formula_too_long_for_a_card_becomes_a_call():
    x, w = Value(0.5, "x"), Value(0.25, "w")
    y = x
    for _ in range(40):
        y = (y * w + x).tanh()
    scene = build(y.named("y"), level="named")
    assert [node.title for node in scene.nodes] == ["x", "w", "y(x, w)"]
    assert {edge.slope for edge in scene.edges} == {None, "∂y/∂w ≈ 0.4634"}


def test_a_large_nameless_graph_is_one_card():
    x = Value(0.5, "x")
    y = x
    for i in range(3000):
        y = y * x + y if i % 3 else y.tanh()
    scene = build(y.named("y"), level="named")
    assert [node.title for node in scene.nodes] == ["x", "y(x)"]
    assert len(scene.edges) == 1

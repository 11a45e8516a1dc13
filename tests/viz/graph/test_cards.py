"""Cards, arrows and their order: what stands on them, and each limit at the last number that it lets pass."""

import math

import pytest

from autograd import DrawingError, Value, dot, leaky_relu, maximum, parse, sign, topological
from autograd import sum as total
from autograd.language.formula import chain
from autograd.language.names import Labels
from autograd.language.numbers import figure
from examples import gallery
from viz.graph import arrows, gradient_graph, levels
from viz.graph import build as module
from viz.graph.arrows import FEW_NODES, FEW_WEIGHTS, LONGEST_SLOPE, MANY_WEIGHTS
from viz.graph.build import build, guess_parameters
from viz.graph.cards import MOST_ENTRIES, MOST_SYMBOLS
from viz.graph.gradient_graph import build as gradients
from viz.graph.levels import Folding
from viz.graph.scene import Edge
from viz.graph.structure import Structure
from viz.graph.view import LONGEST_TITLE, View


def vector(name, n, first=1.0):
    return [Value(first + i, f"{name}_{i}") for i in range(1, n + 1)]


def test_the_limits_that_these_tests_try():
    assert (FEW_NODES, FEW_WEIGHTS, MANY_WEIGHTS) == (12, 12, 40)
    assert (LONGEST_SLOPE, LONGEST_TITLE, MOST_ENTRIES, MOST_SYMBOLS) == (14, 60, 8, 40)
    assert (module.MOST_NODES, module.MOST_LEGIBLE, module.LARGEST_GRAPH) == (400, 80, 200_000)
    assert (gradient_graph.MOST_LEAVES, levels.SHORTEST_RUN) == (40, 5)


def layer(n, inputs=2, **options):
    """A sum of n neurons of two inputs: a layer, its weights on edges."""
    x = vector("x", inputs)
    rows = [dot([Value(0.1 * i + j, f"w_{i}{j}") for j in range(inputs)], x).tanh() for i in range(1, n + 1)]
    return total(rows).named("J")


def cards(scene):
    return {node.title: node for node in scene.nodes}


def ends(scene):
    names = {node.id: node.title.split(" = ")[0] for node in scene.nodes}
    return [(names[edge.tail], names[edge.head]) for edge in scene.edges]


# ── limits ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("n", [MOST_ENTRIES, MOST_ENTRIES + 1])
def test_of_many_rows_the_first_three_and_the_last_are_shown(n):
    for direction in ("backward", "forward"):
        scene = build(total(vector("x", n)).named("J"), direction, "layer")
        rows = scene.nodes[0].entries
        values = [value.partition(" = ")[0] for value, _ in rows]
        names = [f"x{i}" for i in "₁₂₃₄₅₆₇₈₉"[:n]]
        assert values == (names if n == MOST_ENTRIES else [*names[:3], "…", names[-1]])
        gradients = {"∂ 1", "…"} if n > MOST_ENTRIES else {"∂ 1"}
        assert {gradient for _, gradient in rows} == (gradients if direction == "backward" else {""})
        assert scene.nodes[0].title == "x" and scene.nodes[0].value == f"{n} values"


@pytest.mark.parametrize("n", [FEW_WEIGHTS, FEW_WEIGHTS + 1, MANY_WEIGHTS, MANY_WEIGHTS + 1])
def test_few_weights_have_names_some_have_numbers_many_have_lines(n):
    edges = [e for e in build(dot(vector("w", n), vector("x", n)).tanh(), level="weights").edges if e.weight]
    assert len(edges) == n
    assert {edge.label is None for edge in edges} == {n > MANY_WEIGHTS}
    forward = build(dot(vector("w", n), vector("x", n)).tanh(), "forward", "weights")
    assert {edge.slope for edge in forward.edges} == {None}
    if n <= FEW_WEIGHTS:
        assert edges[1].label == "w₂ = 3" and edges[1].gradient.startswith("∂a[1]₁/∂w₂ = ")
    elif n <= MANY_WEIGHTS:
        assert (edges[1].label, edges[1].gradient) == ("3", None)
    else:
        assert (edges[1].label, edges[1].gradient) == (None, None)
    assert {edge.slope for edge in edges} == {None}  # the inputs receive no gradient
    assert max(edge.weight for edge in edges) == 1
    assert min(edge.weight for edge in edges) == pytest.approx(2 / (n + 1))


def test_weights_have_signs_and_a_zero_has_a_line():
    x = vector("x", 3)
    scene = build(dot([Value(v, f"w_{i}") for i, v in enumerate((-4.0, 0.0, 2.0))], x).tanh(), level="weights")
    assert [edge.weight for edge in scene.edges if edge.label] == [-1.0, 0.0, 0.5]
    zeros = build(dot([Value(0.0, "w_1"), Value(0.0, "w_2")], x[:2]).tanh(), level="weights")
    assert [edge.weight for edge in zeros.edges if edge.label] == [0.0, 0.0]


def test_two_weights_of_one_input_are_one_line_with_their_sum():
    x = Value(3.0, "x")
    [edge, *_] = build(dot([Value(1.0, "w_1"), Value(2.5, "w_2")], [x, x]).tanh(), level="weights").edges
    assert (edge.label, edge.slope, edge.weight) == ("3.5", None, 1)


def test_the_first_sum_of_a_card_says_its_weights():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    w = [Value(1.0 + i, f"w_{i}") for i in range(4)]
    y = maximum(dot(w[:2], [x, y]), dot(w[2:], [x, y])).named("m")
    scene = build((y * 1.0).named("J"), level="neuron")
    assert [edge.label for edge in scene.edges if edge.label] == ["w₀ = 1", "w₁ = 2"]


def recurrent(n, w=1.5, x=0.5):
    """hₖ = σ(w · hₖ₋₁), and by the chain rule on paper what each use of w adds to ∂y/∂w."""
    h, numbers, weight = Value(x, "x"), [x], Value(w, "w")
    for k in range(1, n + 1):
        h = (weight * h).sigmoid().named(f"h_{k}")
        numbers.append(1 / (1 + math.exp(-w * numbers[-1])))
    slopes = [h * (1 - h) for h in numbers]  # of σ
    shares = [numbers[k - 1] * slopes[k] * math.prod(w * s for s in slopes[k + 1 :]) for k in range(1, n + 1)]
    return h.named("y"), shares


def test_a_use_of_a_shared_weight_shows_its_share_and_a_card_the_whole():
    y, shares = recurrent(6)
    scene = build(y, level="neuron")
    assert [edge.label for edge in scene.edges] == ["w = 1.5"] * 6
    uses = [figure(share, digits=4)[0] for share in (*shares, sum(shares))]
    each = [chain(f"∂y/∂w⁽{k}⁾", number) for k, number in zip("¹²³⁴⁵⁶", uses, strict=False)]
    assert [edge.gradient for edge in scene.edges] == each
    assert [edge.slope for edge in scene.edges] == [None, *[""] * 5]  # x is an input: no gradient goes there
    assert cards(scene)["w"].gradient == chain("∂y/∂w", uses[-1])
    assert [text for text in scene.texts() if text.startswith("∂y/∂w ")] == [cards(scene)["w"].gradient]
    assert scene.latex[each[0]].startswith(r"\frac{\partial y}{\partial {w}^{(1)}} ")
    assert "w" not in cards(build(y, "forward", "neuron"))
    assert "w" not in cards(build(recurrent(1)[0], level="neuron"))


def test_a_weight_that_is_a_bias_too_is_shared():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    scene = build((w * x + w).tanh().named("y"), level="weights", parameters=[w])
    assert scene.edges[0].gradient.startswith("∂y/∂w⁽¹⁾ ") and "w" in cards(scene)


@pytest.mark.parametrize("n", [FEW_NODES, FEW_NODES + 1])
def test_of_few_cards_edges_say_whose_slope_they_carry(n):
    z = x = Value(0.5, "x")
    for _ in range(n - 1):
        z = z.sin()
    assert len(topological(z)) == n
    assert {edge.slope.startswith("∂") for edge in build(z, level="value").edges} == {n == FEW_NODES}
    assert build(z, level="value").edges[0].slope.count("cos(x)") == 1
    assert x.name == "x"


@pytest.mark.parametrize("n", [LONGEST_SLOPE, LONGEST_SLOPE + 1])
def test_a_slope_is_a_formula_while_it_is_short(n):
    name = "n" * n
    [edge, _] = build((Value(2.0, "x") * Value(7.0, name)).named("y")).edges
    assert edge.slope == ("∂y/∂x = " + (f"{name} = 7" if n == LONGEST_SLOPE else "7"))


@pytest.mark.parametrize("n", [LONGEST_TITLE, LONGEST_TITLE + 1])
def test_a_title_is_a_formula_while_it_is_short_then_a_call_then_dots(n):
    name = "n" * (n - len("tanh()"))
    short = f"y = tanh({name})" if n == LONGEST_TITLE else f"y({name})"
    y = Value(2.0, name).tanh().named("y")
    assert build(y).nodes[-1].title == short
    call = "n" * (n - len("y(, x)"))
    y = (Value(2.0, call) * Value(1.0, "x") + 1234567.0).named("y")
    assert build(y, level="named").nodes[-1].title == (f"y({call}, x)" if n == LONGEST_TITLE else "y(…)")
    assert set(build(y, level="named").latex.values()) & {r"y(\dots)"} == (
        {r"y(\dots)"} if n > LONGEST_TITLE else set()
    )


def test_many_gradients_in_symbols_are_refused():
    pytest.importorskip("sympy")
    y = total(vector("x", MOST_SYMBOLS - 1)).named("y")
    assert len(build(y, symbols=True).nodes) == MOST_SYMBOLS
    with pytest.raises(DrawingError, match=rf"^More than {MOST_SYMBOLS} gradients in symbols take long\."):
        build(total(vector("x", MOST_SYMBOLS)).named("y"), symbols=True)


@pytest.mark.parametrize("n", [LONGEST_TITLE, LONGEST_TITLE + 1])
def test_a_gradient_in_symbols_is_a_formula_while_it_is_short(n):
    pytest.importorskip("sympy")
    name = "n" * n
    scene = build((Value(2.0, "a") * Value(7.0, name)).named("y"), symbols=True)
    text = f"∂y/∂a = {name} = 7" if n == LONGEST_TITLE else "∂y/∂a = 7"
    assert scene.nodes[0].gradient == text
    latex = rf"\text{{{name}}} = 7" if n == LONGEST_TITLE else "7"
    assert scene.latex[text] == rf"\frac{{\partial y}}{{\partial a}} = {latex}"
    assert build(Value(2.0, "a").tanh(), "forward", symbols=True).nodes[0].gradient is None


def test_limits_of_graphs(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_GRAPH", 5)
    assert len(build(total(vector("x", 4))).nodes) == 5
    with pytest.raises(DrawingError, match=r"^The graph has 6 nodes, more than 5\. Draw an inner node's graph\.$"):
        build(total(vector("x", 5)))


@pytest.mark.parametrize("n", [4, 5])
def test_limits_of_cards(monkeypatch, n):
    monkeypatch.setattr(module, "MOST_NODES", 4)
    y = (Value(1.0, "x") * Value(2.0, "y")).tanh()
    y = y if n == 4 else y.sin()
    if n == 4:
        assert len(build(y, level="value").nodes) == 4
    else:
        with pytest.raises(DrawingError, match="of more than 4 cannot be read"):
            build(y, level="value")


def test_auto_takes_the_first_folding_that_fits_and_as_a_last_resort_numbers_alone():
    y = layer(3)
    seen = []

    def never(scene):
        seen.append(scene)
        return False

    scene = build(y, fits=never)
    assert scene.folded == ("weights onto edges", "neurons", "layers", "slopes")
    assert [s.rows for s in seen] == [1, "auto"] * (len(seen) // 2)
    seen = seen[::2]
    half = len(seen) // 2
    assert [s.nodes for s in seen[:half]] == [s.nodes for s in seen[half:]]
    assert [s.folded for s in seen[:half]] == [
        (),
        ("weights onto edges",),
        ("weights onto edges", "neurons"),
        ("weights onto edges", "neurons", "layers"),
    ]
    at = []
    scene = build(y, fits=lambda scene: at.append(scene) or len(at) == 2 * half + 3)
    assert scene.folded == (*at[-1].folded, "slopes")
    assert build(y, fits=lambda scene: len(scene.nodes) < 12).folded[-1] != "slopes"


def test_auto_builds_no_picture_that_could_not_be_read(monkeypatch):
    monkeypatch.setattr(module, "MOST_LEGIBLE", 8)
    numbers = []
    build(layer(3), fits=lambda scene: numbers.append(len(scene.nodes)) or False)
    assert numbers and max(numbers) <= 8
    monkeypatch.setattr(module, "MOST_LEGIBLE", 1)
    assert len(build(layer(3)).nodes) == 3  # the coarsest is drawn all the same
    monkeypatch.setattr(module, "MOST_NODES", 2)
    with pytest.raises(DrawingError, match=r"^The graph has 3 nodes, and a picture of more than 2 cannot be read"):
        build(layer(3))


def test_terse_edges_have_numbers_alone():
    for last in ("weights onto edges", "neurons"):  # the first, when it comes for the second time, once in one row
        at = []
        scene = build(layer(2), fits=lambda s, at=at, last=last: at.append(s.folded[-1:]) or at.count((last,)) == 3)
        assert scene.folded[-2:] == (last, "slopes")
        weighted = [edge for edge in scene.edges if edge.weight is not None]
        assert len(weighted) == 4 and all(edge.gradient.startswith("∂ ") for edge in weighted)
        others = [edge.slope for edge in scene.edges if edge.weight is None]
        assert others and all("=" not in slope for slope in others)


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────


def test_roles():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    y = ((w * x).named("z") + 1).named("y")
    assert [node.role for node in build(y).nodes] == ["parameter", "input", "operation", "output"]
    assert [node.role for node in build(x, parameters=[x]).nodes] == ["output"]
    graph = topological(y)
    structure, orders = Structure(graph, {id(y)}, {id(w)}, False), {id(w): 1, id(x): 2, id(y): 0}
    view = View(y, structure, Folding(graph), Labels(graph), 4, {}, orders=orders)
    assert [view.role(z) for z in graph] == ["gradient", "curvature", "operation", "output"]


def test_a_layers_card():
    for named in (True, False):
        x = vector("x", 2, 0.0)
        rows = [[Value(0.5 * i + j, f"layer1.neuron{i}.w{j}" if named else None) for j in range(2)] for i in (1, 2, 3)]
        biases = [Value(0.1, f"layer1.neuron{i}.b" if named else None) for i in (1, 2, 3)]
        a = [(dot(row, x) + b).relu() for row, b in zip(rows, biases, strict=True)]
        y = total(a).named("J")
        inputs, hidden, _ = build(y, level="layer").nodes
        assert (inputs.title, inputs.value, inputs.role) == ("x", "2 values", "input")
        assert (hidden.title, hidden.value) == ("a[1] = relu(z[1])", "W[1]: 3 × 2")
        assert inputs.reached and hidden.reached and (inputs.gradient, hidden.gradient) == (None, None)
        assert [value.split(" = ")[0] for value, _ in hidden.entries] == ["a₁", "a₂", "a₃"]
        latex = build(y, level="layer").latex
        assert latex["W[1]: 3 × 2"] == r"W^{[1]}: 3 \times 2" and latex["2 values"] == r"\text{2 values}"


def test_an_activation_may_have_a_second_operand():
    x, slope = vector("x", 2), Value(0.1, "s")
    rows = [dot([Value(i + j + 0.5, f"w_{i}{j}") for j in range(2)], x) for i in range(2)]
    y = (leaky_relu(rows[0], slope) - leaky_relu(rows[1], slope)).named("J")
    parameters = [z for z in topological(y) if z.name and z.name[0] in "ws"]
    titles = [node.title for node in build(y, level="layer", parameters=parameters).nodes]
    assert "a[1] = leaky_relu(z[1], s)" in titles


def test_a_linear_layer_says_what_its_weights_are_multiplied_with():
    x = vector("x", 2, 0.0)

    def dense(inputs, outputs, number, bias=True):
        dense = []
        for i in range(1, outputs + 1):
            w = [Value(0.5 * i + j, f"layer{number}.neuron{i}.w{j}") for j in range(len(inputs))]
            dense.append(dot(w, inputs) + Value(0.1, f"layer{number}.neuron{i}.b") if bias else dot(w, inputs))
        return dense

    first = dense(x, 2, 1)
    z = dense(first, 3, 2, bias=False)
    y = (z[0] - z[1] - z[2]).named("J")  # which is no sum
    titles = list(cards(build(y, level="layer")))
    assert titles[1:3] == ["z[1] = W[1]·x + b[1]", "z[2] = W[2]·z[1]"]
    other = [Value(2.0, "p"), Value(3.0, "q")]
    z = dense(other, 2, 1)
    assert build((z[0] - z[1]).named("J"), level="layer").nodes[0].title == "p, …, q"
    z = dense([*other, Value(4.0, "r")], 2, 1)
    assert build((z[0] - z[1]).named("J"), level="layer").nodes[0].title == "p, …, r"
    for names, source in ((("h_1", "h_2"), "h"), (("h_1", "g_1"), "x")):  # results with cards of their own
        inputs = [x.tanh().named(name) for x, name in zip(other, names, strict=True)]
        z = dense(inputs, 2, 1)
        titles = [node.title for node in build((z[0] - z[1]).named("J"), level="layer").nodes]
        assert f"z[1] = W[1]·{source} + b[1]" in titles
    z = dense([Value(2.0, "t")], 2, 1)
    assert list(cards(build((z[0] - z[1]).named("J"), level="layer")))[:2] == ["t", "z[1] = W[1]·t + b[1]"]


def test_a_node_that_is_a_gradient_says_which():
    a, x = Value(2.0, "a"), Value(0.5, "x")
    node = next(node for node in gradients((a * x**2).named("y"), 2).nodes if node.title == "v₁ = x²")
    assert (node.gradient, node.reached, node.value) == ("= ∂y/∂a", True, "0.25")


def test_whole_digits_stay_in_rows():
    y = total([Value(123.456, "x_1"), Value(1.23456, "x_2"), Value(12345.6, "x_3")]).named("J")
    assert [value for value, _ in build(y, level="layer").nodes[0].entries] == ["x₁ ≈ 123", "x₂ ≈ 1.2", "x₃ ≈ 12346"]
    y = total([Value(9999.0, "x_1"), Value(-123.456, "x_2"), Value(3.0, "x_3")]).named("J")
    assert [value for value, _ in build(y, level="layer").nodes[0].entries] == ["x₁ = 9999", "x₂ ≈ −123", "x₃ = 3"]


def test_vectors_are_told_as_vectors_if_all_entries_are():
    w, x = vector("w", 2), vector("x", 2)
    b, y = Value(1.0, "b"), Value(2.0, "y")

    def last(z):
        return build(z.named("z"), level="named").nodes[-1].title

    assert last(w[0] * x[0] + w[1] * x[1]) == "z = w·x"
    assert last(b + w[0] * x[0] + x[1] * w[1]) == "z = w·x + b"
    assert last(w[0] * x[0] + b) == "z = w₁ · x₁ + b"  # one product is no vector
    assert last(w[0] * x[0] + w[1] * y) == "z = w₁ · x₁ + w₂ · y"
    assert last(w[0] * x[0] + Value(1.0, "w") * x[1]) == "z = w·x"
    assert last(w[0] * x[0] + w[1] * x[1] + 2.0) == "z = w₁ · x₁ + w₂ · x₂ + 2"
    assert last(w[0] * x[0] + w[1] * x[1] + 0.0) == "z = w·x"
    assert last(w[0] * x[0] + w[1] * x[1] + y * y) == "z = w₁ · x₁ + w₂ · x₂ + y · y"
    assert build((dot(w, x) + b).named("z"), level="value").nodes[-2].title == "v₁ = w·x"


def test_parameters_are_guessed_by_their_names():
    names = [
        "w",
        "w_1",
        "W",
        "layer1.w0",
        "theta",
        "θ",
        "weights",
        "weight",
        "b_2",
        "bias",
        "layer1.b",
        "x",
        "wide",
        "below",
    ]
    names += ["awe", "b1", "y", "Wxh", "Uz", "bh", "V", "gamma", "Under", "by_hand", "z"]
    leaves = [Value(1.0, name) for name in names]
    assert [x.name for x in guess_parameters(leaves)] == [
        "w", "w_1", "W", "layer1.w0", "theta", "θ", "weights", "weight", "Wxh",
        "b_2", "bias", "layer1.b", "b1", "Uz", "bh", "V", "gamma",
    ]  # fmt: skip
    assert guess_parameters([Value(1.0, name) for name in ("b", "U", "x", "gamma", "")]) == []


def test_weights_are_guessed_by_place_only_where_nobody_says_which_they_are():
    def carried(parameters, name=None):
        x, w, v = Value(1.0, "x"), Value(2.0, name), Value(3.0)
        y = (w * x + v * x.tanh() + Value(4.0)).tanh()
        return [edge.label for edge in build(y, level="weights", parameters=parameters).edges if edge.label]

    assert len(carried(None)) == 2
    assert carried([]) == []
    assert carried(None, "w") == ["w = 2"]  # a name is known, so the nameless ones are inputs


def test_a_neighbourhood_reaches_two_edges_unless_it_is_said():
    z = Value(0.5, "x").sin().sin().sin().named("y")
    assert [node.title.split(" = ")[0] for node in build(z, around="y").nodes] == ["v₁", "v₂", "y"]


# ── arrows and order ──────────────────────────────────────────────────────────────────────────────


def test_a_card_of_several_nodes_has_one_arrow_for_each_operand():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    scene = build((x * w + x).named("y"), level="named", parameters=[])
    assert [(e.tail, e.slope) for e in scene.edges] == [("n0", "∂y/∂x = w + 1 = 3"), ("n1", "∂y/∂w = x = 3")]
    twice = build((x * x + 1.0).named("y"), level="named")
    assert [e.slope for e in twice.edges] == ["∂y/∂x = 2 · x = 6"]
    assert [e.slope for e in build((x * x).named("y"), level="named").edges] == ["∂y/∂x = 2 · x = 6"]
    through = build((x * sign(w) + w).named("y"), level="named", parameters=[])
    assert [e.slope for e in through.edges] == ["∂y/∂w = 1", "∂y/∂x = sign(w) = 1"]


def test_no_way_back_where_no_gradient_goes():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    scene = build((sign(x) * w).named("y"), level="value", parameters=[])
    assert dict(zip(ends(scene), [e.slope for e in scene.edges], strict=True)) == {
        ("x", "v₁"): None, ("v₁", "y"): "∂y/∂v₁ = w = 2", ("w", "y"): "∂y/∂w = v₁ = 1",
    }  # fmt: skip
    scene = build((sign(x * w) * w).named("y"), level="value", parameters=[])
    assert [e.slope for e in scene.edges if e.head == "n2"] == [None, None]


def test_between_cards_of_several_nodes_there_is_one_arrow_that_leads_back_if_any_does():
    x = vector("x", 3)
    y = (total(x) * sign(x[0])).named("J")
    scene = build(y, level="layer")
    assert ends(scene).count(("x", "v₁")) == 1 and len(scene.edges) == len(set(ends(scene)))
    assert {edge.slope for edge in scene.edges if edge.tail == "n0"} == {"", None}
    forward = build(y, "forward", "layer")
    assert {edge.slope for edge in forward.edges} == {None}
    assert [edge.id for edge in scene.edges] == [f"e{i}" for i in range(len(scene.edges))]
    for operands in ([sign(x[0]), x[1], x[2]], [x[1], x[2], sign(x[0])]):
        scene = build((total([z * 1.0 for z in operands[::2]]) * total(x)).named("J"), level="layer")
        assert len(scene.edges) == len(set(ends(scene)))


@pytest.mark.parametrize(
    ("slopes", "merged"), [([None, None], None), ([None, "1"], ""), (["1", None], ""), (["1"], ""), ([None] * 3, None)]
)
def test_arrows_that_are_merged(slopes, merged):
    [edge] = arrows._merged([Edge("", "n0", "n1", slope) for slope in slopes])
    assert (edge.tail, edge.head, edge.slope) == ("n0", "n1", merged)


def test_the_latex_of_marks_and_of_short_names():
    w = [Value(1.0 + i, f"layer1.neuron1.w{i}") for i in range(2)]
    x = [Value(3.0 + i, f"data.x{i}") for i in range(2)]
    scene = build((dot(w, x).named("z") * sign(Value(2.0, "s"))).named("J"), level="named", parameters=w)
    assert "z = w[1]₁·data.x" in cards(scene)
    assert scene.latex["z = w[1]₁·data.x"] == r"z = w^{[1]}_{1} \cdot \text{data.x}"
    scene = build(sign(Value(2.0, "x")).named("y"))
    assert scene.latex["∂y/∂x = —"] == r"\frac{\partial y}{\partial x} = \text{---}"
    single = build((Value(2.0, "data.x") * Value(3.0, "a.w")).named("y"), level="named")
    assert single.nodes[-1].title == "y = data.x · w"
    twice = build((Value(2.0, "b.w") * Value(3.0, "a.w")).named("y"), level="named")
    assert twice.nodes[-1].title == "y = b.w · a.w"


def test_cards_stand_in_the_order_of_creation_and_leaves_used_early_in_the_left_column():
    graph = parse("u = a*b; v = u + c; w2 = v*d; J = w2 + e", a=1, b=2, c=3, d=4, e=5)
    scene = build(graph["J"], level="value")
    titles = {node.id: node.title.split(" = ")[0] for node in scene.nodes}
    assert [*titles.values()] == ["a", "b", "c", "d", "e", "u", "v", "w₂", "J"]
    assert [titles[i] for i in scene.column] == ["a", "b", "c"]  # d and e stand near their uses
    assert list(titles) == [f"n{i}" for i in range(9)]


def test_entries_of_vectors_stand_side_by_side():
    w, y, x = vector("w", 2), Value(9.0, "y"), vector("x", 2)
    scene = build((dot(w, x) * y).named("J"), level="value")
    title = {node.id: node.title for node in scene.nodes}
    assert [title[i] for i in scene.column] == ["w₁", "x₁", "y", "w₂", "x₂"]


def test_a_part_has_only_cards_of_its_own():
    y = layer(3)
    scene = build(y, level="layer", around="J", depth=1)
    assert all(not node.entries for node in scene.nodes)
    assert len(scene.nodes) == 4 and scene.folded[-1] == "11 of 15 nodes left out"
    assert build(y, level="value", around="J", depth=99).folded == ()
    inside = build(y, level="neuron", around="J", depth=1)
    assert all("tanh" in n.title for n in inside.nodes[:-1])


def test_a_gradient_in_symbols_has_the_pictures_own_letters():
    """SymPy's letters number nameless nodes otherwise: there is no formula then, where there was a wrong letter."""
    gradients = {node.title: node.gradient for node in build(gallery.residual(), level="value", symbols=True).nodes}
    assert gradients["v₁ = h₂ − y"] == "∂L/∂v₁ ≈ −2.674"
    assert gradients["h₂ = h₁ + r"] == "∂L/∂h₂ = 2 · h₂ − 2 · y ≈ −2.674"

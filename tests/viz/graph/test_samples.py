"""A model on plain numbers, and a batch: numbers that are data are inputs, samples share cards."""

import random

import pytest

import nn
import viz
from autograd import Value, dot, grad, topological
from autograd import sum as total
from autograd.core.graph import snapshot
from benchmarks import lectures
from nn import losses
from viz.graph.inputs import with_inputs
from viz.graph.samples import Batch
from viz.graph.structure import Structure

DATA = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]


def titles(drawing):
    return [node.title for node in drawing.scene.nodes]


def card(drawing, start):
    [node] = [node for node in drawing.scene.nodes if node.title.startswith(start)]
    return node


def batch(model, data=DATA):
    return (total([(model(x)[0] - y) ** 2 for x, y in data]) / len(data)).named("L")


# ── one sample ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("expand", [False, True])
def test_a_models_numbers_are_inputs_and_its_layers_are_cards(expand):
    model = nn.Sequential([nn.Dense(3, input_dim=2, activation="tanh", expand=expand), nn.Dense(1, expand=expand)])
    loss = ((model([0.5, -0.3])[0] - 1.0) ** 2).named("L")
    drawing = viz.draw(loss, level="layer")
    assert titles(drawing) == ["x", "a[1] = tanh(z[1])", "z[2]₁ = w[2]₁·a[1] + b[2]₁", "L = (z[2]₁ − 1)²"]
    assert card(drawing, "x").entries == (("x₀ = 0.5", ""), ("x₁ = −0.3", ""))
    assert card(drawing, "a").value == "W[1]: 3 × 2"


def test_a_layer_with_a_name_of_its_own_is_one_card():
    model = nn.Sequential([nn.Dense(2, input_dim=2, activation="tanh", name="hidden"), nn.Dense(1, name="out")])
    drawing = viz.draw(((model([0.5, -0.3])[0] - 1.0) ** 2).named("L"), level="layer")
    node = card(drawing, "a")
    assert (node.title, node.value) == ("a[hidden] = tanh(z[hidden])", "W[hidden]: 2 × 2")
    assert [entry[0].split(" ")[0] for entry in node.entries] == ["a₁", "a₂"]


def test_the_users_graph_stays_as_it_is_and_every_node_has_its_card():
    model = nn.MLP(2, [2, 1], activation="tanh", rng=0)
    loss = ((model([0.5, -0.3])[0] - 1.0) ** 2).named("L")
    before = [(z.op, z.operands) for z in topological(loss)]
    assert len(viz.draw(loss, level="value").scene.nodes) == len(before)
    viz.draw(loss)
    assert [(z.op, z.operands) for z in topological(loss)] == before


def test_equal_numbers_at_one_weight_are_two_inputs_and_at_two_neurons_one():
    w = [Value(1.0, f"layer1.neuron{i}.w0") for i in (1, 2)]
    y = (w[0] * 0.5).tanh() + (w[1] * 0.5).tanh() + (w[0] * 0.5).sin()
    with_inputs(topological(y), None)
    assert [x.name for x in topological(y) if not x.op and x.name.startswith("x")] == ["x_0", "x_0"]


def test_numbers_beside_other_weights_stay_numbers():
    y = (2.0 * Value(3.0, "w")).named("y")
    with_inputs(topological(y), None)
    assert titles(viz.draw(y)) == ["w", "y = 2 · w"]


# ── batches ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore::autograd.SmallTextWarning")
def test_eight_samples_are_one_card_a_layer():
    rng = random.Random(1)
    data = [([rng.uniform(-1, 1), rng.uniform(-1, 1)], float(i % 2)) for i in range(8)]
    drawing = viz.draw(batch(nn.MLP(2, [16, 16, 1], activation="relu", rng=0), data))
    assert titles(drawing) == [
        "x", "a[1] = relu(z[1])", "a[2] = relu(z[2])", "z[3] = W[3]·a[2] + b[3]",
        "L⁽ⁱ⁾ = (z[3]⁽ⁱ⁾₁ − y⁽ⁱ⁾)²", "L = (Σ L⁽ⁱ⁾) / 8",
    ]  # fmt: skip
    assert drawing.folded[-2:] == ("layers", "targets") and drawing.is_legible()
    sizes = [node.value for node in drawing.scene.nodes[:-1]]
    layers = ["W[1]: 16 × 2, 8 samples", "W[2]: 16 × 16, 8 samples", "W[3]: 1 × 16, 8 samples"]
    assert sizes == ["8 samples", *layers, "8 samples"]
    first, *_, dots, last = card(drawing, "L⁽").entries
    assert (first[0][:4], last[0][:4], dots) == ("L⁽¹⁾", "L⁽⁸⁾", ("…", "…"))
    assert len(drawing.scene.edges) == 5 and "8 samples" in drawing.folded


def test_a_weight_on_a_batchs_road_has_the_gradient_of_all_samples():
    w, b = Value(2.0, "w"), Value(0.5, "b")
    loss = (sum(((w * x + b) - y) ** 2 for x, y in [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]) / 3).named("J")
    drawing = viz.draw(loss, level="samples")
    assert titles(drawing) == [
        "x⁽ⁱ⁾",
        "y⁽ⁱ⁾",
        "z[1]⁽ⁱ⁾₁ = w · x⁽ⁱ⁾ + b",
        "J⁽ⁱ⁾ = (z[1]⁽ⁱ⁾₁ − y⁽ⁱ⁾)²",
        "J = (Σ J⁽ⁱ⁾) / 3",
    ]
    [edge] = [edge for edge in drawing.scene.edges if edge.label]
    assert (edge.label, edge.gradient) == ("w = 2", "∂J/∂w ≈ 5.333")
    assert grad(loss, [w]) == pytest.approx([16 / 3])


def test_a_target_and_what_is_left_of_it_are_one_input():
    model = nn.Sequential([nn.Dense(2, input_dim=2, activation="tanh"), nn.Dense(1, activation="sigmoid")], rng=0)
    loss = losses.binary_crossentropy([y for _, y in DATA], [model(x)[0] for x, _ in DATA]).named("J")
    drawing = viz.draw(loss, level="layer")
    assert [node.title for node in drawing.scene.nodes if node.role == "input"] == ["x", "y"]
    assert grad(loss, [model.parameters()[0]])[0] == pytest.approx(
        drawing_gradient(loss, model.parameters()[0]), abs=1e-12
    )


def drawing_gradient(loss, w):
    """The gradient that the picture's own copy of the graph has."""
    nodes = snapshot(topological(loss))
    place = next(i for i, z in enumerate(topological(loss)) if z is w)
    with_inputs(nodes, None)
    return grad(nodes[-1], [nodes[place]])[0]


def test_a_nameless_networks_samples_are_told_apart_by_number():
    w, v = [[Value(0.1 * i + j) for j in (1, 2)] for i in (1, 2)], [Value(0.5), Value(-0.4)]
    x = [[Value(number) for number in row] for row, _ in DATA]
    outputs = [dot(v, [dot(row, each).tanh() for row in w]) for each in x]
    loss = (total([(a - Value(y)) ** 2 for a, (_, y) in zip(outputs, DATA, strict=True)]) / 4).named("L")
    structure = Structure(topological(loss), {id(loss)}, set(), guess=True)
    names = structure.names()
    assert [names[a] for a in outputs] == [f"z^[2]_1^({i})" for i in (1, 2, 3, 4)]
    assert [n.number for n in structure.neurons if n.depth == 1] == [1, 2] * 4
    drawing = viz.draw(loss, level="layer")
    assert card(drawing, "a[1]").value == "W[1]: 2 × 2, 4 samples"


def test_what_is_no_batch():
    w, v, x = Value(2.0, "w"), Value(3.0, "v"), Value(1.0, "x")
    learned = {id(w), id(v)}
    for y in (w * x + v * x, x * x + x.sin(), (w * x).named("u") + x, w * x * w, (w * x) ** 2 + (w * x) ** 3):
        assert Batch(topological(y), learned).terms == []
    shared = w * x
    assert Batch(topological(shared + shared), learned).terms == []
    assert len(Batch(topological((w * x - 1.0) + (w * v - 1.0)), {id(w)}).terms) == 2
    assert Batch(topological((w * x - 1.0) + (w * v - 1.0)), {id(w)}).numbers == []  # equal numbers are a constant


# ── sums of terms that are alike ──────────────────────────────────────────────────────────────────


def title(terms, **options):
    return viz.draw(total(terms).named("v"), level="formula", **options).scene.nodes[-1].title


def test_a_long_sum_whose_terms_differ_by_an_index_is_written_once():
    x, y, mu = [Value(1.0 + i, f"x_{i}") for i in range(4)], [Value(2.0, f"y_{i}") for i in range(4)], Value(2.0, "mu")
    assert title([(xi - mu) ** 2 for xi in x]) == "v = Σ (xᵢ − μ)²"
    assert title([(xi - yi) ** 2 for xi, yi in zip(x, y, strict=True)]) == "v = Σ (xᵢ − yᵢ)²"
    assert title([xi.tanh() for xi in x[:2]]) == "v = tanh(x₀) + tanh(x₁)"
    others = Value(3.0, "nu")
    assert "Σ" not in title([(xi - other) ** 2 for xi, other in zip(x, (mu, mu, others, others), strict=True)])
    assert "Σ" not in title([(xi - mu) ** 2 for xi in (x[0], x[2], x[1], x[3])])
    assert "Σ" not in title([(xi - mu) ** k for k, xi in enumerate(x, 1)])


def test_a_polynomial_without_names_inside_is_one_formula_as_the_last_resort():
    drawing = viz.draw(lectures.polynomial())
    leaves, output = drawing.scene.nodes
    assert leaves.title == "x, …, c₁₁" and output.title.startswith("p(x, c₁, c₂")
    assert drawing.folded[-1] == "nameless results" and drawing.label_size() >= 14

"""Sums, weights, neurons and layers: a hand-made graph for each rule, and its mirror image."""

import pytest

from autograd import Value, dot, maximum, parse, topological
from autograd import sum as total
from autograd.language.formula import definition
from viz.graph.structure import Structure


def called(x):
    return (x.name or definition(x)) if isinstance(x, Value) else x


def found(*outputs, learned="", guess=False):
    graph = topological(*outputs)
    parameters = {id(z) for z in graph if z.name in learned.split()}
    return Structure(graph, set(map(id, outputs)), parameters, guess)


def result(text):
    """The last line's node; each small letter a leaf."""
    names = sorted(set("abcdtuvwxy") & set(text) - {line.split("=")[0].strip() for line in text.split(";")})
    return list(parse(text, **{name: 1.0 + i for i, name in enumerate(names)}).values())[-1]


def told(s):
    """Of each sum, outermost first: total, inside, pairs, alone."""
    return [
        (called(s.root), [*map(called, s.inside)], [tuple(map(called, p)) for p in s.pairs], [*map(called, s.alone)])
        for s in s.sums.values()
    ]


# ── sums ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("z = w*x + b", [("z", ["w · x"], [("w", "x")], ["b"])]),
        ("z = b + x*w", [("z", ["x · w"], [("x", "w")], ["b"])]),
        ("z = a + b + c", [("z", ["a + b"], [], ["c", "a", "b"])]),
        ("z = a + (b + c)", [("z", ["b + c"], [], ["a", "b", "c"])]),
        ("z = w*x", [("z", [], [("w", "x")], [])]),
        ("z = (a + b)*c", [("z", [], [("a + b", "c")], []), ("a + b", [], [], ["a", "b"])]),
        ("z = c*(a + b)", [("z", [], [("c", "a + b")], []), ("a + b", [], [], ["a", "b"])]),
        ("z = a + 2.0", [("z", [], [], ["a", 2.0])]),
        ("z = 2.0*a + b", [("z", ["2 · a"], [(2.0, "a")], ["b"])]),
        ("z = a*b - c", [("a · b", [], [("a", "b")], [])]),  # a difference's slopes are 1 and −1
        ("z = c - (a + b)", [("a + b", [], [], ["a", "b"])]),
        ("z = a/b + c", [("z", [], [], ["a / b", "c"])]),
        ("z = a**b + c", [("z", [], [], ["a^b", "c"])]),
        ("z = maximum(a, b) + c", [("z", [], [], ["max(a, b)", "c"])]),
        ("p = a*b; z = p + c", [("z", [], [], ["p", "c"]), ("p", [], [("a", "b")], [])]),  # a name keeps its card
        ("p = a*b; z = c + p", [("z", [], [], ["c", "p"]), ("p", [], [("a", "b")], [])]),
    ],
)
def test_sums(text, sums):
    assert [(r, i, p, a) for r, i, p, a in told(found(result(text)))] == sums


def test_vectors_are_pairs():
    w, x, b = [Value(1.0, "v"), Value(2.0, "w")], [Value(3.0, "x"), Value(4.0, "y")], Value(5.0, "b")
    pairs = [("v", "x"), ("w", "y")]
    assert told(found((dot(w, x) + b).named("z"))) == [("z", ["v · x + w · y"], pairs, ["b"])]
    assert told(found(total([w[0] * x[0], b, w[1] * x[1]]).named("z")))[0][3] == ["b"]


def test_what_is_used_twice_or_an_output_is_no_part():
    a, b, c = (Value(1.0 + i, "abc"[i]) for i in range(3))
    p = a * b
    twice = (p + c).tanh() * p
    assert ("a · b + c", [], [], ["a · b", "c"]) in told(found(twice))
    once = (p + c).named("z")
    assert told(found(once))[0][1] == ["a · b"]
    assert told(found(p, once))[0] == ("z", [], [], ["a · b", "c"])


# ── weights ───────────────────────────────────────────────────────────────────────────────────────


def weights(s):
    return [([(called(w), called(x)) for w, x in s.weights], [*map(called, s.biases)]) for s in s.sums.values()]


@pytest.mark.parametrize(
    ("text", "learned", "weighted", "carried"),
    [
        ("z = w*x + b", "w b", [([("w", "x")], ["b"])], "bw"),
        ("z = b + x*w", "w b", [([("w", "x")], ["b"])], "bw"),
        ("z = w*x + b", "w", [([("w", "x")], [])], "w"),
        ("z = w*x + b", "b", [([], [])], ""),  # a bias alone makes no neuron
        ("z = w*v + b", "w v b", [([], [])], ""),  # of two that are learned, neither is the other's weight
        ("z = w*x + 2.0*v", "w v", [([("w", "x")], [])], "w"),
        ("z = w*x + tanh(w)", "w", [([("w", "x")], [])], ""),  # used elsewhere too, so it keeps its card
        ("z = tanh(w) + x*w", "w", [([("w", "x")], [])], ""),
        ("z = tanh(w*x)*tanh(w*y)", "w", [([], []), ([("w", "x")], []), ([("w", "y")], [])], "w"),  # shared
        ("p = tanh(b); z = w*x + p", "w b", [([("w", "x")], [])], "w"),
        ("z = w*x + b + b", "w b", [([("w", "x")], ["b", "b"])], "bw"),
    ],
)
def test_weights_and_biases(text, learned, weighted, carried):
    s = found(result(text), learned=learned)
    by_root = sorted(weights(s), key=str)
    assert by_root == sorted(weighted, key=str)
    assert "".join(sorted(called(z) for z in s.graph if id(z) in s.carried)) == carried


@pytest.mark.parametrize("swapped", [False, True])
def test_nameless_leaves_are_guessed_by_where_they_stand(swapped):
    def product(w, x):
        return x * w if swapped else w * x

    x, y = Value(1.0, "x"), Value(2.0, "y")
    v, w, b = Value(3.0), Value(4.0), Value(5.0)
    assert found(product(w, x) + product(v, y) + b, guess=True).learned == {id(v), id(w), id(b)}
    assert found(product(w, x) + b, guess=True).learned == {id(w), id(b)}
    assert found(product(w, x), guess=True).learned == set()  # one nameless factor may be anything
    assert found(product(w, x) + product(y, x), guess=True).learned == set()  # one in each product
    assert found(product(w, x) + product(2.0, v), guess=True).learned == set()
    assert found(product(w, x) + b).learned == set()
    assert found(product(w, x) + product(v, x.tanh()), guess=True).learned == {id(v), id(w)}


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_nameless_factors_the_shared_one_is_the_input(swapped):
    inputs = [Value(1.0), Value(2.0)]
    rows = [[Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]]
    columns = [(inputs, row) if swapped else (row, inputs) for row in rows]
    s = found(dot(*columns[0]).tanh() * dot(*columns[1]).tanh(), guess=True)
    assert s.learned == {id(w) for row in rows for w in row}


# ── neurons and layers ────────────────────────────────────────────────────────────────────────────


def neurons(s):
    return [(called(n.result), [called(t.root) for t in n.sums], n.depth, n.number) for n in s.neurons]


@pytest.mark.parametrize(
    ("text", "learned", "found_neurons"),
    [
        ("z = w*x + b; a = tanh(z)", "w b", [("a", ["z"], 1, 1)]),
        ("z = x*w; a = tanh(z)", "w", [("a", ["z"], 1, 1)]),
        ("z = w*x + b", "w b", [("z", ["z"], 1, 1)]),  # a linear neuron
        ("z = w*x + b; d = z - y", "w b", [("z", ["z"], 1, 1)]),  # an operator is no activation
        ("z = w*x + b; d = z**2", "w b", [("z", ["z"], 1, 1)]),
        ("z = w*x; a = tanh(z) + z", "w", [("z", ["z"], 1, 1)]),  # the sum is used elsewhere too
        ("z = a + b; t = tanh(z)", "w", []),
        ("z = tanh(x)", "", []),
        ("z = w*x; u = maximum(z, y)", "w", [("z", ["z"], 1, 1)]),  # y is no weighted sum
        ("z = w*x; t = v*y; u = maximum(z, t)", "w v", [("u", ["z", "t"], 1, 1)]),  # maxout
        ("z = w*x; t = v*y; u = maximum(t, z)", "w v", [("u", ["t", "z"], 1, 1)]),
        ("z = w*x; u = leaky_relu(z, a)", "w a", [("u", ["z"], 1, 1)]),  # PReLU's slope is learned
        ("a = tanh(w*x); t = tanh(v*a)", "w v", [("a", ["w · x"], 1, 1), ("t", ["v · a"], 2, 1)]),
        ("a = tanh(w*x); t = tanh(v*y) + a", "w v", [("a", ["w · x"], 1, 1), ("tanh(v · y)", ["v · y"], 1, 1)]),
    ],
)
def test_neurons(text, learned, found_neurons):
    assert neurons(found(result(text), learned=learned)) == found_neurons


def network(names, *, activation=Value.tanh):
    """Two neurons that see the same inputs, with parameters called by these names."""
    x = [Value(0.5, "x_1"), Value(-0.5, "x_2")]
    outputs = []
    for i, name in enumerate(names, 1):
        w = [Value(0.1 * i + j, f"{name}.w{j}" if name else f"w_{i}{j}") for j in (1, 2)]
        outputs.append(activation(dot(w, x) + Value(0.2, f"{name}.b" if name else f"b_{i}")))
    s = found(*outputs, learned=" ".join(z.name for z in topological(*outputs) if z.name and "x_" not in z.name))
    return s, outputs


def test_neurons_of_one_depth_with_one_set_of_inputs_are_a_layer():
    s, outputs = network(["", ""])
    assert [(n.depth, n.number) for n in s.neurons] == [(1, 1), (1, 2)]
    assert s.neurons[0].layer == s.neurons[1].layer
    assert [s.names()[z] for z in outputs] == ["a^[1]_1", "a^[1]_2"]


def test_names_of_parameters_say_the_layer_and_the_number():
    s, outputs = network(["layer7.neuron4", "layer7.neuron2"])
    assert [(n.depth, n.number, n.layer) for n in s.neurons] == [(7, 4, "layer7"), (7, 2, "layer7")]
    assert [s.names()[z] for z in outputs] == ["a^[7]_4", "a^[7]_2"]
    s, _ = network(["dense", "other"])
    assert [(n.depth, n.number, n.layer) for n in s.neurons] == [(1, 1, "dense"), (1, 1, "other")]
    s, _ = network(["neuron3", "neuron4"])  # a number without a layer: each its own
    assert [(n.depth, n.number, n.layer) for n in s.neurons] == [(1, 3, "neuron3"), (1, 4, "neuron4")]


def test_other_activations_are_other_layers():
    _, outputs = network(["", ""])
    mixed = outputs[0], outputs[1].operands[0].sigmoid()
    layers = {n.layer for n in found(*mixed, learned="w_11 w_12 w_21 w_22 b_1 b_2").neurons}
    assert len(layers) == 2


def test_sums_with_names_of_two_layers_are_no_neuron():
    x = Value(1.0, "x")
    sums = [Value(2.0, f"layer{i}.neuron1.w") * x for i in (1, 2)]
    s = found(maximum(*sums), learned="layer1.neuron1.w layer2.neuron1.w")
    assert [called(n.result) for n in s.neurons] == ["w[1]₁ · x", "w[2]₁ · x"]


def test_what_has_no_name_is_called_by_layer_and_number():
    x, w, v, b = Value(1.0, "x"), Value(2.0), Value(3.0), Value(4.0)
    z = dot([w, v], [x, x.tanh()]) + b
    a = z.tanh()
    s = found(a, guess=True)
    assert s.names() == {a: "a^[1]_1", z: "z^[1]_1", w: "w^[1]_11", v: "w^[1]_12", b: "b^[1]_1"}
    two = w * x + v * x.tanh() + b + Value(5.0)
    assert "b^[1]_1" not in found(two.tanh(), guess=True).names().values()  # of two biases neither is the bias
    assert found((w * x + b).named("z"), guess=True).names() == {w: "w^[1]_11", b: "b^[1]_1"}


@pytest.mark.parametrize(("number", "first"), [(9, "w^[1]_11"), (10, "w^[1]_{1,1}")])
def test_indices_of_two_digits(number, first):
    x, w = ([Value(1.0, name and f"x_{i}") for i in range(number)] for name in ("x", None))
    s = found((dot(w, x) + Value(1.0)).tanh(), guess=True)
    assert s.names()[w[0]] == first
    assert s.names()[w[-1]] == ("w^[1]_19" if number == 9 else "w^[1]_{1,10}")

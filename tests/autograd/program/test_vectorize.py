"""Networks in every manner of writing: compiled they agree with the eager graph, and their matrices are found."""

from __future__ import annotations

import operator
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, compile, dot, grad, logsumexp, relu, sigmoid, softmax, softplus, tanh
from autograd import sum as total
from tests.autograd.program import array_cases
from tests.autograd.program.test_compile import close, examples
from tests.program_oracle import assert_eager, assert_one, built, in_every_way, kinds


def added(terms):
    return reduce(operator.add, terms)


seeds = st.integers(0, 2**32)
DENSE = {  # a neuron of weights w, bias b, inputs x
    "w·x sums": lambda w, x, b: total([a * c for a, c in zip(w, x, strict=True)]) + b,
    "x·w sums": lambda w, x, b: total([c * a for a, c in zip(w, x, strict=True)] + [b]),
    "chained": lambda w, x, b: added([a * c for a, c in zip(w, x, strict=True)]) + b,
    "bias first": lambda w, x, b: b + added([c * a for a, c in zip(w, x, strict=True)]),
    "backwards": lambda w, x, b: added([b, *[a * c for a, c in zip(w, x, strict=True)][::-1]]),
    "halves": lambda w, x, b: added([a * c for a, c in zip(w[::2], x[::2], strict=True)]) + (
        total([b, *[a * c for a, c in zip(w[1::2], x[1::2], strict=True)]])),
    "mixed": lambda w, x, b: added([a * c if i % 2 else c * a for i, (a, c) in enumerate(zip(w, x, strict=True))]) + b,
    "dot": lambda w, x, b: dot(w, x) + b,
    "dot x·w": lambda w, x, b: b + dot(x, w),
    "one dot": lambda w, x, b: dot([*w, b], [*x, 1]),
    "NumPy": lambda w, x, b: np.array(w) @ np.array(x) + b,
}  # fmt: skip
DATA = {
    "floats": lambda rng: rng.uniform(-1, 1),
    "Values": lambda rng: Value(rng.uniform(-1, 1)),
    "duplicates": lambda rng: rng.choice([0.25, -0.5, 1.5]),
    "ints": lambda rng: rng.randint(-2, 2),
    "Fractions": lambda rng: Fraction(rng.randint(-5, 5), 3),
    "0, 1 and more": lambda rng: rng.choice([0, 1, 1.0, Fraction(1, 2), Value(0.3)]),
}


def leaves(rng, *shape):
    return Value(rng.gauss(0, 0.5)) if not shape else [leaves(rng, *shape[1:]) for _ in range(shape[0])]


def flat(*nested):
    return [x for part in nested for x in (flat(*part) if isinstance(part, list) else [part])]


class Network:
    """Layers of some sizes; weights stored by rows or by columns."""

    def __init__(self, rng, sizes, neuron=DENSE["dot"], act=relu, columns=False):
        self.neuron, self.act, self.columns = neuron, act, columns
        pairs = pairwise(sizes)
        self.layers = [(leaves(rng, *((m, n) if columns else (n, m))), leaves(rng, n)) for m, n in pairs]

    def __call__(self, x):
        for i, (w, b) in enumerate(self.layers):
            rows = [list(row) for row in zip(*w, strict=True)] if self.columns else w
            x = [self.neuron(row, x, c) for row, c in zip(rows, b, strict=True)]
            x = x if i == len(self.layers) - 1 else [self.act(z) for z in x]
        return x

    @property
    def parameters(self):
        return flat(*(part for layer in self.layers for part in layer))


def points(rng, kind, samples, width):
    return [[DATA[kind](rng) for _ in range(width)] for _ in range(samples)]


@pytest.mark.parametrize("seed", [27, 68, 90])
def test_sums_of_arrays_that_are_read_from_their_end(seed):
    output, leaves = array_cases.program(seed)
    assert_one("native", [output], leaves)


# ── dense layers ──────────────────────────────────────────────────────────────────────────────────


@in_every_way
def test_random_networks(way):
    """Any sizes, manner of writing, data; parameters in any order, of some the gradient is not wanted."""

    @examples(way, 0.7)
    @given(seeds)
    def agrees(seed):
        rng = Random(seed)
        sizes = [rng.randint(1, 5) for _ in range(rng.randint(2, 4))]
        act = rng.choice([relu, tanh, sigmoid, softplus])
        network = Network(rng, sizes, DENSE[rng.choice([*DENSE])], act, rng.random() < 0.5)
        data = points(rng, rng.choice([*DATA]), rng.randint(1, 6), sizes[0])
        found = [network(x) for x in data]
        loss = total([(z - 0.5) ** 2 for row in found for z in row]) / len(data)
        leaf = [x for x in flat(*data) if isinstance(x, Value)]
        wrt = rng.sample([*network.parameters, *leaf], rng.randint(1, len(network.parameters)))
        assert_one(way, [loss, *rng.sample(flat(*found), 1)], wrt)

    agrees()


@in_every_way
def test_a_batch_recorded_whole_is_the_batch_axis(way):
    """With the data as inputs, or in the graph, or as a graph for each sample."""

    @examples(way, 0.3)
    @given(seeds, st.sampled_from([1, 7]))
    def agrees(seed, samples):
        rng = Random(seed)
        network = Network(rng, [rng.randint(1, 4), rng.randint(1, 4), 2], DENSE[rng.choice([*DENSE])], tanh)
        data = points(rng, "floats", samples, len(network.layers[0][0][0]))
        inputs, target = leaves(rng, len(data[0])), Value(0.0)

        def loss(x, target=0.25):
            return total([(z - target) ** 2 for z in network(x)])

        graphs = [loss(x) for x in data]
        whole = built(way, total(graphs), wrt=network.parameters)()
        values, gradients = built(way, [loss(inputs, target)], [inputs, target], network.parameters)(data, 0.25)
        assert_eager((values, gradients), [[z] for z in graphs], [network.parameters] * samples)
        close(values.sum(), whole[0])
        close(gradients[0], whole[1])

    agrees()


ORDERS = {
    "by layers": lambda network: network.parameters,
    "by neurons": lambda network: flat(*([*row, c] for w, b in network.layers for row, c in zip(w, b, strict=True))),
    "biases last": lambda network: flat(*(w for w, _ in network.layers), *(b for _, b in network.layers)),
    "by columns": lambda network: flat(*([*map(list, zip(*w, strict=True)), b] for w, b in network.layers)),
    "reversed": lambda network: network.parameters[::-1],
}


@pytest.mark.parametrize("k", range(3))
@pytest.mark.parametrize("neuron", DENSE)
def test_the_matrices_of_dense_layers_are_found(neuron, k):
    """However a layer is written, forward and back are five products and few statements, for any number of points."""
    rng, data = Random(1), ["floats", "Values", "duplicates"][k]
    order = [*ORDERS][([*DENSE].index(neuron) + k) % len(ORDERS)]
    network = Network(rng, [3, 8, 2], DENSE[neuron], tanh)
    loss = total([z**2 for x in points(rng, data, 25, 3) for z in network(x)])
    found = kinds(assert_one("numpy", [loss], ORDERS[order](network)))
    fewer = neuron == "one dot" and data != "Values"  # the biases' 1 stands among the constants
    assert found.count("product") >= 5 - fewer and len(found) <= 32


@pytest.mark.parametrize("columns", [False, True])
def test_parameters_in_no_order_keep_the_products_forward(columns):
    rng = Random(1)
    network = Network(rng, [3, 8, 2], DENSE["dot"], tanh, columns)
    loss = total([z**2 for x in points(rng, "floats", 25, 3) for z in network(x)])
    found = kinds(assert_one("numpy", [loss], rng.sample(network.parameters, len(network.parameters))))
    assert found.count("product") >= 3 and len(found) <= 32


@pytest.mark.parametrize("neuron", DENSE)
def test_the_matrices_of_a_batch_axis_are_found(neuron):
    rng = Random(1)
    network = Network(rng, [3, 8, 2], DENSE[neuron], tanh)
    inputs = leaves(rng, 3)
    program = compile(total([z**2 for z in network(inputs)]), [inputs], network.parameters)
    assert kinds(program, True).count("product") == 5 and len(kinds(program, True)) <= 32


# ── other shapes ──────────────────────────────────────────────────────────────────────────────────


def classifier(rng):
    network = Network(rng, [2, 5, 3], act=tanh)
    scores = [network(x) for x in points(rng, "floats", 8, 2)]
    return total([logsumexp(z) - z[i % 3] for i, z in enumerate(scores)]) / 8, network.parameters


def likelihood(rng):
    network = Network(rng, [2, 3])
    return -total(
        [softmax(network(x))[i % 3].log() for i, x in enumerate(points(rng, "floats", 8, 2))]
    ), network.parameters


def recurrent(rng, steps=20):
    w, u, b = leaves(rng, 3, 2), leaves(rng, 3, 3), leaves(rng, 3)
    h, losses = leaves(rng, 3), []
    start = h
    for x in points(rng, "floats", steps, 2):
        h = [
            tanh(dot(r, x) + added([a * c for a, c in zip(s, h, strict=True)]) + c)
            for r, s, c in zip(w, u, b, strict=True)
        ]
        losses.append((h[0] - 0.1) ** 2)
    return total(losses), flat(w, u, b, start)


def convolution(rng):
    kernels, image = leaves(rng, 2, 3), leaves(rng, 12)
    maps = [[relu(dot(k, image[i : i + 3])) for i in range(10)] for k in kernels]
    return total([z * z for row in maps for z in row]), flat(kernels, image)


def convolution_2d(rng):
    kernels, image = leaves(rng, 2, 2, 3), leaves(rng, 6, 7)
    maps = [
        tanh(added([k[i][j] * image[r + i][c + j] for i in range(2) for j in range(3)]))
        for k in kernels for r in range(0, 5, 2) for c in range(5)
    ]  # fmt: skip
    return total([z * z for z in maps]), flat(image, kernels)


def attention(rng):
    q, k, v = leaves(rng, 3, 2), leaves(rng, 4, 2), leaves(rng, 4, 2)
    weights = [softmax([dot(a, b) / 2**0.5 for b in k]) for a in q]
    mixed = [dot(ws, [row[d] for row in v]) for ws in weights for d in range(2)]
    return total([x * x for x in mixed]), flat(v, k, q)


def to_itself(rng):
    """X Xᵀ: both factors of a product are one matrix."""
    x = leaves(rng, 4, 3)
    return total([tanh(dot(a, b)) for a in x for b in x]), flat(x)


def sparse(rng):
    w, h = leaves(rng, 6, 6), leaves(rng, 6)
    rows = [[(w[i][j], h[j]) for j in range(6) if (i * j + i) % 3] for i in range(1, 6)]
    return total([relu(added([a * b for a, b in row])) for row in rows if row]), flat(w, h)


def side_by_side(rng):
    one, other = Network(rng, [2, 4, 1], act=tanh), Network(rng, [2, 4, 1], act=tanh)
    data = points(rng, "floats", 6, 2)
    return added([one(x)[0] * other(x)[0] for x in data]), flat(one.parameters, other.parameters)


def tied(rng):
    """An autoencoder whose decoder is its encoder transposed."""
    w = leaves(rng, 3, 5)
    losses = []
    for x in points(rng, "floats", 6, 5):
        code = [tanh(dot(row, x)) for row in w]
        back = [dot(list(column), code) for column in zip(*w, strict=True)]
        losses += [(a - b) ** 2 for a, b in zip(back, x, strict=True)]
    return total(losses), flat(w)


def normalised(rng):
    """A layer's outputs less their mean, by their deviation, over the batch."""
    network = Network(rng, [2, 3])
    columns = zip(*(network(x) for x in points(rng, "floats", 6, 2)), strict=True)
    loss = 0
    for z in columns:
        mean = total(z) / len(z)
        deviation = (total([(x - mean) ** 2 for x in z]) / len(z) + 1e-5).sqrt()
        loss = loss + total([tanh((x - mean) / deviation) ** 3 for x in z])
    return loss, network.parameters


def highway(rng):
    """Residual connections: sums of nodes of several layers."""
    network = Network(rng, [3, 3, 3, 3])
    loss = 0
    for x in points(rng, "floats", 5, 3):
        h = x
        for w, b in network.layers:
            h = [a + tanh(dot(r, h) + c) for a, r, c in zip(h, w, b, strict=True)]
        loss = loss + added(h)
    return loss, network.parameters


GRAPHS = (classifier, likelihood, recurrent, convolution, convolution_2d, attention, to_itself, sparse, side_by_side,
          tied, normalised, highway)  # fmt: skip


@in_every_way
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
def test_graphs(way, graph):
    rng = Random(graph.__name__)
    loss, wrt = graph(rng)
    rng.shuffle(wrt)
    assert_one(way, [loss], wrt)


@pytest.mark.parametrize(
    "graph, products, most",
    [
        (classifier, 5, 60),
        (likelihood, 2, 60),
        (convolution, 2, 20),
        (attention, 2, 60),
        (to_itself, 1, 20),
        (tied, 2, 30),
    ],
)
def test_the_matrices_of_graphs_are_found(graph, products, most):
    loss, wrt = graph(Random(1))
    found = kinds(compile(loss, wrt=wrt))
    assert found.count("product") >= products and len(found) <= most, (found.count("product"), len(found))


def test_a_forest_of_trees_all_different_is_run_row_by_row():
    """Thousands of kinds of nodes: no statement would stand for more than a few of them."""
    rng, start, trees = Random(1), leaves(Random(1), 30), []
    for _ in range(1000):
        nodes = rng.sample(start, 6)
        while len(nodes) > 1:
            x, y = (nodes.pop(rng.randrange(len(nodes))) for _ in range(2))
            nodes.append(rng.choice([operator.mul, operator.truediv, lambda x, y: tanh(x) * y])(x, y + 3))
        trees += nodes
    output = total(trees)
    program = compile(output, wrt=start)
    values, gradients = program()
    close(values, output.data)
    np.testing.assert_allclose(gradients, grad(output, start), rtol=1e-10)
    assert str(program).splitlines()[0].endswith("run one by one: few of them are alike")

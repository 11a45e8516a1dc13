"""Which statements a graph becomes: its matrices, where results lie, what stays a gather; and that they are right."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest

from autograd import compile
from autograd.core.op import arrays
from autograd.ops import add, maximum, mul
from autograd.program.backends.c_order import ordered
from autograd.program.ir import Graph, Ref
from autograd.program.vectorize import Loop, Statement, vectorize
from autograd.program.verify import CALCULATED, GIVEN, check_graph, check_statements
from autograd.program.views import Gather
from tests.autograd.program import networks

A = np.array


def text(x, names):
    """`w[2,3]@0:3,1`: shape, offset, strides; of a gather its places; of a node that lies in another, that one."""
    if isinstance(x, float):
        return str(x)
    shape = ",".join(map(str, x.shape))
    if isinstance(x, Gather):
        return f"{names[x.node]}[{shape}]@{x.places.tolist()}"
    return f"{names[x.node]}[{shape}]@{x.offset}:{','.join(map(str, x.strides))}"


def shown(build, sizes):
    """The statements of a graph, nodes named by their kind and number; results; who lies in whom."""
    graph = Graph(batched=True)
    results = build(graph)
    check_graph("autodiff", graph, results, sizes)
    program = vectorize(graph, results, sizes)
    check_statements("vectorize", program, sizes)
    assert {node.kind for node in program.nodes} <= {*CALCULATED, *GIVEN}
    names = {node: f"{node.kind[0]}{i}" for i, node in enumerate(program.nodes)}
    lines = [
        f"{s.kind} {text(s.out, names)} = {' '.join(text(x, names) for x in s.operands)}"
        + f" -{s.reduced}" * bool(s.reduced)
        + " over" * s.sums_batch
        + " each" * s.batched
        for s in program.statements
    ]
    lines += [f"result {text(x, names)}" for x in program.results]
    return lines + [f"{names[a]} in {names[b]}@{start}" for a, (b, start) in program.home.items()]


def sources(graph, n, m, batched=False):
    """n parameters and m inputs, the latter for each sample."""
    return Ref(graph.source("parameters", n)), Ref(graph.source("inputs", m, batched))


def constant(graph, numbers):
    return Ref(graph.source("constant", len(numbers), constants=A(numbers, float)))


def maps(graph):
    w, x = sources(graph, 6, 3)
    z = graph.map(mul, [w, x.at(A([0, 1, 2, 0, 1, 2]))], 6)
    y = graph.map(maximum, [z, 0.5], 6)
    return [graph.map(add, [y.at(A([5, 4, 3, 2, 1, 0])), w.at(2)], 6)]


def gathered(graph):
    w, _ = sources(graph, 6, 3)
    c = constant(graph, [1, 2, 3, 4])
    z = graph.map(mul, [w.at(A([0, 2, 5])), c.at(A([3, 0, 2]))], 3)
    y = graph.map(mul, [w.at(A([0, 1, 2])), c.at(A([1, 2, 3]))], 3)
    return [z, graph.map(mul, [w.at(A([0, 1, 2])), c.at(A([0, 2, 0]))], 3), y.at(A([2, 0, 1]))]


def constants_apart(graph):
    """Constants at a stride are laid side by side."""
    w, _ = sources(graph, 2, 1)
    c = constant(graph, [1, 2, 3, 4])
    return [graph.map(mul, [w, c.at(A([1, 3]))], 2)]


def grid(i, j, k):
    """The index arrays of an i by j grid of dot products of k."""
    rows, columns = np.arange(i * k).reshape(i, k), np.arange(j * k).reshape(j, k)
    return np.repeat(rows, j, axis=0), np.tile(columns, (i, 1))


def product(graph):
    w, x = sources(graph, 6, 12)
    left, right = grid(2, 4, 3)
    return [graph.fold([w.at(left), x.at(right)], 8, 3)]


def swapped_product(graph):
    """The second factor's rows run slowest."""
    w, x = sources(graph, 6, 12)
    left, right = grid(4, 2, 3)
    return [graph.fold([w.at(right), x.at(left)], 8, 3)]


def product_of_constants(graph):
    """Constants lie with their longer axis side by side."""
    w, _ = sources(graph, 6, 1)
    data = constant(graph, range(8))
    wide, tall = grid(2, 2, 3), grid(2, 4, 2)
    return [
        graph.fold([w.at(wide[0]), data.at(wide[1])], 4, 3),
        graph.fold([w.at(tall[0]), data.at(tall[1])], 8, 2),
    ]


def square_product_of_constants(graph):
    w, _ = sources(graph, 4, 1)
    left, right = grid(2, 2, 2)
    return [graph.fold([w.at(left), constant(graph, range(4)).at(right)], 4, 2)]


def product_in_disorder(graph):
    """What is summed is put in an order in which the first factor lies regularly."""
    w, x = sources(graph, 6, 6)
    left, right = grid(2, 2, 3)
    return [graph.fold([w.at(left[:, [2, 0, 1]]), x.at(right[:, [2, 0, 1]])], 4, 3)]


def product_with_a_gather(graph):
    w, x = sources(graph, 6, 8)
    left, right = grid(2, 2, 3)
    return [graph.fold([w.at(left), x.at(A([0, 1, 3, 7, 5, 6])[right])], 4, 3)]


def product_of_one_row(graph):
    w, x = sources(graph, 3, 6)
    left, right = grid(1, 2, 3)
    return [graph.fold([w.at(left), x.at(right)], 2, 3)]


def row_by_row(graph):
    """As many rows as sums: no grid."""
    w, x = sources(graph, 6, 6)
    rows = np.arange(6).reshape(2, 3)
    return [graph.fold([w.at(rows), x.at(rows)], 2, 3)]


def almost_a_grid(graph):
    """Every row meets every column, but in no order of rows or columns."""
    w, x = sources(graph, 6, 6)
    left, right = grid(2, 2, 3)
    order = [0, 3, 1, 2]
    return [graph.fold([w.at(left[order]), x.at(right[order])], 4, 3)]


def grid_with_a_gap(graph):
    w, x = sources(graph, 6, 6)
    left, right = grid(2, 2, 3)
    return [graph.fold([w.at(left[:3]), x.at(right[:3])], 3, 3)]


def over_samples(graph):
    """W x of a batch, its sum and that of its squares over width and samples."""
    w, x = sources(graph, 6, 3, batched=True)
    left, right = grid(2, 1, 3)
    z = graph.fold([w.at(left), x.at(right)], 2, 3)
    both = A([[0, 1]])
    return [graph.fold([z.at(both)], 1, 2, True), graph.fold([z.at(both), z.at(both)], 1, 2, True)]


def products_of_samples(graph):
    """What is not laid out in rows is no matrix."""
    _, x = sources(graph, 1, 3, batched=True)
    some = x.at(A([[1], [0], [2]]))
    return [graph.fold(factors, 3, 1, True) for factors in ([x, x], [some, x.at(0)], [x.at(2), some])]


def reduction(graph):
    w, _ = sources(graph, 6, 1)
    return [
        graph.node("reduce", 2, maximum, [w.at(A([[0, 1, 2], [3, 4, 5]]))], width=3),
        graph.fold([w.at(A([[0, 2, 4]]))], 1, 3),
    ]


def beside(graph):
    """Parts that are calculated in their places, side by side."""
    w, x = sources(graph, 4, 4)
    z, y = graph.map(mul, [w, x], 4), graph.map(add, [w, x], 4)
    return [graph.join([z, y], [np.arange(4), np.arange(4, 8)], 8)]


def reduced_beside(graph):
    w, _ = sources(graph, 4, 1)
    z = graph.node("reduce", 2, maximum, [w.at(A([[0, 1], [2, 3]]))], width=2)
    return [graph.join([z, w], [np.arange(2), np.arange(2, 6)], 6)]


def between(graph):
    """Parts at a stride: a map is calculated there, a product too."""
    w, x = sources(graph, 4, 4)
    left, right = grid(2, 2, 2)
    z, y = graph.map(mul, [w, x], 4), graph.fold([w.at(left), x.at(right)], 4, 2)
    return [graph.join([z, y], [np.arange(0, 8, 2), np.arange(1, 8, 2)], 8)]


def between_and_read(graph):
    """What somebody else reads as well is copied to its stride; to side by side it is not."""
    w, x = sources(graph, 4, 4)
    z, y = graph.map(mul, [w, x], 4), graph.map(add, [w, x], 4)
    joined = graph.join([z, y], [np.arange(0, 8, 2), np.arange(8, 12)], 12)
    return [joined, graph.map(mul, [z, y], 4)]


def apart(graph):
    """Rows of a part that lie apart: a product that cannot be written there in its shape is copied."""
    w, x = sources(graph, 6, 6)
    left, right = grid(2, 3, 2)
    z = graph.fold([w.at(left[:4]), x.at(right[:4])], 4, 2)
    y = graph.fold([w.at(left), x.at(right)], 6, 2)
    return [graph.join([y, z], [A([0, 1, 4, 5, 8, 9]), A([2, 3, 6, 7])], 10)]


def joined_twice(graph):
    w, x = sources(graph, 2, 2)
    z = graph.map(mul, [w, x], 2)
    return [
        graph.join([z, w], [np.arange(2), np.arange(2, 4)], 4),
        graph.join([w, z], [np.arange(2), np.arange(2, 4)], 4),
    ]


def nested(graph):
    """A join is no calculation: only its own parts lie in it."""
    w, x = sources(graph, 2, 2)
    z = graph.map(mul, [w, x], 2)
    inner = graph.join([z, x], [np.arange(2), np.arange(2, 4)], 4)
    return [graph.join([inner, w], [np.arange(2, 6), np.arange(2)], 6)]


def scattered(graph):
    """Places in no order are written by a gather of them, a part that is not whole is copied."""
    w, x = sources(graph, 4, 4)
    z = graph.map(mul, [w, x], 4)
    return [graph.join([z, x.at(A([1, 2])), w.at(0)], [A([0, 1, 3, 6]), A([2, 4]), A([5])], 8)]


def scattered_rows(graph):
    """A part with axes of its own is written to places of that shape."""
    w, x = sources(graph, 6, 6)
    z = graph.map(mul, [w, x], 6)
    return [graph.join([z.at(A([0, 1, 3, 4])), z.at(5)], [A([0, 3, 5, 6]), A([1, 2, 4])], 7)]


def shared_by_samples(graph):
    """A part that is the same for all samples does not lie among theirs."""
    w, x = sources(graph, 2, 2, batched=True)
    z, y = graph.map(mul, [w, w], 2), graph.map(mul, [w, x], 2)
    return [graph.join([z, y], [np.arange(2), np.arange(2, 4)], 4)]


def results(graph):
    """A row is returned as it is; what has several axes, or is gathered, is copied to a row."""
    w, x = sources(graph, 6, 6)
    z = graph.map(mul, [w, x], 6)
    return [z, z.at(4), z.at(A([1, 3, 5])), z.at(A([0, 1, 3, 4])), z.at(A([5, 0, 1])), 2.0]


CASES = [
    (maps, [6], [
        "map m2[2,3]@0:3,1 = p0[2,3]@0:3,1 i1[2,3]@0:0,1",
        "map m3[6]@0:1 = m2[6]@0:1 0.5",
        "map m4[6]@0:1 = m3[6]@5:-1 p0[6]@2:0",
        "result m4[6]@0:1",
    ]),
    (gathered, [3, 3, 3], [
        "map m3[3]@0:1 = p0[3]@[0, 2, 5] c6[3]@0:1",
        "map m4[3]@0:1 = p0[3]@0:1 c2[3]@1:1",
        "map m5[3]@0:1 = p0[3]@0:1 c7[3]@0:1",
        "copy j8[3]@0:1 = m4[3]@[2, 0, 1]",
        "result m3[3]@0:1",
        "result m5[3]@0:1",
        "result j8[3]@0:1",
    ]),
    (constants_apart, [2], [
        "map m3[2]@0:1 = p0[2]@0:1 c4[2]@0:1",
        "result m3[2]@0:1",
    ]),
    (product, [8], [
        "product f2[2,4]@0:4,1 = p0[2,3]@0:3,1 i1[4,3]@0:3,1",
        "result f2[8]@0:1",
    ]),
    (swapped_product, [8], [
        "product f2[4,2]@0:2,1 = i1[4,3]@0:3,1 p0[2,3]@0:3,1",
        "result f2[8]@0:1",
    ]),
    (product_of_constants, [4, 8], [
        "product f3[2,2]@0:2,1 = p0[2,3]@0:3,1 c5[2,3]@0:3,1",
        "product f4[2,4]@0:4,1 = p0[2,2]@0:2,1 c6[4,2]@0:1,4",
        "result f3[4]@0:1",
        "result f4[8]@0:1",
    ]),
    (square_product_of_constants, [4], [
        "product f3[2,2]@0:2,1 = p0[2,2]@0:2,1 c4[2,2]@0:2,1",
        "result f3[4]@0:1",
    ]),
    (product_in_disorder, [4], [
        "product f2[2,2]@0:2,1 = p0[2,3]@0:3,1 i1[2,3]@0:3,1",
        "result f2[4]@0:1",
    ]),
    (product_with_a_gather, [4], [
        "product f2[2,2]@0:2,1 = p0[2,3]@0:3,1 i1[2,3]@[[0, 1, 3], [7, 5, 6]]",
        "result f2[4]@0:1",
    ]),
    (product_of_one_row, [2], [
        "product f2[1,2]@0:2,1 = p0[1,3]@0:1,1 i1[2,3]@0:3,1",
        "result f2[2]@0:1",
    ]),
    (row_by_row, [2], [
        "inner f2[2]@0:1 = p0[2,3]@0:3,1 i1[2,3]@0:3,1 -1",
        "result f2[2]@0:1",
    ]),
    (almost_a_grid, [4], [
        "inner f2[2,2]@0:2,1 = p0[2,2,3]@0:0,3,1 i1[2,2,3]@[[[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]] -1",
        "result f2[4]@0:1",
    ]),
    (grid_with_a_gap, [3], [
        "inner f2[3]@0:1 = p0[3,3]@[[0, 1, 2], [0, 1, 2], [3, 4, 5]] i1[3,3]@[[0, 1, 2], [3, 4, 5], [0, 1, 2]] -1",
        "result f2[3]@0:1",
    ]),
    (over_samples, [1, 1], [
        "product f2[2,1]@0:1,1 = p0[2,3]@0:3,1 i1[1,3]@0:1,1 each",
        "total f3[]@0: = f2[2]@0:1 -1 over",
        "product f4[1,1]@0:1,1 = f2[1,2]@0:1,1 f2[1,2]@0:1,1 over",
        "result f3[1]@0:1",
        "result f4[1]@0:1",
    ]),
    (reduced_beside, [6], [
        "reduce r2[2]@0:1 = p0[2,2]@0:2,1 -1",
        "copy j3[4]@2:1 = p0[4]@0:1",
        "result j3[6]@0:1",
        "r2 in j3@0",
    ]),
    (reduction, [2, 1], [
        "reduce r2[2]@0:1 = p0[2,3]@0:3,1 -1",
        "total f3[]@0: = p0[3]@0:2 -1",
        "result r2[2]@0:1",
        "result f3[1]@0:1",
    ]),
    (beside, [8], [
        "map m2[4]@0:1 = p0[4]@0:1 i1[4]@0:1",
        "map m3[4]@0:1 = p0[4]@0:1 i1[4]@0:1",
        "result j4[8]@0:1",
        "m2 in j4@0",
        "m3 in j4@4",
    ]),
    (between, [8], [
        "map j4[4]@0:2 = p0[4]@0:1 i1[4]@0:1",
        "product j4[2,2]@1:4,2 = p0[2,2]@0:2,1 i1[2,2]@0:2,1",
        "result j4[8]@0:1",
    ]),
    (between_and_read, [12, 4], [
        "map m2[4]@0:1 = p0[4]@0:1 i1[4]@0:1",
        "map m3[4]@0:1 = p0[4]@0:1 i1[4]@0:1",
        "copy j4[4]@0:2 = m2[4]@0:1",
        "map m5[4]@0:1 = m2[4]@0:1 m3[4]@0:1",
        "result j4[12]@0:1",
        "result m5[4]@0:1",
        "m3 in j4@8",
    ]),
    (apart, [10], [
        "inner f2[4]@0:1 = p0[4,2]@[[0, 1], [0, 1], [0, 1], [2, 3]] i1[4,2]@[[0, 1], [2, 3], [4, 5], [0, 1]] -1",
        "product f3[2,3]@0:3,1 = p0[2,2]@0:2,1 i1[3,2]@0:2,1",
        "copy j4[3,2]@0:4,1 = f3[3,2]@0:2,1",
        "copy j4[2,2]@2:4,1 = f2[2,2]@0:2,1",
        "result j4[10]@0:1",
    ]),
    (joined_twice, [4, 4], [
        "map m2[2]@0:1 = p0[2]@0:1 i1[2]@0:1",
        "copy j3[2]@0:1 = m2[2]@0:1",
        "copy j3[2]@2:1 = p0[2]@0:1",
        "copy j4[2]@0:1 = p0[2]@0:1",
        "copy j4[2]@2:1 = m2[2]@0:1",
        "result j3[4]@0:1",
        "result j4[4]@0:1",
    ]),
    (nested, [6], [
        "map m2[2]@0:1 = p0[2]@0:1 i1[2]@0:1",
        "copy j3[2]@2:1 = i1[2]@0:1",
        "copy j4[4]@2:1 = j3[4]@0:1",
        "copy j4[2]@0:1 = p0[2]@0:1",
        "result j4[6]@0:1",
        "m2 in j3@0",
    ]),
    (scattered, [8], [
        "map m2[4]@0:1 = p0[4]@0:1 i1[4]@0:1",
        "copy j3[4]@[0, 1, 3, 6] = m2[4]@0:1",
        "copy j3[2]@2:2 = i1[2]@1:1",
        "copy j3[1]@5:0 = p0[1]@0:0",
        "result j3[8]@0:1",
    ]),
    (products_of_samples, [3, 3, 3], [
        "inner f2[3]@0:1 = i1[3]@0:1 i1[3]@0:1 over",
        "inner f3[3]@0:1 = i1[3]@[1, 0, 2] i1[3]@0:0 over",
        "inner f4[3]@0:1 = i1[3]@2:0 i1[3]@[1, 0, 2] over",
        "result f2[3]@0:1",
        "result f3[3]@0:1",
        "result f4[3]@0:1",
    ]),
    (scattered_rows, [7], [
        "map m2[6]@0:1 = p0[6]@0:1 i1[6]@0:1",
        "copy j3[2,2]@[[0, 3], [5, 6]] = m2[2,2]@0:3,1",
        "copy j3[3]@[1, 2, 4] = m2[3]@5:0",
        "result j3[7]@0:1",
    ]),
    (shared_by_samples, [4], [
        "map m2[2]@0:1 = p0[2]@0:1 p0[2]@0:1",
        "map m3[2]@0:1 = p0[2]@0:1 i1[2]@0:1 each",
        "copy j4[2]@0:1 = m2[2]@0:1 each",
        "result j4[4]@0:1",
        "m3 in j4@2",
    ]),
    (results, [6, 1, 3, 4, 3, 1], [
        "map m2[6]@0:1 = p0[6]@0:1 i1[6]@0:1",
        "copy j3[2,2]@0:2,1 = m2[2,2]@0:3,1",
        "copy j4[3]@0:1 = m2[3]@[5, 0, 1]",
        "result m2[6]@0:1",
        "result m2[1]@4:0",
        "result m2[3]@1:2",
        "result j3[4]@0:1",
        "result j4[3]@0:1",
        "result 2.0",
    ]),
]  # fmt: skip


@pytest.mark.parametrize("build, sizes, expected", CASES, ids=[build.__name__ for build, *_ in CASES])
def test_statements(build, sizes, expected):
    assert shown(build, sizes) == expected


# ── what they calculate ───────────────────────────────────────────────────────────────────────────


def places_of(x, n):
    return x.flat(n) if np.ndim(x.places) < 2 else x.places.ravel()


def interpreted(graph, results, sizes, numbers):
    """The results of a graph, node by node."""
    known = {}

    def operand(x, n):
        return known[x.node][places_of(x, n)] if isinstance(x, Ref) else np.full(n, x)

    for node in graph.nodes:
        if node.kind == "join":
            known[node] = np.zeros(node.n)
            for x, places in zip(node.operands, node.places, strict=True):
                known[node][places] = operand(x, len(places))
        elif not node.operands:
            known[node] = numbers[node] if node.constants is None else node.constants
        else:
            parts = [operand(x, node.n * node.width) for x in node.operands]
            if node.kind == "map":
                known[node] = arrays()[node.op.name](*parts)
            else:
                rows = np.prod(parts, 0).reshape(node.n, node.width)
                known[node] = rows.sum(1) if node.kind == "fold" else rows.max(1)
    return [operand(x, n) for x, n in zip(results, sizes, strict=True)]


def executed(program, numbers):
    """The results of statements, one after the other, in memories of their own."""
    memory = {node: np.zeros(node.n) for node in program.nodes}

    def at(x):
        node, places = x.node, x.places
        while node in program.home:
            node, start = program.home[node]
            places = places + start
        return node, places

    def read(x):
        return x if isinstance(x, float) else memory[at(x)[0]][at(x)[1]]

    for node in program.nodes:
        if node.kind in ("parameters", "inputs", "constant"):
            memory[node][...] = numbers[node] if node.constants is None else node.constants
    for s in program.statements:
        parts = [read(x) for x in s.operands]
        axes = tuple(range(np.ndim(parts[0]) - s.reduced, np.ndim(parts[0])))
        if s.kind == "product":
            result = parts[0] @ parts[1].T
        elif s.kind in ("inner", "total"):
            result = np.prod(np.broadcast_arrays(*parts), 0).sum(axes)
        else:
            result = {"map": lambda s=s, p=parts: arrays()[s.op.name](*p), "copy": lambda p=parts: p[0],
                      "reduce": lambda p=parts, a=axes: p[0].max(a)}[s.kind]()  # fmt: skip
        node, places = at(s.out)
        memory[node][places] = result
    return [np.broadcast_to(read(x), size) for x, size in zip(program.results, program_sizes(program), strict=True)]


def program_sizes(program):
    return [1 if isinstance(x, float) else x.shape[0] for x in program.results]


def some_places(rng, n, count, shape):
    """Regular and irregular indices into n scalars."""
    kind = rng.randrange(6)
    index = np.arange(count)
    if kind == 0:
        return rng.randrange(n)
    if kind == 1:
        index = A([rng.randrange(n) for _ in range(count)])
    elif kind == 2:
        index = index * rng.choice([1, 2, -1]) + rng.randrange(n)
    elif kind == 3:
        index = index // max(1, rng.randrange(4))
    elif kind == 4:
        index = index % rng.randrange(1, 4)
    return (index % n).reshape(shape)


def some_graph(rng):
    graph = Graph()
    refs = [Ref(graph.source("parameters", 7)), Ref(graph.source("inputs", 6)), constant(graph, [1, 2, 3, 4, 5])]
    for _ in range(rng.randint(2, 8)):
        n, width, kind = (
            rng.randint(1, 6),
            rng.randint(1, 4),
            rng.choice(["map", "map", "fold", "grid", "reduce", "join"]),
        )
        if kind == "join":
            parts = [rng.choice(refs) for _ in range(rng.randint(1, 3))]
            size = sum(x.node.n for x in parts) + rng.randint(0, 2)
            free = list(range(size))
            if rng.random() < 0.4:
                rng.shuffle(free)
            elif rng.random() < 0.5:
                free = free[::2] + free[1::2]
            places = [A([free.pop(0) for _ in range(x.node.n)]) for x in parts]
            refs.append(graph.join(parts, places, size))
            continue
        if kind == "grid":
            k = rng.randint(2, 3)
            left, right = grid(i := rng.randint(1, 3), j := rng.randint(1, 3), k)
            order = rng.choice([slice(None), slice(None), A(rng.sample(range(i * j), i * j))])
            factors = [(rng.choice(refs), places[order]) for places in rng.sample([left, right], 2)]
            x = graph.fold([ref.at(places % ref.node.n) for ref, places in factors], i * j, k)
        else:
            width = 1 if kind == "map" else width + (kind == "reduce")
            shape = (n,) if kind == "map" else (n, width)
            x, y = (ref.at(some_places(rng, ref.node.n, n * width, shape)) for ref in rng.choices(refs, k=2))
            if kind == "map":
                x = graph.map(rng.choice([add, mul, maximum]), rng.choice([[x, y], [x, y], [x, 2.5]]), n)
            elif kind == "reduce" and not isinstance(x.places, int):
                x = graph.node("reduce", n, maximum, [x], width=width)
            else:
                x = graph.fold(rng.choice([[x], [x, y]]), n, width)
        if isinstance(x, Ref):
            refs.append(Ref(x.node))
    chosen = rng.choices(refs[3:] or refs, k=rng.randint(1, 3))
    sizes = [rng.choice([x.node.n, rng.randint(1, 6)]) for x in chosen]
    return graph, [x if size == x.node.n else x.at(some_places(rng, x.node.n, size, (size,))) for x, size in
                   zip(chosen, sizes, strict=True)], sizes  # fmt: skip


@pytest.mark.parametrize("seed", range(0, 400, 10))
def test_statements_calculate_what_their_graph_says(seed):
    for number in range(seed, seed + 10):
        rng = Random(number)
        graph, results, sizes = some_graph(rng)
        check_graph("autodiff", graph, results, sizes)
        numbers = {node: A([rng.uniform(-1, 1) for _ in range(node.n)]) for node in graph.nodes if not node.operands}
        program = vectorize(graph, results, sizes)
        check_statements("vectorize", program, sizes)
        expected = interpreted(graph, results, sizes, numbers)
        for x, y in zip(executed(program, numbers), expected, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_in_the_order_for_c_everything_is_written_before_it_is_read(seed):
    output, leaves = networks.network(seed)
    lowered = compile(output, wrt=leaves)._lower(False)
    program = lowered.with_biases
    inorder = ordered(program)
    assert Counter(s.node for s in inorder.statements) == Counter(s.node for s in program.statements)
    check_statements("order", inorder, lowered.sizes)
    written = {}  # by which of them last
    for at, step in enumerate(inorder.steps):
        if isinstance(step, Statement) and step.kind == "product":
            last = max(written.get(program.memory(x.node), -1) for x in step.arrays)
            assert all(isinstance(s, Statement) and s.kind in ("map", "product") for s in inorder.steps[last + 1 : at])
        for s in step.statements if isinstance(step, Loop) else [step]:
            written[program.memory(s.out.node)] = at

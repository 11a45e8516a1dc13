"""The rules of the intermediate form and of array statements: each is broken once, and refused by its name."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from autograd import Value, compile, dot, relu
from autograd.ops import add, maximum, mul, softplus
from autograd.program import pipeline
from autograd.program.ir import Graph, Node, Ref
from autograd.program.verify import PRIMITIVE, RULES, STATEMENT_RULES, VerificationError, check_graph, check_statements
from autograd.program.views import Gather
from tests import ROOT


def some_graph():
    """Two neurons of two inputs for a batch, the sum of all, and both weights beside a constant."""
    graph = Graph(batched=True)
    w, x = Ref(graph.source("parameters", 4)), Ref(graph.source("inputs", 2, batched=True))
    z = graph.fold([w.at(np.array([[0, 1], [2, 3]])), x.at(np.array([[0, 1], [0, 1]]))], 2, 2)
    y = graph.map(maximum, [z, 0.0], 2)
    total = graph.fold([y.at(np.array([[0, 1]]))], 1, 2, sums_batch=True)
    both = Ref(graph.source("constant", 2, constants=np.array([1.0, 2.0])))
    joined = graph.join([both, w], [np.array([0, 1]), np.array([2, 3, 4, 5])], 6)
    return graph, [total, joined]


def check(graph, results, stage="decompose"):
    check_graph(stage, graph, results, [1, 6])


W, X, Z, Y, TOTAL, BOTH, JOIN = range(7)


def setting(node, **attributes):
    def spoil(graph):
        for name, value in attributes.items():
            setattr(graph.nodes[node], name, value)

    return spoil


def operand(node, i, places, of=None):
    """Operand i of a node, with other places."""

    def spoil(graph):
        operands = list(graph.nodes[node].operands)
        operands[i] = Ref(graph.nodes[of] if of is not None else operands[i].node, places)
        graph.nodes[node].operands = tuple(operands)

    return spoil


BROKEN = [
    ("The kind must be known.", setting(Y, kind="matrix")),
    ("Maps, vectors and reductions need an operation, others have none.", setting(Z, op=add)),
    ("Maps, vectors and reductions need an operation, others have none.", setting(Y, op=None)),
    ("The number of operands must be that of the kind or operation.", setting(Y, op=softplus)),
    ("The number of operands must be that of the kind or operation.", setting(Z, operands=(1.0, 2.0, 3.0))),
    ("The number of operands must be that of the kind or operation.", setting(JOIN, operands=())),
    ("Operands must come before their results.", lambda graph: graph.nodes.reverse()),
    ("Operands must come before their results.", lambda graph: graph.nodes.pop(Z)),
    ("Sizes must be at least 1, widths too; only folds, vectors and reductions have one.", setting(X, n=0)),
    ("Sizes must be at least 1, widths too; only folds, vectors and reductions have one.", setting(Z, width=0)),
    ("Sizes must be at least 1, widths too; only folds, vectors and reductions have one.", setting(Y, width=2)),
    ("Places must be one for all, or one for each scalar.", operand(Z, 0, np.array([[0, 1]]))),
    ("Places must be one for all, or one for each scalar.", operand(Z, 0, np.arange(4))),
    ("Places must be one for all, or one for each scalar.", operand(Y, 0, None, of=W)),
    ("Places must be one for all, or one for each scalar.", operand(Y, 0, np.array([0, 1, 1]))),
    ("Places must be one for all, or one for each scalar.", operand(JOIN, 1, np.arange(3))),
    ("Places must lie inside their node.", operand(Y, 0, 2)),
    ("Places must lie inside their node.", operand(Y, 0, np.array([-1, 0]))),
    ("Places must lie inside their node.", operand(Z, 1, np.array([[0, 1], [1, 2]]))),
    ("A node has its samples from its operands, unless it adds them up.", setting(Y, batched=False)),
    ("A node has its samples from its operands, unless it adds them up.", setting(TOTAL, batched=True)),
    ("A node has its samples from its operands, unless it adds them up.", setting(JOIN, batched=True)),
    ("Only a fold of samples adds them up.", setting(Y, batched=False, sums_batch=True)),
    ("Only a fold of samples adds them up.", operand(TOTAL, 0, np.array([[0, 1]]), of=W)),
    ("Constants, and no other node, have a number for each scalar.", setting(BOTH, constants=np.zeros(3))),
    ("Constants, and no other node, have a number for each scalar.", setting(BOTH, constants=None)),
    ("Parts of a join must lie apart, inside of it.", setting(JOIN, places=(np.array([0, 1]), np.array([1, 2, 3, 4])))),
    ("Parts of a join must lie apart, inside of it.", setting(JOIN, n=5)),
    ("A carry, and no other node, has an iteration for each scalar, at least 1.", setting(X, steps=np.array([1, 2]))),
    ("Composed operations and vectors must be decomposed.", setting(Y, op=softplus, operands=(1.0,), batched=False)),
    ("Every node must be needed by a result.", lambda graph: graph.nodes.append(Node("inputs", 2, batched=True))),
]


def test_a_graph_that_holds_is_accepted():
    check(*some_graph())


@pytest.mark.parametrize("rule, spoil", BROKEN, ids=[f"{i}-{rule}" for i, (rule, _) in enumerate(BROKEN)])
def test_a_broken_graph_is_refused(rule, spoil):
    graph, results = some_graph()
    spoil(graph)
    with pytest.raises(VerificationError) as caught:
        check(graph, results)
    assert str(caught.value).startswith("After decompose: %") and str(caught.value).endswith(f". {rule}")


@pytest.mark.parametrize("places", [6, None, np.array([0]), "elsewhere"], ids=str)
def test_results_refer_to_their_scalars(places):
    graph, results = some_graph()
    check(graph, [results[0], results[1].at(np.arange(5, -1, -1))])
    node = Node("inputs", 1) if places == "elsewhere" else graph.nodes[JOIN]
    results[1] = Ref(node, 0 if places == "elsewhere" else places)
    if places is None:
        results[1] = Ref(graph.nodes[W])
    with pytest.raises(VerificationError, match=r"^After autodiff: a result of 6 scalars\. It must refer to nodes of"):
        check(graph, results, "autodiff")


def test_only_the_last_graph_is_without_composed_operations_and_dead_nodes():
    graph, results = some_graph()
    graph.map(softplus, [Ref(graph.nodes[X])], 2)
    check(graph, results, "autodiff")


# ── statements ────────────────────────────────────────────────────────────────────────────────────


def some_statements():
    """Three neurons of two inputs: a product, a map, a sum over the samples, and their gradients."""
    w, x = [[Value(1.0) for _ in range(2)] for _ in range(3)], [Value(1.0), Value(2.0)]
    output = sum(relu(dot(row, x)) for row in w)
    return compile(output, [x], [v for row in w for v in row])._lower(batched=True)


def check_all(lowered):
    check_statements("vectorize", lowered.vectorized, lowered.sizes)


def first(kind, change):
    def spoil(program):
        change(next(s for s in program.statements if s.kind == kind))

    return spoil


def shifted(s):
    s.operands = (s.operands[0]._replace(offset=s.operands[0].offset + s.operands[0].node.n), *s.operands[1:])


def shorter(s):
    n = s.out.shape[0] - 1
    s.out = s.out._replace(shape=(n, *s.out.shape[1:]))


def twice(s):
    s.out = Gather(s.out.node, np.zeros(s.out.shape, int))


SPOILT = [
    ("The kind must be known, with its number of operands.", first("map", lambda s: setattr(s, "kind", "outer"))),
    ("The kind must be known, with its number of operands.", first("map", lambda s: setattr(s, "op", mul) or
        setattr(s, "operands", s.operands[:1]))),
    ("Arrays must lie inside their nodes.", first("map", shifted)),
    ("Arrays must lie inside their nodes.", first("product", lambda s: setattr(s, "out", s.out._replace(offset=-1)))),
    ("Shapes must agree.", first("map", shorter)),
    ("Shapes must agree.", first("product", lambda s: setattr(s, "operands", s.operands[::-1]))),
    ("Shapes must agree.", first("total", lambda s: setattr(s, "reduced", 0))),
    ("Scalars must be written before they are read.", lambda program: program.steps.reverse()),
    ("Scalars must be written before they are read.", lambda program: program.steps.pop(0)),
    ("Every scalar must be written once.", lambda program: program.steps.insert(1, program.steps[0])),
    ("Every scalar must be written once.", first("map", twice)),
    ("Samples must be added up, or be those of the result.", first("map", lambda s: setattr(s, "batched", False))),
    ("Samples must be added up, or be those of the result.", lambda program: [
        setattr(s, "sums_batch", False) for s in program.statements]),
]  # fmt: skip


def test_statements_that_hold_are_accepted():
    check_all(some_statements())


@pytest.mark.parametrize("rule, spoil", SPOILT, ids=[f"{i}-{rule}" for i, (rule, _) in enumerate(SPOILT)])
def test_broken_statements_are_refused(rule, spoil):
    lowered = some_statements()
    spoil(lowered.vectorized)
    with pytest.raises(VerificationError) as caught:
        check_all(lowered)
    assert str(caught.value).startswith("After vectorize: statement ") and str(caught.value).endswith(f". {rule}")


@pytest.mark.parametrize("change", [{"offset": 1}, {"shape": (3, 2), "strides": (2, 1)}], ids=str)
def test_results_are_rows_that_are_written(change):
    lowered = some_statements()
    results = lowered.vectorized.results
    results[-1] = results[-1]._replace(**change)
    with pytest.raises(VerificationError, match=r"^After vectorize: a result of 6 scalars\. Results must be rows"):
        check_all(lowered)


def test_a_result_that_nobody_wrote_is_refused():
    lowered = some_statements()
    lowered.vectorized.steps.clear()
    with pytest.raises(VerificationError, match=r"^After vectorize: a result of 1 scalars\. Results must be rows"):
        check_all(lowered)


def test_every_rule_is_broken_above():
    rules = {*RULES, *PRIMITIVE, *STATEMENT_RULES, "Every node must be needed by a result."}
    assert {rule for rule, _ in BROKEN + SPOILT} == rules


# ── when ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_tests_verify_and_production_does_not():
    assert pipeline.VERIFY
    script = "import sys; from autograd import Value, compile; compile(Value(2.0) * 3); "
    script += "print('autograd.program.verify' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "CHALKGRAD_VERIFY"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "False"

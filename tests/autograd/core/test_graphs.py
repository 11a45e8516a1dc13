"""Random graphs (shared nodes, parallel edges, constants) agree with SymPy, with PyTorch and with themselves."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import ChalkgradError, Value, grad, hessian, steps, topological
from autograd.core.value import operands, slopes
from tests.oracle import formula, number, symbols
from tests.strategies import ANY, numbers, programs

SMOOTH = tuple(op for op in ANY if not op.kink)


def approx(expected):
    return pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


@settings(max_examples=settings.default.max_examples // 2)
@given(programs(most_lines=5))
def test_values_and_gradients_are_sympys(program):
    output, inputs = program.values()
    names = symbols(len(inputs))
    try:
        expected = program.run(names, formula)
    except TypeError:  # SymPy 1.14 cannot divide by a choice that has a branch 0
        assume(False)
    assert output.data == approx(number(expected, names, program.leaves))
    for found, name in zip(grad(output, inputs), names, strict=True):
        assert found == approx(number(expected.diff(name), names, program.leaves)), name


@settings(max_examples=settings.default.max_examples // 4)
@given(programs(most_lines=3, rows=SMOOTH))
def test_second_derivatives_are_sympys(program):
    output, inputs = program.values()
    names = symbols(len(inputs))
    expected = program.run(names, formula)
    for found, first in zip(hessian(output, inputs), names, strict=True):
        for mine, second in zip(found, names, strict=True):
            assert mine == approx(number(expected.diff(first, second), names, program.leaves))


@given(programs())
def test_gradients_are_central_differences(program):
    output, inputs = program.values()
    h = 1e-6
    for i, slope in enumerate(grad(output, inputs)):
        moved = [[x + s * h * (k == i) for k, x in enumerate(program.leaves)] for s in (1, -1, 2, -2)]
        try:
            right, left, further_right, further_left = map(program.without_sharing, moved)
        except ChalkgradError:
            assume(False)
        near = (right - left) / (2 * h)
        far = (further_right - further_left) / (4 * h)
        assume(abs(near - far) <= 1e-4 * (1 + abs(near)))  # a kink or a pole is close
        assert slope == pytest.approx(near, rel=1e-3, abs=1e-3)


@given(programs())
def test_numbers_are_those_of_plain_floats(program):
    output, _ = program.values()
    assert output.data == program.without_sharing(program.leaves)


@given(programs())
def test_backward_is_grad_is_the_graph_of_the_gradient(program):
    output, inputs = program.values()
    output.backward()
    found = grad(output, inputs)
    assert [0.0 if x.grad is None else x.grad for x in inputs] == pytest.approx(found, rel=1e-12, abs=1e-12)
    graphs = grad(output, inputs, create_graph=True)
    assert [g.data for g in graphs] == pytest.approx(found, rel=1e-10, abs=1e-10)


@given(programs())
def test_gradients_by_every_node_are_backwards_adjoints(program):
    output, _ = program.values()
    nodes = topological(output)
    output.backward()
    assert grad(output, nodes) == [0.0 if node.grad is None else approx(node.grad) for node in nodes]


@given(programs(), st.data())
def test_forward_at_new_leaves_is_a_graph_built_there(program, data):
    output, inputs = program.values()
    new = data.draw(st.lists(numbers, min_size=len(inputs), max_size=len(inputs)))
    try:
        right, _ = program.values(new)
    except ChalkgradError:
        assume(False)
    for x, at in zip(inputs, new, strict=True):
        x.data = at
    output.forward()
    for mine, other in zip(topological(output), topological(right), strict=True):
        assert (mine.op, repr(mine.data), repr(slopes(mine))) == (other.op, repr(other.data), repr(slopes(other)))


@given(programs())
def test_forward_without_a_change_changes_nothing(program):
    output, _ = program.values()
    before = [(z.data, repr(slopes(z))) for z in topological(output)]
    output.forward()
    assert [(z.data, repr(slopes(z))) for z in topological(output)] == before


@given(programs())
def test_topological_order_has_every_node_once_and_operands_first(program):
    output, _ = program.values()
    nodes = topological(output)
    position = {id(node): i for i, node in enumerate(nodes)}
    assert len(position) == len(nodes) and nodes[-1] is output
    for i, z in enumerate(nodes):
        assert all(position[id(x)] < i for x in operands(z) if isinstance(x, Value))


@given(programs(), st.sampled_from([copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))]))
def test_copies_are_the_same_graph(program, copied):
    output, _ = program.values()
    output.backward()
    twin = copied(output)
    pairs = list(zip(topological(output), topological(twin), strict=True))
    index = [{id(node): i for i, node in enumerate(side)} for side in zip(*pairs, strict=True)]
    for mine, other in pairs:
        assert mine is not other
        assert (mine.op, mine.name, repr(mine.data)) == (other.op, other.name, repr(other.data))
        assert (repr(mine.grad), repr(slopes(mine))) == (repr(other.grad), repr(slopes(other)))
        places = [
            [which[id(x)] if isinstance(x, Value) else x for x in operands(z)]
            for which, z in zip(index, (mine, other), strict=True)
        ]
        assert places[0] == places[1]


@given(programs())
def test_steps_records_are_the_gradients(program):
    output, _ = program.values()
    records = [step for step in steps(output) if step.phase == "backward"]
    output.backward()
    reached = [node for node in topological(output) if node.grad is not None]
    assert len(records) == len(reached)
    assert sorted(step.value for step in records) == approx(sorted(node.grad for node in reached))
    for step in records[1:]:
        assert sum(part.product for part in step.contributions) == approx(step.value)


@settings(max_examples=settings.default.max_examples // 2)
@given(programs())
def test_gradients_are_pytorchs(program):
    torch = pytest.importorskip("torch")
    from tests.autograd.test_ops import in_torch

    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.leaves]

    def words(op, found):
        tensors = [x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64) for x in found]
        if op.name == "heaviside" or (op.name == "elu" and tensors[1].requires_grad):
            assume(False)
        return in_torch(torch, op)(*tensors)

    expected = program.run(xs, words)
    output, inputs = program.values()
    assert output.data == approx(expected.item())
    if expected.requires_grad:
        expected.backward()
    assert grad(output, inputs) == [approx(0.0 if x.grad is None else x.grad.item()) for x in xs]

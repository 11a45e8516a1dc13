"""An exception at any bytecode of a pass, whether it would succeed or be refused, leaves the graph whole."""

import itertools
import sys

import pytest
from hypothesis import settings

import autograd
from autograd import DomainError, RangeError, Value, dot, exp, grad, log, topological, where
from autograd.core import node

[ENGINE] = autograd.__path__
STRIDE = 1 if settings.default.max_examples > 100 else 4  # bytecodes from one interrupt to the next


class Interrupt(BaseException):
    """Ctrl-C, told apart from one that pytest is given."""


def interrupted(call, position):
    """Whether `call` was interrupted before it was done with so many bytecodes of the engine."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if not frame.f_code.co_filename.startswith(ENGINE):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode" and frame.f_lineno is not None:  # None: a generator is closed, where Python 3.12 drops it
            count += 1
            if count == position:
                raise Interrupt
        return trace

    previous = sys.gettrace()
    sys._getframe().f_trace_opcodes = True  # Python 3.12 traces bytecodes only if a frame asked for it before this call
    sys.settrace(trace)
    try:
        call()
    except Interrupt:
        return True
    except (DomainError, RangeError, OverflowError):
        pass
    finally:
        sys.settrace(previous)
    return False


def network():
    """Its leaf x, and y: vectors, three operands, constants, a node used twice, a logarithm of x."""
    x = Value(1.0, "x")
    z = dot([0.5, x], [x, x])
    return x, where(x, exp(z), 2.0) * log(x).named("u")


def numbers(nodes):
    return [(node.data, node.dx, node.dy) for node in nodes]


def gradients(nodes):
    return [node.grad for node in nodes]


@pytest.mark.parametrize("data", [3.0, -1.0, 100.0])  # a value; none for the logarithm; exp is too large
def test_an_interrupted_forward_is_done_or_was_never_begun(data):
    for position in itertools.count(1, STRIDE):
        x, y = network()
        nodes = topological(y)
        before = numbers(nodes)[1:]
        x.data = data
        if not interrupted(y.forward, position):
            break
        now = numbers(nodes)[1:]
        if now != before:
            y.forward()  # it has a value
            assert now == numbers(nodes)[1:]
    assert position > 100
    assert (numbers(nodes)[1:] == before) == (data != 3.0)


def passed(times):
    """The network after so many backward passes, and the grads of its nodes."""
    _, y = network()
    for _ in range(times):
        y.backward()
    return y, gradients(topological(y))


@pytest.mark.parametrize("passes", [0, 1])
@pytest.mark.parametrize("seed", ["1.0", "10**400"])  # of which no float is made
def test_an_interrupted_backward_leaves_grads_of_leaves_and_none_inside(passes, seed):
    _, done = passed(passes + 1)
    for position in itertools.count(1, STRIDE):
        y, begun = passed(passes)
        if not interrupted(lambda y=y: y.backward(eval(seed)), position):
            break
        left = list(zip(topological(y), gradients(topological(y)), begun, done, strict=True))
        assert all(grad == whole for _, grad, _, whole in left) or all(
            grad == old or (z.op and grad is None) for z, grad, old, _ in left
        )
    assert position > (100 if node.native is None else 20)  # a pass in C has no bytecodes
    assert gradients(topological(y)) == (done if seed == "1.0" else [begun[0]] + [None] * (len(begun) - 1))


@pytest.mark.parametrize("passes", [0, 1])
def test_an_interrupted_gradient_leaves_all_grads_as_they_were(passes):
    apart = Value(1.0)
    apart._grad = 7.0
    for position in itertools.count(1, STRIDE):
        y, begun = passed(passes)
        nodes = topological(y)
        if not interrupted(lambda y=y, nodes=nodes: grad(y, [apart, *nodes]), position):
            break
        assert [apart.grad, *gradients(nodes)] == [7.0, *begun]
    assert position > 100
    assert [apart.grad, *gradients(nodes)] == [7.0, *begun]


def test_a_refused_forward_leaves_the_graph_as_it_was():
    x = Value(2.0, "x")
    u = (x * 3).named("u")
    y = log(u - 3).named("y")
    before = numbers([u, y])
    x.data = 0.5
    with pytest.raises(DomainError) as error:
        y.forward()
    assert str(error.value) == "log needs x > 0, got x = -1.5 (operand of 'y'). Clip the input or use softplus."
    assert numbers([u, y]) == before

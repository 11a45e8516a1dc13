"""What programs for other engines ask of a Value: micrograd's names, or what is written instead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NoReturn

from autograd.core.backward import alike
from autograd.core.closed import CLOSED
from autograd.core.op import OPS
from autograd.core.value import HIDDEN, NO_HISTORY, Value, operands, slopes
from autograd.errors import OperandError

_BESIDE = "Keep it beside: {name} = dict.fromkeys(parameters, 0.0), and {name}[p] for each p."
INSTEAD = {  # names that a Value has not, and what is written instead
    **dict.fromkeys(("m", "v", "m_t", "v_t", "mom", "vel", "momentum", "velocity", "cache", "_vis_color"), _BESIDE),
    "_children": "Its operands are x.operands, the set of them x._prev.",
    "item": "Its number is x.data, float(x.data) a float.",
    "numpy": "Its number is x.data.",
    "detach": "A new leaf is Value(x.data).",
    "zero_grad": "Write x.grad = None.",
    "requires_grad": "Every Value has a gradient; a plain number has none.",
}


def previous(self: Value) -> set[Value]:
    """The operands as micrograd has them: a set, in which a + a has one."""
    return set(self.operands)


def sign(self: Value) -> str:
    """The operation as micrograd writes it: "+", "*", "**", or its name; "" of a leaf.

    >>> a = Value(2.0)
    >>> (a + 1)._op, (a**2)._op, (-a)._op, a.tanh()._op, a._op
    ('+', '**', '-', 'tanh', '')
    """
    op = OPS.get(self.op)
    if op is None or not op.infix:
        return self.op
    text = op.written["python"].template
    for operand in op.operands:
        text = text.replace(operand, "")
    return text.strip()


def hand_back(self: Value) -> None:
    """One step of the chain rule: add this node's gradient times each slope to the operands' gradients.

    `backward` does so for all nodes in the right order; this is for taking the steps by hand.

    >>> a = Value(3.0); y = a * a
    >>> y.grad = 1.0; y._backward(); a.grad
    6.0
    """
    zero = alike(0.0, self)
    g = self.grad or zero
    for x, slope in zip(operands(self), slopes(self), strict=True):
        if isinstance(x, Value) and slope is not None:
            x.grad = (x.grad or zero) + (zero if slope is CLOSED else g * slope)


def missing(self: Value, name: str) -> AttributeError:
    """The error for a name that a Value has not: what to write instead, where that is known."""
    remedy = INSTEAD.get(name, "").format(name=name)
    owner = next((kind for kind in _subclasses(Value) if name in vars(kind)), None)
    if not remedy and owner and not isinstance(self, owner):
        remedy = f"Operators make Values, not {owner.__name__}s: call it as a function, {owner.__name__}.{name}(x)."
    message = f"'Value' object has no attribute {name!r}" + (f". {remedy}" if remedy else "")
    return AttributeError(message, name=name, obj=self)


def _subclasses(kind: Any) -> Iterator[type]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


class Absent:
    """A name that a Value has not: reading it says what is written instead; subclasses and what they make may have it.

    A `__getattr__` would do the same for all names, but every other attribute is read four times as slowly beside it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, z: Value, kind: object = None) -> Any:
        raise missing(z, self.name)


def only_in(kind: type[Value]) -> dict[str, Absent]:
    """What only a new subclass has, which operators do not make: a Value has not."""
    names = {name for name in vars(kind) if not name.startswith("__")}
    names -= {name for base in Value.__mro__ for name in vars(base)}
    HIDDEN.update(names)
    return {name: Absent(name) for name in names}


def refused(name: str) -> property:
    """An attribute that cannot be read or set."""

    def refuse(self: Value, *value: Any) -> NoReturn:
        raise missing(self, name)

    return property(refuse, refuse)


def _keep(self: Value, history: object) -> NoReturn:
    """Refuse `out._prev = {a, b}` and `out._backward = f`, which make operations in micrograd."""
    raise OperandError(NO_HISTORY)


METHODS: dict[str, Any] = {
    **{name: (refused if remedy is _BESIDE else Absent)(name) for name, remedy in INSTEAD.items()},
    "_prev": property(previous, _keep),
    "_op": property(sign, _keep),
    "_backward": property(lambda self: partial(hand_back, self), _keep),
}
HIDDEN |= {*INSTEAD}

"""Peers that are given scalars, as we are: a recorded graph told again in a peer's words, and compiled by it.

Each takes the graph's nodes, operands first, and its leaves, and returns the value and gradient as a function of
the leaves' numbers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from operator import add, mul, neg, pow, sub, truediv
from typing import Any, TypeAlias

import numpy as np

from autograd import Value
from autograd.core.value import operands

Gradient: TypeAlias = Callable[[Any], tuple[float, Any]]
INFIX: dict[str, Callable[..., Any]] = {"add": add, "sub": sub, "mul": mul, "div": truediv, "pow": pow, "neg": neg}


def total(terms: Sequence[Any]) -> Any:
    """A balanced sum, so that no peer has to go as deep as there are terms."""
    terms = list(terms)
    while len(terms) > 1:
        terms = [a + b for a, b in zip(terms[::2], terms[1::2], strict=False)] + terms[len(terms) & ~1 :]
    return terms[0]


def told(nodes: Sequence[Value], leaves: Mapping[Value, Any], words: Mapping[str, Callable[..., Any]]) -> Any:
    """The last node, calculated from other leaves by other functions."""
    known = dict(leaves)
    for z in nodes:
        if z.op:
            around = [known.get(x, x.data) if isinstance(x, Value) else x for x in operands(z)]
            if z.op == "sum":
                known[z] = total(around)
            elif z.op == "dot":
                half = len(around) // 2
                known[z] = total(list(map(mul, around[:half], around[half:])))
            elif z.op == "logsumexp":
                known[z] = words["log"](total(list(map(words["exp"], around))))
            else:
                known[z] = (INFIX.get(z.op) or words[z.op])(*around)
    return known[nodes[-1]]


def casadi(nodes: Sequence[Value], leaves: Sequence[Value]) -> Gradient:
    """CasADi's virtual machine for expressions of scalars."""
    library = importlib.import_module("casadi")
    p = library.SX.sym("p", len(leaves))
    words = {
        "relu": lambda x: library.fmax(x, 0),
        "tanh": library.tanh,
        "exp": library.exp,
        "log": library.log,
        "sigmoid": lambda x: 1 / (1 + library.exp(-x)),
    }
    output = told(nodes, {x: p[i] for i, x in enumerate(leaves)}, words)
    function = library.Function("f", [p], [output, library.gradient(output, p)])
    buffer, run = function.buffer()
    numbers, value, slopes = np.empty(len(leaves)), np.empty(1), np.zeros(len(leaves))
    buffer.set_arg(0, memoryview(numbers))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(slopes))

    def gradient(p: Any) -> tuple[float, Any]:
        numbers[...] = p
        run()
        return value[0], slopes

    gradient.kept = buffer, function  # type: ignore[attr-defined]  # they own what is run
    return gradient


def heyoka(nodes: Sequence[Value], leaves: Sequence[Value]) -> Gradient:
    """heyoka, compiled by LLVM."""
    library = importlib.import_module("heyoka")
    p = library.make_vars(*(f"p{i}" for i in range(len(leaves))))
    words = {name: getattr(library, name) for name in ("relu", "tanh", "exp", "log", "sigmoid")}
    output = told(nodes, dict(zip(leaves, p, strict=True)), words)
    slopes = library.diff_tensors([output], diff_args=p, diff_order=1).gradient
    function, results = library.cfunc([output, *slopes], p), np.empty(1 + len(leaves))

    def gradient(p: Any) -> tuple[float, Any]:
        function(p, outputs=results)
        return results[0], results[1:]

    return gradient


def aadc(nodes: Sequence[Value], leaves: Sequence[Value]) -> Gradient:
    """AADC, which records and emits machine code."""
    library = importlib.import_module("aadc")
    kernel = library.Functions()
    kernel.start_recording()
    p = [library.idouble(float(x.data)) for x in leaves]
    places = [x.mark_as_input() for x in p]
    words = {
        "relu": lambda x: library.math.max(x, 0.0),
        "tanh": lambda x: x.tanh(),
        "exp": lambda x: x.exp(),
        "log": lambda x: x.log(),
        "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    }
    result = told(nodes, dict(zip(leaves, p, strict=True)), words).mark_as_output()
    kernel.stop_recording()
    kernel.compile("scalar")
    space = kernel.create_workspace(kind="scalar")

    def gradient(p: Any) -> tuple[float, Any]:
        for place, x in zip(places, p.tolist(), strict=True):
            space.set_val(place, x)
        space.forward()
        space.reset_diff()
        space.set_diff(result, 1.0)
        space.reverse()
        return space.val(result), [space.diff(place) for place in places]

    return gradient


TAPES: dict[str, Callable[[Sequence[Value], Sequence[Value]], Gradient]] = {
    "casadi": casadi,
    "heyoka": heyoka,
    "AADC": aadc,  # its free licence is for other than commercial use: it is in no extra
}

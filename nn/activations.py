"""Activations by name: any row of the table of operations that needs one operand, and a few made of rows.

A parameter is written behind the name, as "leaky_relu(0.01)"; without one it is Keras'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd import ops
from autograd.core.rows import refuse_taken
from nn.errors import ModelError, unknown


def linear(z: Any) -> Any:
    """a = z."""
    return z


COMPOSED: dict[str, Callable[..., Any]] = {
    "linear": linear,
    "gelu": ops.gelu,
    "piecewise_linear": lambda z: ops.clip(z + 0.5, 0, 1),
    "hard_sigmoid": lambda z: ops.clip(z / 6 + 0.5, 0, 1),
    "softsign": lambda z: z / (1 + abs(z)),
    "selu": lambda z: 1.0507009873554805 * ops.elu(z, 1.6732632423543772),  # Klambauer et al. (2017), eq. 14
}
VECTORS: dict[str, Callable[[Sequence[Any]], list[Any]]] = {"softmax": ops.softmax}
ALIASES = {"identity": "linear", "logistic": "sigmoid", "swish": "silu", "step": "heaviside", "exponential": "exp"}
refuse_taken(*ALIASES, *(name for name, made in COMPOSED.items() if made is not getattr(ops, name, None)))
DEFAULTS = {"leaky_relu": 0.2}  # where Keras' is not the table's
ROWS = {
    name: row
    for name in ops.__all__
    if hasattr(row := getattr(ops, name), "operands")
    and not isinstance(row, type)
    and not row.variadic
    and len(row.operands) - len(row.defaults) == 1
}
NAMES = sorted({*ROWS, *COMPOSED, *VECTORS, *ALIASES})


class Activation(NamedTuple):
    """What follows a layer's sums: a function of one of them, or (`whole`) of all."""

    name: str
    parameter: float | None
    function: Callable[..., Any]
    whole: bool = False

    def __call__(self, zs: Sequence[Any]) -> list[Any]:
        """The activations of some sums."""
        return list(self.function(zs)) if self.whole else [self.function(z) for z in zs]


def get(given: Any) -> Activation:
    """The activation of a name; None is linear; a function of a Value is taken as it is.

    Raises:
        ModelError: there is none of that name, or it has no parameter.

    Example:
        >>> get("relu")([-1.0, 2.0]), get("leaky_relu(0.5)")([-1.0, 2.0])
        ([0, 2.0], [-0.5, 2.0])
        >>> get("softmax")([0.0, 0.0])
        [0.5, 0.5]
        >>> get("softmax(2)")
        Traceback (most recent call last):
        nn.errors.ModelError: The activation softmax has no parameter, got '2'. Leave it out.
    """
    if given is None:
        return get("linear")
    if isinstance(given, Activation):
        return given
    if callable(given) and not isinstance(given, str):
        return Activation(getattr(given, "__name__", "function"), None, given)
    found = re.fullmatch(r"\s*(\w+)\s*(?:\(\s*([^()\s]+)\s*\))?\s*", str(given))
    name = found[1].lower() if found else ""
    name = ALIASES.get(name, name)
    if found is None or name not in NAMES:
        raise _misspelt(given)
    return _called(name, found[2])


def _called(name: str, text: str | None) -> Activation:
    row = ROWS.get(name)
    if row is None or not row.defaults:
        if text:
            raise ModelError(f"The activation {name} has no parameter, got {text!r}. Leave it out.")
        return Activation(name, None, row or COMPOSED.get(name) or VECTORS[name], name in VECTORS)
    try:
        parameter = float(text) if text else DEFAULTS.get(name, row.defaults[-1])
    except ValueError:
        raise ModelError(f"The parameter of {name} must be a number, got {text!r}. Write {name}(0.1), say.") from None
    return Activation(name, parameter, lambda z: row(z, parameter))


def _misspelt(given: object) -> ModelError:
    import difflib

    near = difflib.get_close_matches(str(given), NAMES, 1)
    error = unknown("activation", given, NAMES)
    return ModelError(str(error).replace("Choose", f"Did you mean {near[0]}? Choose")) if near else error

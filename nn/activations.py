"""Activations by name: any row of the table of operations that needs one operand, and a few made of rows.

A parameter is written behind the name, as in "leaky_relu(0.01)"; the default is Keras'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from autograd import ops
from autograd.core.row_makers import refuse_taken
from nn.errors import ModelError, unknown

Z = TypeVar("Z")


def linear(z: Z) -> Z:
    """a = z."""
    return z


COMPOSED: dict[str, Callable[..., Any]] = {
    "linear": linear,
    "gelu": ops.gelu,
    "piecewise_linear": lambda z: ops.clip(z + 0.5, 0, 1),
    "hard_sigmoid": lambda z: ops.clip(z / 6 + 0.5, 0, 1),
    "relu6": lambda z: ops.minimum(ops.relu(z), 6),
    "hard_tanh": lambda z: ops.clip(z, -1, 1),
    "hard_silu": lambda z: z * ops.clip(z / 6 + 0.5, 0, 1),
    "mish": lambda z: z * ops.tanh(ops.softplus(z)),
    "celu": lambda z, a=1.0: a * ops.elu(z / a, 1.0),
    "log_sigmoid": lambda z: -ops.softplus(-z),
    "softsign": lambda z: z / (1 + abs(z)),
    "selu": lambda z: 1.0507009873554805 * ops.elu(z, 1.6732632423543772),  # Klambauer et al. (2017), eq. 14
}


def log_softmax(zs: Sequence[Any]) -> list[Any]:
    """aₖ = zₖ − ln Σ exp(zₗ)."""
    total = ops.logsumexp(zs)
    return [z - total for z in zs]


VECTORS: dict[str, Callable[[Sequence[Any]], list[Any]]] = {"softmax": ops.softmax, "log_softmax": log_softmax}
ALIASES = {"identity": "linear", "logistic": "sigmoid", "swish": "silu", "step": "heaviside", "exponential": "exp"}
ALIASES |= {"hard_swish": "hard_silu"}
refuse_taken(*ALIASES, *(name for name, made in COMPOSED.items() if made is not getattr(ops, name, None)))
ROWS = {
    name: row
    for name in ops.__all__
    if hasattr(row := getattr(ops, name), "operands")
    and not isinstance(row, type)
    and not row.variadic
    and len(row.operands) - len(row.defaults) == 1
}
DEFAULTS = {name: row.defaults[-1] for name, row in ROWS.items() if row.defaults} | {"leaky_relu": 0.2, "celu": 1.0}
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


def __getattr__(name: str) -> Activation:
    """Each activation by its name: `activation=activations.relu`."""
    if name in NAMES:
        return get(name)
    raise AttributeError(f"Unknown activation {name!r}. Choose one of {', '.join(NAMES)}.")


ActivationLike: TypeAlias = str | Activation | Callable[..., Any] | None


def get(identifier: ActivationLike) -> Activation:
    """The activation of a name; None is linear; a function of a Value stands for itself.

    Raises:
        ModelError: an unknown name, or a parameter for an activation without one.

    Example:
        >>> get("relu")([-1.0, 2.0]), get("leaky_relu(0.5)")([-1.0, 2.0])
        ([0, 2.0], [-0.5, 2.0])
        >>> get("softmax")([0.0, 0.0])
        [0.5, 0.5]
        >>> get("softmax(2)")
        Traceback (most recent call last):
        nn.errors.ModelError: The activation softmax has no parameter, got '2'. Leave it out.
    """
    if identifier is None:
        return get("linear")
    if isinstance(identifier, Activation):
        return identifier
    if callable(identifier) and not isinstance(identifier, str):
        return Activation(getattr(identifier, "__name__", "function"), None, identifier)
    match = re.fullmatch(r"\s*(\w+)\s*(?:\(\s*([^()\s]+)\s*\))?\s*", str(identifier))
    name = match[1].lower() if match else ""
    name = ALIASES.get(name, name)
    if match is None or name not in NAMES:
        raise _misspelt(identifier)
    return _with_parameter(name, match[2])


def _with_parameter(name: str, text: str | None) -> Activation:
    function: Any = ROWS.get(name) or COMPOSED.get(name) or VECTORS[name]
    default = DEFAULTS.get(name)
    if default is None:
        if text:
            raise ModelError(f"The activation {name} has no parameter, got {text!r}. Leave it out.")
        return Activation(name, None, function, name in VECTORS)
    try:
        parameter = float(text) if text else default
    except ValueError:
        raise ModelError(f"The parameter of {name} must be a number, got {text!r}. Write {name}(0.1).") from None
    return Activation(name, parameter, lambda z: function(z, parameter))


def _misspelt(identifier: object) -> ModelError:
    import difflib

    near = difflib.get_close_matches(str(identifier), NAMES, 1)
    error = unknown("activation", identifier, NAMES)
    return ModelError(str(error).replace("Choose", f"Did you mean {near[0]}? Choose")) if near else error

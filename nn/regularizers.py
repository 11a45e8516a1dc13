"""Penalties on weights, added to the cost once: λ · Σ|w| makes weights vanish, λ · Σw² keeps them small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from autograd import ops
from nn.arguments import checked
from nn.errors import ModelError, unknown
from nn.types import Operand

Regularizer: TypeAlias = Callable[[Sequence[Operand]], Operand]
RegularizerLike: TypeAlias = str | Regularizer | None
R = TypeVar("R")
W = TypeVar("W")


@checked
@dataclass(frozen=True)
class L1L2:
    """l1 · Σ|w| + l2 · Σw², as Keras has it.

    Args:
        l1, l2: the strengths, dimensionless, ≥ 0.

    Raises:
        ModelError: a strength below 0.

    Example:
        >>> L1L2(l1=0.5, l2=0.25)([1.0, -2.0])
        2.75
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        if not (self.l1 >= 0 and self.l2 >= 0):
            raise ModelError(f"A penalty must be at least 0, got l1 = {self.l1}, l2 = {self.l2}. Try l2=0.01.")

    def __call__(self, weights: Sequence[Operand]) -> Operand:
        """The penalty of some weights."""
        terms: list[Operand] = [self.l1 * ops.sum([ops.abs(w) for w in weights])] if self.l1 and weights else []
        terms += [self.l2 * ops.dot(weights, weights)] if self.l2 and weights else []
        return sum(terms)


def merged(pairs: Iterable[tuple[R, list[W]]]) -> list[tuple[R, list[W]]]:
    """Pairs of a regularizer and weights, with the weights of equal regularizers put together.

    >>> merged([(L2(0.1), [1.0]), (L1(0.1), [2.0]), (L2(0.1), [3.0])])
    [(L1L2(l1=0.0, l2=0.1), [1.0, 3.0]), (L1L2(l1=0.1, l2=0.0), [2.0])]
    """
    groups: list[tuple[R, list[W]]] = []
    for penalty, weights in pairs:
        same = [values for other, values in groups if other == penalty]
        if same:
            same[0].extend(weights)
        else:
            groups.append((penalty, list(weights)))
    return groups


def L1(l1: float = 0.01) -> L1L2:
    """l1 · Σ|w|."""
    return L1L2(l1=l1)


def L2(l2: float = 0.01) -> L1L2:
    """l2 · Σw²."""
    return L1L2(l2=l2)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """l1 · Σ|w| + l2 · Σw²."""
    return L1L2(l1, l2)


l1, l2 = L1, L2  # as Keras spells them too
REGULARIZERS = {"l1": L1(), "l2": L2(), "l1_l2": l1_l2()}


def get(identifier: RegularizerLike) -> Regularizer | None:
    """A regularizer by its name; a function of weights stands for itself, and so does None.

    Raises:
        ModelError: an unknown name.
    """
    if isinstance(identifier, str):
        if identifier not in REGULARIZERS:
            raise unknown("regularizer", identifier, REGULARIZERS)
        return REGULARIZERS[identifier]
    if identifier is not None and not callable(identifier):
        raise ModelError(f"A regularizer must be a name or a function of weights, got {identifier!r}. Try L2(0.01).")
    return identifier

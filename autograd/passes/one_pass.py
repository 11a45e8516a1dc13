"""A graph as one pass shows it, for viz too: copies whose numbers belong together, and a note on what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from autograd.core.graph import snapshot, topological
from autograd.core.replay import forward
from autograd.core.staleness import changed
from autograd.core.value import Value
from autograd.errors import StaleError
from autograd.language.names import Labels, symbol

MOST_NAMES = 8  # that a note has


class OnePass:
    """Copies of the nodes below J, so that later changes leave them alone.

    Where a leaf has changed since J was calculated, the copies have the numbers that `J.forward()` gives;
    J itself stays as it is.

    Args:
        output: the node J.
        remake: what to put in a copy's place.

    Attributes:
        output: the copy of J.
        nodes: the copies, operands first; `originals` are the user's nodes, in the same order.
        changed: the copies of what has changed, each in a list with those that it may be instead.

    Raises:
        OperandError: output is not a Value. DomainError, RangeError: J has no value at the leaves' new numbers.

    Example:
        >>> x = Value(2.0, "x"); J = (3 * x).named("J")
        >>> x.data = 10.0
        >>> shown = OnePass(J)
        >>> shown.output.data, J.data, shown.note(Labels(shown.nodes))
        (30.0, 6.0, 'x has changed since J was calculated: these are the numbers that J.forward() gives.')
    """

    def __init__(self, output: Value, remake: Callable[[Value], Value] | None = None) -> None:
        self.originals = topological(output)
        self.nodes, stale = snapshot(self.originals), changed(self.originals)
        if stale:
            forward(self.nodes[-1])
        if remake:
            self.nodes = snapshot(self.nodes, remake)
        self.output = self.nodes[-1]
        self.copies = {id(z): copy for z, copy in zip(self.originals, self.nodes, strict=True)}
        self.changed = [[self.copies[id(x)] for x in group] for group in stale]

    def own(self, option: Any) -> Any:
        """What a user gave, with the copies in the places of the user's nodes: a node, or a collection of nodes."""
        if isinstance(option, Value):
            return self.copies.get(id(option), option)
        if isinstance(option, Mapping):
            return {self.own(key): self.own(thing) for key, thing in option.items()}
        if isinstance(option, Iterable) and not isinstance(option, str):
            return tuple(map(self.own, option))
        return option

    def note(self, labels: Labels, dialect: str = "unicode") -> str:
        """What a display says first: what has changed, and which numbers these are; "" if nothing has changed."""
        if not self.changed:
            return ""
        J = symbol(labels[self.output], dialect)
        these, gives = (_text(words, dialect) for words in (": these are the numbers that ", ".forward() gives."))
        return since(self.changed, self.output, labels, dialect) + these + J + gives


def refuse_stale(output: Value, nodes: Sequence[Value], labels: Labels) -> None:
    """Refuse a graph whose leaves have changed since it was calculated.

    Args:
        nodes: all of the output's, operands first.

    Raises:
        StaleError: a leaf has changed.
    """
    if stale := changed(nodes, slopes_too=False):
        J = symbol(labels[output])
        raise StaleError(f"{since(stale, output, labels)}. Call {J}.forward() first.")


def since(stale: Sequence[Sequence[Value]], output: Value, labels: Labels, dialect: str = "unicode") -> str:
    """What has changed, as a clause: x has changed since J was calculated."""
    subjects = [_text(" or ", dialect).join(symbol(labels[x], dialect) for x in group[:MOST_NAMES]) for group in stale]
    if len(stale) > MOST_NAMES:
        subjects[MOST_NAMES:] = [_text(f"others ({len(stale)} in all)", dialect)]
    *first, last = subjects
    subject = _text(" and ", dialect).join(filter(None, [", ".join(first), last]))
    changed_since = " has changed since " if len(stale) == 1 else " have changed since "
    J = symbol(labels[output], dialect)
    return subject + _text(changed_since, dialect) + J + _text(" was calculated", dialect)


def _text(words: str, dialect: str) -> str:
    return words if dialect == "unicode" else rf"\text{{{words}}}"

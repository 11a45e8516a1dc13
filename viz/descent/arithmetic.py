"""An optimiser's step as lines that a page fills with numbers: from its own rule, run on Values with names.

m ← m + (g − m) · (1 − β₁)    is    [{"slots.m"}, " + (", {"g"}, " − ", {"slots.m"}, ") · (1 − ", {"h.beta_1"}, ")"]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autograd import Value
from autograd.language.formula import definition
from autograd.language.names import symbol

if TYPE_CHECKING:
    from nn.optimizers import Optimizer

LETTERS = {"rate": "η", "steps": "k", "momentum": "μ", "weight_decay": "λ"}  # of what is not written as it is called
MOST = 1000  # operations of a line

Piece = str | dict[str, str]


def letter(name: str) -> str:
    """How mathematics writes what a rule reads.

    >>> letter("h.beta_1"), letter("new.m"), letter("rate")
    ('β₁', 'm', 'η')
    """
    own = name.rpartition(".")[2]
    return LETTERS.get(own) or symbol(own)


def lines(optimizer: Optimizer) -> list[tuple[str, list[Piece]]]:
    """What one step changes, in order: the average's name or "p", and its formula, names apart.

    A name is "p", "g", "rate", "steps", an argument as "h.beta", an average before the step as "slots.m", after it
    as "new.m".

    Raises:
        ModelError: it clips gradients, or its rule is no formula of arrays.

    Example:
        >>> from nn.optimizers import Momentum
        >>> for name, pieces in lines(Momentum()):
        ...     print(name, "←", "".join(x if isinstance(x, str) else letter(x["name"]) for x in pieces))
        v ← v · β + (1 − β) · g
        p ← p − η · v
    """
    from nn.optimizers import words

    numbers = words.arguments(optimizer)
    start = {name: float(x) for name, x in optimizer.start(0.0).slots.items()}
    spelled: dict[str, str] = {}  # as formulas write it: the name

    def word(name: str) -> Value:
        kind, _, own = name.rpartition(".")
        called = f"{own}_0" if kind == "slots" else LETTERS.get(own, own)
        known = numbers | {"p": 1.0, "g": 1.0, "rate": 0.1, "steps": 0.0}
        spelled[symbol(called)] = f"h.{own}" if own in numbers and not kind else name
        return Value(start[own] if kind == "slots" else float(known[own]), called)

    p, slots = words.step(optimizer, word)
    result = []
    for name, value in (*slots.items(), ("p", p)):
        if not value.op:  # an average that this rule leaves alone
            continue
        result.append((name, _pieces(definition(value, most=MOST), spelled)))
        if name != "p":
            value.named(f"{name}_1")
            spelled[symbol(f"{name}_1")] = f"new.{name}"
    return _in_order(result)


def _in_order(changes: list[tuple[str, list[Piece]]]) -> list[tuple[str, list[Piece]]]:
    """p before an average that it reads as it was, such as Lion's."""
    *slots, p = changes
    read = [x["name"] for x in p[1] if isinstance(x, dict)]
    place = next((i for i, (name, _) in enumerate(slots) if f"slots.{name}" in read), len(slots))
    return [*slots[:place], p, *slots[place:]]


def _pieces(text: str, spelled: dict[str, str]) -> list[Piece]:
    names = "|".join(sorted(map(re.escape, spelled), key=len, reverse=True))
    parts: list[Any] = re.split(rf"(?<!\w)({names})(?!\w)", text)
    return [{"name": spelled[x]} if i % 2 else x for i, x in enumerate(parts) if x]

"""Random problems for exercises: a few lines of small whole numbers, whose gradients are small and whole too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from random import Random

from autograd.core.derivatives import adjoints
from autograd.core.graph import topological
from autograd.core.value import Number, Value, magnitude, operands, slopes
from autograd.errors import StepError
from autograd.language.parser import parse

FORMS = {  # of the lines of a problem, by difficulty; x, y are nodes, k is a small number
    1: ("x + y", "x*y", "x*y"),
    2: ("x + y", "x - y", "x*y", "x*y", "x*x", "k*x"),
    3: ("x - y", "x*y", "x*y", "x*x", "max(x, y)", "relu(x)", "x**3", "x*y + x"),
}
LARGEST = 99  # of a problem's values and gradients
TRIES = 10_000


def problem(difficulty: int = 1, rng: int | Random = 0) -> str:
    """A problem in whole numbers, its values and gradients too, all below 100; text for `parse` and `exercise`.

    Args:
        difficulty: 1: sums and products, each node used once. 2: differences and squares, and a node
            used twice. 3: choices and cubes too, and longer.
        rng: a seed, or a `random.Random`; equal seeds are equal problems.

    Raises:
        StepError: an unknown difficulty.

    Example:
        >>> problem(1, rng=1) == problem(1, rng=1) != problem(1, rng=2)
        True
    """
    if difficulty not in FORMS:
        raise StepError(f"Unknown difficulty {difficulty!r}. Choose one of {', '.join(map(str, FORMS))}.")
    random = generator(rng)
    for _ in range(TRIES):
        text = _attempt(difficulty, random)
        if _fit(text, difficulty):
            return text
    raise StepError(f"No problem was found in {TRIES} tries. Take another seed.")


def generator(rng: int | Random) -> Random:
    return rng if isinstance(rng, Random) else Random(rng)


def _attempt(difficulty: int, random: Random) -> str:
    """Lines that use up what is there, one or two at a time, until one result is left."""
    names, results = "abcde"[: difficulty + 2], iter("uvwpqrstghkl")
    lines = [f"{x} = {random.randint(1, 5) * random.choice([1, 1, -1] if difficulty > 1 else [1])}" for x in names]
    free, all_nodes = list(names), list(names)
    while len(free) > 1 and len(lines) < len(names) + 8:
        form = random.choice(FORMS[difficulty])
        x = free.pop(random.randrange(len(free)))
        again = difficulty > 1 and random.random() < 0.3
        y = random.choice(all_nodes) if again or "y" not in form else free.pop(random.randrange(len(free)))
        new = next(results)
        words = {"x": x, "y": y, "k": str(random.randint(2, 4))}
        lines.append(f"{new} = " + "".join(words.get(part, part) for part in re.split(r"\b", form)))
        free.append(new)
        all_nodes.append(new)
    return "; ".join([*lines, f"J = {random.randint(2, 3)}*{free[0]}"])


def _fit(text: str, difficulty: int) -> bool:
    """Whether all numbers are small and whole, none is 0, every line is used, and from 2 on a node is used twice."""
    *_, output = parse(text).values()
    nodes = topological(output)
    if sum(1 for z in nodes if z.name) != text.count("=") or not _small(z.data for z in nodes):
        return False
    used = Counter(id(x) for z in nodes for x in operands(z) if isinstance(x, Value))
    gradients = adjoints(output, nodes)
    reached = len(gradients) == len(nodes) and _small(d for z in nodes for d in slopes(z) if d)
    return reached and _small(gradients.values()) and (difficulty == 1 or max(used.values()) > 1)


def _small(numbers: Iterable[Number]) -> bool:
    return all(x % 1 == 0 and 0 < magnitude(x) <= LARGEST for x in numbers)

"""Optimisers' rules in JavaScript, for pages that train: `nn`'s own rules run on names, a line for each operation.

m *= β; m += (1 − β) g; p −= η m    becomes    const t0 = …; for (…) { const …; s.m[i] = …; p[i] = …; }
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograd.language.javascript import Name

if TYPE_CHECKING:
    from nn.optimizers import Optimizer

ENTRIES = {"p": "p[i]", "g": "g[i]", "rate": "rate", "steps": "steps"}


def rule(optimizer: Optimizer) -> str:
    """An optimiser's step as a function that changes typed arrays in place, as `Optimizer.change` does.

    Args:
        optimizer: of `nn`, or one's own, that clips nothing.

    Returns:
        `(steps, rate, h, g, p, s) => { … }`: how many steps were taken so far, the learning rate, the arguments
        `h.beta_1` … that `nn.optimizers.words.arguments` has, the gradient, the parameters, and an array for each
        average, `s.m` ….

    Raises:
        ModelError: it clips.

    Example:
        >>> from nn.optimizers import Momentum
        >>> print(rule(Momentum()))
        (steps, rate, h, g, p, s) => {
          const t1 = (1 - h.beta);
          for (let i = 0; i < p.length; i++) {
            const t0 = (s.v[i] * h.beta), t2 = (t1 * g[i]), t3 = (t0 + t2), t4 = (rate * t3), t5 = (p[i] - t4);
            s.v[i] = t3; p[i] = t5;
          }
        }
    """
    lines: dict[str, str] = {}
    p, changed = _step(optimizer, lines)
    changes = " ".join(f"{_place(name)} = {x};" for name, x in {**changed, "p": p}.items())
    before, inside = _split(lines)
    head = f"  {before}\n" if before else ""
    loop = f"  for (let i = 0; i < p.length; i++) {{\n    {inside}\n    {changes}\n  }}\n"
    return f"(steps, rate, h, g, p, s) => {{\n{head}{loop}}}"


def slots(optimizer: Optimizer) -> dict[str, float]:
    """The averages that an optimiser's rule changes, each with the number that it starts from.

    >>> from nn.optimizers import Adam
    >>> slots(Adam()), slots(Adam(amsgrad=True))
    ({'m': 0.0, 'v': 0.0}, {'m': 0.0, 'v': 0.0, 'top': 0.0})
    """
    _, changed = _step(optimizer, {})
    first = optimizer.start(0.0).slots
    return {name: float(first[name]) for name in first if f"slots.{name}" in changed}


def _step(optimizer: Optimizer, lines: dict[str, str]) -> tuple[str, dict[str, str]]:
    """What a step makes of p, and of each average that it changes."""
    from nn.optimizers import words

    p, every = words.step(optimizer, lambda name: Name(_place(name), lines))
    texts = {f"slots.{name}": str(x) for name, x in every.items()}
    return str(p), {name: text for name, text in texts.items() if text != _place(name)}


def averages(optimizer: Optimizer) -> dict[str, str]:
    """What an optimiser says of its averages, as functions `(rate, h, s, i)` of the state after a step, or null.

    Example:
        >>> from nn.optimizers import SGD, Adam
        >>> averages(Adam())
        {'gradient': '(rate, h, s, i) => s.m[i]', 'square': '(rate, h, s, i) => s.v[i]'}
        >>> averages(SGD(0.1, momentum=0.9))["gradient"]
        '(rate, h, s, i) => { const t0 = (-s.v[i]), t1 = (t0 / rate); return t1; }'
    """
    from nn.optimizers import words

    texts = []
    for i in range(2):  # each in lines of its own
        lines: dict[str, str] = {}
        result = words.averages(optimizer, lambda name, lines=lines: Name(_place(name), lines))[i]  # type: ignore[misc]
        body = f"{{ {_joined(lines)} return {result}; }}" if lines else str(result)
        texts.append("null" if result is None else f"(rate, h, s, i) => {body}")
    return dict(zip(("gradient", "square"), texts, strict=True))


def _place(name: str) -> str:
    """Where a function finds what `nn.optimizers.words` names so."""
    average = name.removeprefix("slots.")
    return f"s.{average}[i]" if average != name else ENTRIES.get(name, f"h.{name}")


def _split(lines: dict[str, str]) -> tuple[str, str]:
    """The lines that are the same for all entries, and those of one entry."""
    varying: dict[str, str] = {}
    for line, name in lines.items():
        if "[i]" in line or any(re.search(rf"\b{other}\b", line) for other in varying.values()):
            varying[line] = name
    same = {line: name for line, name in lines.items() if line not in varying}
    return _joined(same), _joined(varying)


def _joined(lines: dict[str, str]) -> str:
    return f"const {', '.join(f'{name} = {line}' for line, name in lines.items())};" if lines else ""

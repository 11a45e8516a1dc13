"""The table in JavaScript, for pages of viz that calculate: a row's words run on names, a line for each operation.

    sigmoid's slope    z * (1 - z)    becomes    (x, z) => { const t0 = (1 - z); return (z * t0); }

Rows that are composed of others come down to what `Math` has; a vector is written out entry by entry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.core.fast_ops import parameters, pattern
from autograd.core.notation import fill
from autograd.core.op import OPS, Number, Op
from autograd.core.row_tracer import RowTracer


class Name(RowTracer):
    """A name in a JavaScript function; an operation on it adds a line to the function's, where none calculates it yet.

    >>> lines = {}
    >>> Name("x", lines).tanh() * 2
    t1
    >>> lines
    {'Math.tanh(x)': 't0', '(t0 * 2)': 't1'}
    """

    __slots__ = ("lines", "text")

    def __init__(self, text: str, lines: dict[str, str]) -> None:
        self.text, self.lines = text, lines

    def __repr__(self) -> str:
        return self.text

    def row(self, op: Op, operands: Sequence[Name | Number]) -> Name:
        return Name(self.lines.setdefault(written(op, operands), f"t{len(self.lines)}"), self.lines)


def written(op: Op, operands: Sequence[Any]) -> str:
    """A call of a row that is not composed.

    >>> written(OPS["mul"], ["x", "y"]), written(OPS["exp"], ["x"]), written(OPS["gt"], ["x", 0])
    ('(x * y)', 'Math.exp(x)', '(x > 0 ? 1.0 : 0.0)')
    """
    if op.js or op.c:
        return fill(op.js or op.c, dict(zip(op.operands, map(str, operands), strict=True)))
    return ("" if op.infix else "Math.") + pattern(op).format(*operands)


def function(words: Callable[..., Any], names: Sequence[str], columns: Callable[[Any], Any] = tuple) -> str:
    """Words as an arrow function of these names; `columns` makes of them what the words take."""
    lines: dict[str, str] = {}
    result = words(*columns([Name(name, lines) for name in names]))
    text = f"[{', '.join(map(str, result))}]" if isinstance(result, tuple) else str(result)
    if text in list(lines.values())[-1:]:
        text, _ = lines.popitem()
    body = ", ".join(f"{name} = {line}" for line, name in lines.items())
    return f"({', '.join(names)}) => " + (f"{{ const {body}; return {text}; }}" if lines else text)


def value(op: Op, count: int) -> str:
    """z as a function of so many operands.

    >>> value(OPS["dot"], 4)
    '(x0, x1, y0, y1) => { const t0 = (x0 * y0), t1 = (x1 * y1); return (t0 + t1); }'
    """
    entries = range(count // len(op.operands))
    names = [f"{x}{i}" for x in op.operands for i in entries] if op.variadic else op.operands
    return function(op, names, op.columns)


def common(op: Op, count: int) -> str:
    """What the slopes of so many operands share, as a function that gives a list."""
    entries = range(count // len(op.operands))
    names = [f"{x}{i}" for x in op.operands for i in entries]
    return function(op.common or tuple, names, op.columns)


def slopes(op: Op) -> list[str]:
    """∂z/∂operand as functions of the operands and z, of vectors one entry's; null where there is no edge.

    >>> slopes(OPS["mul"]), slopes(OPS["sign"])
    (['(x, y, z) => y', '(x, y, z) => x'], ['null'])
    """
    names = (*op.operands, "z")
    texts = [f"({', '.join(names)}) => {d}" if isinstance(d, int) else function(d, parameters(d)) for d in op.partials]
    return ["null" if p == 0 else text for p, text in zip(op.partials, texts, strict=True)]


def table(uses: Iterable[tuple[str, int]]) -> str:
    """The rows as one JavaScript object: how to calculate each, and the message where it has no value.

    Args:
        uses: names of rows, and with how many operands each is used.

    Returns:
        `{ name: { value: { count: function }, slopes: [function or null], … }, … }`

    Example:
        >>> print(table([("neg", 1)]))
        {
          "neg": {
            value: { 1: (x) => (-x) },
            slopes: [(x, z) => -1],
            operands: ["x"], gate: false, needs: "", remedy: "", kink: ""
          }
        }
    """
    counts: dict[str, set[int]] = {}
    for name, count in uses:
        counts.setdefault(name, set()).add(count)
    rows = [_row(OPS[name], sorted(sizes)) for name, sizes in sorted(counts.items())]
    return "{\n" + ",\n".join(rows) + "\n}"


def _row(op: Op, counts: Iterable[int]) -> str:
    values = ", ".join(f"{count}: {value(op, count)}" for count in counts)
    if op.common:
        values += f" }}, common: {{ {', '.join(f'{count}: {common(op, count)}' for count in counts)}"
    texts = {"needs": op.where, "remedy": op.remedy, "kink": op.kink}
    notes = ", ".join(f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in texts.items())
    return (
        f'  "{op.name}": {{\n    value: {{ {values} }},\n    slopes: [{", ".join(slopes(op))}],\n'
        f"    operands: {json.dumps(op.operands)}, gate: {json.dumps(op.gate)}, {notes}\n  }}"
    )

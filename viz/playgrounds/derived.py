"""Words of the table as lines of JavaScript: what is calculated with, and its slope."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.core.fast_ops import pattern
from autograd.core.op import Number, Op
from autograd.core.tracer import Tracer
from autograd.language.javascript import Name

NAME = re.compile(r"\bt\d+\b")  # of a line
DECLARED = re.compile(r"\bt\d+ = ")
# What a line is shorter by: a square is as fast and as exact as a product; no number is other than itself.
SHORTER = (
    (re.compile(r"Math\.pow\((\w+), 2\)"), r"(\1 * \1)"),
    (re.compile(r"\((-?[\d.e+]+) != \1 \|\| "), "("),
    (re.compile(r"\b(\d+)\.0\b"), r"\1"),
)


class Dual(Tracer):
    """A number and its slope along one variable, each a name in JavaScript or a number: textbooks' slopes, chained.

    >>> lines = {}
    >>> x = Dual(Name("x", lines), 1)
    >>> (2 * x.tanh()).slope, lines
    (t4, {'Math.tanh(x)': 't0', 'Math.pow(t0, 2)': 't1', '(1 - t1)': 't2', '(2 * t0)': 't3', '(2 * t2)': 't4'})
    """

    __slots__ = ("slope", "value")

    def __init__(self, value: Name | Number, slope: Name | Number) -> None:
        self.value, self.slope = value, slope

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        values = [x.value if isinstance(x, Dual) else x for x in operands]
        z = op(*op.columns(values))
        along = [(i, x.slope) for i, x in enumerate(operands) if isinstance(x, Dual) and x.slope != 0]
        total: Any = 0
        for i, slope in along:
            if not op.is_flat(i, values):
                total = total + self._partial(op, i, values, z) * slope
        return Dual(z, total) if along else z

    @staticmethod
    def _partial(op: Op, i: int, values: Sequence[Any], z: Any) -> Any:
        """A textbook's slope, but of vectors, where it would look at all of them for each entry."""
        if op.common:
            return op.slope(i, values, *op.seen(values, z))
        return op.slope(i, values, z, shown=True)


class InNumPy(Name):
    """A name in a line of NumPy's."""

    __slots__ = ()

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        folded = op.fold(operands)
        if folded is not None:
            return folded
        function = getattr(np, op.ufunc or op.name, None)
        if op.is_composed and function is None:
            return op.value(*op.columns(operands))
        if op.infix:
            line = pattern(op).format(*operands)
        elif function is None:  # of numbers alone
            line = f"np.vectorize(math.{op.name})({', '.join(map(str, operands))})"
        else:
            line = f"np.{function.__name__}({', '.join(map(str, operands))})"
        if isinstance(function, np.ufunc) and function.types[-1].endswith("?"):
            line += " * 1.0"  # a comparison
        return InNumPy(self.lines.setdefault(line, f"t{len(self.lines)}"), self.lines)


def numpy(words: Callable[..., Any], name: str) -> str:
    """An expression of NumPy's that calculates words of this name.

    >>> numpy(lambda x: 2 * x.tanh(), "z")
    '2 * np.tanh(z)'
    """
    lines: dict[str, str] = {}
    text = str(words(InNumPy(name, lines)))
    for line, short in reversed(lines.items()):
        text = re.sub(rf"\b{short}\b", line.replace("\\", r"\\"), text)
    return text.removeprefix("(").removesuffix(")") if _is_bracketed(text) else text


def _is_bracketed(text: str) -> bool:
    """Whether brackets hold all of a text together."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            return text[0] == "(" and i == len(text) - 1
    return False


def body(lines: dict[str, str], *results: Any) -> str:
    """Lines as a declaration of their names, without those that the results do not need; one used once stands there.

    >>> body({"Math.pow(x, 2)": "t0", "Math.exp(t0)": "t1", "(1 - t0)": "t2", "(t2 + x)": "t3"}, "t3 * t0")
    'const t0 = (x * x), t3 = ((1 - t0) + x); '
    """
    uses = Counter(NAME.findall(" ".join(map(str, results))))
    texts: dict[str, str] = {}
    last = set(uses)
    for line, name in reversed(lines.items()):
        if name in uses:
            for longer, short in SHORTER:
                line = re.sub(longer, short, line)
            uses.update(NAME.findall(line))
            texts[name] = line
    kept: list[str] = []
    for name, line in reversed(texts.items()):
        texts[name] = re.sub(NAME, lambda word: word[0] if _stays(word[0], uses, last) else texts[word[0]], line)
        if _stays(name, uses, last):
            kept.append(f"{name} = {texts[name]}")
    return f"const {', '.join(kept)}; " if kept else ""


def _stays(name: str, uses: Mapping[str, int], last: Container[str]) -> bool:
    """Whether a line keeps its name: several lines use it, or a result does."""
    return uses[name] > 1 or name in last


def value(words: Callable[..., Any], *names: str) -> tuple[str, str]:
    """Lines that calculate words of these names, and their result.

    >>> value(lambda x: 2 * x + 1, "z")
    ('const t1 = ((2 * z) + 1); ', 't1')
    """
    lines: dict[str, str] = {}
    result = words(*[Name(name, lines) for name in names])
    return body(lines, result), str(result)


def slope(words: Callable[..., Any], *names: str, by: int = 0) -> tuple[str, str]:
    """Lines that calculate the slope of words by one of these names, and their result.

    >>> slope(lambda x: x * x, "z")
    ('const t1 = (z + z); ', 't1')
    """
    lines: dict[str, str] = {}
    duals = [Dual(Name(name, lines), int(i == by)) for i, name in enumerate(names)]
    result = words(*duals)
    along = result.slope if isinstance(result, Dual) else 0
    return body(lines, along), str(along)


def arrow(names: str, made: tuple[str, str]) -> str:
    """A function of these names.

    >>> arrow("z", value(lambda x: x, "z")), arrow("z", value(lambda x: -x + 1, "z"))
    ('(z) => z', '(z) => ((-z) + 1)')
    """
    lines, result = made
    if (alone := re.fullmatch(rf"const {result} = (.*); ", lines, re.DOTALL)) and len(DECLARED.findall(lines)) == 1:
        return f"({names}) => {alone[1]}"
    return f"({names}) => " + (f"{{ {lines}return {result}; }}" if lines else result)


def loop(names: str, each: str, made: tuple[str, str], target: str) -> str:
    """A function that calculates words for each i from `i` to `end`.

    >>> loop("z, a", "const z0 = z[i]; ", value(lambda x: -x, "z0"), "a[i]")
    '(z, a, i, end) => { for (; i < end; i++) { const z0 = z[i]; const t0 = (-z0); a[i] = t0; } }'
    """
    lines, result = made
    return f"({names}, i, end) => {{ for (; i < end; i++) {{ {each}{lines}{target} = {result}; }} }}"

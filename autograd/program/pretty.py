"""The rolled form as maths that a person can read: `Z1[100,16] = X1[100,2] @ W1[2,16] + b1[16]`.

A matrix has its samples in rows, as in lectures. What is used once stands in the line that uses it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograd.core.notation import ATOM, PRODUCT, SUM, Term
from autograd.language.numbers import figure
from autograd.program.ir import Node
from autograd.program.vectorize import Gather, Part, Rolled, Statement, View

LETTERS = {"parameters": "Wb", "leaves": "Ll", "inputs": "Xx", "constant": "Cc"}  # of matrices and of others
LONGEST = 100  # characters of a line that takes in others


class Listing:
    """A program's statements as lines.

    Args:
        rolled: the statements.
        outputs: names of the outputs; gradients follow them among the roots.
        given: names of the scalars of each source, by its kind.
    """

    def __init__(self, rolled: Rolled, outputs: Sequence[str], given: Mapping[str, Sequence[str | None]]) -> None:
        self.rolled, self.outputs, self.given = rolled, outputs, given
        self.names: dict[Any, str] = {}
        self.counts: Counter[str] = Counter()
        self.inlined: dict[int, Term] = {}
        self.shapes: dict[int, tuple[int, ...]] = {}
        gradients = ["gradient"] * (len(rolled.roots) - len(outputs))
        self.roots = list(zip(rolled.roots, [*outputs, *gradients], strict=True))
        for root, name in self.roots:  # a node that is all of a root bears its name
            whole = isinstance(root, View) and root.node.n == root.shape[0] and root.node.kind not in (*LETTERS, "join")
            if isinstance(root, View) and whole and len(gradients) < 2:
                self.names.setdefault(id(root.node), name)
        self.written = {id(s.node): s.out for s in rolled.statements}
        read = [x.node for s in rolled.statements for x in s.operands if not isinstance(x, float)]
        roots = [x.node for x in rolled.roots if not isinstance(x, float)]
        self.reads = Counter(id(node) for node in [*read, *roots, *roots])  # a root has a line of its own
        for node in rolled.nodes:
            if node.kind == "join":
                self.reads.update(id(x) for x in node.sources for _ in range(2))

    def lines(self) -> Iterator[str]:
        for s in self.rolled.statements:
            if s.kind == "copy":
                continue
            self.shapes[id(s.node)] = self._shape(s)
            text, tightness = self._text(s)
            if self.reads[id(s.node)] == 1 and len(text) < LONGEST:
                self.inlined[id(s.node)] = text, tightness
            else:
                yield f"{self._result(s)} = {text}"
        for root, name in self.roots:
            if isinstance(root, float) or self.names.get(id(root.node)) != name:
                size = "" if isinstance(root, float) or name in self.outputs else self._size(root.shape, False)
                yield f"{name}{size} = {self._operand(root)[0]}"

    # ── statements ────────────────────────────────────────────────────────────────────────────────

    def _text(self, s: Statement) -> Term:
        if s.kind == "product":
            x, y = s.operands
            return f"{self._matrix(y, False, s.over)} @ {self._matrix(x, True, False)}", PRODUCT
        terms = [self._operand(x) for x in s.operands]
        if s.kind == "map":
            assert s.op is not None
            return s.op.write("unicode", terms)
        text = " * ".join(text if tightness > PRODUCT or len(terms) == 1 else f"({text})" for text, tightness in terms)
        if s.kind == "reduce":
            assert s.op is not None
            return f"{s.op.name} over {s.node.width} of ({text})", SUM
        return f"Σ{_low(s.node.width) if s.node.width > 1 else ''}({text})", ATOM

    def _shape(self, s: Statement) -> tuple[int, ...]:
        """A result's shape; that of an operand if it is one row to the machine."""
        found = [self.shapes.get(id(x.node), ()) for x in s.operands if not isinstance(x, float)]
        return (
            max((shape for shape in found if math.prod(shape) == s.node.n), key=len, default=s.out.shape)
            if len(s.out.shape) == 1
            else s.out.shape
        )

    def _result(self, s: Statement) -> str:
        out = s.out
        batched = s.node.batched
        place = self._place(s.node)
        if place:
            return f"{place}{self._size(out.shape, batched)}"
        return f"{self._name(s.node)}{self._size(self.shapes[id(s.node)], batched)}"

    # ── operands ──────────────────────────────────────────────────────────────────────────────────

    def _operand(self, x: Part) -> Term:
        """An operand of a map: axes that it is repeated along are left out."""
        if isinstance(x, float):
            return figure(x)[0], ATOM if x >= 0 else SUM
        if id(x.node) in self.inlined:
            return self.inlined[id(x.node)]
        if isinstance(x, Gather):
            return f"{self._name(x.node)}[…]", ATOM
        shape = [n if stride or n == 1 else 1 for n, stride in zip(x.shape, x.strides, strict=True)]
        if x.node.kind not in LETTERS:
            whole = math.prod(shape) == x.node.n
            size = "" if whole and shape[-1:] != [1] else self._size(shape, x.node.batched)
            return f"{self._name(x.node)}{size}", ATOM
        return f"{self._source(x.node, x)}{self._size(shape, x.node.batched)}", ATOM

    def _matrix(self, x: Part, swapped: bool, over: bool) -> str:
        """An operand of a product, [rows, width] or swapped; ᵀ if its own rows are the other axis."""
        assert not isinstance(x, float)
        if isinstance(x, Gather):
            return f"{self._name(x.node)}[…]"
        (n, m), (a, b) = x.shape, x.strides
        own = (m, n) if swapped else (n, m)
        turned = (a < b) == swapped and a != b and min(n, m) > 1
        name = self._source(x.node, x) if x.node.kind in LETTERS else self._name(x.node)
        if id(x.node) in self.inlined:
            text, tightness = self.inlined[id(x.node)]
            name = text if tightness > PRODUCT else f"({text})"
        return f"{name}{'ᵀ' if turned else ''}[{','.join(map(str, (*(['B'] if x.node.batched else []), *own)))}]"

    def _source(self, node: Node, x: View) -> str:
        """The name of a view of something given: W1, b1, or what the user called its scalar."""
        given = self.given.get(node.kind, ())
        axes = sorted((stride, n) for n, stride in zip(x.shape, x.strides, strict=True) if stride and n > 1)
        if not axes and x.offset < len(given) and given[x.offset]:
            return str(given[x.offset])
        key = node.kind if node.kind != "constant" else id(node), x.offset, *_joined(axes)
        if key not in self.names:
            letter = LETTERS[node.kind][len(axes) < 2]
            if len(axes) == 1 and math.prod(x.shape) == node.n and node.kind == "parameters":
                letter = "p"
            self.counts[letter] += 1
            self.names[key] = f"{letter}{self.counts[letter]}" if letter != "p" else letter
        return self.names[key]

    def _name(self, node: Node) -> str:
        """The name of a result: Z1, Z2, …; of its adjoint ∂Z1."""
        if id(node) in self.names:
            return self.names[id(node)]
        if node.kind == "samples":
            return "B"
        if node.kind == "constant" and node.n == 1:
            return figure(float(node.data[0]))[0]
        if node.of is not None and node.kind == "join":
            parts = sorted(zip(node.data, node.sources, strict=True), key=lambda part: int(part[0][0]))
            name = "(" + ", ".join(self._place(part) or self._name(part) for _, part in parts) + ")"
        elif node.of is not None and node.of.kind not in LETTERS:
            name = f"∂{self._name(node.of)}"
        else:
            letter = "z" if node.n == 1 else "Z"
            self.counts[letter] += 1
            name = f"{letter}{self.counts[letter]}"
        self.names[id(node)] = name
        return name

    def _place(self, node: Node) -> str:
        """Of a part of a source's adjoint, calculated in its place there: ∂ and the part's name."""
        out = self.written.get(id(node))
        if not isinstance(out, View) or id(node) in self.names:
            return ""
        if id(node) in self.rolled.home:
            join, start = self.rolled.home[id(node)]
            out = View(join, start + out.offset, out.shape, out.strides)
        of = out.node.of
        return f"∂{self._source(of, out)}" if out.node.kind == "join" and of is not None and of.kind in LETTERS else ""

    def _size(self, shape: Sequence[int], batched: bool) -> str:
        """Axes in brackets, the last in memory first; samples before all."""
        axes = list(reversed(shape))
        while len(axes) > 1 and axes[0] == 1 and not batched:
            axes.pop(0)
        shown = [*(["B"] if batched else []), *map(str, axes if axes != [1] else [])]
        return f"[{','.join(shown)}]" if shown else ""


def _joined(axes: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Axes that are one axis as one."""
    found: list[tuple[int, int]] = []
    for stride, n in axes:
        if found and stride == found[-1][0] * found[-1][1]:
            found[-1] = found[-1][0], found[-1][1] * n
        else:
            found.append((stride, n))
    return tuple(found)


def _low(n: int) -> str:
    return str(n).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))

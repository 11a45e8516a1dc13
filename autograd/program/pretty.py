"""The array statements as maths that a person can read: `Z1[100,16] = X1[100,2] @ W1[2,16] + b1[16]`.

A matrix has its samples in rows, as in lectures. What is used once stands in the line that uses it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence

from autograd.core.notation import ATOM, PRODUCT, SUM, Term
from autograd.language.numbers import figure
from autograd.program.ir import Node
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Access, Gather, Operand, View, coalesced

LETTERS = {"parameters": "Wb", "leaves": "Ll", "inputs": "Xx", "constant": "Cc"}  # of matrices and of others
LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LONGEST = 100  # characters of a line that takes in others


class Listing:
    """A program's statements as lines.

    Args:
        program: the statements.
        outputs: names of the outputs; gradients follow them among the results.
        sources: names of the scalars of each source, by its kind.
    """

    def __init__(
        self, program: Vectorized, outputs: Sequence[str], sources: Mapping[str, Sequence[str | None]]
    ) -> None:
        self.program, self.outputs, self.sources = program, outputs, sources
        self.names: dict[Hashable, str] = {}
        self.counts: Counter[str] = Counter()
        self.inlined: dict[Node, Term] = {}
        self.shapes: dict[Node, tuple[int, ...]] = {}
        self.origins: dict[Node, int] = {}  # what is called iteration 0 of memory that loops go through
        gradients = ["gradient"] * (len(program.results) - len(outputs))
        self.results = list(zip(program.results, [*outputs, *gradients], strict=True))
        for x, name in self.results:  # a node that is all of a result bears its name
            whole = isinstance(x, View) and x.node.n == x.shape[0] and x.node.kind not in (*LETTERS, "join")
            if isinstance(x, View) and whole and len(gradients) < 2:
                self.names.setdefault(x.node, name)
        self.written = {s.node: s.out for s in program.statements}
        results = [x.node for x in program.results if not isinstance(x, float)]
        operands = [x.node for s in program.statements for x in s.arrays]
        operands += [program.home[x][0] for x in operands if x.kind == "alias"]
        self.reads = Counter([*operands, *results, *results])  # a result has a line of its own
        for node in program.nodes:
            if node.kind == "join":
                self.reads.update([*node.parents, *node.parents])

    def lines(self) -> Iterator[str]:
        for step in self.program.steps:
            if isinstance(step, Loop):
                yield from self._loop(step)
            else:
                yield from self._lines(step)
        for result, name in self.results:
            if isinstance(result, float) or self.names.get(result.node) != name:
                size = "" if isinstance(result, float) or name in self.outputs else self._size(result.shape, False)
                yield f"{name}{size} = {self._operand(result)[0]}"

    def _lines(self, s: Statement) -> Iterator[str]:
        """A statement's line, unless it is part of another one's."""
        if s.kind != "copy":
            self.shapes[s.node] = self._shape(s)
            text, tightness = self._text(s)
            if self._is_read_once(s.node) and len(text) < LONGEST:
                self.inlined[s.node] = text, tightness
            else:
                yield f"{self._result(s)} = {text}"

    def _is_read_once(self, node: Node) -> bool:
        """Whether nothing but one statement reads a node; in a loop, of the same iteration."""
        return self.reads[node] == 1 and not (node.moves and self.reads[self.program.home[node][0]])

    def _loop(self, loop: Loop) -> Iterator[str]:
        """`for t in 1…9:` and a line for each statement, or the only one behind it."""
        outs = [s.out for s in loop.statements if s.kind != "copy" and s.out.node.moves]
        self.along = 1 if outs[0].node.moves > 0 else -1
        root, index = self._root(outs[0])
        self.first = index - self._origin(root, index - (1 if self.along > 0 else loop.count))
        for root, index in map(self._root, outs):
            self._origin(root, index - self.first)
        lines = [line for s in loop.statements for line in self._lines(s)]
        head = f"for t in {self.first}…{self.first + self.along * (loop.count - 1)}:"
        if len(lines) == 1:
            yield f"{head} {lines[0]}"
        else:
            yield head
            yield from (f"    {line}" for line in lines)

    def _root(self, x: Access) -> tuple[Node, int]:
        """In whose memory scalars lie that move on in a loop; how many iterations after its begin they are."""
        node, start = x.node, x.offset if isinstance(x, View) else 0
        while node in self.program.home:
            node, offset = self.program.home[node]
            start += offset
        return node, start // abs(x.node.moves or 1)

    def _moving(self, x: Access) -> str:
        """The name of scalars in a loop: `Z1[t−1]`."""
        root, index = self._root(x)
        if x.node.moves * self.along < 0:
            return f"{self._name(root)}[…]"
        later = index - self._origin(root, index - self.first) - self.first
        return f"{self._source_or_name(root)}[t{f'{later:+}'.replace('-', '−') if later else ''}]"

    def _origin(self, root: Node, origin: int) -> int:
        """What is called iteration 0 of some memory: as it is first met, of an adjoint as of what it belongs to."""
        of = root.adjoint_of
        while of in self.program.home:
            of = self.program.home[of][0]
        known = self.origins.get(of, origin) if of else origin
        return self.origins.setdefault(root, known)

    def _source_or_name(self, node: Node) -> str:
        return LETTERS[node.kind][0].upper() if node.kind in LETTERS else self._name(node)

    def _text(self, s: Statement) -> Term:
        if s.kind == "product":
            x, y = s.operands
            return f"{self._matrix(y, False, s.sums_batch)} @ {self._matrix(x, True, False)}", PRODUCT
        terms = [self._operand(x) for x in s.operands]
        if s.kind == "map":
            assert s.op is not None
            return s.op.write("unicode", terms)
        text = " * ".join(text if tightness > PRODUCT or len(terms) == 1 else f"({text})" for text, tightness in terms)
        if s.kind == "reduce":
            assert s.op is not None
            return f"{s.op.name} over {s.node.width} of ({text})", SUM
        return f"Σ{str(s.node.width).translate(LOW) if s.node.width > 1 else ''}({text})", ATOM

    def _shape(self, s: Statement) -> tuple[int, ...]:
        """A result's shape; that of an operand if it is one row to the machine."""
        if len(s.out.shape) > 1:
            return s.out.shape
        shapes = [self.shapes.get(x.node, ()) for x in s.arrays]
        return max((shape for shape in shapes if math.prod(shape) == s.node.n), key=len, default=s.out.shape)

    def _result(self, s: Statement) -> str:
        out = s.out
        batched = s.node.batched
        if out.node.moves:
            return f"{self._moving(out)}{self._size(self.shapes[s.node], batched)}"
        place = self._place(s.node)
        if place:
            return f"{place}{self._size(out.shape, batched)}"
        return f"{self._name(s.node)}{self._size(self.shapes[s.node], batched)}"

    def _operand(self, x: Operand) -> Term:
        """An operand of a map: axes that it is repeated along are left out."""
        if isinstance(x, float):
            return figure(x)[0], ATOM if x >= 0 else SUM
        if x.node in self.inlined:
            return self.inlined[x.node]
        if x.node.moves:
            return self._moving(x), ATOM
        if isinstance(x, Gather):
            return f"{self._name(x.node)}[…]", ATOM
        shape = [n if stride or n == 1 else 1 for n, stride in zip(x.shape, x.strides, strict=True)]
        if x.node.kind not in LETTERS:
            whole = math.prod(shape) == x.node.n
            size = "" if whole and shape[-1:] != [1] else self._size(shape, x.node.batched)
            return f"{self._name(x.node)}{size}", ATOM
        return f"{self._source(x.node, x)}{self._size(shape, x.node.batched)}", ATOM

    def _matrix(self, x: Operand, swapped: bool, over: bool) -> str:
        """An operand of a product, [rows, width] or swapped; ᵀ if its own rows are the other axis."""
        assert not isinstance(x, float)
        if x.node.moves and x.node not in self.inlined:
            return self._moving(x)
        if isinstance(x, Gather):
            return f"{self._name(x.node)}[…]"
        (n, m), (a, b) = x.shape, x.strides
        own = (m, n) if swapped else (n, m)
        turned = (a < b) == swapped and a != b and min(n, m) > 1
        name = self._source(x.node, x) if x.node.kind in LETTERS else self._name(x.node)
        if x.node in self.inlined:
            text, tightness = self.inlined[x.node]
            name = text if tightness > PRODUCT else f"({text})"
        return f"{name}{'ᵀ' * turned}[{','.join([*'B' * x.node.batched, *map(str, own)])}]"

    def _source(self, node: Node, x: View) -> str:
        """The name of a view of a source: W1, b1, or what the user called its scalar."""
        names = self.sources.get(node.kind, ())
        axes = sorted(((s, n) for n, s in zip(x.shape, x.strides, strict=True) if s and n > 1), reverse=True)
        if not axes and x.offset < len(names) and names[x.offset]:
            return str(names[x.offset])
        owner = node.kind if node.kind != "constant" else node
        key = owner, x.offset, *coalesced([n for _, n in axes], [s for s, _ in axes])
        if key not in self.names:
            letter = LETTERS[node.kind][len(axes) < 2]
            if len(axes) == 1 and math.prod(x.shape) == node.n and node.kind == "parameters":
                letter = "p"
            self.counts[letter] += 1
            self.names[key] = f"{letter}{self.counts[letter]}" if letter != "p" else letter
        return self.names[key]

    def _name(self, node: Node) -> str:
        """The name of a result: Z1, Z2, …; of its adjoint ∂Z1."""
        if node in self.names:
            return self.names[node]
        if node.kind in ("carry", "alias") and node in self.program.home:
            return self._name(self.program.home[node][0])
        if node.kind == "samples":
            return "B"
        if node.constants is not None and node.n == 1:
            return figure(float(node.constants[0]))[0]
        if node.adjoint_of is not None and node.kind == "join":
            parts = sorted(zip(node.places, node.parents, strict=True), key=lambda part: int(part[0][0]))
            name = "(" + ", ".join(self._place(part) or self._name(part) for _, part in parts) + ")"
        elif node.adjoint_of is not None and node.adjoint_of.kind not in LETTERS:
            name = f"∂{self._name(node.adjoint_of)}"
        else:
            letter = "z" if node.n == 1 else "Z"
            self.counts[letter] += 1
            name = f"{letter}{self.counts[letter]}"
        self.names[node] = name
        return name

    def _place(self, node: Node) -> str:
        """Of a part of a source's adjoint, calculated in its place there: ∂ and the part's name."""
        out = self.written.get(node)
        if not isinstance(out, View) or node in self.names:
            return ""
        if node in self.program.home:
            join, start = self.program.home[node]
            out = View(join, start + out.offset, out.shape, out.strides)
        of = out.node.adjoint_of
        return f"∂{self._source(of, out)}" if out.node.kind == "join" and of is not None and of.kind in LETTERS else ""

    def _size(self, shape: Sequence[int], batched: bool) -> str:
        """Axes in brackets, the last in memory first; samples before all."""
        axes = list(reversed(shape))
        while len(axes) > 1 and axes[0] == 1 and not batched:
            axes.pop(0)
        shown = [*"B" * batched, *map(str, axes if axes != [1] else [])]
        return f"[{','.join(shown)}]" if shown else ""

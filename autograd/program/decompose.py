"""Down to what every machine has: composed rows in their own words, and nothing that is not needed.

softplus becomes max(x, 0) + log1p(exp(−|x|)); its gradient was taken before, by its own row. Of a
row on vectors, the words see a list of one entry that stands for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from autograd.core.op import OPS, Op, rebind
from autograd.ops import mul
from autograd.program.ir import Arg, Form, Node, Operand, Term


def expanded(form: Form, roots: Sequence[Operand]) -> tuple[Form, list[Operand]]:
    """The form of what the roots need, in operations that are not composed."""
    nodes = reachable(roots)
    alive = {id(node) for node in nodes}
    uses = Counter(id(source) for node in nodes for source in node.sources)
    uses.update(id(root.node) for root in roots if isinstance(root, Arg))
    found = _Expansion(form.batched, uses)
    for node in form.nodes:
        if id(node) in alive:
            found.add(node)
    return found.form, [found.moved(root) for root in roots]


def reachable(roots: Sequence[Operand]) -> list[Node]:
    """All nodes that the roots need."""
    stack = [root.node for root in roots if isinstance(root, Arg)]
    seen = {id(node): node for node in stack}
    while stack:
        for node in stack.pop().sources:
            if id(node) not in seen:
                seen[id(node)] = node
                stack.append(node)
    return list(seen.values())


class _Primitive(Form):
    """A form in which a composed row is its words."""

    def map(self, op: Op, args: Sequence[Operand], n: int) -> Operand:
        if not op.is_composed or not any(isinstance(x, Arg) for x in args):
            return super().map(op, args, n)
        made = op.value(*(Term(self, x, n) if isinstance(x, Arg) else x for x in args))
        return made.arg if isinstance(made, Term) else float(made)


class _Expansion:
    """Nodes made anew, operands first."""

    def __init__(self, batched: bool, uses: Counter[int]) -> None:
        self.form, self.uses = _Primitive(batched), uses
        self.new: dict[int, Operand] = {}

    def moved(self, x: Operand) -> Operand:
        """An operand in terms of the new nodes."""
        if not isinstance(x, Arg):
            return x
        new = self.new[id(x.node)]
        return new.at(x.index) if isinstance(new, Arg) else new

    def array(self, x: Operand) -> Arg:
        moved = self.moved(x)
        return moved if isinstance(moved, Arg) else Arg(self.form.source("constant", 1, data=[moved]), 0)

    def add(self, node: Node) -> None:
        form, op = self.form, node.op
        args = [self.moved(x) for x in node.args]
        if op is not None and node.kind == "map":
            made = form.map(op, args, node.n)
        elif op is not None and node.kind == "vector":
            made = self._vector(op, [self.array(x) for x in node.args], node.n, node.width)
        elif node.kind == "fold":
            args = [self.moved(x) for x in self._factors(node)]
            made = form.fold(args, node.n, node.width, node.over)
        elif node.kind == "join":
            made = form.join([self.array(x) for x in node.args], node.data, node.n)
        elif node.kind == "samples":
            made = form.samples
        else:
            made = Arg(form.source(node.kind, node.n, node.batched, node.data))
        if isinstance(made, Arg) and made.index is None and node.of is not None:
            of = self.new.get(id(node.of))
            made.node.of = made.node.of or (of.node if isinstance(of, Arg) else None)
        self.new[id(node)] = made

    def _factors(self, fold: Node) -> Sequence[Operand]:
        """The sum of products that nobody else needs is a fold of two factors."""
        (x, *others) = fold.args
        if others or not isinstance(x, Arg) or x.node.op is not mul or self.uses[id(x.node)] > 1 or x.is_single:
            return fold.args
        return [y.at(x.index) if isinstance(y, Arg) else y for y in x.node.args]

    def _unterm(self, x: Any) -> Operand:
        return x.arg if isinstance(x, Term) else float(x)

    def _vector(self, op: Op, columns: Sequence[Arg], n: int, width: int) -> Operand:
        form, size = self.form, n * width
        flat = [Term(form, Arg(x.node, x.index.ravel()) if hasattr(x.index, "ravel") else x, size) for x in columns]

        def total(entries: Any) -> Term:
            (entry,) = entries
            return Term(form, _arg(form.fold([_wide(entry, n, width)], n, width)), n)

        def reduce(by: Op, entries: Any) -> Term:
            (entry,) = entries
            return Term(form, form.reduce(by, _wide(entry, n, width), n, width), n)

        words: dict[str, Callable[..., Any]] = {**OPS, "total": total, "reduce": reduce}
        return self._unterm(rebind(op.value, words)(*([entry] for entry in flat)))


def _wide(x: Term, n: int, width: int) -> Arg:
    """The scalars of a term as rows of a width."""
    arg = x.arg
    return arg if isinstance(arg.index, int) else Arg(arg.node, arg.flat(n * width).reshape(n, width))


def _arg(x: Operand) -> Arg:
    assert isinstance(x, Arg)
    return x

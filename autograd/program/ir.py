"""The intermediate form: a node is n scalars of one kind, an operand is an index array.

    map      z[i] = f(x[p[i]], y[q[i]])                  a row of the table
    fold     z[i] = Σₖ x[p[i, k]] · y[q[i, k]]           one factor or two; of a program's samples too
    vector   z[i] = f(x[p[i, 0]], x[p[i, 1]], …)         a row on vectors
    reduce   z[i] = x[p[i, 0]] ∘ x[p[i, 1]] ∘ …          a row over the width
    join     z[p] = x, z[q] = y                          parts put side by side

Beside them stand the sources: parameters, leaves, inputs, constants, and the number of samples. As
an operation of the table runs on whatever it is given, its words run on these nodes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autograd.core.op import Op
from autograd.core.tracer import Tracer
from autograd.ops import add, mul

Index: TypeAlias = Any  # None: each in its place; an int: that one for all; or an array of places


@dataclass(eq=False, slots=True, repr=False)
class Node:
    """n scalars of one kind; batched, as many for each sample."""

    kind: str
    n: int
    op: Op | None = None
    args: tuple[Arg | float, ...] = ()
    batched: bool = False
    over: bool = False  # a fold that adds up the samples as well
    width: int = 1  # K, of a fold or vector
    data: Any = None  # constants, or the places of a join's parts
    of: Node | None = None  # whose adjoint, or part of one, this is

    @property
    def sources(self) -> list[Node]:
        return [arg.node for arg in self.args if isinstance(arg, Arg)]


class Arg(NamedTuple):
    """Scalars of a node, chosen by an index."""

    node: Node
    index: Index = None

    def at(self, places: Index) -> Arg:
        """Of these scalars those at some places."""
        if self.index is None:
            return Arg(self.node, places)
        if places is None or isinstance(self.index, int):
            return self
        found = self.index[places]
        return Arg(self.node, int(found) if np.ndim(found) == 0 else found)

    @property
    def is_single(self) -> bool:
        """Whether all of these are one scalar."""
        return isinstance(self.index, int) or (self.index is None and self.node.n == 1)

    def flat(self, n: int) -> Any:
        """The index as an array of n places."""
        if self.index is None:
            return np.arange(n)
        return np.full(n, self.index) if isinstance(self.index, int) else self.index


Operand: TypeAlias = "Arg | float"


class Term(Tracer):
    """n scalars that the table's words can calculate with."""

    __slots__ = ("arg", "form", "n")

    def __init__(self, form: Form, arg: Arg, n: int) -> None:
        self.form, self.arg, self.n = form, arg, n

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        n = max(x.n for x in operands if isinstance(x, Term))
        made = self.form.map(op, [x.widened(n) if isinstance(x, Term) else float(x) for x in operands], n)
        return Term(self.form, made, n) if isinstance(made, Arg) else made

    def widened(self, n: int) -> Arg:
        """Each scalar repeated, so that there are n."""
        return self.arg if n == self.n else self.arg.at(np.repeat(np.arange(self.n), n // self.n))


@dataclass(eq=False)
class Form:
    """Nodes as they are made, operands first; equal ones are made once."""

    batched: bool = False
    nodes: list[Node] = field(default_factory=list)
    known: dict[Any, Node] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)  # index arrays, so that their ids stay theirs
    indices: dict[Any, Any] = field(default_factory=dict)

    def source(self, kind: str, n: int, batched: bool = False, data: Any = None) -> Node:
        """A node that is given: parameters, leaves, inputs, constants or the number of samples."""
        self.nodes.append(node := Node(kind, n, batched=batched and self.batched, data=data))
        return node

    def constant(self, data: Any) -> Arg | float:
        """Numbers that are known: one if they are all the same."""
        data = np.asarray(data, dtype=float)
        if data.size and (data == data.flat[0]).all() and (data[0] or len({*np.signbit(data)}) == 1):
            return float(data.flat[0])
        return Arg(self.source("constant", len(data), data=data))

    @property
    def samples(self) -> Arg | float:
        """How many samples there are."""
        if not self.batched:
            return 1.0
        if "samples" not in self.known:
            self.known["samples"] = self.source("samples", 1)
        return Arg(self.known["samples"], 0)

    def map(self, op: Op, args: Sequence[Operand], n: int) -> Arg | float:
        """op, entry by entry; what the table's laws say without it is not calculated.

        If all operands are single scalars, so is the result.
        """
        if not all(x.__class__ is Arg for x in args):  # a law is about a number
            folded = op.fold(args)
            if folded is not None:
                return folded if isinstance(folded, Arg) else float(folded)
        if n > 1 and all(x.is_single for x in args if isinstance(x, Arg)):
            single = self.map(op, args, 1)
            return single.at(0) if isinstance(single, Arg) else single
        return Arg(self._node("map", n, op, args))

    def vector(self, op: Op, args: Sequence[Arg], n: int, width: int) -> Arg:
        """A row on vectors of the same width."""
        return Arg(self._node("vector", n, op, args, width=width))

    def fold(self, factors: Sequence[Operand], n: int, width: int, over: bool = False) -> Arg | float:
        """Σ over the width (and, if asked, over the samples) of a product of at most two factors."""
        over = over and self.batched
        singles = [x for x in factors if not isinstance(x, Arg) or (x.is_single and not (over and x.node.batched))]
        args = [x for x in factors if isinstance(x, Arg) and not any(x is y for y in singles)]
        if over and not any(x.node.batched for x in args):
            return self.map(mul, (self.samples, self.fold(factors, n, width)), n)
        made: Operand = float(width)
        if args and (width > 1 or over):
            made = Arg(self._node("fold", n, None, args, over=over, width=width))
        elif args:
            args = [Arg(x.node, x.index if x.is_single or x.index is None else x.index.ravel()) for x in args]
            made = args[0] if len(args) == 1 else self.map(mul, args, n)
        for x in singles:
            made = self.map(mul, (x, made), n)
        return made

    def copy(self, x: Arg, n: int) -> Arg:
        """The same n scalars as a node of their own."""
        return Arg(self._node("fold", n, None, (x.at(np.arange(n)[:, None]),)))

    def reduce(self, op: Op, x: Arg, n: int, width: int) -> Arg:
        """x₀ ∘ x₁ ∘ … over the width, for an operation that is associative."""
        return Arg(self._node("reduce", n, op, (x,), width=width))

    def join(self, parts: Sequence[Arg], places: Sequence[Any], n: int) -> Arg:
        """Parts put at their places, 0 elsewhere."""
        node = Node("join", n, args=tuple(parts), data=tuple(places))
        node.batched = any(part.node.batched for part in parts)
        self.nodes.append(node)
        return Arg(node)

    def add(self, terms: Sequence[Operand], n: int) -> Operand:
        """The sum of some terms of n scalars each."""
        total: Operand = 0.0
        for term in terms:
            total = self.map(add, (total, term), n)
        return total

    def _node(
        self, kind: str, n: int, op: Op | None, args: Sequence[Operand], over: bool = False, width: int = 1
    ) -> Node:
        key = (kind, n, op and op.name, over, width, *map(self._key, args))
        node = self.known.get(key)
        if node is None:
            batched = not over and any(x.node.batched for x in args if isinstance(x, Arg))
            node = self.known[key] = Node(kind, n, op, tuple(args), batched, over, width)
            self.nodes.append(node)
        return node

    def _key(self, arg: Operand) -> Any:
        if not isinstance(arg, Arg):
            return arg or repr(arg)
        if arg.index is None or isinstance(arg.index, int):
            return id(arg.node), arg.index
        found = self.indices.setdefault((arg.index.shape, arg.index.tobytes()), arg.index)
        return id(arg.node), id(found)

"""Array statements as loop nests in C. Neighbouring maps share one, so that relu(w · x + b) is written:

    for (long i0 = 0; i0 < 2; i0++) { double t0 = (u[0] * u[8 + i0]); double t1 = (t0 + u[1]); … }

The program's scalars lie in an array `u`, those of a block of samples in `b`, its samples side by side.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograd.program.backends.c_expressions import expression, number
from autograd.program.backends.c_scalars import Scalars, is_small
from autograd.program.ir import IntArray, Node
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Access, Gather, Operand, View, contiguous, is_batched, reshaped

LANES = 128  # samples in a block
FUSED = 32  # maps in a loop
WORTH = 8  # iterations for which a matrix is copied
EACH_LANE = "for (long l = 0; l < m; l++) "


class Loops:
    """Writes statements, and remembers the index tables that they need.

    Args:
        program: all statements.
        base: where each node begins in its memory.
    """

    def __init__(self, program: Vectorized, base: dict[Node, int]) -> None:
        self.base = base
        self.tables: list[str] = []
        self.turned: dict[int, str] = {}  # calls of kernels with a matrix that was copied before the loop
        self.program, self.fences = program, program.fences
        read = [x.node for s in program.statements for x in s.arrays]
        read += [x.node for x in program.results if not isinstance(x, float)]
        self.reads = Counter(owner for node in read for owner in program.memories(node))
        self.reads.update(s.out.node for s in program.statements if s.out.node in program.home)

    @functools.cached_property
    def scalars(self) -> Scalars:
        """What writes small loops."""
        return Scalars(self.program, self.base)

    def write(self, statements: Sequence[Statement | Loop], lanes: bool) -> Iterator[str]:
        """Loop nests; neighbouring maps of one size share theirs."""
        group: list[Statement] = []
        for s in statements:
            if group and (isinstance(s, Loop) or not self._fuses(group, s)):
                yield from self._maps(group, lanes)
                group = []
            if isinstance(s, Loop):
                if is_small(s):
                    yield self.scalars.write(s)
                    continue
                yield from self._turn(s)
                body = " ".join(self.write(s.statements, lanes))
                yield f"for (long step = 0; step < {s.count}; step++) {{ {body} }}"
            elif s.kind == "map":
                group.append(s)
            else:
                yield from getattr(self, f"_{s.kind}")(s)
        if group:
            yield from self._maps(group, lanes)

    def cleared(self, s: Statement) -> Iterator[str]:
        """Zeros, to which each block adds."""
        yield from _nest(s.out.shape, lambda at: f"u[{self._place(s.out, at)}] = 0;")

    def _maps(self, group: Sequence[Statement], lanes: bool) -> Iterator[str]:
        shape = _common_shape(group)
        assert shape is not None

        def body(at: Sequence[str]) -> str:
            lines: list[str] = []
            names: dict[Node, str] = {}
            outs: dict[Node, Access] = {}
            same: dict[str, str] = {}  # names of what is the same for all samples, so that no choice of one reads it

            def value(x: Operand) -> str:
                text = self._value(x if isinstance(x, float) else x.reshaped(shape), at, lanes)
                is_same = lanes and not isinstance(x, float) and not x.node.batched
                return same.setdefault(text, f"s{len(same)}") if is_same else text

            for i, s in enumerate(group):
                assert s.op is not None
                operands = [
                    names[x.node]
                    if isinstance(x, View) and x.node in names and _same_places(x, outs[x.node])
                    else value(x)
                    for x in s.operands
                ]
                lines.append(f"double t{i} = {expression(s.op, operands)};")
                if self._is_read_outside(s, group):
                    lines.append(f"{self._scalar(s.out.reshaped(shape), at, lanes)} = t{i};")
                names[s.out.node], outs[s.out.node] = f"t{i}", s.out
            before = "".join(f"const double {name} = {text}; " for text, name in same.items())
            return f"{before}{EACH_LANE if lanes else ''}{{ {' '.join(lines)} }}"

        yield from _nest(shape, body)

    def _fuses(self, group: Sequence[Statement], s: Statement) -> bool:
        """Whether a map can share a loop; not if it reads under another name what the loop writes."""
        outs = {t.out.node for t in group}
        written = {self.program.memory(node) for node in outs}
        others = [x.node for x in s.arrays if x.node not in outs]
        apart = all(node.moves or self.program.memory(node) not in written for node in others)
        return apart and self.fences.isdisjoint(others) and _fuses(group, s)

    def _is_read_outside(self, s: Statement, group: Sequence[Statement]) -> bool:
        """Whether what a map calculates is read outside of its loop."""
        return self.reads[s.out.node] > sum(x.node is s.out.node for t in group for x in t.arrays)

    def _copy(self, s: Statement) -> Iterator[str]:
        (x,) = s.operands
        lanes = EACH_LANE if s.batched else ""
        yield from _nest(
            s.out.shape,
            lambda at: f"{self._scalar(s.out, at, s.batched)} = {self._value(x, at, s.batched)};",
            lanes,
        )

    def _total(self, s: Statement) -> Iterator[str]:
        """Σ over the last axes, and over a block's samples if asked."""
        first, lanes = s.arrays[0], s.batched or s.sums_batch
        kept, rest, names, loops = _reduced_axes(s, first)

        def body(at: Sequence[str]) -> str:
            text = " * ".join(self._value(x, [*at, *names], lanes) for x in s.operands)
            out = self._scalar(s.out, at, s.batched)
            if s.batched:  # lane by lane
                return f"{EACH_LANE}{out} = 0; {loops}{EACH_LANE}{out} += {text};"
            if s.sums_batch:
                wide = text.replace("+ l]", "+ l + w]")
                many = f"for (l = 0; l + 8 <= m; l += 8) for (int w = 0; w < 8; w++) sum[w] += {wide};"
                return (
                    f"{{ double sum[8] = {{0}}; long l; {loops}{{ {many} for (; l < m; l++) sum[0] += {text}; }} "
                    f"for (int w = 0; w < 8; w++) {out} += sum[w]; }}"
                )
            if len(rest) == 1 and len(s.operands) == 1 and isinstance(first, View) and first.strides[-1] == 1:
                return f"{out} = sum_of({rest[0]}, u + {self._place(first, [*at, '0'])});"
            return f"{{ double sum = 0; {loops}sum += {text}; {out} = sum; }}"

        yield from _nest(kept, body)

    _inner = _total

    def _reduce(self, s: Statement) -> Iterator[str]:
        (x,), op = s.arrays, s.op
        assert op is not None
        kept, rest, names, loops = _reduced_axes(s, x)
        lanes = EACH_LANE if s.batched else ""

        def body(at: Sequence[str]) -> str:
            out = self._scalar(s.out, at, s.batched)
            first = self._value(x, [*at, *("0" for _ in rest)], s.batched)
            step = expression(op, [out, self._value(x, [*at, *names], s.batched)])
            return f"{lanes}{out} = {first}; {loops}{lanes}{out} = {step};"

        yield from _nest(kept, body)

    def _product(self, s: Statement) -> Iterator[str]:
        """A matrix product by a kernel, where rows or columns lie side by side; else by plain loops."""
        x, y = s.arrays
        call = self.turned.get(id(s)) or self._kernel(s, x, y)
        if call:
            yield call
            return
        (n, width), m = x.shape, y.shape[0]
        wide = tuple(Gather(f.node, _in_grid(f, (n, m, width), axis)) for f, axis in ((x, 1), (y, 0)))
        yield from self._total(Statement("inner", s.node, s.out, wide, None, s.sums_batch, 1, s.batched))

    def _kernel(self, s: Statement, x: Access, y: Access) -> str:
        """The call of a kernel for a product, or nothing; x[i, k], y[j, k], out[i, j]."""
        out = s.out
        if not (isinstance(x, View) and isinstance(y, View) and isinstance(out, View)):
            return ""
        many = is_batched(x), is_batched(y)
        (xi, xk), (yj, yk), (oi, oj) = x.strides, y.strides, out.strides
        (n, width), m = x.shape, y.shape[0]
        left, right, result = map(self._start, (x, y, out))
        L = LANES
        if not any(many):
            if xk == 1 and yk == 1 and width > min(n, m):
                return f"contract({n}, {m}, {width}, {left}, {xi}, {right}, {yj}, {result}, {oi}, {oj}, 0);"
            if yj == 1 and oj == 1:
                return f"spread({n}, {m}, {width}, {left}, {xi}, {xk}, {right}, {yk}, {result}, {oi});"
            if xi == 1 and oi == 1:
                return f"spread({m}, {n}, {width}, {right}, {yj}, {yk}, {left}, {xk}, {result}, {oj});"
        elif many == (False, True) and s.batched:
            return (
                f"for (long j = 0; j < {m}; j++) spread({n}, m, {width}, {left}, {xi}, {xk}, "
                f"{right} + j * {yj * L}, {yk * L}, {result} + j * {oj * L}, {oi * L});"
            )
        elif many == (True, False) and s.batched:
            return (
                f"for (long i = 0; i < {n}; i++) spread({m}, m, {width}, {right}, {yj}, {yk}, "
                f"{left} + i * {xi * L}, {xk * L}, {result} + i * {oi * L}, {oj * L});"
            )
        elif s.sums_batch and all(many):
            return (
                f"for (long k = 0; k < {width}; k++) contract({n}, {m}, m, {left} + k * {xk * L}, {xi * L}, "
                f"{right} + k * {yk * L}, {yj * L}, {result}, {oi}, {oj}, 1);"
            )
        return ""

    def _turn(self, loop: Loop) -> Iterator[str]:
        """Copy matrices that a loop multiplies by a vector, so that the columns for `spread` lie side by side."""
        written = {self.program.memory(s.out.node) for s in loop.statements}
        for s in loop.statements if loop.count >= WORTH else ():
            views = [x for x in (*s.arrays, s.out) if isinstance(x, View)]
            if s.kind != "product" or s.batched or s.sums_batch or len(views) < 3:
                continue
            x, y, out = views
            matrix, vector, step = (y, x, out.strides[1]) if x.shape[0] == 1 else (x, y, out.strides[0])
            (n, width), along = matrix.shape, matrix.strides[0]
            is_still = not matrix.node.moves and self.program.memory(matrix.node) not in written
            if vector.shape[0] == step == 1 and along != 1 and is_still and n > 1:
                table = f"turned{len(self.turned)}"
                self.tables.append(f"static double {table}[{n * width}];")
                (start, end), k = map(self._start, (vector, out)), vector.strides[1]
                self.turned[id(s)] = f"spread(1, {n}, {width}, {start}, 0, {k}, {table}, {n}, {end}, {n});"
                yield from self._copied(matrix, table)

    def _copied(self, x: View, table: str) -> Iterator[str]:
        """A matrix in a table, column by column."""
        rows = x.shape[0]
        yield from _nest(x.shape, lambda at: f"{table}[{at[1]} * {rows} + {at[0]}] = u[{self._place(x, at)}];")

    def _start(self, x: View) -> str:
        """Where a view begins."""
        start, moves = self.base[x.node] + x.offset, x.node.moves
        along = f" + step * {moves * LANES if is_batched(x) else moves}" if moves else ""
        return f"b + {start * LANES}{along}" if is_batched(x) else f"u + {start}{along}"

    def _place(self, x: Access, at: Sequence[str]) -> str:
        """The place in its memory of the scalar at these indices."""
        base, along = self.base[x.node], [f"step * {x.node.moves}"] if x.node.moves else []
        if isinstance(x, View):
            terms = [f"{i} * {stride}" for i, stride in zip(at, x.strides, strict=True) if stride and i != "0"]
            return " + ".join([str(base + x.offset), *along, *terms])
        flat = " + ".join(f"{i} * {stride}" for i, stride in zip(at, contiguous(x.shape), strict=True))
        return " + ".join([f"{self._table(x.places + base)}[{flat or 0}]", *along])

    def _table(self, places: IntArray) -> str:
        name = f"index{len(self.tables)}"
        self.tables.append(f"static const int {name}[] = {{{', '.join(map(str, places.ravel().tolist()))}}};")
        return name

    def _value(self, x: Operand, at: Sequence[str], lanes: bool) -> str:
        return number(x) if isinstance(x, float) else self._scalar(x, at, lanes)

    def _scalar(self, x: Access, at: Sequence[str], lanes: bool) -> str:
        place = self._place(x, at)
        return f"b[({place}) * {LANES} + l]" if x.node.batched else f"u[{place}]"


def _nest(shape: Sequence[int], body: Callable[[list[str]], str], inner: str = "") -> Iterator[str]:
    """Loops over a shape; an axis of length 1 needs none."""
    names = [f"i{i}" if n != 1 else "0" for i, n in enumerate(shape)]
    loops = "".join(f"for (long {i} = 0; {i} < {n}; {i}++) " for i, n in zip(names, shape, strict=True) if n != 1)
    yield f"{loops}{inner}{{ {body(names)} }}"


def _reduced_axes(s: Statement, x: Access) -> tuple[tuple[int, ...], tuple[int, ...], list[str], str]:
    """The axes that stay, those that are summed, and these axes' indices and loops."""
    kept, rest = x.shape[: len(x.shape) - s.reduced], x.shape[len(x.shape) - s.reduced :]
    names = [f"j{i}" for i in range(len(rest))]
    loops = "".join(f"for (long {j} = 0; {j} < {n}; {j}++) " for j, n in zip(names, rest, strict=True))
    return kept, rest, names, loops


def _fuses(group: Sequence[Statement], s: Statement) -> bool:
    """Whether a map can share a loop: of one size, and what it reads of the others is at its own place."""
    if s.kind != "map" or len(group) == FUSED or math.prod(s.out.shape) != math.prod(group[0].out.shape):
        return False
    outs = {t.out.node: t.out for t in group}
    return _common_shape([*group, s]) is not None and all(
        isinstance(x, View) and _same_places(x, outs[x.node]) for x in s.arrays if x.node in outs
    )


def _common_shape(group: Sequence[Statement]) -> tuple[int, ...] | None:
    """A shape in which all of some maps can be written."""
    shape = max((s.out.shape for s in group), key=len)
    views = [x for s in group for x in (s.out, *s.operands) if isinstance(x, View)]
    return shape if all(reshaped(x.shape, x.strides, shape) is not None for x in views) else None


def _same_places(x: View, out: Access) -> bool:
    """Whether a map reads what another wrote, each in its place."""
    return isinstance(out, View) and x.offset == out.offset and reshaped(x.shape, x.strides, out.shape) == out.strides


def _in_grid(x: Access, grid: tuple[int, int, int], missing: int) -> IntArray:
    """A matrix's places, repeated along the axis of a product's grid that it does not have."""
    return np.broadcast_to(np.expand_dims(x.places, missing), grid)

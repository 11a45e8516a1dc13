"""Value's operators in C, written from the same text as those in Python.

That of `mul` becomes

    results[0] = z = times(x, y, &fine);
    if (live & 1) results[1] = y;
    if (live & 2) results[2] = x;

A number keeps its kind, as a float and an int differ in Python. Where Python raises, or a number is neither a float
nor small, a row says that it has no results, and the function in Python is called instead. Rows of vectors, of three
operands, and with functions that are not C's own stay in Python.
"""

from __future__ import annotations

import ast
import copyreg
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

from autograd.core import node, tracer
from autograd.core.closed import CLOSED
from autograd.core.fast_ops import CALLS, formula, slopes
from autograd.core.op import FLOATS, OPS, Op
from autograd.core.value import Value
from autograd.errors import ChalkgradError

_OPERATORS = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "over", ast.Pow: "power"}
_COMPARISONS = {ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}


class Untold(Exception):
    """An expression for which there is no C here."""


def written(text: str) -> str:
    """An expression of fast_ops in C.

    >>> written("(x * 2.0)")
    'times(x, (Number){2.0, FLOAT}, &fine)'
    """
    return _number(ast.parse(text, mode="eval").body)


def _number(e: ast.expr) -> str:
    match e:
        case ast.Name("closed"):
            return "(Number){0, CLOSED}"
        case ast.Name(name):
            return name
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            return f"(Number){{{float(value)!r}, {'WHOLE' if isinstance(value, int) else 'FLOAT'}}}"
        case ast.BinOp(left, sign, right):
            return f"{_OPERATORS[type(sign)]}({_number(left)}, {_number(right)}, &fine)"
        case ast.UnaryOp(ast.USub(), x):
            return f"negative({_number(x)})"
        case ast.UnaryOp(ast.UAdd(), ast.Compare() as x):
            return f"(Number){{{_test(x)}, WHOLE}}"
        case ast.IfExp(test, x, y):
            return f"({_test(test)} ? {_number(x)} : {_number(y)})"
        case ast.BoolOp(ast.Or(), [x, y]):
            return f"({_test(x)} ? {_number(x)} : {_number(y)})"
        case ast.Call(ast.Name(name), operands):
            return _call(name, list(map(_number, operands)))
    raise Untold(ast.dump(e))


def _call(name: str, operands: list[str]) -> str:
    """A function of C where Python's is that one: those of one operand."""
    if len(operands) == 1:
        [x] = operands
        if FLOATS[name] is operator.abs:
            return f"magnitude({x})"
        if FLOATS[name] is getattr(math, name, None):
            return f"called({name}({x}.v), &fine)"
    elif len(operands) == 2 and name in OPS and OPS[name].infix:  # that is called by name: its words see more than C's
        return f"power({', '.join(operands)}, &fine)"
    raise Untold(name)


def _test(e: ast.expr) -> str:
    match e:
        case ast.Compare(left, [comparison], [right]):
            return f"({_number(left)}.v {_COMPARISONS[type(comparison)]} {_number(right)}.v)"
        case ast.BoolOp(either, parts):
            return f"({(' || ' if isinstance(either, ast.Or) else ' && ').join(map(_test, parts))})"
    return f"({_number(e)}.v != 0)"


def _row(op: Op) -> Iterator[str]:
    """The function of a row, on one or two operands; of which the bits of `live` are Values."""
    yield f"int row_{op.name}(const Number *operands, Number *results, int live) {{"
    yield "    int fine = 1;"
    for i, x in enumerate(op.operands):
        yield f"    const Number {x} = operands[{i}];"
    yield f"    const Number z = results[0] = {written(formula(op))};"
    for i, slope in enumerate(slopes(op)):
        if slope != "None":
            slot = f"results[{i + 1}]"
            yield f"    if (live & {1 << i}) {slot} = {written(slope)};"
            if len(op.operands) == 2:  # a slope of 0 beside a constant may be settled
                yield f"    if (live == {1 << i} && {slot}.kind != CLOSED && {slot}.v == 0) return 0;"
    yield "    return fine;"
    yield "}"


def rows() -> dict[str, str]:
    """The rows that there are in C, by their names, and their functions."""
    functions = {}
    for op in OPS.values():
        if not op.variadic and (len(op.operands) == 1 or (op.infix and len(op.operands) == 2)):
            try:
                functions[op.name] = "\n".join(_row(op))
            except Untold:
                continue
    return functions


def source(rows: dict[str, str]) -> str:
    """The text of a library of rows. Functions have no side effects: what stands there twice is called once."""
    names = [name for name in FLOATS if FLOATS[name] is getattr(math, name, None)]
    pure = "".join(f"extern double {name}(double) __attribute__((const));\n" for name in names if name in rows)
    return pure + "\n".join(rows.values()) + "\n"


def quicker(methods: dict[str, Callable[..., Value]]) -> dict[str, Callable[..., Value]]:
    """Value's methods, with the rows in C where there are any."""
    if node.native is None:
        return methods
    import ctypes

    node.native.adopt(Value, CLOSED)
    try:
        in_c = rows()
        library = _loaded(source(in_c))
    except (ChalkgradError, OSError) as error:
        node.told(error)
        return methods
    copyreg.pickle(node.native.Method, operator.attrgetter("__qualname__"))
    quick: dict[str, Any] = dict(methods)
    for op in (OPS[name] for name in in_c):
        row = ctypes.cast(library[f"row_{op.name}"], ctypes.c_void_p).value
        for i, name in enumerate(tracer.methods(op)):
            own = i if len(op.operands) == 2 else 0
            quick[name] = node.native.method(row, len(op.operands), own, op.name, methods[name])
        if op.name in CALLS:
            CALLS[op.name] = quick[op.name]
    return quick


def _loaded(text: str) -> Any:
    import ctypes

    from autograd.c_compiler import workplace

    library = node.compiled(text)
    with workplace() as folder:
        (folder / "rows.so").write_bytes(library)
        return ctypes.CDLL(str(folder / "rows.so"))

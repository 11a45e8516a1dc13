"""A safe parser of formulas such as `u = b*c; J = 3*(a + u)`: a whitelist over Python's syntax tree, never `eval`."""

from __future__ import annotations

import ast
import keyword
import math
import re
import unicodedata
import warnings
from collections.abc import Callable
from difflib import get_close_matches
from fractions import Fraction
from functools import partial
from itertools import chain, count
from threading import Lock
from typing import NoReturn

from autograd.core.op import OPS
from autograd.core.value import Number, Operand, Value, number
from autograd.errors import DomainError, OperandError, ParseError, RangeError, ShapeError, branched, located
from autograd.ops import gelu

LONGEST = 20_000  # characters
DEEPEST = 200  # levels of nesting

FUNCTIONS: dict[str, Callable[..., Operand]] = {
    name: op for op in OPS.values() if not op.infix for name in (op.name, *op.aliases)
}
FUNCTIONS["gelu"] = gelu
CONSTANTS = {"pi": math.pi, "π": math.pi}
_one_at_a_time = Lock()  # threads share Python's list of warnings, and in 3.11 the depth of the trees that it makes

_OPERATORS: dict[type[ast.AST], Callable[..., Operand]] = {
    ast.Add: OPS["add"], ast.Sub: OPS["sub"], ast.Mult: OPS["mul"], ast.Div: OPS["div"], ast.Pow: OPS["pow"],
    ast.USub: OPS["neg"], ast.UAdd: lambda x: x,
    ast.Gt: OPS["gt"], ast.Lt: lambda x, y: OPS["gt"](y, x),
}  # fmt: skip


def parse(text: str, **values: Number | Value) -> dict[str, Value]:
    """Build the graph of assignments such as `"u = b*c; J = 3*(a + u)"`.

    Args:
        text: assignments separated by `;` or new lines. Numbers, names (letters of any script, digits,
            `_`), `+ - * / **`, parentheses, comparisons by `>` and `<`, `pi`, and every function of
            the table; vectors as `dot([w1, w2], [x1, x2])`. Without a name, a line's result is `f`.
        values: a number or Value for each name that the text does not define.

    Returns:
        Every name with its Value in order of definition: first the values given, last the result.
        Numbers are floats; if a given one is a Fraction, they stay exact.

    Raises:
        ParseError: what is wrong, the line and column, and a remedy.
        DomainError, DivisionByZero, RangeError: there is no value, as for Python's floats.

    Example:
        >>> graph = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
        >>> graph["J"].backward()
        >>> graph["J"].data, graph["b"].grad
        (33.0, 6.0)
    """
    if not isinstance(text, str):
        raise ParseError(f"The expression must be text, got {text!r}. Put it in quotes.")
    if len(text) > LONGEST:
        raise ParseError(f"The text has {len(text)} characters, more than {LONGEST}. Build the graph in Python.")
    exact = any(isinstance(getattr(x, "data", x), Fraction) for x in values.values())
    reader = _Reader(text, exact)
    for name, value in values.items():
        reader.give(name, value)
    for statement in reader.statements():
        reader.run(statement)
    if len(reader.graph) == len(values):
        raise ParseError('There is nothing to calculate. Write an assignment, as in "J = a*b".')
    return reader.graph


class _Reader:
    """The names defined so far, and the text for the messages."""

    def __init__(self, text: str, exact: bool) -> None:
        self.lines = re.split("\r\n|\r|\n", text)
        self.exact = exact
        self.graph: dict[str, Value] = {}

    def statements(self) -> list[ast.stmt]:
        source = "\n".join(line.lstrip() for line in self.lines)
        try:
            with _one_at_a_time, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's advice on odd literals is not for this text
                return ast.parse(source).body
        except SyntaxError as error:
            self.fail(f"This is not an expression: {error.msg}", (error.lineno or 1, error.offset or 1), _hint(error))
        except (RecursionError, MemoryError, ValueError, OverflowError):
            self.fail("This nests too deeply or holds a character that no expression has", (1, 1), "Split it up.")

    def fail(self, what: str, at: ast.AST | tuple[int, int], remedy: str) -> NoReturn:
        """Raise a ParseError that names line, column and the text found there."""
        if isinstance(at, ast.AST):
            line = self.lines[at.lineno - 1].lstrip()  # type: ignore[attr-defined]
            at = at.lineno, len(line.encode()[: at.col_offset].decode(errors="ignore")) + 1  # type: ignore[attr-defined]
        row, column = at
        whole = self.lines[min(row, len(self.lines)) - 1]
        excerpt = whole.lstrip()[max(column - 1, 0) :][:20].strip()
        shown = f" ({excerpt!r})" if excerpt else ""
        column += len(whole) - len(whole.lstrip())
        raise ParseError(f"{what} at line {row}, column {column}{shown}. {remedy}")

    def give(self, name: str, value: Operand) -> None:
        """Define a name from outside: a number makes a leaf, a Value is used as it is."""
        name = unicodedata.normalize("NFKC", name)  # as Python's parser does with names
        if not name.isidentifier() or keyword.iskeyword(name) or name in FUNCTIONS:
            raise ParseError(f"{name!r} cannot name a value. Take letters, digits and _, and no function's name.")
        if not isinstance(value, Value):
            value = number(value, f"The value of '{name}'")
            try:
                value = Value(value if self.exact else float(value))
            except OverflowError:
                raise RangeError(f"The value of '{name}' is too large for a float. Scale the problem down.") from None
        self.define(name, value)

    def define(self, name: str, value: Value) -> None:
        self.graph[name] = value if value.name else value.named(name)

    def run(self, statement: ast.stmt) -> None:
        """Calculate one assignment, or one expression, whose name is then `f`."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=formula):
                pass
            case ast.Expr(value=formula):
                name = next(f for f in chain(["f"], map("f_{}".format, count(1))) if f not in self.graph)
            case _:
                self.fail("This is not an assignment", statement, 'Write it as in "u = b*c".')
        if name in self.graph:
            self.fail(f"'{name}' is defined twice", statement, "Each name stands for one value: choose another.")
        if name in FUNCTIONS:
            self.fail(f"'{name}' is a function", statement, "Choose another name for the value.")
        try:
            result = self.scalar(formula, 0)
        except (DomainError, RangeError) as error:
            chooses = any(isinstance(x, ast.Name) and x.id == "where" for x in ast.walk(formula))
            raise branched(located(error, f"in '{name}'"), chooses) from None
        except RecursionError:
            self.fail("This nests too deeply", formula, "Name a part of it in a line of its own.")
        self.define(name, result if isinstance(result, Value) else Value(result))

    def value(self, node: ast.AST, depth: int) -> Operand | list[Operand]:
        """A number, a Value, or for a vector a list of them."""
        if depth > DEEPEST:
            self.fail(f"This nests deeper than {DEEPEST} levels", node, "Name a part of it in a line of its own.")
        inside = partial(self.scalar, depth=depth + 1)
        match node:
            case ast.Constant(value=int() | float() as x) if not isinstance(x, bool):
                return self.literal(x, node)
            case ast.Name(id=name):
                return self.look_up(name, node)
            case ast.UnaryOp(op=op, operand=x) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](inside(x))
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                return self.chain(node, depth + 1)
            case ast.Compare(left=x, ops=[op], comparators=[y]) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](inside(x), inside(y))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                function = self.function(name, node)
                try:
                    return function(*[self.value(x, depth + 1) for x in arguments])
                except (OperandError, ShapeError) as error:
                    self.fail(str(error).rstrip("."), node, "Compare the table of operations: chalkgrad ops.")
            case ast.List(elts=entries) | ast.Tuple(elts=entries):
                return [inside(entry) for entry in entries]
        self.fail("This has no meaning here", node, _REMEDIES.get(_kind(node), _GRAMMAR))

    def scalar(self, node: ast.AST, depth: int) -> Operand:
        """A number or a Value."""
        result = self.value(node, depth)
        if isinstance(result, list):
            self.fail("A vector is not a value", node, "Put it into a function, as in sum([a, b]).")
        return result

    def chain(self, node: ast.AST, depth: int) -> Operand:
        """Operators one after the other, as in a + b - c: however many, they are one level."""
        rest = []
        while isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            rest.append((_OPERATORS[type(node.op)], node.right))
            node = node.left
        result = self.scalar(node, depth)
        for operate, right in reversed(rest):
            result = operate(result, self.scalar(right, depth))
        return result

    def literal(self, x: float, node: ast.AST) -> Number:
        try:
            if math.isinf(x):
                raise OverflowError
            return Fraction(repr(x)) if self.exact else float(x)
        except OverflowError:
            self.fail("This number is too large for a float", node, "Scale the problem down.")

    def look_up(self, name: str, node: ast.AST) -> Operand:
        if name in self.graph:
            return self.graph[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in FUNCTIONS:
            self.fail(f"'{name}' is a function", node, f"Call it, as in {name}(x).")
        known = f"Known so far: {', '.join(self.graph)}." if self.graph else "No name has a value yet."
        self.fail(f"'{name}' has no value", node, f"Give it one, as in {name}=1. {known}")

    def function(self, name: str, node: ast.AST) -> Callable[..., Operand]:
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        close = get_close_matches(name, FUNCTIONS, 1)
        meant = f"Did you mean {close[0]}? " if close else ""
        self.fail(f"'{name}' is not a function", node, f"{meant}Choose one of {', '.join(sorted(FUNCTIONS))}.")


_GRAMMAR = "Use numbers, names, + - * / **, parentheses, > and <, and the functions of the table."
_REMEDIES = {
    "BitXor": "A power is written **, as in x**2.",
    "Product": "A product is written *, as in 3*v.",
    "IfExp": "A choice is written where(x > 0, a, b).",
    "Call": "A function is called by its plain name, its operands by position, as in tanh(x).",
    "Attribute": "A function is called by its plain name, as in tanh(x).",
    "Compare": "Use > or <; for equality, eq(x, y).",
}


def _kind(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute | ast.Name):
        return "Product"
    return type(node.op).__name__ if isinstance(node, ast.BinOp) else type(node).__name__


def _hint(error: SyntaxError) -> str:
    """A remedy for the usual slips."""
    line = error.text or ""
    if re.search(r"\d[A-Za-z_(]|\)\s*[\w(]", line):
        return "A product is written *, as in 3*v."
    if re.search(r"\blambda\b", line):
        return "'lambda' is a word of Python's; write lam or λ."
    return _GRAMMAR

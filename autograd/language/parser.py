"""A safe parser of formulas as `u = b*c; J = 3*(a + u)`, for viz too: a whitelist of Python's tree, never `eval`."""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Callable
from difflib import get_close_matches
from fractions import Fraction
from functools import partial
from itertools import chain, count
from threading import Lock
from typing import Any

from autograd.core.op import OPS
from autograd.core.value import Number, Operand, Value, number
from autograd.errors import DomainError, OperandError, ParseError, RangeError, ShapeError, branched, located, shortened
from autograd.language.names import symbol
from autograd.language.tokens import spelled
from autograd.language.typed import DEEPEST, GRAMMAR, PRODUCT, SHORTER, Typed
from autograd.ops import gelu, softmax

LONGEST = 20_000  # characters


Result = Operand | list[Operand]


def _softmax(*xs: Any) -> list[Operand]:
    """Of a vector, or of its entries."""
    return [*softmax(xs[0] if len(xs) == 1 and isinstance(xs[0], list) else xs)]


FUNCTIONS: dict[str, Callable[..., Result]] = {
    name: op for op in OPS.values() if not op.infix for name in (op.name, *op.aliases)
}
FUNCTIONS |= {"gelu": gelu, "softmax": _softmax}
_CALLS = [(op, op.written["unicode"].template, f"({', '.join(op.operands)})") for op in OPS.values()]
_SPELLINGS = {name.replace("_", ""): name for name in FUNCTIONS}  # ReLU, LeakyReLU, log₂
_SPELLINGS |= {text.removesuffix(call): op.name for op, text, call in _CALLS if text.endswith(call)}  # σ(x), log₁₀(x)
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e, "∞": math.inf}
_one_at_a_time = Lock()  # threads share Python's list of warnings, and in 3.11 the depth of the trees that it makes

_OPERATORS: dict[type[ast.AST], Callable[..., Operand]] = {
    ast.Add: OPS["add"], ast.Sub: OPS["sub"], ast.Mult: OPS["mul"], ast.Div: OPS["div"], ast.Pow: OPS["pow"],
    ast.USub: OPS["neg"], ast.UAdd: lambda x: x,
    ast.Gt: OPS["gt"], ast.Lt: lambda x, y: OPS["gt"](y, x), ast.Eq: OPS["eq"],
}  # fmt: skip
_EXPONENTIAL: Callable[[Operand], Operand] = OPS["exp"]


def parse(text: str, **values: Number | Value) -> dict[str, Value]:
    """Build the graph of assignments such as `"u = b*c; J = 3*(a + u)"`, or as a board has them, `"J = ½(y − ŷ)²"`.

    Args:
        text: assignments separated by `;` or new lines, or by commas. Numbers, names (letters of any script, digits,
            `_`), `+ - * / **`, parentheses, comparisons by `>`, `<` and `==`, `pi`, `e`, and every function of
            the table; vectors as `dot([w1, w2], [x1, x2])`, and `p, q = softmax(a, b)`. Signs and indices are
            read as people type them and as this package prints them, such as `x²`, `√x`, `|x|`, `2x`, `x₁` and
            `σ(x)`: `autograd.language.typed` has the table. Without a name, a line's result is `f`.
        values: a number or Value for each name that the text does not define; `w_1` is `w₁` in the text, too.

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
        >>> parse("z = w₁·x + b; L = ½|σ(z) − 1|²", w_1=2, x=1, b=-2)["L"]
        Value(0.125, L = 0.5 · |σ(z) − 1|²)
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
        self.typed = Typed(text, FUNCTIONS.__contains__)
        self.fail = self.typed.fail
        self.exact = exact
        self.graph: dict[str, Value] = {}
        self.printed: dict[str, str] = {}  # names by how they are printed

    def statements(self) -> list[ast.stmt]:
        try:
            with _one_at_a_time, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's advice on odd literals is not for this text
                return ast.parse(self.typed.source).body
        except SyntaxError as error:
            place = self.typed.place(error.lineno or 1, (error.offset or 1) - 1)
            self.fail(f"This is not an expression: {error.msg}", place, GRAMMAR)
        except (RecursionError, MemoryError, ValueError, OverflowError):
            self.fail("This nests too deeply or holds a character that no expression has", (1, 1), "Split it up.")

    def give(self, name: str, value: Operand) -> None:
        """Define a name from outside: a number makes a leaf, a Value is used as it is."""
        spelling, name = name, spelled(name)
        if not name or name in FUNCTIONS:
            raise ParseError(f"{spelling!r} cannot name a value. Take letters, digits and _, and no function's name.")
        if not isinstance(value, Value):
            value = number(value, f"The value of '{name}'")
            try:
                value = Value(value if self.exact else float(value))
            except OverflowError:
                raise RangeError(f"The value of '{name}' is too large for a float. Scale the problem down.") from None
        self.define(name, value)

    def define(self, name: str, value: Value) -> None:
        self.graph[name] = value if value.name else value.named(name)
        self.printed.setdefault(symbol(name), name)

    def run(self, statement: ast.stmt) -> None:
        """Calculate one assignment, or one expression, whose name is then `f`."""
        match statement:
            case ast.Assign(targets=[ast.Name() | ast.Tuple() as target], value=formula):
                names: list[str] = []
                for node in getattr(target, "elts", [target]):
                    names += [self.target(node, names, statement)]
            case ast.Expr(value=formula):
                names = [next(f for f in chain(["f"], map("f_{}".format, count(1))) if f not in self.graph)]
            case _:
                self.fail("This is not an assignment", statement, 'Write it as in "u = b*c".')
        try:
            results = [self.scalar(formula, 0)] if len(names) == 1 else self.vector(formula, len(names))
        except (DomainError, RangeError) as error:
            chooses = any(self.typed.names.get(getattr(x, "id", "")) == "where" for x in ast.walk(formula))
            raise branched(located(error, f"in '{', '.join(names)}'"), chooses) from None
        except RecursionError:
            self.fail("This nests too deeply", formula, SHORTER)
        for name, result in zip(names, results, strict=True):
            self.define(name, result if isinstance(result, Value) else Value(result))

    def target(self, node: ast.AST, before: list[str], statement: ast.stmt) -> str:
        """A name that a statement defines, after others."""
        if not isinstance(node, ast.Name):
            self.fail("This is not an assignment", statement, 'Write it as in "u = b*c".')
        name = self.typed.names[node.id]
        if name in self.graph or name in before:
            self.fail(f"'{name}' is defined twice", node, "Each name stands for one value: choose another.")
        if name in FUNCTIONS:
            self.fail(f"'{name}' is a function", node, "Choose another name for the value.")
        return name

    def value(self, node: ast.AST, depth: int) -> Result:
        """A number, a Value, or for a vector a list of them."""
        if depth > DEEPEST:
            self.fail(f"This nests deeper than {DEEPEST} levels", node, SHORTER)
        inside = partial(self.scalar, depth=depth + 1)
        match node:
            case ast.Constant(value=int() | float() as x) if not isinstance(x, bool):
                return self.literal(x, node)
            case ast.Name(id=number):
                return self.look_up(self.typed.names[number], node)
            case ast.UnaryOp(op=op, operand=x) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](inside(x))
            case ast.BinOp(right=x) if self.is_exponential(node):
                return _EXPONENTIAL(inside(x))
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                return self.chain(node, depth + 1)
            case ast.Compare(left=x, ops=[op], comparators=[y]) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](inside(x), inside(y))
            case ast.List(elts=[ast.Compare() as comparison]):  # [x > 0], as it is printed
                return inside(comparison)
            case ast.Call(func=ast.Name(id=number), args=arguments, keywords=[]):
                return self.call(self.function(self.typed.names[number], node), arguments, node, depth + 1)
            case ast.List(elts=entries) | ast.Tuple(elts=entries):
                return [inside(entry) for entry in entries]
        self.fail("This has no meaning here", node, _REMEDIES.get(_kind(node), GRAMMAR))

    def call(self, function: Callable[..., Result], arguments: list[ast.expr], node: ast.AST, depth: int) -> Result:
        try:
            return function(*[self.value(x, depth) for x in arguments])
        except (OperandError, ShapeError) as error:
            self.fail(str(error).rstrip("."), node, "Compare the table of operations: chalkgrad ops.")

    def scalar(self, node: ast.AST, depth: int) -> Operand:
        """A number or a Value."""
        result = self.value(node, depth)
        if not isinstance(result, list):
            return result
        if isinstance(node, ast.Call):
            names = ", ".join(f"p{k}" for k in range(1, min(len(result), 3) + 1))
            remedy = f"Name its entries, as in {names} = softmax(…)."
            self.fail(f"A vector of {len(result)} is not a value", node, remedy)
        decimal = " A decimal number has a point, as in 3.5." if isinstance(node, ast.Tuple) else ""
        self.fail("A vector is not a value", node, f"Put it into a function, as in sum([a, b]).{decimal}")

    def vector(self, node: ast.AST, length: int) -> list[Operand]:
        """So many numbers or Values."""
        result = self.value(node, 0)
        if not isinstance(result, list) or len(result) != length:
            there = len(result) if isinstance(result, list) else 1
            self.fail(f"The names are {length}, the values {there}", node, "Write a name for each value.")
        return result

    def chain(self, node: ast.AST, depth: int) -> Operand:
        """Operators one after the other, as in a + b - c: however many, they are one level."""
        rest = []
        while isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS and not self.is_exponential(node):
            rest.append((_OPERATORS[type(node.op)], node.right))
            node = node.left
        result = self.scalar(node, depth)
        for operate, right in reversed(rest):
            result = operate(result, self.scalar(right, depth))
        return result

    def is_exponential(self, node: ast.BinOp) -> bool:
        """Whether it is e^x, with e no value of that name."""
        e = self.typed.names.get(getattr(node.left, "id", ""))
        return e == "e" and e not in self.graph and isinstance(node.op, ast.Pow)

    def literal(self, x: float, node: ast.AST) -> Number:
        try:
            if math.isinf(x):
                raise OverflowError
            return Fraction(repr(x)) if self.exact else float(x)
        except OverflowError:
            self.fail("This number is too large for a float", node, "Scale the problem down.")

    def look_up(self, name: str, node: ast.AST) -> Operand:
        name = name if name in self.graph else self.printed.get(symbol(name), name)
        if name in self.graph:
            return self.graph[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in FUNCTIONS:
            self.fail(f"'{name}' is a function", node, f"Call it, as in {name}(x).")
        name = shortened(name)
        known = f"Known so far: {', '.join(self.graph)}." if self.graph else "No name has a value yet."
        self.fail(f"'{name}' has no value", node, f"Give it one, as in {name}=1. {known}")

    def function(self, name: str, node: ast.AST) -> Callable[..., Result]:
        for spelling in (name, _SPELLINGS.get(name.lower().replace("_", "")), _SPELLINGS.get(symbol(name))):
            if spelling in FUNCTIONS:
                return FUNCTIONS[spelling]
        if name in self.graph or symbol(name) in self.printed:
            self.fail(f"'{name}' is a value, not a function", node, PRODUCT)
        close = _nearest(name)
        meant = f"Did you mean {close}? " if close else ""
        self.fail(
            f"'{shortened(name)}' is not a function", node, f"{meant}Choose one of {', '.join(sorted(FUNCTIONS))}."
        )


_REMEDIES = {
    "Product": PRODUCT,
    "IfExp": "A choice is written where(x > 0, a, b).",
    "Call": "A function is called by its plain name, its operands by position, as in tanh(x).",
    "Attribute": "A function is called by its plain name, as in tanh(x).",
    "Compare": "Use one of >, < and ==, once, as in where(x > 0, a, b).",
}


def _kind(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute | ast.Name):
        return "Product"
    return type(node.op).__name__ if isinstance(node, ast.BinOp) else type(node).__name__


def _nearest(name: str) -> str:
    """The function that a slip of the pen may have meant: letters are mixed up, digits say what is meant."""
    digits = re.sub(r"\D", "", name)
    like = [function for function in FUNCTIONS if re.sub(r"\D", "", function) == digits]
    return next(iter(get_close_matches(name.lower(), like, 1, 0.7)), "")

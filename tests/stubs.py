"""Write the types of what the table makes at run time: `python -m tests.stubs`, after a row is added or changed.

Type checkers cannot run the table. Three files tell them that `tanh` of a Value is a Value, of a float
a float and of an array an array; that there is `x.tanh()`; and what `from autograd import …` may name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from inspect import signature

import autograd
from autograd import ops
from autograd.core.op import COMPOSED, OPS, Op
from autograd.core.tracer import methods
from tests import ROOT

HEAD = '"""{} Written by `python -m tests.stubs`; a test compares it with the table."""\n'
TABLE = """
from collections.abc import Iterable
from typing import Any, TypeVar, overload

from numpy.typing import NDArray

from autograd.core.op import Number, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Operand, Value

T = TypeVar("T", bound=Tracer)
"""
TRACER = """
from collections.abc import Callable
from typing import Any, Self

from autograd.core.op import Number, Op, Traced

class Tracer(Traced):
    __slots__ = ()
    def __pos__(self) -> Self: ...
"""
ARRAY = "NDArray[Any]"
MIXED = "  # type: ignore[overload-cannot-match]  # but a list [x, 2] matches this one alone"
Parameter = tuple[str, str]  # a name, and the default as text or ""


def overload(name: str, operands: Iterable[str], result: str, remark: str = "") -> str:
    """One way to call a function; a method is indented, and its `self` stands in `name`."""
    tab = "    " * name.endswith("self, ")
    name, _, owner = name.partition("(")
    return f"{tab}@overload\n{tab}def {name}({owner}{', '.join(operands)}) -> {result}: ...{remark}\n"


def scalars(name: str, parameters: Sequence[Parameter]) -> Iterator[str]:
    """The ways to call an operation: the first operand that is no number decides, the others may be numbers."""
    n = len(parameters)
    for kind in ("T", ARRAY):
        for i in range(n):
            yield overload(name, typed(parameters, ["Number"] * i + [kind] + [f"{kind} | Number"] * (n - i - 1)), kind)
    for kind in ("float", "Number"):
        yield overload(name, typed(parameters, [kind] * n), kind)


def typed(parameters: Sequence[Parameter], kinds: Sequence[str]) -> Iterator[str]:
    """Operands by position, each of its kind; a default stays where a number may stand and others have theirs."""
    optional = True
    texts = []
    for (x, default), kind in reversed(list(zip(parameters, kinds, strict=True))):
        optional = optional and bool(default) and kind not in ("T", ARRAY)
        texts.append(f"{x}: {kind} = {default}" if optional else f"{x}: {kind}")
    return iter([*reversed(texts), "/"])


def vectors(name: str, operands: Sequence[str], result: str = "{}") -> Iterator[str]:
    """The ways to call an operation of vectors."""
    overlap = "  # type: ignore[overload-overlap]"  # an empty vector is one of floats
    kinds = {"float": "float", "Number": "Number", "T | Number": "T", ARRAY: ARRAY, "Operand": "Value"}
    for kind, entry in kinds.items():
        remark = overlap if entry in ("float", "Number") else MIXED if entry == "Value" else ""
        yield overload(name, [*(f"{x}: Iterable[{kind}]" for x in operands), "/"], result.format(entry), remark)


def several(name: str, operand: str) -> Iterator[str]:
    """The ways to call an operation of one vector with its entries, as in sum(a, b)."""
    yield overload(name, [f"{operand}: float", "/", "*more: float"], "float", "  # type: ignore[overload-overlap]")
    yield overload(name, [f"{operand}: T | Number", "/", "*more: T | Number"], "T")


def defaults(op: Op) -> list[Parameter]:
    required = len(op.operands) - len(op.defaults)
    return list(zip(op.operands, [""] * required + [*map(str, op.defaults)], strict=True))


def listed(names: Iterable[str]) -> str:
    return "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in names) + "]\n"


def table() -> str:
    """The types of `autograd.ops`: a class for each way of calling, a variable for each row."""
    classes: dict[str, str] = {}
    rows = []
    for op in OPS.values():
        label = "_" + "_".join(f"{x}{default}".replace(".", "") + "s" * op.variadic for x, default in defaults(op))
        call = "__call__(self, "
        ways = [*vectors(call, op.operands)] if op.variadic else [*scalars(call, defaults(op))]
        ways += several(call, op.operands[0]) if op.variadic and len(op.operands) == 1 else ()
        classes[label] = f"\nclass {label}(Op):\n" + "".join(ways)
        rows.append(f'{op.name}: {label}\n"""{str(op.__doc__).splitlines()[0]}"""\n')
    rows.append("\n")
    for name, function in COMPOSED.items():
        operand, *options = signature(function).parameters.values()
        x = operand.name
        more = "".join(f", {option.name}: {option.annotation} = {option.default}" for option in options)
        composed = vectors(name, [x], "list[{}]") if x == "xs" else scalars(name, [(x, "")])
        rows.extend(way.replace(", /)", f", /{more})") for way in composed)
    title = HEAD.format("The table's rows, as type checkers see them.")
    return "".join([title, TABLE, *classes.values(), "\n", *rows, listed(ops.__all__)])


def tracer() -> str:
    """The types of `autograd.core.tracer`."""
    lines = [HEAD.format("Operators and methods that call the rows, as type checkers see them."), TRACER]
    for op in OPS.values():
        for name in methods(op):
            if op.takes_one:
                others = [*typed(defaults(op)[1:], ["Self | Number"] * len(op.defaults))] if op.defaults else []
            else:
                others = ["other: Number" if name.startswith("__r") else "other: Self | Number"]
            lines.append(f"    def {name}({', '.join(['self', *others])}) -> Self: ...\n")
    return "".join([*lines, "\ndef methods(op: Op) -> dict[str, Callable[..., Any]]: ...\n"])


def package() -> str:
    """The types of `autograd`: every public name, imported from where it is defined."""
    tree = ast.parse((ROOT / "autograd/__init__.py").read_text("utf-8"))
    origin = dict.fromkeys(ops.__all__, "autograd.ops")
    origin |= {x.name: str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom) for x in node.names}
    origin |= {name: f"autograd.{place}" for name, place in autograd._LAZY.items()}
    lines = [HEAD.format("The public names, as type checkers see them."), "\n"]
    for place in sorted({origin[name] for name in autograd.__all__}):
        names = sorted((name for name in autograd.__all__ if origin[name] == place), key=isort)
        line = f"from {place} import {', '.join(names)}\n"
        lines.append(line if len(line) <= 121 else f"from {place} import (\n    " + ",\n    ".join(names) + ",\n)\n")
    return "".join([*lines, "\n__version__: str\n", listed(autograd.__all__).lstrip()])


def isort(name: str) -> tuple[bool, list[str]]:
    """The linter's order: classes first, log2 before log10."""
    return name[0].islower(), [part.zfill(9) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


STUBS = {"autograd/__init__.pyi": package, "autograd/core/tracer.pyi": tracer, "autograd/ops.pyi": table}

if __name__ == "__main__":
    for path, text in STUBS.items():
        (ROOT / path).write_text(text(), "utf-8")

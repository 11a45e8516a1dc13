"""How rows of the table are made; a name stands for one of them, which nn asks too."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from autograd.core.notation import ATOM, POWER, Notation
from autograd.core.op import COMPOSED, FLOATS, LARGEST, OPS, Number, Op, rebind
from autograd.errors import TableError

# What JavaScript's Math lacks: erf by its series of positive terms, for 1 ≤ x erfc by a continued fraction.
# Source: M. Abramowitz, I. Stegun (1964), Handbook of Mathematical Functions, 7.1.6 and 7.1.14.
ERF_JS = """((x) => { let term = x, sum = x; for (let n = 1; n < 300; n++) sum += term *= 2 * x * x / (2 * n + 1);
return Math.abs(x) < 6 ? 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum : x === x ? Math.sign(x) : x; })(x)"""
ERFC_JS = f"""((x) => {{ if (x < 1) return 1 - {ERF_JS};
let f = 0; for (let n = 200; n; n--) f = n / 2 / (x + f);
return x === Infinity ? 0 : Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + f); }})(x)"""

F = TypeVar("F", bound=Callable[..., Any])


def _row(name: str, value: Callable[..., Any] | None, written: dict[str, Notation], **columns: Any) -> Op:
    refuse_taken(name, *columns.get("aliases", ()))
    textbook = {key[7:]: columns.pop(key) for key in list(columns) if key.startswith("shown_d")}
    partials = {key[1:]: columns.pop(key) for key in list(columns) if key.startswith("d")}
    shown = tuple(textbook.get(x, slope) for x, slope in partials.items())
    floats = columns.pop("floats", None)
    value = value or getattr(math, name, None) or floats
    near = columns.pop("near", (-2.0, 2.0))
    near = near if isinstance(near[0], tuple) else (near,) * len(partials)
    defaults = getattr(value, "__defaults__", None) or ()
    FLOATS[name] = floats or rebind(value, FLOATS)
    slopes = tuple(partials.values())
    op = OPS[name] = Op(name, tuple(partials), value, slopes, shown, written, near, defaults, **columns)
    return op


def composed(function: F) -> F:
    """Register a function that is made of rows, under its own name."""
    refuse_taken(function.__name__)
    COMPOSED[function.__name__] = function
    return function


def refuse_taken(*names: str) -> None:
    """Refuse names that stand for a row or a composed function already: one name means one thing.

    Raises:
        TableError: a name is taken.

    Example:
        >>> refuse_taken("tanh")
        Traceback (most recent call last):
        autograd.errors.TableError: 'tanh' is a row of the table of operations already. Choose another name.
    """
    for name in names:
        if name in COMPOSED:
            raise TableError(f"{name!r} is composed of rows already. Choose another name.")
        if any(name in (op.name, *op.aliases) for op in OPS.values()):
            raise TableError(f"{name!r} is a row of the table of operations already. Choose another name.")


def infix(name: str, value: Callable[..., Any], text: str, tightness: int, **columns: Any) -> Op:
    """A row written with a sign; at equal tightness the right operand needs parentheses."""
    needs = columns.pop("needs", (tightness, tightness + 1))
    python = text.replace("−", "-").replace("·", "*").replace("^", "**")
    written = {
        "unicode": Notation(text, tightness, needs),
        "latex": columns.pop("latex", Notation(_in_latex(text), tightness, needs)),
        "python": Notation(python, tightness, needs if len(needs) == 2 else (POWER,)),  # -x / y is (-x) / y there
    }
    return _row(name, value, written, infix=True, **columns)


def named(name: str, value: Callable[..., Any] | None = None, **columns: Any) -> Op:
    """A row written as a call; without a value, each library's own function of that name."""
    call = f"({', '.join(key[1:] for key in columns if key.startswith('d'))})"
    latex = columns.pop("latex", rf"\operatorname{{{name}}}".replace("_", r"\_"))
    written = {
        "unicode": Notation(columns.pop("symbol", name) + call),
        "latex": latex if isinstance(latex, Notation) else Notation(latex + call),
        "python": Notation(name + call),
    }
    return _row(name, value, written | columns.pop("written", {}), **columns)


def vector(name: str, value: Callable[..., Any], entry: Notation | None = None, **columns: Any) -> Op:
    """A row on vectors, written entry by entry if the notation of one is given."""
    lists = ", ".join(f"[{key[1:]}]" for key in columns if key.startswith("d"))
    written = {"python": Notation(f"{name}({lists})")}
    if entry:
        latex = replace(entry, template=_in_latex(entry.template), short=_in_latex(entry.short))
        written |= {"unicode": entry, "latex": latex}
    written |= columns.pop("written", {})
    return named(name, value, written=written, variadic=True, **columns)


def both(template: str, tightness: int = ATOM) -> dict[str, Notation]:
    """The same template in Unicode and LaTeX; at equal tightness the right operand needs parentheses."""
    needs = () if tightness == ATOM else (tightness, tightness + 1)
    return {d: Notation(t, tightness, needs) for d, t in (("unicode", template), ("latex", _in_latex(template)))}


def _in_latex(text: str) -> str:
    return text.replace("−", "-").replace(" · ", r" \cdot ").replace("·", r" \cdot ").replace("Σ", r"\sum")


def exact_power(x: Number, y: Number) -> Number:
    """x**y for floats, ints and Fractions; no complex number, and no exact one of more than 100,000 bits."""
    if not isinstance(x, float) and not isinstance(y, float):
        bits = max(x.numerator.bit_length(), x.denominator.bit_length())
        if not -100_000 <= bits * y <= 100_000:
            raise OverflowError
    z: Number | complex = x**y
    if isinstance(z, complex):
        raise ValueError
    return z


def cube_root(x: Number) -> float:
    """∛x; C's function may be off by 4 units in the last place, as at 27: a step of Newton's method is not."""
    z = math.cbrt(x)
    return z - (z * z * z - x) / (3 * z * z) if 1e-300 < math.fabs(x) < 1e300 else z


def power_beyond(x: float, y: float) -> float:
    """What IEEE 754 has of x**y where Python's floats raise: nan of an odd root, else inf, its sign that of x."""
    if x < 0 and y % 1:
        return math.nan
    return math.copysign(math.inf, x) if y % 2 == 1 else math.inf


def stable_shift(x: Sequence[Number]) -> Number:
    """What is taken from x before exp: 0 where −16 ≤ max x ≤ 600 or one is nan, else max x, or the largest float."""
    top = max(x)
    if top == -math.inf:
        raise ValueError
    leaves_floats = (top < -16 or top > 600) and not any(a != a for a in x)
    return min(top, LARGEST) if leaves_floats else 0

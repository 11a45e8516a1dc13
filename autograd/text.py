"""Graphs as formulas: Unicode for terminals and pictures, LaTeX for slides, Python to run again."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.errors import ShapeError
from autograd.graph import by_order, topological
from autograd.notation import ATOM, PRODUCT, SUM, SUPERSCRIPTS, Term
from autograd.row import OPS, Algebra, Op
from autograd.value import Number, Value, operands

_NAMES = (  # as LaTeX spells them
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
GREEK = dict(zip(_NAMES.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True))
LONGEST = 10_000  # characters of a formula
LONGEST_SUM = 8  # terms written out in one line; of more, only their total is
_LATEX_OF = {letter: f"\\{name}" for name, letter in GREEK.items()}
_DERIVED = re.compile(r"∂(²?)([^/∂]+)/((?:∂[^/∂]+)+)")  # what pictures of gradients call them
_SUBSCRIPTS = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_INDEXED = re.compile(
    rf"({'|'.join(GREEK)}|[^\W\d_])(?:\^(\[\d+\]))?(?:_?([0-9]+)|_([aehijklmnoprstuvx]{{1,2}}))?(?:\^(\[\d+\]))?"
)
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {c: "\\" + c for c in "{}$&#_%"}


def figure(x: Number, dialect: str = "unicode", digits: int = 6) -> Term:
    """A number as text: a true minus, powers of ten, fractions as fractions, `digits` significant.

    >>> figure(-2.0), figure(1.5e-7), figure(Fraction(1, 3)), figure(1 / 3, digits=2)
    (('−2', 1), ('1.5·10⁻⁷', 2), ('1/3', 2), ('0.33', 4))
    >>> figure(-1.5e-7, "latex")
    ('-1.5 \\\\cdot 10^{-7}', 1)
    """
    if dialect == "python":
        text = repr(x) if not isinstance(x, Fraction) else f"Fraction({x.numerator}, {x.denominator})"
        return text, SUM if text.startswith("-") else ATOM
    tightness = ATOM
    if isinstance(x, int | Fraction) and max(abs(x.numerator), x.denominator) < 10**digits:
        text = str(abs(x))
        if isinstance(x, Fraction) and x.denominator != 1:
            tightness = PRODUCT
            if dialect == "latex":
                text = rf"\frac{{{abs(x.numerator)}}}{{{x.denominator}}}"
    elif isinstance(x, float) and not math.isfinite(x):
        words = {"unicode": ("nan", "∞"), "latex": (r"\text{nan}", r"\infty")}
        text = words[dialect][not math.isnan(x)]
    else:
        text, exponent = _scientific(x, digits)
        if exponent:
            tightness = PRODUCT
            latex = rf" \cdot 10^{{{exponent}}}"
            text += latex if dialect == "latex" else "·10" + exponent.replace("-", "−").translate(SUPERSCRIPTS)
    if x < 0:
        return ("−" if dialect == "unicode" else "-") + text, SUM
    return text, tightness


def _scientific(x: Number, digits: int) -> tuple[str, str]:
    """The digits of |x|, and the power of ten that they are to be multiplied with, if any."""
    try:
        text, _, exponent = f"{abs(float(x)):.{digits}g}".partition("e")
    except OverflowError:  # an integer that no float holds
        text, _, exponent = f"{Decimal(abs(int(x))):.{digits - 1}e}".partition("e")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text, exponent and str(int(exponent))


def symbol(name: str, dialect: str = "unicode") -> str:
    """A name as maths: one letter or a Greek one, with its index below; other names as they are.

    >>> symbol("w_12"), symbol("sigma"), symbol("loss"), symbol("<b>")
    ('w₁₂', 'σ', 'loss', '<b>')
    >>> symbol("w_12", "latex"), symbol("sigma", "latex"), symbol("50%", "latex")
    ('w_{12}', '\\\\sigma', '\\\\text{50\\\\%}')
    >>> symbol("z^[1]_2"), symbol("x_ij"), symbol("W^[1]", "latex")
    ('z[1]₂', 'xᵢⱼ', 'W^{[1]}')
    """
    match = _INDEXED.fullmatch(name)
    if dialect != "python" and (derived := _DERIVED.fullmatch(name)):
        return _derivative(derived, dialect)
    if dialect == "python" or (not match and dialect == "unicode"):
        return name
    if not match:
        plain = "".join(_SPECIAL.get(c, c) for c in " ".join(name.split()))
        return rf"\text{{{plain}}}"
    letter, index, above = match[1], match[3] or match[4] or "", match[2] or match[5] or ""
    letter = GREEK.get(letter, letter)
    if dialect == "unicode":
        return letter + above + index.translate(_SUBSCRIPTS)  # Unicode has no raised brackets
    above = f"^{{{above}}}" if above else ""
    return _LATEX_OF.get(letter, letter) + above + (f"_{{{index}}}" if index else "")


def _derivative(match: re.Match[str], dialect: str) -> str:
    """A derivative's name, as ∂J/∂w_1 or ∂²J/∂a∂b, with its parts as maths."""
    top, below = symbol(match[2], dialect), [x.removesuffix("²") for x in match[3].split("∂")[1:]]
    parts = [symbol(x, dialect) for x in below]
    squares = ["²" if x.endswith("²") else "" for x in match[3].split("∂")[1:]]
    if dialect == "unicode":
        return f"∂{match[1]}{top}/" + "".join(f"∂{x}{square}" for x, square in zip(parts, squares, strict=True))
    two = {"": "", "²": "^{2}"}
    lower = " ".join(rf"\partial {x}{two[square]}" for x, square in zip(parts, squares, strict=True))
    return rf"\frac{{\partial{two[match[1]]} {top}}}{{{lower}}}"


class Labels:
    """What to call each node: its name, else x₁, x₂, … for leaves and v₁, v₂, … for results.

    Args:
        nodes: the graph, operands first.
        names: other names, by node or by name.
    """

    def __init__(self, nodes: Iterable[Value], names: Mapping[Any, str] | None = None) -> None:
        nodes, names = list(nodes), names or {}
        self._names: dict[int, str] = {}
        for node in nodes:
            name = names.get(node, node.name and names.get(node.name, node.name))
            if name is not None:
                self._names[id(node)] = name
        taken = set(self._names.values())
        counts = {"x": 0, "v": 0}
        for node in nodes:
            stem = "v" if node.op else "x"
            while id(node) not in self._names:
                counts[stem] += 1
                if not {f"{stem}_{counts[stem]}", f"{stem}{counts[stem]}"} & taken:
                    self._names[id(node)] = f"{stem}_{counts[stem]}"

    def __getitem__(self, node: Value) -> str:
        return self._names[id(node)]

    def term(self, x: Any, dialect: str = "unicode") -> Term:
        """An operand as it stands in a formula: its symbol, or a constant's number."""
        return (symbol(self[x], dialect), ATOM) if isinstance(x, Value) else figure(x, dialect)

    def formula(self, z: Value, dialect: str = "unicode", written: Mapping[int, Term] | None = None) -> Term:
        """How z was made: `b · c`, in its operands' symbols, or in their formulas where `written` has one."""
        op, nodes = OPS[z.op], operands(z)
        written = written or {}
        stems = [] if dialect == "python" or any(id(x) in written for x in nodes) else self._stems(op, nodes)
        if stems:  # a long vector by its own name, as in w·x
            return op.short(dialect, {x: symbol(stem, dialect) for x, stem in zip(op.operands, stems, strict=True)})
        return op.write(dialect, [written.get(id(x)) or self.term(x, dialect) for x in nodes])

    def _stems(self, op: Op, nodes: Sequence[Any]) -> list[str]:
        """The vectors' common names, if every entry is called as its vector with an index: w₁, w₂, …"""
        stems = []
        for column in op.columns(nodes) if op.variadic else ():
            names = [self[x] if isinstance(x, Value) else "" for x in column]
            stem = re.sub(r"_?\d+$", "", names[0])
            if not stem or any(re.sub(r"_?\d+$", "", name) != stem or name == stem for name in names):
                return []
            stems.append(stem)
        return stems


def substituted(z: Value, dialect: str = "unicode", digits: int = 6) -> str:
    """How z was made, in its operands' numbers: `3 · 2`."""
    numbers = [x.data if isinstance(x, Value) else x for x in operands(z)]
    return OPS[z.op].write(dialect, [figure(x, dialect, digits) for x in numbers])[0]


def equation(z: Value, dialect: str = "unicode", labels: Labels | None = None, digits: int = 6) -> str:
    """One line of the forward pass: name = formula = numbers = result.

    >>> b, c = Value(3.0, "b"), Value(2.0, "c")
    >>> equation((b * c).named("u"))
    'u = b · c = 3 · 2 = 6'
    """
    labels = labels or Labels([*(x for x in operands(z) if isinstance(x, Value)), z])
    parts = [symbol(labels[z], dialect)]
    if z.op:
        parts += [labels.formula(z, dialect)[0]]
        if len(operands(z)) <= LONGEST_SUM:
            parts += [substituted(z, dialect, digits)]
    return chain(*parts, figure(z.data, dialect, digits)[0])


def chain(*sides: str) -> str:
    """Sides joined by equals signs, each said once.

    >>> chain("J", "3", "3")
    'J = 3'
    """
    return " = ".join(side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1])


def derivative(y: str, x: str, dialect: str = "unicode") -> str:
    """∂y/∂x for two names.

    >>> derivative("J", "w_1"), derivative("J", "a + b"), derivative("J", "b", "latex")
    ('∂J/∂w₁', '∂J/∂(a + b)', '\\\\frac{\\\\partial J}{\\\\partial b}')
    """
    y, x = symbol(y, dialect), symbol(x, dialect)
    if dialect == "latex":
        return rf"\frac{{\partial {y}}}{{\partial {x}}}"
    y, x = (f"({name})" if " " in name else name for name in (y, x))
    return f"∂{y}/∂{x}"


class Formula(Algebra):
    """A written term that the table's words run on.

    Args:
        text, tightness: the term, and how tightly it holds.
        dialect: "unicode", "latex" or "python".
        number: what it is at this point, so that choices can be made.
        literal: whether it is no more than that number; laws then apply, as 1 · x = x.

    >>> Formula("z", number=0.5) * 2 + 1
    Formula('z · 2 + 1')
    """

    __slots__ = ("dialect", "literal", "number", "term")

    def __init__(
        self,
        text: str,
        tightness: int = ATOM,
        dialect: str = "unicode",
        number: Number | None = None,
        literal: bool = False,
    ) -> None:
        self.term, self.dialect, self.number, self.literal = (text, tightness), dialect, number, literal

    def __repr__(self) -> str:
        return f"Formula({self.term[0]!r})"

    def apply(self, op: Op, operands: Sequence[Any]) -> Formula:
        words = [in_words(x, self.dialect) for x in operands]
        folded = op.fold([x.number if x.literal else x for x in words])
        if folded is not None:
            return in_words(folded, self.dialect)
        numbers = [x.number for x in words]
        number = None if None in numbers else op.limit(numbers)
        if op.is_step and number is not None:
            return in_words(number, self.dialect)
        return Formula(*op.write(self.dialect, [x.term for x in words]), self.dialect, number)


def in_words(x: Any, dialect: str = "unicode", digits: int = 6) -> Formula:
    """A number as a Formula; a Formula as it is."""
    return x if isinstance(x, Formula) else Formula(*figure(x, dialect, digits), dialect, x, literal=True)


def slope(
    z: Value, i: int, labels: Labels, dialect: str = "unicode", written: Mapping[int, Term] | None = None
) -> Formula:
    """∂z/∂operand i at this point: `c` for b in b · c, `1 − a²` for tanh, the literal 1 for a sum."""
    written = written or {}

    def word(x: Any) -> Formula:
        if not isinstance(x, Value):
            return in_words(x, dialect)
        return Formula(*(written.get(id(x)) or labels.term(x, dialect)), dialect, x.data)

    result = OPS[z.op].slope(i, [word(x) for x in operands(z)], word(z))
    return in_words(result, dialect)


def expression(y: Value, dialect: str = "unicode") -> str:
    r"""The whole of y as one formula in its leaves' names.

    Args:
        y: the result.
        dialect: "unicode", "latex" or "python".

    Raises:
        ShapeError: the formula is longer than 10,000 characters: a shared node is written at each use.

    Example:
        >>> a, b = Value(1.0, "a"), Value(2.0, "b")
        >>> y = (a + b) * a.tanh()
        >>> expression(y), expression(y, "latex"), expression(y, "python")
        ('(a + b) · tanh(a)', '(a + b) \\cdot \\tanh(a)', '(a + b) * tanh(a)')
    """
    nodes = topological(y)
    labels = Labels(nodes)
    return (write([z for z in nodes if z.op], labels, dialect).get(id(y)) or labels.term(y, dialect))[0]


def definition(z: Value, dialect: str = "unicode", most: int = 12) -> str:
    """How z was made, back to what has a name; of more than `most` nameless results, numbers stand for the rest.

    >>> a, b = Value(2.0, "a"), Value(3.0)
    >>> definition((a * b).tanh() + 1)
    'tanh(a · 3) + 1'
    """
    inside, ids = [z], {id(z)}
    for node in inside:  # which grows on the way
        for x in operands(node):
            if isinstance(x, Value) and x.op and not x.name and id(x) not in ids and len(inside) < most:
                inside.append(x)
                ids |= {id(x)}
    around = [x for node in inside for x in operands(node) if isinstance(x, Value) and id(x) not in ids]
    numbers = {id(x): figure(x.data, dialect) for x in around if not x.name}
    return write(sorted(inside, key=by_order), Labels(inside + around), dialect, numbers)[id(z)][0]


def write(
    results: Iterable[Value], labels: Labels, dialect: str = "unicode", given: Mapping[int, Term] | None = None
) -> dict[int, Term]:
    """Each result as a formula, operands first: earlier ones are written out, other nodes stand by name."""
    written = dict(given or {})
    for z in results:
        written[id(z)] = term = labels.formula(z, dialect, written)
        if len(term[0]) > LONGEST:
            raise ShapeError(f"The formula is longer than {LONGEST} characters. Draw it, or print its steps.")
    return written


def reference() -> list[tuple[str, str, str, str, str]]:
    """The table of operations for readers: call, formula, derivatives, domain, conventions.

    >>> next(row for row in reference() if row[0] == "tanh(x)")[2]
    '∂z/∂x = 1 − z²'
    """
    return [(op.signature, _definition(op), _derivatives(op), op.where, op.kink) for op in OPS.values()]


def _words(op: Op) -> list[Formula]:
    return [Formula(x + "ᵢ" * op.variadic) for x in op.operands]


def _definition(op: Op) -> str:
    short = op.written["unicode"].short
    if op.variadic:
        return short or op.written["unicode"].template
    words = _words(op)
    sides = [op.write("unicode", [word.term for word in words])[0]]
    formula = op.formula or (op.value if op.is_composed else None)
    return chain(*sides, *([formula(*words).term[0]] if formula else []))


def _derivatives(op: Op) -> str:
    words = _words(op)
    slopes = [p if isinstance(p, int) else p(*words, Formula("z")) for p in op.partials]
    return ", ".join(f"∂z/∂{x.term[0]} = {in_words(d).term[0]}" for x, d in zip(words, slopes, strict=True))

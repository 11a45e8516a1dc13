"""Names as mathematics writes them, for viz and nn too: indices below, Greek letters, derivatives; names of nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd.characters import printable
from autograd.core.notation import ATOM, Term
from autograd.core.op import OPS, Op
from autograd.core.value import Operand, Value, operands
from autograd.language.numbers import figure

_NAMES = (  # as LaTeX spells them
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
GREEK = dict(zip(_NAMES.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True))
_LATEX_OF = {letter: f"\\{name}" for name, letter in GREEK.items()}
_DERIVED = re.compile(r"∂(²?)([^/∂]+)/((?:∂[^/∂]+)+)")  # what pictures of gradients call them
_SUBSCRIPTS = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_INDEXED = re.compile(
    rf"({'|'.join(GREEK)}|[^\W\d_])(?:\^(\[\d+\]))?(?:_?([0-9]+)|_([aehijklmnoprstuvx]{{1,2}}))?(?:\^(\[\d+\]))?"
)
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {c: "\\" + c for c in "{}$&#_%"}


def symbol(name: str, dialect: str = "unicode") -> str:
    """A name as maths: one letter or a Greek one, with its index below; other names as they are.

    >>> symbol("w_12"), symbol("sigma"), symbol("loss"), symbol("<b>")
    ('w₁₂', 'σ', 'loss', '<b>')
    >>> symbol("w_12", "latex"), symbol("sigma", "latex"), symbol("50%", "latex")
    ('w_{12}', '\\\\sigma', '\\\\text{50\\\\%}')
    >>> symbol("z^[1]_2"), symbol("x_ij"), symbol("W^[1]", "latex")
    ('z[1]₂', 'xᵢⱼ', 'W^{[1]}')
    """
    name = printable(name)
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
    """A derivative's name, such as ∂J/∂w_1 or ∂²J/∂a∂b, with its parts as maths."""
    top, below = symbol(match[2], dialect), match[3].split("∂")[1:]
    parts = [(symbol(x.removesuffix("²"), dialect), "²" * x.endswith("²")) for x in below]
    if dialect == "unicode":
        return f"∂{match[1]}{top}/" + "".join(f"∂{x}{square}" for x, square in parts)
    two = {"": "", "²": "^{2}"}
    lower = " ".join(rf"\partial {x}{two[square]}" for x, square in parts)
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

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
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

    def _stems(self, op: Op, nodes: Sequence[Operand]) -> list[str]:
        """The vectors' common names, if every entry is called as its vector with an index: w₁, w₂, …"""
        stems = []
        for column in op.columns(nodes) if op.variadic else ():
            names = [self[x] if isinstance(x, Value) else "" for x in column]
            stem = re.sub(r"_?\d+$", "", names[0])
            if not stem or any(re.sub(r"_?\d+$", "", name) != stem or name == stem for name in names):
                return []
            stems.append(stem)
        return stems


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

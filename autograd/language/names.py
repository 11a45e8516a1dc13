"""Names as mathematics writes them, for viz and nn too: indices below, Greek letters, derivatives; names of nodes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from autograd.characters import printable
from autograd.core.notation import ATOM, Kind, Term
from autograd.core.op import OPS, Op
from autograd.core.value import Operand, Value, operands
from autograd.language.numbers import RECENT, figure

_NAMES = (  # as LaTeX spells them
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
GREEK = dict(zip(_NAMES.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True))
_LATEX_OF = {letter: f"\\{name}" for name, letter in GREEK.items()}
GREEK |= {"lam": "λ", "eps": "ε"}  # as programs spell them, where lambda is a keyword
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_DERIVED = re.compile(r"∂(²?)([^/∂]+)/((?:∂[^/∂]+)+)")  # what pictures of gradients call them
SUBSCRIPTS = str.maketrans("0123456789aehijklmnoprstuvx+-", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋")
DIGITS_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
RAISED = str.maketrans("0123456789()abcdeghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵃᵇᶜᵈᵉᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_ABOVE = r"(?:\^\{?(\[[^\W_]+\]|\([^\W_]+\))\}?)?"  # a layer [1], a sample (i)
_INDEXED = re.compile(
    rf"\\?(?P<letter>{'|'.join(GREEK)}|[^\W\d_])(?:_(?P<accent>{'|'.join(ACCENTS)}))?{_ABOVE}"
    rf"(?:_?(?P<digits>[0-9]+)|_\{{(?P<braces>[0-9A-Za-z,+-]+)\}}|_(?P<word>[A-Za-z]+))?{_ABOVE}(?P<primes>'*)"
)
_OF_A_MODEL = re.compile(  # layer1.neuron2.w0, and of activations and normalisations layer3.gamma1
    r"(?:(?:layer(\d+)|((?!neuron\d)[^\W_]+))\.)?(?:neuron(\d+)\.)?(?:piece(\d+)\.)?"
    rf"({'|'.join(GREEK)}|[^\W\d_])(\d*)(\^\(\w+\))?"
)
_ENTRY = re.compile(r"(?P<stem>.+?)_?(?:(?P<index>[0-9]+)|\{(?P<braces>[0-9,]+)\})", re.DOTALL)
_NUMBERED = re.compile(r"(.+)\^(\([0-9]+\))", re.DOTALL)
_OF_A_NEURON = re.compile(r"(?:layer([0-9]+)\.)?neuron([0-9]{1,9})\.([A-Za-z])([0-9]{0,9})(?:\^(\([0-9]+\)))?")
_GENERATED = re.compile(r"[A-Za-z]_[0-9]{1,99}(?:\n[A-Za-z]_[0-9]{1,99})*")  # a line each
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {c: "\\" + c for c in "{}$&#_%"}


@lru_cache(RECENT)
def symbol(name: str, dialect: str = "unicode") -> str:
    """A name as maths: one letter or a Greek one, its accent, index below, layer or sample above; or as it is.

    >>> symbol("w_12"), symbol("sigma"), symbol("loss"), symbol("<b>")
    ('w₁₂', 'σ', 'loss', '<b>')
    >>> symbol("w_12", "latex"), symbol("sigma", "latex"), symbol("50%", "latex")
    ('w_{12}', '\\\\sigma', '\\\\text{50\\\\%}')
    >>> symbol("z^[1]_2"), symbol("x^(i)"), symbol("W_{ij}"), symbol("lam"), symbol("y_hat"), symbol("y_pred")
    ('z[1]₂', 'x⁽ⁱ⁾', 'Wᵢⱼ', 'λ', 'ŷ', 'y_pred')
    >>> symbol("y'"), symbol("y_1'", "latex")
    ('y′', "y'_{1}")
    >>> symbol("W^[1]", "latex"), symbol("y_hat", "latex"), symbol("y_pred", "latex")
    ('W^{[1]}', '\\\\hat{y}', 'y_{\\\\text{pred}}')
    >>> symbol("layer1.neuron2.w0"), symbol("layer1.neuron2.a^(3)", "latex")
    ('w[1]₂₀', 'a^{[1](3)}_{2}')
    """
    letter, _, digits = name.partition("_")
    if len(letter) == 1 and digits.isdecimal() and letter.isalpha() and name.isascii() and dialect != "python":
        return letter + (_below(digits) if dialect == "unicode" else f"_{{{digits}}}")  # as most names of nodes are
    name = printable(name)
    name = name if dialect == "python" else indexed(name)
    match = _INDEXED.fullmatch(name)
    if dialect != "python" and "∂" in name and (derived := _DERIVED.fullmatch(name)):
        return _derivative(derived, dialect)
    if dialect == "python":
        return name
    if not match and (numbered := _NUMBERED.fullmatch(name)):
        raised = numbered[2].translate(RAISED) if dialect == "unicode" else f"^{{{numbered[2]}}}"
        return symbol(numbered[1], dialect) + raised
    if not match and dialect == "unicode":
        return name
    if not match:
        plain = "".join(_SPECIAL.get(c, c) for c in " ".join(name.split()))
        return rf"\text{{{plain}}}"
    letter, accent, above = (
        GREEK.get(match["letter"], match["letter"]),
        match["accent"],
        (match[3] or "") + (match[7] or ""),
    )
    index, word = match["digits"] or match["braces"] or "", match["word"] or ""
    if dialect == "unicode":
        letter = normalize("NFC", letter + ACCENTS.get(accent, ""))
        return letter + _above(above) + (_below(index) if index else _below(word, 2)) + "′" * len(match["primes"])
    letter = _LATEX_OF.get(letter, letter)
    letter = rf"\{accent}{{{letter}}}" if accent else letter
    index = index or (word if len(word) < 3 else rf"\text{{{word}}}")
    return letter + match["primes"] + (f"^{{{above}}}" if above else "") + (f"_{{{index}}}" if index else "")


def symbols(names: Sequence[str], dialect: str = "unicode") -> list[str]:
    """Each name as maths; all at once where they are such as x_12, and those of neurons in a third of the time.

    >>> symbols(["x_1", "v_12"]), symbols(["x_1", "loss", "layer1.neuron2.w0"])
    (['x₁', 'v₁₂'], ['x₁', 'loss', 'w[1]₂₀'])
    """
    text = "\n".join(names)
    if dialect == "unicode" and _GENERATED.fullmatch(text):
        return text.replace("_", "").translate(DIGITS_BELOW).split("\n")
    if dialect == "unicode" and "neuron" in text:
        found = map(_OF_A_NEURON.fullmatch, names)
        return [_of_a_neuron(match) if match else symbol(name) for name, match in zip(names, found, strict=True)]
    return [symbol(name, dialect) for name in names]


def _of_a_neuron(match: re.Match[str]) -> str:
    layer, neuron, letter, number, sample = match.groups("")
    index = neuron + "," * (bool(number) and len(neuron + number) > 2) + number
    return letter + f"[{layer}]" * bool(layer) + sample.translate(RAISED) + index.translate(DIGITS_BELOW)


@lru_cache(RECENT)
def indexed(name: str) -> str:
    """What a model calls its parameters and results, as letters with indices: layer, neuron, number; or as it is.

    >>> indexed("layer1.neuron2.w0"), indexed("layer1.neuron12.w0"), indexed("hidden.neuron1.b"), indexed("neuron3.z")
    ('w^[1]_20', 'w^[1]_{12,0}', 'b^[hidden]_1', 'z_3')
    >>> indexed("layer3.gamma1"), indexed("layer1.neuron2.a^(3)"), indexed("w_1"), indexed("loss.x")
    ('gamma^[3]_1', 'a^[1]_2^(3)', 'w_1', 'loss.x')
    """
    match = _OF_A_MODEL.fullmatch(name) if "." in name else None
    if not match or not (match[1] or match[3]):
        return name
    layer, numbers = match[1] or match[2], [number for number in match.group(3, 4, 6) if number]
    index = "".join(numbers) if all(len(number) == 1 for number in numbers) else f"{{{','.join(numbers)}}}"
    return match[5] + (f"^[{layer}]" if layer else "") + (f"_{index}" if index else "") + (match[7] or "")


def _above(text: str) -> str:
    """Unicode has raised digits and parentheses, but no raised brackets."""
    layer, bracket, sample = text.rpartition("]")
    return layer + bracket + sample.translate(RAISED)


def _below(index: str, longest: int = 100) -> str:
    """An index below where Unicode has its letters, in words that can still be read; else as it was written."""
    below = len(index) <= longest and all(ord(c) in SUBSCRIPTS or c == "," for c in index)
    return index.translate(SUBSCRIPTS) if below else f"_{index}"


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

    Nodes that their author gave one name are told apart: x⁽¹⁾, x⁽²⁾.

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
        self._tell_apart({id(node): node for node in nodes if node.name and node not in names}.values())
        taken = set(self._names.values())
        counts = {"x": 0, "v": 0}
        for node in nodes:
            stem = "v" if node.op else "x"
            while id(node) not in self._names:
                counts[stem] += 1
                if not {f"{stem}_{counts[stem]}", f"{stem}{counts[stem]}"} & taken:
                    self._names[id(node)] = f"{stem}_{counts[stem]}"

    def _tell_apart(self, nodes: Collection[Value]) -> None:
        """Number the nodes that share a name."""
        often = Counter(self._names[id(node)] for node in nodes)
        taken, numbers = set(often), Counter[str]()
        for node in nodes if len(often) < len(nodes) else ():
            name = self._names[id(node)]
            while often[name] > 1 and (numbered := f"{name}^({numbers[name] + 1})"):
                numbers[name] += 1
                if numbered not in taken:
                    self._names[id(node)] = numbered
                    break

    def __getitem__(self, node: Value) -> str:
        return self._names[id(node)]

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
        """An operand as it stands in a formula: its symbol, or a constant's number."""
        return (symbol(self[x], dialect), ATOM) if isinstance(x, Value) else figure(x, dialect, given=True)

    def told(self, nodes: Sequence[Value], dialect: str = "unicode") -> list[tuple[str, Kind]]:
        """The terms of many nodes, each as its text and kind."""
        return [(text, 2 * ATOM) for text in symbols([self[x] for x in nodes], dialect)]

    def formula(self, z: Value, dialect: str = "unicode", written: Mapping[int, Term] | None = None) -> Term:
        """How z was made: `b · c`, in its operands' symbols, or in their formulas where `written` has one."""
        op, nodes = OPS[z.op], operands(z)
        written = written or {}
        if (x := handed_on(z)) is not None:
            return written.get(id(x)) or self.term(x, dialect)
        stems = [] if dialect == "python" or any(id(x) in written for x in nodes) else self.stems(op, nodes, dialect)
        if stems:  # a long vector by its own name, as in w·x
            return op.short(dialect, dict(zip(op.operands, stems, strict=True)))
        return op.write(dialect, [written.get(id(x)) or self.term(x, dialect) for x in nodes])

    def stems(self, op: Op, nodes: Sequence[Operand], dialect: str = "unicode") -> list[str]:
        """What the vectors are called, if every entry is called as its vector with an index."""
        names: list[str] = []
        for column in op.columns(nodes) if op.variadic else ():
            name = vector(tuple(self[x] if isinstance(x, Value) else "" for x in column))
            if not name:
                return []
            names.append(symbol(name, dialect))
        return names


@lru_cache(256)
def vector(names: tuple[str, ...]) -> str | None:
    """What a vector is called whose entries are called so, or the row of a matrix; None unless they count from 0 or 1.

    >>> vector(("w_1", "w_2")), vector(("w_21", "w_22")), vector(("layer1.neuron2.w0", "layer1.neuron2.w1"))
    ('w', 'w_2', 'w^[1]_2')
    >>> vector(("w^[1]_{12,1}", "w^[1]_{12,2}")), vector(("w_12", "w_22")), vector(("w_1", "u_2"))
    ('w^[1]_12', None, None)
    """
    entries = [entry for name in names if (entry := _ENTRY.fullmatch(indexed(name)))]
    stem, *other_stems = dict.fromkeys(entry["stem"] for entry in entries) or [""]
    if other_stems or len(entries) < len(names):
        return None
    indices = [entry["index"] or entry["braces"] for entry in entries]
    if _counts(indices):
        return stem
    places = [index.split(",") if "," in index else list(index) for index in indices]
    [row, *others] = dict.fromkeys(tuple(place[:-1]) for place in places)
    if others or not _counts([place[-1] for place in places]):
        return None
    return f"{stem}_{row[0]}" if len(row) == 1 else f"{stem}_{{{','.join(row)}}}"


def _counts(indices: Sequence[str]) -> bool:
    """Whether they are 0, 1, 2, … or 1, 2, 3, …"""
    return any(indices == [str(k) for k in range(first, first + len(indices))] for first in (0, 1))


def handed_on(z: Value) -> Value | None:
    """The operand that z is, if nothing but 0 was added to it: Python's `sum` begins with 0 + x."""
    op, nodes = OPS[z.op], operands(z)
    for name, x in zip(op.operands, nodes, strict=False) if op.infix else ():
        law = op.laws.get((name, x)) if not isinstance(x, Value) and x == 0 else None
        if isinstance(law, str):
            other = nodes[op.operands.index(law)]
            return other if isinstance(other, Value) else None
    return None


def derivative(y: str, x: str, dialect: str = "unicode") -> str:
    """∂y/∂x for two names.

    >>> derivative("J", "w_1"), derivative("J", "a + b"), derivative("J", "b", "latex")
    ('∂J/∂w₁', '∂J/∂(a + b)', '\\\\frac{\\\\partial J}{\\\\partial b}')
    """
    return quotient(symbol(y, dialect), symbol(x, dialect), dialect)


def quotient(y: str, x: str, dialect: str = "unicode") -> str:
    """∂y/∂x for two symbols."""
    if dialect == "latex":
        return rf"\frac{{\partial {y}}}{{\partial {x}}}"
    return f"∂{enclosed(y)}/∂{enclosed(x)}"


def enclosed(name: str, dialect: str = "unicode") -> str:
    """A symbol as it stands in a derivative: (a + b)."""
    return f"({name})" if " " in name and dialect == "unicode" else name

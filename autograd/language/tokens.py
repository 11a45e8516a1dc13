r"""Formulas cut into tokens, for viz too: numbers, signs, brackets, names as on a board, such as w₁, ŷ and \theta."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword
from typing import NamedTuple
from unicodedata import normalize

from autograd.core.op import OPS
from autograd.language.names import ACCENTS, GREEK, RAISED, SUBSCRIPTS

_SIGNS = dict.fromkeys("·×⋅∙∗", "*") | dict.fromkeys("−–", "-") | dict.fromkeys("÷∕", "/")
_SIGNS |= {"^": "**", "≤": "<=", "≥": ">=", "≠": "!=", r"\cdot": "*", r"\times": "*"}
_FRACTIONS = {c: normalize("NFKC", c).replace("\u2044", " / ") for c in "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
PRINTED = {op.written["unicode"].template: name for name, op in OPS.items() if not op.infix}
_ROOTS = {text[0]: name for text, name in PRINTED.items() if re.fullmatch(r"[^\w|]x", text)}

_HIGH, _LOW = "".join(map(chr, RAISED.values())), "".join(map(chr, SUBSCRIPTS.values()))
_NO_LETTERS = {*_HIGH, *_LOW, *_SIGNS}  # although Python's names may hold some of them
_NUMBER = r"(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9]++)?"  # never read twice
_POWER = r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
_KINDS = {
    "newline": r"\n",
    "gap": r"(?:[^\S\n]|\#[^\n]*)+",
    "continued": r"\\\n",
    "ten": rf"{_NUMBER}·10{_POWER}",
    "number": _NUMBER,
    "fraction": f"[{''.join(_FRACTIONS)}]",
    "raised": f"{_POWER}|[{_HIGH}]",
    "root": f"[{''.join(_ROOTS)}]",
    "bar": r"\|",
    "open": r"[(\[{]",
    "close": r"[)\]}]",
    "sign": r"\*\*|//|<<|>>|->|\.\.\.|[-<>=!:+*/%@&]=|\\(?:cdot|times)(?![A-Za-z])|[-+*/%@&^~<>=!:;,.·×⋅∙∗−–÷∕≤≥≠]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_COMMAND = re.compile(
    rf"\\(?P<accent>{'|'.join(ACCENTS)})"
    r"(?:\s*\{\s*\\?(?P<braced>[A-Za-z]+)\s*\}|\s+(?P<letter>[^\W\d_])|\s*\\(?P<greek>[A-Za-z]+))"
    r"|\\(?P<word>[A-Za-z]+)"
)
_INDEX = re.compile(
    rf"(?P<layer>\[[0-9A-Za-z]+\])?(?P<sample>⁽[{_HIGH}]+⁾)?(?P<below>[{_LOW}]+(?:,[{_LOW}]+)*)?(?P<primes>[′']*)"
)
_BELOW = re.compile(r"_[0-9A-Za-z]*")
_BRACES = re.compile(r"\{[0-9A-Za-z,+-]+\}")


class Token(NamedTuple):
    """A piece of a text: its kind, what it says in Python's grammar, its place, whether it touches the one before."""

    kind: str
    text: str
    row: int
    column: int
    touches: bool


def tokens(lines: list[str]) -> Iterator[Token]:
    """The tokens of a text; "other" is the kind of what no formula has.

    >>> [(token.kind, token.text) for token in tokens(["2w₁²"])]
    [('number', '2'), ('name', 'w_1'), ('raised', '2'), ('newline', '')]
    """
    sign, gap = "", False
    for row, line in enumerate(lines, 1):
        line += "\n"
        end = 0
        while end < len(line):
            start = end
            kind, text, end = _token(line, start, sign)
            if kind != "gap":
                yield Token(kind, text, row, start + 1, not gap)
                sign = text if kind == "sign" else ""
            gap = kind == "gap"


def _token(line: str, start: int, sign: str) -> tuple[str, str, int]:
    """The token that begins there, after a sign: its kind, what it says, and where it ends."""
    match = _TOKEN.match(line, start)
    kind = (match and match.lastgroup) or ""
    if not match:
        return _name(line, start)
    text, end = match[0], match.end()
    if kind == "ten" and sign not in ("*", "/", "**"):  # a/1.5·10⁻⁷ is (a/1.5)·10⁻⁷
        number, _, power = text.partition("·10")
        return "number", f"{number}e{_plain(power)}", end
    if kind == "ten":
        text = text.partition("·")[0]
        return "number", text, start + len(text)
    if kind == "fraction":
        return "number", f"( {_FRACTIONS[text]} )", end
    if kind == "raised":
        return kind, _plain(text), end
    return kind, _SIGNS.get(text, _ROOTS.get(text, text.strip())), end


def _plain(text: str) -> str:
    """Raised or lowered characters as they are on the line."""
    return normalize("NFKC", text).replace("−", "-")


def _name(line: str, start: int) -> tuple[str, str, int]:
    """A name with its index and accent, one of Python's words, or what no formula has."""
    command = _COMMAND.match(line, start)
    if command:
        below = _BELOW.match(line, command.end())
        stem, end = _commanded(command) + (below[0] if below else ""), (below or command).end()
        kind = "command" if command["word"] and command["word"] not in GREEK else "name"
    else:
        stem, end = _stem(line, start)
        kind = "word" if iskeyword(stem) and stem != "lambda" else "name"
    if kind == "word" or not stem:
        return kind if stem else "other", stem, end
    if stem.endswith("_") and (braces := _BRACES.match(line, end)):
        stem, end = stem + braces[0], braces.end()
    index = _INDEX.match(line, end)
    assert index is not None  # it may be empty
    return kind, _indexed(GREEK["lambda"] if stem == "lambda" else stem, index), index.end()


def _stem(line: str, start: int) -> tuple[str, int]:
    """The letters and digits there, as Python normalises them."""
    end = start
    if line[start] == "∞":
        return "∞", start + 1
    while line[end] not in _NO_LETTERS and ("a" + line[end]).isidentifier():
        end += 1
    stem = normalize("NFKC", line[start:end])
    return (stem, end) if stem.isidentifier() else ("", max(end, start + 1))


def _commanded(command: re.Match[str]) -> str:
    r"""`\theta` as θ, `\hat y` as y_hat."""
    if word := command["word"]:
        return GREEK.get(word, word)
    return f"{command['braced'] or command['letter'] or command['greek']}_{command['accent']}"


def _indexed(stem: str, index: re.Match[str]) -> str:
    """A name as `autograd.language.names.symbol` reads it: w^[1]_20, x_1, y'."""
    above = f"^{index['layer']}" if index["layer"] else ""
    below = _plain(index["below"] or "")
    if below and not (below.isdigit() or (below.isalpha() and len(below) < 3)):
        below = f"{{{below}}}"
    sample = f"^{_plain(index['sample'])}" if index["sample"] else ""
    return stem + above + (f"_{below}" if below else "") + sample + "'" * len(index["primes"])


def spelled(name: str) -> str:
    """A name that stands alone as a formula's name is read, or "" if it is none.

    >>> spelled("w₁"), spelled("lambda"), spelled("a b")
    ('w_1', 'λ', '')
    """
    first, *rest = tokens([name])
    return first.text if first.kind == "name" and [token.kind for token in rest] == ["newline"] else ""

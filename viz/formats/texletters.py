r"""Letters of all scripts in LaTeX of ASCII alone: accents, Greek, Cyrillic, indices; the rest by their numbers.

>>> safe(r"\text{größe} + θ₁"), safe("50 % ж", text=True)
('\\text{gr\\"{o}\\ss{}e} + {\\theta}{{}_{1}}', '50 % \\cyrillicsign{\\cyrzh}{0436}')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from autograd.language.names import GREEK
from viz.typeset.latex import TWO_LINES

# Definitions that a picture brings along. pdfTeX has few letters: it writes the numbers of all others.
OTHER = (
    r"\providecommand\othersign[1]{\ifdefined\Umathchar\iffontchar\font"
    r'"#1 \char"#1\else\texttt{U+#1}\fi\else\texttt{U+#1}\fi}'
)
CYRILLIC = (
    r"\providecommand\cyrillicsign[2]{\ifcsname T@T2A\endcsname{\fontencoding{T2A}\selectfont#1}"
    r"\else\othersign{#2}\fi}"
)
# As a fraction in a line of text, which fits a card, but its letters are as large as the line's.
FRACTION = r"\providecommand\tallfrac[2]{\frac{\textstyle#1}{\rule{0pt}{.78em}\textstyle#2}}"
# Two lines on a card, as far apart as its height allows.
TWO = rf"\providecommand{TWO_LINES}[2]{{{{\textstyle#1\atop\textstyle#2}}}}"
T2A = r"\usepackage[T2A,OT1]{fontenc}"  # what the second needs

# fmt: off
ACCENTS = {  # combining marks: the command in text, and in mathematics
    "\u0300": (r"\`", r"\grave"), "\u0301": (r"\'", r"\acute"), "\u0302": (r"\^", r"\hat"),
    "\u0303": (r"\~", r"\tilde"), "\u0304": (r"\=", r"\bar"), "\u0306": (r"\u", r"\breve"), "\u0307": (r"\.", r"\dot"),
    "\u0308": (r"\"", r"\ddot"), "\u030a": (r"\r", r"\mathring"), "\u030c": (r"\v", r"\check"), "\u0327": (r"\c", ""),
}
IN_TEXT = {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "ı": "i",
           "§": "S", "©": "copyright", "–": "textendash", "—": "textemdash", "’": "textquoteright"}
IN_MATHS = {letter: f"\\{name}" for name, letter in reversed(GREEK.items())}
IN_MATHS |= {greek: rf"\mathrm{{{latin}}}" for greek, latin in zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)}
IN_MATHS |= {"ο": "o", "ς": r"\varsigma", "∂": r"\partial", "∇": r"\nabla", "∞": r"\infty", "√": r"\surd", "−": "-",
             "·": r"\cdot", "×": r"\times", "±": r"\pm", "≈": r"\approx", "≤": r"\le", "≥": r"\ge", "≠": r"\ne",
             "∈": r"\in", "→": r"\to", "←": r"\leftarrow", "…": r"\dots", "°": r"{}^{\circ}", "′": r"{}^{\prime}",
             "∑": r"\Sigma", "<": "<", ">": ">", "|": "|"}
_NAMES = "a b v g d e zh z i ishrt k l m n o p r s t u f h c ch sh shch hrdsn ery sftsn erev yu ya yo ie ii yi"
IN_CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюяёєії", (f"cyr{name}" for name in _NAMES.split()), strict=True))
IN_CYRILLIC |= {letter.upper(): name.upper() for letter, name in IN_CYRILLIC.items()}
# fmt: on
SHIFTED = {"<sub>": "_", "<super>": "^"}  # Unicode's small letters below and above


def plain(text: str) -> str:
    r"""Text for LaTeX, outside mathematics.

    >>> plain("50% of a_b")
    '50\\% of a\\_b'
    """
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {c: "\\" + c for c in "{}$&#_%"}
    return safe("".join(special.get(c, c) for c in " ".join(text.split())), text=True)


def safe(latex: str, text: bool = False) -> str:
    r"""LaTeX in ASCII.

    Args:
        latex: mathematics, text inside of \text{…}.
        text: it is text itself.

    >>> safe("\\text{a<b}"), safe("ŷ ش"), safe("\\text{a\x00b}")
    ('\\text{a$<$b}', '\\hat{y} \\text{\\othersign{0634}}', '\\text{a b}')
    """
    return "".join(_written(unicodedata.normalize("NFC", latex), 1 if text else 0))


def _written(latex: str, depth: int) -> Iterator[str]:
    """Each sign as LaTeX of the mode that it stands in: within `depth` braces of text."""
    for sign in re.findall(r"\\text\{|\\[A-Za-z]+|\\.|.[\u0300-\u036f]*", latex, re.DOTALL):
        if sign == r"\text{" or (depth and sign == "{"):
            depth += 1
        elif depth and sign == "}":
            depth -= 1
        if not sign.isascii() or (depth and sign in "<>|"):
            yield _letter(sign)[0 if depth else 1]
        else:
            yield sign if sign.isprintable() else " "


def _letter(sign: str) -> tuple[str, str]:
    """A letter with its marks, as LaTeX in text and in mathematics."""
    base, mark = sign[0], sign[1:]
    if not mark and base not in IN_CYRILLIC:
        base, mark = (parts := unicodedata.normalize("NFD", sign))[0], parts[1:]
    shift, _, small = unicodedata.decomposition(base).partition(" ")
    if mark in ACCENTS and base.isascii():
        above, over = (f"{command}{{{base}}}" for command in ACCENTS[mark])
        return above, over if ACCENTS[mark][1] else rf"\text{{{above}}}"
    if mark in ACCENTS and base in IN_MATHS and ACCENTS[mark][1]:
        return _both(f"{ACCENTS[mark][1]}{{{IN_MATHS[base]}}}")
    if not mark and base in IN_MATHS:
        return _both(IN_MATHS[base])
    if not mark and shift in SHIFTED and chr(int(small, 16)).isascii():
        return _both(f"{{}}{SHIFTED[shift]}{{{chr(int(small, 16))}}}")
    command = rf"\{IN_TEXT[sign]}{{}}" if sign in IN_TEXT else "".join(map(_numbered, sign))
    return command, rf"\text{{{command}}}"


def _both(maths: str) -> tuple[str, str]:
    return f"${maths}$", f"{{{maths}}}"


def _numbered(character: str) -> str:
    if character in IN_CYRILLIC:
        return rf"\cyrillicsign{{\{IN_CYRILLIC[character]}}}{{{ord(character):04X}}}"
    return rf"\othersign{{{ord(character):04X}}}"


def tall(latex: str) -> str:
    r"""The LaTeX with large fractions, where they stand in no other fraction and no index.

    >>> tall(r"\frac{1}{2} + x^{\frac{a}{b}}")
    '\\tallfrac{1}{2} + x^{\\frac{a}{b}}'
    """
    depth, signs = -latex.startswith(TWO_LINES), []  # these are in braces
    for sign in re.findall(r"\\[A-Za-z]+|\\.|.", latex):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        signs.append(r"\tallfrac" if sign == r"\frac" and not depth else sign)
    return "".join(signs)


def package(latex: str) -> str:
    """The line of a preamble that loads Cyrillic letters, if there are any."""
    return f"{T2A}\n" if r"\cyrillicsign" in latex else ""


def needs(latex: Iterable[str]) -> list[str]:
    r"""Lines that a picture with this LaTeX brings along, with comments for whoever reads its file.

    >>> needs([r"\othersign{5B57}"])[0]
    '% pdfLaTeX has no letters for U+5B57 and writes their numbers; XeLaTeX and LuaLaTeX take them from your font.'
    """
    joined = "\n".join(latex)
    lines = []
    if numbers := sorted(set(re.findall(r"(?<!\}\{)\\othersign\{([0-9A-F]+)\}", joined))):
        signs = ", ".join(f"U+{number}" for number in numbers)
        lines += [f"% pdfLaTeX has no letters for {signs} and writes their numbers; "]
        lines[-1] += "XeLaTeX and LuaLaTeX take them from your font."
    if r"\cyrillicsign" in joined:
        lines += [f"% Cyrillic letters need {T2A} in the preamble.", f"{OTHER}%", f"{CYRILLIC}%"]
    elif numbers:
        lines += [f"{OTHER}%"]
    lines += [f"{TWO}%"] * (TWO_LINES in joined)
    return lines + [f"{FRACTION}%"] * (r"\tallfrac" in joined)

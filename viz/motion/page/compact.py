"""A page has to be small: its script and style without comments, room and long names, its picture without detours."""

from __future__ import annotations

import re
from itertools import pairwise

# Texts and regular expressions of a script, which stay as they are. In the page's files a division has room around
# its sign, and no text stands in another.
_LITERAL = r'"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|/[^ /*\n](?:\\.|[^/\\\n])*/[gimu]*'
_SCRIPT = re.compile(rf"({_LITERAL})|//[^\n]*|(?<!\w)[ \t]+|[ \t]+(?!\w)")
_LOOK = ' (fill|stroke|stroke-width|stroke-dasharray|font-weight)="([^"]*)"'
_USUAL = (
    ' (xmlns|xmlns:xlink|xlink:href|xml:space|font-family)="[^"]*"'
    '| (text-anchor="middle"|rx="0"|aria-hidden="true"|class="maths")|(?<=") x="0"(?=/>)'
)
_STYLE = re.compile(r'("[^"]*")|/\*.*?\*/|\s+(?=[{}])|(?<=[{};:,])\s+', re.DOTALL)


def script(text: str) -> str:
    """A script without comments, and without room where none is needed.

    Raises:
        ValueError: a text in a text, whose room would be taken for the script's.

    >>> script('const a = "b // c"; // d\\nif (a === `x  y`) a /= 2;\\n\\nelse f(/e +/g);\\n')
    'const a="b // c";if(a===`x  y`)a/=2;else f(/e +/g);'
    """
    tight = re.sub(_SCRIPT, _kept, text)
    lines = [line for line in tight.split("\n") if line]
    return "".join(line + "\n" * (not line.endswith((";", "{", ",", "("))) for line in lines).rstrip("\n")


def _kept(match: re.Match[str]) -> str:
    text = match[1] or ""
    if text.startswith("`") and re.search(r"\$\{(?:[^{}]|\{[^{}]*\})*$", text):
        raise ValueError(f"A text must not stand in another one's place: {text}. Put it together before.")
    return text


def style(text: str) -> str:
    """A style sheet without comments and room.

    >>> style('a { font: 1px/2 "B  C", serif; }\\n@media print {\\n  b { top: 0; }\\n}\\n')
    'a{font:1px/2 "B  C",serif;}@media print{b{top:0;}}'
    """
    return re.sub(_STYLE, lambda match: match[1] or "", text)


def picture(svg: str) -> str:
    """A picture's drawing with a tenth of a point, short ids of glyphs, and what is level as a line.

    >>> picture('<path d="M 1.25,2 C 3,2 4,2 5.56,2 6,3 7,3 8,3"/><path d="M 1,2 L 3.05,2"/><rect rx="0"/>')
    '<path d="M1.2,2H5.5c.5,1 1.5,1 2.5,1"/><path d="M1,2H3"/><rect/>'
    >>> picture('<g transform="translate(1.25,2)scale(0.024 -0.024)"><use href="#g0123abcd-7" x="0"/></g>')
    '<g transform="translate(1.2,2)scale(0.024 -0.024)"><use href="#g7"/></g>'
    >>> picture('<path d="M 9.04,2 L 5,4.25 6.1,2 Z"/>')
    '<path d="M9,2l-4,2.2 1.1,-2.2z"/>'
    >>> picture('<text x="3.05">0.05</text>')
    '<text x="3">0.05</text>'
    """
    bare = re.sub(rf"{_USUAL}|\n", "", svg)
    short = re.sub(r'(?<==")(#?g)[0-9a-f]{8}-(?=\d+")', r"\1", bare)
    rounded = re.sub(r"scale\([^)]*\)|>[^<]*|\.0\b|\.0\d|(\.\d)\d", _rounded, short)
    level = re.sub(r'"M ([\d.]+,([\d.]+)) L ([\d.]+),\2"', r'"M\1H\3"', rounded)
    level = re.sub(r"M ([\d.]+,[\d.]+) L ([\d., ]+) Z", lambda match: _head(match[1], match[2].split()), level)
    return re.sub(r"M ([^\"Z]+?) C ([^\"Z]+)", lambda match: _curve(match[1], match[2].split()), level)


def parted(svg: str) -> str:
    """A drawing of several pictures, each behind an empty group, with each in that group; all but the first are hidden.

    >>> parted('<svg><g class="view"></g><g class="a"></g><g class="view" data-id="9 9">\\n</g><g class="b"></g></svg>')
    '<svg><g class="view"><g class="a"></g></g><g class="view" data-id="9 9" display="none"><g class="b"></g></g></svg>'
    """
    start, *pictures = re.split(r'(<g class="view"[^>]*)>\s*</g>', svg.replace("</svg>", "</g></svg>"))
    shown = f"{pictures[0]}>{pictures[1]}"
    hidden = (f'</g>{mark} display="none">{drawn}' for mark, drawn in zip(pictures[2::2], pictures[3::2], strict=True))
    return start + shown + "".join(hidden)


def _rounded(number: re.Match[str]) -> str:
    """A coordinate's digits; scales and texts as they are."""
    return number[0] if number[0][0] in "s>" else number[1] or ""


def short_names(style: str) -> str:
    """A style with short names for its variables.

    >>> short_names(":root{--ink:red}a{color:var(--ink)}")
    ':root{--a:red}a{color:var(--a)}'
    """
    names: dict[str, str] = {}
    return re.sub("--([a-z_-]+)", lambda match: "--" + names.setdefault(match[1], _letters(len(names))), style)


def looks(svg: str) -> tuple[str, str]:
    """A drawing whose colours and lines are classes, and the style that says what they are.

    >>> looks('<rect x="1" fill="none" stroke="var(--ink)"/><path fill="none" stroke="var(--ink)"/><text fill="red"/>')
    ('<rect x="1" class="a"/><path class="a"/><text class="b"/>', '.a{fill:none;stroke:var(--ink)}.b{fill:red}')
    """
    names: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        look = ";".join(f"{key}:{value}" for key, value in re.findall(_LOOK, match[0]))
        return f' class="{names.setdefault(look, _letters(len(names)))}"'

    drawn = re.sub(f"(?:{_LOOK})+", named, svg)
    return drawn, "".join(f".{name}{{{look}}}" for look, name in names.items())


def _letters(i: int) -> str:
    """A short name.

    >>> _letters(0), _letters(27)
    ('a', 'ab')
    """
    return (_letters(i // 26 - 1) if i >= 26 else "") + chr(ord("a") + i % 26)


def _head(start: str, points: list[str]) -> str:
    """A polygon, from point to point."""
    places = [tuple(map(float, point.split(","))) for point in (start, *points)]
    steps = (f"{_short(u - x)},{_short(v - y)}" for (x, y), (u, v) in pairwise(places))
    return f"M{start}l{' '.join(steps)}z"


def _curve(start: str, points: list[str]) -> str:
    """A chain of curves, from where it is."""
    pieces, (x, y) = [f"M{start}"], map(float, start.split(","))
    for i in range(0, len(points), 3):
        piece = [tuple(map(float, point.split(","))) for point in points[i : i + 3]]
        if all(v == y for _, v in piece):
            pieces[-1:] = [re.sub("H[^H]*$", "", pieces[-1]), f"H{_short(piece[-1][0])}"]
        else:
            pieces.append("c" + " ".join(f"{_short(u - x)},{_short(v - y)}" for u, v in piece))
        x, y = piece[-1]
    return "".join(pieces)


def _short(x: float) -> str:
    """A coordinate.

    >>> _short(-0.5), _short(0.04), _short(10.0)
    ('-.5', '0', '10')
    """
    text = f"{x:.1f}".removesuffix(".0")
    return "0" if text == "-0" else re.sub("^(-?)0(?=.)", r"\1", text)

r"""LaTeX's mathematics to boxes: letters in italics, fractions, roots, indices, and TeX's spaces between the classes.

>>> [mark.text for mark in typeset(r"w_{1} \cdot x", 10.0).marks]
['𝑤', '1', '·', '𝑥']
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from autograd.language.names import GREEK
from viz import fonts as font
from viz.typeset.boxes import Box, Glyphs, Rule, over, row, word

# As shares of the size; D. E. Knuth (1986), The TeXbook, appendix G, with the font's own proportions.
SCRIPT, SCRIPT_OF_SCRIPT = 0.70, 0.58  # sizes
UP, DOWN = 0.36, 0.21  # baselines of indices
AXIS, THICK, GAP = 0.258, 0.05, 0.11  # of fractions: the bar's middle and thickness, the room on either side
MU = 1 / 18

# Spaces in MU between two classes, by rows left, by columns right; none in indices. The TeXbook, chapter 18.
CLASSES = ("ord", "op", "bin", "rel", "open", "close", "punct", "inner")
SPACES = {
    left: dict(zip(CLASSES, spaces, strict=True))
    for left, spaces in {
        "ord": (0, 3, 4, 5, 0, 0, 0, 3),
        "op": (3, 3, 0, 5, 0, 0, 0, 3),
        "bin": (4, 4, 0, 0, 4, 0, 0, 4),
        "rel": (5, 5, 0, 0, 5, 0, 0, 5),
        "open": (0, 0, 0, 0, 0, 0, 0, 0),
        "close": (0, 3, 4, 5, 0, 0, 0, 3),
        "punct": (3, 3, 0, 3, 3, 3, 3, 3),
        "inner": (3, 3, 4, 5, 3, 0, 3, 3),
    }.items()
}

# fmt: off
ITALIC = {chr(ord(first) + i): chr(at + i) for first, at in (("A", 0x1D434), ("a", 0x1D44E)) for i in range(26)}
ITALIC |= {chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)} | {"h": "ℎ"}
SIGNS = {  # commands that stand for one sign, by its class
    "ord": {name: ITALIC.get(letter, letter) for name, letter in GREEK.items()}
        | {"varepsilon": "𝜀", "epsilon": "𝜖", "varphi": "𝜑", "phi": "𝜙", "partial": "𝜕", "infty": "∞", "nabla": "∇"},
    "bin": {"cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "pm": "±"},
    "rel": {"le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "to": "→", "leftarrow": "←", "in": "∈", "sim": "∼"},
    "inner": {"dots": "…"},
}
COMMANDS = {"\\" + name: (kind, sign) for kind, signs in SIGNS.items() for name, sign in signs.items()}
COMMANDS |= {r"\div": ("bin", "÷"), r"\sum": ("op", "∑")} | {f"\\{sign}": ("ord", sign) for sign in "{}$&#_%"}
PLAIN = {"-": ("bin", "−"), "+": ("bin", "+"), "*": ("bin", "∗"), "=": ("rel", "="), "<": ("rel", "<"),
         ">": ("rel", ">"), "(": ("open", "("), "[": ("open", "["), ")": ("close", ")"), "]": ("close", "]"),
         ",": ("punct", ","), ";": ("punct", ";"), ":": ("punct", ":")}
SKIPS = {r"\,": 3, r"\:": 4, r"\;": 5, r"\ ": 4.5, r"\quad": 18, r"\!": -3}
TWO_LINES = r"\twolines"  # of a title, both arguments; a .tex file says what it is
IN_TEXT = {r"\textbackslash": "\\", r"\textasciitilde": "~", r"\textasciicircum": "^"}
# fmt: on

Atom = tuple[str, Box]  # a class and what stands there


@lru_cache(4096)
def typeset(latex: str, size: float) -> Box:
    """The formula in a size, its baseline at 0; any other command is a function's name, upright."""
    return _Setter(latex, size).formula(size)


class _Setter:
    """Reads LaTeX from left to right."""

    def __init__(self, latex: str, size: float) -> None:
        self.tokens = re.findall(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|.", latex, re.DOTALL)
        self.size = size
        self.tokens.reverse()
        self.builders: dict[str, Callable[[float], Atom]] = {
            "{": lambda size: ("ord", self.formula(size, "}")),
            r"\frac": self.fraction,
            TWO_LINES: self.two_lines,
            r"\sqrt": self.root,
            r"\rule": self.rule,
            r"\hat": self.accent,
            r"\text": lambda size: ("ord", word(self.text(), size)),
            r"\mathrm": lambda size: ("ord", word(self.text(), size)),
            r"\mathrel": lambda size: ("rel", self.argument(size)),
            r"\mathpunct": lambda size: ("punct", self.argument(size)),
            r"\operatorname": lambda size: ("op", word(self.text(), size)),
        }

    def peek(self) -> str:
        return self.tokens[-1] if self.tokens else ""

    def formula(self, size: float, end: str = "") -> Box:
        """Atoms up to the end, with their indices and spaces."""
        atoms: list[Atom] = []
        while self.tokens:
            token = self.tokens.pop()
            if token == end:
                break
            if token in SKIPS:
                atoms.append(("", Box(SKIPS[token] * MU * size)))
            elif token != " ":
                kind, box = self.atom(token, size)
                atoms.append((kind, self.with_indices(box, size)))
        return row(self.spaced(atoms, size))

    def spaced(self, atoms: list[Atom], size: float) -> list[Box]:
        """The boxes with TeX's spaces between them; a sign without something on both sides is no operation."""
        boxes: list[Box] = []
        before = "open"
        for i, (kind, box) in enumerate(atoms):
            after = atoms[i + 1][0] if i + 1 < len(atoms) else "close"
            if kind == "bin" and (
                before in ("", "bin", "op", "rel", "open", "punct") or after in ("rel", "close", "punct")
            ):
                kind = "ord"
            if boxes and before and kind and size == self.size:
                boxes.append(Box(SPACES[before][kind] * MU * size))
            boxes.append(box)
            before = kind
        return boxes

    def atom(self, token: str, size: float) -> Atom:
        if token in self.builders:
            return self.builders[token](size)
        kind, sign = COMMANDS.get(token) or PLAIN.get(token) or ("ord", ITALIC.get(token, token))
        if len(sign) > 2 and sign.startswith("\\"):  # a function's name
            kind, sign = "op", sign[1:]
        return kind, word(sign, size)

    def argument(self, size: float) -> Box:
        """What a command takes: a group, or the next atom."""
        while self.peek() == " ":
            self.tokens.pop()
        return self.atom(self.tokens.pop(), size)[1] if self.tokens else Box()

    def text(self) -> str:
        """A group's characters as they are."""
        depth, text = 0, ""
        while self.tokens:
            token = self.tokens.pop()
            depth += {"{": 1, "}": -1}.get(token, 0)
            if token not in "{}":
                text += IN_TEXT.get(token) or token.removeprefix("\\" * (len(token) == 2))
            if depth <= 0:
                break
        return text

    def with_indices(self, box: Box, size: float) -> Box:
        """The box with what stands above and below to its right."""
        indices: dict[str, Box] = {}
        while self.peek() in ("^", "_"):
            where = self.tokens.pop()
            indices[where] = self.argument(self.size * (SCRIPT if size == self.size else SCRIPT_OF_SCRIPT))
        if not indices:
            return box
        above, below = indices.get("^", Box()), indices.get("_", Box())
        up, down = max(UP * size, box.height - 0.39 * size), DOWN * size
        if len(indices) == 2 and (short := 0.1 * size - (up - above.depth) - (down - below.height)) > 0:
            up, down = up + short / 2, down + short / 2
        width = max(above.width + 0.05 * size * bool(above.marks), below.width) + 0.05 * size
        places = [(box, 0.0, 0.0), (above, box.width + 0.05 * size, -up), (below, box.width + 0.01 * size, down)]
        return over([place for place in places if place[0].marks], box.width + width)

    def fraction(self, size: float) -> Atom:
        small = size if size == self.size else size * 0.85
        top, bottom = self.argument(small), self.argument(small)
        axis, thick, gap, side = (share * size for share in (AXIS, THICK, GAP, 0.06))
        width = max(top.width, bottom.width) + 2 * side
        up, down = axis + thick / 2 + gap + top.depth, -axis + thick / 2 + gap + bottom.height
        places = [(top, side + (width - top.width) / 2, -up), (bottom, side + (width - bottom.width) / 2, down)]
        return "inner", over(places, width + 2 * side, (Rule(side, -axis - thick / 2, width, thick),))

    def two_lines(self, size: float) -> Atom:
        """A fraction of full size without its bar."""
        _, both = self.fraction(size)
        return "ord", replace(both, marks=tuple(mark for mark in both.marks if mark != both.marks[0]))

    def root(self, size: float) -> Atom:
        inside = self.argument(size)
        sign, thick = word("√", size), THICK * size
        tall = sign.height + sign.depth
        stretch = max(1.0, (inside.height + inside.depth + 0.2 * size) / tall)
        y = inside.depth - sign.depth * stretch + 0.04 * size  # so that its foot stands below what is inside
        top = y - sign.height * stretch
        marks = (
            Glyphs(0.0, y, "√", size, "math", stretch),
            Rule(sign.width - 0.02 * size, top, inside.width + 0.06 * size, thick),
        )
        box = over([(inside, sign.width, 0.0)], sign.width + inside.width + 0.06 * size, marks)
        return "ord", Box(box.width, max(box.height, -top), max(box.depth, y + sign.depth * stretch), box.marks)

    def rule(self, size: float) -> Atom:
        """A blank to be filled in: a line of that length and thickness, which keeps a letter's room around it."""
        units = {"em": size, "pt": size / 10}  # TeX's ordinary size is 10 pt
        width, thick = (float(length[:-2]) * units[length[-2:]] for length in (self.text(), self.text()))
        return "ord", Box(width, font.MATH_HEIGHT * size, DOWN * size, (Rule(0.0, -thick, width, thick),))

    def accent(self, size: float) -> Atom:
        inside, hat = self.argument(size), word("ˆ", size)
        x, y = (inside.width - hat.width) / 2 + 0.06 * size, -max(0.0, inside.height - 0.47 * size)
        return "ord", over([(inside, 0.0, 0.0), (hat, x, y)], inside.width)

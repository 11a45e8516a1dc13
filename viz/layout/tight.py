"""Pictures that take less room, where they are small otherwise: titles in two lines, fractions with a slash."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from viz.graph.scene import Scene
from viz.layout.measure import lines, row_width
from viz.shapes import Text
from viz.theme import Theme
from viz.typeset.latex import TWO_LINES

WORTH = 0.9  # of its width: what a title in two lines takes at most, to be worth them
BREAKS = r"(?<= (?:=|≈) )|(?<= \\approx )|(?= [+-] )|(?=\\text\{, )"
Setting = Callable[[Scene, Theme], Scene]


def plain(scene: Scene, theme: Theme) -> Scene:
    """As it is: a title in one line, fractions with a bar."""
    return scene


def broken(scene: Scene, theme: Theme) -> Scene:
    """Cards narrower: what is wider than the numbers on its card, title or shape, in two lines.

    They end after an equals sign or before a sum's next term.
    """
    latex = dict(scene.latex)
    for node in scene.nodes:
        if not node.given:
            title, value, *others = lines(node, scene, theme)
            numbers = max((row_width(row, theme) for row in others), default=0.0)
            wide = [text for text in (*title, *value) if text.formula and text.width > numbers]
            latex.update((text.text, _in_two_lines(text)) for text in wide)
    return replace(scene, latex=latex)


def slashed(scene: Scene, theme: Theme) -> Scene:
    r"""Cards and labels lower: fractions with a slash, ∂J/∂a."""
    return replace(scene, latex={text: slash(latex) for text, latex in scene.latex.items()})


def disordered(scene: Scene, theme: Theme) -> Scene:
    """Circuits lower: x₂ may stand above x₁, so that fewer leaves are drawn again at their uses."""
    return replace(scene, by_index=False)


def once(scene: Scene, theme: Theme) -> Scene:
    """Circuits smaller: each leaf stands in one place, though more wires cross."""
    return replace(scene, edges=tuple(replace(edge, again=None) for edge in scene.edges))


def nameless(scene: Scene, theme: Theme) -> Scene:
    """Circuits lower: no circle has a name that nobody gave it."""
    return replace(scene, nodes=tuple(replace(node, title="" if node.lent else node.title) for node in scene.nodes))


SETTINGS: Mapping[str, tuple[Setting, ...]] = {  # of each style, in the order in which "auto" tries them
    "cards": (plain, broken, slashed),
    "circuit": (plain, disordered, once, nameless),
}


def _in_two_lines(text: Text) -> str:
    """Where that makes it narrowest; as it was, where that is hardly narrower."""
    places = [match.start() for match in re.finditer(BREAKS, text.latex) if not _is_inside(text.latex, match.start())]
    halves = [(text.latex[:place].strip(), _begun(text.latex[place:].strip())) for place in places]
    width, pair = min(((max(map(_width(text), half)), half) for half in halves), default=(text.width, ("", "")))
    return TWO_LINES + "{{{}}}{{{}}}".format(*pair) if width < WORTH * text.width else text.latex


def _begun(half: str) -> str:
    """A second line: its sign stands between two things, and what is only words begins with a word."""
    return "{} " + half if half[0] in "+-" else half.replace(r"\text{, ", r"\text{", 1)


def _width(text: Text) -> Callable[[str], float]:
    return lambda latex: replace(text, latex=latex).width


def _is_inside(latex: str, place: int) -> bool:
    """Whether a place is inside of braces or brackets."""
    return any(latex[:place].count(a) > latex[:place].count(b) for a, b in ("{}", "()"))


def slash(latex: str) -> str:
    r"""A formula's fractions in one line, with the brackets that this needs.

    >>> print(slash(r"\frac{\partial J}{\partial a} = \frac{1 + x}{2 \cdot y}"))
    \partial J / \partial a = (1 + x) / (2 \cdot y)
    """
    while (start := latex.find(r"\frac{")) >= 0:
        top, middle = _group(latex, start + len(r"\frac"))
        bottom, end = _group(latex, middle)
        above = f"({top})" if re.search(r" [+-] |\\sum", top) else top
        below = bottom if bottom.startswith(r"\partial ") or not re.search(r" |\\frac", bottom) else f"({bottom})"
        latex = f"{latex[:start]}{above} / {below}{latex[end:]}"
    return latex


def _group(latex: str, start: int) -> tuple[str, int]:
    """What is between a brace and the one that closes it, and where that ends."""
    depths = _depths(latex, start)
    end = next(i for i, depth in depths if not depth)
    return latex[start + 1 : end], end + 1


def _depths(latex: str, start: int) -> Iterator[tuple[int, int]]:
    depth = 0
    for i in range(start, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[i], 0)
        yield i, depth

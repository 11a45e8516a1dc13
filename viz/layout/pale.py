"""What is not highlighted, pale: every colour mixed with the background, so that it is seen but not first."""

from __future__ import annotations

from dataclasses import replace

from viz.shapes import Box, Curve, Group, Head, Shape, Text
from viz.theme import Theme

PALE = 0.6  # of the background in a pale colour


def pale(group: Group, theme: Theme) -> Group:
    """A card or arrow whose colours are mixed with the background."""
    return replace(group, shapes=tuple(_pale(shape, theme.background) for shape in group.shapes))


def _pale(shape: Shape, background: str) -> Shape:
    match shape:
        case Box():
            return replace(shape, line=mixed(shape.line, background), fill=mixed(shape.fill, background))
        case Curve():
            return replace(shape, line=mixed(shape.line, background))
        case Head():
            return replace(shape, fill=mixed(shape.fill, background))
        case Text():
            return replace(shape, colour=mixed(shape.colour, background))


def mixed(colour: str, background: str) -> str:
    """A colour with so much of the background that it is pale; no colour stays none.

    >>> mixed("#000000", "#FFFFFF"), mixed("none", "#FFFFFF")
    ('#999999', 'none')
    """
    if colour == "none":
        return colour
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(background[1:]), strict=True)
    return "#" + "".join(f"{round(x + PALE * (y - x)):02X}" for x, y in pairs)

"""Shapes as SVG: plain attributes, no ids, no scripts, so that it can stand in any page."""

from __future__ import annotations

from collections.abc import Sequence

from viz import fonts as font
from viz.escape import xml
from viz.shapes import Box, Curve, Group, Head, Picture, Point, Shape, decimal


def write(picture: Picture) -> str:
    """The picture as an SVG document; its size is in points."""
    width, height = decimal(picture.width), decimal(picture.height)
    title = xml(picture.title)
    groups = "\n".join(_group(group) for group in picture.groups)
    if picture.background:
        groups = f'<rect class="page" width="{width}" height="{height}" fill="{picture.background}"/>\n{groups}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label="{title}" style="max-width:100%;height:auto"'
        f' font-family="{xml(font.FALLBACK)}" xml:space="preserve">\n<title>{title}</title>\n{groups}\n</svg>\n'
    )


def _group(group: Group) -> str:
    shapes = "\n".join(map(_shape, group.shapes))
    return f'<g class="{group.kind}" data-id="{group.id}">\n{shapes}\n</g>'


def _shape(shape: Shape) -> str:
    match shape:
        case Box(x, y, width, height, radius, line, fill, stroke):
            return (
                f'<rect x="{decimal(x)}" y="{decimal(y)}" width="{decimal(width)}" height="{decimal(height)}"'
                f' rx="{decimal(radius)}" fill="{fill}" stroke="{line}" stroke-width="{decimal(stroke)}"/>'
            )
        case Curve(points, line, stroke, dash, opacity):
            more = f' stroke-dasharray="{decimal(dash[0])} {decimal(dash[1])}"' if dash else ""
            more += f' stroke-opacity="{decimal(opacity)}"' if opacity < 1 else ""
            return f'<path d="{_path(points)}" fill="none" stroke="{line}" stroke-width="{decimal(stroke)}"{more}/>'
        case Head(points, fill, opacity):
            more = f' fill-opacity="{decimal(opacity)}"' if opacity < 1 else ""
            return f'<path d="{_path(points[:1])} L {_points(points[1:])} Z" fill="{fill}"{more}/>'
    weight = ' font-weight="bold"' if shape.bold else ""
    return (
        f'<text x="{decimal(shape.x)}" y="{decimal(shape.y)}" text-anchor="middle"'
        f' font-size="{decimal(shape.size)}"{weight} fill="{shape.colour}">{xml(shape.text)}</text>'
    )


def _path(points: Sequence[Point]) -> str:
    rest = "" if len(points) == 1 else f" {'L' if len(points) == 2 else 'C'} {_points(points[1:])}"
    return f"M {_points(points[:1])}{rest}"


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{decimal(x)},{decimal(y)}" for x, y in points)

"""How a picture looks: colours by role, sizes and line widths, in one place; never by operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from autograd import DrawingError

Role = Literal["input", "parameter", "operation", "output", "gradient", "curvature"]  # of a card


@dataclass(frozen=True)
class Paint:
    """A role's colours as #rrggbb: a card's title, the strip behind it, and the outline (default: as the title)."""

    line: str
    fill: str
    outline: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "outline", self.outline or self.line)
        for item in fields(self):
            _check(item.name, getattr(self, item.name))


def is_colour(text: object) -> bool:
    """Whether it is a colour as #rrggbb."""
    return isinstance(text, str) and re.fullmatch("#[0-9A-Fa-f]{6}", text) is not None


def _check(name: str, colour: str) -> None:
    if not is_colour(colour):
        raise DrawingError(f"{name}={colour!r} is not a colour. Write it with six digits, such as '#B3001B'.")


@dataclass(frozen=True)
class Theme:
    """Colours and measures, in points unless said otherwise (72 points are an inch).

    The roles' colours are those of M. Okabe and K. Ito (2008), Color Universal Design, darkened so
    that text on its fill has a contrast of 4.5 : 1 or more. Change some with `dataclasses.replace`,
    or take `THEMES["dark"]` or `THEMES["print"]`, which `viz.draw(J, theme="dark")` knows by name.

    Raises:
        DrawingError: a colour that is not #rrggbb.
    """

    roles: Mapping[Role, Paint] = field(
        default_factory=lambda: {
            "input": Paint("#005A96", "#E3EFF9", "#8FB9DB"), "parameter": Paint("#7A4B00", "#FCEBCB", "#DDB873"),
            "operation": Paint("#33414E", "#EEF1F5", "#A9B4C0"), "output": Paint("#00573F", "#DCF1E8", "#7FBFA6"),
            "gradient": Paint("#9A0018", "#FBE3E3", "#E0A0A6"),  # a card of the gradient's own graph
            "curvature": Paint("#4A1B7A", "#E4D8F4", "#B79BDC"),  # of the second derivatives'
        }
    )  # fmt: skip
    background: str = "#FFFFFF"
    ink: str = "#14202B"
    body: str = "#FFFFFF"  # of cards
    value: str = "#00694F"  # of a circuit: above the wire
    gradient: str = "#B3001B"
    gradient_fill: str = "#FDF0F0"  # behind a gradient: red is all that goes back
    forward: str = "#778599"
    muted: str = "#4D5866"
    positive: str = "#0072B2"  # a weight on an edge
    negative: str = "#B34700"  # dashed, too
    card_size: float = 21.0  # of text on cards
    edge_size: float = 18.0  # of text on edges
    padding: float = 13.0  # left and right of a card's text
    row: float = 38.0  # a card's row
    corner: float = 9.0  # radius
    outline: float = 1.3
    forward_width: float = 1.7
    backward_width: float = 2.1
    dash: tuple[float, float] = (6.0, 3.6)
    arrow: float = 13.0  # length of a head
    margin: float = 8.0
    column_gap: float = 70.0  # between ranks
    row_gap: float = 20.0  # between cards of one rank
    widest_weight: float = 5.0  # the line of the largest weight

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(item.default, str):
                _check(item.name, value)
            elif isinstance(item.default, float) and not value >= 0:
                raise DrawingError(f"{item.name}={value!r} is not a length. Give points, 0 or more.")

    def weight_line(self, weight: float | None) -> tuple[str, float, bool]:
        """Colour, width and whether dashed, of a weight's line by its sign and size, a share of the largest.

        Without a weight, it is a plain way forward.
        """
        if weight is None:
            return self.forward, self.forward_width, False
        thinnest = self.forward_width * 0.6
        width = thinnest + abs(weight) * (self.widest_weight - thinnest)
        return self.positive if weight >= 0 else self.negative, round(width, 2), weight < 0


THEME = Theme()
# fmt: off
THEMES: dict[str, Theme] = {
    "light": THEME,
    "dark": Theme(
        roles={
            "input": Paint("#7CC4F5", "#12293D"), "parameter": Paint("#F2B84B", "#3A2A08"),
            "operation": Paint("#B8C4D0", "#1F2933"), "output": Paint("#5FD3A8", "#0E3327"),
            "gradient": Paint("#FF9C9C", "#3B1418"), "curvature": Paint("#E3D3FA", "#3A2757"),
        },
        background="#10161D", ink="#EEF2F6", body="#161E27", gradient="#FF8F8F", gradient_fill="#2B1A1E",
        value="#77DDB6", forward="#8494A6", muted="#B3BECA", positive="#56B4E9", negative="#F0883E",
    ),
    "print": Theme(  # for a printer without colours: dashes and texts carry the meaning
        roles={
            "input": Paint("#000000", "#FFFFFF"), "parameter": Paint("#000000", "#EBEBEB"),
            "operation": Paint("#000000", "#FFFFFF"), "output": Paint("#000000", "#DEDEDE"),
            "gradient": Paint("#000000", "#F4F4F4"), "curvature": Paint("#000000", "#D2D2D2"),
        },
        ink="#000000", value="#000000", gradient="#000000", gradient_fill="#FFFFFF", forward="#6E6E6E", muted="#3C3C3C",
        positive="#000000", negative="#000000",
    ),
}
# fmt: on


def themed(theme: Theme | str) -> Theme:
    """A theme, or the preset of this name.

    Raises:
        DrawingError: an unknown name.
    """
    if isinstance(theme, Theme):
        return theme
    if theme not in THEMES:
        raise DrawingError(f"Unknown theme {theme!r}. Choose one of {', '.join(map(repr, THEMES))}, or give a Theme.")
    return THEMES[theme]

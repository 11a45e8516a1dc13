"""How a picture looks: colours by role, sizes and line widths, in one place; never by operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from viz.scene import Role


@dataclass(frozen=True)
class Paint:
    """A role's colours as #rrggbb: the card's outline and title, and its pale fill."""

    line: str
    fill: str


@dataclass(frozen=True)
class Theme:
    """Colours and measures, in points unless said otherwise (72 points are an inch).

    The roles' colours are those of M. Okabe and K. Ito (2008), Color Universal Design, darkened so
    that text on its fill has a contrast of 4.5 : 1 or more.
    """

    roles: Mapping[Role, Paint] = field(
        default_factory=lambda: {
            "input": Paint("#005A96", "#DDEBF7"),
            "parameter": Paint("#7F4F00", "#FDE9C4"),
            "operation": Paint("#3E4C59", "#F6F8FB"),
            "output": Paint("#00573F", "#D5EDE4"),
        }
    )
    ink: str = "#14202B"
    gradient: str = "#B3001B"
    forward: str = "#8592A3"
    muted: str = "#4D5866"
    card_size: float = 21.0  # of text on cards
    edge_size: float = 18.0  # of text on edges
    air: float = 1.4  # room for an edge's text, as a multiple of its height
    padding: float = 13.0  # left and right of a card's text
    row: float = 38.0  # a card's row
    corner: float = 12.0  # radius
    outline: float = 2.2
    forward_width: float = 1.5
    backward_width: float = 2.6
    dash: tuple[float, float] = (6.0, 3.5)
    arrow: float = 13.0  # length of a head
    margin: float = 8.0
    column_gap: float = 70.0  # between ranks
    row_gap: float = 20.0  # between cards of one rank


THEME = Theme()

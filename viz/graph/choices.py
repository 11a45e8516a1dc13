"""What is asked of a picture, checked in one place: which passes, which way, in which styles, how folded, in rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from autograd import DrawingError
from viz.graph import levels
from viz.graph.scene import Flow, Level, Rows, Style

STYLES = ("auto", *get_args(Style))
ROWS: tuple[Rows, ...] = ("auto", 1, 2, 3)


@dataclass(frozen=True)
class Choices:
    """What is legal, with what it means.

    Attributes:
        backward: whether gradients are drawn too.
        styles: those that are tried.
    """

    backward: bool
    flow: Flow
    styles: tuple[Style, ...]
    level: Level
    rows: Rows


def checked(direction: str, style: str, level: Level, rows: Rows = "auto") -> Choices:
    """The choices, with an error that lists the legal ones where one is not."""
    backward, flow = _directions(direction)
    styles = _styles(style, level, flow)
    _refuse_unknown("level", level, levels.names())
    _refuse_unknown("rows", rows, ROWS if flow == "LR" else (1, "auto"))
    return Choices(backward, flow, styles, level, rows if flow == "LR" else 1)


def _refuse_unknown(what: str, value: object, legal: Iterable[object]) -> None:
    if value not in legal:
        raise DrawingError(f"Unknown {what} {value!r}. Choose one of {', '.join(map(repr, legal))}.")


def _directions(words: str) -> tuple[bool, Flow]:
    """Whether gradients are drawn, and how the picture runs, of one or two words."""
    given = words.split()
    shown, flow = [word for word in given if word in ("backward", "forward")], [x for x in given if x in ("LR", "TB")]
    if not given or len(shown) > 1 or len(flow) > 1 or len(shown) + len(flow) < len(given):
        raise DrawingError(
            f"Unknown direction {words!r}. "
            "Choose one of 'backward', 'forward', 'LR', 'TB', or one of each pair, such as 'forward TB'."
        )
    return "forward" not in shown, "TB" if "TB" in flow else "LR"


def _styles(style: str, level: Level, flow: Flow) -> tuple[Style, ...]:
    _refuse_unknown("style", style, STYLES)
    if style == "circuit":
        if level not in ("auto", "value"):
            raise DrawingError(f"A circuit has every node, not level={level!r}. Take level='value' or style='cards'.")
        if flow == "TB":
            raise DrawingError("A circuit runs from left to right. Take direction='LR' or style='cards'.")
        return ("circuit",)
    return ("cards", "circuit") if style == level == "auto" and flow == "LR" else ("cards",)

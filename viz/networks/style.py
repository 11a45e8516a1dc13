"""How a network is drawn: one table of options, which the command and the docs read too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from autograd import DrawingError
from viz.theme import is_colour

SHADES = ("width", "opacity", "colour", "shade", "dash")


def option(
    default: object, purpose: str, *, kind: type = str, least: float = 0, most: float = 0, choices: Sequence[str] = ()
) -> Any:
    """A field of `NetworkStyle` with its purpose, the type of its values and what is legal."""
    legal = {"kind": kind, "least": least, "most": most, "choices": choices}
    return field(default=default, metadata={"purpose": purpose, **legal})


@dataclass(frozen=True)
class NetworkStyle:
    """How a network is drawn; lengths are in points, colours `#rrggbb`. `viz.network` takes these as keywords.

    Raises:
        DrawingError: a value that is not legal.

    Example:
        >>> NetworkStyle(arrowheads="big")
        Traceback (most recent call last):
        autograd.errors.DrawingError: Unknown arrowheads 'big'. Choose one of 'none', 'empty', 'solid'.
    """

    direction: Literal["horizontal", "vertical"] = option(
        "horizontal", "which way the layers follow each other", choices=("horizontal", "vertical")
    )
    most: int | None = option(
        None,
        "units drawn of a layer; of a wider one the first and last, with … between (default: up to 8, as many as leave "
        "texts of 14 points on a slide)",
        kind=int, least=2, most=64,
    )  # fmt: skip
    edges: Literal["straight", "bezier"] = option("straight", "the lines' form", choices=("straight", "bezier"))
    arrowheads: Literal["none", "empty", "solid"] = option(
        "none", "at the lines' ends", choices=("none", "empty", "solid")
    )
    by_weight: tuple[str, ...] = option(
        ("width", "colour", "dash"), "what a weight's size (width, opacity, shade) and sign (colour, dash) set"
    )
    edge_width: float | None = option(
        None, "of a line; by weight, of the largest (default 1, or 5)", kind=float, most=50
    )
    edge_opacity: float = option(1.0, "of a line; by weight, of the largest", kind=float, most=1)
    edge_colour: str | None = option(None, "of lines that no weight colours (default: the theme's)")
    positive: str | None = option(None, "the colour of positive weights (default: the theme's)")
    negative: str | None = option(None, "the colour of negative weights (default: the theme's)")
    node_diameter: float = option(44.0, "of a circle, at least; texts make it larger", kind=float, least=4, most=400)
    node_fill: str | None = option(None, "of a circle (default: by role)")
    node_border: str | None = option(None, "a circle's line (default: by role)")
    layer_spacing: float | None = option(
        None, "between the middles of layers, at least (default: fills a slide)", kind=float, least=10, most=2000
    )
    node_spacing: float = option(14.0, "between the circles of a layer, at least", kind=float, least=0, most=500)
    bias: bool = option(False, "draw bias units, whose lines are the biases")
    labels: bool = option(True, "write each layer's name, units, activation and the shapes of W (units × inputs) and b")
    names: bool = option(True, "write names: of inputs and outputs beside their circles, of others in theirs if empty")
    legend: bool = option(True, "explain below what numbers and lines are, where gradients are shown")
    numbers: bool = option(False, "write each weight on its line, where it lies on no other")
    digits: int = option(2, "significant digits of numbers", kind=int, least=1, most=16)

    def __post_init__(self) -> None:
        for one in fields(self):
            problem = _problem(one.name, getattr(self, one.name), one.metadata, one.default)
            if problem:
                raise DrawingError(problem)


def _problem(name: str, value: Any, legal: Mapping[str, Any], default: object) -> str:
    """What is wrong with an option's value, if anything."""
    if name == "by_weight":
        bad = [value] if isinstance(value, str) else [word for word in value if word not in SHADES]
        return f"Unknown by_weight {bad[0]!r}. Choose some of {', '.join(map(repr, SHADES))}." if bad else ""
    if legal["choices"]:
        known = ", ".join(map(repr, legal["choices"]))
        return "" if value in legal["choices"] else f"Unknown {name} {value!r}. Choose one of {known}."
    if value is None and default is None:
        return ""
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else f"{name} must be True or False, got {value!r}."
    if legal["most"]:
        kind = int if legal["kind"] is int else float | int
        good = isinstance(value, kind) and not isinstance(value, bool) and legal["least"] <= value <= legal["most"]
        what = "a whole number" if kind is int else "a number"
        return "" if good else f"{name} must be {what} from {legal['least']} to {legal['most']}, got {value!r}."
    return "" if is_colour(value) else f"{name} must be a colour such as '#0072B2', got {value!r}."


def styled(options: Mapping[str, Any]) -> NetworkStyle:
    """The style with these options.

    Raises:
        DrawingError: an unknown name, or a value that is not legal.
    """
    known = [one.name for one in fields(NetworkStyle)]
    for name in options:
        if name not in known:
            raise DrawingError(f"Unknown option {name!r}. Choose one of {', '.join(known)}.")
    return NetworkStyle(**options)

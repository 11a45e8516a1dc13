"""Neural-network diagrams as lectures draw them: a circle a unit, a line a weight, from a model or from layer sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np

from autograd import ChalkgradError, DrawingError, Value
from viz.drawing import Drawing
from viz.networks.columns import Column, columns
from viz.networks.diagram import NetworkDrawing
from viz.theme import THEME, Theme

SHADES = ("width", "opacity", "colour", "shade", "dash")


def option(default: Any, purpose: str, *, least: float = 0, most: float = 0, choices: Sequence[str] = ()) -> Any:
    """A field of `NetworkStyle` with its purpose and what is legal."""
    return field(default=default, metadata={"purpose": purpose, "least": least, "most": most, "choices": choices})


@dataclass(frozen=True)
class NetworkStyle:
    """How a network is drawn; lengths are in points, colours `#rrggbb`. `viz.network` takes these as keywords.

    Raises:
        DrawingError: a value that is not legal.

    Example:
        >>> NetworkStyle(arrowheads="big")
        Traceback (most recent call last):
        autograd.errors.DrawingError: arrowheads cannot be 'big'. Choose from 'none', 'empty', 'solid'.
    """

    direction: Literal["horizontal", "vertical"] = option(
        "horizontal", "which way the layers follow each other", choices=("horizontal", "vertical")
    )
    most: int = option(8, "units drawn of a layer; of a wider one the first and last, with … between", least=2, most=64)
    edges: Literal["straight", "bezier"] = option("straight", "the lines' form", choices=("straight", "bezier"))
    arrowheads: Literal["none", "empty", "solid"] = option(
        "none", "at the lines' ends", choices=("none", "empty", "solid")
    )
    by_weight: tuple[str, ...] = option(
        ("width", "colour", "dash"), "what a weight's size (width, opacity, shade) and sign (colour, dash) set"
    )
    edge_width: float | None = option(None, "of a line; by weight, of the largest (default 1, or 5)", most=50)
    edge_opacity: float = option(1.0, "of a line; by weight, of the largest", most=1)
    edge_colour: str | None = option(None, "of lines that no weight colours (default: the theme's)")
    positive: str | None = option(None, "the colour of positive weights (default: the theme's)")
    negative: str | None = option(None, "the colour of negative weights (default: the theme's)")
    node_diameter: float = option(44.0, "of a circle, at least; texts make it larger", least=4, most=400)
    node_fill: str | None = option(None, "of a circle (default: by role)")
    node_border: str | None = option(None, "a circle's line (default: by role)")
    layer_spacing: float = option(200.0, "between the middles of layers, at least", least=10, most=2000)
    node_spacing: float = option(18.0, "between the circles of a layer", least=0, most=500)
    bias: bool = option(False, "draw bias units, whose lines are the biases")
    labels: bool = option(True, "write each layer's name, units, activation and the shape of its weights")
    names: bool = option(True, "write the inputs' and outputs' names beside their circles")
    numbers: bool = option(False, "write each weight on its line")
    digits: int = option(2, "significant digits of numbers", least=1, most=16)

    def __post_init__(self) -> None:
        for one in fields(self):
            problem = _problem(one.name, getattr(self, one.name), one.metadata, one.default)
            if problem:
                raise DrawingError(problem)


def _problem(name: str, given: Any, legal: Any, default: Any) -> str:
    """What is wrong with an option's value, or nothing."""
    if name == "by_weight":
        bad = [given] if isinstance(given, str) else [word for word in given if word not in SHADES]
        return f"by_weight cannot be {bad[0]!r}. Choose some of {', '.join(map(repr, SHADES))}." if bad else ""
    if legal["choices"]:
        known = ", ".join(map(repr, legal["choices"]))
        return "" if given in legal["choices"] else f"{name} cannot be {given!r}. Choose from {known}."
    if given is None and default is None:
        return ""
    if isinstance(default, bool):
        return "" if isinstance(given, bool) else f"{name} must be True or False, got {given!r}."
    if legal["most"]:
        kind = int if isinstance(default, int) else float | int
        good = isinstance(given, kind) and not isinstance(given, bool) and legal["least"] <= given <= legal["most"]
        what = "a whole number" if kind is int else "a number"
        return "" if good else f"{name} must be {what} from {legal['least']} to {legal['most']}, got {given!r}."
    digits = given[1:] if isinstance(given, str) and given[:1] == "#" and len(given) == 7 else "-"
    good = all(c in "0123456789abcdefABCDEF" for c in digits)
    return "" if good else f"{name} must be a colour as '#0072B2', got {given!r}."


def network(
    model: Any,
    input: Sequence[float] | None = None,
    target: Any = None,
    *,
    loss: Any = None,
    gradients: bool = False,
    show: Literal["weights", "gradients"] = "weights",
    layers: Sequence[str] | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    theme: Theme | str = THEME,
    size: tuple[float, float] | None = None,
    transparent: bool = False,
    **options: Any,
) -> Drawing:
    """A diagram of a network: a circle a unit, a line a weight w, as wide as |w|, dashed for w < 0.

    Args:
        model: an `nn` model, layer or neuron; a path to a saved model; or layer sizes as [16, 12, 10, 1].
        input: one number for each input: each circle then shows its activation, dimensionless.
        target: what the outputs should be; with it the circles show ∂L/∂a in red as well.
        loss: L as `nn.losses` names it, or a function of the lists (targets, outputs); default: the one
            that the model was compiled with, else "mse".
        gradients: show gradients without a target too: of the sum of the outputs.
        show: what the lines are: "weights", or "gradients" by these.
        layers: other names for the layers, inputs first.
        inputs, outputs: other names for the inputs and outputs; default: x₁, x₂, … and ŷ.
        theme: colours and sizes of texts and circles.
        size, transparent: as for `draw`.
        options: the fields of `NetworkStyle`.

    Returns:
        A Drawing: `.save("net.svg")` writes every format that pictures have.

    Raises:
        DrawingError: no network, an unknown option or illegal value. ShapeError: not one number for each input.

    Example:
        >>> drawing = network([3, 4, 1], arrowheads="solid", inputs=["red", "green", "blue"])
        >>> "green" in drawing.svg and "4 units" in drawing.svg
        True

    Source: the options are those of A. LeNail (2019), NN-SVG, J. Open Source Software 4(33).
    """
    known = [one.name for one in fields(NetworkStyle)]
    for name in options:
        if name not in known:
            raise DrawingError(f"There is no option {name!r}. Choose from {', '.join(known)}.")
    if show not in ("weights", "gradients"):
        raise DrawingError(f"show cannot be {show!r}. Choose from 'weights', 'gradients'.")
    if isinstance(model, str | Path):
        model = _loaded(model)
    wanted = gradients or target is not None or show == "gradients"
    if wanted and input is None:
        raise DrawingError("Gradients are those at a sample. Give input=[…], a number for each input.")
    found = columns(model, input, _cost(model, target, loss) if wanted else None)
    if layers is not None:
        if len(layers) != len(found):
            raise DrawingError(f"The network has {len(found)} layers with its inputs, got {len(layers)} names.")
        found = [Column(**{**vars(c), "name": str(name)}) for c, name in zip(found, layers, strict=True)]
    return NetworkDrawing(
        found, NetworkStyle(**options), theme, inputs, outputs, show == "gradients", size, transparent
    )


def _loaded(path: str | Path) -> Any:
    import nn

    return nn.load(path)  # type: ignore[attr-defined,unused-ignore]


def random_network(sizes: Sequence[int], activation: str | None, seed: int) -> Any:
    """A multilayer perceptron of these sizes with random weights."""
    import nn

    options = {} if activation is None else {"activation": activation}
    return nn.MLP(sizes[0], list(sizes[1:]), rng=seed, **options)


def _cost(model: Any, target: Any, loss: Any) -> Callable[[list[Value]], Value]:
    """What gradients are taken of, as a function of the outputs."""
    if target is None:
        return lambda outputs: sum(outputs[1:], outputs[0])
    from nn import losses

    if loss is None:
        with suppress(ChalkgradError):  # a model that is not compiled has none
            loss = getattr(model, "loss", None)
    chosen = losses.get("mse" if loss is None else loss)
    y = [float(t) for t in np.atleast_1d(target)]
    return lambda outputs: chosen(y, outputs)

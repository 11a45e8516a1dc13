"""Neural-network diagrams as lectures draw them: a circle a unit, a line a weight, from a model or from layer sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from autograd import DrawingError, Value
from viz.networks.beside import Input, pictured
from viz.networks.columns import columns
from viz.networks.drawing import NetworkDrawing
from viz.networks.plan import MOST_UNITS, Plan
from viz.networks.style import styled
from viz.theme import THEME, Theme, themed

if TYPE_CHECKING:
    from nn.losses import LossLike

LOOSE = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.45, 2.7, 3.0, 3.4, 3.8)  # how far apart circles may stand
FEW = 4  # units of a layer, which are drawn even where then some numbers have no room


def network(
    model: object,
    input: Sequence[float] | None = None,
    target: float | Sequence[float] | None = None,
    *,
    loss: LossLike | None = None,
    gradients: bool = False,
    show: Literal["weights", "gradients"] = "weights",
    layers: Sequence[str] | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    hidden: Sequence[Sequence[str]] = (),
    fills: Sequence[str] = (),
    dropped: Sequence[Sequence[int]] = (),
    picture: Input | None = None,
    theme: Theme | str = THEME,
    size: tuple[float, float] | None = None,
    transparent: bool = False,
    caption: str | bool = False,
    **options: Any,
) -> NetworkDrawing:
    """A diagram of a network: a circle a unit, a line a weight w, as wide as |w|, dashed for w < 0.

    Of wide layers only so many units are drawn that texts have 14 points on a slide, and a number stands on
    its own line alone or not at all. `.folded` says what is not drawn: units, biases, numbers without room.

    Args:
        model: an `nn` model, layer or neuron; a path to a saved model; or layer sizes such as [16, 12, 10, 1].
        input: one number for each input: each circle then shows its activation, dimensionless.
        target: what the outputs should be; with it the circles show ∂L/∂a in red as well.
        loss: L as `nn.losses` names it, or a function of the lists (targets, outputs); default: the one
            that the model was compiled with, else "mse".
        gradients: show gradients without a target too: of the sum of the outputs.
        show: what the lines are: "weights", or "gradients" by these.
        layers: other names for the layers, inputs first.
        inputs, outputs: other names for the inputs and outputs; default: x₁, x₂, … and ŷ.
        hidden: other names for the hidden units, a list for each hidden layer; they stand in circles without numbers.
        fills: a colour for each layer's circles, inputs first, such as '#E3EFF9'; bias units keep theirs.
        dropped: for each hidden layer the units, from 1, that dropout leaves out: crossed, and without lines. Units
            of a layer with dropout have dashed circles.
        picture: what stands before the inputs: an image as an array (height, width), 0 the background; the data's
            points as (X, y); or the path of an image or a CSV file.
        theme: colours and sizes of texts and circles.
        size, transparent: as for `draw`.
        caption: a text below the picture; True writes `.folded`.
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
    style = styled(options)
    if show not in ("weights", "gradients"):
        raise DrawingError(f"Unknown show {show!r}. Choose one of 'weights', 'gradients'.")
    if isinstance(model, str | Path):
        import nn

        model = nn.load(model)
    needs_sample = gradients or target is not None or show == "gradients"
    if needs_sample and input is None:
        raise DrawingError("Gradients are those at a sample. Give input=[…], a number for each input.")
    units = columns(model, input, _cost(model, target, loss) if needs_sample else None)
    if layers is not None:
        if len(layers) != len(units):
            raise DrawingError(f"The network has {len(units)} layers with its inputs, got {len(layers)} names.")
        units = [replace(column, name=str(name)) for column, name in zip(units, layers, strict=True)]
    plan = Plan(units, style, themed(theme), inputs, outputs, show == "gradients",
                hidden_names=hidden, fills=fills, dropped=dropped,
                gradients_of="L" if target is not None else "Σŷ")  # fmt: skip
    drawn = [] if picture is None else pictured(picture, plan.theme)
    return _legible(plan, size, transparent, caption, drawn)


def _legible(plan: Plan, *look: Any) -> NetworkDrawing:
    """The drawing with most units whose texts can be read and whose numbers have room; or what comes nearest."""
    widest = max(layer.size for layer in plan.layers)
    most = [plan.style.most] if plan.style.most else range(max(2, min(MOST_UNITS, widest)), 1, -1)
    crowded, small = list[NetworkDrawing](), list[NetworkDrawing]()
    for units in most:
        own = replace(plan, style=replace(plan.style, most=units))
        drawings = [
            NetworkDrawing(replace(own, loose=loose), *look) for loose in LOOSE if plan.style.numbers or loose == 1
        ]
        legible = list(takewhile(NetworkDrawing.is_legible, drawings))
        if legible and not legible[-1].lines.crowded_out:
            return next(drawing for drawing in legible if not drawing.lines.crowded_out)
        crowded += legible[-1:]
        small += drawings[:1]
        if crowded and units <= FEW:
            break
    if crowded:
        return min(crowded, key=lambda drawing: drawing.lines.crowded_out)
    return max(small, key=lambda drawing: drawing.text_size)


def _cost(
    model: object, target: float | Sequence[float] | None, loss: LossLike | None
) -> Callable[[list[Value]], Value]:
    """What gradients are taken of, as a function of the outputs."""
    if target is None:
        return lambda outputs: sum(outputs[1:], outputs[0])
    from nn import losses
    from nn.errors import ModelError

    if loss is None:
        with suppress(ModelError):  # a model that is not compiled has none
            loss = getattr(model, "loss", None)
    chosen = losses.get("mse" if loss is None else loss)
    targets = [float(t) for t in target] if isinstance(target, Iterable) else [float(target)]
    return lambda outputs: chosen(targets, outputs)

"""Neural-network diagrams as lectures draw them: a circle a unit, a line a weight, from a model or from layer sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from autograd import DrawingError, Value
from viz.networks.columns import columns
from viz.networks.diagram import NetworkDrawing
from viz.networks.style import NetworkStyle
from viz.theme import THEME, Theme

if TYPE_CHECKING:
    from nn.losses import LossLike
    from nn.module import Module


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
    theme: Theme | str = THEME,
    size: tuple[float, float] | None = None,
    transparent: bool = False,
    **options: Any,
) -> NetworkDrawing:
    """A diagram of a network: a circle a unit, a line a weight w, as wide as |w|, dashed for w < 0.

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
            raise DrawingError(f"Unknown option {name!r}. Choose one of {', '.join(known)}.")
    if show not in ("weights", "gradients"):
        raise DrawingError(f"Unknown show {show!r}. Choose one of 'weights', 'gradients'.")
    if isinstance(model, str | Path):
        model = _loaded(model)
    wanted = gradients or target is not None or show == "gradients"
    if wanted and input is None:
        raise DrawingError("Gradients are those at a sample. Give input=[…], a number for each input.")
    units = columns(model, input, _cost(model, target, loss) if wanted else None)
    if layers is not None:
        if len(layers) != len(units):
            raise DrawingError(f"The network has {len(units)} layers with its inputs, got {len(layers)} names.")
        units = [replace(column, name=str(name)) for column, name in zip(units, layers, strict=True)]
    return NetworkDrawing(
        units, NetworkStyle(**options), theme, inputs, outputs, show == "gradients", size, transparent
    )


def _loaded(path: str | Path) -> Module:
    import nn

    model: Module = nn.load(path)
    return model


def random_network(sizes: Sequence[int], activation: str | None, seed: int) -> Module:
    """A multilayer perceptron of these sizes with random weights."""
    import nn

    options = {} if activation is None else {"activation": activation}
    return nn.MLP(sizes[0], list(sizes[1:]), rng=seed, **options)


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

"""Models by Keras' names: `from nn.models import Sequential, Model, load_model, model_from_json, clone_model`."""

from __future__ import annotations

from typing import Any, NoReturn

from nn.dense import Input
from nn.errors import ModelError
from nn.module import Chain
from nn.training.sequential import MLP, Sequential, load, model_from_json
from nn.types import Seed

__all__ = ["MLP", "Model", "Sequential", "clone_model", "load_model", "model_from_json"]

load_model = load


class Model(Sequential):
    """A chain of layers in Keras' functional spelling, where each layer is called on what goes into it.

    Args:
        inputs: an `Input`.
        outputs: what the last layer gave.
        name: its name.
        rng: as for `Sequential`.

    Raises:
        ModelError: several inputs or outputs, or layers that are not a chain from the input to the output.

    Example:
        >>> from nn import Dense, Input
        >>> x = Input(shape=(2,))
        >>> hidden = Dense(3, activation="relu")(x)
        >>> Model(inputs=x, outputs=Dense(1)(hidden), rng=0).count
        13
    """

    def __init__(self, inputs: Any, outputs: Any, name: str = "", rng: Seed = None) -> None:
        (start,), (end,) = (_one(x) for x in (inputs, outputs))
        if not isinstance(start, Input) or not isinstance(end, Chain) or end.start is not start:
            raise ModelError(
                "A Model goes from one Input through layers called one on the other, as in "
                "x = Input((2,)); Model(x, Dense(1)(x)). Give both ends of such a chain."
            )
        super().__init__([start, *end.layers], name, rng)

    def __init_subclass__(cls, **options: Any) -> NoReturn:
        """Refuse `class Mine(Model)`, which writes in `call` what no listing or file could tell."""
        raise ModelError("A model is a chain of layers, not a class of its own. Give a Sequential its layers.")


def _one(ends: Any) -> list[Any]:
    """An input or output alone or in a list."""
    ends = ends if isinstance(ends, list | tuple) else [ends]
    if len(ends) != 1:
        raise ModelError(f"A Model has one input and one output here, got {len(ends)}. For several take Keras.")
    return list(ends)


def clone_model(model: Sequential, rng: Seed = None) -> Sequential:
    """A model with the same layers, and weights of its own.

    Example:
        >>> clone_model(MLP(2, [3, 1]), rng=0).count
        13
    """
    return model_from_json(model.to_json(), rng)

"""What Keras programs import that is not here, and what is written in its place.

Each of these names can be imported, as programs import more than they use; using it is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import NoReturn

from autograd import elsewhere
from nn.errors import ModelError

_ROWS = "A sample is one row of numbers here; for images and sequences take Keras, PyTorch or JAX."
_CHAIN = "A model is one chain of layers here; for several branches take Keras."
_DATA = "Nothing is loaded from the network; read a file by nn.datasets.csv or np.load."
_WEIGHTS = "Change the weights in a callback, by layer.set_weights."
_NOISE = "Add noise to the samples before fit, X + rng.normal(0, 0.1, X.shape), or take Dropout."
_RATE = "Read and set the number model.optimizer.learning_rate."


def _each(names: str, remedy: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), remedy)


INSTEAD: dict[str, dict[str, str]] = {
    "nn": {
        "constraints": _WEIGHTS,
        "preprocessing": _ROWS,
        "applications": _ROWS,
        "tuner": "Loop over the numbers to try, or use nn.wrappers and scikit-learn's GridSearchCV.",
    },
    "nn.layers": _each(
        "Conv1D Conv2D Conv2DTranspose MaxPooling1D MaxPooling2D MaxPool2D AveragePooling2D GlobalAveragePooling1D "
        "GlobalAveragePooling2D GlobalMaxPooling1D UpSampling2D ZeroPadding2D Reshape Rescaling Embedding LSTM GRU "
        "SimpleRNN Bidirectional TimeDistributed RepeatVector MultiHeadAttention",
        _ROWS,
    )
    | _each("Add Average Concatenate Dot Maximum Multiply Subtract add concatenate", _CHAIN)
    | _each("GaussianNoise GaussianDropout AlphaDropout", _NOISE)
    | {
        "ActivityRegularization": "Regularise weights instead: Dense(…, kernel_regularizer='l1').",
        "Lambda": "Activation takes a function of one Value.",
        "LayerNormalization": "Take BatchNormalization.",
        "Normalization": "Scale the samples before fit: (X - X.mean(0)) / X.std(0).",
    },
    "nn.callbacks": {
        "BackupAndRestore": "Take ModelCheckpoint.",
        "TensorBoard": "Take CSVLogger, or plot history.history.",
    },
    "nn.datasets": _each("boston_housing california_housing cifar10 cifar100 fashion_mnist imdb mnist reuters", _DATA),
    "nn.ops": _each("get_value set_value", _RATE) | {"clear_session": "There is no session to clear. Leave it out."},
    "nn.utils": {
        "np_utils": "Write from nn.utils import to_categorical.",
        "plot_model": "Write viz.network(model).save('model.png').",
        "get_file": _DATA,
        "image_dataset_from_directory": _ROWS,
        "pad_sequences": _ROWS,
    },
}


class Absent:
    """A name of Keras' that is not here.

    Raises:
        ModelError: it is called, derived from, or asked for something inside.

    Example:
        >>> Absent("nn.layers.LSTM", "Take Keras.")(32)
        Traceback (most recent call last):
        nn.errors.ModelError: There is no nn.layers.LSTM. Take Keras.
    """

    def __init__(self, name: str, remedy: str) -> None:
        self._message = f"There is no {name}. {remedy}"

    def _refuse(self, *args: object, **options: object) -> NoReturn:
        raise ModelError(self._message)

    __call__ = __mro_entries__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # Python asks for such names of everything
            raise AttributeError(name)
        self._refuse()

    def __repr__(self) -> str:
        return self._message


def install() -> None:
    """Give each module these names, beside its own."""
    for module, instead in INSTEAD.items():
        namespace = vars(sys.modules[module])
        namespace["__getattr__"] = partial(_look_up, module, instead, namespace.get("__getattr__"))
    elsewhere.install("nn", "this nn is chalkgrad's.", INSTEAD["nn"])


def _look_up(module: str, instead: Mapping[str, str], own: Callable[[str], object] | None, name: str) -> object:
    """What a module has by a name that it does not define; its own `__getattr__` is asked last."""
    if name in instead:
        return Absent(f"{module}.{name}", instead[name])
    if own is None:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    return own(name)

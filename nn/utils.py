"""What Keras programs import from `utils`: classes as one-hot rows."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from nn.arrays import doubles
from nn.errors import DataError, ModelError
from nn.module import whole_number
from nn.types import Array, ArrayLike


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> Array:
    """Each class's number k as a row of zeros with a 1 at place k.

    Args:
        x: whole numbers from 0, of any shape; a last axis of one is left out.
        num_classes: how long the rows are; by default the largest number and one.

    Returns:
        An array (…, num_classes).

    Raises:
        DataError: a number that is no class.

    Example:
        >>> to_categorical([0, 2])
        array([[1., 0., 0.],
               [0., 0., 1.]])
    """
    classes = doubles(x, "x", "Number the classes from 0, as np.unique(x, return_inverse=True)[1] does.")
    classes = classes[..., 0] if classes.ndim > 1 and classes.shape[-1] == 1 else classes
    most = int(classes.max(initial=0)) + 1 if num_classes is None else whole_number(num_classes, "num_classes")
    bad = (classes < 0) | (classes >= most) | (classes != np.round(classes))
    if bad.any():
        raise DataError(f"to_categorical needs classes from 0 to {most - 1}, got {classes[bad][0]:g}. Count from 0.")
    return np.asarray(np.eye(most)[classes.astype(int)])


def set_random_seed(seed: int) -> NoReturn:
    """Refuse: there is no randomness but that of an rng.

    Raises:
        ModelError: always.
    """
    raise ModelError(f"There is no global random state to seed. Give the model its own: Sequential([…], rng={seed!r}).")

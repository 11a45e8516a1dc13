"""What takes a model elsewhere: to a file, and to the libraries of those who outgrow this one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Portable:
    """A model's ways out; mixed into `Sequential`."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write layers and weights to a file, whole or not at all; `nn.load` reads it.

        The file is a ZIP archive: model.json says what the layers are, an array in NumPy's format holds
        each kernel and bias, so that `np.load` reads them too. Equal models are equal files.

        Args:
            path: ends in .npz.

        Returns:
            The path.

        Raises:
            ModelError: a layer that is not built yet, a class or function of the user's own.
            FileError: another ending, or a file that cannot be written.

        Example:
            >>> from tempfile import TemporaryDirectory
            >>> from nn import MLP, load
            >>> model = MLP(2, [3, 1], rng=0)
            >>> with TemporaryDirectory() as folder:
            ...     again = load(model.save(Path(folder) / "m.npz"))
            >>> again([1.0, 2.0])[0].data == model([1.0, 2.0])[0].data
            True
        """
        from nn.export import saving

        return saving.save(self, path)

    def to_torch(self) -> Any:
        """The same model as a `torch.nn.Sequential` in double precision, in evaluation mode.

        Raises:
            ModelError: a layer or activation that PyTorch has no counterpart of.
            MissingExtra: PyTorch is not installed.
        """
        from nn.export import frameworks as bridges

        return bridges.to_torch(self)

    def to_keras(self) -> Any:
        """The same model as a `keras.Sequential`, in the precision of `keras.config.floatx()`, single by default.

        Raises:
            ModelError: a layer or activation that Keras has no counterpart of.
            MissingExtra: Keras, or a library that it can calculate with, is not installed.
        """
        from nn.export import frameworks as bridges

        return bridges.to_keras(self)

    def to_jax(self) -> tuple[Callable[[Any, Any], Any], list[Any]]:
        """The same model as a pure function `predict(parameters, X)` to jit and differentiate, and its parameters.

        `parameters` is a list of arrays, as `get_weights` returns them; X has shape (n, inputs), the
        predictions (n, units). It calculates in the precision that JAX is set to.

        Raises:
            ModelError: a layer or activation that JAX has no counterpart of.
            MissingExtra: JAX is not installed.
        """
        from nn.export import frameworks as bridges

        return bridges.to_jax(self)

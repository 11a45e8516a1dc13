"""The back ends by the names that users give them: a class that meets `base.Backend` is a row here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from autograd.errors import OperandError

if TYPE_CHECKING:
    from autograd.program.backends.base import Backend

BACKENDS = {  # module and class: imported when they are asked for
    "numpy": ("numpy", "NumPy"),
    "native": ("c", "C"),
    "jax": ("jax", "Jax"),
}


def named(name: str) -> type[Backend]:
    """The class of a back end.

    Raises:
        OperandError: the name is unknown.
    """
    if name not in BACKENDS:
        raise OperandError(f"Unknown backend {name!r}. Choose one of {', '.join(BACKENDS)}.")
    module, cls = BACKENDS[name]
    backend: type[Backend] = getattr(import_module(f"{__name__}.{module}"), cls)
    return backend

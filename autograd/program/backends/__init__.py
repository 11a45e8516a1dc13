"""The back ends by the names that users give them: a class that meets `base.Backend` is a row here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd.errors import OperandError

if TYPE_CHECKING:
    from autograd.program.backends.base import Backend
    from autograd.program.steps import Training
    from autograd.program.tape import Tape

BACKENDS = {  # module and class: imported when they are asked for
    "numpy": ("numpy", "NumPy"),
    "native": ("c", "C"),
    "jax": ("jax", "Jax"),
}
TRAININGS = {"native": ("c_training", "CTraining"), "jax": ("jax_training", "JaxTraining")}  # many steps in a call
TAPES = {  # the same for graphs that do not roll into matrices: made of a tape
    "numpy": ("rows", "Rows"),
    "native": ("tape", "Machine"),
}


def named(name: str) -> type[Backend]:
    """The class of a back end.

    Raises:
        OperandError: the name is unknown.
    """
    if name not in BACKENDS:
        raise OperandError(f"Unknown backend {name!r}. Choose one of {', '.join(BACKENDS)}.")
    backend: type[Backend] = _imported(*BACKENDS[name])
    return backend


def training(name: str) -> type[Training] | None:
    """The class that trains in few calls by a back end; None where it has none."""
    return _imported(*TRAININGS[name]) if name in TRAININGS else None


def of_tapes(name: str) -> Callable[[Tape, bool, int], Backend] | None:
    """What a back end runs irregular graphs with, made of a tape, whether there is a batch, and how many outputs are
    differentiated; None if it has nothing of the kind."""
    return _imported(*TAPES[name]) if name in TAPES else None


def _imported(module: str, name: str) -> Any:
    return getattr(import_module(f"{__name__}.{module}"), name)

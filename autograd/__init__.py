"""A scalar autograd engine: numbers that remember how they were made, and their gradients."""

from importlib import import_module as _import_module
from typing import Any as _Any

from autograd import elsewhere as _elsewhere
from autograd import methods as _methods  # noqa: F401  hangs them on Value
from autograd import ops as _ops
from autograd.core.derivatives import elementwise_grad, grad, hessian, jacfwd, jacobian, jacrev, value_and_grad
from autograd.core.graph import leaves, topological
from autograd.core.value import Value
from autograd.errors import (
    CacheWarning,
    ChalkgradError,
    DivisionByZero,
    DomainError,
    DrawingError,
    FileError,
    FrozenChoiceError,
    FrozenChoiceWarning,
    GradientError,
    GraphCutWarning,
    LengthError,
    MissingExtra,
    OperandError,
    ParseError,
    RangeError,
    ShapeError,
    SmallTextWarning,
    StaleError,
    StepError,
    TableError,
    TracingError,
)
from autograd.language.formula import expression
from autograd.language.parser import parse
from autograd.language.symbolic import to_sympy
from autograd.ops import *  # noqa: F403  every function of the table
from autograd.passes.steps import steps
from autograd.program.compile import compile

_LAZY = {  # what a first `import autograd` need not wait for; no function bears its module's name
    "assert_gradients": "verify.assert_gradients",
    "certificate": "verify.certificate",
    "closed_form": "verify.closed_form",
    "exercise": "passes.exercises",
    "gradcheck": "verify.gradcheck",
    "problem": "passes.problems",
}

_elsewhere.install("autograd", "this autograd is chalkgrad's.", _elsewhere.INSTEAD)

__all__ = [
    "CacheWarning",
    "ChalkgradError",
    "DivisionByZero",
    "DomainError",
    "DrawingError",
    "FileError",
    "FrozenChoiceError",
    "FrozenChoiceWarning",
    "GradientError",
    "GraphCutWarning",
    "LengthError",
    "MissingExtra",
    "OperandError",
    "ParseError",
    "RangeError",
    "ShapeError",
    "SmallTextWarning",
    "StaleError",
    "StepError",
    "TableError",
    "TracingError",
    "Value",
    "compile",
    "elementwise_grad",
    "expression",
    "grad",
    "hessian",
    "jacfwd",
    "jacobian",
    "jacrev",
    "leaves",
    "parse",
    "steps",
    "to_sympy",
    "topological",
    "value_and_grad",
]
__all__ += [*_LAZY, *_ops.__all__]


def __getattr__(name: str) -> _Any:
    if name == "__version__":
        value = _version()
    elif name in _LAZY:
        value = getattr(_import_module(f"autograd.{_LAZY[name]}"), name)
    else:
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")
    globals()[name] = value
    return value


def _version() -> str:
    """The installed version, as setup.cfg has it; "0+unknown" in a copy that is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("chalkgrad")
    except PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, "__version__"})

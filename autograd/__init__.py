"""A scalar autograd engine: numbers that remember how they were made, and their gradients."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from autograd import ops as _ops
from autograd.core import fast_ops as _inline  # noqa: F401  the operators of Value, compiled
from autograd.core.derivatives import grad, hessian, jacobian, value_and_grad
from autograd.core.graph import leaves, topological
from autograd.core.value import Value
from autograd.errors import (
    ChalkgradError,
    DivisionByZero,
    DomainError,
    DrawingError,
    FileError,
    GradientError,
    MissingExtra,
    OperandError,
    ParseError,
    RangeError,
    ShapeError,
    StepError,
    TracingError,
)
from autograd.language.formula import expression
from autograd.language.parser import parse
from autograd.language.symbolic import to_sympy
from autograd.ops import *  # noqa: F403  every function of the table
from autograd.passes.steps import steps
from autograd.program.compile import compile

if _TYPE_CHECKING:
    from autograd.passes.exercises import exercise, problem
    from autograd.verify.certificate import certificate
    from autograd.verify.closed_form import closed_form
    from autograd.verify.gradcheck import assert_gradients, gradcheck

__all__ = [
    "ChalkgradError",
    "DivisionByZero",
    "DomainError",
    "DrawingError",
    "FileError",
    "GradientError",
    "MissingExtra",
    "OperandError",
    "ParseError",
    "RangeError",
    "ShapeError",
    "StepError",
    "TracingError",
    "Value",
    "assert_gradients",
    "certificate",
    "closed_form",
    "compile",
    "exercise",
    "expression",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "leaves",
    "parse",
    "problem",
    "steps",
    "to_sympy",
    "topological",
    "value_and_grad",
]
__all__ += _ops.__all__

_LAZY = {  # what a first `import autograd` need not wait for; no function bears its module's name
    "assert_gradients": "verify.gradcheck",
    "certificate": "verify.certificate",
    "closed_form": "verify.closed_form",
    "exercise": "passes.exercises",
    "gradcheck": "verify.gradcheck",
    "problem": "passes.exercises",
}


def __getattr__(name: str) -> _Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")
    found = globals()[name] = getattr(_import_module(f"autograd.{_LAZY[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})

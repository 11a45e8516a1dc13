"""A scalar autograd engine: numbers that remember how they were made, and their gradients."""

from autograd import inline as _inline  # noqa: F401  the operators of Value, compiled
from autograd import ops as _ops
from autograd.backward import grad, hessian, jacobian, value_and_grad
from autograd.certificate import certificate
from autograd.check import assert_gradients, gradcheck
from autograd.closed import closed_form
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
from autograd.exercise import exercise, problem
from autograd.expression import parse
from autograd.graph import leaves, topological
from autograd.ops import *  # noqa: F403  every function of the table
from autograd.replay import compile
from autograd.steps import steps
from autograd.symbolic import to_sympy
from autograd.text import expression
from autograd.value import Value

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

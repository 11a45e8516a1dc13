"""The table's rows, as type checkers see them. Written by `python -m tests.stubs`; a test compares it with the table."""

from collections.abc import Iterable
from typing import Any, TypeVar, overload

from numpy.typing import NDArray

from autograd.core.op import Number, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Operand, Value

T = TypeVar("T", bound=Tracer)

class _x_y(Op):
    @overload
    def __call__(self, x: T, y: T | Number, /) -> T: ...
    @overload
    def __call__(self, x: Number, y: T, /) -> T: ...
    @overload
    def __call__(self, x: NDArray[Any], y: NDArray[Any] | Number, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, y: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: float, y: float, /) -> float: ...
    @overload
    def __call__(self, x: Number, y: Number, /) -> Number: ...

class _x(Op):
    @overload
    def __call__(self, x: T, /) -> T: ...
    @overload
    def __call__(self, x: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: Number, /) -> Number: ...

class _y_x(Op):
    @overload
    def __call__(self, y: T, x: T | Number, /) -> T: ...
    @overload
    def __call__(self, y: Number, x: T, /) -> T: ...
    @overload
    def __call__(self, y: NDArray[Any], x: NDArray[Any] | Number, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, y: Number, x: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, y: float, x: float, /) -> float: ...
    @overload
    def __call__(self, y: Number, x: Number, /) -> Number: ...

class _x_a001(Op):
    @overload
    def __call__(self, x: T, a: T | Number = 0.01, /) -> T: ...
    @overload
    def __call__(self, x: Number, a: T, /) -> T: ...
    @overload
    def __call__(self, x: NDArray[Any], a: NDArray[Any] | Number = 0.01, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, a: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: float, a: float = 0.01, /) -> float: ...
    @overload
    def __call__(self, x: Number, a: Number = 0.01, /) -> Number: ...

class _x_a10(Op):
    @overload
    def __call__(self, x: T, a: T | Number = 1.0, /) -> T: ...
    @overload
    def __call__(self, x: Number, a: T, /) -> T: ...
    @overload
    def __call__(self, x: NDArray[Any], a: NDArray[Any] | Number = 1.0, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, a: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: float, a: float = 1.0, /) -> float: ...
    @overload
    def __call__(self, x: Number, a: Number = 1.0, /) -> Number: ...

class _x_lo_hi(Op):
    @overload
    def __call__(self, x: T, lo: T | Number, hi: T | Number, /) -> T: ...
    @overload
    def __call__(self, x: Number, lo: T, hi: T | Number, /) -> T: ...
    @overload
    def __call__(self, x: Number, lo: Number, hi: T, /) -> T: ...
    @overload
    def __call__(self, x: NDArray[Any], lo: NDArray[Any] | Number, hi: NDArray[Any] | Number, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, lo: NDArray[Any], hi: NDArray[Any] | Number, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, lo: Number, hi: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: float, lo: float, hi: float, /) -> float: ...
    @overload
    def __call__(self, x: Number, lo: Number, hi: Number, /) -> Number: ...

class _c_x_y(Op):
    @overload
    def __call__(self, c: T, x: T | Number, y: T | Number, /) -> T: ...
    @overload
    def __call__(self, c: Number, x: T, y: T | Number, /) -> T: ...
    @overload
    def __call__(self, c: Number, x: Number, y: T, /) -> T: ...
    @overload
    def __call__(self, c: NDArray[Any], x: NDArray[Any] | Number, y: NDArray[Any] | Number, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, c: Number, x: NDArray[Any], y: NDArray[Any] | Number, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, c: Number, x: Number, y: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, c: float, x: float, y: float, /) -> float: ...
    @overload
    def __call__(self, c: Number, x: Number, y: Number, /) -> Number: ...

class _x_h05(Op):
    @overload
    def __call__(self, x: T, h: T | Number = 0.5, /) -> T: ...
    @overload
    def __call__(self, x: Number, h: T, /) -> T: ...
    @overload
    def __call__(self, x: NDArray[Any], h: NDArray[Any] | Number = 0.5, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, h: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: float, h: float = 0.5, /) -> float: ...
    @overload
    def __call__(self, x: Number, h: Number = 0.5, /) -> Number: ...

class _xs(Op):
    @overload
    def __call__(self, x: Iterable[float], /) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: Iterable[Number], /) -> Number: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: Iterable[T | Number], /) -> T: ...
    @overload
    def __call__(self, x: Iterable[NDArray[Any]], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Iterable[Operand], /) -> Value: ...  # type: ignore[overload-cannot-match]  # but a list [x, 2] matches this one alone
    @overload
    def __call__(self, x: float, /, *more: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: T | Number, /, *more: T | Number) -> T: ...

class _xs_ys(Op):
    @overload
    def __call__(self, x: Iterable[float], y: Iterable[float], /) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: Iterable[Number], y: Iterable[Number], /) -> Number: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: Iterable[T | Number], y: Iterable[T | Number], /) -> T: ...
    @overload
    def __call__(self, x: Iterable[NDArray[Any]], y: Iterable[NDArray[Any]], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Iterable[Operand], y: Iterable[Operand], /) -> Value: ...  # type: ignore[overload-cannot-match]  # but a list [x, 2] matches this one alone

class _x_top_mass10(Op):
    @overload
    def __call__(self, x: T, top: T | Number, mass: T | Number = 1.0, /) -> T: ...
    @overload
    def __call__(self, x: Number, top: T, mass: T | Number = 1.0, /) -> T: ...
    @overload
    def __call__(self, x: Number, top: Number, mass: T, /) -> T: ...
    @overload
    def __call__(self, x: NDArray[Any], top: NDArray[Any] | Number, mass: NDArray[Any] | Number = 1.0, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, top: NDArray[Any], mass: NDArray[Any] | Number = 1.0, /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: Number, top: Number, mass: NDArray[Any], /) -> NDArray[Any]: ...
    @overload
    def __call__(self, x: float, top: float, mass: float = 1.0, /) -> float: ...
    @overload
    def __call__(self, x: Number, top: Number, mass: Number = 1.0, /) -> Number: ...

add: _x_y
"""add(x, y) = x + y, with ∂z/∂x = 1, ∂z/∂y = 1."""
sub: _x_y
"""sub(x, y) = x − y, with ∂z/∂x = 1, ∂z/∂y = −1."""
mul: _x_y
"""mul(x, y) = x · y, with ∂z/∂x = y, ∂z/∂y = x."""
div: _x_y
"""div(x, y) = x / y, with ∂z/∂x = 1 / y, ∂z/∂y = −x / y²."""
pow: _x_y
"""pow(x, y) = x^y, with ∂z/∂x = where([y = 0], 0, y · x^(y − 1)), ∂z/∂y = where([x = 0], 0, log(x) · z)."""
neg: _x
"""neg(x) = −x, with ∂z/∂x = −1."""
abs: _x
"""abs(x) = |x|, with ∂z/∂x = sign(x)."""
exp: _x
"""exp(x), with ∂z/∂x = z."""
expm1: _x
"""expm1(x) = exp(x) − 1, with ∂z/∂x = exp(x)."""
log: _x
"""log(x), with ∂z/∂x = 1 / x."""
log1p: _x
"""log1p(x) = log(1 + x), with ∂z/∂x = 1 / (1 + x)."""
sqrt: _x
"""sqrt(x) = √x, with ∂z/∂x = 1 / (2 · z)."""
log10: _x
"""log10(x) = log₁₀(x) ≈ log(x) / 2.30259, with ∂z/∂x = 1 / (x · 2.30259)."""
log2: _x
"""log2(x) = log₂(x) ≈ log(x) / 0.693147, with ∂z/∂x = 1 / (x · 0.693147)."""
cbrt: _x
"""cbrt(x) = ∛x, with ∂z/∂x = 1 / (3 · z²)."""
hypot: _x_y
"""hypot(x, y) = √(x² + y²), with ∂z/∂x = x / z, ∂z/∂y = y / z."""
erf: _x
"""erf(x), with ∂z/∂x = 1.12838 · exp(−x²)."""
erfc: _x
"""erfc(x), with ∂z/∂x = (−1.12838) · exp(−x²)."""
bell: _x
"""bell(x) = exp(−x²), with ∂z/∂x = (−2) · x · z."""
sin: _x
"""sin(x), with ∂z/∂x = cos(x)."""
cos: _x
"""cos(x), with ∂z/∂x = −sin(x)."""
tan: _x
"""tan(x), with ∂z/∂x = 1 + z²."""
asin: _x
"""asin(x), with ∂z/∂x = 1 / √(1 − x²)."""
acos: _x
"""acos(x), with ∂z/∂x = (−1) / √(1 − x²)."""
atan: _x
"""atan(x), with ∂z/∂x = 1 / (1 + x²)."""
atan2: _y_x
"""atan2(y, x), with ∂z/∂y = x / hypot(y, x) / hypot(y, x), ∂z/∂x = (−y) / hypot(y, x) / hypot(y, x)."""
sinh: _x
"""sinh(x) = (exp(x) − exp(−x)) / 2, with ∂z/∂x = cosh(x)."""
cosh: _x
"""cosh(x) = (exp(x) + exp(−x)) / 2, with ∂z/∂x = sinh(x)."""
tanh: _x
"""tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x)), with ∂z/∂x = 1 − z²."""
sigmoid: _x
"""sigmoid(x) = σ(x) = 1 / (1 + exp(−x)), with ∂z/∂x = z · (1 − z)."""
sigmoid_slope: _x
"""sigmoid_slope(x) = σ′(x) = exp(−x) / (1 + exp(−x))², with ∂z/∂x = (−z) · tanh(x / 2)."""
softplus: _x
"""softplus(x) = log(1 + exp(x)), with ∂z/∂x = σ(x)."""
log_cosh: _x
"""log_cosh(x) = log(cosh(x)), with ∂z/∂x = tanh(x)."""
relu: _x
"""relu(x) = max(x, 0), with ∂z/∂x = [x > 0]."""
leaky_relu: _x_a001
"""leaky_relu(x, a=0.01) = where([x > 0], x, a · x), with ∂z/∂x = where([x > 0], 1, a), ∂z/∂a = min(x, 0)."""
elu: _x_a10
"""elu(x, a=1) = where([x > 0], x, a · (exp(x) − 1)), with ∂z/∂x = where([x > 0], 1, a · exp(min(x, 0))), ∂z/∂a = expm1(min(x, 0))."""
silu: _x
"""silu(x) = x / (1 + exp(−x)), with ∂z/∂x = σ(x) · (1 + x · (1 − σ(x)))."""
binary_cross_entropy: _x_y
"""binary_cross_entropy(x, y) = softplus(x) − y · x, with ∂z/∂x = σ(x) − y, ∂z/∂y = −x."""
maximum: _x_y
"""maximum(x, y) = max(x, y), with ∂z/∂x = [x > y] + 0.5 · [x = y], ∂z/∂y = [y > x] + 0.5 · [x = y]."""
minimum: _x_y
"""minimum(x, y) = min(x, y), with ∂z/∂x = [y > x] + 0.5 · [x = y], ∂z/∂y = [x > y] + 0.5 · [x = y]."""
clip: _x_lo_hi
"""clip(x, lo, hi) = min(max(x, lo), hi), with ∂z/∂x = (1 − [lo > x]) · (1 − [x > hi]), ∂z/∂lo = [lo > x] · [hi > lo], ∂z/∂hi = [max(x, lo) > hi]."""
where: _c_x_y
"""where(c, x, y), with ∂z/∂c = 0, ∂z/∂x = where(c, 1, 0), ∂z/∂y = where(c, 0, 1)."""
gt: _x_y
"""gt(x, y) = [x > y], with ∂z/∂x = 0, ∂z/∂y = 0."""
eq: _x_y
"""eq(x, y) = [x = y], with ∂z/∂x = 0, ∂z/∂y = 0."""
gated: _x_y
"""gated(x, y) = x · y, with ∂z/∂x = y, ∂z/∂y = x."""
sign: _x
"""sign(x) = [x > 0] − [0 > x], with ∂z/∂x = 0."""
heaviside: _x_h05
"""heaviside(x, h=0.5) = where([x = 0], h, [x > 0]), with ∂z/∂x = 0, ∂z/∂h = [x = 0]."""
sum: _xs
"""sum([x, …]) = Σ x, with ∂z/∂xᵢ = 1."""
dot: _xs_ys
"""dot([x, …], [y, …]) = x·y, with ∂z/∂xᵢ = yᵢ, ∂z/∂yᵢ = xᵢ."""
shift: _xs
"""shift([x, …]), with ∂z/∂xᵢ = 0."""
mass: _xs
"""mass([x, …]), with ∂z/∂xᵢ = exp(xᵢ − shift(xᵢ))."""
share: _x_top_mass10
"""share(x, top, mass=1) = exp(x − top) / mass, with ∂z/∂x = z, ∂z/∂top = −z, ∂z/∂mass = (−z) / mass."""
logsumexp: _xs
"""logsumexp([x, …]), with ∂z/∂xᵢ = exp(xᵢ − z)."""
cross_entropy: _xs_ys
"""cross_entropy([x, …], [y, …]) = cross_entropy([x], [y]), with ∂z/∂xᵢ = exp(xᵢ − logsumexp(xᵢ)) − yᵢ, ∂z/∂yᵢ = −xᵢ."""

@overload
def softmax(xs: Iterable[float], /) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def softmax(xs: Iterable[Number], /) -> list[Number]: ...  # type: ignore[overload-overlap]
@overload
def softmax(xs: Iterable[T | Number], /) -> list[T]: ...
@overload
def softmax(xs: Iterable[NDArray[Any]], /) -> list[NDArray[Any]]: ...
@overload
def softmax(xs: Iterable[Operand], /) -> list[Value]: ...  # type: ignore[overload-cannot-match]  # but a list [x, 2] matches this one alone
@overload
def gelu(x: T, /, approximate: bool = False) -> T: ...
@overload
def gelu(x: NDArray[Any], /, approximate: bool = False) -> NDArray[Any]: ...
@overload
def gelu(x: float, /, approximate: bool = False) -> float: ...
@overload
def gelu(x: Number, /, approximate: bool = False) -> Number: ...

__all__ = [
    "abs",
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "log10",
    "log2",
    "cbrt",
    "hypot",
    "erf",
    "erfc",
    "bell",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "sigmoid",
    "sigmoid_slope",
    "softplus",
    "log_cosh",
    "relu",
    "leaky_relu",
    "elu",
    "silu",
    "binary_cross_entropy",
    "maximum",
    "minimum",
    "clip",
    "where",
    "gt",
    "eq",
    "gated",
    "sign",
    "heaviside",
    "sum",
    "dot",
    "shift",
    "mass",
    "share",
    "logsumexp",
    "cross_entropy",
    "softmax",
    "gelu",
]

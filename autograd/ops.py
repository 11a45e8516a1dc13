"""The table of operations: one row each; values, gradients, graphs and formulas all follow from it.

    z     the value, in the table's own words, or each library's function of that name
    d…    the slope ∂z/∂…, a function of the operands and z; or a number where it is that everywhere:
          1 hands the gradient on as it is, 0 has no edge

At kinks, ties and edges the slopes are PyTorch's. The columns stand in `autograd.core.op.Op`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

from autograd.core.notation import ATOM, OPEN, POWER, PRODUCT, SUM, Notation
from autograd.core.op import OPS, Op, both, exact_power, infix, named, total, vector

# fmt: off

# ── operators                          z                  holds        ∂z/∂x                                      ∂z/∂y

add: Op = infix("add", operator.add,     "x + y",           SUM,     dx=1,                                      dy=1,
    laws={("x", 0): "y", ("y", 0): "x"})
sub: Op = infix("sub", operator.sub,     "x − y",           SUM,     ufunc="subtract", dx=1,                                      dy=-1,
    laws={("y", 0): "x"})
mul: Op = infix("mul", operator.mul,     "x · y",           PRODUCT, ufunc="multiply", dx=lambda x, y, z: y,                      dy=lambda x, y, z: x,
    laws={("x", 1): "y", ("y", 1): "x", ("x", 0): 0, ("y", 0): 0})
div: Op = infix("div", operator.truediv, "x / y",           PRODUCT, ufunc="divide", dx=lambda x, y, z: 1 / y,                  dy=lambda x, y, z: -z / y,
    laws={("y", 1): "x", ("x", 0): 0}, latex=Notation(r"\frac{x}{y}", POWER, (OPEN, OPEN)), quotient=True, near=((-2.0, 2.0), (0.3, 3.0)),
    where="y ≠ 0", remedy="Keep the denominator away from 0, as in x / (y + 1e-9).")
pow: Op = infix("pow", operator.pow,     "x^y",             POWER,   ufunc="power", c="pow(x, y)", js="Math.pow(x, y)", dx=lambda x, y, z: where(eq(y, 0), 0, y * x ** (y - 1)),
                                                                     dy=lambda x, y, z: where(eq(x, 0), 0, log(x) * z),
    laws={("y", 1): "x", ("y", 0): 1}, needs=(ATOM, ATOM), latex=Notation("{x}^{y}", POWER, (ATOM, OPEN)), floats=exact_power, near=((0.3, 2.0), (-2.0, 2.0)),
    where="x > 0, or x = 0 and y ≥ 0, or x < 0 and a whole y", remedy="For an odd root take sign(x) * abs(x)**y.",
    kink="At y = 0 the slope by x is 0, at x = 0 the slope by y is 0, at x < 0 it is nan")
neg: Op = infix("neg", operator.neg,     "−x",              SUM,     ufunc="negative", dx=-1,                                     needs=(PRODUCT,))
abs: Op = named("abs", operator.abs,     written=both("|x|"), c="fabs(x)", js="Math.abs(x)",     dx=lambda x, z: sign(x),                   kink="Slope 0 at x = 0")

# ── exponential and roots               ∂z/∂x

exp:   Op = named("exp",                 dx=lambda x, z: z,                     latex=Notation("e^{x}", POWER, (OPEN,)))
expm1: Op = named("expm1",               dx=lambda x, z: exp(x),                formula=lambda x: exp(x) - 1)
log:   Op = named("log",                 dx=lambda x, z: 1 / x,                 latex=r"\log", aliases=("ln",), near=(0.3, 5.0),
    where="x > 0", remedy="Clip the input or use softplus.")
log1p: Op = named("log1p",               dx=lambda x, z: 1 / (1 + x),           formula=lambda x: log(1 + x), near=(-0.7, 4.0),
    where="x > −1", remedy="Clip the input.")
sqrt:  Op = named("sqrt",                dx=lambda x, z: 1 / (2 * z),           latex=Notation(r"\sqrt{x}"), written={"unicode": Notation("√x", POWER, (ATOM,))},
    where="x ≥ 0", remedy="Clip the input, as in sqrt(maximum(x, 0)).", near=(0.3, 4.0), kink="Slope inf at x = 0")

# ── circular and hyperbolic             ∂z/∂x

sin:   Op = named("sin",                 dx=lambda x, z: cos(x),                latex=r"\sin", where="−∞ < x < ∞", remedy="Find what made x infinite.")
cos:   Op = named("cos",                 dx=lambda x, z: -sin(x),               latex=r"\cos", where="−∞ < x < ∞", remedy="Find what made x infinite.")
tan:   Op = named("tan",                 dx=lambda x, z: 1 + z**2,              latex=r"\tan", where="−∞ < x < ∞", remedy="Find what made x infinite.", near=(-1.2, 1.2))
asin:  Op = named("asin",                dx=lambda x, z: 1 / sqrt(1 - x**2),    latex=r"\arcsin", aliases=("arcsin",), near=(-0.8, 0.8),
    where="−1 ≤ x ≤ 1", remedy="Clip the input, as in clip(x, -1, 1).", kink="Slope inf at x = ±1")
acos:  Op = named("acos",                dx=lambda x, z: -1 / sqrt(1 - x**2),   latex=r"\arccos", aliases=("arccos",), near=(-0.8, 0.8),
    where="−1 ≤ x ≤ 1", remedy="Clip the input, as in clip(x, -1, 1).", kink="Slope −inf at x = ±1")
atan:  Op = named("atan",                dx=lambda x, z: 1 / (1 + x**2),        latex=r"\arctan", aliases=("arctan",))
sinh:  Op = named("sinh",                dx=lambda x, z: cosh(x),               latex=r"\sinh", formula=lambda x: (exp(x) - exp(-x)) / 2)
cosh:  Op = named("cosh",                dx=lambda x, z: sinh(x),               latex=r"\cosh", formula=lambda x: (exp(x) + exp(-x)) / 2)
tanh:  Op = named("tanh",                dx=lambda x, z: 1 - z**2,              latex=r"\tanh", formula=lambda x: (exp(x) - exp(-x)) / (exp(x) + exp(-x)))

# ── activations: z never overflows, `formula` is the textbook's

sigmoid: Op = named("sigmoid",           lambda x: exp(minimum(x, 0)) / (1 + exp(-abs(x))),     formula=lambda x: 1 / (1 + exp(-x)),
    dx=lambda x, z: z * (1 - z),                                            symbol="σ", latex=r"\sigma")
softplus: Op = named("softplus",         lambda x: maximum(x, 0) + log1p(exp(-abs(x))),         formula=lambda x: log(1 + exp(x)),
    dx=lambda x, z: sigmoid(x))
relu: Op = named("relu",                 lambda x: maximum(x, 0),
    dx=lambda x, z: gt(x, 0),                                               kink="Slope 0 at x = 0")
leaky_relu: Op = named("leaky_relu",     lambda x, a=0.01: where(gt(x, 0), x, a * x),
    dx=lambda x, a, z: where(gt(x, 0), 1, a),                               da=lambda x, a, z: minimum(x, 0),           kink="Slope a at x = 0")
elu: Op = named("elu",                   lambda x, a=1.0: where(gt(x, 0), x, a * expm1(minimum(x, 0))), formula=lambda x, a: where(gt(x, 0), x, a * (exp(x) - 1)),
    dx=lambda x, a, z: where(gt(x, 0), 1, a * exp(minimum(x, 0))),          da=lambda x, a, z: expm1(minimum(x, 0)),    kink="Slope a at x = 0")
silu: Op = named("silu",                 lambda x: x * sigmoid(x),                              formula=lambda x: x / (1 + exp(-x)),
    dx=lambda x, z: sigmoid(x) * (1 + x * (1 - sigmoid(x))))

# ── choices: comparisons are operations, so that a replay at new inputs chooses anew

maximum: Op = named("maximum",
    dx=lambda x, y, z: heaviside(x - y),                                    dy=lambda x, y, z: heaviside(y - x),        kink="At a tie ½ each",
    symbol="max", latex=r"\max", aliases=("max",), floats=lambda x, y: x if x >= y or x != x else y, inline="(x if x >= y or x != x else y)", c="(y != y || x < y ? y : x)", sympy=lambda sp, x, y: sp.Max(x, y))
minimum: Op = named("minimum",
    dx=lambda x, y, z: heaviside(y - x),                                    dy=lambda x, y, z: heaviside(x - y),        kink="At a tie ½ each",
    symbol="min", latex=r"\min", aliases=("min",), floats=lambda x, y: x if x <= y or x != x else y, inline="(x if x <= y or x != x else y)", c="(y != y || x > y ? y : x)", sympy=lambda sp, x, y: sp.Min(x, y))
clip: Op = named("clip",                 lambda x, lo, hi: minimum(maximum(x, lo), hi),
    dx=lambda x, lo, hi, z: (1 - gt(lo, x)) * (1 - gt(x, hi)),              dlo=lambda x, lo, hi, z: gt(lo, x) * gt(hi, lo),
                                                                            dhi=lambda x, lo, hi, z: gt(maximum(x, lo), hi),
    near=((-2.0, 2.0), (-1.5, -0.5), (0.5, 1.5)), kink="Slope 1 at x = lo and x = hi")
where: Op = named("where",               dc=0,
    dx=lambda c, x, y, z: where(c, 1, 0),                                   dy=lambda c, x, y, z: where(c, 0, 1),       kink="x if c ≠ 0, else y",
    floats=lambda c, x, y: x if c else y, inline="(x if c else y)", c="(c != 0 ? x : y)", laws={("c", 1): "x", ("c", 0): "y"},
    sympy=lambda sp, c, x, y: sp.Piecewise((x, sp.Ne(c, 0)), (y, True)))
gt: Op = named("gt",                     lambda x, y: (x > y) * 1,          dx=0, dy=0,                                 kink="1 if x > y, else 0",
    written=both("[x > y]"), inline="+(x > y)", c="(x > y ? 1.0 : 0.0)", ufunc="greater", sympy=lambda sp, x, y: sp.Piecewise((1, x > y), (0, True)))
eq: Op = named("eq",                     lambda x, y: (x == y) * 1,         dx=0, dy=0,                                 kink="1 if x = y, else 0",
    written=both("[x = y]"), inline="+(x == y)", c="(x == y ? 1.0 : 0.0)", ufunc="equal", sympy=lambda sp, x, y: sp.Piecewise((1, sp.Eq(x, y)), (0, True)))
sign: Op = named("sign",                 lambda x: gt(x, 0) - gt(0, x),     dx=0,                                       kink="0 at x = 0")
heaviside: Op = named("heaviside",       lambda x, h=0.5: where(eq(x, 0), h, gt(x, 0)),
    dx=0,                                                                   dh=lambda x, h, z: eq(x, 0),                kink="h at x = 0")

# ── vectors: a slope sees its own entries

sum: Op = vector("sum",                  lambda x: total(x),                dx=1,
    entry=Notation("x", SUM, (PRODUCT,), " + ", "Σ x"))
dot: Op = vector("dot",                  lambda x, y: total(map(mul, x, y)), dx=lambda x, y, z: y,                      dy=lambda x, y, z: x,
    entry=Notation("x · y", SUM, (PRODUCT, POWER), " + ", "x·y"))
logsumexp: Op = vector("logsumexp",      lambda x: (top := clip(reduce(maximum, x), -1.7e308, 1.7e308)) + log(total([exp(a - top) for a in x])),
    dx=lambda x, z: exp(x - z),          formula=lambda x: log(total([exp(a) for a in x])), where="x > −∞", remedy="Give at least one x above −inf.")

# fmt: on


# ── compositions ──────────────────────────────────────────────────────────────────────────────────


def softmax(xs: Iterable[Any]) -> list[Any]:
    """pₖ = exp(xₖ − logsumexp(x)) = exp(xₖ) / Σ exp(xₗ): positive, their sum is 1, for any size of x.

    Args:
        xs: n numbers or Values, dimensionless.

    Returns:
        n numbers or Values in (0, 1).

    Raises:
        ShapeError: xs is empty.

    Example:
        >>> [round(p, 4) for p in softmax([0.1, 0.2, 0.3])]
        [0.3006, 0.3322, 0.3672]

    Source: J. S. Bridle (1990), Probabilistic interpretation of feedforward network outputs, eq. 2.
    """
    xs = list(xs)
    shift = logsumexp(xs)
    return [exp(x - shift) for x in xs]


def gelu(x: Any) -> Any:
    """½x(1 + tanh(√(2/π)(x + 0.044715x³))): the Gaussian error linear unit in its tanh form.

    Args:
        x: a number, Value or array, dimensionless.

    Example:
        >>> round(gelu(1.0), 6)
        0.841192

    Source: D. Hendrycks, K. Gimpel (2016), Gaussian Error Linear Units, section 2.
    """
    return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


__all__ = [name for name, op in OPS.items() if not op.infix] + ["gelu", "softmax"]

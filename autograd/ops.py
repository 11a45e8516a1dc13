"""The table of operations: one row each; values, gradients, graphs and formulas all follow from it.

    z     the value, in the table's own words, or each library's function of that name
    d…    the slope ∂z/∂…, a function of the operands and z; or a number where it is that everywhere:
          1 hands the gradient on as it is, 0 has no edge. It keeps its digits in every tail;
    shown_d…  the same as textbooks write it, where that form loses them

The maths of a row stands on its aligned line. Below it, indented: the textbook's formula, the domain, the conventions
and laws; then how C, JavaScript, NumPy, SymPy and LaTeX write it, where that does not follow from its name.
At kinks, ties and edges the slopes are PyTorch's. The columns are explained in `autograd.core.op.Op`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from functools import reduce
from math import copysign, inf, nan
from typing import Any

from autograd.core.notation import ATOM, OPEN, POWER, PRODUCT, SUM, Notation
from autograd.core.op import COMPOSED, LARGEST, OPS, T, total
from autograd.core.row_makers import (
    ERF_JS,
    ERFC_JS,
    both,
    composed,
    cube_root,
    exact_power,
    infix,
    named,
    power_beyond,
    stable_shift,
    vector,
)

# fmt: off

# ── operators                        z       holds      ∂z/∂x                       ∂z/∂y

add = infix("add", operator.add,     "x + y", SUM,      dx=1,                       dy=1,
    laws={("x", 0): "y", ("y", 0): "x"}, part="term")
sub = infix("sub", operator.sub,     "x − y", SUM,      dx=1,                       dy=-1,
    laws={("y", 0): "x"}, ufunc="subtract")
mul = infix("mul", operator.mul,     "x · y", PRODUCT,  dx=lambda x, y, z: y,       dy=lambda x, y, z: x,
    laws={("x", 1): "y", ("y", 1): "x", ("x", 0): 0, ("y", 0): 0}, ufunc="multiply", part="factor")
div = infix("div", operator.truediv, "x / y", PRODUCT,  dx=lambda x, y, z: 1 / y,   dy=lambda x, y, z: -z / y,
    shown_dy=lambda x, y, z: -(x / y**2),
    where="y ≠ 0", remedy="Keep the denominator away from 0, as in x / (y + 1e-9).", near=((-2.0, 2.0), (0.3, 3.0)),
    laws={("y", 1): "x", ("x", 0): 0}, quotient=True, beyond=lambda x, y: x * copysign(inf, y),
    latex=Notation(r"\frac{x}{y}", POWER, (OPEN, OPEN)), ufunc="divide")
pow = infix("pow", operator.pow,     "x^y",   POWER,    # with what rounding takes from y − 1
    dx=lambda x, y, z: where(eq(y, 0), 0, where(eq(y - 1 + 1, y), y * x ** (y - 1),
                                          y * x ** (y - 1) * x ** where(eq(x, 2 * x), 0, y - (y - 1 + 1)))),
    dy=lambda x, y, z: log(x + eq(x, 0)) * z,
    shown_dx=lambda x, y, z: where(eq(y, 0), 0, y * x ** (y - 1)),
    shown_dy=lambda x, y, z: where(eq(x, 0), 0, log(x) * z),
    where="x > 0, or x = 0 and y ≥ 0, or x < 0 and a whole y",
    remedy="For an odd root take sign(x) * abs(x)**y; for y < 0 keep x away from 0.",
    kink="At y = 0 the slope by x is 0, at x = 0 the slope by y is 0, at x < 0 it is nan", ufunc="power",
    laws={("y", 1): "x", ("y", 0): 1}, near=((0.3, 2.0), (-2.0, 2.0)), floats=exact_power, beyond=power_beyond,
    needs=(ATOM, ATOM), latex=Notation("{x}^{y}", POWER, (ATOM, OPEN)), c="pow(x, y)", js="Math.pow(x, y)")
neg = infix("neg", operator.neg,     "−x",    SUM,      dx=-1, needs=(PRODUCT,), ufunc="negative")
abs = named("abs", operator.abs,                        dx=lambda x, z: sign(x),
    kink="Slope 0 at x = 0", written=both("|x|"), c="fabs(x)", js="Math.abs(x)")

# ── exponentials, roots   ∂z/∂x

exp   = named("exp",       dx=lambda x, z: z,                latex=Notation("e^{x}", POWER, (OPEN,)),
    beyond=lambda x: inf)
expm1 = named("expm1",     dx=lambda x, z: exp(x),           formula=lambda x: exp(x) - 1, beyond=lambda x: inf)
log   = named("log",       dx=lambda x, z: 1 / x,
    where="x > 0", remedy="Clip the input or use softplus.", near=(0.3, 5.0), latex=r"\log", aliases=("ln",),
    beyond=lambda x: nan if x else -inf)
log1p = named("log1p",     dx=lambda x, z: 1 / (1 + x),
    where="x > −1", remedy="Clip the input.", near=(-0.7, 4.0), formula=lambda x: log(1 + x),
    beyond=lambda x: nan if 1 + x else -inf)
sqrt  = named("sqrt",      dx=lambda x, z: 1 / (2 * z),
    where="x ≥ 0", remedy="Clip the input, as in sqrt(maximum(x, 0)).", near=(0.3, 4.0), kink="Slope inf at x = 0",
    latex=Notation(r"\sqrt{x}"), written={"unicode": Notation("√x", POWER, (ATOM,))})

log10 = named("log10",     dx=lambda x, z: 1 / (x * log(10)),
    where="x > 0", remedy="Clip the input or use softplus.", near=(0.3, 5.0), latex=r"\log_{10}", symbol="log₁₀",
    formula=lambda x: log(x) / log(10), beyond=lambda x: nan if x else -inf)
log2  = named("log2",      dx=lambda x, z: 1 / (x * log(2)),
    where="x > 0", remedy="Clip the input or use softplus.", near=(0.3, 5.0), latex=r"\log_{2}", symbol="log₂",
    formula=lambda x: log(x) / log(2), beyond=lambda x: nan if x else -inf)
cbrt  = named("cbrt",      dx=lambda x, z: 1 / (3 * z**2),   near=(0.3, 4.0), kink="Slope inf at x = 0",
    floats=cube_root, latex=Notation(r"\sqrt[3]{x}"), written={"unicode": Notation("∛x", POWER, (ATOM,))},
    sympy=lambda sp, x: sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3))
hypot = named("hypot",     dx=lambda x, y, z: x / z,         dy=lambda x, y, z: y / z,
    near=((0.3, 2.0), (-2.0, 2.0)), kink="Slopes nan at x = y = 0", formula=lambda x, y: sqrt(x**2 + y**2))
erf   = named("erf",       dx=lambda x, z: 1.1283791670955126 * bell(x), js=ERF_JS)  # 2/√π
erfc  = named("erfc",      dx=lambda x, z: -1.1283791670955126 * bell(x), js=ERFC_JS)
bell  = named("bell",      # s has so few digits that s² is exact
    lambda x: exp(-(s := clip(x, -40.0, 40.0) + 6442450944.0 - 6442450944.0) * s) * exp((s - x) * (s + x)),
    dx=lambda x, z: -2 * x * z,                              formula=lambda x: exp(-x**2),
    latex=Notation("e^{-x^{2}}", POWER, (ATOM,)), written={"unicode": Notation("exp(−x²)", ATOM, (ATOM,))})

# ── circular, hyperbolic  ∂z/∂x

sin   = named("sin",       dx=lambda x, z: cos(x),
    where="−∞ < x < ∞", remedy="Find what made x infinite.", latex=r"\sin")
cos   = named("cos",       dx=lambda x, z: -sin(x),
    where="−∞ < x < ∞", remedy="Find what made x infinite.", latex=r"\cos")
tan   = named("tan",       dx=lambda x, z: 1 + z**2,
    where="−∞ < x < ∞", remedy="Find what made x infinite.", near=(-1.2, 1.2), latex=r"\tan")
asin  = named("asin",      dx=lambda x, z: 1 / sqrt(where(gt(abs(x), 0.5), (1 - x) * (1 + x), 1 - x**2)),
    shown_dx=lambda x, z: 1 / sqrt(1 - x**2),
    where="−1 ≤ x ≤ 1", remedy="Clip the input, as in clip(x, -1, 1).", near=(-0.8, 0.8), kink="Slope inf at x = ±1",
    latex=r"\arcsin", aliases=("arcsin",))
acos  = named("acos",      dx=lambda x, z: -1 / sqrt(where(gt(abs(x), 0.5), (1 - x) * (1 + x), 1 - x**2)),
    shown_dx=lambda x, z: -1 / sqrt(1 - x**2),
    where="−1 ≤ x ≤ 1", remedy="Clip the input, as in clip(x, -1, 1).", near=(-0.8, 0.8), kink="Slope −inf at x = ±1",
    latex=r"\arccos", aliases=("arccos",))
atan  = named("atan",      dx=lambda x, z: 1 / (1 + x**2),   latex=r"\arctan", aliases=("arctan",))
atan2 = named("atan2",     dy=lambda y, x, z: x / hypot(y, x) / hypot(y, x),
                           dx=lambda y, x, z: -y / hypot(y, x) / hypot(y, x),
    near=((0.3, 2.0), (-2.0, 2.0)), kink="Slopes nan at x = y = 0; z jumps by 2π at y = 0, x < 0", aliases=("arctan2",),
    ufunc="arctan2")
sinh  = named("sinh",      dx=lambda x, z: cosh(x),          formula=lambda x: (exp(x) - exp(-x)) / 2, latex=r"\sinh",
    beyond=lambda x: x * inf)
cosh  = named("cosh",      dx=lambda x, z: sinh(x),          formula=lambda x: (exp(x) + exp(-x)) / 2, latex=r"\cosh",
    beyond=lambda x: inf)
tanh  = named("tanh",      dx=lambda x, z: 4 * sigmoid_slope(2 * x), shown_dx=lambda x, z: 1 - z**2,
    formula=lambda x: (exp(x) - exp(-x)) / (exp(x) + exp(-x)), latex=r"\tanh")

# ── activations             z, which never overflows                           ∂z/∂x

sigmoid  = named("sigmoid",  lambda x: exp(minimum(x, 0)) / (1 + exp(-abs(x))), dx=lambda x, z: sigmoid_slope(x),
    shown_dx=lambda x, z: z * (1 - z),
    formula=lambda x: 1 / (1 + exp(-x)), symbol="σ", latex=r"\sigma")
sigmoid_slope = named("sigmoid_slope",
    lambda x: (tail := exp(-abs(x))) / (1 + tail) / (1 + tail),                 dx=lambda x, z: -z * tanh(x / 2),
    formula=lambda x: exp(-x) / (1 + exp(-x)) ** 2, symbol="σ′", latex=r"\sigma'")
softplus = named("softplus", lambda x: maximum(x, 0) + log1p(exp(-abs(x))),     dx=lambda x, z: sigmoid(x),
    formula=lambda x: log(1 + exp(x)))
log_cosh = named("log_cosh",  # ½ log(1 + sinh² x), in which nothing cancels near 0
    lambda x: where(gt(abs(x), 20), abs(x) - log(2), log1p(sinh(clip(x, -20, 20)) ** 2) / 2),
    dx=lambda x, z: tanh(x),                                                    formula=lambda x: log(cosh(x)))
relu     = named("relu",     lambda x: maximum(x, 0),                           dx=lambda x, z: gt(x, 0),
    gate=True, kink="Slope 0 at x = 0")
leaky_relu = named("leaky_relu", lambda x, a=0.01: where(gt(x, 0), x, a * x),
    dx=lambda x, a, z: where(gt(x, 0), 1, a),                           da=lambda x, a, z: minimum(x, 0),
    gate=True, kink="Slope a at x = 0")
elu = named("elu",           lambda x, a=1.0: where(gt(x, 0), x, a * expm1(minimum(x, 0))),
    dx=lambda x, a, z: where(gt(x, 0), 1, a * exp(minimum(x, 0))),      da=lambda x, a, z: expm1(minimum(x, 0)),
    gate=True, kink="Slope a at x = 0", formula=lambda x, a: where(gt(x, 0), x, a * (exp(x) - 1)))
silu     = named("silu",     lambda x: x * sigmoid(x),   dx=lambda x, z: sigmoid(x) * (1 + x * sigmoid(-x)),
    shown_dx=lambda x, z: sigmoid(x) * (1 + x * (1 - sigmoid(x))),
    formula=lambda x: x / (1 + exp(-x)))

binary_cross_entropy = named("binary_cross_entropy",  # on either side of y = ½ the form in which nothing cancels
    lambda x, y: softplus(where(gt(y, 0.5), -x, x)) + (gt(y, 0.5) - y) * x,
    dx=lambda x, y, z: where(gt(y, 0.5), 1 - y - sigmoid(-x), sigmoid(x) - y),  dy=lambda x, y, z: -x,
    shown_dx=lambda x, y, z: sigmoid(x) - y,
    near=((-2.0, 2.0), (0.0, 1.0)), formula=lambda x, y: softplus(x) - y * x,
    latex=Notation(r"\operatorname{binary\_cross\_entropy}(x, y)"))

# ── choices                 z or ∂z/∂x                                 ∂z/∂x, ∂z/∂y
# Comparisons are operations, so that a replay at new inputs chooses anew. A gate whose slope is 0 is closed: it
# selects, and does not multiply, so that nothing comes through, not even inf or nan.

maximum = named("maximum",
    dx=lambda x, y, z: where(eq(x, y), 0.5, gt(x, y)),              dy=lambda x, y, z: where(eq(x, y), 0.5, gt(y, x)),
    shown_dx=lambda x, y, z: gt(x, y) + 0.5 * eq(x, y),             shown_dy=lambda x, y, z: gt(y, x) + 0.5 * eq(x, y),
    gate=True, kink="Tie: ½ each", symbol="max", latex=r"\max", aliases=("max",),
    floats=lambda x, y: x if x >= y or x != x else y, sympy=lambda sp, x, y: sp.Max(x, y),
    inline="(x if x >= y or x != x else y)", c="(y != y || x < y ? y : x)")
minimum = named("minimum",
    dx=lambda x, y, z: where(eq(x, y), 0.5, gt(y, x)),              dy=lambda x, y, z: where(eq(x, y), 0.5, gt(x, y)),
    shown_dx=lambda x, y, z: gt(y, x) + 0.5 * eq(x, y),             shown_dy=lambda x, y, z: gt(x, y) + 0.5 * eq(x, y),
    gate=True, kink="Tie: ½ each", symbol="min", latex=r"\min", aliases=("min",),
    floats=lambda x, y: x if x <= y or x != x else y, sympy=lambda sp, x, y: sp.Min(x, y),
    inline="(x if x <= y or x != x else y)", c="(y != y || x > y ? y : x)")
clip = named("clip",         lambda x, lo, hi: minimum(maximum(x, lo), hi),
    dx=lambda x, lo, hi, z: (1 - gt(lo, x)) * (1 - gt(x, hi)),          dlo=lambda x, lo, hi, z: gt(lo, x) * gt(hi, lo),
                                                                        dhi=lambda x, lo, hi, z: gt(maximum(x, lo), hi),
    gate=True, kink="Slope 1 at x = lo and x = hi", near=((-2.0, 2.0), (-1.5, -0.5), (0.5, 1.5)))
where = named("where",       dc=0,
    dx=lambda c, x, y, z: where(c, 1, 0),                               dy=lambda c, x, y, z: where(c, 0, 1),
    gate=True, kink="x if c ≠ 0, else y", laws={("c", 1): "x", ("c", 0): "y"},
    floats=lambda c, x, y: x if c else y, inline="(x if c else y)", c="(c != 0 ? x : y)",
    sympy=lambda sp, c, x, y: sp.Piecewise((x, sp.Ne(c, 0)), (y, True)))
gt = named("gt",             lambda x, y: (x > y) * 1,                  dx=0, dy=0,
    kink="1 if x > y, else 0", written=both("[x > y]"), inline="+(x > y)", c="(x > y ? 1.0 : 0.0)", ufunc="greater",
    sympy=lambda sp, x, y: sp.Piecewise((1, x > y), (0, True)))
eq = named("eq",             lambda x, y: (x == y) * 1,                 dx=0, dy=0,
    kink="1 if x = y, else 0", written=both("[x = y]"), inline="+(x == y)", c="(x == y ? 1.0 : 0.0)", ufunc="equal",
    sympy=lambda sp, x, y: sp.Piecewise((1, sp.Eq(x, y)), (0, True)))
gated = named("gated",       lambda x, y: where(x, x * y, 0),
    dx=lambda x, y, z: y,                                               dy=lambda x, y, z: x,
    gate=True, kink="0 at x = 0, be y infinite or nan", laws={("x", 1): "y", ("y", 1): "x", ("x", 0): 0, ("y", 0): 0},
    written=both("x · y", PRODUCT), floats=lambda x, y: x * y if x else 0, inline="(x * y if x else 0)",
    c="(x != 0 ? x * y : 0.0)", sympy=lambda sp, x, y: x * y)
sign = named("sign",         lambda x: where(eq(x, x), gt(x, 0) - gt(0, x), x),   dx=0, kink="0 at x = 0",
    formula=lambda x: gt(x, 0) - gt(0, x))
heaviside = named("heaviside", lambda x, h=0.5: where(eq(x, 0), h, gt(x, 0)),
    dx=0,                                                               dh=lambda x, h, z: eq(x, 0),
    gate=True, kink="h at x = 0")

# ── vectors: a slope sees its own entries

sum = vector("sum",          lambda x: total(x),                        dx=1,
    entry=Notation("x", SUM, (PRODUCT,), " + ", "Σ x"), part="term")
dot = vector("dot",          lambda x, y: total(map(mul, x, y)),
    dx=lambda x, y, z: y,                                               dy=lambda x, y, z: x,
    entry=Notation("x · y", SUM, (PRODUCT, POWER), " + ", "x·y"))
shift = vector("shift",
    lambda x: where(gt(-16, top := clip(reduce(maximum, x), -LARGEST, LARGEST)) + gt(top, 600), top, 0),    dx=0,
    kink="The largest x where exponentials leave the floats, else 0; what is shifted does not depend on it: slope 0",
    formula=lambda x: 0, floats=stable_shift, where="x > −∞", remedy="Give at least one x above −inf.")
mass = vector("mass",        lambda x: total(map(exp, map(sub, x, [shift(x)] * len(x)))),
    common=lambda x: (shift(x),),
    dx=lambda x, z, top: share(x, top, 1),                              shown_dx=lambda x, z, xs: exp(x - shift(xs)),
    where="x > −∞", remedy="Give at least one x above −inf.")
share = named("share",       # of d = x − top exactly: what rounding takes from d is given back
    lambda x, top, mass=1.0: exp(d := x - top) / mass
        * (1 + where(eq(top, 0), 0, where(eq(d - d, 0), (x - (d - (b := d - x))) - (top + b), 0))),
    dx=lambda x, top, mass, z: z,                                       dtop=lambda x, top, mass, z: -z,
                                                                        dmass=lambda x, top, mass, z: -z / mass,
    formula=lambda x, top, mass: exp(x - top) / mass, beyond=lambda x, top, mass: inf,
    where="mass ≠ 0", remedy="Give at least one x above −inf.", near=((-2.0, 2.0), (-2.0, 2.0), (0.3, 3.0)),
    latex=Notation(r"\frac{e^{x - top}}{mass}", POWER, (OPEN, PRODUCT, OPEN)),
    written={"unicode": Notation("exp(x − top) / mass", PRODUCT, (OPEN, PRODUCT, POWER))})
logsumexp = vector("logsumexp",
    lambda x: (top := clip(reduce(maximum, x), -LARGEST, LARGEST))  # the largest terms are 1 each: log1p of the rest
        + log1p(total([where(eq(a, top), 0, exp(a - top)) for a in x]) + (total([eq(a, top) for a in x]) - 1)),
    common=lambda x: (shift(x), mass(x)),
    dx=lambda x, z, top, m: share(x, top, m),                           shown_dx=lambda x, z, xs: exp(x - z),
    formula=lambda x: log(total([exp(a) for a in x])), where="x > −∞", remedy="Give at least one x above −inf.")
cross_entropy = vector("cross_entropy",  # if the sum of y is 1, what is common to all x cancels before it is rounded
    lambda x, y: (top := clip(reduce(maximum, x), -LARGEST, LARGEST))
        - (level := where(eq(total(y), 1), top, 0))
        + log1p(total([where(eq(a, top), 0, share(a, top)) for a in x]) + (total([eq(a, top) for a in x]) - 1))
        + total([where(b, b * (level - a), 0) for a, b in zip(x, y, strict=True)]),
    common=lambda x, y: (shift(x), mass(x)),  # of a single class, p − 1 = exp(−z) − 1, in which nothing cancels
    dx=lambda x, y, z, top, m: where(eq(y, 1) * gt(1e-15, abs((p := share(x, top, m)) - 1 - (sure := expm1(-z)))),
                                     sure, p - y),                      dy=lambda x, y, z, top, m: -x,
    shown_dx=lambda x, y, z, xs, ys: exp(x - logsumexp(xs)) - y,        shown_dy=lambda x, y, z, xs, ys: -x,
    formula=lambda x, y: logsumexp(x) - total(map(mul, x, y)), where="x > −∞", remedy="Give at least one x above −inf.",
    latex=Notation(r"\operatorname{cross\_entropy}([x], [y])"),
    written={"unicode": Notation("cross_entropy([x], [y])")})

# fmt: on


# ── compositions ──────────────────────────────────────────────────────────────────────────────────


@composed
def softmax(xs: Iterable[Any]) -> list[Any]:
    """pₖ = exp(xₖ) / Σ exp(xₗ) = exp(xₖ − top) / Σ exp(xₗ − top), top = shift(x): their sum is 1, for any size of x.

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
    top, total = shift(xs), mass(xs)
    return [share(x, top, total) for x in xs]


@composed
def gelu(x: T, /, approximate: bool = False) -> T:
    """½x(1 + erf(x/√2)), or ½x(1 + tanh(√(2/π)(x + 0.044715x³))): the Gaussian error linear unit, as Keras has it.

    Args:
        x: a number, Value or array, dimensionless.
        approximate: take the form with tanh, which is off by up to 5·10⁻⁴.

    Example:
        >>> round(gelu(1.0), 6), round(gelu(1.0, approximate=True), 6)
        (0.841345, 0.841192)

    Source: D. Hendrycks, K. Gimpel (2016), Gaussian Error Linear Units, section 2.
    """
    if approximate:
        return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * erfc(-math.sqrt(0.5) * x)  # 1 + erf would cancel at x < 0


__all__ = [*(name for name, op in OPS.items() if not op.infix), *COMPOSED]

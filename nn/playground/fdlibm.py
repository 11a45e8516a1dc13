"""The mathematical functions of JavaScript, equal in every bit on each machine: C libraries differ in the last place.

The algorithms and constants are those of Sun's fdlibm, which V8 took over: Node 20 and Chrome for most of its years. A
function is reduced to a short interval, has a polynomial there, and the order of operations is part of the result.
"""

from __future__ import annotations

import math
import struct

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
PER_LN2 = 1.44269504088896338700  # 1 / ln 2
# Where an algorithm changes: it looks at the upper half of a double, so that the limits have a lower half of zeros.
HALF_LN2, NEAR_LN2 = struct.unpack(">2d", bytes.fromhex("3fd62e4300000000 3ff0a2b200000000"))


def exp(x: float) -> float:
    """eˣ; inf where it is too large."""
    if not -745.13 < x < 709.79:
        return _beyond(x)
    k, high, low = 0, x, 0.0
    if abs(x) >= HALF_LN2:
        if x == 1.0:
            return math.e
        k, high, low = _without_ln2(x)
        x = high - low
    elif abs(x) < 2.0**-28:
        return 1.0 + x
    t = x * x
    c = 4.13813679705723846039e-08
    c = -1.65339022054652515390e-06 + t * c
    c = 6.61375632143793436117e-05 + t * c
    c = -2.77777777770155933842e-03 + t * c
    c = x - t * (1.66666666666666019037e-01 + t * c)
    if k == 0:
        return 1.0 - (x * c / (c - 2.0) - x)
    y = 1.0 - ((low - x * c / (2.0 - c)) - high)
    try:
        return math.ldexp(y, k)
    except OverflowError:
        return math.inf


def _beyond(x: float) -> float:
    """eˣ of nan, and of what is far from 0."""
    if math.isnan(x):
        return x
    return math.inf if x > 0 else 0.0


def _without_ln2(x: float) -> tuple[int, float, float]:
    """k, and x − k ln 2 in two parts."""
    if abs(x) < NEAR_LN2:
        k = 1 if x > 0 else -1
        return k, x - k * LN2_HIGH, k * LN2_LOW
    k = int(PER_LN2 * x + math.copysign(0.5, x))
    return k, x - k * LN2_HIGH, k * LN2_LOW


def expm1(x: float) -> float:
    """eˣ − 1, exact also near 0, for x that `tanh` needs: from −2 to 0, and from 2 to 44."""
    k, c = 0, 0.0
    if abs(x) >= HALF_LN2:
        k, high, low = _without_ln2(x)
        x = high - low
        c = (high - x) - low
    half = 0.5 * x
    s = x * half
    r = 4.00821782732936239552e-06 + s * -2.01099218183624371326e-07
    r = 1.0 + s * (
        -3.33333333333331316428e-02 + s * (1.58730158725481460165e-03 + s * (-7.93650757867487942473e-05 + s * r))
    )
    t = 3.0 - r * half
    e = s * ((r - t) / (6.0 - x * t))
    if k == 0:
        return x - (x * e - s)
    e = (x * (e - c) - c) - s
    if k == -1:
        return 0.5 * (x - e) - 0.5
    if k <= -2 or k > 56:
        return (1.0 - (e - x)) * 2.0**k - 1.0
    if k < 20:
        return ((1.0 - 2.0**-k) - (e - x)) * 2.0**k
    return ((x - (e + 2.0**-k)) + 1.0) * 2.0**k


def tanh(x: float) -> float:
    """(e²ˣ − 1) / (e²ˣ + 1)."""
    size = abs(x)
    if size < 2.0**-28 or size != size:
        return x
    if size >= 22.0:
        z = 1.0
    elif size >= 1.0:
        z = 1.0 - 2.0 / (expm1(2.0 * size) + 2.0)
    else:
        t = expm1(-2.0 * size)
        z = -t / (t + 2.0)
    return z if x >= 0 else -z


def log(x: float) -> float:
    """ln x, for x > 0 that is not subnormal."""
    m, k = math.frexp(x)  # x = m 2ᵏ, and now from 1 to 2
    m, k = 2.0 * m, k - 1
    upper = _upper(m) & 0xFFFFF
    if upper + 0x95F64 >= 0x100000:  # about √2
        m, k = 0.5 * m, k + 1
    f = m - 1.0
    if (upper + 2) & 0xFFFFF < 3:
        r = f * f * (0.5 - 0.33333333333333333 * f)
        return f - r if k == 0 else k * LN2_HIGH - ((r - k * LN2_LOW) - f)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
    r = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * odd)) + even
    if (upper - 0x6147A) | (0x6B851 - upper) > 0:
        square = 0.5 * f * f
        if k == 0:
            return f - (square - s * (square + r))
        return k * LN2_HIGH - ((square - (s * (square + r) + k * LN2_LOW)) - f)
    if k == 0:
        return f - s * (f - r)
    return k * LN2_HIGH - ((s * (f - r) - k * LN2_LOW) - f)


def _upper(x: float) -> int:
    """The upper half of a double: sign, exponent and the first 20 bits after the point."""
    return int(struct.unpack(">i", struct.pack(">d", x)[:4])[0])


# ── sine and cosine ───────────────────────────────────────────────────────────────────────────────

PER_HALF_PI = 6.36619772367581382433e-01  # 2 / π
HALF_PI = (1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21)  # in parts of 33 bits
HALF_PI_REST = (6.07710050650619224932e-11, 2.02226624879595063154e-21, 8.47842766036889956997e-32)  # after each part
MULTIPLES = [_upper(n * (math.pi / 2)) for n in range(1, 33)]


def sin(x: float) -> float:
    """The sine of x."""
    n, y, rest = _without_half_pi(x)
    return (_sin(y, rest), _cos(y, rest), -_sin(y, rest), -_cos(y, rest))[n & 3]


def cos(x: float) -> float:
    """The cosine of x."""
    n, y, rest = _without_half_pi(x)
    return (_cos(y, rest), -_sin(y, rest), -_cos(y, rest), _sin(y, rest))[n & 3]


def _without_half_pi(x: float) -> tuple[int, float, float]:
    """n, and x − n π/2 in two parts."""
    upper = _upper(abs(x))
    if upper <= 0x3FE921FB:  # up to π/4
        return 0, x, 0.0
    if upper > 0x413921FB:  # such inputs of a network are out of reach here
        return 0, math.fmod(x, 2 * math.pi), 0.0
    n, y, rest = _reduced(abs(x), upper)
    return (n, y, rest) if x > 0 else (-n, -y, -rest)


def _reduced(x: float, upper: int) -> tuple[int, float, float]:
    if upper < 0x4002D97C:  # below 3π/4
        close = upper == 0x3FF921FB
        r = x - HALF_PI[0]
        r, w = (r - HALF_PI[1], HALF_PI_REST[1]) if close else (r, HALF_PI_REST[0])
        y = r - w
        return 1, y, (r - y) - w
    n = int(x * PER_HALF_PI + 0.5)
    r, w = x - n * HALF_PI[0], n * HALF_PI_REST[0]
    y = r - w
    if n < 32 and upper != MULTIPLES[n - 1]:
        return n, y, (r - y) - w
    for part, cancelled in ((1, 16), (2, 49)):
        if (upper >> 20) - (_upper(y) >> 20 & 0x7FF) <= cancelled:
            break
        t, w = r, n * HALF_PI[part]
        r = t - w
        w = n * HALF_PI_REST[part] - ((t - r) - w)
        y = r - w
    return n, y, (r - y) - w


def _sin(x: float, rest: float) -> float:
    if abs(x) < 2.0**-27:
        return x
    z = x * x
    v = z * x
    r = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
    r = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * r))
    if rest == 0:
        return x + v * (-1.66666666666666324348e-01 + z * r)
    return x - ((z * (0.5 * rest - v * r) - rest) - v * -1.66666666666666324348e-01)


def _cos(x: float, rest: float) -> float:
    if abs(x) < 2.0**-27:
        return 1.0
    z = x * x
    r = -2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
    r = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * r)))
    upper = _upper(abs(x))
    if upper < 0x3FD33333:  # 0.3
        return 1.0 - (0.5 * z - (z * r - x * rest))
    q = 0.28125 if upper > 0x3FE90000 else struct.unpack(">d", struct.pack(">ii", upper - 0x200000, 0))[0]
    return (1.0 - q) - ((0.5 * z - q) - (z * r - x * rest))

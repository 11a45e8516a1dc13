/* Functions of a number for programs in C: in loops they work on several numbers at once. */

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* glibc has these for several numbers at once, within 4 units in the last place */
#if defined(__GLIBC__) && defined(__x86_64__) && !defined(__clang__)
#if __GLIBC_PREREQ(2, 35)
#define SEVERAL(f) double f(double) __attribute__((simd("notinbranch")));
SEVERAL(exp) SEVERAL(expm1) SEVERAL(log) SEVERAL(log1p) SEVERAL(log2) SEVERAL(log10) SEVERAL(cbrt) SEVERAL(erf)
SEVERAL(sin) SEVERAL(cos) SEVERAL(tan) SEVERAL(asin) SEVERAL(acos) SEVERAL(atan) SEVERAL(sinh) SEVERAL(cosh)
SEVERAL(erfc)
#endif
#endif

#if defined(__FMA__) || defined(FP_FAST_FMA) /* rounded once */
#define MULTIPLY_ADD(x, y, z) __builtin_fma(x, y, z)
#else
#define MULTIPLY_ADD(x, y, z) ((x) * (y) + (z))
#endif

/* tanh x = -E / (2 + E), E = exp(-2|x|) - 1, without a call or a branch: half the time of the library's, of one number
   and of several; within 2.5 units in the last place. From -2|x| = k ln 2 + r with |r| <= ln 2 / 2 follows
   E = 2^k (exp(r) - 1) + (2^k - 1); the first is Taylor's series, whose terms are added in pairs, side by side. */
INLINE double inline_tanh(double x)
{
    const double round = 0x1.8p52; /* sums with it are whole numbers, which their last bits hold */
    const double size = fabs(x), shifted = MULTIPLY_ADD(size, -0x1.71547652b82fep1, round), k = shifted - round;
    long long bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double scale; /* 2^k */
    memcpy(&scale, &bits, sizeof bits);
    double r = MULTIPLY_ADD(k, -0x1.62e42fefa38p-1, -2 * size); /* ln 2 in two parts: k times the first is exact */
    r = MULTIPLY_ADD(k, -0x1.ef35793c7673p-45, r);
#define TERMS(name, a, b) const double name = MULTIPLY_ADD(r, 1.0 / b, 1.0 / a);
    TERMS(p, 2, 6)
    TERMS(q, 24, 120)
    TERMS(s, 720, 5040)
    TERMS(t, 40320, 362880)
    TERMS(u, 3628800, 39916800)
    TERMS(v, 479001600, 6227020800)
    const double r2 = r * r, r4 = r2 * r2;
    const double high = MULTIPLY_ADD(r4, MULTIPLY_ADD(r2, v, u), MULTIPLY_ADD(r2, t, s));
    const double rest = MULTIPLY_ADD(r2, MULTIPLY_ADD(r4, high, MULTIPLY_ADD(r2, q, p)), r);
    const double E = size > 20 ? -1 : MULTIPLY_ADD(scale, rest, scale - 1);
    return copysign(E / (2 + E), x);
}
#define tanh inline_tanh

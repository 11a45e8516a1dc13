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

/* LESS_LN2 is -size - k ln 2, with 53 bits of ln 2 */
#if defined(__FMA__) || defined(FP_FAST_FMA) /* rounded once */
#define MULTIPLY_ADD(x, y, z) __builtin_fma(x, y, z)
#define LESS_LN2(k, size) __builtin_fma(k, -0x1.62e42fefa39efp-1, -(size))
#else /* in two parts, whose products with k are exact */
#define MULTIPLY_ADD(x, y, z) ((x) * (y) + (z))
#define LESS_LN2(k, size) ((k) * -0x1.62e42fefa38p-1 - (size) - (k) * 0x1.efp-45)
#endif

/* What the functions below are made of, without a call or a branch, for one number or several; what two of them share
   is calculated once where they stand in one loop. From -|x| = k ln 2 + r with |r| <= ln 2 / 2 follows
   exp(-|x|) = 2^k + 2^k (exp(r) - 1), whose last factor is Taylor's series; its terms are added in pairs, side by side. */
struct decay {
    double whole; /* exp(-|x|) = 1 + E */
    double half;  /* tanh |x / 2| = -E / (2 + E) */
    double share; /* 1 / (2 + E) */
};

INLINE struct decay decay(double x)
{
    const double round = 0x1.8p52; /* sums with it are whole numbers, which their last bits hold */
    const double size = fabs(x), shifted = MULTIPLY_ADD(size, -0x1.71547652b82fep0, round), k = shifted - round;
    const double lifted = size > 690 ? shifted + 64 : shifted; /* so that 2^k is a normal number */
    long long bits;
    memcpy(&bits, &lifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double scale; /* 2^k */
    memcpy(&scale, &bits, sizeof bits);
    const double r = LESS_LN2(k, size);
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
    const double less = size > 40 ? -1 : MULTIPLY_ADD(scale, rest, scale - 1);
    const double more = size > 40 ? 1 : MULTIPLY_ADD(scale, rest, scale + 1);
    const double all = MULTIPLY_ADD(1 + rest, k * -0x1.abc9e3b39803fp-56, rest); /* with the other bits of ln 2 */
    double whole = MULTIPLY_ADD(scale, all, scale);
    whole = size > 750 ? 0 : size > 690 ? whole * 0x1p-64 : whole;
    const double half = -less / more;
    return (struct decay){whole, half, MULTIPLY_ADD(half, 0.5, 0.5)};
}

/* within 2.5 units in the last place */
INLINE double inline_tanh(double x)
{
    return copysign(decay(2 * x).half, x);
}
#define tanh inline_tanh

/* within 2.5 units */
INLINE double sigmoid(double x)
{
    const struct decay d = decay(x);
    return x < 0 ? d.whole * d.share : d.share;
}

/* within 4 units */
INLINE double sigmoid_slope(double x)
{
    const struct decay d = decay(x);
    return d.whole * d.share * d.share;
}

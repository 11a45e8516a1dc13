/* A number as Python has it: a float, a whole number that a double holds, or the zero of a closed gate. */
#include <float.h>
#include <math.h>

enum { FLOAT, WHOLE, CLOSED, NONE };
typedef struct {
    double v;
    int kind;
} Number;
typedef int (*Row)(const Number *operands, Number *results, int live); /* 0 where Python has to say what there is */

#define LARGEST 9007199254740992.0 /* 2^53 */
#define DO static inline __attribute__((always_inline)) Number
#define BOTH (a.kind == WHOLE && b.kind == WHOLE)

DO exact(double v, int *fine) {
    if (!(__builtin_fabs(v) < LARGEST)) *fine = 0;
    return (Number){v + 0.0, WHOLE}; /* which has no −0 */
}
DO plus(Number a, Number b, int *fine) { return BOTH ? exact(a.v + b.v, fine) : (Number){a.v + b.v, FLOAT}; }
DO minus(Number a, Number b, int *fine) { return BOTH ? exact(a.v - b.v, fine) : (Number){a.v - b.v, FLOAT}; }
DO times(Number a, Number b, int *fine) { return BOTH ? exact(a.v * b.v, fine) : (Number){a.v * b.v, FLOAT}; }
DO over(Number a, Number b, int *fine) {
    if (b.v == 0) *fine = 0;
    return (Number){a.v / b.v, FLOAT};
}
DO negative(Number a) { return a.kind == WHOLE ? (Number){0.0 - a.v, WHOLE} : (Number){-a.v, FLOAT}; }
DO magnitude(Number a) { return (Number){__builtin_fabs(a.v), a.kind}; }
DO called(double v, int *fine) {
    if (!isfinite(v)) *fine = 0;
    return (Number){v, FLOAT};
}
DO power(Number a, Number b, int *fine) {
    double v = pow(a.v, b.v);
    if (BOTH || !(isnormal(v) || (a.v == 0 && b.v > 0))) *fine = 0;
    return (Number){v, FLOAT};
}

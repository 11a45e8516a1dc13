/* Products for programs in C: registers hold a tile of the result, eight numbers abreast. */

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#ifdef __AVX512F__
#define W 8 /* numbers abreast: as many as a register holds, or the compiler spills them */
#else
#define W 4
#endif

typedef double wide __attribute__((vector_size(W * sizeof(double)), aligned(8), may_alias));
typedef double half __attribute__((vector_size(W / 2 * sizeof(double)), aligned(8), may_alias));

INLINE wide load(const double *x) { return *(const wide *)x; }
INLINE void store(double *x, wide y) { *(wide *)x = y; }
INLINE half folded(wide x)
{
    union { wide whole; half parts[2]; } y = {x};
    return y.parts[0] + y.parts[1];
}
INLINE double total(half x)
{
    double sum = 0;
    for (int i = 0; i < W / 4; i++) sum += x[i] + x[i + W / 4];
    return sum;
}

/* out[i, j] = sum over k of x[i, k] y[k, j], for a tile of R rows and C times W columns */
#define ROWS(R, C)                                                                                      \
    INLINE void rows_##R##_##C(long K, const double *x, long xi, long xk, const double *y, long yk,     \
                               double *out, long oi)                                                    \
    {                                                                                                   \
        wide sum[R][C];                                                                                 \
        for (int i = 0; i < R; i++)                                                                     \
            for (int j = 0; j < C; j++) sum[i][j] = (wide){0};                                          \
        for (long k = 0; k < K; k++)                                                                    \
            for (int i = 0; i < R; i++)                                                                 \
                for (int j = 0; j < C; j++) sum[i][j] += x[i * xi + k * xk] * load(y + k * yk + j * W); \
        for (int i = 0; i < R; i++)                                                                     \
            for (int j = 0; j < C; j++) store(out + i * oi + j * W, sum[i][j]);                         \
    }
ROWS(4, 4)
ROWS(4, 1)
ROWS(1, 4)
ROWS(1, 1)

/* out[i, j] = sum over k of x[i, k] y[k, j]: the columns of y and out lie side by side */
INLINE void spread(long I, long J, long K, const double *x, long xi, long xk, const double *y, long yk, double *out,
                   long oi)
{
    long i, j = 0;
    for (; j + 4 * W <= J; j += 4 * W) {
        for (i = 0; i + 4 <= I; i += 4) rows_4_4(K, x + i * xi, xi, xk, y + j, yk, out + i * oi + j, oi);
        for (; i < I; i++) rows_1_4(K, x + i * xi, xi, xk, y + j, yk, out + i * oi + j, oi);
    }
    for (; j + W <= J; j += W) {
        for (i = 0; i + 4 <= I; i += 4) rows_4_1(K, x + i * xi, xi, xk, y + j, yk, out + i * oi + j, oi);
        for (; i < I; i++) rows_1_1(K, x + i * xi, xi, xk, y + j, yk, out + i * oi + j, oi);
    }
    if (j < J && J >= W) { /* the last columns once more, with some that are done */
        j = J - W;
        for (i = 0; i + 4 <= I; i += 4) rows_4_1(K, x + i * xi, xi, xk, y + j, yk, out + i * oi + j, oi);
        for (; i < I; i++) rows_1_1(K, x + i * xi, xi, xk, y + j, yk, out + i * oi + j, oi);
        return;
    }
    for (; j < J; j++)
        for (i = 0; i < I; i++) {
            double sum = 0;
            for (long k = 0; k < K; k++) sum += x[i * xi + k * xk] * y[k * yk + j];
            out[i * oi + j] = sum;
        }
}

/* out[i, j] = (or, more, +=) sum over k of x[i, k] y[j, k], for a tile of R rows and C columns */
#define DOTS(R, C)                                                                                           \
    INLINE void dots_##R##_##C(long K, const double *x, long xi, const double *y, long yj, double *out, long oi, \
                               long oj, int more)                                                            \
    {                                                                                                        \
        wide sum[R][C];                                                                                      \
        long k = 0;                                                                                          \
        for (int i = 0; i < R; i++)                                                                          \
            for (int j = 0; j < C; j++) sum[i][j] = (wide){0};                                               \
        for (; k + W <= K; k += W)                                                                           \
            for (int i = 0; i < R; i++)                                                                      \
                for (int j = 0; j < C; j++) sum[i][j] += load(x + i * xi + k) * load(y + j * yj + k);        \
        for (int i = 0; i < R; i++)                                                                          \
            for (int j = 0; j < C; j++) {                                                                    \
                half few = folded(sum[i][j]);                                                                \
                long l = k;                                                                                  \
                for (; l + W / 2 <= K; l += W / 2)                                                           \
                    few += *(const half *)(x + i * xi + l) * *(const half *)(y + j * yj + l);                \
                double rest = total(few);                                                                    \
                for (; l < K; l++) rest += x[i * xi + l] * y[j * yj + l];                                    \
                out[i * oi + j * oj] = more ? out[i * oi + j * oj] + rest : rest;                            \
            }                                                                                                \
    }
DOTS(4, 4)
DOTS(4, 1)
DOTS(1, 4)
DOTS(1, 1)

/* out[i, j] = (or +=) sum over k of x[i, k] y[j, k]: what is summed lies side by side */
INLINE void contract(long I, long J, long K, const double *x, long xi, const double *y, long yj, double *out, long oi,
                     long oj, int more)
{
    long i = 0, j;
    for (; i + 4 <= I; i += 4) {
        for (j = 0; j + 4 <= J; j += 4) dots_4_4(K, x + i * xi, xi, y + j * yj, yj, out + i * oi + j * oj, oi, oj, more);
        for (; j < J; j++) dots_4_1(K, x + i * xi, xi, y + j * yj, yj, out + i * oi + j * oj, oi, oj, more);
    }
    for (; i < I; i++) {
        for (j = 0; j + 4 <= J; j += 4) dots_1_4(K, x + i * xi, xi, y + j * yj, yj, out + i * oi + j * oj, oi, oj, more);
        for (; j < J; j++) dots_1_1(K, x + i * xi, xi, y + j * yj, yj, out + i * oi + j * oj, oi, oj, more);
    }
}

/* sum over k of x[k]: side by side */
INLINE double sum_of(long K, const double *x)
{
    wide sum = {0};
    double rest = 0;
    long k = 0;
    for (; k + W <= K; k += W) sum += load(x + k);
    for (; k < K; k++) rest += x[k];
    return total(folded(sum)) + rest;
}

/* Products for programs in C: registers hold a tile of the result, a few numbers abreast in each. */

#ifdef __AVX512F__ /* 32 registers of 8 numbers: a tile is 16 of them; elsewhere 16 of 4, and a tile is 8 */
#define W 8
#define ACROSS 4
#else
#define W 4
#define ACROSS 2
#endif
#define DOWN 4

#if defined(__AVX512F__) && !defined(__clang__) /* as many samples at once as there is room for, which GCC must be told */
#define SIDE_BY_SIDE __attribute__((target("prefer-vector-width=512")))
#else
#define SIDE_BY_SIDE
#endif

typedef double wide __attribute__((vector_size(W * sizeof(double)), aligned(8), may_alias));
typedef double quad __attribute__((vector_size(4 * sizeof(double))));

INLINE wide load(const double *x) { return *(const wide *)x; }
INLINE void store(double *x, wide y) { *(wide *)x = y; }
/* the first n numbers, fewer than W, and zeros */
INLINE wide first(const double *x, long n)
{
#if defined(__AVX512F__) && !defined(__clang__)
    return __builtin_ia32_loadupd512_mask(x, (wide){0}, (1 << n) - 1);
#else
    double part[W] = {0};
    for (long i = 0; i < n; i++) part[i] = x[i];
    return load(part);
#endif
}
/* x y + sum, rounded once; elsewhere products are rounded as Python rounds them, so that ties are the same */
INLINE wide fused(wide x, wide y, wide sum)
{
#if defined(__clang__)
#pragma clang fp contract(fast)
#elif defined(__AVX512F__)
    return __builtin_ia32_vfmaddpd512_mask(x, y, sum, -1, 4);
#elif defined(FP_FAST_FMA)
    for (int i = 0; i < W; i++) sum[i] = __builtin_fma(x[i], y[i], sum[i]);
    return sum;
#endif
    return x * y + sum;
}
/* some numbers of two vectors */
#if defined(__clang__) || __GNUC__ >= 12
#define PICK(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define PICK(x, y, ...) __builtin_shuffle(x, y, (__typeof__((x) < (y))){__VA_ARGS__})
#endif
/* a vector's halves, added */
INLINE quad four(wide x)
{
#if W == 8
    return PICK(x, x, 0, 1, 2, 3) + PICK(x, x, 4, 5, 6, 7);
#else
    return x;
#endif
}
INLINE double total(wide x)
{
    const quad y = four(x);
    return (y[0] + y[2]) + (y[1] + y[3]);
}
INLINE quad halves(wide x, wide y) { return PICK(four(x), four(y), 0, 1, 4, 5) + PICK(four(x), four(y), 2, 3, 6, 7); }
/* the sums of n vectors, of four at once */
INLINE void totals(int n, const wide *x, double *sums)
{
    int i = 0;
    for (; i + 4 <= n; i += 4) {
        const quad low = halves(x[i], x[i + 1]), high = halves(x[i + 2], x[i + 3]);
        const quad sum = PICK(low, high, 0, 2, 4, 6) + PICK(low, high, 1, 3, 5, 7);
        memcpy(sums + i, &sum, sizeof sum);
    }
    for (; i < n; i++) sums[i] = total(x[i]);
}

/* out[i, j] = sum over k of x[i, k] y[k, j], for a tile of R rows and C times W columns */
INLINE void rows(int R, int C, long K, const double *x, long xi, long xk, const double *y, long yk, double *out, long oi)
{
    wide sum[DOWN][ACROSS] = {0};
    for (long k = 0; k < K; k++)
        for (int i = 0; i < R; i++)
            for (int j = 0; j < C; j++)
                sum[i][j] = fused(x[i * xi + k * xk] - (wide){0}, load(y + k * yk + j * W), sum[i][j]);
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++) store(out + i * oi + j * W, sum[i][j]);
}

/* all rows of C times W columns */
INLINE void columns(int C, long I, long K, const double *x, long xi, long xk, const double *y, long yk, double *out,
                    long oi)
{
    long i = 0;
    for (; i + DOWN <= I; i += DOWN) rows(DOWN, C, K, x + i * xi, xi, xk, y, yk, out + i * oi, oi);
    for (; i < I; i++) rows(1, C, K, x + i * xi, xi, xk, y, yk, out + i * oi, oi);
}

/* out[j] = sum over k of x[k] y[k, j], for n columns, fewer than W */
INLINE void few(long n, long K, const double *x, long xk, const double *y, long yk, double *out)
{
#if defined(__AVX512F__) && !defined(__clang__)
    wide sum = {0}, other = {0};
    long k = 0;
    for (; k + 2 <= K; k += 2) {
        sum = fused(x[k * xk] - (wide){0}, first(y + k * yk, n), sum);
        other = fused(x[(k + 1) * xk] - (wide){0}, first(y + (k + 1) * yk, n), other);
    }
    if (k < K) sum = fused(x[k * xk] - (wide){0}, first(y + k * yk, n), sum);
    sum += other;
    memcpy(out, &sum, n * sizeof(double));
#else
    for (long j = 0; j < n; j++) {
        double sum = 0;
        for (long k = 0; k < K; k++) sum += x[k * xk] * y[k * yk + j];
        out[j] = sum;
    }
#endif
}

/* out[i, j] = sum over k of x[i, k] y[k, j]: the columns of y and out lie side by side */
INLINE void spread(long I, long J, long K, const double *x, long xi, long xk, const double *y, long yk, double *out,
                   long oi)
{
    long j = 0;
    for (; j + ACROSS * W <= J; j += ACROSS * W) columns(ACROSS, I, K, x, xi, xk, y + j, yk, out + j, oi);
    for (; j + W <= J; j += W) columns(1, I, K, x, xi, xk, y + j, yk, out + j, oi);
    if (j < J && J >= W) { /* the last columns once more, with some that are done */
        j = J - W;
        columns(1, I, K, x, xi, xk, y + j, yk, out + j, oi);
        return;
    }
    if (j < J)
        for (long i = 0; i < I; i++) few(J - j, K, x + i * xi, xk, y + j, yk, out + i * oi + j);
}

/* out[i, j] = (or, more, +=) sum over k of x[i, k] y[j, k], for a tile of R rows and C columns */
INLINE void dots(int R, int C, long K, const double *x, long xi, const double *y, long yj, double *out, long oi, long oj,
                 int more)
{
    wide sum[DOWN * ACROSS] = {0};
    double sums[DOWN * ACROSS];
    long k = 0;
    for (; k + W <= K; k += W)
        for (int i = 0; i < R; i++)
            for (int j = 0; j < C; j++) sum[i * C + j] = fused(load(x + i * xi + k), load(y + j * yj + k), sum[i * C + j]);
    if (k < K)
        for (int i = 0; i < R; i++)
            for (int j = 0; j < C; j++)
                sum[i * C + j] = fused(first(x + i * xi + k, K - k), first(y + j * yj + k, K - k), sum[i * C + j]);
    totals(R * C, sum, sums);
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++) {
            const double before = more ? out[i * oi + j * oj] : 0;
            out[i * oi + j * oj] = before + sums[i * C + j];
        }
}

/* out[i, j] = (or +=) sum over k of x[i, k] y[j, k]: what is summed lies side by side */
INLINE void contract(long I, long J, long K, const double *x, long xi, const double *y, long yj, double *out, long oi,
                     long oj, int more)
{
    long i = 0, j;
#define TILES(R)                                                                                                      \
    for (j = 0; j + ACROSS <= J; j += ACROSS)                                                                         \
        dots(R, ACROSS, K, x + i * xi, xi, y + j * yj, yj, out + i * oi + j * oj, oi, oj, more);                      \
    for (; j < J; j++) dots(R, 1, K, x + i * xi, xi, y + j * yj, yj, out + i * oi + j * oj, oi, oj, more);
    for (; i + DOWN <= I; i += DOWN) { TILES(DOWN) }
    for (; i < I; i++) { TILES(1) }
}

/* sum over k of x[k]: side by side */
INLINE double sum_of(long K, const double *x)
{
    wide sum = {0};
    double rest = 0;
    long k = 0;
    for (; k + W <= K; k += W) sum += load(x + k);
    for (; k < K; k++) rest += x[k];
    return total(sum) + rest;
}

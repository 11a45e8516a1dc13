/* The tape machine: runs of rows that do the same, on L samples at once. What each row does is written by tape_source.py.

   A slot is L numbers side by side in v, its adjoint L numbers in g. Rows stand by level, so that those of a run do not
   depend on each other. An adjoint that nothing has reached is -0.0, which changes no sum. */

#define EACH for (int l = 0; l < N; l++)
#define COPY(name, from)                                                                                              \
    double name##_[N];                                                                                                \
    memcpy(name##_, from, sizeof name##_);
#define OWN(name, from) COPY(name, from + k * L)
#define ENTRY(name) COPY(name, v + (long)name##_at[i] * L)
#define ADD_AT(slot, part)                                                                                            \
    {                                                                                                                 \
        double *at = g + (long)(slot) * L;                                                                            \
        COPY(a, at)                                                                                                   \
        EACH a_[l] += part[l];                                                                                        \
        memcpy(at, a_, sizeof a_);                                                                                    \
    }
#define ADD_ENTRY(name, part) ADD_AT(name##_at[i], part)
#define STORE(name) memcpy(v + k * L, name##_, sizeof name##_);

/* Rows one by one. Of what takes long on one sample, eight rows at once before, of which the last may not belong to the
   run: what is calculated for them is written over by later rows. */
#define ROWS(step) for (; k < end; k++, q += step)
#define ONE                                                                                                           \
    enum { N = L, STEP = 1, some = 1 };
#if L > 1
#define LOAD(name, i) COPY(name, v + (long)q[i] * L)
#define TAKE                                                                                                          \
    OWN(d, g)                                                                                                         \
    EACH g[k * L + l] = -0.0;
#define ADD(i, part) ADD_AT(q[i], part)
#else
#define BLOCK 8
#define FEW 2 /* rows that are faster one by one */
#define BLOCKS(step) for (; end - k > FEW; k += BLOCK, q += BLOCK * step)
#define MANY(step)                                                                                                    \
    enum { N = BLOCK, STEP = step };                                                                                  \
    const int some = end - k < N ? end - k : N;
#define LOAD(name, i)                                                                                                 \
    double name##_[N];                                                                                                \
    EACH name##_[l] = v[q[(l < some ? l : some - 1) * STEP + i]];
#define TAKE                                                                                                          \
    OWN(d, g)                                                                                                         \
    for (int l = 0; l < some; l++) g[k + l] = -0.0;
#define ADD(i, part)                                                                                                  \
    for (int l = 0; l < some; l++) g[q[l * STEP + i]] += part[l];
#endif

/* What is handed on: nothing, where nothing has come or a gate is closed; what is handed on is never -0.0. */
INLINE int is_reached(double d)
{
    long long bits;
    memcpy(&bits, &d, sizeof bits);
    return bits != (long long)(1ULL << 63);
}
#define HAND(part) (is_reached(d_[l]) ? (part) + 0.0 : -0.0)
#define GATE(slope, part) (is_reached(d_[l]) && (slope) != 0 ? (part) + 0.0 : -0.0)

typedef struct {
    long first, runs, inputs, outputs, differentiated, wrt, at_inputs;
    const int *cases, *ends, *operands, *saves; /* of each run; an end is the slot behind its last row */
    const long *starts;                         /* where each run's operands begin */
    const int *at_outputs, *at_wrt;
    double *given, *v, *g; /* the numbers that all samples share, and the slots' memory */
} machine;

#define LANES for (int l = 0; l < L; l++)

static void forward(const machine *m, double *restrict v)
{
    for (long r = 0; r < m->runs; r++) {
        long k = r ? m->ends[r - 1] : m->first;
        const long end = m->ends[r];
        const int *q = m->operands + m->starts[r];
        switch (m->cases[r]) {
/* FORWARD */
        }
    }
}

static void reverse(const machine *m, const double *restrict v, double *restrict g)
{
    for (long r = m->runs - 1; r >= 0; r--) {
        long k = r ? m->ends[r - 1] : m->first;
        const long end = m->ends[r];
        const int *q = m->operands + m->starts[r];
        if (m->saves[r]) memcpy(g + (long)m->saves[r] * L, g + k * L, (end - k) * L * sizeof(double));
        switch (m->cases[r]) {
/* REVERSE */
        default: /* no gradient flows through it, but one by it may be wanted */
            if (m->saves[r]) {
                for (long i = k * L; i < end * L; i++) g[i] = -0.0;
            }
            break;
        }
    }
}

/* Samples from ... to of all: values in rows of samples, gradients added up. x holds the inputs, sample by sample. */
void run(const machine *m, const double *x, double *values, double *gradients, long samples, long from, long to)
{
    double *v = m->v, *g = m->g;
    for (long i = 0; i < m->first; i++) LANES v[i * L + l] = m->given[i];
    for (long b = from; b < to; b += L) {
        const long some = to - b < L ? to - b : L; /* the other lanes repeat the last one */
        for (long i = 0; i < m->inputs; i++)
            LANES v[(m->at_inputs + i) * L + l] = x[(b + (l < some ? l : some - 1)) * m->inputs + i];
        forward(m, v);
        for (long o = 0; o < m->outputs; o++)
            for (long l = 0; l < some; l++) values[o * samples + b + l] = v[(long)m->at_outputs[o] * L + l];
        for (long o = 0; o < m->differentiated; o++) {
            LANES g[(long)m->at_outputs[o] * L + l] = 1.0;
            reverse(m, v, g);
            for (long i = 0; i < m->wrt; i++) {
                double *a = g + (long)m->at_wrt[i] * L;
                for (long l = 0; l < some; l++) gradients[o * m->wrt + i] += a[l];
                LANES a[l] = -0.0;
            }
            LANES g[(long)m->at_outputs[o] * L + l] = -0.0; /* of a constant */
        }
    }
}

/* Steps of gradient descent: the parameters are the first numbers that are given, and what gradients are taken by. */
void descend(const machine *m, const double *x, double *values, double *gradients, long samples, double rate, long steps)
{
    for (; steps; steps--) {
        memset(gradients, 0, m->wrt * sizeof(double));
        run(m, x, values, gradients, samples, 0, samples);
        for (long i = 0; i < m->wrt; i++) m->given[i] -= rate * gradients[i];
    }
}

/* Put a tape's rows in the order in which they run: by level, then by what they do; a run is what is alike in both.

   n rows, `first` slots that are given; of each row its code and its `edges`, the operands with a slope as bits. Of each
   code how many slots it `uses` of a row's operands (minus how many vectors a row has), and `cases[8 code + mask]`. `sought` says of given slots and of rows
   whether gradients by them are wanted, and afterwards whether they lead there. Returns the number of runs. */
long arrange(long n, long first, const int *codes, const int *edges, const int *starts, const int *operands,
             const int *uses, const int *cases, unsigned char *sought, int *place, int *saved, int *run_cases, int *ends,
             int *saves, long *run_starts, int *run_operands, int kinds, int *scratch)
{
    int *level = scratch, *kind = level + first + n, *order = kind + n, *sorted = order + n, *count = sorted + n;
    int top = 0;
    memset(level, 0, first * sizeof(int));
    for (long k = 0; k < n; k++) {
        const int code = codes[k], from = starts[k], to = starts[k + 1], vectors = -uses[code];
        const int width = vectors > 0 ? (to - from) / vectors : 1;
        int mask = 0, high = 0, keep = sought[first + k];
        for (int i = from; i < to; i++) {
            const int x = operands[i];
            if (level[x] > high) high = level[x];
            if (sought[x]) mask |= 1 << (i - from) / width;
        }
        mask &= edges[k];
        level[first + k] = ++high;
        if (high > top) top = high;
        sought[first + k] = keep || mask;
        kind[k] = 2 * cases[8 * code + mask] + keep;
    }
    memset(count, 0, (2 * kinds + 1) * sizeof(int));
    for (long k = 0; k < n; k++) count[kind[k] + 1]++;
    for (int i = 0; i < 2 * kinds; i++) count[i + 1] += count[i];
    for (long k = 0; k < n; k++) sorted[count[kind[k]]++] = k;
    memset(count, 0, (top + 2) * sizeof(int));
    for (long k = 0; k < n; k++) count[level[first + k] + 1]++;
    for (int i = 0; i <= top; i++) count[i + 1] += count[i];
    for (long i = 0; i < n; i++) order[count[level[first + sorted[i]]]++] = sorted[i];
    for (long i = 0; i < first; i++) place[i] = i;
    for (long i = 0; i < n; i++) place[first + order[i]] = first + i;
    long runs = 0, at = 0, spare = first + n;
    for (long i = 0; i < n; i++) {
        const int k = order[i], before = i ? order[i - 1] : -1, code = codes[k];
        if (!i || kind[k] != kind[before] || level[first + k] != level[first + before]) {
            run_cases[runs] = kind[k] / 2;
            saves[runs] = kind[k] % 2 ? spare : 0;
            run_starts[runs++] = at;
        }
        ends[runs - 1] = first + i + 1;
        saved[k] = kind[k] % 2 ? spare++ : -1;
        const int count = starts[k + 1] - starts[k];
        if (uses[code] < 0) run_operands[at++] = count / -uses[code];
        for (int j = 0; j < (uses[code] < 0 ? count : uses[code]); j++) run_operands[at++] = place[operands[starts[k] + j]];
    }
    return runs;
}

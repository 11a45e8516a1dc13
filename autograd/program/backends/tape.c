/* The tape machine: runs of rows that do the same, on L samples at once. What each row does is written by tape_source.py.

   A slot is L numbers side by side in v, its adjoint L numbers in g. The rows of a run do not depend on each other. An
   adjoint that nothing has reached is -0.0, which changes no sum. */

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

/* Put a tape's rows in the order in which they run: of all that have their operands, those of which there are most do
   the same next, in one run, as the way to what a row does costs more than the row.

   n rows, `first` slots that are given; of each row its code and its `edges`, the operands with a slope as bits. Of each
   code how many slots it `uses` of a row's operands (minus how many vectors a row has), and `cases[8 code + mask]`; and
   the mask of `all` its operands where it costs little to hand something back to them: rows that need not do what most
   rows of their code do, as an operand is a constant, then do it too, in the same runs, and nobody reads it.
   `sought` says of given slots and of rows whether gradients by them are wanted, and afterwards whether they lead there.
   Returns the number of runs. */
long arrange(long n, long first, const int *codes, const int *edges, const int *starts, const int *operands,
             const int *uses, const int *cases, const int *all, unsigned char *sought, int *place, int *saved,
             int *run_cases, int *ends, int *saves, long *run_starts, int *run_operands, int kinds, int *scratch)
{
    int *kind = scratch, *missing = kind + n, *next = missing + n, *users_at = next + n, *users = users_at + n + 1;
    int *head = users + starts[n], *tail = head + 2 * kinds, *size = tail + 2 * kinds, *ready = size + 2 * kinds;
    int *count = size; /* of each case, first */
    int waiting = 0; /* kinds of which rows are ready, in lists */
#define READY(k)                                                                                                      \
    {                                                                                                                 \
        const int row = k, of = kind[row];                                                                            \
        if (size[of]++)                                                                                               \
            next[tail[of]] = row;                                                                                     \
        else                                                                                                          \
            head[ready[waiting++] = of] = row;                                                                        \
        tail[of] = row;                                                                                               \
    }
    memset(missing, 0, n * sizeof(int));
    memset(users_at, 0, (n + 1) * sizeof(int));
    memset(size, 0, 2 * kinds * sizeof(int));
    for (long k = 0; k < n; k++) {
        const int code = codes[k], from = starts[k], to = starts[k + 1], vectors = -uses[code];
        const int width = vectors > 0 ? (to - from) / vectors : 1;
        int mask = 0, keep = sought[first + k];
        for (int i = from; i < to; i++) {
            const int x = operands[i];
            if (sought[x]) mask |= 1 << (i - from) / width;
            if (x >= first) missing[k]++, users_at[x - first]++;
        }
        mask &= edges[k];
        sought[first + k] = keep || mask;
        kind[k] = 2 * mask + keep;
        count[cases[8 * code + mask]]++;
    }
    for (long k = 0; k < n; k++) {
        const int *cases_of = cases + 8 * codes[k], mask = kind[k] / 2, whole = all[codes[k]], keep = kind[k] % 2;
        const int joins = mask && whole && edges[k] == whole && count[cases_of[whole]] > count[cases_of[mask]];
        kind[k] = 2 * cases_of[joins ? whole : mask] + keep;
    }
    memset(size, 0, 2 * kinds * sizeof(int));
    for (long k = 1; k <= n; k++) users_at[k] += users_at[k - 1];
    for (long k = n - 1; k >= 0; k--)
        for (int i = starts[k]; i < starts[k + 1]; i++)
            if (operands[i] >= first) users[--users_at[operands[i] - first]] = k;
    for (long i = 0; i < first; i++) place[i] = i;
    for (long k = 0; k < n; k++)
        if (!missing[k]) READY(k)
    long runs = 0, at = 0, slot = first, spare = first + n;
    while (waiting) {
        int most = 0;
        for (int i = 1; i < waiting; i++)
            if (size[ready[i]] > size[ready[most]]) most = i;
        const int now = ready[most], keep = now % 2;
        ready[most] = ready[--waiting];
        run_cases[runs] = now / 2;
        saves[runs] = keep ? spare : 0;
        run_starts[runs] = at;
        int rows = size[now];
        size[now] = 0;
        for (int k = head[now]; rows--; k = next[k]) {
            const int count = starts[k + 1] - starts[k], used = uses[codes[k]];
            place[first + k] = slot++;
            saved[k] = keep ? spare++ : -1;
            if (used < 0) run_operands[at++] = count / -used;
            for (int j = 0; j < (used < 0 ? count : used); j++) run_operands[at++] = place[operands[starts[k] + j]];
            for (int i = users_at[k]; i < users_at[k + 1]; i++)
                if (!--missing[users[i]]) READY(users[i])
        }
        ends[runs++] = slot;
    }
    return runs;
}

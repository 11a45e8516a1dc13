"""Random networks as users write them: layers, recurrent cells, convolution, attention, normalisation, a classifier."""

from __future__ import annotations

import random
from itertools import pairwise

import autograd
from autograd import Value, dot, exp, logsumexp, relu, sigmoid, sin, softplus, sqrt, tanh

ACTIVATIONS = [tanh, relu, sigmoid, sin, softplus, lambda x: x * x]


def matrix(rng, rows, columns):
    return [[Value(rng.uniform(-0.6, 0.6)) for _ in range(columns)] for _ in range(rows)]


def flat(*matrices):
    return [w for rows in matrices for row in rows for w in row]


def vector(rng, n):
    return [rng.uniform(-1, 1) for _ in range(n)]


def product(rows, x):
    return [dot(row, x) for row in rows]


def perceptron(rng):
    sizes = [rng.randint(1, 9) for _ in range(rng.randint(2, 4))] + [1]
    layers = [matrix(rng, m, n + 1) for n, m in pairwise(sizes)]
    activation, losses = rng.choice(ACTIVATIONS), []
    for _ in range(rng.randint(1, 20)):
        x = vector(rng, sizes[0])
        for rows in layers:
            z = [dot(row[:-1], x) + row[-1] for row in rows]
            x = z if rows is layers[-1] else [activation(v) for v in z]
        losses.append((x[0] - rng.random()) ** 2)
    return autograd.sum(losses), flat(*layers)


def plain(rng, n, m):
    w, u, activation = matrix(rng, n, m), matrix(rng, n, n), rng.choice(ACTIVATIONS[:4])
    return [w, u], lambda x, s: [[activation(dot(a, x) + dot(b, s[0])) for a, b in zip(w, u, strict=True)]]


def residual(rng, n, m):
    w, u = matrix(rng, n, m), matrix(rng, n, n)
    return [w, u], lambda x, s: [
        [h + 0.1 * tanh(a + b) for h, a, b in zip(s[0], product(w, x), product(u, s[0]), strict=True)]
    ]


def gated(rng, n, m):
    """A gated recurrent unit."""
    ws, us = [matrix(rng, n, m) for _ in range(3)], [matrix(rng, n, n) for _ in range(3)]

    def cell(x, s):
        (h,) = s
        z, r = ([sigmoid(a + b) for a, b in zip(product(ws[k], x), product(us[k], h), strict=True)] for k in range(2))
        kept = [a * b for a, b in zip(r, h, strict=True)]
        new = [tanh(a + b) for a, b in zip(product(ws[2], x), product(us[2], kept), strict=True)]
        return [[(1 - a) * b + a * c for a, b, c in zip(z, h, new, strict=True)]]

    return [*ws, *us], cell


def long_short(rng, n, m):
    """Long short-term memory."""
    ws, us = [matrix(rng, n, m) for _ in range(4)], [matrix(rng, n, n) for _ in range(4)]

    def cell(x, s):
        h, c = s
        f, i, g, o = (
            [a + b for a, b in zip(product(w, x), product(u, h), strict=True)] for w, u in zip(ws, us, strict=True)
        )
        c = [sigmoid(a) * b + sigmoid(d) * tanh(e) for a, b, d, e in zip(f, c, i, g, strict=True)]
        return [[sigmoid(a) * tanh(b) for a, b in zip(o, c, strict=True)], c]

    return [*ws, *us], cell


CELLS = {plain: 1, residual: 1, gated: 1, long_short: 2}  # how many vectors each carries


def recurrent(rng, kind=None, units=None, steps=None, samples=None, starts=None):
    """One or two layers of cells over a series, for one sample or some; the loss of each step, or of the last.

    Args:
        starts: where the cells of two layers begin, for each sample; the loss is that of the last step then.
    """
    kind, n, m = kind or rng.choice([*CELLS]), units or rng.randint(1, 6), rng.randint(1, 4)
    steps, samples = steps or rng.randint(5, 30), samples or rng.choice([1, 1, 2, 3])
    layers = [kind(rng, n, m)] + [kind(rng, n, n)] * bool(starts or rng.random() < 0.3)
    every, losses = not starts and rng.random() < 0.5, []
    for begin in starts or [[rng.choice([0.0, 0.5, Value(0.1)]) for _ in layers] for _ in range(samples)]:
        states = [[[x] * n for _ in range(CELLS[kind])] for x in begin]
        for _ in range(steps):
            x = vector(rng, m)
            for k, (_, cell) in enumerate(layers):
                states[k] = cell(x, states[k])
                x = states[k][0]
            if every:
                losses.append((x[0] - 0.3) ** 2)
        if not every:
            losses.append(autograd.sum([h * h for h in x]))
    return autograd.sum(losses) / len(losses), flat(*(w for weights, _ in layers for w in weights))


def convolution(rng):
    taps, n = rng.randint(2, 4), rng.randint(8, 40)
    kernels, x = matrix(rng, rng.randint(1, 4), taps + 1), vector(rng, n)
    maps = [tanh(dot(k[:-1], x[i : i + taps]) + k[-1]) for k in kernels for i in range(n - taps + 1)]
    return dot(maps, maps), flat(kernels)


def classifier(rng):
    classes, n, losses = rng.randint(2, 9), rng.randint(1, 9), []
    rows = matrix(rng, classes, n + 1)
    for i in range(rng.randint(2, 40)):
        x = vector(rng, n)
        z = [dot(row[:-1], x) + row[-1] for row in rows]
        losses.append(logsumexp(z) - z[i % classes])
    return autograd.sum(losses), flat(rows)


def attention(rng):
    n, length = rng.randint(1, 4), rng.randint(3, 8)
    weights, xs, out = [matrix(rng, n, n) for _ in range(3)], [vector(rng, n) for _ in range(length)], []
    queries, keys, values = ([product(w, x) for x in xs] for w in weights)
    for query in queries:
        e = [exp(dot(query, key) / n**0.5) for key in keys]
        total = autograd.sum(e)
        out += [autograd.sum([a / total * v[j] for a, v in zip(e, values, strict=True)]) for j in range(n)]
    return dot(out, out), flat(*weights)


def normalised(rng):
    """Batch normalisation: each sample depends on all."""
    n, rows, out = rng.randint(2, 12), matrix(rng, rng.randint(1, 5), 2), []
    hidden = [product(rows, vector(rng, 2)) for _ in range(n)]
    for column in zip(*hidden, strict=True):
        mean = autograd.sum(column) / n
        variance = autograd.sum([(z - mean) ** 2 for z in column]) / n
        out += [tanh((z - mean) / sqrt(variance + 1e-3)) for z in column]
    return autograd.sum([z**2 for z in out[::2]]), flat(rows)


KINDS = [perceptron, recurrent, recurrent, convolution, classifier, attention, normalised]


def network(seed):
    """The loss of a random network, and its parameters."""
    rng = random.Random(seed)
    return rng.choice(KINDS)(rng)

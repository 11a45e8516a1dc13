"""Graphs with loops in them, as users write them; and graphs that only look as if they had."""

from __future__ import annotations

import random
from itertools import pairwise

import autograd
from autograd import Value, dot, exp, maximum, relu, sigmoid, tanh
from benchmarks import graphs


def rnn(steps=20, hidden=8, seed=1):
    rng = random.Random(seed)
    w, b = graphs.leaves(rng, hidden), graphs.leaves(rng, hidden)
    u = [graphs.leaves(rng, hidden) for _ in range(hidden)]
    h, losses = [0.0] * hidden, []
    for _ in range(steps):
        x = rng.random()
        h = [tanh(w[i] * x + dot(u[i], h) + b[i]) for i in range(hidden)]
        losses.append((h[0] - 0.5) ** 2)
    return autograd.sum(losses), [*w, *(p for row in u for p in row), *b]


def lstm(steps=16, hidden=3, seed=2):
    rng = random.Random(seed)
    gates = [
        [(graphs.leaves(rng, 1)[0], graphs.leaves(rng, hidden), graphs.leaves(rng, 1)[0]) for _ in range(hidden)]
        for _ in range(4)
    ]
    h, c, losses = [0.0] * hidden, [0.0] * hidden, []
    for _ in range(steps):
        x = rng.random()
        z = [[w * x + dot(u, h) + b for w, u, b in gate] for gate in gates]
        i, f, o = [[sigmoid(v) for v in z[k]] for k in range(3)]
        c = [fk * ck + ik * tanh(gk) for fk, ck, ik, gk in zip(f, c, i, z[3], strict=True)]
        h = [ok * tanh(ck) for ok, ck in zip(o, c, strict=True)]
        losses.append((h[0] - 0.5) ** 2)
    return autograd.sum(losses), [p for gate in gates for w, u, b in gate for p in (w, *u, b)]


def lotka_volterra(steps=30, dt=0.01):
    """Predators and prey, by Runge and Kutta's rule of order 4; rates are positive, as exponentials."""
    logs = [Value(x) for x in (0.4, 0.0, 1.1, 0.0)]
    a, b, c, d = map(exp, logs)
    x, y = start = [Value(1.0), Value(1.0)]

    def slope(x, y):
        return a * x - b * x * y, d * x * y - c * y

    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x + dt / 2 * k1[0], y + dt / 2 * k1[1])
        k3 = slope(x + dt / 2 * k2[0], y + dt / 2 * k2[1])
        k4 = slope(x + dt * k3[0], y + dt * k3[1])
        x = x + dt / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        y = y + dt / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
    return x + y, [*logs, *start]


def logistic(n=60):
    r, x = Value(2.9), Value(0.3)
    y = x
    for _ in range(n):
        y = r * y * (1 - y)
    return y, [r, x]


def horner(n=100):
    rng = random.Random(3)
    cs, x = [Value(rng.uniform(-1, 1)) for _ in range(n)], Value(0.9)
    y = cs[0]
    for c in cs[1:]:
        y = y * x + c
    return y, [x, *cs]


def adam(steps=25):
    """An optimiser's steps as a graph: what the learning rate and the start do to the end."""
    w, rate, m, v = Value(0.5), Value(0.05), Value(0.0), Value(0.0)
    p = w
    for k in range(1, steps + 1):
        g = 2 * (p - 3.0) + p * p * 0.1
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        p = p - rate * (m / (1 - 0.9**k)) / ((v / (1 - 0.999**k) + 1e-8) ** 0.5)
    return (p - 3) ** 2, [w, rate]


def residual(layers=12, width=5):
    rng = random.Random(5)
    x = [Value(rng.random()) for _ in range(width)]
    ps = list(x)
    for _ in range(layers):
        rows = [graphs.leaves(rng, width) for _ in range(width)]
        ps += [p for row in rows for p in row]
        x = [xi + 0.1 * tanh(dot(row, x)) for xi, row in zip(x, rows, strict=True)]
    return autograd.sum(x), ps


def fibonacci(n=60):
    """Two iterations back, and values that come and go."""
    a, b = Value(0.3), Value(0.4)
    x, y = a, b
    for _ in range(n):
        x, y = y, tanh(x + a * y)
    return y, [a, b]


def one_unit(n=60):
    """A sum of sums, of which one reads the state, goes from one iteration into the next."""
    w, u, b, h = Value(0.7), Value(0.4), Value(0.1), 0.0
    for t in range(n):
        h = tanh(dot([w], [1 + 0.01 * t]) + dot([u], [h]) + b)
    return h, [w, u, b]


def bidirectional(steps=20, hidden=3, seed=6):
    """A series read from both ends: what one direction reads moves on, what the other one reads moves back."""
    rng = random.Random(seed)
    xs, ends, parameters = [[rng.random(), rng.random()] for _ in range(steps)], [], []
    for series in (xs, xs[::-1]):
        w, u = ([graphs.leaves(rng, n) for _ in range(hidden)] for n in (2, hidden))
        parameters += [p for row in (*w, *u) for p in row]
        h = [Value(0.0)] * hidden
        for x in series:
            h = [tanh(dot(a, x) + dot(b, h)) for a, b in zip(w, u, strict=True)]
        ends += h
    return autograd.sum(ends), parameters


LOOPS = {
    f.__name__: f
    for f in (rnn, lstm, lotka_volterra, logistic, horner, adam, residual, fibonacci, one_unit, bidirectional)
}


def running_sum(n=100):
    xs = [Value(0.01 * i) for i in range(n)]
    total = Value(0.0)
    for x in xs:
        total = total + tanh(x)
    return total, xs


def differences(n=100):
    xs = [tanh(Value(0.01 * i)) for i in range(n)]
    return autograd.sum([(b - a) ** 2 for a, b in pairwise(xs)]), xs


def samples(n=30):
    """The same network for many samples, its losses added up."""
    rng = random.Random(1)
    rows, total = [graphs.leaves(rng, 4) for _ in range(4)], Value(0.0)
    for _ in range(n):
        x = [rng.random() for _ in range(4)]
        total = total + autograd.sum([tanh(dot(row, x)) for row in rows])
    return total, [p for row in rows for p in row]


NO_LOOPS = {f.__name__: f for f in (running_sum, differences, samples)} | {
    "irregular": lambda: graphs.irregular(random.Random(1)),
    "forest": lambda: graphs.forest(random.Random(1)),
}

ROWS = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (2 + b * b),
    lambda a, b: tanh(a),
    lambda a, b: 3 * a,
    lambda a, b: 1 - b,
    lambda a, b: a**2,
    lambda a, b: relu(a - b),
    lambda a, b: maximum(a, b),  # ties at equal operands
    lambda a, b: dot([a, b], [b, a]),
    lambda a, b: sigmoid(a) * b,
]


def random_recurrence(seed):
    """States, parameters and inputs in some expressions; perhaps two iterations back, or one iteration that differs.

    Returns:
        the outputs, what gradients are taken by, the inputs of the iterations.
    """
    rng = random.Random(seed)
    times, lag = rng.randint(8, 24), rng.choice([1, 1, 1, 2])
    parameters = [Value(rng.uniform(-1, 1)) for _ in range(rng.randint(1, 3))]
    inputs = [Value(rng.uniform(-1, 1)) for _ in range(times)]
    states = [Value(rng.uniform(-1, 1)) for _ in range(rng.randint(1, 4))]
    plan = [(rng.randrange(len(ROWS)), rng.random(), rng.random()) for _ in range(rng.randint(2, 12))]
    order = rng.sample(range(times), times) if rng.random() < 0.3 else range(times)
    odd = rng.randrange(times) if rng.random() < 0.3 else None  # this iteration has another operation
    history, losses = [states] * lag, []
    for t in range(times):
        pool = [*parameters, inputs[order[t]], *history[-1], *history[-lag]]
        for k, (row, i, j) in enumerate(plan):
            changed = k == len(plan) // 2 and t == odd
            pool.append(ROWS[(row + changed) % len(ROWS)](pool[int(i * len(pool))], pool[int(j * len(pool))]))
        history.append([tanh(x + s) for x, s in zip(reversed(pool), history[-1], strict=False)])
        losses.append((history[-1][0] - 0.1 * t) ** 2)
    outputs = [autograd.sum(losses), sum(losses[::3]) + history[-1][-1]]
    return outputs, [*parameters, *states], inputs

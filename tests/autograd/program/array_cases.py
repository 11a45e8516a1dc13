"""Random programs on arrays of Values, which are read as NumPy reads them: turned, reversed, strided, rolled.

What is read from its end becomes views whose steps are negative, of which GCC 12 makes wrong sums if it may.
"""

from __future__ import annotations

from random import Random

import numpy as np

import autograd
from autograd import Value, dot, maximum, relu, sigmoid, sin, tanh

MAPS = [tanh, sigmoid, relu, sin, lambda x: x * x, lambda x: 0.5 * x + 0.1, lambda x: maximum(x, 0.1)]
PAIRS = [lambda x, y: x * y, lambda x, y: x + y, lambda x, y: x - y, maximum]
SIZES = {1: (2, 3, 5, 8, 12, 16), 2: (2, 3, 4, 5, 6, 8, 10), 3: (2, 3, 4, 5)}


def view(rng, a):
    """The same Values, or some of them, in another order."""
    if rng.random() < 0.4:
        a = a.transpose(rng.sample(range(a.ndim), a.ndim))
    for axis in range(a.ndim):
        way = rng.random()
        if way < 0.3:
            a = np.flip(a, axis)
        elif way < 0.4 and a.shape[axis] > 3:
            a = a.take(range(rng.randrange(2), a.shape[axis], 2), axis)
        elif way < 0.5:
            a = np.roll(a, rng.randrange(a.shape[axis]), axis)
    return a


def elementwise(f, *arrays):
    return np.frompyfunc(f, len(arrays), 1)(*arrays)


def total(rng, xs):
    """Their sum, at once or one after the other."""
    return autograd.sum(xs) if rng.random() < 0.5 else sum(xs[1:], xs[0])


def program(seed):
    """An output, and the leaves that it is made of."""
    rng = Random(seed)
    dimensions = rng.choice((1, 2, 2, 2, 3))
    shape = [rng.choice(SIZES[dimensions]) for _ in range(dimensions)]
    pool = [elementwise(lambda _: Value(rng.uniform(-1, 1)), np.empty(shape, object)) for _ in range(2)]
    for _ in range(rng.randrange(2, 7)):
        a = view(rng, rng.choice(pool))
        b = view(rng, rng.choice(pool))
        kind = rng.randrange(4)
        if kind == 0:
            pool.append(elementwise(rng.choice(MAPS), a))
        elif kind == 1 and a.shape == b.shape:
            pool.append(elementwise(rng.choice(PAIRS), a, b))
        elif kind == 2:
            axis = rng.randrange(a.ndim)
            sums = np.apply_along_axis(lambda xs: total(rng, xs.tolist()), axis, a)
            pool.append(a - 0.2 * np.expand_dims(sums, axis))
        elif kind == 3 and a.ndim == b.ndim == 2 and a.shape[1] == b.shape[1]:
            pool.append(elementwise(tanh, np.array([[dot([*x], [*y]) for y in b] for x in a])))
    output = total(rng, view(rng, pool[-1]).ravel().tolist()) + total(rng, [x * x for x in view(rng, pool[-2]).flat])
    return output, [x for x in autograd.topological(output) if not x.op]

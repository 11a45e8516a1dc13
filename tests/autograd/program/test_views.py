"""Index arrays as views: which are regular, which shapes a view can take, which shape suits several."""

from __future__ import annotations

from itertools import product as combinations
from types import SimpleNamespace

import numpy as np
import pytest

from autograd.program.ir import Node, distinct_rows, simplified
from autograd.program.views import Gather, View, aligned, contiguous, is_batched, regular, reshaped, row

NODE, OTHER = Node("inputs", 100), Node("inputs", 100)
REGULAR = [
    ([], (0, (0,), (1,))),
    ([7], (7, (1,), (1,))),
    ([2, 3], (2, (2,), (1,))),
    ([3, 2], (3, (2,), (-1,))),
    ([4, 4], (4, (2,), (0,))),
    ([2, 5, 8], (2, (3,), (3,))),
    ([0, 0, 1, 1], (0, (2, 2), (1, 0))),
    ([0, 1, 0, 1], (0, (2, 2), (0, 1))),
    ([0, 1, 3, 4], (0, (2, 2), (3, 1))),
    ([5, 3, 4, 2], (5, (2, 2), (-1, -2))),
    ([0, 1, 10, 11, 4, 5, 14, 15], (0, (2, 2, 2), (4, 10, 1))),
    ([0, 1, 3], None),
    ([0, 1, 2, 4, 5, 7], None),
    ([0, 2, 1], None),
    ([0, 1, 5, 6, 7, 8], None),
    ([0, 1, 2, 3, 5], None),
]


@pytest.mark.parametrize("index, expected", REGULAR, ids=[str(index) for index, _ in REGULAR])
def test_regular(index, expected):
    assert regular(NODE, np.array(index, int)) == (expected and (NODE, *expected))


SHAPES = [(), (1,), (6,), (2, 3), (3, 2), (6, 1), (1, 6), (2, 1, 3), (4,), (2, 2), (12,), (3, 4), (2, 6), (2, 2, 3)]
STRIDES = [(), (1,), (0,), (2,), (3, 1), (2, 1), (1, 2), (0, 1), (1, 0), (0, 0), (4, 1), (-1,), (6, 1, 2), (6, 3, 1)]


def strides_of(places):
    """The strides of an array of places, if it has any."""
    steps = [
        int(np.take(places, 1, axis=i).flat[0] - places.flat[0]) if n > 1 else 0 for i, n in enumerate(places.shape)
    ]
    grid = places.flat[0] + sum((np.indices(places.shape)[i] * step for i, step in enumerate(steps)), np.array(0))
    return tuple(steps) if (grid == places).all() else None


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_view_is_reshaped_if_and_only_if_it_stays_one(shape):
    for strides, new in combinations(STRIDES, SHAPES):
        if len(strides) == len(shape) and np.prod(shape) == np.prod(new):
            view = View(NODE, 50, shape, strides)
            expected = strides_of(view.places.reshape(new))
            result = reshaped(shape, strides, new)
            assert (result is None) == (expected is None), (strides, new)
            if result is not None:
                assert (view.reshaped(new).places == view.places.reshape(new)).all()
                assert tuple(s for s, n in zip(result, new, strict=True) if n == 1) == (0,) * new.count(1)


@pytest.mark.parametrize(
    "shape, new", [((6,), (4,)), ((2, 3), (2, 2)), ((4,), (2,)), ((2,), (4,)), ((2, 3), (6, 2)), ((3,), (2, 3))]
)
def test_a_view_of_another_size_is_none(shape, new):
    assert reshaped(shape, contiguous(shape), new) is None


def test_contiguous():
    assert [contiguous(shape) for shape in ((), (3,), (2, 3), (4, 2, 3))] == [(), (1,), (3, 1), (6, 3, 1)]


def test_rows_and_places():
    assert row(NODE) == View(NODE, 0, (100,), (1,)) and row(NODE, 3, 5).places.tolist() == [5, 6, 7]
    assert View(NODE, 5, (2, 3), (10, -1)).places.tolist() == [[5, 4, 3], [15, 14, 13]]
    assert Gather(NODE, np.arange(6)).reshaped((2, 3)).shape == (2, 3)
    assert [is_batched(x) for x in (1.0, row(NODE), row(Node("inputs", 1, batched=True)))] == [False, False, True]


V = lambda shape, strides, offset=0: View(OTHER, offset, shape, strides)  # noqa: E731
ALIGNED = [  # the result's shape and strides, the operands', the innermost block: their common shape and strides
    ((6,), (1,), [((6,), (1,))], 1, (6,), [(1,), (1,)]),
    ((6,), (1,), [((6,), (0,))], 1, (6,), [(1,), (0,)]),
    ((6,), (1,), [((2, 3), (1, 0))], 1, (2, 3), [(3, 1), (1, 0)]),
    ((6,), (1,), [((2, 3), (3, 1))], 1, (6,), [(1,), (1,)]),
    ((6,), (1,), [((2, 3), (0, 1)), ((6,), (2,))], 1, (2, 3), [(3, 1), (0, 1), (6, 2)]),
    ((12,), (1,), [((3, 4), (1, 0)), ((6, 2), (1, 0))], 1, (3, 2, 2), [(4, 2, 1), (1, 0, 0), (2, 1, 0)]),
    ((12,), (1,), [((2, 2, 3), (0, 3, 1))], 1, (2, 6), [(6, 1), (0, 1)]),
    ((12,), (1,), [((2, 2, 3), (6, 3, 0))], 1, (4, 3), [(3, 1), (3, 0)]),
    ((6,), (1,), [((6,), (1,))], 3, (2, 3), [(3, 1), (3, 1)]),
    ((6,), (1,), [((6,), (1,))], 6, (6,), [(1,), (1,)]),
    ((12,), (1,), [((12,), (1,)), ((2, 2, 3), (0, 3, 1))], 6, (2, 6), [(6, 1), (6, 1), (0, 1)]),
    ((12,), (1,), [((2, 2, 3), (6, 3, 1)), ((12,), (1,))], 3, (4, 3), [(3, 1), (3, 1), (3, 1)]),
    ((1,), (1,), [((1,), (0,))], 1, (1,), [(0,), (0,)]),
]  # fmt: skip


@pytest.mark.parametrize("shape, strides, operands, inner, common, expected", ALIGNED)
def test_aligned(shape, strides, operands, inner, common, expected):
    out, parts = aligned(View(NODE, 0, shape, strides), [V(*x) for x in operands] + [2.5], inner)
    assert parts.pop() == 2.5
    assert [x.shape for x in (out, *parts)] == [common] * len(expected)
    assert [x.strides for x in (out, *parts)] == expected


def test_of_views_that_suit_no_shape_the_first_with_axes_becomes_a_gather():
    views = [V((6,), (1,)), V((2, 3), (1, 0), 7), V((3, 2), (1, 0), 9)]
    out, parts = aligned(row(NODE, 6), [*views, Gather(OTHER, np.arange(6))])
    assert [type(x) for x in (out, *parts)] == [View, View, Gather, View, Gather]
    assert {x.shape for x in (out, *parts)} == {(3, 2)}
    for before, after in zip(views, parts, strict=False):
        assert (before.places.ravel() == after.places.ravel()).all()


def test_simplified():
    cases = [([0, 1], 2, None), ([0, 1], 3, [0, 1]), ([1, 0], 2, [1, 0]), ([3], 4, 3), ([0], 1, None), ([0, 0], 1, 0)]
    for index, n, expected in cases:
        result = simplified(np.array(index), n)
        assert (result.tolist() if isinstance(result, np.ndarray) else result) == expected


def test_distinct_rows(monkeypatch):
    index = np.array([[7, 1], [0, 2], [7, 1], [0, 3], [0, 2]])
    assert [x.tolist() for x in distinct_rows(index)] == [[0, 1, 3], [0, 1, 0, 2, 1]]
    monkeypatch.setattr(
        np.random, "default_rng", lambda _: SimpleNamespace(integers=lambda low, high, n: np.zeros(n, int))
    )
    swapped = np.array([[1, 2], [2, 1], [1, 2]])  # of one hash, if all weights are 1
    assert [x.tolist() for x in distinct_rows(swapped)] == [[0, 1], [0, 1, 0]]

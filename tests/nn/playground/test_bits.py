"""Numbers of TensorFlow Playground's own code, equal in every bit: points, weights, losses, dead links."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest

from autograd import ops
from nn import playground
from nn.playground import fdlibm
from nn.playground.activations import activation
from nn.playground.functions import FUNCTIONS
from nn.playground.seedrandom import SeedRandom
from nn.playground.updates import PENALTIES

LINKS = json.loads(Path(__file__).with_name("expected.json").read_text("utf-8"))["links"]


@pytest.mark.parametrize("expected", LINKS, ids=lambda expected: expected["link"][:60])
def test_a_link_has_the_originals_numbers(expected):
    play = playground.from_link(expected["link"])
    points = np.concatenate([play.train, play.test]) + 0.0  # JSON has no −0
    assert (len(play.train), play.train[0].tolist()) == (expected["train"], expected["first"])
    assert hashlib.sha256(points.astype("<f8").tobytes()).hexdigest() == expected["points"]
    assert play.weights == expected.get("initial", play.weights)
    for epoch, train, test in expected["losses"]:
        if epoch:
            play.step(epoch - play.epoch)
        assert play.losses.train == train
        assert play.losses.test == test or (test is None and math.isnan(play.losses.test))
    assert play.weights == expected.get("final", play.weights)
    if "final" in expected and expected["dead"]:
        assert 0 < len(play.dead) <= expected["dead"]


@pytest.mark.parametrize(
    ("seed", "first"),
    [
        ("hello.", 0.9282578795792454),  # the two of seedrandom's README
        ("", 0.23144008215179881),
        ("a" * 300, 0.7896636759683583),
        ("ü€𝄞", 0.19722789954866957),
    ],
)
def test_a_text_gives_the_numbers_of_seedrandom(seed, first):
    assert SeedRandom(seed)() == first


def test_of_small_numbers_the_last_bits_are_drawn_too():
    random = SeedRandom("bits")
    numbers = [random() for _ in range(3000)]
    assert min(numbers) < 1 / 256 and all(0 <= x < 1 for x in numbers)
    assert hashlib.sha256(struct.pack("<3000d", *numbers)).hexdigest()[:16] == "206941ab4bb5703b"


# ── fdlibm ────────────────────────────────────────────────────────────────────────────────────────

SPREAD = [s * m * 2.0**k for k in range(-40, 9) for m in (1.0, 1.1, 1.3, 1.49, 1.51, 1.75, 1.9999) for s in (1, -1)]
SPREAD += [k * math.pi / 2 + d for k in range(-60, 60) for d in (0.0, 1e-12, -1e-9, 0.3)] + [0.0]


@pytest.mark.parametrize(
    ("name", "numbers", "digest"),
    [
        ("tanh", SPREAD, "d3028adf75d51d6c"),
        ("exp", [x for x in SPREAD if abs(x) < 700], "1dcb72f81ce9a7a8"),
        ("sin", SPREAD, "2e9b46659ec9f50b"),
        ("cos", SPREAD, "aa2cb422cb2fb664"),
        ("log", [abs(x) for x in SPREAD if x], "8a5fad113771b5dc"),
    ],
)
def test_fdlibm_has_the_bits_of_node(name, numbers, digest):
    """The digests are of the doubles that Node 20.20.2 gives; the C library's are equal up to the last place."""
    values = [getattr(fdlibm, name)(x) for x in numbers]
    assert np.allclose(values, [getattr(math, name)(x) for x in numbers], rtol=1e-15, atol=3e-16)
    assert hashlib.sha256(struct.pack(f"<{len(values)}d", *values)).hexdigest()[:16] == digest


def test_functions_of_extremes():
    for functions in FUNCTIONS.values():
        assert [functions.exp(x) for x in (710.0, -746.0, 0.0, 1.0)] == [math.inf, 0.0, 1.0, math.e]
        assert [functions.tanh(x) for x in (50.0, -50.0, 0.0)] == [1.0, -1.0, 0.0]
        assert math.isnan(functions.exp(math.nan)) and math.isnan(functions.tanh(math.nan))


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "linear"])
def test_activations_are_those_of_the_table(name):
    """The order of arithmetic is the Playground's; the formulas, and the slope at a kink, are ours."""
    f = activation(name, FUNCTIONS["fdlibm"])
    for z in (-3.0, -0.5, 0.0, 0.25, 2.0):
        row = getattr(ops, name, None)
        a, slope = (z, 1.0) if row is None else (row(z), row.partials[0](z, row(z)))
        assert f.function(z) == pytest.approx(a, rel=1e-15)
        assert f.slope(z, f.function(z)) == pytest.approx(slope, rel=1e-15)


def test_penalties_have_the_slopes_of_their_formulas():
    assert [PENALTIES["L1"](w) for w in (-2.0, 0.0, 3.0)] == [-1, 0, 1]
    assert [PENALTIES["L2"](w) for w in (-2.0, 0.0, 3.0)] == [-2, 0, 3]
    assert PENALTIES[None](5.0) == 0


def test_a_link_can_ask_for_this_machines_functions():
    """A browser that calls the C library, as Debian's chromium does, has these numbers."""
    play = playground.from_link("#dataset=spiral&seed=0.1&cg_functions=system")
    other = playground.from_link("#dataset=spiral&seed=0.1")
    assert np.abs(play.train - other.train).max() < 1e-14
    assert play.link == other.link + "&cg_functions=system"

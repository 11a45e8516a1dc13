"""Losses, initializers, schedules and steps against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nn
from nn import initializers, losses, metrics, schedules

LN = math.log
LOSSES = [
    ("quadratic", [1.0, 2.0], [0.5, 4.0], 0.5 * (0.25 + 4.0)),
    ("mean_absolute_percentage_error", [2.0, -4.0], [3.0, -3.0], 100 * (1 / 2 + 1 / 4) / 2),
    ("mean_squared_logarithmic_error", [1.0], [3.0], LN(2) ** 2),
    ("poisson", [2.0], [4.0], 4 - 2 * LN(4)),
    ("kl_divergence", [0.5, 0.5], [0.25, 0.75], 0.5 * LN(2) + 0.5 * LN(2 / 3)),
    ("squared_hinge", [1.0], [-0.5], 1.5**2),
    ("categorical_hinge", [0.0, 1.0], [3.0, 1.0], 3 - 1 + 1),
]


@pytest.mark.parametrize(("name", "y", "p", "expected"), LOSSES)
def test_losses(name, y, p, expected):
    assert losses.LOSSES[name](y, p) == pytest.approx(expected, rel=1e-6)


def test_losses_with_arguments():
    assert losses.Huber(0.5)([0.0], [2.0]) == 0.5 * 2 - 0.5 * 0.25
    smooth = losses.CategoricalCrossentropy(label_smoothing=0.3)([1.0, 0.0, 0.0], [0.5, 0.25, 0.25])
    assert smooth == pytest.approx(-0.8 * LN(0.5) - 2 * 0.1 * LN(0.25))  # 0.7 + 0.3 / 3


@pytest.mark.parametrize(("kind", "variance"), [("he", 2 / 50), ("lecun", 1 / 50), ("glorot", 2 / 450)])
@pytest.mark.parametrize("spread", ["uniform", "normal"])
def test_variances_of_first_weights(kind, variance, spread):
    drawn = initializers.get(f"{kind}_{spread}")(np.random.default_rng(0), (50, 400))
    assert drawn.var() == pytest.approx(variance, rel=0.03) and abs(drawn.mean()) < 0.01


def test_the_mean_of_first_weights():
    for kind in (initializers.RandomNormal, initializers.TruncatedNormal):
        assert kind(3.0, 0.5, seed=0)(np.random.default_rng(), (100, 100)).mean() == pytest.approx(3, abs=0.05)


def test_steps_and_rates():
    lion = nn.Lion(0.5, beta_1=0.0, beta_2=0.9)  # the sign of g alone, whatever m is
    state = lion.start([1.0])
    state.slots["m"][:] = -100.0
    assert lion.update(state, [1.0], [1.0])[1] == [0.5]
    assert schedules.PolynomialDecay(1.0, 100, 0.0, power=2.0)(50) == 0.25


def test_a_prediction_on_the_threshold_is_negative():
    assert metrics.BinaryAccuracy()([0.0], [0.5]) == 1.0

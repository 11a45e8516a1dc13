"""A play's clock in both directions, its model, its controls, and what it refuses."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

import nn
from autograd import StepError
from nn import DivergenceError, ModelError, playground
from nn.playground.history import MOST

LINK = "#dataset=xor&networkShape=3,2&seed=0.5&batchSize=7&percTrainData=10&regularization=L1&regularizationRate=0.1"


def weights_after(*numbers):
    """The weights after so many samples, each time from the beginning."""
    return {k: playground.from_link(LINK).step(samples=k).weights for k in numbers}


def test_hands_meet_and_a_rest_is_carried():
    """50 samples are 7 batches of 7 and a rest of 1; the next update is 7 samples later, with 8 derivatives."""
    play = playground.from_link(LINK)
    ends = [play.step(batches=1).time for _ in range(10)]
    assert ends == [7, 14, 21, 28, 35, 42, 49, 50, 57, 64]
    before = playground.from_link(LINK).step(batches=7).weights
    play = playground.from_link(LINK).step()
    assert play.weights == before and (play.epoch, play.batch, play.sample) == (1, 0, 0)
    assert play.step(samples=6).weights == before
    assert play.step(samples=1).weights != before
    assert play.weights == playground.from_link(LINK).step(batches=9).weights
    assert [play.back(batches=1).time for _ in range(3)] == [50, 49, 42]
    assert [play.step().time, play.step(2, batches=1, samples=3).time, play.back(epochs=1).time] == [50, 160, 150]


def test_500_states_back_are_equal_in_every_bit():
    play = playground.from_link(LINK)
    states = [play.weights, *(play.step(samples=1).weights for _ in range(500))]
    for state in states[-2::-1]:
        assert play.back(samples=1).weights == state
    assert play.time == 0 and play.step(samples=500).weights == states[-1]


def test_500_epochs_back_and_anywhere():
    play = playground.from_link(LINK + "&percTrainData=1")
    states = [play.weights, *(play.step().weights for _ in range(500))]
    for k in random.Random(0).sample(range(501), 20):
        assert play.reset().step(k).weights == states[k] if k else play.reset().weights == states[0]
    play.step(500 - play.epoch)
    for k in range(499, -1, -1):
        assert play.back(1).weights == states[k]


def test_the_way_back_stays_right_when_checkpoints_are_dropped():
    play = playground.from_link(LINK + "&percTrainData=1").step(10)
    tenth = play.weights
    play.step(2 * MOST)
    assert len(play._history.checkpoints) <= MOST + 1
    assert play.back(2 * MOST).weights == tenth


def test_no_change_is_dropped():
    play = playground.from_link(LINK + "&percTrainData=1")
    for k in range(3):  # at checkpoints with even and odd numbers
        play.step()
        play.model.layers[0].neurons[0].bias.data = float(k)
    changed = play.step(1).weights
    play.step(2 * MOST)
    assert play.back(2 * MOST).weights == changed


def test_a_change_of_a_weight_or_a_control_is_known_on_the_way_back():
    play = playground.from_link(LINK).step(samples=10)
    play.model.layers[0].neurons[0].weights[0].data = 2
    assert play.weights[0][1] == 2.0
    after = play.step(samples=20).weights
    faster = play.change(learning_rate=0.5, regularization=None).step(samples=20).weights
    assert play.back(samples=20).weights == after and play.controls["learning_rate"] == 0.5
    assert play.step(samples=20).weights == faster
    assert play.back(samples=40).weights[0][1] == 2.0
    assert play.back(samples=1).weights == weights_after(9)[9]
    assert play.reset().weights == playground.from_link(LINK).weights


def test_the_model_has_the_plays_weights_and_outputs(tmp_path):
    play = playground.from_link("#seed=1&activation=sigmoid&sinX=true&xSquared=true").step(3)
    X = np.array([inputs for inputs, _ in play._train])
    losses = (play.model.predict(X)[:, 0] - play.train[:, 2]) ** 2 / 2
    assert losses.mean() == pytest.approx(play.losses.train, rel=1e-13)
    play.model.save(tmp_path / "play.npz")
    assert np.array_equal(nn.load(tmp_path / "play.npz").predict(X), play.model.predict(X))
    assert [x.data for x in play.model.parameters()][:4] == play.weights[0][1:]


def test_dead_links_have_names_and_stay_dead():
    play = playground.from_link(
        "#dataset=xor&regularization=L1&regularizationRate=0.3&networkShape=4,4&seed=x&batchSize=9"
    )
    assert play.dead == []
    play.step(2)
    dead = play.dead
    assert "layer1.neuron1.w0" in dead and all(play.model.named_parameters()[name].data == 0 for name in dead)
    assert set(dead) <= set(play.step(2).dead)
    assert play.reset().dead == []


def test_a_rate_that_is_too_large_stops_before_the_step():
    play = playground.from_link("#problem=regression&activation=relu&learningRate=1e308&seed=1&batchSize=1")
    with pytest.raises(DivergenceError) as caught:
        play.step(3)
    assert re.fullmatch(
        r"A weight of layer\d\.neuron\d is inf or nan after sample \d+ of epoch 1; the play stands before that sample. "
        r"Lower learning_rate, or take fewer or smaller inputs\.",
        str(caught.value),
    )
    assert np.isfinite([x for row in play.weights for x in row]).all()
    assert all(np.isfinite(x.data) for x in play.model.parameters())


def test_other_plays():
    play = playground.from_link(LINK)
    assert np.array_equal(play.again(network_shape=[2]).train, play.train)
    assert play.again(seed="0.6").train[0, 0] != play.train[0, 0]
    other = play.redrawn()
    assert np.array_equal(other.train, play.train) and other.weights[0][1] != play.weights[0][1]
    assert playground.from_link(other.link).weights == other.weights and "cg_redraws=1" in other.link


def test_what_has_no_time():
    play = playground.from_link(LINK).step(samples=20)
    with pytest.raises(StepError) as caught:
        play.back(samples=21)
    assert str(caught.value) == (
        "So far there have been 20 samples, which is 0.4 epochs. "
        "Go back by at most that, or to the beginning with reset()."
    )
    assert play.time == 20
    with pytest.raises(
        ModelError, match=re.escape("samples must be a whole number of at least 0, got -1. Try samples=0.")
    ):
        play.step(samples=-1)
    with pytest.raises(ModelError) as refused:
        play.change(noise=10)
    assert str(refused.value) == (
        "noise needs new points or weights, and so another play: play.again(noise=…). What can change while it runs: "
        "regularization, batch_size, learning_rate, regularization_rate, show_test_data, discretize, hide_text."
    )


def test_the_way_back_knows_of_changed_controls():
    play = playground.from_link("#networkShape=2&seed=0.5").step(samples=10).change(learning_rate=1.0).step(samples=20)
    play.change(learning_rate=0.001)
    weights = play.weights
    play.step(samples=15)
    assert play.back(samples=15).weights == weights


def test_a_checkpoint_is_kept_of_each_epoch_and_change():
    play = playground.from_link("#networkShape=2&seed=0.5").step(3)
    assert [checkpoint.time for checkpoint in play._history.checkpoints] == [0, 250, 500]
    play.change(learning_rate=1.0).step(samples=30)
    assert [checkpoint.time for checkpoint in play._history.checkpoints] == [0, 250, 500, 750]

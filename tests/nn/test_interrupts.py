"""Ctrl-C at every line of a training: the weights are those after a whole step, and each callback ends once."""

from __future__ import annotations

import signal
import sys
import threading

import numpy as np
import pytest

from nn import SGD, Callback, Dense, EarlyStopping, Sequential

X, Y = np.array([[1.0], [2.0], [-1.0]]), np.array([2.0, 4.0, -2.0])


class Counting(Callback):
    """Counts the calls of its hooks, and keeps the weights after each step."""

    def __init__(self):
        self.begun = self.ended = 0
        self.steps = []

    def on_train_begin(self, logs=None):
        self.begun += 1
        self.steps = [self.weights()]

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(self.weights())

    def on_train_end(self, logs=None):
        self.ended += 1

    def weights(self):
        return tuple(float(x.data) for x in self.model.parameters())


def interrupted(at, restore):
    """A training with Ctrl-C at one line of it: the callback that counts, the history, whether there is such a line."""
    model = Sequential([Dense(2, 1), Dense(1)], rng=0)
    model.compile(SGD(0.05, momentum=0.5), "mse")
    counting, left = Counting(), [at]

    def trace(frame, event, argument):
        if "/nn/training/" not in frame.f_code.co_filename and "/nn/callbacks/" not in frame.f_code.co_filename:
            return None
        if event == "line" and counting.begun and signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            left[0] -= 1  # after training Ctrl-C is Python's own again
            if left[0] == 0:
                signal.raise_signal(signal.SIGINT)
        return trace

    callbacks = [counting, EarlyStopping("loss", patience=9, restore_best_weights=restore)]
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        history = model.fit(X, Y, epochs=3, batch_size=2, shuffle=False, verbose=0, callbacks=callbacks)
    finally:
        sys.settrace(before)
    return counting, history, left[0] <= 0


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.slow), 11])
def test_at_every_line(stride):
    plain = interrupted(0, False)[0].steps
    assert len(set(plain)) == 7
    ends = set()
    at, reached = 1, True
    while reached:
        restore = at // stride % 2 == 0
        counting, history, reached = interrupted(at, restore)
        assert (counting.begun, counting.ended) == (1, 1)
        assert counting.steps == plain[: len(counting.steps)]
        assert counting.weights() in plain
        assert len(history.history["loss"]) == len(history.epoch)
        assert history.stopped == ("interrupted" if reached else "")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ends.add(len(history.epoch))
        at += stride
    assert at > 300 and ends == {1, 2, 3}


def test_a_second_one_is_raised():
    model = Sequential([Dense(1, 1)])
    model.compile("sgd", "mse")
    seen = []

    class Twice(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
            signal.raise_signal(signal.SIGINT)
            seen.append(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("never reached")

    history = model.fit(X, Y, epochs=9, verbose=0, callbacks=Twice())
    assert (history.stopped, history.epoch, seen) == ("interrupted", [0], [False, True])


def test_a_handler_of_the_user_stays():
    model = Sequential([Dense(1, 1)])
    model.compile("sgd", "mse")
    caught = []
    before = signal.signal(signal.SIGINT, lambda *_: caught.append(1))
    try:
        stop = lambda record: signal.raise_signal(signal.SIGINT)  # noqa: E731
        assert model.fit(X, Y, epochs=3, verbose=0, callbacks=stop).epoch == [0, 1, 2]
    finally:
        signal.signal(signal.SIGINT, before)
    assert caught == [1, 1, 1]


def test_training_in_another_thread():
    model = Sequential([Dense(1, 1)])
    model.compile("sgd", "mse")
    found = []
    thread = threading.Thread(target=lambda: found.append(model.fit(X, Y, epochs=2, verbose=0)))
    thread.start()
    thread.join()
    assert found[0].epoch == [0, 1] and model.train_on_batch(X, Y) > 0


def test_train_on_batch_ends_its_step(monkeypatch):
    model = Sequential([Dense(1, 1, kernel_initializer="zeros")])
    model.compile(SGD(0.1), "mse")
    apply = model.optimizer.apply

    def late(*arguments):
        signal.raise_signal(signal.SIGINT)
        apply(*arguments)

    monkeypatch.setattr(model.optimizer, "apply", late)
    with pytest.raises(KeyboardInterrupt):
        model.train_on_batch([[1.0]], [1.0])
    assert [w.tolist() for w in model.get_weights()] == [[[0.2]], [0.2]]

"""SymPy's search in a process of its own: time or an interrupt ends it, and the next one starts anew."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
import sympy

from autograd import closed_form, relu, sigmoid, sin
from autograd.core.value import Value
from autograd.verify import shortening
from autograd.verify.shortening import prepare, shorter
from autograd.verify.vocabulary import row_class

X, A, B, C = sympy.symbols("x a b c", real=True)
LONG = sympy.cos(10**6 * X) * 10**6 + sympy.sin(10**6 * X) ** 2


def test_what_sympy_finds_comes_back_as_it_is():
    found, tried = shorter(A * B + A * C, 20.0)
    assert found == [A * (B + C)] * 2 and tried
    assert shorter(sympy.sin(X) ** 2 + sympy.cos(X) ** 2 + A, 20.0)[0][1] == A + 1


def test_the_tables_own_functions_travel():
    relu_of_x = row_class("relu")(X)
    [found, _], tried = shorter(relu_of_x * A + relu_of_x * B, 20.0)
    assert found == relu_of_x * (A + B) and tried
    assert found.atoms(row_class("relu")) == {relu_of_x}


def test_a_search_is_ended_in_time_and_the_next_one_starts_anew():
    prepare()
    shorter(A + B, 20.0)
    start = time.monotonic()
    found, tried = shorter(LONG, 0.3)
    assert time.monotonic() - start < 60  # 0.3 where nothing else runs
    assert not tried and len(found) < 2  # what came before the end is kept
    assert shorter(A * B + A * C, 20.0)[1]


def test_no_time_no_search():
    assert shorter(A * B + A * C, 0.0) == ([], False)
    assert shorter(A * B + A * C, -1.0) == ([], False)


class Alarm(Exception):
    """A timer's, as that of a test that takes too long."""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
@pytest.mark.parametrize(
    "error",
    [Alarm, KeyboardInterrupt, *(pytest.param(e, marks=pytest.mark.slow) for e in (ValueError, RecursionError))],
)
def test_foreign_exceptions_are_not_swallowed(error):
    def ring(*_):
        raise error("ring")

    shorter(A + B, 20.0)
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(error, match="ring"):
            shorter(LONG, 60.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not shortening._running[0].is_alive  # nobody waits for it any more
    x = Value(1.0, "x")
    assert closed_form(x * 2 * relu(x) + 3 * relu(x)).unicode == "(2 · x + 3) · relu(x)"


def test_a_process_that_was_ended_is_replaced():
    shorter(A + B, 20.0)
    shortening._running[0].process.kill()
    shortening._running[0].process.wait()
    assert shorter(A * B + A * C, 20.0)[1]


@pytest.mark.parametrize("executable", ["", None, "/nowhere/python"])
def test_where_no_process_can_be_started_formulas_stay_as_they_are(executable, monkeypatch):
    monkeypatch.setattr(shortening, "_running", [])
    monkeypatch.setattr("sys.executable", executable)
    x = Value(0.5, "x")
    form = closed_form((sin(x) ** 2 + sigmoid(x) ** 2) * 3, x)
    assert not form.simplified and "cos(x)" in form.unicode


def test_threads_take_turns():
    answers = []
    ask = lambda n: answers.append((n, shorter(A * n + A * B, 20.0)))  # noqa: E731
    searches = [threading.Thread(target=ask, args=(n,)) for n in range(2, 6)]
    for search in searches:
        search.start()
    for search in searches:
        search.join()
    assert sorted((n, found[0]) for n, (found, _) in answers) == [(n, A * (B + n)) for n in range(2, 6)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_belongs_to_who_started_it():
    shorter(A + B, 20.0)
    worker = shortening._running[0]
    assert worker.is_alive
    worker.owner += 1  # as after a fork
    assert not worker.is_alive
    worker.owner -= 1

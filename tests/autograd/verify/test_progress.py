"""A long proof says what it is busy with, in a terminal only, and leaves no trace."""

from __future__ import annotations

import io

import pytest

from autograd import Value, certificate
from autograd.verify import progress as module
from autograd.verify.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "patience", "written"),
    [
        (Terminal(), -1.0, "\rlonger\rab    \r      \r"),
        (Terminal(), 60.0, ""),
        (io.StringIO(), -1.0, ""),
    ],
)
def test_what_is_written_over_the_last_line(stream, patience, written, monkeypatch):
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(module, "PATIENCE", patience)
    with pytest.raises(KeyboardInterrupt), progress() as say:
        say("longer")
        say("ab")
        raise KeyboardInterrupt
    assert stream.getvalue() == written


def test_a_certificate_says_which_formula_and_which_gradient(monkeypatch):
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    monkeypatch.setattr(module, "PATIENCE", -1.0)
    certificate((Value(2.0, "a") * Value(3.0, "b")).named("y"))
    said = [line.strip() for line in terminal.getvalue().split("\r")[1:-2]]
    assert said == [f"{what} ∂y/∂{x}, {n} of 2" for what in ("Simplifying", "Proving") for n, x in ((1, "a"), (2, "b"))]


def test_without_a_stream_nothing_is_said(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    monkeypatch.setattr(module, "PATIENCE", -1.0)
    with progress() as say:
        say("nobody reads it")

"""The walk by the keyboard: in a pseudo-terminal, in a dumb one, and in a pipe."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-m", "viz", "steps", "u = b*c; v = a + u; J = 3*v", "a=5", "b=3", "c=2", "--interactive"]


class Terminal:
    """A command in a pseudo-terminal."""

    def __init__(self, **environment):
        import pty

        self.ours, theirs = pty.openpty()
        self.theirs = os.dup(theirs)
        self.process = subprocess.Popen(
            COMMAND, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | environment, start_new_session=True
        )
        os.close(theirs)
        self.seen = ""

    def press(self, keys, until):
        """Press keys, and wait for what must appear after that."""
        os.write(self.ours, keys.encode())
        self.seen = ""
        end = time.monotonic() + 120
        while until not in (text := re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.seen)):
            assert time.monotonic() < end, f"{until!r} did not appear in {text!r}"
            if select.select([self.ours], [], [], 0.1)[0]:
                self.seen += os.read(self.ours, 65536).decode(errors="replace")
        return text


@pytest.fixture
def terminal(request):
    pytest.importorskip("termios")
    it = Terminal(**request.param)
    yield it
    it.process.kill()
    it.process.wait()
    for end in (it.ours, it.theirs):
        os.close(end)


@pytest.mark.parametrize("terminal", [{"TERM": "xterm-256color"}], indirect=True)
def test_keys_in_a_terminal(terminal):
    import termios

    before = termios.tcgetattr(terminal.theirs)
    assert "a = 5, b = 3, c = 2" in terminal.press("", "[0/9]")
    assert "\x1b[?1049h" in terminal.seen
    assert "u = b · c = 3 · 2 = 6" in terminal.press("n", "[1/9]")
    assert "v = a + u = 5 + 6 = 11" in terminal.press("\x1b[C", "[2/9]")  # the arrow to the right
    assert "J = 3 · v = 3 · 11 = 33" in terminal.press(" ", "[3/9]")
    assert "why: all its operands have values: a, u" in terminal.press("b", "[2/9]")
    text = terminal.press("8\r", "[8/9]")
    assert "∂J/∂b += ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6" in text and "pending: c (ready)" in text
    assert "\x1b[1;31m" in terminal.seen  # gradients are red
    assert "Unknown step 70. The passes have steps 1 to 9." in terminal.press("70\r", "[8/9]")
    assert "Both passes are done. Go back with b, or begin anew with r." in terminal.press("nn", "Both passes")
    terminal.press("r", "[0/9]")
    terminal.press("2\r", "[2/9]")
    assert terminal.press("q", "v = a + u = 5 + 6 = 11\r\n").count("Forward pass") == 1  # the board stays
    assert terminal.process.wait(30) == 0
    assert "\x1b[?1049l" in terminal.seen and termios.tcgetattr(terminal.theirs) == before


@pytest.mark.parametrize("terminal", [{"TERM": "dumb"}], indirect=True)
def test_a_dumb_terminal_takes_lines_and_gets_no_escapes(terminal):
    terminal.press("", "[0/9]")
    assert "u = b · c = 3 · 2 = 6" in terminal.press("n\n", "[1/9]")
    terminal.press("7\n", "[7/9]")
    assert "\x1b" not in terminal.seen
    terminal.press("q\n", "∂J/∂a = ∂J/∂v · ∂v/∂a = 3 · 1 = 3")
    assert terminal.process.wait(30) == 0


def test_a_pipe_takes_lines():
    run = subprocess.run(COMMAND, input="n\n\nb\nx\n", capture_output=True, text=True, timeout=120, encoding="utf-8")
    assert (run.returncode, run.stderr) == (0, "")
    places = re.findall(r"\[(\d)/9\]", run.stdout)
    assert places == ["0", "1", "2", "1", "1"]
    assert "Unknown key 'x'. Choose from n next" in run.stdout
    assert run.stdout.endswith("Forward pass\n  u = b · c = 3 · 2 = 6\n")

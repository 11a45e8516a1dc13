"""Ctrl-C while the layout engine loads or works: the next picture comes all the same.

`python -m tests.viz.test_engines 200` interrupts as often, at random moments.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from autograd import DrawingError
from viz.layout import engines

SOURCE = "digraph { rankdir=LR " + " ".join(f"n{i} -> n{j};" for j in range(18) for i in range(j)) + "}"


def interrupt(times: int) -> int:
    """How often a layout, of which the first half load the engine, ended early; each time the next one is whole."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    whole = engines.place(SOURCE)
    begin = time.perf_counter()
    engines._jobs.cache_clear()
    engines.place(SOURCE)
    longest, moments, interrupted = time.perf_counter() - begin, random.Random(0), 0
    for i in range(times):
        if i < times / 2:
            engines._jobs.cache_clear()
        try:
            signal.setitimer(signal.ITIMER_REAL, moments.uniform(1e-6, longest))
            engines.place(SOURCE)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(moments.uniform(0, longest))  # until the user draws again
        assert engines.place(SOURCE) == whole
    return interrupted


def test_interrupts_of_load_and_layout_leave_a_working_process():
    command = [sys.executable, "-m", __name__, "8"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 0


def test_threads_share_the_engine_in_turn():
    whole, placed = engines.place(SOURCE), []
    threads = [threading.Thread(target=lambda: placed.append(engines.place(SOURCE))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert placed == [whole] * 4


def test_a_layout_that_takes_too_long_leaves_the_next_one_its_time(monkeypatch):
    whole = engines.place(SOURCE)
    with monkeypatch.context() as hasty, pytest.raises(DrawingError, match="The layout takes more than 0 s"):
        hasty.setattr(engines, "LIMIT", 0)
        engines.place(SOURCE)
    assert engines.place(SOURCE) == whole


if __name__ == "__main__":
    print(interrupt(int(sys.argv[1])))

"""SymPy's search for a shorter formula, in a process of its own: it may take hours, and is stopped where it does.

An exception in the midst of SymPy, or a thread that is left to it, would spoil what SymPy keeps of each expression;
a process is ended at no risk, on every system, and whoever waits for it can be interrupted.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, process_time
from typing import Any

from autograd.language.symbolic import require_sympy
from autograd.verify.vocabulary import row_class, vocabulary

STARTING = 20.0  # seconds in which Python and SymPy must have started
BUSY = 2.0  # times the processor's time, on a machine that has other things to do
END = "end"


def shorter(expression: Any, seconds: float) -> tuple[list[Any], bool]:
    """Other ways to write an expression, and whether SymPy has tried all of them in this time.

    Args:
        expression: in SymPy's functions and the table's.
        seconds: of the processor; on a machine that is busy twice that by the clock.

    Example:
        >>> import sympy
        >>> a, b, c = sympy.symbols("a b c", real=True)
        >>> shorter(a * b + a * c, 20.0)
        ([a*(b + c), a*(b + c)], True)
        >>> shorter(sympy.sin(10**6 * a), 0.0)
        ([], False)
    """
    with _lock:
        worker = _worker() if seconds > 0 else None
        return worker.shorten(expression, seconds) if worker else ([], False)


def prepare() -> None:
    """Start the process, which takes as long as SymPy's import, while its user does other things."""
    with _lock:
        _started()


class Worker:
    """A process that shortens one expression after the other, and the thread that reads what it says."""

    def __init__(self) -> None:
        paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"],
            env=os.environ | {"PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.owner = os.getpid()
        self.ready = False
        self.answers: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while True:
                self.answers.put(pickle.load(self.process.stdout))  # type: ignore[arg-type]
        except Exception:  # the process has ended
            self.answers.put(None)

    @property
    def is_alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def shorten(self, expression: Any, seconds: float) -> tuple[list[Any], bool]:
        """What the process finds in this time; it is ended where it finds no end."""
        answers: list[Any] = []
        try:
            _send((expression, seconds), self.process.stdin)
            end = monotonic() + BUSY * seconds
            while (answer := self.answers.get(timeout=max(end - monotonic(), 0.0))) is not None:
                if answer == END:
                    return answers, True
                answers.append(answer)
        except (Empty, OSError):
            pass
        except BaseException:  # an interrupt; the answers to come are nobody's
            self.stop()
            raise
        self.stop()
        return answers, False

    def stop(self) -> None:
        """End the process, if it is not that of another one which was forked."""
        if self.owner != os.getpid():
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


_lock = threading.Lock()
_running: list[Worker] = []


def _started() -> Worker | None:
    """The process that runs, or a new one; None where none can be started."""
    if _running and not _running[0].is_alive:
        _running.pop().stop()
    if not _running and sys.executable and not getattr(sys, "frozen", False):
        with suppress(OSError):
            _running.append(Worker())
    return _running[0] if _running else None


def _worker() -> Worker | None:
    """The process when it is ready."""
    worker = _started()
    if worker and not worker.ready:
        with suppress(Empty):
            worker.ready = worker.answers.get(timeout=STARTING) == END
        if not worker.ready:
            worker.stop()
    return worker if worker and worker.ready else None


@atexit.register
def _stop() -> None:
    for worker in _running:
        worker.stop()


# ── inside the process ────────────────────────────────────────────────────────────────────────────


def serve() -> None:
    """Read expressions, write what shortens them, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the other process's
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    vocabulary()
    _send(END, sink)
    with suppress(EOFError):
        while True:
            expression, seconds = pickle.load(source)
            done = threading.Event()
            threading.Thread(target=_watch, args=(seconds, done), daemon=True).start()
            for candidate in _ways(expression):
                _send(candidate, sink)
            done.set()
            _send(END, sink)


def _watch(seconds: float, done: threading.Event) -> None:
    """End this process when its time for an expression is over."""
    end = process_time() + seconds
    while not done.wait(0.02):
        if process_time() > end:
            os._exit(1)


def _ways(expression: Any) -> Iterator[Any]:
    sympy = require_sympy()
    for shorten in (sympy.factor, partial(sympy.simplify, doit=False)):
        with suppress(sympy.PolynomialError, NotImplementedError, RecursionError):  # then the formula stays as it is
            yield shorten(expression)


class _Pickler(pickle.Pickler):
    def reducer_override(self, thing: Any) -> Any:
        row = vars(thing).get("row") if isinstance(thing, type) else None
        return (row_class, (row.name,)) if row else NotImplemented


def _send(message: Any, stream: Any) -> None:
    _Pickler(stream).dump(message)
    stream.flush()

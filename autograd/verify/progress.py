"""What a long proof is busy with, on the last line of a terminal; nothing where no terminal reads it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

PATIENCE = 0.5  # seconds before anything is said
Say = Callable[[str], None]


@contextmanager
def progress() -> Iterator[Say]:
    """A function that writes a line over the last one, on stderr; the line is gone at the end.

    >>> with progress() as say:
    ...     say("∂J/∂w, 1 of 3")  # no terminal: nothing
    """
    start, longest = monotonic(), 0

    def say(text: str) -> None:
        nonlocal longest
        if sys.stderr is not None and sys.stderr.isatty() and monotonic() - start > PATIENCE:
            longest = max(longest, len(text))
            print(f"\r{text.ljust(longest)}", end="", file=sys.stderr, flush=True)

    try:
        yield say
    finally:
        if longest:
            print(f"\r{' ' * longest}\r", end="", file=sys.stderr, flush=True)

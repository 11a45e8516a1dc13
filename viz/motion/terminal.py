"""A terminal: colours where it has them, and a walk through both passes by the keyboard, over ssh too."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec

from autograd import StepError
from autograd.passes.display import coloured
from autograd.passes.line_text import heading
from autograd.passes.steps import Steps

HELP = "n next · b back · r reset · a number: go there · q quit"
ARROWS = {"\x1b[C": "n", "\x1b[B": "n", "\x1b[D": "b", "\x1b[A": "b", "\x1bOC": "n", "\x1bOD": "b"}
CLEAR, OTHER_SCREEN, FIRST_SCREEN = "\x1b[H\x1b[2J", "\x1b[?1049h", "\x1b[?1049l"


def say(text: str) -> None:
    """Print text, in colour if a terminal reads it and the library rich is installed (NO_COLOR is obeyed)."""
    if not sys.stdout.isatty() or find_spec("rich") is None:
        print(text)
        return
    from rich.console import Console

    Console(highlight=False).print(coloured(text), soft_wrap=True)


def walk(passes: Steps) -> None:
    """Go through both passes by keys; in a dumb terminal or a pipe, by lines: the letter, then Enter."""
    passes.go(0)
    with _keyboard() as (keys, raw):
        _show(passes, raw)
        for key in keys:
            if key == "q":
                break
            _show(passes, raw, _obey(passes, key))
    say(_board(passes, 10_000))


def _obey(passes: Steps, key: str) -> str:
    """Do what a key says; a remark, if that cannot be."""
    moves: dict[str, Callable[[], object]] = {"n": passes.next, "b": passes.back, "r": lambda: passes.go(0)}
    try:
        if key in moves:
            moves[key]()
        elif key.isdecimal():
            passes.go(int(key))
        else:
            return f"Unknown key {key!r}. Choose from {HELP}."
    except StepError as error:
        return str(error).replace("s.next()", "n").replace("s.back()", "b").replace("s.reset()", "r")
    return ""


def _show(passes: Steps, raw: bool, remark: str = "") -> None:
    """The board and the current step; where nothing can be wiped off, the step alone."""
    place = passes.position
    step = repr(passes[place - 1]) if place else "\n".join(heading(passes.sheet))
    status = f"[{place}/{len(passes)}] {HELP}"
    if raw:
        room = shutil.get_terminal_size().lines - step.count("\n") - 6
        sys.stdout.write(CLEAR)
        if place:
            say(_board(passes, room) + "\n")
    say("\n".join(filter(None, [step, remark])))
    say(f"\n{status}")
    sys.stdout.flush()


def _board(passes: Steps, room: int) -> str:
    """The last lines of the board: as many as there is room for."""
    place, before = passes.position, ""
    lines = heading(passes.sheet)
    for step in passes[max(0, place - max(room, 1)) : place]:
        lines += ["", f"{step.phase.capitalize()} pass"] if step.phase != before else []
        before = step.phase
        lines.append(f"  {step}")
    return "\n".join(lines[-max(room, 1) :]).strip("\n")


@contextmanager
def _keyboard() -> Iterator[tuple[Iterator[str], bool]]:
    """Keys as they are pressed, the screen our own, and both given back at the end; or lines, and False."""
    plain = os.environ.get("TERM", "dumb") == "dumb" or not (sys.stdin.isatty() and sys.stdout.isatty())
    try:
        import termios
        import tty
    except ImportError:  # as on Windows
        plain = True
    if plain:
        yield _typed(), False
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        sys.stdout.write(OTHER_SCREEN)
        yield _pressed(terminal), True
    finally:
        sys.stdout.write(FIRST_SCREEN)
        sys.stdout.flush()
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _pressed(terminal: int) -> Iterator[str]:
    """Keys from a raw terminal; digits are one number, up to Enter or the next letter. Ctrl-C and Ctrl-D quit."""
    number = ""
    while True:
        try:
            text = os.read(terminal, 1024).decode(errors="replace")
        except KeyboardInterrupt:
            return
        for key in re.findall(r"\x1b[\[O].|.", text, re.DOTALL) or ["\x04"]:
            if key.isdecimal():
                number += key
                continue
            if number:
                yield number
            if key in "\x04\x1b":
                return
            if not (number and key in "\r\n"):
                yield ARROWS.get(key, "n" if key in " \r\n" else key)
            number = ""


def _typed() -> Iterator[str]:
    """Lines: a letter or a number each, an empty one is n. The end of input quits."""
    with suppress(KeyboardInterrupt):
        for line in sys.stdin:
            yield line.strip().lower() or "n"

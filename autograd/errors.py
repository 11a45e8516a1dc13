"""Every error says what went wrong, where, and what to do; each is also the built-in it refines."""

import sys
from types import FrameType
from typing import TypeVar

from autograd.characters import printable


class ChalkgradError(Exception):
    """The root: `except ChalkgradError` catches whatever this package raises on purpose.

    A message shows the control characters of a name in it, and obeys none of them.
    """

    def __str__(self) -> str:
        return printable(super().__str__(), keep="\n\t")


class DomainError(ChalkgradError, ValueError):
    """An operation has no value there, such as `log(-1)`."""


class DivisionByZero(DomainError, ZeroDivisionError):
    """A quotient or a negative power of zero."""


class RangeError(ChalkgradError, OverflowError):
    """The value exists, but no float is large enough to hold it, such as `exp(1000)`."""


class OperandError(ChalkgradError, TypeError):
    """Something that is neither a number nor a Value was given where one is needed."""


class ShapeError(ChalkgradError, ValueError):
    """Vectors of the wrong length, or none at all."""


class LengthError(ShapeError):
    """A formula that is too long to be written out, or a graph to be compiled; a ShapeError too, as it was in 0.1."""


class TableError(ChalkgradError, ValueError):
    """A row of the table of operations that cannot stand beside what there is, such as a second one of its name."""


class TracingError(ChalkgradError, TypeError):
    """A number was asked of a Value while a function was recorded: a replay could not ask again."""


class FrozenChoiceError(ChalkgradError, ValueError):
    """A graph that holds the branch once taken, as by `max(0.0, x)`, is asked where Python would take another."""


class ParseError(ChalkgradError, ValueError):
    """A text that is not an expression; the message points at the line and column."""


class DrawingError(ChalkgradError, ValueError):
    """A picture that cannot be made: too large, an unknown format or engine."""


class StepError(ChalkgradError, LookupError):
    """A step that is not there: beyond either end of the passes, or of a node that has none."""


class StaleError(ChalkgradError, ValueError):
    """A number that a graph was calculated from has changed since; `forward` brings the graph up to date."""


class FileError(ChalkgradError, OSError):
    """A file that cannot be read or written, or does not hold what was asked of it."""


class GradientError(ChalkgradError, AssertionError):
    """A gradient that another way of finding it contradicts; the message is the table of both."""


class MissingExtra(ChalkgradError, ImportError):
    """A feature needs a library that is not installed; the message names the extra."""


class GraphCutWarning(UserWarning):
    """A number was taken out of a graph, as by `math.exp(x)`: no gradient flows back through it."""


class FrozenChoiceWarning(UserWarning):
    """A graph that holds the branch once taken, as by `max(0.0, x)`, stands where Python would take another."""


class CacheWarning(UserWarning):
    """What was compiled cannot be kept for later processes, which compile it again."""


class SmallTextWarning(UserWarning):
    """A picture folds as far as it can, and still its smallest text is too small to be read on a slide."""


E = TypeVar("E", bound=ChalkgradError)
BRANCHES = "Both branches of where are calculated: for where(c, f(x), 0) write where(c, f(where(c, x, 1)), 0)."


def located(error: E, place: str) -> E:
    """The same error, saying also where it arose.

    >>> located(DomainError("log needs x > 0, got x = -1. Clip the input."), "in 'loss'")
    DomainError("log needs x > 0, got x = -1 (in 'loss'). Clip the input.")
    """
    text = str(error).removesuffix(f" {BRANCHES}")
    what, _, remedy = text.rpartition(". ")
    return type(error)(f"{what} ({place}). {remedy}{str(error)[len(text) :]}")


def branched(error: E, chooses: bool | None = None) -> E:
    """The same error; if there is a choice by `where`, saying also what to do in the branch that is not taken.

    Args:
        error: what a row refuses.
        chooses: whether there is a choice; otherwise whether the user's code that is running speaks of `where`.
    """
    told = BRANCHES in str(error) or not (_names_where() if chooses is None else chooses)
    return error if told else type(error)(f"{error} {BRANCHES}")


def _names_where() -> bool:
    """Whether `where` is named by the functions that are running, in the file nearest to this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] == "autograd":
        frame = frame.f_back
    file = frame and frame.f_code.co_filename
    while frame and frame.f_code.co_filename == file:
        code = frame.f_code
        if "where" in (*code.co_names, *code.co_varnames, *code.co_freevars):
            return True
        frame = frame.f_back
    return False


def shown(thing: object, most: int = 40) -> str:
    """A user's thing as it stands in a message: its repr, cut at `most` characters, or its kind if it has none.

    >>> shown("a"), shown([1.5] * 99), shown(10**5000)
    ("'a'", '[1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5…', '<int>')
    """
    try:
        text = repr(thing).replace("\n", " ")
    except Exception:  # such as an int of more digits than Python writes
        text = f"<{type(thing).__name__}>"
    return shortened(text, most)


def shortened(text: str, most: int = 40) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"

"""What lies below a Value: its slots; or the same and its operators in C, where $CHALKGRAD_VALUES is `c`.

The class in C has the names of these slots, so that nothing above asks which one there is. It is compiled when it is
first wanted, and kept as compiled programs are; where that fails, a warning says why, and Values are Python's.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from autograd.errors import ChalkgradError, MissingExtra

T = TypeVar("T")
VARIABLE = "CHALKGRAD_VALUES"
CHOICES = ("", "python", "c")


class Node:
    """The slots of a Value."""

    __slots__ = ("__weakref__", "_data", "_grad", "choices", "dx", "dy", "name", "op", "order", "x", "y")


def _follow(node: Any) -> None:
    """Say that a node has come to hold others that may hold it: a collector that sees all nodes needs no word."""


def _pass_back(output: Any, seed: Any, inputs: list[Any] | None = None) -> Any:
    """Whether a pass is done already, in C; of `inputs` their gradients, or None."""


blank: Callable[[type[T]], T] = object.__new__  # a node of a class, without its fields
orders: Iterator[int] = count()  # of nodes and choices, as they are made: operands before results
follow: Callable[[Any], None] = _follow
pass_back: Callable[..., Any] = _pass_back
native: Any = None  # the module in C


def _numbers() -> str:
    return (Path(__file__).parent / "numbers.h").read_text()


def compiled(text: str, *flags: str) -> bytes:
    """The library of a text that calculates with `Number`.

    Raises:
        MissingExtra, FileError: there is no compiler, it fails, or it has no folder to work in.
    """
    from autograd.c_compiler import compiled, compiler

    return compiled((*compiler(), "-fno-builtin", *flags), "-O2", _numbers() + text)


def _module() -> Any:
    """The module in C."""
    from importlib.util import module_from_spec, spec_from_file_location
    from sysconfig import get_config_var, get_path

    from autograd.c_compiler import workplace

    if sys.implementation.name != "cpython" or get_config_var("Py_GIL_DISABLED"):
        raise MissingExtra("CPython with its global lock is needed.")
    include = get_path("include")
    if not Path(include, "Python.h").exists():
        raise MissingExtra(f"There is no Python.h in {include}. Install Python's header files, as in python3-dev.")
    library = compiled((Path(__file__).parent / "node.c").read_text(), f"-I{include}", f"-DPYTHON={sys.hexversion}")
    with workplace() as folder:
        place = folder / "chalknode.so"
        place.write_bytes(library)
        spec = spec_from_file_location("chalknode", place)
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def told(error: Exception) -> None:
    """Warn that Values are Python's."""
    warnings.warn(f"{VARIABLE}={choice} has no effect: {error}", RuntimeWarning, stacklevel=2)


choice = os.environ.get(VARIABLE, "")
if not TYPE_CHECKING and choice not in ("", "python"):
    try:
        if choice not in CHOICES:
            raise MissingExtra("Set it to c or to python.")
        native = _module()
        Node, orders, blank = native.Node, native.orders, native.blank
        follow, pass_back = native.follow, native.pass_back
    except (ChalkgradError, ImportError) as error:
        told(error)

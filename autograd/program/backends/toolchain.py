"""The system's C compiler: finding it, compiling a program's text, loading what it makes."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograd.errors import MissingExtra

FLAGS = (
    "-std=gnu11",
    "-shared",
    "-fPIC",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=fast",
)


def compiler() -> list[str]:
    """The command of a C compiler: $CC, the system's, or the one of the extra.

    Raises:
        MissingExtra: there is none.
    """
    for name in filter(None, (os.environ.get("CC"), "cc", "gcc", "clang")):
        if shutil.which(name.split()[0]):
            return name.split()
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    raise MissingExtra(
        'backend="native" needs a C compiler, but none was found. '
        'Install gcc or clang, or: pip install "chalkgrad[native]"'
    )


def loaded(source: str, level: str) -> ctypes.PyDLL:
    """A program's own copy of its library, whose memory nobody shares; its calls hold the GIL."""
    library = compiled(tuple(compiler()), level, source)
    with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
        target = Path(folder, "program.so")
        target.write_bytes(library)
        return ctypes.PyDLL(str(target))


@functools.lru_cache(maxsize=64)
def compiled(command: tuple[str, ...], level: str, source: str) -> bytes:
    """The library of a source: training a model again compiles nothing.

    Raises:
        MissingExtra: the compiler fails.
    """
    with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
        text, target = Path(folder, "program.c"), Path(folder, "program.so")
        text.write_text(source)
        files = ["-o", str(target), str(text), "-lm"]
        done = subprocess.run([*command, level, *FLAGS, *files], capture_output=True, text=True)
        if done.returncode:
            why = done.stderr.strip()[:500]
            raise MissingExtra(f"{' '.join(command)} could not compile a program: {why}. Set CC.")
        return target.read_bytes()

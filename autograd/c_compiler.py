"""Programs in C: the system's compiler makes libraries of them, which are kept for later processes."""

from __future__ import annotations

import errno
import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograd import c_cache
from autograd.errors import FileError, MissingExtra

FLAGS = (
    "-std=gnu11",
    "-shared",
    "-fPIC",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
    # GCC writes the address u + 8 i as 0 + (u + 8 i), takes what is stored there for a store to 0, which nobody may
    # read, and then drops the call
    "-fno-delete-null-pointer-checks",
)


def compiler() -> list[str]:
    """The command of a C compiler: $CC, the system's, or the one of the extra.

    Raises:
        MissingExtra: there is none.
    """
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        command = name.split()
        if command and shutil.which(command[0]):
            return command
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    raise MissingExtra(
        'backend="native" needs a C compiler, but none was found. '
        'Install gcc or clang, or: pip install "chalkgrad[native]"'
    )


@contextmanager
def workplace() -> Iterator[Path]:
    """A temporary folder for a program's text and library.

    Raises:
        FileError: there is none, it is full, or no program may be loaded from it.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:  # of the folder, and of the loader
        place = f" {tempfile.tempdir}" if tempfile.tempdir else ""
        raise FileError(
            f'backend="native" cannot use its temporary folder{place}: {error}. Set TMPDIR, before Python starts, '
            'to a folder with room from which programs may be loaded, or choose backend="numpy".'
        ) from None


@functools.lru_cache(maxsize=64)
def compiled(command: tuple[str, ...], level: str, source: str) -> bytes:
    """The library of a source: training a model again compiles nothing, nor does a later process."""
    return c_cache.kept((*command, level, *FLAGS), source, lambda: built(command, level, source))


def built(command: tuple[str, ...], level: str, source: str) -> bytes:
    """The library of a source, compiled now.

    Raises:
        MissingExtra: the compiler fails.
    """
    with workplace() as folder:
        text, target = folder / "program.c", folder / "program.so"
        text.write_text(source)
        files = ["-o", str(target), str(text), "-lm"]
        environment = {**os.environ, "LC_ALL": "C", "TMPDIR": str(folder)}
        try:
            done = subprocess.run(
                [*command, level, *FLAGS, *files], env=environment, capture_output=True, text=True, errors="replace"
            )
        except OSError as error:
            why = str(error)
        else:
            if done.returncode == 0 and target.exists():
                return target.read_bytes()
            why = done.stderr.strip(" .\n")[:500] or f"it wrote no library, and ended with status {done.returncode}"
        if (full := os.strerror(errno.ENOSPC)) in why:
            raise OSError(errno.ENOSPC, full)
        raise MissingExtra(f"{' '.join(command)} could not compile a program: {why}. Set CC.")

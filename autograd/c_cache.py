"""Compiled libraries on disk: what was compiled on this machine once is loaded in milliseconds by later processes.

The folder is the user's alone, because what lies there is run: $CHALKGRAD_CACHE (`off` for none), otherwise
`chalkgrad` in the user's folder of caches. A file starts with the SHA-256 of the rest; one that does not is ignored.
"""

from __future__ import annotations

import functools
import os
import platform
import shutil
import stat
import warnings
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from autograd.atomic_files import write_whole
from autograd.errors import CacheWarning, FileError

VARIABLE = "CHALKGRAD_CACHE"
MOST = 512  # libraries that are kept, the latest used: about 20 MB
DIGEST = 32  # bytes
_told: list[Path] = []  # folders of which a warning was given


def kept(command: tuple[str, ...], text: str, compile: Callable[[], bytes]) -> bytes:
    """The library of a text: from the cache, or compiled now and put there.

    Args:
        command: the compiler with its flags.
        text: the program.
        compile: makes the library; its errors are the caller's.
    """
    place = folder()
    if place is None:
        return compile()
    path = place / f"{sha256(repr((command, _compiler(command[0]), _processor(), text)).encode()).hexdigest()}.so"
    library = _read(path)
    if library is None:
        library = compile()
        _write(path, library)
    return library


def folder() -> Path | None:
    """Where libraries are kept; None where the user wants none, or has no home."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return None if chosen.lower() in ("off", "0") else Path(chosen)
    parent = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return Path(parent or Path.home() / ".cache") / "chalkgrad"
    except RuntimeError:
        return None


def _read(path: Path) -> bytes | None:
    """What a file holds, if it is whole and nobody else can have put it there."""
    try:
        if not _is_private(path.parent):
            return None
        data = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    library = data[DIGEST:]
    return library if library and sha256(library).digest() == data[:DIGEST] else None


def _write(path: Path, library: bytes) -> None:
    """Keep a library, or say once why it cannot be kept: what was compiled runs all the same."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(path.parent):
            raise FileError(f"'{path.parent}' belongs to others too, who could put programs there.")
        write_whole(path, sha256(library).digest() + library)
        for old in sorted(path.parent.glob("*.so"), key=_used, reverse=True)[MOST:]:
            old.unlink(missing_ok=True)
    except (OSError, FileError) as failure:
        _tell(path.parent, str(failure).partition(". ")[0].rstrip("."))


def _tell(place: Path, why: str) -> None:
    if place not in _told:
        _told.append(place)
        what = f"Compiled programs cannot be kept for later processes: {why}."
        warnings.warn(f"{what} Set {VARIABLE} to a folder of your own, or to off.", CacheWarning, stacklevel=2)


def _is_private(place: Path) -> bool:
    """Whether the folder is this user's, and nobody else may write there."""
    status = place.stat()
    return os.name == "nt" or (status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & 0o022)


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process removed it
        return 0.0


def _compiler(command: str) -> tuple[object, ...]:
    """Which compiler it is: an update changes the file."""
    path = Path(shutil.which(command) or command).resolve()
    status = path.stat()
    return path, status.st_size, status.st_mtime_ns


@functools.cache
def _processor() -> tuple[str, ...]:
    """What programs compiled for this machine may use: a home can be shared by machines of several kinds."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    facts = {line for line in lines if line.startswith(("flags", "Features", "model name"))}
    return platform.machine(), *(sorted(facts) or [platform.node()])

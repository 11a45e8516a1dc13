"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from autograd.errors import ChalkgradError, FileError, shown


def write_whole(path: Path, data: bytes, error: type[ChalkgradError] = FileError) -> None:
    """Write a file beside its place, then move it there: a reader never sees half of it.

    Args:
        path: where; through a symbolic link, which stays, and into a pipe or a device as it is.
        data: what.
        error: the class of the error to raise.

    Raises:
        FileError: the folder is missing or the file cannot be written.
    """
    temporary = None
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
    except (OSError, ValueError) as failure:
        raise error(f"'{path}' cannot be written: {why(failure)}. Choose another place.") from None
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def path_of(given: object) -> Path:
    """A user's path: text, or what has one.

    Raises:
        FileError: something else.
    """
    try:
        return Path(os.fsdecode(given))  # type: ignore[arg-type]
    except TypeError:
        raise FileError(f"A file is named by text or a path, got {shown(given)}. Write its name in quotes.") from None


def why(failure: OSError | ValueError) -> str:
    """Why a path was refused; of a ValueError, a name with a null character, each Python has words of its own."""
    return failure.strerror or str(failure) if isinstance(failure, OSError) else "a null character in its name"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

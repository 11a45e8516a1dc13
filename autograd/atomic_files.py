"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from autograd.errors import ChalkgradError, FileError


def write_whole(path: Path, data: bytes, error: type[ChalkgradError] = FileError) -> None:
    """Write a file beside its place, then move it there: a reader never sees half of it.

    Args:
        path: where.
        data: what.
        error: the class of the error to raise.

    Raises:
        FileError: the folder is missing or the file cannot be written.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except OSError as failure:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise error(f"'{path}' cannot be written: {failure.strerror}. Choose another place.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

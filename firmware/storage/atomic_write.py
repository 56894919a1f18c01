"""Atomic replacement of small files, safe against a power cut."""

import os
from pathlib import Path

from firmware.errors import StorageError


def atomic_write(path: Path, text: str) -> Path:
    """Replace path by a file with this text: after a power cut the old or the new file is there. Returns path.

    Raises StorageError when it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # only this makes the new name durable
        finally:
            os.close(folder)
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be written ({error.strerror}): choose a writable folder with free space"
        ) from error
    return path

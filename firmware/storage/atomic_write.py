"""Small files that are written whole or not at all, also when the power goes in the middle of it."""

import os
from pathlib import Path

from firmware.errors import CalibrationError


def atomic_write(path: Path, text: str) -> Path:
    """Put a file with this text in the place of path: a power cut leaves the old one or the new one. Gives the path.

    Raises CalibrationError when it cannot be written.
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
            os.fsync(folder)  # the new name itself survives a power cut only after this
        finally:
            os.close(folder)
    except OSError as error:
        raise CalibrationError(
            f"{path}: cannot be written ({error.strerror}): give a folder that is yours and has room"
        ) from error
    return path

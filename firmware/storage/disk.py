"""What the file system of the state folder says about itself, asked without writing."""

import os
from pathlib import Path
from typing import Final

ROOM_LEAST: Final = 128 << 10  # bytes; less does not take a checkpoint with its log for long


def disk_fault(folder: Path) -> str | None:
    """Return why the disk of a folder takes nothing: gone, read-only or full; None when it does."""
    try:
        found = os.statvfs(folder)
    except OSError as error:
        return f"{folder}: cannot be reached ({error.strerror}): nothing is kept; look at the card"
    if found.f_flag & os.ST_RDONLY:
        return f"{folder}: the disk is read-only: notes wait in memory; look at the card"
    if found.f_bavail * found.f_frsize < ROOM_LEAST:
        return f"{folder}: the disk is full: make room"
    return None

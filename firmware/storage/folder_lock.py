"""One program at a time on a state folder: two would take each other's session for their own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from firmware.errors import FolderInUseError

NAME: Final = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder; the kernel lets it go however the process ends. Where it cannot be written nobody holds it.

    Raises FolderInUseError when another program holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield  # a full or read-only disk keeps no session either
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FolderInUseError(f"{folder}: another acumat keeps its sessions there: stop it first") from error
        yield
    finally:
        os.close(handle)

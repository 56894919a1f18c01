"""Frames of a source gathered in memory, for a recording."""

from typing import TYPE_CHECKING

import numpy as np

from firmware import ports
from firmware.errors import DriverError, RecordingError
from firmware.frames import Frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.ports import Source


def collect(source: "Source", seconds: float, stop: "Callable[[], bool]") -> tuple[Frames, DriverError | None]:
    """Gather frames for that long in frame time, or until stop() or the end of the source; closes the source.

    Returns the frames, and the error when the lines were lost after the first one. Raises that error when they were
    lost before, RecordingError when no frame came at all.
    """
    blocks: list[Frames] = []
    lost: DriverError | None = None
    try:
        for block in ports.blocks_of(source, stop):
            blocks.append(block)
            if block.t_ns[-1] - blocks[0].t_ns[0] >= seconds * 1e9:
                break
    except DriverError as error:
        if not blocks:
            raise
        lost = error
    finally:
        source.close()
    if not blocks:
        raise RecordingError("no frame came from the cells: see `acumat doctor`")
    frames = Frames(
        blocks[0].seq,
        np.concatenate([block.t_ns for block in blocks]),
        np.concatenate([block.counts for block in blocks]),
        np.concatenate([block.status for block in blocks]),
    )
    return frames, lost

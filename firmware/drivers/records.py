"""What goes through the pipe from the sampler to the daemon: one line of greeting, then records of one fixed size.

A record is smaller than PIPE_BUF (4096 bytes on Linux), so a write to the pipe is all of it or nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware.drivers.hx711 import Frame
from firmware.errors import DriverError

PIPE_BUF: Final = 4096
READY: Final = "ready"
ERROR: Final = "error"

Records = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Handshake:
    """The first line of a sampler that runs: how it gets at the wires, and what the system allowed it.

    realtime: it has SCHED_FIFO, so ordinary work cannot hold it up. locked: its memory cannot be swapped out.
    """

    backend: str
    reason: str
    realtime: bool
    locked: bool

    def line(self) -> bytes:
        """Write it."""
        flags = f"{int(self.realtime)}\t{int(self.locked)}"
        return f"{READY}\t{self.backend}\t{_plain(self.reason)}\t{flags}\n".encode()


def error_line(error: object) -> bytes:
    """Write the first line of a sampler that cannot run."""
    return f"{ERROR}\t{_plain(str(error))}\n".encode()


def read_handshake(line: bytes) -> Handshake:
    """Read the first line.

    Raises:
        DriverError: the sampler says why it cannot run, or the line is not one of a sampler.
    """
    word, *parts = line.decode("utf-8", "replace").rstrip("\n").split("\t")
    if word == READY and len(parts) == 4:  # noqa: PLR2004 - the parts of a greeting
        return Handshake(parts[0], parts[1], realtime=parts[2] == "1", locked=parts[3] == "1")
    if word == ERROR and parts:
        raise DriverError(parts[0])
    raise DriverError(f"the sampler greeted with {line[:80]!r}: start it again, both sides must be of one version")


def layout(cells: int) -> np.dtype[np.void]:
    """Give the form of a record: dropped counts frames that found the pipe full, since the start of the sampler.

    high_ns is the longest that a clock pulse was high since the record before.

    Raises:
        ValueError: so many cells do not fit into a write that is all or nothing.
    """
    made = np.dtype(
        [
            ("seq", "<i8"),
            ("t_ns", "<i8"),
            ("dropped", "<u4"),
            ("high_ns", "<u4"),
            ("counts", "<i4", (cells,)),
            ("status", "u1", (cells,)),
        ]
    )
    if made.itemsize > PIPE_BUF:
        raise ValueError(
            f"{cells} cells make records of {made.itemsize} bytes; {PIPE_BUF} is the most a pipe takes whole"
        )
    return made


class Writer:
    """Packs frames into one buffer, again and again."""

    def __init__(self, cells: int) -> None:
        form = layout(cells)
        self.bytes = bytearray(form.itemsize)
        self._record = np.frombuffer(self.bytes, form)

    def pack(self, frame: Frame, dropped: int, high_ns: int) -> None:
        """Put a frame into bytes."""
        record = self._record[0]
        record["seq"], record["t_ns"] = frame.seq, frame.t_ns
        record["dropped"], record["high_ns"] = dropped & 0xFFFFFFFF, min(high_ns, 0xFFFFFFFF)
        record["counts"], record["status"] = frame.counts, frame.status


def _plain(text: str) -> str:
    """Keep a text on one line, in one part."""
    return " ".join(text.split())

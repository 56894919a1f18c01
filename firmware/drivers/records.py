"""The protocol on the pipe from the sampler to the daemon: one line of handshake, then records of fixed size.

A record is smaller than PIPE_BUF (4096 bytes on Linux), so a write to the pipe is atomic.
"""

import struct
from dataclasses import dataclass
from typing import Final

from firmware.drivers.hx711 import RawReading
from firmware.errors import DriverError

PIPE_BUF: Final = 4096
READY: Final = "ready"
ERROR: Final = "error"


@dataclass(frozen=True, slots=True)
class Handshake:
    """The first line of a running sampler: its backend with the reason, and its privileges.

    realtime: it has SCHED_FIFO, so ordinary processes cannot delay it. locked: its memory is not swapped out.
    """

    backend: str
    reason: str
    realtime: bool
    locked: bool

    def line(self) -> bytes:
        """Return the encoded line."""
        flags = f"{int(self.realtime)}\t{int(self.locked)}"
        return f"{READY}\t{self.backend}\t{_plain(self.reason)}\t{flags}\n".encode()


def error_line(error: object) -> bytes:
    """Return the first line of a sampler that cannot run."""
    return f"{ERROR}\t{_plain(str(error))}\n".encode()


def read_handshake(line: bytes) -> Handshake:
    """Parse the first line.

    Raises:
        DriverError: the reason why the sampler cannot run, or the line is not from a sampler.
    """
    word, *parts = line.decode("utf-8", "replace").rstrip("\n").split("\t")
    if word == READY and len(parts) == 4:  # noqa: PLR2004 - the fields of a handshake
        return Handshake(parts[0], parts[1], realtime=parts[2] == "1", locked=parts[3] == "1")
    if word == ERROR and parts:
        raise DriverError(parts[0])
    raise DriverError(
        f"invalid handshake of the sampler {line[:80]!r}: restart it, both sides must have the same version"
    )


def record_format(cells: int) -> struct.Struct:
    """Return the binary form of a record, little-endian: seq, t_ns, dropped, high_ns, then codes, then flags.

    dropped counts frames lost to a full pipe since the start of the sampler. high_ns is the longest high time of a
    clock pulse since the previous record.

    Raises:
        ValueError: a record of this number of cells is too large for an atomic write.
    """
    made = struct.Struct(f"<qqII{cells}i{cells}B")
    if made.size > PIPE_BUF:
        raise ValueError(
            f"{cells} cells need records of {made.size} bytes; an atomic write to a pipe has at most {PIPE_BUF}"
        )
    return made


class FrameWriter:
    """Packs frames into one reused buffer."""

    def __init__(self, cells: int) -> None:
        self._form = record_format(cells)
        self.bytes = bytearray(self._form.size)

    def pack(self, frame: RawReading, dropped: int, high_ns: int) -> None:
        """Write a frame into bytes."""
        head = frame.seq, frame.t_ns, dropped & 0xFFFFFFFF, min(high_ns, 0xFFFFFFFF)
        self._form.pack_into(self.bytes, 0, *head, *frame.counts, *frame.status)


def _plain(text: str) -> str:
    """Return a text as one line without tabs."""
    return " ".join(text.split())

"""What goes wrong in a story, and when; in a TOML file a table whose key `what` names it."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firmware.frames import Frames
from sim.bounds import check_bounds
from sim.sensors.faults import FAULT_TIME_BOUNDS_S, CellFaultCommand, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firmware.ports import Source


class CellBreaks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="break"):
    """A converter or its cell breaks, or is repaired with the kind ok."""

    cell: int
    t_s: float
    kind: FaultKind

    def __post_init__(self) -> None:
        check_bounds(self, {"t_s": FAULT_TIME_BOUNDS_S})

    def fault(self) -> CellFaultCommand:
        """Return the command to the simulator."""
        return CellFaultCommand(self.cell, round(self.t_s * 1e9), self.kind)


class ZeroKnock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="knock"):
    """The mat is knocked or a screw gives way: the zero of a cell jumps by newtons, for good."""

    cell: int
    t_s: float
    newtons: float

    def __post_init__(self) -> None:
        check_bounds(self, {"t_s": FAULT_TIME_BOUNDS_S, "newtons": (-2000, 2000)})


class FrameGap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="gap"):
    """No frame arrives for so many seconds: the reader was stopped. The chips go on."""

    t_s: float
    seconds: float

    def __post_init__(self) -> None:
        check_bounds(self, {"t_s": FAULT_TIME_BOUNDS_S, "seconds": (0, 1e6)})


AnyMishap = CellBreaks | ZeroKnock | FrameGap


def faults_among(mishaps: "Iterable[AnyMishap]") -> tuple[CellFaultCommand, ...]:
    """Return the commands to the chips among mishaps."""
    return tuple(one.fault() for one in mishaps if isinstance(one, CellBreaks))


def knocks_among(mishaps: "Iterable[AnyMishap]") -> tuple[ZeroKnock, ...]:
    """Return the knocks among mishaps, in the order of time."""
    return tuple(sorted((one for one in mishaps if isinstance(one, ZeroKnock)), key=lambda one: one.t_s))


class GappedSource:
    """A firmware.ports.Source around another one, without the frames in the gaps among mishaps."""

    def __init__(self, source: "Source", mishaps: "Iterable[AnyMishap]", start_ns: int = 0) -> None:
        """start_ns is the time stamp of the beginning of the story."""
        self._source = source
        gaps = [one for one in mishaps if isinstance(one, FrameGap)]
        self._gaps_ns = [(start_ns + one.t_s * 1e9, start_ns + (one.t_s + one.seconds) * 1e9) for one in gaps]

    def read(self, timeout_s: float) -> "Frames | None":
        """Return what is left of the next block, None when nothing is. Raises EOFError as the source does."""
        frames = self._source.read(timeout_s)
        if frames is None:
            return None
        keep = np.ones(len(frames), np.bool_)
        for begin_ns, end_ns in self._gaps_ns:
            keep &= (frames.t_ns < begin_ns) | (frames.t_ns >= end_ns)
        if keep.all():
            return frames
        if not keep.any():
            return None
        return Frames(frames.seq, frames.t_ns[keep], frames.counts[keep], frames.status[keep])

    def close(self) -> None:
        """Close the source."""
        self._source.close()

"""The ends of the loop by a script: a source that returns prepared blocks, a sink and a lamp that record."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from firmware.frames import Frames

if TYPE_CHECKING:
    from firmware.ports import Rendering
    from firmware.view import Output, Tick

Entry = Frames | None | Exception


def still(seconds: float, cells: int = 12, *, count: int = 1000, rate_hz: int = 80, start_ns: int = 0) -> Frames:
    """Return a block in which nothing moves: every cell has count."""
    number = round(seconds * rate_hz)
    t_ns = start_ns + np.arange(number, dtype=np.int64) * (1_000_000_000 // rate_hz)
    return Frames(0, t_ns, np.full((number, cells), count, np.int32), np.zeros((number, cells), np.uint8))


class Scripted:
    """A firmware.ports.Source: a read gives the next entry; None is a read in which nothing came, an error is raised.

    Behind the last entry comes EOFError. closed counts the calls of close, waited_s keeps the timeouts asked for.
    """

    fault: str | None = None
    frames_dropped: int | None = None

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: Iterator[Entry] = iter(entries)
        self.closed = 0
        self.waited_s: list[float] = []

    def read(self, timeout_s: float) -> Frames | None:
        """Do what the script says."""
        self.waited_s.append(timeout_s)
        for entry in self._entries:
            if isinstance(entry, Exception):
                raise entry
            return entry
        raise EOFError("the script is over")

    def close(self) -> None:
        """Remember it."""
        self.closed += 1


class Heard:
    """A firmware.ports.Sink that keeps its ticks; look, if given, is called with each of them first and may raise."""

    def __init__(self, look: "Callable[[Tick], None] | None" = None) -> None:
        self._look = look
        self.ticks: list[Tick] = []
        self.closed = 0

    def offer(self, tick: "Tick") -> None:
        """Keep a tick."""
        if self._look is not None:
            self._look(tick)
        self.ticks.append(tick)

    def close(self) -> None:
        """Remember it."""
        self.closed += 1


class Shown:
    """firmware.ports.Outputs that keep what was shown."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.closed = 0

    def show(self, rendering: "Rendering") -> None:
        """Keep the output of its moment."""
        self.outputs.append(rendering.at(rendering.made_ns))

    def close(self) -> None:
        """Remember it."""
        self.closed += 1

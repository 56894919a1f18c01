"""The heap of the C library: one arena for all threads, and what is free goes back to the system when nobody is there.

Measured here, daemon with MQTT, after a session: 7.7 MB of the heap were free but still held after the start (imports
and their byte code), and with an arena for each thread it grew by 0.2 MB a minute. Other C libraries lack both calls.
"""

import ctypes
from typing import TYPE_CHECKING, Final, Protocol

from firmware.events import MatEmptied

if TYPE_CHECKING:
    from firmware.view import Tick

M_ARENA_MAX: Final = -8  # malloc.h of glibc


class Heap(Protocol):
    """The part of the C library that keeps the heap."""

    def mallopt(self, parameter: int, value: int, /) -> int:
        """Set a parameter; 0 when it is not known."""
        ...

    def malloc_trim(self, pad: int, /) -> int:
        """Return free pages to the system; the result is 0 when there was none."""
        ...


def c_heap() -> Heap | None:
    """Return that of glibc, None where there is another C library."""
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


class HeapTrimmer:
    """A firmware.ports.Sink: trims with the first tick and whenever the mat was left. It takes about a millisecond."""

    def __init__(self, heap: Heap | None = None) -> None:
        """To be made before the first thread: threads that have an arena keep it."""
        self._heap = heap or c_heap()
        self._started = False
        if self._heap is not None:
            self._heap.mallopt(M_ARENA_MAX, 1)

    def offer(self, tick: "Tick") -> None:
        """Trim if it is time."""
        if self._heap is None or (self._started and not any(isinstance(one, MatEmptied) for one in tick.events)):
            return
        self._started = True
        self._heap.malloc_trim(0)

    def close(self) -> None:
        """There is nothing to release."""

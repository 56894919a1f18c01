"""Memory that is free goes back to the system: at the start and when the mat was left, at no other time."""

import ctypes

import pytest

from firmware.drivers import heap
from firmware.drivers.heap import HeapTrimmer
from firmware.events import MatEmptied
from tests.doubles.ticks import tick


class Calls:
    """Keeps what is asked of the C library."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int, int]] = []

    def mallopt(self, parameter: int, value: int, /) -> int:
        """Keep it."""
        self.made.append(("mallopt", parameter, value))
        return 1

    def malloc_trim(self, pad: int, /) -> int:
        """Keep it."""
        self.made.append(("malloc_trim", pad, 0))
        return 1


def test_it_trims_with_the_first_tick_and_when_the_mat_was_left() -> None:
    """Ticks in between cost a look at their events."""
    calls = Calls()
    trimmer = HeapTrimmer(calls)
    assert calls.made == [("mallopt", heap.M_ARENA_MAX, 1)]
    for one in (tick(1.0), tick(2.0), tick(3.0, events=(MatEmptied(3.0),)), tick(4.0)):
        trimmer.offer(one)
    trimmer.close()
    assert calls.made[1:] == [("malloc_trim", 0, 0)] * 2


def test_the_real_library_takes_both_calls() -> None:
    """That of glibc, which every Debian has; 0 would be a parameter that it does not know."""
    library = heap.c_heap()
    assert library is not None
    assert library.mallopt(heap.M_ARENA_MAX, 1) == 1
    assert library.malloc_trim(0) in (0, 1)


def test_another_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Musl has neither call: nothing is asked of it."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert heap.c_heap() is None
    HeapTrimmer().offer(tick(1.0))

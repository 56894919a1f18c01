"""The loop over many mats: one thread, one selector, a slot of time for each group of mats."""

import heapq
import selectors
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from firmware.clock import Clock
from sim.swarm.mat import SwarmMat

SLOTS: Final = 20  # of one frame period: the mats of a slot send together
RETRY_S: Final = 1.0
PING_S: Final = 20.0
CONNECTS_AT_ONCE: Final = 50
DRAIN_S: Final = 120.0  # after the end, for events that the broker has not acknowledged


@dataclass(frozen=True)
class Load:
    """What a swarm does. events of each mat are spread over the seconds."""

    rate_hz: float
    events: int
    seconds: float
    linger_s: float = 0.0


class Swarm:
    """Mats and their loop."""

    def __init__(
        self,
        mats: Sequence[SwarmMat],
        address: tuple[str, int],
        load: Load,
        clock: Clock,
        tls_of: Callable[[str], ssl.SSLContext | None] = lambda _name: None,
    ) -> None:
        self.mats, self._address, self._load, self._clock, self._tls_of = mats, address, load, clock, tls_of
        self._pinged_s = 0.0
        self._selector = selectors.DefaultSelector()
        self._off: list[tuple[float, int]] = [(0.0, index) for index in range(len(mats))]

    def run(self, stop: Callable[[], bool], delivered: Callable[[], None]) -> None:
        """Run for the seconds of the load, then until the broker has every event, at most DRAIN_S; call delivered then.

        After that the mats stay for linger_s, so that a replay can be asked for.
        """
        end_s = self._now_s() + DRAIN_S
        while any(mat.stream is None for mat in self.mats) and self._now_s() < end_s and not stop():
            self._step(0.02)
        self._produce(self._now_s(), stop)
        end_s = self._now_s() + DRAIN_S
        while any(mat.unacknowledged for mat in self.mats) and self._now_s() < end_s and not stop():
            self._step(0.05)
        delivered()
        end_s = self._now_s() + self._load.linger_s
        while self._now_s() < end_s and not stop():
            self._step(0.05)
        for mat in self.mats:
            mat.close(graceful=True)

    def _produce(self, start_s: float, stop: Callable[[], bool]) -> None:
        """Let the mats live for the seconds of the load."""
        slots, slot = [self.mats[part::SLOTS] for part in range(SLOTS)], 0
        slot_s = 1 / (SLOTS * self._load.rate_hz) if self._load.rate_hz else self._load.seconds
        gap_s = self._load.seconds / max(self._load.events, 1)
        count = len(self.mats) if self._load.events else 0
        due = [(start_s + gap_s * (index + 0.5) / count, index) for index in range(count)]
        while (now_s := self._now_s()) < start_s + self._load.seconds and not stop():
            if self._load.rate_hz and now_s >= start_s + slot * slot_s:
                for mat in slots[slot % SLOTS]:
                    mat.frame(self._clock.wall_s())
                slot += 1
            while due and due[0][0] <= now_s:
                at_s, index = heapq.heappop(due)
                self.mats[index].happen(self._clock.wall_s())
                if len(self.mats[index].journal) < self._load.events:
                    heapq.heappush(due, (at_s + gap_s, index))
            self._step(max(0.0, start_s + slot * slot_s - self._now_s()))
        for mat in self.mats:  # an event is never left out, however slow this computer is
            while len(mat.journal) < self._load.events and not stop():
                mat.happen(self._clock.wall_s())

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _step(self, timeout_s: float) -> None:
        """Read what has come, and connect some of the mats that are off."""
        for key, _ in self._selector.select(min(timeout_s, 0.05)):
            mat = self.mats[key.data]
            try:
                mat.read()
            except (OSError, ValueError):
                self._lose(key.data)
        now_s = self._now_s()
        if now_s - self._pinged_s > PING_S:
            self._pinged_s = now_s
            for mat in self.mats:
                mat.ping()
        for _ in range(CONNECTS_AT_ONCE):
            if not self._off or self._off[0][0] > now_s:
                return
            _, index = heapq.heappop(self._off)
            try:
                self.mats[index].connect(self._address, self._tls_of(self.mats[index].name))
                self._selector.register(self.mats[index].stream, selectors.EVENT_READ, index)  # type: ignore[arg-type]
            except OSError:
                self.mats[index].close(graceful=False)
                heapq.heappush(self._off, (now_s + RETRY_S, index))

    def _lose(self, index: int) -> None:
        stream = self.mats[index].stream
        if stream is not None:
            self._selector.unregister(stream)
        self.mats[index].close(graceful=False)
        heapq.heappush(self._off, (self._now_s() + RETRY_S * (1 + index % 10 / 10), index))

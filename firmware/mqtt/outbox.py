"""The queue between the main loop and the publisher.

The lock is held only for list operations, never during network I/O: put does not block. Of telemetry only the newest
tick is kept. Events are kept in order, up to a bound; beyond it the oldest is dropped and counted.
"""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

from firmware.mqtt.payloads import QueuedEvent, queued_event
from firmware.view import Tick

EVENTS_MAX: Final = 1000  # several days without a broker; about a megabyte


class Outbox:
    """A bounded queue between two threads."""

    def __init__(self, events_max: int = EVENTS_MAX) -> None:
        self._lock = threading.Lock()
        self._events: deque[QueuedEvent] = deque()
        self._events_max = events_max
        self._latest: Tick | None = None
        self._unread = False
        self._seq = 0
        self.ticks_replaced = 0
        self.events_dropped = 0

    def __len__(self) -> int:
        return len(self._events)

    def put(self, tick: Tick, wall_s: float | None) -> None:
        """Store a tick; wall_s is its time in seconds since 1970, None when that is not known."""
        with self._lock:
            self.ticks_replaced += self._unread
            self._latest, self._unread = tick, True
            for event in tick.events:
                self._seq += 1
                self._events.append(queued_event(self._seq, tick, event, wall_s))
            self._trim()

    def latest(self) -> Tick | None:
        """Return the newest tick, None before the first."""
        with self._lock:
            self._unread = False
            return self._latest

    def next_event(self) -> QueuedEvent | None:
        """Remove and return the oldest event, None when there is none."""
        with self._lock:
            return self._events.popleft() if self._events else None

    def put_back(self, items: Sequence[QueuedEvent]) -> None:
        """Requeue events that were not acknowledged, oldest first, in front of all others."""
        with self._lock:
            self._events.extendleft(reversed(items))
            self._trim()

    def _trim(self) -> None:
        while len(self._events) > self._events_max:
            self._events.popleft()
            self.events_dropped += 1

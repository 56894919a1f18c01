"""Frames lost in bursts: seconds without frames in the last minute, and a report at most once a minute."""

from collections import deque
from typing import Final, NamedTuple

from firmware.signal.frontend import HOP_S

LEAST_HOPS: Final = 3  # fewer empty hops on end are the jitter of chips at ten samples a second
MINUTE_HOPS: Final = 600


class FrameLoss(NamedTuple):
    """Gaps between frames since the last report, and their total length in seconds."""

    gaps: int
    lost_s: float


class FrameLossMonitor:
    """One `step` a hop. lost_s: seconds without frames in the last minute."""

    def __init__(self) -> None:
        self._hop = self._empty = 0
        self._gaps: deque[tuple[int, int]] = deque()  # of the last minute: hop of the end, length in hops
        self._unreported: list[int] = []  # lengths in hops
        self._next_report = 0
        self.lost_s = 0.0

    def step(self, *, empty: bool) -> FrameLoss | None:
        """Count a hop, empty or with frames; return a report when one is due."""
        self._hop += 1
        if empty:
            self._empty += 1
            return None
        if self._empty >= LEAST_HOPS:
            self._gaps.append((self._hop, self._empty))
            self._unreported.append(self._empty)
        self._empty = 0
        if self._gaps:
            if self._gaps[0][0] <= self._hop - MINUTE_HOPS:
                self._gaps.popleft()
            self.lost_s = HOP_S * sum(hops for _, hops in self._gaps)
        if not self._unreported or self._hop < self._next_report:
            return None
        report = FrameLoss(len(self._unreported), HOP_S * sum(self._unreported))
        self._unreported, self._next_report = [], self._hop + MINUTE_HOPS
        return report

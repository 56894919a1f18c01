"""Interval bounds of the ready edges of a chip.

An HX711 runs on its own oscillator (rates are up to 17 % off and differ between chips); it must not be clocked while
it updates. A driver can only sample levels: "still high at a, low at b". Therefore the last ready edge and the period
are intervals that contain the true value; every observation narrows them, time widens them. A window of time outside
the intervals is certainly free of updates.
"""

from math import ceil, floor
from typing import Final

LEARNED_EDGES: Final = 6
LEARNED_WIDTH: Final = 0.02  # of a period: wider bounds cannot keep reads clear of updates
PERIOD_MIN_SHARE: Final = 0.70  # of the nominal period; measured chips ran 17 % fast, the data sheet gives no tolerance
PERIOD_MAX_SHARE: Final = 1.45
BASELINE_EDGES: Final = 64  # the period is averaged over this to twice this many edges, to follow temperature
SLACK_NS: Final = 4_000.0  # jitter of one conversion
SLACK_MAX_NS: Final = 128_000.0
SLACK_DECAY: Final = 0.98  # of the slack, with each new baseline
DRIFT: Final = 1.6e-4  # per second: relative drift of an oscillator


class EdgeTracker:
    """Bounds of the ready edges of one chip. All times in nanoseconds.

    lo_ns, hi_ns bound the last observed edge; shortest_ns, longest_ns bound the period. surprises counts edges outside
    all bounds.
    """

    __slots__ = (
        "_base", "_base_edges", "_middle", "_middle_edges", "_nominal_ns", "edges", "hi_ns", "lo_ns", "longest_ns",
        "seen", "shortest_ns", "slack_ns", "surprises",
    )  # fmt: skip

    def __init__(self) -> None:
        self.surprises = 0
        self.forget_period()

    def forget_period(self) -> None:
        """Reset everything: the chip may be another one, or have another rate."""
        self.shortest_ns = self.longest_ns = self._nominal_ns = 0.0
        self.slack_ns = SLACK_NS
        self.edges = 0
        self.forget_phase()

    def forget_phase(self) -> None:
        """Reset the phase but not the period, after a reset of the chip."""
        self.seen = False
        self.lo_ns = self.hi_ns = 0.0
        self._base = self._middle = (0.0, 0.0)
        self._base_edges = self._middle_edges = 0

    def relearn(self) -> None:
        """Reset phase and count of edges after an outage: it may be another chip."""
        self.edges = 0
        self.forget_phase()

    def set_nominal(self, period_ns: float) -> None:
        """Set the nominal period; the bounds are the tolerance of oscillators."""
        self._nominal_ns = period_ns
        self.shortest_ns, self.longest_ns = PERIOD_MIN_SHARE * period_ns, PERIOD_MAX_SHARE * period_ns

    @property
    def learned(self) -> bool:
        """Whether the bounds are narrow enough to plan reads."""
        return self.seen and self.edges >= LEARNED_EDGES and self.width < LEARNED_WIDTH

    @property
    def width(self) -> float:
        """Width of the bounds of the period, as a share of it."""
        return (self.longest_ns - self.shortest_ns) / self.longest_ns if self.longest_ns else 1.0

    @property
    def period_ns(self) -> float:
        """Middle of the bounds of the period; 0 while unknown."""
        return (self.shortest_ns + self.longest_ns) / 2

    def observe(self, high_ns: int, low_ns: int) -> bool:
        """Register that the line was high at high_ns and low at low_ns. False: no edge was due in between."""
        if not self.seen or not self.longest_ns:
            self._start(high_ns, low_ns)
            return True
        shortest, longest = self.shortest_ns - self.slack_ns, self.longest_ns + self.slack_ns
        least = max(1, ceil((high_ns - self.hi_ns) / longest))
        most = floor((low_ns - self.lo_ns) / shortest)
        if least > most:
            return self._restart(high_ns, low_ns)
        if least < most and self.lo_ns + least * shortest < high_ns:
            if self.hi_ns - self.lo_ns + least * (longest - shortest) > shortest / 2:
                self._start(high_ns, low_ns)  # without an observation for too long the bounds are useless
            return True  # it may be one edge or the next: no information beyond the bounds
        lo_ns = max(high_ns, self.lo_ns + least * shortest)
        hi_ns = min(low_ns, self.hi_ns + least * longest)
        if lo_ns > hi_ns:
            return self._restart(high_ns, low_ns)
        self.lo_ns, self.hi_ns = lo_ns, hi_ns
        self.edges += 1
        return self._narrow_period(least)

    def next_after(self, t_ns: float) -> tuple[float, float]:
        """Return the bounds of the first edge that may come after t_ns."""
        step = self.longest_ns + self.slack_ns
        ahead = max(1, ceil((t_ns - self.hi_ns) / step))
        return self.lo_ns + ahead * (self.shortest_ns - self.slack_ns), self.hi_ns + ahead * step

    def surely_after(self, t_ns: float) -> tuple[float, float]:
        """Return the bounds of the first edge that is certainly after t_ns."""
        lo_ns, hi_ns = self.next_after(t_ns)
        return (lo_ns, hi_ns) if lo_ns >= t_ns else self.next_after(hi_ns + 1)

    def last_before(self, t_ns: float) -> float:
        """Return the estimate of the last edge before t_ns."""
        lo_ns, hi_ns = self.next_after(t_ns)
        return min((lo_ns + hi_ns) / 2 - self.period_ns, t_ns)

    def _start(self, lo_ns: float, hi_ns: float) -> None:
        self.seen = True
        self.edges += 1
        self.lo_ns, self.hi_ns = lo_ns, hi_ns
        self._base = self._middle = (lo_ns, hi_ns)
        self._base_edges = self._middle_edges = 0

    def _narrow_period(self, steps: int) -> bool:
        self._base_edges += steps
        self._middle_edges += steps
        drift = DRIFT * self.longest_ns * self.longest_ns / 1e9  # of the period, in one conversion
        lag = drift * self._base_edges / 2  # an average is as old as the middle of its span
        shortest = max(self.shortest_ns - steps * drift, (self.lo_ns - self._base[1]) / self._base_edges - lag)
        longest = min(self.longest_ns + steps * drift, (self.hi_ns - self._base[0]) / self._base_edges + lag)
        if shortest > longest:
            return self._restart(self.lo_ns, self.hi_ns)
        self.shortest_ns, self.longest_ns = shortest, longest
        if self._middle_edges >= BASELINE_EDGES:
            self._base, self._base_edges = self._middle, self._middle_edges
            self._middle, self._middle_edges = (self.lo_ns, self.hi_ns), 0
            self.slack_ns = max(SLACK_NS, self.slack_ns * SLACK_DECAY)
        return True

    def _restart(self, lo_ns: float, hi_ns: float) -> bool:
        """Accept the edge and learn again; a period that was not learned gets its nominal bounds."""
        self.surprises += 1
        if self.learned:
            self.slack_ns = min(2 * self.slack_ns, SLACK_MAX_NS)
            self.shortest_ns -= 2 * self.slack_ns
            self.longest_ns += 2 * self.slack_ns
        else:
            self.set_nominal(self._nominal_ns)
        self.edges = 0
        self._start(lo_ns, hi_ns)
        return False

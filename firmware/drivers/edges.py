"""When a chip becomes ready: bounds, not guesses.

An HX711 runs on its own oscillator (its rate is 17 % off at worst, and no two agree), and nobody may clock it while
it updates. What a driver can see are levels at moments: "still high at a, low at b". So both the last ready edge and
the period are kept as intervals that contain the truth; every observation cuts them, time widens them. A window of
time that the intervals leave free is free.
"""

from math import ceil, floor
from typing import Final

LEARNED_EDGES: Final = 6
LEARNED_WIDTH: Final = 0.02  # of a period: a coarser knowledge of the period cannot keep reads away from updates
PERIOD_MIN_SHARE: Final = 0.70  # of the nominal period; measured chips ran 17 % fast, the data sheet gives no tolerance
PERIOD_MAX_SHARE: Final = 1.45
BASELINE_EDGES: Final = 64  # the period is taken over so many to twice so many edges: short enough to follow warmth
SLACK_NS: Final = 4_000.0  # what one conversion may be longer or shorter than the period says (jitter)
SLACK_MAX_NS: Final = 128_000.0
SLACK_DECAY: Final = 0.98  # of the slack, each time the baseline moves on
DRIFT: Final = 1.6e-4  # a second: how fast an oscillator may change, whatever rate it is set to


class EdgeTracker:
    """Knows one chip's ready edges. All times in nanoseconds.

    lo_ns, hi_ns bound the last edge that was seen; shortest_ns, longest_ns bound the period. surprises counts edges
    that came where none could be.
    """

    __slots__ = (
        "_base", "_base_edges", "_middle", "_middle_edges", "_nominal_ns", "edges", "hi_ns", "lo_ns", "longest_ns",
        "seen", "shortest_ns", "slack_ns", "surprises",
    )  # fmt: skip

    def __init__(self) -> None:
        self.surprises = 0
        self.forget_period()

    def forget_period(self) -> None:
        """Begin again: the chip may be another one, or run at another rate."""
        self.shortest_ns = self.longest_ns = self._nominal_ns = 0.0
        self.slack_ns = SLACK_NS
        self.edges = 0
        self.forget_phase()

    def forget_phase(self) -> None:
        """The chip was reset: its period stays, the moment of its edges does not."""
        self.seen = False
        self.lo_ns = self.hi_ns = 0.0
        self._base = self._middle = (0.0, 0.0)
        self._base_edges = self._middle_edges = 0

    def relearn(self) -> None:
        """The chip was lost for a while: trust neither its edges nor that it is still the same one."""
        self.edges = 0
        self.forget_phase()

    def set_nominal(self, period_ns: float) -> None:
        """Say which rate the chip is set to; the bounds are as wide as oscillators differ."""
        self._nominal_ns = period_ns
        self.shortest_ns, self.longest_ns = PERIOD_MIN_SHARE * period_ns, PERIOD_MAX_SHARE * period_ns

    @property
    def learned(self) -> bool:
        """Whether the bounds are good enough to plan reads by them."""
        return self.seen and self.edges >= LEARNED_EDGES and self.width < LEARNED_WIDTH

    @property
    def width(self) -> float:
        """How little is known of the period, as a share of it."""
        return (self.longest_ns - self.shortest_ns) / self.longest_ns if self.longest_ns else 1.0

    @property
    def period_ns(self) -> float:
        """Middle of the bounds of the period; 0 while nothing is known."""
        return (self.shortest_ns + self.longest_ns) / 2

    def observe(self, high_ns: int, low_ns: int) -> bool:
        """Take in that the line was still high at high_ns and low at low_ns. False: no edge was due in between."""
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
                self._start(high_ns, low_ns)  # unseen for too long: the bounds say nothing any more
            return True  # it may be one edge or the next: it says less than the bounds do
        lo_ns = max(high_ns, self.lo_ns + least * shortest)
        hi_ns = min(low_ns, self.hi_ns + least * longest)
        if lo_ns > hi_ns:
            return self._restart(high_ns, low_ns)
        self.lo_ns, self.hi_ns = lo_ns, hi_ns
        self.edges += 1
        return self._narrow_period(least)

    def next_after(self, t_ns: float) -> tuple[float, float]:
        """Bounds of the first edge that may still be to come at t_ns."""
        step = self.longest_ns + self.slack_ns
        ahead = max(1, ceil((t_ns - self.hi_ns) / step))
        return self.lo_ns + ahead * (self.shortest_ns - self.slack_ns), self.hi_ns + ahead * step

    def surely_after(self, t_ns: float) -> tuple[float, float]:
        """Bounds of the first edge that cannot have been before t_ns."""
        lo_ns, hi_ns = self.next_after(t_ns)
        return (lo_ns, hi_ns) if lo_ns >= t_ns else self.next_after(hi_ns + 1)

    def last_before(self, t_ns: float) -> float:
        """Best guess of the last edge before t_ns."""
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
        """Believe the edge, and learn anew; a period that was not sure yet is as wide open as at the start."""
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

"""One HX711, bit by bit, on a clock of whole nanoseconds; nothing here sleeps.

Everything that changes the state of a chip lives in this file. Figures are those of the HX711 data sheet
(Avia Semiconductor, V2.0) unless a parameter says otherwise. What a real chip does when it updates in
the middle of a read is documented nowhere, so it is a parameter, and the driver has to be right for each.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from sim.sensors.faults import CODE_EFFECT, DATA_LINE_LEVEL, FULL_SCALE, MOMENTARY_FAULTS, FaultKind
from sim.sensors.noise import fold_key, normal_noise, scramble_keys

POWER_DOWN_NS: Final = 60_000  # clock high for longer than this switches the chip off
BUSY_NS: Final = 75_000  # an unread register is replaced behind a high data line (measured by users, not in the sheet)
SETTLING_CONVERSIONS: Final = 4  # 50 ms at 80 samples/s, 400 ms at 10
CODE_BITS: Final = 24
GAIN_A128: Final = 25  # pulses per read; 26 chooses input B, 27 input A at half the gain
GAIN_B32: Final = 26
GAIN_A64: Final = 27
FASTEST_HZ: Final = 144.0  # with the fastest clock the data sheet allows, 20 MHz
NEVER_NS: Final = 1 << 62

Analogue = Callable[[int], float]


class UpdatePolicy(StrEnum):
    """What an update in the middle of a read does."""

    RELOAD = "reload"  # the new word replaces the old one and starts again at its first bit
    SHIFT = "shift"  # the new word replaces the old one, the bit position stays
    FREEZE = "freeze"  # the new word waits until the read is complete


class ChipLogEntry(NamedTuple):
    """One entry of a chip's log: ground truth for tests, out of reach of the product."""

    t_ns: int
    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Hx711Settings:
    """How one chip is built.

    rate_hz is what its own oscillator gives, phase the share of a conversion that is still to come at the start.
    jitter_ns is the rms error of the length of one conversion, noise_counts the rms noise at gain 128 (data sheet:
    39 at 80 samples/s, 21 at 10). keeps_gain: V2 of the chip keeps the gain that was
    selected last through power-down (the pulse that switches it off counts), V1 goes back to 128.
    settling_shows: the three conversions before a settled one are offered too, with only a part of the value.
    """

    rate_hz: float = 80.0
    phase: float = 1.0
    jitter_ns: float = 500.0
    noise_counts: float = 39.0
    policy: UpdatePolicy = UpdatePolicy.RELOAD
    keeps_gain: bool = False
    settling_shows: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 < self.rate_hz <= FASTEST_HZ:
            raise ValueError(f"rate_hz is {self.rate_hz}; a chip converts up to {FASTEST_HZ:g} times a second")
        if not 0.0 < self.phase <= 1.0:
            raise ValueError(f"phase is {self.phase}; it is a share of a conversion, above 0 and at most 1")
        if self.jitter_ns < 0.0 or self.noise_counts < 0.0:
            raise ValueError(f"jitter_ns {self.jitter_ns} and noise_counts {self.noise_counts} cannot be negative")


class VirtualHx711:
    """The converter of one cell. Times must not decrease from call to call.

    analogue returns the counts at gain 128 at a time in nanoseconds; it is called at the end of each conversion. dout
    is the level of the data line after the last call, valid until next_ns, the time of the next change from inside
    (except while a clock is held high: call level() then). wrong_pulses counts those beyond the 27th.
    """

    __slots__ = (
        "_analogue", "_count", "_data", "_down", "_fault", "_forced", "_gain", "_gain_next", "_held", "_high_since",
        "_inner", "_jitter", "_load_ns", "_next_edge_ns", "_normal", "_settings", "_unsettled", "_value", "_word",
        "dout", "log", "next_ns", "period_ns", "wrong_pulses",
    )  # fmt: skip

    def __init__(self, analogue: Analogue, settings: Hx711Settings, start_ns: int = 0, log_size: int = 64) -> None:
        self._analogue = analogue
        self._settings = settings
        self._normal = _draw(fold_key(settings.seed, 1))
        self._jitter = _draw(fold_key(settings.seed, 2))
        self._fault = FaultKind.OK
        self._forced: bool | None = None
        self._high_since: int | None = None
        self._gain = self._gain_next = GAIN_A128
        self._word = self._value = self._count = self._unsettled = 0
        self._held: int | None = None
        self._load_ns = NEVER_NS
        self._data = self._down = False
        self._inner = self.dout = True
        self.period_ns = round(1e9 / settings.rate_hz)
        self.log: deque[ChipLogEntry] = deque(maxlen=log_size)
        self.wrong_pulses = 0
        self._next_edge_ns = start_ns + max(1, round(self.period_ns * settings.phase))
        self.next_ns = self._next_edge_ns

    def run_to(self, t_ns: int) -> None:
        """Run everything that the chip does by itself up to t_ns, inclusive."""
        since = self._high_since
        off_ns = NEVER_NS if since is None or self._down else since + POWER_DOWN_NS
        while True:
            event_ns = min(self._next_edge_ns, self._load_ns)
            if off_ns < min(event_ns, t_ns):
                self._power_down(off_ns)
                off_ns = NEVER_NS
            elif event_ns > t_ns:
                break
            elif event_ns == self._load_ns:
                self._load_held(event_ns)
            else:
                self._convert(event_ns)
        if self._data and not self._count and t_ns >= self._next_edge_ns - BUSY_NS:
            self._drive(level=True)
        self._plan()

    def rise(self, t_ns: int) -> None:
        """Handle a rising edge of the clock."""
        if t_ns >= self.next_ns:
            self.run_to(t_ns)
        self._high_since = t_ns
        if not self._data:
            return
        count = self._count = self._count + 1
        if count <= CODE_BITS:
            self._drive(level=bool((self._word >> (CODE_BITS - count)) & 1))
            if count == 1:
                self._plan()  # no longer unread: the line does not go high before the next update
        else:
            self._after_last_bit(count, t_ns)

    def fall(self, t_ns: int) -> None:
        """Handle a falling edge of the clock. A chip that was powered down restarts here."""
        since = self._high_since
        if since is not None and t_ns - since > POWER_DOWN_NS:
            self.run_to(t_ns)
            self._start_again(t_ns)
        self._high_since = None

    def level(self, t_ns: int) -> bool:
        """Return the level of the data line at t_ns."""
        if t_ns >= self.next_ns or self._high_since is not None:
            self.run_to(t_ns)
        return self.dout

    def apply(self, kind: FaultKind, t_ns: int) -> None:
        """Break or repair the chip."""
        self.run_to(t_ns)
        was, self._fault = self._fault, kind
        self._note(t_ns, kind.value, 0)
        if FaultKind.BROWN_OUT in (kind, was) or was is FaultKind.UNPLUGGED:
            self._gain_next = GAIN_A128
            self._start_again(t_ns)
        if kind is FaultKind.BROWN_OUT:
            self._fault = FaultKind.OK
        self._forced = DATA_LINE_LEVEL.get(kind)
        self._drive(level=self._inner)

    def _after_last_bit(self, count: int, t_ns: int) -> None:
        self._drive(level=True)
        if count == GAIN_A128 and self._held is not None:
            self._load_ns = t_ns + BUSY_NS
            self._plan()
        self._gain_next = min(count, GAIN_A64)
        if count > GAIN_A64:
            self.wrong_pulses += 1

    def _convert(self, edge_ns: int) -> None:
        """End a conversion: measure, start the next one, put the word where the policy says."""
        jitter_ns = round(next(self._jitter) * self._settings.jitter_ns)
        self._next_edge_ns = edge_ns + max(self.period_ns + jitter_ns, BUSY_NS + 1)
        if self._down:
            return
        if self._gain_next != self._gain:
            self._gain = self._gain_next
            self._unsettled = SETTLING_CONVERSIONS - 1
        settled = not self._unsettled
        value = self._measure(edge_ns)
        if not settled and not self._settings.settling_shows:
            return
        self._note(edge_ns, "update" if settled else "unsettled", value)
        policy = self._settings.policy
        if self._data and 0 < self._count < GAIN_A128:
            self._note(edge_ns, "update_in_read", self._count)
            if policy is UpdatePolicy.FREEZE:
                self._held = value
            elif policy is UpdatePolicy.SHIFT:
                self._word = value & 0xFFFFFF
            else:
                self._load(value)
        else:
            self._load(value)

    def _load_held(self, t_ns: int) -> None:
        if self._held is not None:
            self._note(t_ns, "late_update", self._held)
            self._load(self._held)

    def _load(self, value: int) -> None:
        self._word = value & 0xFFFFFF
        self._held = None
        self._load_ns = NEVER_NS
        self._count = 0
        self._data = True
        self._drive(level=False)

    def _measure(self, t_ns: int) -> int:
        drawn = next(self._normal)
        counts = self._analogue(t_ns) if self._gain != GAIN_B32 else 0.0
        if self._gain == GAIN_A64:
            counts *= 0.5
        spoil = CODE_EFFECT.get(self._fault)
        if spoil is not None:
            counts = spoil(counts, drawn, self._value)
        else:
            counts += drawn * self._settings.noise_counts
        if self._unsettled:
            counts *= 1.0 - self._unsettled / SETTLING_CONVERSIONS
            self._unsettled -= 1
        if self._fault in MOMENTARY_FAULTS:
            self._fault = FaultKind.OK
        self._value = min(max(round(counts), -FULL_SCALE), FULL_SCALE - 1)
        return self._value

    def _power_down(self, t_ns: int) -> None:
        self._down = True
        self._data = False
        self._note(t_ns, "power_down", 0)
        self._drive(level=True)

    def _start_again(self, t_ns: int) -> None:
        self._down = self._data = False
        self._count = 0
        self._held = None
        self._load_ns = NEVER_NS
        self._gain = self._gain_next = self._gain_next if self._settings.keeps_gain else GAIN_A128
        self._unsettled = SETTLING_CONVERSIONS - 1
        self._next_edge_ns = t_ns + self.period_ns
        self._note(t_ns, "start", 0)
        self._drive(level=True)
        self._plan()

    def _drive(self, *, level: bool) -> None:
        self._inner = level
        self.dout = level if self._forced is None else self._forced

    def _plan(self) -> None:
        edge_ns = self._next_edge_ns
        if self._data and not self._count and not self._inner:
            edge_ns -= BUSY_NS
        self.next_ns = min(edge_ns, self._load_ns)

    def _note(self, t_ns: int, kind: str, value: int) -> None:
        self.log.append(ChipLogEntry(t_ns, kind, value))


def _draw(key: int) -> Iterator[float]:
    """Yield normal numbers that depend on the key and on their position only, in blocks for speed."""
    place = 0
    while True:
        block = np.arange(place, place + 512, dtype=np.uint64) ^ np.uint64(key)
        yield from normal_noise(scramble_keys(scramble_keys(block))).tolist()
        place += 512

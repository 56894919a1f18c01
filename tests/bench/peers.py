"""The presence rules of six other projects, reimplemented from what they publish: not their firmware.

Each takes readings of the whole load in kilograms from one converter and returns whether a person is present. Those
with a film sensor are given a load cell as well; a threshold that the project leaves to its user is set to 10 kg.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import fmean, median, stdev
from typing import Final, Protocol

OCCUPIED_KG: Final = 48.0  # the weight of a person after their calibration
THRESHOLD_KG: Final = 10.0
COUNTS_PER_KG: Final = 20_624.0  # as in the calibration that ESPHome-Smart-Scale publishes


class Rule(Protocol):
    """One project. Every every_s seconds it takes `readings` readings, newest last, and says what it believes."""

    every_s: float
    readings: int

    def step(self, t_s: float, values_kg: Sequence[float]) -> bool:
        """Take the readings of a turn."""
        ...


@dataclass(slots=True)
class Delayed:
    """A debounce: changes only after the input was true for on_s, or false for off_s, without a break."""

    on_s: float
    off_s: float
    said: bool = False
    since_s: float | None = None

    def step(self, t_s: float, *, true: bool) -> bool:
        """Take what is true now."""
        if true == self.said:
            self.since_s = None
        else:
            self.since_s = t_s if self.since_s is None else self.since_s
            if t_s - self.since_s >= (self.on_s if true else self.off_s):
                self.said, self.since_s = true, None
        return self.said


@dataclass(slots=True)
class MeanAndTrigger:
    """Elevated Sensors Bed Presence Mk1: mean of five half-seconds, three quarters of the calibrated load, delays."""

    delayed: Delayed
    every_s: float = 0.5
    readings: int = 1
    window: deque[float] = field(default_factory=lambda: deque(maxlen=5))

    def step(self, t_s: float, values_kg: Sequence[float]) -> bool:
        """Take half a second."""
        self.window.append(max(values_kg[-1], 0.0))
        return self.delayed.step(t_s, true=fmean(self.window) > 0.75 * OCCUPIED_KG)


@dataclass(slots=True)
class QuantileAndTare:
    """ESPHome-Smart-Scale: the second highest of ten readings; under 10 kg the zero goes after it, 10 counts a turn."""

    every_s: float = 0.2
    readings: int = 1
    tare_kg: float = 0.0
    window: deque[float] = field(default_factory=lambda: deque(maxlen=10))

    def step(self, t_s: float, values_kg: Sequence[float]) -> bool:  # noqa: ARG002 - this one knows no time
        """Take a fifth of a second."""
        self.window.append(values_kg[-1])
        value_kg = sorted(self.window)[ceil(0.9 * len(self.window)) - 1] + self.tare_kg
        if value_kg < THRESHOLD_KG and abs(value_kg) * COUNTS_PER_KG >= 100:
            self.tare_kg -= (10 if value_kg > 0 else -10) / COUNTS_PER_KG
        return value_kg >= THRESHOLD_KG


@dataclass(slots=True)
class FiveMeans:
    """cwfrazier's recipe for ESPHome: a reading every two seconds, a new mean after every fifth, over 5 kg."""

    every_s: float = 2.0
    readings: int = 1
    window: list[float] = field(default_factory=list)
    said: bool = False

    def step(self, t_s: float, values_kg: Sequence[float]) -> bool:  # noqa: ARG002 - this one knows no time
        """Take two seconds."""
        self.window.append(values_kg[-1])
        if len(self.window) == 5:
            self.said = fmean(self.window) > 5.0
            self.window.clear()
        return self.said


@dataclass(slots=True)
class AwakeAndAsleep:
    """EverythingSmartHome: ten readings of a tenth of a second and five more, then three seconds of sleep."""

    every_s: float = 4.9
    readings: int = 10

    def step(self, t_s: float, values_kg: Sequence[float]) -> bool:  # noqa: ARG002 - this one knows no time
        """Take the mean of ten."""
        return fmean(values_kg) > THRESHOLD_KG


@dataclass(slots=True)
class BaselineAndConfirm:
    """home-assistant-cat-scale: baseline is the median of five minutes, confirmed after 4 s over it.

    Its end of a visit after two minutes is left out, because a person may stay.
    """

    every_s: float = 1.0
    readings: int = 1
    baseline_kg: float | None = None
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=300))
    since_s: float | None = None
    present: bool = False
    after: bool = False

    def step(self, t_s: float, values_kg: Sequence[float]) -> bool:
        """Take a second."""
        kg = values_kg[-1]
        self.baseline_kg = kg if self.baseline_kg is None else self.baseline_kg
        self.recent.append(kg)
        over = kg > self.baseline_kg + THRESHOLD_KG
        if self.present:
            self.present, self.after = over, not over
        elif self.after:
            if len(self.recent) >= 4 and stdev(list(self.recent)[-4:]) <= 0.5:
                self.after, self.baseline_kg = False, kg
                self.recent.clear()
        elif self.since_s is not None:
            self._wait(t_s, kg, over=over)
        elif over:
            self.since_s = t_s
        else:
            self.baseline_kg = median(self.recent)
        return self.present

    def _wait(self, t_s: float, kg: float, *, over: bool) -> None:
        if not over:
            self.since_s, self.baseline_kg = None, kg
            self.recent.clear()
        elif self.since_s is not None and t_s - self.since_s >= 4.0:
            self.since_s, self.present = None, True


@dataclass(slots=True)
class StableSteps:
    """ptwz/bedscale: once the spread of twenty readings is under 50 g, a change of more than 2 kg is a new weight."""

    every_s: float = 0.1
    readings: int = 1
    window: deque[float] = field(default_factory=lambda: deque(maxlen=20))
    stable: bool = False
    last_kg: float = 0.0

    def step(self, t_s: float, values_kg: Sequence[float]) -> bool:  # noqa: ARG002 - this one knows no time
        """Take a tenth of a second."""
        self.window.append(values_kg[-1])
        stable = len(self.window) > 1 and stdev(self.window) < 0.05
        if stable and not self.stable and abs(fmean(self.window) - self.last_kg) > 2.0:
            self.last_kg = fmean(self.window)
        self.stable = stable
        return self.last_kg > THRESHOLD_KG


PEERS: Final[dict[str, Callable[[], Rule]]] = {
    "Elevated Sensors, fast": lambda: MeanAndTrigger(Delayed(0.0, 0.0)),
    "Elevated Sensors, normal": lambda: MeanAndTrigger(Delayed(0.0, 1.0)),
    "Elevated Sensors, slow": lambda: MeanAndTrigger(Delayed(2.0, 5.0)),
    "ESPHome-Smart-Scale": QuantileAndTare,
    "cwfrazier, ESPHome": FiveMeans,
    "EverythingSmartHome": AwakeAndAsleep,
    "cat-scale": BaselineAndConfirm,
    "bedscale": StableSteps,
}


def changes(rule: Rule, reading_kg: Callable[[float], float], length_s: float) -> Iterator[tuple[float, bool]]:
    """Yield when a rule changes its mind, and to what; reading_kg gives one reading at a time in seconds."""
    said, turn = False, 1
    while (t_s := turn * rule.every_s) < length_s:
        values_kg = [reading_kg(t_s - 0.1 * back) for back in range(rule.readings - 1, -1, -1)]
        now = rule.step(t_s, values_kg)
        if now != said:
            said = now
            yield t_s, said
        turn += 1

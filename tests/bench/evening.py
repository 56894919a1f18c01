"""One evening as a person perceives it: a story through the core, the timer and gpiozero's lgpio pins, as sent."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from firmware.core import CoreSettings, MatCore
from firmware.cues.lightness import lightness_of_duty
from firmware.cues.night import NightProfile
from firmware.cues.settings import CueSettings
from firmware.drivers.output_timer import PERIOD_S
from firmware.drivers.pins import PodPins
from firmware.frames import ButtonEdge
from firmware.session.machine import with_goal
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.story import Story
from sim.people.vitals import Vitals
from tests.doubles.clock import ManualClock
from tests.doubles.fake_lgpio import FakeLgpio, fake_lgpio

if TYPE_CHECKING:
    from firmware.cues.rendering import Rendering
    from firmware.enums import State
    from firmware.events import Event
    from firmware.view import Tick
    from sim.people.acts import AnyAct

BOARD: Final = boards.load_board()
LIGHT_PINS: Final = (BOARD.red_bcm, BOARD.green_bcm, BOARD.blue_bcm)
STALL_NS: Final = 5_000_000_000
PERIOD_NS: Final = round(PERIOD_S * 1e9)
LUMINANCE: Final = (0.2126, 0.7152, 0.0722)  # of red, green, blue (WCAG 2: relative luminance)
Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evening:
    """What happens: acts from the first second on, presses as (second, seconds held), and the settings of the pod."""

    name: str
    acts: "tuple[AnyAct, ...]"
    presses: tuple[tuple[float, float], ...] = ()
    goal_min: float = 10.0
    profile: NightProfile = NightProfile.DAY
    touch: bool = False
    cues: CueSettings = field(default_factory=CueSettings)
    vitals: Vitals = field(default_factory=lambda: Vitals(restless_n=0.0))


@dataclass(frozen=True, slots=True)
class Perceived:
    """What was sent: duties (n, 3), those of a pod without a dimmer, every PERIOD_S; tones as (start_s, end_s, hertz).

    touches are (start_s, end_s).
    """

    t_s: Series
    duties: Series
    tones: list[tuple[float, float, float]]
    touches: list[tuple[float, float]]
    ticks: "list[Tick]"
    light_calls: int
    idle_calls: int
    stopped_s: float = 0.0

    @property
    def lightness(self) -> Series:
        """L* of the whole light, relative to all three colours at full duty."""
        return np.array([lightness_of_duty(part) for part in self.luminance])

    @property
    def luminance(self) -> Series:
        """Relative luminance 0..1."""
        found: Series = self.duties @ np.array(LUMINANCE)
        return found

    @property
    def strongest(self) -> Series:
        """L* of the strongest colour."""
        return np.array([lightness_of_duty(part) for part in self.duties.max(axis=1)])

    def within(self, *states: "State") -> npt.NDArray[np.bool_]:
        """Return which samples fall into states."""
        ends = [tick.t_s for tick in self.ticks]
        inside = np.array([tick.view.state in states for tick in self.ticks])
        return inside[np.minimum(np.searchsorted(ends, self.t_s), len(ends) - 1)]

    def events(self, kind: type) -> "list[Event]":
        """Return the events of a kind."""
        return [event for tick in self.ticks for event in tick.events if isinstance(event, kind)]


def perceive(
    evening: Evening, seed: int = 1, *, rate_hz: float | None = None, stops_s: float | None = None
) -> Perceived:
    """Play an evening in simulated time and return what the pins got. After stops_s no frame comes any more."""
    bench = Bench(Story(evening.name, acts=evening.acts, vitals=evening.vitals), BOARD, seed, rate_hz=rate_hz)
    settings = CoreSettings(machine=with_goal(60 * evening.goal_min), cues=evening.cues)
    core = MatCore(BOARD, bench.calibration, settings)
    core.set_profile(evening.profile)
    for down_s, held_s in evening.presses:
        core.press(ButtonEdge(round(down_s * 1e9), down=True))
        core.press(ButtonEdge(round((down_s + held_s) * 1e9), down=False))
    ticks: list[Tick] = []
    block = max(1, round((rate_hz or 80) / 20))
    with fake_lgpio() as (lgpio, factory):
        pins = PodPins(BOARD, factory, ManualClock())
        stopped_s = 0.0
        timer: _Timer | None = None
        rendering: Rendering | None = None
        for frames in blocks_from(FrameSource(bench, block=block)):
            arrives_ns = int(frames.t_ns[-1])
            stops = stops_s is not None and timer is not None and arrives_ns - timer.first_ns > stops_s * 1e9
            if stops and timer is not None and rendering is not None:
                stopped_s = (rendering.made_ns - timer.first_ns) / 1e9
                timer.run(rendering, arrives_ns + STALL_NS)
                break
            timer = timer or _Timer(pins, lgpio, arrives_ns, arrives_ns)
            if rendering is not None:
                timer.run(rendering, arrives_ns)
            ticks += core.push(frames)
            rendering = core.rendering(arrives_ns)
        assert timer is not None
        light = [call for call in lgpio.pwm if call[1] in LIGHT_PINS]
        tones = _tones(lgpio, timer.now_ns - timer.first_ns)
        pins.close()
    duties: Series = np.array(timer.levels, dtype=np.float64)
    t_s: Series = np.arange(len(duties), dtype=np.float64) * PERIOD_S
    return Perceived(t_s, duties, tones, timer.touches, ticks, len(light), _idle(light), stopped_s)


@dataclass(slots=True)
class _Timer:
    """The timer of the pod in simulated time; levels are the light that the pins give after each period."""

    pins: PodPins
    lgpio: FakeLgpio
    first_ns: int
    now_ns: int
    levels: list[tuple[float, float, float]] = field(default_factory=list)
    touches: list[tuple[float, float]] = field(default_factory=list)
    _felt_s: float | None = None

    def run(self, rendering: "Rendering", until_ns: int) -> None:
        """Show a rendering up to a moment."""
        while self.now_ns < until_ns:
            self.lgpio.now_s = (self.now_ns - self.first_ns) / 1e9
            output = rendering.at(self.now_ns)
            self.pins.set(output)
            if output.touch and self._felt_s is None:
                self._felt_s = self.lgpio.now_s
            elif not output.touch and self._felt_s is not None:
                self.touches.append((self._felt_s, self.lgpio.now_s))
                self._felt_s = None
            red, green, blue = (self.lgpio.duty(pin or 0) / BOARD.light_gain for pin in LIGHT_PINS)
            self.levels.append((red, green, blue))
            self.now_ns += PERIOD_NS


def _tones(lgpio: FakeLgpio, end_ns: int) -> list[tuple[float, float, float]]:
    """Return each tone with its times, as the buzzer's pin got it."""
    tones: list[tuple[float, float, float]] = []
    since_s, pitch_hz = 0.0, 0.0
    for t_s, gpio, hertz, percent in [*lgpio.pwm, (end_ns / 1e9, BOARD.buzzer_bcm, 0.0, 0.0)]:
        now_hz = hertz if hertz and percent else 0.0
        if gpio != BOARD.buzzer_bcm or (hertz and not percent and not pitch_hz) or now_hz == pitch_hz:
            continue
        if pitch_hz:
            tones.append((since_s, t_s, pitch_hz))
        since_s, pitch_hz = t_s, now_hz
    return [tone for tone in tones if tone[1] > tone[0]]


def _idle(calls: list[tuple[float, int, float, float]]) -> int:
    """Return how many calls sent what the pin already had."""
    by_pin: dict[int, list[tuple[float, float]]] = {}
    for _, gpio, hertz, percent in calls:
        by_pin.setdefault(gpio, []).append((hertz, percent))
    return sum(before == after for sent in by_pin.values() for before, after in pairwise(sent))

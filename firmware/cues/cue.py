"""One line of the cue table: what the light or the buzzer does, and the rules that keep it gentle."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from firmware.cues import patterns
from firmware.cues.patterns import Rgb
from firmware.enums import State
from firmware.errors import ConfigError

Colour = Literal["white", "amber", "blue"]
# Pattern carries the meaning, colour only decorates: no pair here differs by red against green alone.
COLOURS: Final[dict[str, Rgb]] = {"white": (1.0, 0.85, 0.7), "amber": (1.0, 0.42, 0.0), "blue": (0.1, 0.25, 1.0)}
# Lightness L*, see lightness.py.
SESSION_LEVEL: Final = 51.0  # 19 % of full duty: dim enough for closed eyes in a dark room
DONE_LEVEL: Final = 69.0  # 39 %
UNKNOWN_LEVEL: Final = 38.0  # 10 %: most light while the time of day is not known
NIGHT_LEVEL: Final = 26.0  # 4.8 %
APART_S: Final = 0.5  # between two rises of light: 2 Hz; photosensitive people react from 3 Hz on
REST_S: Final = 2 * APART_S  # from the last blink of a train to its next turn: a blink of another cue fits in
RAMP_S: Final = 1.0
EDGE_S: Final = 0.1  # of a blink
TICK_EDGE_S: Final = 0.01  # of a blink too short for EDGE_S twice
LOW_HZ, HIGH_HZ = 220.0, 880.0  # a piezo is quiet here and shrieks at 2..4 kHz
STEPS: Final = 4  # of volume
MOST_BEATS, LONGEST_BEAT_S = 6, 10.0
SHORTEST_S: Final = {"pulse": 2 * RAMP_S, "blink": 0.05}
MOST_TOUCHES: Final = 6
TOUCH_S: Final = (0.1, 1.0)  # shortest and longest: a coin motor takes 0.1 s to start
MOST_NOTES: Final = 12
CHIMES_APART_S: Final = 30.0


def _between(low: float, high: float, default: object) -> Any:  # noqa: ANN401 - dataclasses.field has no public type
    return field(default=default, metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class LightCue:
    """What the light does. Times in seconds, levels in lightness L* 0..100, priority: the greatest is shown.

    breathe: low to high in up_s, back in down_s, with the pacer; swell: the same in its own time. rise: low to high
    within over_s. pulse and blink: a train of on_s with gap_s after each, again every every_s (0: once). colour turns
    into turns_to within turn_s; fade_s takes the whole to nothing (0: never). lasts_s is how long an event is shown
    (0: as long as its blinks take). It is shown at most once in apart_s, and only in the states of only_in (empty: in
    all). words describe it to a person. touch: lengths of the vibrations when it begins, where the board has a motor.
    """

    pattern: Literal["off", "steady", "breathe", "swell", "rise", "pulse", "blink"]
    colour: Colour = "white"
    turns_to: Literal["", "white", "amber", "blue"] = ""
    turn_s: float = _between(1, 3600, 1.0)
    low: float = _between(0, DONE_LEVEL, 0)
    high: float = _between(0, DONE_LEVEL, 38)
    up_s: float = _between(RAMP_S, 30, 4.0)
    down_s: float = _between(RAMP_S, 30, 6.0)
    over_s: float = _between(RAMP_S, 600, 5.0)
    on_s: tuple[float, ...] = (0.25,)
    gap_s: float = _between(0.05, 60, 0.45)
    every_s: float = _between(0, 600, 0.0)
    fade_s: float = _between(0, 3600, 0.0)
    lasts_s: float = _between(0, 600, 0.0)
    apart_s: float = _between(0, 3600, 0.0)
    priority: int = _between(0, 100, 10)
    only_in: tuple[str, ...] = ()
    touch: tuple[float, ...] = ()
    words: str = ""

    def __post_init__(self) -> None:
        """Raise ConfigError with a line for each rule that is broken."""
        if lines := list(self._faults()):
            raise ConfigError("\n".join(lines))

    def _faults(self) -> Iterator[str]:
        if self.high < self.low:
            yield f"high = {self.high:g}: is below low = {self.low:g}; give at least that"
        if 0 < self.fade_s < RAMP_S:
            yield f"fade_s = {self.fade_s:g}: give 0 for no fading, or at least {RAMP_S:g}"
        for name in self.only_in:
            if name not in list(State):
                yield f'only_in = "{name}": no such state; known are {", ".join(State)}'
        if len(self.touch) > MOST_TOUCHES:
            yield f"touch has {len(self.touch)} values: give at most {MOST_TOUCHES}"
        for touch_s in self.touch:
            if not TOUCH_S[0] <= touch_s <= TOUCH_S[1]:
                yield f"touch = {touch_s:g}: a vibration lasts {TOUCH_S[0]:g} to {TOUCH_S[1]:g}"
        if self.pattern in SHORTEST_S:
            yield from self._train_faults()

    def _train_faults(self) -> Iterator[str]:
        shortest_s = SHORTEST_S[self.pattern]
        if not 1 <= len(self.on_s) <= MOST_BEATS:
            yield f"on_s has {len(self.on_s)} values: give 1 to {MOST_BEATS}"
        for on_s in self.on_s:
            if not shortest_s <= on_s <= LONGEST_BEAT_S:
                yield f"on_s = {on_s:g}: a {self.pattern} lasts {shortest_s:g} to {LONGEST_BEAT_S:g}"
        shortest_s = min(self.on_s, default=APART_S)
        if shortest_s + self.gap_s < APART_S:
            yield f"gap_s = {self.gap_s:g} with on_s = {shortest_s:g}: faster than 2 Hz; make both {APART_S:g}"
        if self.every_s and self.every_s < self.train_s:
            yield f"every_s = {self.every_s:g}: the train takes {self.train_s:g}; give at least that, or 0 for once"
        elif self.every_s and self.pattern == "blink" and self.every_s < (least_s := self._last_onset_s + REST_S):
            yield f"every_s = {self.every_s:g}: leaves no room for another cue to begin; give at least {least_s:g}"

    @property
    def train_s(self) -> float:
        """How long a train of pulses or blinks takes, with its last gap."""
        return sum(self.on_s) + self.gap_s * len(self.on_s)

    @property
    def _last_onset_s(self) -> float:
        """When the last beat of a train begins."""
        return sum(self.on_s[:-1]) + self.gap_s * (len(self.on_s) - 1)

    @property
    def visible_s(self) -> float:
        """How long an event with this cue is shown."""
        return self.lasts_s or self.train_s

    @property
    def take_over_s(self) -> float:
        """How long the fade from what was shown before takes."""
        return EDGE_S if self.pattern == "blink" else RAMP_S

    @property
    def exhale_from(self) -> float:
        """Share of a breath after which the exhale begins."""
        return self.up_s / (self.up_s + self.down_s)

    def level(self, age_s: float, phase: float) -> float:
        """Lightness at an age; phase 0..1 is the pacer's."""
        return self._shape(age_s, phase) * (patterns.fade(age_s, self.fade_s) if self.fade_s else 1.0)

    def _shape(self, age_s: float, phase: float) -> float:
        match self.pattern:
            case "breathe":
                return patterns.breathe(phase, self.low, self.high, self.exhale_from)
            case "swell":
                own = age_s / (self.up_s + self.down_s) % 1.0
                return patterns.breathe(own, self.low, self.high, self.exhale_from)
            case "rise":
                return patterns.rise(age_s, self.low, self.high, self.over_s)
            case "pulse" | "blink":
                return self._beat(age_s)
        return self.high if self.pattern == "steady" else 0.0

    def _beat(self, age_s: float) -> float:
        beat = patterns.beat(age_s, self.on_s, self.gap_s, self.every_s)
        if beat is None:
            return 0.0
        if self.pattern == "pulse":
            return patterns.pulse(beat[0], self.high, beat[1])
        return patterns.blink(beat[0], self.high, beat[1], EDGE_S if beat[1] >= 2 * EDGE_S else TICK_EDGE_S)

    def tint(self, age_s: float) -> Rgb:
        """Colour at an age."""
        colour = COLOURS[self.colour]
        if not self.turns_to:
            return colour
        return patterns.mix_colours(colour, COLOURS[self.turns_to], patterns.raised_cosine(age_s / self.turn_s))

    def onset_s(self, age_s: float) -> float:
        """Age at which the last blink began."""
        return patterns.onset_before(age_s, self.on_s, self.gap_s, self.every_s)


@dataclass(frozen=True, slots=True)
class SoundCue:
    """What the buzzer does: notes_hz (0 is a rest) of note_s each, first after_s after the cause.

    Repeated every every_s (0: once) at most times (0: no end). volume is 1..4; each repeat adds louder, up to limit.
    """

    notes_hz: tuple[float, ...]
    note_s: float = _between(0.25, 2, 0.25)
    after_s: float = _between(0, 600, 0.0)
    every_s: float = _between(0, 3600, 0.0)
    times: int = _between(0, 100, 1)
    volume: int = _between(1, STEPS, 1)
    louder: int = _between(0, STEPS, 0)
    limit: int = _between(1, STEPS, STEPS)

    def __post_init__(self) -> None:
        """Raise ConfigError with a line for each rule that is broken."""
        if lines := list(self._faults()):
            raise ConfigError("\n".join(lines))

    def _faults(self) -> Iterator[str]:
        if not 1 <= len(self.notes_hz) <= MOST_NOTES:
            yield f"notes_hz has {len(self.notes_hz)} values: give 1 to {MOST_NOTES}"
        for note_hz in self.notes_hz:
            if note_hz and not LOW_HZ <= note_hz <= HIGH_HZ:
                yield f"notes_hz = {note_hz:g}: give {LOW_HZ:g} to {HIGH_HZ:g}, or 0 for a rest"
        if 0 < self.every_s < CHIMES_APART_S:
            yield f"every_s = {self.every_s:g}: give at least {CHIMES_APART_S:g}, or 0 for once"
        if self.limit < self.volume:
            yield f"limit = {self.limit}: is below volume = {self.volume}; give at least that"

    def due_repeat(self, age_s: float) -> int | None:
        """Which repeat (0 the first) is the last that was due at an age; None before the first and after the last."""
        if age_s < self.after_s:
            return None
        turn = int((age_s - self.after_s) // self.every_s) if self.every_s else 0
        return turn if not self.times or turn < self.times else None

    def repeat_due_s(self, turn: int) -> float:
        """Age at which a repeat is due."""
        return self.after_s + turn * self.every_s

    def step(self, turn: int) -> int:
        """Volume of a repeat, 1..4."""
        return min(self.volume + turn * self.louder, self.limit)

"""One soft key: presses in, commands out. A person with closed eyes must not be able to do harm.

- What a press means is a table of the situation in which the key went down, and the gesture.
- Short and double differ by half a second of waiting. Three and more quick presses in a session are hammering: each of
  them is a discomfort press, never easing. A slow press is a short one.
- On an empty mat three and more quick presses are a menu: their number says what goes on to its next choice.
- Long presses count on release, so a stuck key does nothing but emit ButtonStuck. ButtonHeld marks the moment from
  which a release counts as long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from firmware.enums import Command, State
from firmware.events import ButtonHeld, ButtonStuck
from firmware.session.legality import Situation, situation_of


class KeyEdge(NamedTuple):
    """The key went down or came up, in seconds of frame time."""

    t_s: float
    down: bool


class TimedCommand(NamedTuple):
    """A command and its time, in seconds of frame time."""

    t_s: float
    command: Command


@dataclass(frozen=True, slots=True)
class PressSettings:
    """Seconds."""

    bounce_s: float = 0.03  # a contact stops bouncing within that
    short_s: float = 0.6  # a press below this may be the first of two
    double_s: float = 0.5  # between coming up and going down again
    long_s: float = 2.0
    very_long_s: float = 10.0
    stuck_s: float = 30.0

    def __post_init__(self) -> None:
        """Raise ValueError unless each length is above the one before."""
        lengths_s = (0.0, self.bounce_s, self.double_s, self.short_s, self.long_s, self.very_long_s, self.stuck_s)
        if any(later <= earlier for earlier, later in pairwise(lengths_s)):
            raise ValueError(f"{self}: give bounce < double < short < long < very_long < stuck")


class Gesture(StrEnum):
    """How the key was pressed."""

    SHORT = "short"
    DOUBLE = "double"
    MANY = "many"  # each press of a train of three and more
    LONG = "long"
    VERY_LONG = "very_long"


MEANING: Final[dict[tuple[Situation, Gesture], Command | None]] = {
    (Situation.EMPTY, Gesture.SHORT): Command.SHOW_STATE,
    (Situation.EMPTY, Gesture.DOUBLE): Command.ZERO,
    (Situation.EMPTY, Gesture.MANY): None,
    (Situation.EMPTY, Gesture.LONG): Command.SILENT,
    (Situation.EMPTY, Gesture.VERY_LONG): Command.SHUTDOWN,
    (Situation.BETWEEN, Gesture.SHORT): Command.SHOW_STATE,
    (Situation.BETWEEN, Gesture.DOUBLE): None,
    (Situation.BETWEEN, Gesture.MANY): None,
    (Situation.BETWEEN, Gesture.LONG): Command.SILENT,
    (Situation.BETWEEN, Gesture.VERY_LONG): None,
    (Situation.SESSION, Gesture.SHORT): Command.DISCOMFORT,
    (Situation.SESSION, Gesture.DOUBLE): Command.EASING,
    (Situation.SESSION, Gesture.MANY): Command.DISCOMFORT,
    (Situation.SESSION, Gesture.LONG): Command.END,
    (Situation.SESSION, Gesture.VERY_LONG): Command.END,
}
MENU: Final = {
    3: Command.NEXT_LENGTH,
    4: Command.NEXT_SOUND,
    5: Command.NIGHT,
    6: Command.NEXT_PERSON,
    7: Command.NEW_PERSON,
}  # by the number of presses on an empty mat
MOST_IN_TRAIN: Final = 10


class PressDecoder:
    """Edges in, commands out, one `step` a hop."""

    def __init__(self, settings: PressSettings | None = None) -> None:
        self._set = settings or PressSettings()
        self._raw: KeyEdge | None = None  # a change of level that may still bounce
        self._down_s: float | None = None
        self._up_s = 0.0
        self._situation = Situation.EMPTY
        self._train: list[float] = []  # when the quick presses so far went down
        self._reported_s = 0.0  # how long a hold has been reported
        self._stuck = False

    @property
    def idle(self) -> bool:
        """Whether a step without an edge does nothing."""
        return self._raw is None and self._down_s is None and not self._train

    def step(
        self, t_s: float, edges: Sequence[KeyEdge], state: State
    ) -> Iterator[TimedCommand | ButtonHeld | ButtonStuck]:
        """Yield commands and events of the key from the edges up to t_s, in order."""
        situation = situation_of(state)
        for edge in edges:
            yield from self._debounce(edge.t_s, situation)
            self._raw = None if edge.down == (self._down_s is not None) else edge
        yield from self._debounce(t_s, situation)
        if self._down_s is not None:
            yield from self._hold(t_s, self._down_s)
        elif self._raw is None and t_s - self._up_s > self._set.double_s:
            yield from self._end_train()

    def _debounce(self, t_s: float, situation: Situation) -> Iterator[TimedCommand | ButtonStuck]:
        """Accept a new level once it has stayed for bounce_s."""
        raw = self._raw
        if raw is None or t_s - raw.t_s < self._set.bounce_s:
            return
        self._raw = None
        down_s = self._down_s
        if down_s is not None:
            self._down_s, self._up_s = None, raw.t_s
            yield from self._release(down_s, raw.t_s - down_s)
            return
        if raw.t_s - self._up_s > self._set.double_s:
            yield from self._end_train()
        self._down_s, self._reported_s = raw.t_s, 0.0
        if not self._train:
            self._situation = situation

    def _release(self, down_s: float, held_s: float) -> Iterator[TimedCommand | ButtonStuck]:
        if held_s < self._set.short_s:
            self._train = [*self._train, down_s][-MOST_IN_TRAIN:]
            return
        yield from self._end_train()
        if self._stuck:
            self._stuck = False
            yield ButtonStuck(self._up_s, stuck=False)
        elif held_s < self._set.stuck_s:
            long = Gesture.VERY_LONG if held_s >= self._set.very_long_s else Gesture.LONG
            yield from self._emit(down_s, long if held_s >= self._set.long_s else Gesture.SHORT)

    def _hold(self, t_s: float, down_s: float) -> Iterator[ButtonHeld | ButtonStuck]:
        held_s = t_s - down_s
        if held_s >= self._set.stuck_s:
            if not self._stuck:
                self._stuck = True
                yield ButtonStuck(t_s, stuck=True)
            return
        longer_s = (self._set.very_long_s,) if self._situation is Situation.EMPTY else ()
        for mark_s in (self._set.long_s, *longer_s):
            if self._reported_s < mark_s <= held_s:
                yield ButtonHeld(t_s, mark_s)
        self._reported_s = held_s

    def _end_train(self) -> Iterator[TimedCommand]:
        train, self._train = self._train, []
        if len(train) <= 2:  # noqa: PLR2004 - short or double
            if train:
                yield from self._emit(train[0], Gesture.SHORT if len(train) == 1 else Gesture.DOUBLE)
            return
        if self._situation is Situation.EMPTY and len(train) in MENU:
            yield TimedCommand(train[0], MENU[len(train)])
            return
        for down_s in train:
            yield from self._emit(down_s, Gesture.MANY)

    def _emit(self, down_s: float, gesture: Gesture) -> Iterator[TimedCommand]:
        command = MEANING[self._situation, gesture]
        if command is not None:
            yield TimedCommand(down_s, command)

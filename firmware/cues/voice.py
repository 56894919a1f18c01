"""The buzzer: which melody sounds, how loud, and that none comes twice for one cause."""

from collections.abc import Mapping
from typing import NamedTuple

from firmware.cues import patterns
from firmware.cues.cue import STEPS, Sound
from firmware.cues.table import Chime

LATE_S = 0.5  # a chime that could not sound when it was due is left out, never caught up


class Playing(NamedTuple):
    """A melody that began at start_s with a volume step of 1..4."""

    chime: Chime
    start_s: float
    step: int


class Voice:
    """Melodies over frame time. volume is a factor from 0 to 1 on all of them."""

    def __init__(self, sounds: Mapping[Chime, Sound], volume: float) -> None:
        self.sounds = sounds
        self._volume = volume
        self._playing: Playing | None = None
        self._turns: dict[Chime, int] = {}

    @property
    def playing(self) -> bool:
        """Whether a melody has begun and was not stopped; it may be over."""
        return self._playing is not None

    def new_session(self) -> None:
        """Forget which repeats have been due."""
        self._turns.clear()

    def follow(self, t_s: float, chime: Chime | None, age_s: float, limit: int) -> bool:
        """Sound the chime of the state when a repeat is due at that age; stop what belongs to another state."""
        if self._playing is not None and self._playing.chime not in (chime, Chime.STOP_ADVISED):
            self._playing = None
        if chime is None:
            return False
        turn = self.sounds[chime].due(age_s)
        if turn is None or (chime in self._turns and turn <= self._turns[chime]):
            return False
        self._turns[chime] = turn
        return age_s - self.sounds[chime].due_s(turn) < LATE_S and self.start(t_s, chime, limit, turn)

    def start(self, t_s: float, chime: Chime, limit: int, turn: int) -> bool:
        """Sound a melody now, no louder than a limit of 0 (not at all) to 4; return whether it sounds."""
        if limit:
            self._playing = Playing(chime, t_s, min(self.sounds[chime].step(turn), limit))
        return limit > 0

    def at(self, t_s: float) -> tuple[float | None, float]:
        """Return frequency in hertz (None is silence) and volume 0..1."""
        if self._playing is None:
            return None, 0.0
        sound = self.sounds[self._playing.chime]
        sounding = patterns.note(t_s - self._playing.start_s, sound.notes_hz, sound.note_s)
        if sounding is None:
            return None, 0.0
        return sounding[0], sounding[1] * self._playing.step / STEPS * self._volume

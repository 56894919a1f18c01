"""The buzzer: which melody sounds, how loud, and that none comes twice for one cause."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from firmware.cues import patterns
from firmware.cues.cue import SoundCue
from firmware.cues.pacer import Pacer
from firmware.cues.table import Chime

LATE_S: Final = 0.5  # a chime that could not sound when it was due is left out, never caught up
LEAD_S: Final = 0.25  # a melody starts so long after its hop: frames arrive late, and no note may lose its beginning
WAVE_HZ: Final = 220.0  # far below the resonance of a piezo, so the quietest
LOUDNESS: Final = (0.25, 0.4, 0.63, 1.0)  # of the four steps, 4 dB each


class PlayingMelody(NamedTuple):
    """A melody that starts at start_s; volume 0..1. It never changes, so any thread may render it."""

    chime: Chime
    sound: SoundCue
    start_s: float
    volume: float

    def at(self, t_s: float) -> tuple[float | None, float]:
        """Return frequency in hertz (None is silence) and volume 0..1."""
        sounding = patterns.melody_note(t_s - self.start_s, self.sound.notes_hz, self.sound.note_s)
        return (None, 0.0) if sounding is None else (sounding[0], sounding[1] * self.volume)


class PacerWave(NamedTuple):
    """A tone that swells while the pacer breathes in and sinks while it breathes out; silent around its turn.

    One low pitch, so that nothing but its loudness changes; volume 0..1 is that of its crest.
    """

    pacer: Pacer
    exhale_from: float
    volume: float

    def at(self, t_s: float) -> tuple[float | None, float]:
        """Return frequency in hertz (None is silence) and volume 0..1."""
        if t_s < self.pacer.start_s:
            return None, 0.0
        loudness = patterns.breathe(self.pacer.phase(t_s), 0.0, 1.0, self.exhale_from)
        return (WAVE_HZ, self.volume * loudness) if loudness >= patterns.FLOOR else (None, 0.0)


class Voice:
    """Melodies over frame time. volume is a factor from 0 to 1 on all of them, loudness the volume of each step."""

    def __init__(self, sounds: Mapping[Chime, SoundCue], volume: float, loudness: tuple[float, ...] = LOUDNESS) -> None:
        self.sounds = sounds
        self.volume = volume
        self._steps = loudness
        self.playing: PlayingMelody | None = None  # began and was not stopped; it may be over
        self._turns: dict[Chime, int] = {}

    @property
    def _loudness(self) -> tuple[float, ...]:
        return tuple(self.volume * step for step in self._steps)

    def new_session(self) -> None:
        """Forget which repeats have been due."""
        self._turns.clear()

    def wave(self, pacer: Pacer, exhale_from: float) -> PacerWave:
        """Return the sound of the pacer, at the quietest step."""
        return PacerWave(pacer, exhale_from, self._loudness[0])

    def follow(self, t_s: float, chime: Chime | None, age_s: float, limit: int) -> bool:
        """Sound the chime of the state when a repeat is due at that age; stop what belongs to another state."""
        if self.playing is not None and self.playing.chime not in (chime, Chime.STOP_ADVISED, Chime.CHOICE):
            self.playing = None
        if chime is None:
            return False
        turn = self.sounds[chime].due_repeat(age_s)
        if turn is None or (chime in self._turns and turn <= self._turns[chime]):
            return False
        self._turns[chime] = turn
        return age_s - self.sounds[chime].repeat_due_s(turn) < LATE_S and self.start(t_s, chime, limit, turn)

    def start(self, t_s: float, chime: Chime, limit: int, turn: int = 0, *, times: int = 1) -> bool:
        """Start a melody so many times in a row, no louder than a limit of 0 (not at all) to 4.

        Returns whether it sounds.
        """
        if limit:
            sound = self.sounds[chime]
            step = min(sound.step(turn), limit)
            if times > 1:
                sound = replace(sound, notes_hz=(*sound.notes_hz, 0.0) * (times - 1) + sound.notes_hz)
            self.playing = PlayingMelody(chime, sound, t_s + LEAD_S, self._loudness[step - 1])
        return limit > 0

    def at(self, t_s: float) -> tuple[float | None, float]:
        """Return frequency in hertz (None is silence) and volume 0..1."""
        return (None, 0.0) if self.playing is None else self.playing.at(t_s)

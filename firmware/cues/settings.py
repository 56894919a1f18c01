"""Settings of light and sound."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from firmware.cues.cue import STEPS
from firmware.cues.voice import LOUDNESS


class SoundMode(StrEnum):
    """How much may sound."""

    NORMAL = "normal"
    QUIET = "quiet"  # every chime at the lowest volume
    SILENT = "silent"


class OutputLevels(NamedTuple):
    """What may sound, and the factors from 0 to 1 on all light and all sound."""

    mode: SoundMode
    brightness: float
    volume: float


@dataclass(frozen=True, slots=True)
class CueSettings:
    """Factors from 0 to 1 on all light and all sound, the mode at the start, and whether the pod has a motor.

    loudness: the volume, 0 to 1, of each of the four steps, as set by the listening test. pacer_sound:
    whether the breath of the pacer can be heard, very quietly.
    """

    brightness: float = 1.0
    volume: float = 1.0
    mode: SoundMode = SoundMode.NORMAL
    touch: bool = False
    loudness: tuple[float, ...] = LOUDNESS
    pacer_sound: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a factor that would make anything brighter or louder than its cue."""
        for name in ("brightness", "volume"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} is {value}, but must be 0..1")
        steps = (0.0, *self.loudness, 1.0)
        if len(self.loudness) != STEPS or list(steps) != sorted(steps):
            raise ValueError(f"loudness is {self.loudness}, but must be {STEPS} rising values of 0..1")

"""Where the frames come from. A file of its own: the service needs it and imports nothing that draws."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameOrigin:
    """Where the frames come from; speed None is real, 0 as fast as possible."""

    simulated: bool = False
    speed: float = 1.0

"""A timer for light and sound: they do not wait for frames, and end by themselves when frames stop."""

import threading
from typing import Final, Protocol

from firmware.clock import Clock
from firmware.ports import Rendering
from firmware.view import Output

PERIOD_S: Final = 0.01  # a ramp of 52 L* in a second has no step over 0.9; a note of 250 ms is right to 4 %


class OutputPins(Protocol):
    """The pins of the pod."""

    def set(self, output: Output) -> None:
        """Set light, buzzer and motor."""
        ...

    def close(self) -> None:
        """Everything off."""
        ...


class OutputTimer:
    """Renders the newest rendering every PERIOD_S in a thread of its own. An Outputs of the daemon."""

    def __init__(self, pins: OutputPins, clock: Clock) -> None:
        self._pins, self._clock = pins, clock
        self._rendering: Rendering | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pod", daemon=True)
        self._thread.start()

    def show(self, rendering: Rendering) -> None:
        """Show this from now on."""
        self._rendering = rendering

    def close(self) -> None:
        """Stop the timer, then switch everything off."""
        self._ended.set()
        self._thread.join()
        self._pins.close()

    def _run(self) -> None:
        while not self._ended.wait(PERIOD_S):
            rendering = self._rendering
            if rendering is not None:
                self._pins.set(rendering.at(self._clock.boottime_ns()))

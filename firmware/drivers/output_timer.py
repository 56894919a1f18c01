"""A timer for light and sound: they do not wait for frames, and end by themselves when frames stop."""

import threading
from contextlib import suppress
from typing import Final, Protocol

from firmware.clock import Clock
from firmware.ports import Rendering
from firmware.supervisor import Worker
from firmware.view import DARK, Output

JOIN_S: Final = 2.0
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
        self._worker = Worker("pod", self._run, clock).start()

    @property
    def fault(self) -> str | None:
        """Why light and sound stand still."""
        return self._worker.fault

    def show(self, rendering: Rendering) -> None:
        """Show this from now on."""
        self._rendering = rendering

    def close(self) -> None:
        """Stop the timer, then switch everything off."""
        self._ended.set()
        self._worker.close(JOIN_S)
        self._pins.close()

    def _run(self) -> None:
        try:
            while not self._ended.wait(PERIOD_S):
                rendering = self._rendering
                if rendering is not None:
                    self._pins.set(rendering.at(self._clock.boottime_ns()))
        except Exception:
            with suppress(Exception):  # a note must not sound on while the thread waits to run again
                self._pins.set(DARK)
            raise

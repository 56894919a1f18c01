"""Light, buzzer and button of the pod, through gpiozero. Outputs are off at start, on close and at exit."""

import atexit
import contextlib
import warnings
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from gpiozero import PWMLED, Button, TonalBuzzer
from gpiozero.exc import BadPinFactory, PinFactoryFallback

from firmware.clock import Clock, SystemClock
from firmware.errors import DriverError
from firmware.frames import ButtonEdge
from firmware.view import DARK, Output

if TYPE_CHECKING:
    from gpiozero.pins import Factory

    from hardware.board import Board

DUTY_MAX: Final = 0.10  # a piezo at 440..523 Hz is quiet at a duty of 2..10 %; 50 % is its full volume
EDGES_MAX: Final = 64
DUTY_DIGITS: Final = 3  # digits of a duty; a smaller change is not written


class PodPins:
    """Light, buzzer and button of a board; parts that the board lacks are left out.

    factory is a gpiozero pin factory, None for the default. Raises DriverError when a pin is not available.
    """

    def __init__(self, board: "Board", factory: "Factory | None" = None, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._edges: deque[ButtonEdge] = deque(maxlen=EDGES_MAX)
        self.edges_dropped = 0
        self.fault: str | None = None  # why light or buzzer failed; timing continues without them
        self._devices: list[Any] = []  # gpiozero has no types
        self._shown = DARK
        self._open = True
        atexit.register(self.close)

        def led(pin: int) -> Any:  # noqa: ANN401 - gpiozero has no types
            return PWMLED(pin, initial_value=0, pin_factory=factory)

        self._leds = [self._make("light", pin, led) for pin in (board.red_bcm, board.green_bcm, board.blue_bcm)]
        self._buzzer = self._make("buzzer", board.buzzer_bcm, lambda pin: TonalBuzzer(pin, pin_factory=factory))
        self._button = self._make(
            "button", board.button_bcm, lambda pin: Button(pin, pull_up=True, pin_factory=factory)
        )
        if self._button is not None:
            self._button.when_pressed = lambda: self._edge(down=True)
            self._button.when_released = lambda: self._edge(down=False)

    def _make(self, what: str, pin: int | None, make: Callable[[int], Any]) -> Any:  # noqa: ANN401 - gpiozero has no types
        if pin is None:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", PinFactoryFallback)  # any factory will do; none raises BadPinFactory
                device = make(pin)
        except BadPinFactory as error:
            self.close()
            raise DriverError(
                f"pod: no access to the pins of this machine ({error}): install python3-lgpio, or leave the {what} out"
            ) from error
        except Exception as error:  # backends of gpiozero raise different types
            self.close()
            raise DriverError(
                f"pod: the {what} on BCM {pin} cannot be used ({error}): free the pin, or leave it out of the board"
            ) from error
        self._devices.append(device)
        return device

    def show(self, output: Output) -> None:
        """Set light and buzzer; a repeated output is skipped. An error is stored in fault, never raised."""
        if output == self._shown or not self._open:
            return
        self._shown = output
        try:
            for led, level in zip(self._leds, (output.red, output.green, output.blue), strict=True):
                if led is not None and led.value != (duty := round(level, DUTY_DIGITS)):
                    led.value = duty
            if self._buzzer is not None:
                self._sound(output.tone_hz, round(output.volume * DUTY_MAX, DUTY_DIGITS))
        except Exception as error:  # noqa: BLE001 - a broken lamp must not stop the timing of a session
            self.fault = f"pod: light and buzzer failed ({error}): check the cable of the pod"

    def _sound(self, tone_hz: float | None, duty: float) -> None:
        pwm = self._buzzer.pwm_device
        if tone_hz is None or not duty:
            if pwm.frequency is not None:
                pwm.value = 0
                self._buzzer.stop()
            return
        if pwm.frequency != tone_hz:
            pwm.frequency = tone_hz
        pwm.value = duty

    def _edge(self, *, down: bool) -> None:
        """Callback in the thread of gpiozero: only queues the time."""
        self.edges_dropped += len(self._edges) == EDGES_MAX
        self._edges.append(ButtonEdge(self._clock.boottime_ns(), down))

    def edges(self) -> tuple[ButtonEdge, ...]:
        """Return the edges of the button since the last call, oldest first."""
        return tuple(self._edges.popleft() for _ in range(len(self._edges)))

    def close(self) -> None:
        """Switch light and buzzer off and release the pins; a second call does nothing."""
        if not self._open:
            return
        self._open = False
        atexit.unregister(self.close)
        for device in self._devices:
            with contextlib.suppress(Exception):  # the others must still be switched off
                if not isinstance(device, Button):
                    device.value = None if isinstance(device, TonalBuzzer) else 0
            with contextlib.suppress(Exception):
                device.close()


def all_off(board: "Board", factory: "Factory | None" = None) -> None:
    """Switch light and buzzer off, after a crash for example. Raises DriverError when a pin is not available."""
    PodPins(board, factory).close()

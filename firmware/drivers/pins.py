"""The pod in the hand: light, buzzer, motor and button through gpiozero. All off at start, on close and at exit."""

import atexit
import contextlib
import os
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from gpiozero import PWMLED, Button, Device, DigitalOutputDevice, TonalBuzzer
from gpiozero.exc import BadPinFactory, PinFactoryFallback

from firmware.clock import Clock, SystemClock
from firmware.drivers.fine_pwm import with_fine_pwm
from firmware.drivers.kernel_pwm import OpenChannel, channels_of
from firmware.errors import DriverError
from firmware.frames import ButtonEdge
from firmware.ports import Rendering
from firmware.view import DARK, Output

if TYPE_CHECKING:
    from gpiozero.pins import Factory

    from hardware.board import Board

DUTY_MAX: Final = 0.10  # a piezo at 440..523 Hz is quiet at a duty of 2..10 %; 50 % is its full volume
EDGES_MAX: Final = 64
DUTY_DIGITS: Final = 4  # of a light: steps of 0.25 us, at most 0.1 L*; lgpio has 1 us
TONE_HZ: Final = 440.0  # of a channel of the kernel before its first note
LIGHT_HZ: Final = 400  # flicker of a dim light is not seen, and software PWM can still give it
SOUND_DIGITS: Final = 3  # steps of 0.1 %
SOUND_DUTY_LEAST: Final = 0.005  # 11 us at 440 Hz: below it a piezo only clicks


class PodPins:
    """Light, buzzer, motor and button of a board; parts that the board lacks are left out.

    factory is a gpiozero pin factory, None for the default. channels are the parts that the kernel's PWM drives, by
    their names in the settings. Raises DriverError when a pin or a channel is not available.
    """

    def __init__(
        self,
        board: "Board",
        factory: "Factory | None" = None,
        clock: Clock | None = None,
        channels: "Mapping[str, OpenChannel] | None" = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._gain = board.light_gain
        self._channels = channels or {}
        self._edges: deque[ButtonEdge] = deque(maxlen=EDGES_MAX)
        self.edges_dropped = 0
        self.fault: str | None = None  # why light or buzzer failed; timing continues without them
        self._devices: list[Any] = []  # gpiozero has no types
        self._shown = DARK
        self._duties = [0.0, 0.0, 0.0]
        self._sounding: tuple[float, float] | None = None
        self._touching = False
        self._open = True
        atexit.register(self.close)
        if factory is None:
            lead_lgpio_to_writable_folder(os.environ, writable=os.access(".", os.W_OK))

        def led(pin: int) -> Any:  # noqa: ANN401 - gpiozero has no types
            return PWMLED(pin, initial_value=0, frequency=LIGHT_HZ, pin_factory=with_fine_pwm(factory or found()))

        def found() -> Any:  # noqa: ANN401 - gpiozero has no types
            return Device().pin_factory  # Device.ensure_pin_factory is missing in gpiozero 1.6, which Debian trixie has

        colours = {"red": board.red_bcm, "green": board.green_bcm, "blue": board.blue_bcm}
        self._leds = [self._make("light", pin, self._driven(name, LIGHT_HZ, led)) for name, pin in colours.items()]
        buzzer = self._driven("buzzer", TONE_HZ, lambda pin: TonalBuzzer(pin, pin_factory=factory))
        self._buzzer = self._make("buzzer", board.buzzer_bcm, buzzer)
        self._motor = self._make("motor", board.motor_bcm, lambda pin: DigitalOutputDevice(pin, pin_factory=factory))
        self._button = self._make(
            "button", board.button_bcm, lambda pin: Button(pin, pull_up=True, pin_factory=factory)
        )
        if self._button is not None:
            self._button.when_pressed = lambda: self._edge(down=True)
            self._button.when_released = lambda: self._edge(down=False)

    def _driven(self, name: str, hertz: float, by_gpiozero: Callable[[int], Any]) -> Callable[[int], Any]:
        """Return how a part is made: by the kernel's PWM where the settings name a channel for it."""
        channel = self._channels.get(name)
        return by_gpiozero if channel is None else lambda _: channel(hertz)

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
        except DriverError:
            self.close()
            raise
        except Exception as error:  # backends of gpiozero raise different types
            self.close()
            raise DriverError(
                f"pod: the {what} on BCM {pin} cannot be used ({error}): free the pin, or leave it out of the board"
            ) from error
        self._devices.append(device)
        return device

    def show(self, rendering: Rendering) -> None:
        """Set the pins to the moment of a rendering, without a timer; for simulated time."""
        self.set(rendering.at(rendering.made_ns))

    def set(self, output: Output) -> None:
        """Set light, buzzer and motor; a repeated value costs no call. A failure is kept in fault, never raised."""
        if output == self._shown or not self._open:
            return
        self._shown = output
        try:
            for turn, (led, level) in enumerate(zip(self._leds, (output.red, output.green, output.blue), strict=True)):
                duty = round(min(level * self._gain, 1.0), DUTY_DIGITS)
                if led is not None and self._duties[turn] != duty:
                    self._duties[turn] = led.value = duty
            if self._buzzer is not None:
                self._sound(output.tone_hz, output.volume * DUTY_MAX)
            if self._motor is not None and self._touching != output.touch:
                self._touching = self._motor.value = output.touch
        except Exception as error:  # noqa: BLE001 - a broken lamp must not stop the timing of a session
            self.fault = f"pod: light and buzzer failed ({error}): check the cable of the pod"

    def _sound(self, tone_hz: float | None, duty: float) -> None:
        sound = (tone_hz, round(max(duty, SOUND_DUTY_LEAST), SOUND_DIGITS)) if tone_hz and duty else None
        before, self._sounding = self._sounding, sound
        if sound == before:
            return
        pwm = self._buzzer.pwm_device
        if sound is None:
            pwm.value = 0
            self._buzzer.stop()
            return
        if before is None or before[0] != sound[0]:
            pwm.frequency = sound[0]
        pwm.value = sound[1]

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


def lead_lgpio_to_writable_folder(environment: MutableMapping[str, str], *, writable: bool) -> None:
    """Set LG_WD where the current folder is not writable: lgpio makes a pipe there and cannot be imported without it.

    The service has its own folder; this is for a command that runs as its user from the home of another one.
    """
    if not writable:
        with contextlib.suppress(FileNotFoundError):  # read-only throughout: lgpio says what is wrong
            environment.setdefault("LG_WD", tempfile.gettempdir())


def open_pod(board: "Board", hardware_pwm: str) -> PodPins:
    """Open the pod of this machine; hardware_pwm is the option of the settings. Raises DriverError."""
    return PodPins(board, channels=channels_of(hardware_pwm))


def all_off(
    board: "Board", factory: "Factory | None" = None, channels: "Mapping[str, OpenChannel] | None" = None
) -> None:
    """Switch light and buzzer off, after a crash for example. Raises DriverError when a pin is not available."""
    PodPins(board, factory, channels=channels).close()

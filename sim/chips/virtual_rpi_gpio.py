"""A virtual RPi.GPIO in front of virtual wires, faithful in what the firmware and gpiozero use of version 0.7.1.

`module()` returns a module object for the backend; `installed` puts it in the place of the real package, so that
gpiozero's own factory finds it.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Final

from firmware.drivers.lines import Lines
from hardware.board import Board

BCM_PINS: Final = range(28)
RPI_GPIO_CONSTANTS: Final[dict[str, int]] = {
    "LOW": 0, "HIGH": 1, "OUT": 0, "IN": 1, "BOARD": 10, "BCM": 11, "PUD_OFF": 20, "PUD_DOWN": 21, "PUD_UP": 22,
    "RISING": 31, "FALLING": 32, "BOTH": 33, "SERIAL": 40, "SPI": 41, "I2C": 42, "HARD_PWM": 43, "UNKNOWN": -1,
}  # fmt: skip
Channels = int | Sequence[int]


class VirtualPwm:
    """The software PWM of a pin: duty in percent, 0 while stopped."""

    def __init__(self, frequency_hz: float) -> None:
        """Make it, stopped."""
        self.frequency_hz = frequency_hz
        self.duty = 0.0
        self.running = False

    def start(self, duty: float) -> None:
        """Start it."""
        self.running = True
        self.ChangeDutyCycle(duty)

    def ChangeDutyCycle(self, duty: float) -> None:  # noqa: N802 - the package's own name
        """Set the share of time the pin is high."""
        if not 0.0 <= duty <= 100.0:  # noqa: PLR2004 - percent
            raise ValueError("dutycycle must have a value from 0.0 to 100.0")
        self.duty = duty

    def ChangeFrequency(self, frequency_hz: float) -> None:  # noqa: N802 - the package's own name
        """Set the frequency."""
        if frequency_hz <= 0.0:
            raise ValueError("frequency must be greater than 0.0")
        self.frequency_hz = frequency_hz

    def stop(self) -> None:
        """End; the pin stays low."""
        self.duty = 0.0
        self.running = False


class VirtualRpiGpio:
    """The pins of one process. levels holds the levels of outputs, pull the pulls of inputs.

    Data and clock pins of the board lead to lines; press and release a button with `outside`.
    """

    def __init__(self, board: Board | None = None, lines: Lines | None = None) -> None:
        """Connect the lines of a board to its pins; with neither, all pins are open."""
        self.levels: dict[int, int] = {}
        self.pull: dict[int, int] = {}
        self.function: dict[int, int] = {}
        self.pwm: dict[int, VirtualPwm] = {}
        self.calls = 0
        self._outside: dict[int, int] = {}
        self._callbacks: dict[int, Callable[[int], None]] = {}
        self._mode: int | None = None
        self._lines = lines
        self._cell = {cell.dout_bcm: cell.index for cell in board.cells} if board else {}
        self._bank = {bcm: bank for bank, bcm in enumerate(board.sck_bcm)} if board else {}

    def setmode(self, mode: int) -> None:
        """Choose the numbering, once."""
        if self._mode not in (None, mode):
            raise ValueError("A different mode has already been set!")
        self._mode = mode

    def setwarnings(self, _on: object) -> None:
        """Warnings are not simulated."""

    def setup(self, channel: Channels, direction: int, pull_up_down: int = 20, initial: int = -1) -> None:
        """Make pins inputs or outputs."""
        for pin in _pins(channel):
            self._check(pin)
            if direction == RPI_GPIO_CONSTANTS["OUT"]:
                if pull_up_down != RPI_GPIO_CONSTANTS["PUD_OFF"]:
                    raise ValueError("pull_up_down parameter is not valid for outputs")
                self.function[pin] = direction
                if initial >= 0:
                    self._drive(pin, initial)
            else:
                self.function[pin] = direction
                self.pull[pin] = pull_up_down
                self.levels.pop(pin, None)

    def input(self, pin: int) -> int:
        """Return the level of a pin."""
        self.calls += 1
        if pin not in self.function:
            raise RuntimeError("You must setup() the GPIO channel first")
        if pin in self._cell and self._lines is not None:
            return self._lines.read_all() >> self._cell[pin] & 1
        pulled = int(self.pull.get(pin) == RPI_GPIO_CONSTANTS["PUD_UP"])
        return self.levels.get(pin, self._outside.get(pin, pulled))

    def output(self, channel: Channels, level: object) -> None:
        """Drive pins."""
        self.calls += 1
        for pin in _pins(channel):
            if self.function.get(pin) != RPI_GPIO_CONSTANTS["OUT"]:
                raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
            self._drive(pin, int(bool(level)))

    def cleanup(self, channel: Channels | None = None) -> None:
        """Make pins inputs again: these, or all that were set up."""
        for pin in list(self.function) if channel is None else _pins(channel):
            for known in (self.function, self.levels, self.pull, self.pwm, self._callbacks):
                known.pop(pin, None)
        if channel is None:
            self._mode = None

    def gpio_function(self, pin: int) -> int:
        """Return the function of a pin."""
        return self.function.get(pin, RPI_GPIO_CONSTANTS["IN"])

    def add_event_detect(
        self, pin: int, _edge: int, callback: Callable[[int], None] | None = None, bouncetime: int = -666
    ) -> None:
        """Call back when the level changes from outside."""
        if pin in self._callbacks:
            raise RuntimeError("Conflicting edge detection already enabled for this GPIO channel")
        if bouncetime <= 0 and bouncetime != -666:  # noqa: PLR2004 - the package's word for none
            raise ValueError("Bouncetime must be greater than 0")
        if callback is not None:
            self._callbacks[pin] = callback

    def remove_event_detect(self, pin: int) -> None:
        """Stop calling back."""
        self._callbacks.pop(pin, None)

    def PWM(self, pin: int, frequency_hz: float) -> VirtualPwm:  # noqa: N802 - the package's own name
        """Make a software PWM. The real package rejects a second one until the first is deleted; here, stopped."""
        if pin in self.pwm and self.pwm[pin].running:
            raise RuntimeError("A PWM object already exists for this GPIO channel")
        if self.function.get(pin) != RPI_GPIO_CONSTANTS["OUT"]:
            raise RuntimeError("You must setup() the GPIO channel as an output first")
        self.pwm[pin] = VirtualPwm(frequency_hz)
        return self.pwm[pin]

    def outside(self, pin: int, level: int) -> None:
        """Drive a pin from outside: a pressed button to ground is 0."""
        self._outside[pin] = level
        if pin in self._callbacks:
            self._callbacks[pin](pin)

    def _check(self, pin: int) -> None:
        if self._mode is None:
            raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD) or GPIO.setmode(GPIO.BCM)")
        if pin not in BCM_PINS:
            raise ValueError("The channel sent is invalid on a Raspberry Pi")

    def _drive(self, pin: int, level: int) -> None:
        self.levels[pin] = level
        if pin in self._bank and self._lines is not None:
            self._lines.set_sck(self._bank[pin], level=bool(level))


def rpi_gpio_module(pins: VirtualRpiGpio) -> ModuleType:
    """Return the pins in the shape of the RPi.GPIO module."""
    made = ModuleType("RPi.GPIO", "virtual")
    vars(made).update(RPI_GPIO_CONSTANTS, VERSION="0.7.1")
    for name in dir(pins):
        if not name.startswith("_") and callable(getattr(pins, name)):
            setattr(made, name, getattr(pins, name))
    return made


@contextmanager
def rpi_gpio_installed(pins: VirtualRpiGpio) -> Iterator[None]:
    """Let `from RPi import GPIO` find the virtual module; restore the real one afterwards."""
    package = ModuleType("RPi", "virtual")
    package.GPIO = rpi_gpio_module(pins)  # type: ignore[attr-defined]
    kept = {name: sys.modules.get(name) for name in ("RPi", "RPi.GPIO", "gpiozero.pins.rpigpio")}
    sys.modules.pop("gpiozero.pins.rpigpio", None)
    sys.modules |= {"RPi": package, "RPi.GPIO": package.GPIO}
    try:
        yield
    finally:
        for name, before in kept.items():
            sys.modules.pop(name, None)
            if before is not None:
                sys.modules[name] = before


def _pins(channel: Channels) -> Sequence[int]:
    return (channel,) if isinstance(channel, int) else channel

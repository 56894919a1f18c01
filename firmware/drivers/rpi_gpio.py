"""Lines through the RPi.GPIO package: Raspberry Pi Zero to 4, for systems without a GPIO device.

It writes registers through /dev/gpiomem, one pin a call, so a sample of all lines needs one call per cell: about
0.06 ms on a Zero 2 W. That is enough at 10 samples a second on any board; at 80 the character device is better.
"""

from types import ModuleType
from typing import Any, Final

from firmware.clock import Clock, SystemClock
from firmware.drivers.extras import how_to_install
from firmware.errors import DriverError
from hardware.board import Board

USE_DEVICE: Final = "use backend gpiochip, which needs no package"


def load_package() -> ModuleType:
    """Return the RPi.GPIO module.

    Raises:
        DriverError: it is not installed, it does not support this computer, or rpi-lgpio replaces it.
    """
    try:
        from RPi import GPIO as package  # noqa: N811, PLC0415 - its own name; it refuses to be imported off a Pi
    except ImportError as error:
        raise DriverError(f"RPi.GPIO is not installed: {USE_DEVICE}; or {how_to_install('rpi-gpio')}") from error
    except RuntimeError as error:
        raise DriverError(f"RPi.GPIO does not run here ({error}): {USE_DEVICE}") from error
    module: ModuleType = package
    reject_lgpio(module)
    return module


def reject_lgpio(package: ModuleType) -> None:
    """Reject the replacement that uses lgpio.

    Its calls take 40 to 80 us each on a Zero 2 W (waveform80/rpi-lgpio, thread 2), and a clock line that is high for
    60 us powers an HX711 down. It is good enough for light, buzzer and button.

    Raises:
        DriverError: the package is rpi-lgpio.
    """
    if hasattr(package, "lgpio"):
        raise DriverError(
            "the RPi.GPIO here is rpi-lgpio, whose pulses of over 100 us power an HX711 down (limit 60 us): "
            + USE_DEVICE
        )


class RpiGpioLines:
    """Lines of a board through RPi.GPIO. package is the module or an equivalent."""

    def __init__(self, board: Board, package: Any = None, clock: Clock | None = None) -> None:  # noqa: ANN401 - no types
        """Set up the lines: data as inputs with pull-up, so that a missing board is never ready; clocks low.

        Raises:
            DriverError: no package, or it rejects a pin.
        """
        gpio = package if package is not None else load_package()
        reject_lgpio(gpio)
        self._gpio = gpio
        self._clock = clock or SystemClock()
        self._sck = board.sck_bcm
        self._data = tuple((cell.dout_bcm, 1 << cell.index) for cell in board.cells)
        self._input, self._output = gpio.input, gpio.output
        self._pins: list[int] = []
        try:
            gpio.setwarnings(0)
            gpio.setmode(gpio.BCM)
            for pin in self._sck:
                gpio.setup(pin, gpio.OUT, initial=gpio.LOW)
                self._pins.append(pin)
            for pin, _ in self._data:
                gpio.setup(pin, gpio.IN, pull_up_down=gpio.PUD_UP)
                self._pins.append(pin)
        except (RuntimeError, ValueError, OSError) as error:
            self.close()
            raise DriverError(f"RPi.GPIO cannot set up the pins of the cells ({error}): {USE_DEVICE}") from error

    def read_all(self) -> int:
        """Levels of all data lines, bit i = cell i. The first and the last are some tens of microseconds apart."""
        word = 0
        read = self._input
        for pin, bit in self._data:
            if read(pin):
                word |= bit
        return word

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Drive the clock line of a bank."""
        self._output(self._sck[bank], level)

    def now_ns(self) -> int:
        """Nanoseconds since power-on (CLOCK_BOOTTIME)."""
        return self._clock.boottime_ns()

    def sleep_ns(self, duration_ns: int) -> None:
        """Wait."""
        self._clock.sleep_s(duration_ns * 1e-9)

    def close(self) -> None:
        """Drive the clock lines low, then make all our pins inputs; other pins of this process are not touched."""
        pins, self._pins = self._pins, []
        for pin in pins:
            if pin in self._sck:
                self._output(pin, self._gpio.LOW)
        if pins:
            self._gpio.cleanup(pins)

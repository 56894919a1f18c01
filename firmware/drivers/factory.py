"""Selection of the line backend; the only file that knows the backends by name.

The GPIO character device is the default: it needs no package and works on every Raspberry Pi. RPi.GPIO is the fallback
on systems without it. The adafruit package must be selected in the settings: it is slow, and needs a clock line for
every chip.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from firmware.drivers import gpio_device
from firmware.drivers.adafruit import AdafruitLines
from firmware.drivers.bank import banks_of
from firmware.drivers.gpiochip import GpiochipLines
from firmware.drivers.hx711 import BankReader
from firmware.drivers.lines import Lines
from firmware.drivers.readout import Readout
from firmware.drivers.rpi_gpio import RpiGpioLines, load_package
from firmware.errors import DriverError
from hardware.board import Board

AUTO: Final = "auto"
BACKENDS: Final = ("gpiochip", "rpi-gpio", "adafruit")


@dataclass(frozen=True, slots=True)
class BackendChoice:
    """A backend and, for `acumat doctor`, the reason. chip_path is the GPIO device, None to search for it."""

    backend: str
    reason: str
    chip_path: str | None = None


@dataclass(frozen=True, slots=True)
class OpenLines:
    """Open lines. clock_out is the readout function of the backend, None for the common one."""

    choice: BackendChoice
    lines: Lines
    clock_out: Callable[[int], Readout] | None = None

    def reader(self, board: Board, on_readout: Callable[[Readout], None] | None = None) -> BankReader:
        """Return a reader of all cells; on_readout is called for every readout."""
        return BankReader(
            self.lines,
            banks_of(board),
            len(board.cells),
            board.rate_hz,
            on_readout=on_readout,
            clock_out=self.clock_out,
        )


def choose_backend(wanted: str = AUTO, kernel: gpio_device.GpioKernel | None = None) -> BackendChoice:
    """Choose a backend without opening lines. kernel defaults to this machine.

    wanted is auto, one of BACKENDS, or gpiochip:PATH for a specific GPIO device.

    Raises:
        DriverError: no such backend; or, for auto, none that could work here, with the reason for each.
    """
    backend, _, chip_path = wanted.partition(":")
    if wanted in BACKENDS or (backend == "gpiochip" and chip_path):
        return BackendChoice(backend, "selected in the settings", chip_path or None)
    if wanted != AUTO:
        raise DriverError(f"no line backend {wanted!r}: use {AUTO}, {', '.join(BACKENDS)} or gpiochip:PATH")
    try:
        chip = gpio_device.find_chip(kernel or gpio_device.LinuxKernel())
    except DriverError as error:
        no_device = str(error)
    else:
        chip.close()
        return BackendChoice("gpiochip", f"{chip.path} is the GPIO device of this Raspberry Pi")
    try:
        load_package()
    except DriverError as error:
        raise DriverError(f"{no_device} (RPi.GPIO does not work either: {error})") from error
    return BackendChoice("rpi-gpio", f"RPi.GPIO works here, and the GPIO device does not: {no_device}")


def open_lines(board: Board, backend: str = AUTO) -> OpenLines:
    """Open the lines of a board with a backend, by default the one that works here.

    Raises:
        DriverError: the lines are busy, forbidden, absent or wired wrongly, or there is no such backend.
    """
    choice = choose_backend(backend)
    if choice.backend == "adafruit":
        package = AdafruitLines(board)
        return OpenLines(choice, package, package.clock_out)
    if choice.backend == "rpi-gpio":
        return OpenLines(choice, RpiGpioLines(board))
    return OpenLines(choice, GpiochipLines(board, choice.chip_path))

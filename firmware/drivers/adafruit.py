"""The wires of the cells read by the unmodified adafruit-circuitpython-hx711 package, made safe from outside.

Version 1.1.2 calls functions that Blinka does not have on Linux, waits for ever on a silent chip, sleeps in the middle
of a pulse, returns 4294967295 for -1 and does not detect a chip out of step. It is therefore passed pins that count and
time pulses and have a deadline, and a namespace with the missing functions; the sign of its result is corrected. The
same reader as for every backend decides when to read. One clock line per chip.
"""

import importlib
from types import ModuleType, SimpleNamespace
from typing import Any, Final, Protocol

from firmware.clock import Clock, SystemClock
from firmware.drivers.decode import BITS, fold_sign
from firmware.drivers.extras import how_to_install
from firmware.drivers.readout import PULSES, Readout
from firmware.errors import DriverError
from hardware.board import Board

READY_NS: Final = 1_000_000  # deadline for a chip that was ready just before


class Pin(Protocol):
    """The part of a digitalio pin that the package uses."""

    value: bool


class Pins(Protocol):
    """Factory of pins: Blinka on a Pi, a fake in tests."""

    def data(self, bcm: int) -> Pin:
        """Return an input with pull-up."""
        ...

    def clock(self, bcm: int) -> Pin:
        """Return an output, low."""
        ...

    def close(self) -> None:
        """Release all pins."""
        ...


class BlinkaPins:
    """Pins of this Raspberry Pi through Adafruit-Blinka."""

    def __init__(self) -> None:
        """Load Blinka.

        Raises:
            DriverError: it is not installed, or does not support this computer.
        """
        try:
            self._board, self._digitalio = importlib.import_module("board"), importlib.import_module("digitalio")
        except ImportError as error:
            raise DriverError(f"Adafruit-Blinka is not installed: {how_to_install('adafruit')}") from error
        except (NotImplementedError, RuntimeError, OSError) as error:
            raise DriverError(f"Adafruit-Blinka does not run here ({error}): use backend gpiochip") from error
        self._open: list[Any] = []

    def data(self, bcm: int) -> Pin:
        """Return an input with pull-up."""
        pin: Pin = self._pin(bcm, pull=self._digitalio.Pull.UP)
        return pin

    def clock(self, bcm: int) -> Pin:
        """Return an output, low."""
        pin: Pin = self._pin(bcm, value=False)
        return pin

    def close(self) -> None:
        """Release all pins."""
        while self._open:
            self._open.pop().deinit()

    def _pin(self, bcm: int, **how: object) -> Any:  # noqa: ANN401 - Blinka has no types
        name = f"D{bcm}"
        if not hasattr(self._board, name):
            raise DriverError(f"Adafruit-Blinka knows no pin {name} on this computer: use backend gpiochip")
        try:
            pin = self._digitalio.DigitalInOut(getattr(self._board, name))
            self._open.append(pin)
            (pin.switch_to_input if "pull" in how else pin.switch_to_output)(**how)
        except (OSError, RuntimeError, ValueError) as error:
            raise DriverError(f"Adafruit-Blinka cannot take BCM {bcm} ({error}): free the pin") from error
        return pin


class NotReadyError(Exception):
    """The chip was not ready within the deadline."""


class GuardedData:
    """A data pin whose chip has to be ready by a deadline: the package would wait for ever."""

    def __init__(self, pin: Pin, clock: Clock) -> None:
        self._pin, self._clock = pin, clock
        self.until_ns: int | None = None

    @property
    def value(self) -> bool:
        """Level of the line. Raises NotReadyError when it is still high after the deadline."""
        level = self._pin.value
        if self.until_ns is not None:
            if not level:
                self.until_ns = None
            elif self._clock.boottime_ns() > self.until_ns:
                raise NotReadyError
        return level


class GuardedClock:
    """A clock pin that records for each pulse the upper bound of its high time, and when it fell."""

    def __init__(self, pin: Pin, clock: Clock) -> None:
        self._pin, self._clock = pin, clock
        self._level = False
        self._rose_ns = 0
        self.high_ns: list[int] = []
        self.low_ns: list[int] = []

    @property
    def value(self) -> bool:
        """The level set last."""
        return self._level

    @value.setter
    def value(self, level: bool) -> None:
        now_ns = self._clock.boottime_ns
        if level and not self._level:
            self._rose_ns = now_ns()
        self._pin.value = level
        if self._level and not level:
            fell_ns = now_ns()
            self.high_ns.append(fell_ns - self._rose_ns)
            self.low_ns.append(fell_ns)
        self._level = level


class AdafruitLines:
    """Lines of a board on the pins of Blinka; the package clocks the chips out."""

    def __init__(self, board: Board, pins: Pins | None = None, clock: Clock | None = None) -> None:
        """Take the pins.

        Raises:
            DriverError: chips share a clock line, the packages are missing or do not run here, a pin is not free.
        """
        if len(board.sck_bcm) != len(board.cells):
            raise DriverError(
                f"backend adafruit reads one chip at a time, and the {len(board.cells)} chips of this board share "
                f"{len(board.sck_bcm)} clock lines: wire one for each chip, or use backend gpiochip"
            )
        self._clock = clock or SystemClock()
        package = load_package(self._clock)
        self._pins = pins or BlinkaPins()
        order = sorted(board.cells, key=lambda cell: cell.bank)
        self._cells = tuple(cell.index for cell in order)
        try:
            self._sck = tuple(GuardedClock(self._pins.clock(bcm), self._clock) for bcm in board.sck_bcm)
            self._data = tuple(GuardedData(self._pins.data(cell.dout_bcm), self._clock) for cell in order)
        except DriverError:
            self._pins.close()
            raise
        self._chips = tuple(package.HX711(data, sck) for data, sck in zip(self._data, self._sck, strict=True))
        self._places = tuple((data, 1 << cell) for data, cell in zip(self._data, self._cells, strict=True))

    def read_all(self) -> int:
        """Levels of all data lines, bit i = cell i."""
        word = 0
        for data, bit in self._places:
            if data.value:
                word |= bit
        return word

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Drive the clock line of a chip."""
        self._sck[bank].value = level

    def now_ns(self) -> int:
        """Nanoseconds since power-on (CLOCK_BOOTTIME)."""
        return self._clock.boottime_ns()

    def sleep_ns(self, duration_ns: int) -> None:
        """Wait."""
        self._clock.sleep_s(duration_ns * 1e-9)

    def close(self) -> None:
        """Drive the clock lines low and release all pins."""
        for sck in self._sck:
            sck.value = False
        self._pins.close()

    def clock_out(self, bank: int) -> Readout:
        """Read a chip through the package. A chip no longer ready returns a readout flagged as out of step."""
        sck, data, bit = self._sck[bank], self._data[bank], 1 << self._cells[bank]
        sck.high_ns, sck.low_ns = [], []
        start_ns = self.now_ns()
        data.until_ns = start_ns + READY_NS
        try:
            raw = self._chips[bank]._read_channel_raw(PULSES)  # noqa: SLF001 - its read() takes two conversions
        except NotReadyError:
            return Readout([0] * PULSES, [start_ns] * PULSES, [0] * PULSES, start_ns, self.now_ns(), PULSES)
        finally:
            data.until_ns = None
        code = fold_sign(raw)
        words = [bit if code >> place & 1 else 0 for place in range(BITS - 1, -1, -1)]
        words.append(self.read_all())
        return Readout(words, sck.low_ns, sck.high_ns, start_ns, self.now_ns(), BITS)


def load_package(clock: Clock) -> ModuleType:
    """Return the module of the package, with replacements for functions that Blinka lacks or that are too slow.

    disable_interrupts and enable_interrupts do not exist on Linux and could not do anything there. delay_us of Blinka
    sleeps for about 70 us while the clock is high: here it does nothing, a call takes a microsecond anyway.

    Raises:
        DriverError: it is not installed, or cannot be loaded.
    """
    try:
        package = importlib.import_module("adafruit_hx711.hx711")
    except ImportError as error:
        raise DriverError(
            f"adafruit-circuitpython-hx711 cannot be loaded ({error}): {how_to_install('adafruit')}"
        ) from error
    except (NotImplementedError, RuntimeError, OSError) as error:
        raise DriverError(f"Adafruit-Blinka does not run here ({error}): use backend gpiochip") from error

    def nothing(*_: object) -> None:
        """Do nothing."""

    functions = SimpleNamespace(disable_interrupts=nothing, enable_interrupts=nothing, delay_us=nothing)
    vars(package).update(microcontroller=functions, time=SimpleNamespace(sleep=clock.sleep_s))
    return package

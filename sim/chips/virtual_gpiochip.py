"""A virtual GPIO character device, behind the same four calls as the kernel's own.

It follows the rules of the real one (Linux 6.1, drivers/gpio/gpiolib-cdev.c): structures are read and written
in place, a request takes all lines or none, a held line is EBUSY, a line that does not exist EINVAL, a removed chip
ENODEV.
"""

import errno
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from firmware.drivers import gpio_device as uapi
from firmware.drivers.lines import Lines
from hardware.board import Board

if TYPE_CHECKING:
    from collections.abc import Callable

_DIRECTIONS: Final = (uapi.FLAG_INPUT, uapi.FLAG_OUTPUT)


class PinWiring(Protocol):
    """What is connected to the pins."""

    def levels(self) -> dict[int, int]:
        """Level of every pin that something drives; the others follow their pulls."""
        ...

    def drive(self, pin: int, level: int) -> None:
        """Handle a level that the Pi drives on a pin."""
        ...


class UnconnectedPins:
    """Unconnected pins; keeps the levels that the Pi drives."""

    def __init__(self) -> None:
        """Start with no pin driven."""
        self.driven: dict[int, int] = {}

    def levels(self) -> dict[int, int]:
        """Drive nothing."""
        return {}

    def drive(self, pin: int, level: int) -> None:
        """Store the level."""
        self.driven[pin] = level


class CellPins:
    """The cells of a board: any Lines, virtual chips for instance, seen as pins."""

    def __init__(self, board: Board, lines: Lines) -> None:
        """Connect the lines to the pins of the board."""
        self._data = [cell.dout_bcm for cell in board.cells]
        self._bank = {bcm: bank for bank, bcm in enumerate(board.sck_bcm)}
        self._lines = lines

    def levels(self) -> dict[int, int]:
        """Levels of the data lines."""
        word = self._lines.read_all()
        return {pin: word >> cell & 1 for cell, pin in enumerate(self._data)}

    def drive(self, pin: int, level: int) -> None:
        """Pass a clock edge on."""
        self._lines.set_sck(self._bank[pin], level=bool(level))


class VirtualWireClock:
    """The time of virtual wires as a clock; it has no wall."""

    def __init__(self, lines: Lines) -> None:
        """Take the time from these lines."""
        self._lines = lines

    def boottime_ns(self) -> int:
        """Read the time of the wires."""
        return self._lines.now_ns()

    def wall_s(self) -> float:
        """Seconds from 1970, which is when the wires start."""
        return self._lines.now_ns() / 1e9

    def sleep_s(self, seconds: float) -> None:
        """Advance the time of the wires."""
        self._lines.sleep_ns(round(seconds * 1e9))


@dataclass(slots=True)
class VirtualGpioChip:
    """One GPIO chip. Tests change the fields between calls to make it fail."""

    label: str = "pinctrl-bcm2711"
    size: int = 58
    soldered: PinWiring = field(default_factory=UnconnectedPins)
    held: dict[int, str] = field(default_factory=dict)  # line -> its consumer; "" where the kernel has no name
    flags: dict[int, int] = field(default_factory=dict)  # line -> flags of its request, released lines included
    refuses: int = 0  # an errno that open answers with
    gone: bool = False  # removed: everything is ENODEV
    get_values: int = 0  # calls so far
    set_values: int = 0


@dataclass(frozen=True, slots=True)
class _Request:
    chip: VirtualGpioChip
    offsets: tuple[int, ...]
    flags: int


class VirtualGpioKernel:
    """Devices by path; the door that GpiochipLines takes instead of the machine's kernel."""

    def __init__(self, devices: dict[str, VirtualGpioChip | None]) -> None:
        """Devices by path; None is a path that exists and is no GPIO chip."""
        self._devices = devices
        self._open: dict[int, VirtualGpioChip | _Request | None] = {}
        self.before: dict[int, Callable[[], None]] = {}  # request number -> callback just before its answer

    @property
    def open_count(self) -> int:
        """Descriptors that are open."""
        return len(self._open)

    def chips(self) -> list[str]:
        """Paths of all devices."""
        return list(self._devices)

    def open(self, path: str) -> int:
        """Return a new descriptor."""
        if path not in self._devices:
            raise _error(errno.ENOENT)
        chip = self._devices[path]
        if chip is not None and chip.refuses:
            raise _error(chip.refuses)
        return self._descriptor(chip)

    def close(self, fd: int) -> None:
        """Close a descriptor; its lines are free again."""
        entry = self._open.pop(fd)
        if isinstance(entry, _Request):
            for offset in entry.offsets:
                del entry.chip.held[offset]

    def ioctl(self, fd: int, request: int, argument: bytearray | bytes) -> None:
        """Answer as the kernel does."""
        if len(argument) != request >> 16 & 0x3FFF:  # the request number contains the size of its structure
            raise _error(errno.EFAULT)
        if request in self.before:
            self.before[request]()
        entry = self._entry(fd)
        if entry is None:
            raise _error(errno.ENOTTY)
        chip = entry.chip if isinstance(entry, _Request) else entry
        if chip.gone:
            raise _error(errno.ENODEV)
        if isinstance(entry, _Request):
            _line_call(entry, request, argument)
        elif isinstance(argument, bytes):
            raise _error(errno.EFAULT)  # the kernel writes its answer into the argument
        elif request == uapi.GET_CHIPINFO:
            uapi.CHIP_INFO.pack_into(argument, 0, b"gpiochip", chip.label.encode(), chip.size)
        elif request == uapi.GET_LINEINFO:
            _line_info(chip, argument)
        elif request == uapi.GET_LINE:
            self._take(chip, argument)
        else:
            raise _error(errno.EINVAL)

    def _entry(self, fd: int) -> VirtualGpioChip | _Request | None:
        if fd not in self._open:
            raise _error(errno.EBADF)
        return self._open[fd]

    def _take(self, chip: VirtualGpioChip, argument: bytearray) -> None:
        *padded, consumer, flags, count, _ = uapi.LINE_REQUEST.unpack(argument)
        offsets = tuple(padded[:count])
        if sum(flags & direction != 0 for direction in _DIRECTIONS) != 1 or max(offsets) >= chip.size:
            raise _error(errno.EINVAL)
        if len(set(offsets)) < count or any(offset in chip.held for offset in offsets):
            raise _error(errno.EBUSY)
        name = consumer.split(b"\0", 1)[0].decode()
        chip.held |= dict.fromkeys(offsets, name)
        chip.flags |= dict.fromkeys(offsets, flags)
        if flags & uapi.FLAG_OUTPUT:
            for offset in offsets:
                chip.soldered.drive(offset, 0)
        fd = self._descriptor(_Request(chip, offsets, flags))
        uapi.LINE_REQUEST.pack_into(argument, 0, *padded, consumer, flags, count, fd)

    def _descriptor(self, entry: VirtualGpioChip | _Request | None) -> int:
        fd = max(self._open, default=2) + 1
        self._open[fd] = entry
        return fd


def _line_info(chip: VirtualGpioChip, argument: bytearray) -> None:
    offset = uapi.LINE_INFO.unpack(argument)[2]
    if offset >= chip.size:
        raise _error(errno.EINVAL)
    used = uapi.FLAG_USED if offset in chip.held else 0
    name = chip.held.get(offset, "").encode()
    uapi.LINE_INFO.pack_into(argument, 0, f"GPIO{offset}".encode(), name, offset, 0, used)


def _line_call(entry: _Request, request: int, argument: bytearray | bytes) -> None:
    if request not in (uapi.GET_VALUES, uapi.SET_VALUES):
        raise _error(errno.EINVAL)
    chip = entry.chip
    bits, mask = uapi.LINE_VALUES.unpack(argument)
    places = [(place, pin) for place, pin in enumerate(entry.offsets) if mask >> place & 1]
    if not places:
        raise _error(errno.EINVAL)
    if request == uapi.SET_VALUES:
        if not entry.flags & uapi.FLAG_OUTPUT:
            raise _error(errno.EPERM)
        chip.set_values += 1
        for place, pin in places:
            chip.soldered.drive(pin, bits >> place & 1)
    elif isinstance(argument, bytes):
        raise _error(errno.EFAULT)
    else:
        chip.get_values += 1
        levels = chip.soldered.levels()
        pulled = int(entry.flags & uapi.FLAG_PULL_UP != 0)
        bits = sum(levels.get(pin, pulled) << place for place, pin in places)
        uapi.LINE_VALUES.pack_into(argument, 0, bits, mask)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))

"""The GPIO character device of Linux, interface version 2: find a chip, request lines, explain failures.

Structures and numbers are those of the kernel's include/uapi/linux/gpio.h (Linux 5.10 and later).
"""

import errno
import fcntl
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from firmware.errors import DriverError

CHIP_LABELS: Final = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")  # Pi 0 to 3, 4, 5; their numbers move
CONSUMER: Final = "acumat"  # consumer label shown by `gpioinfo`

GET_CHIPINFO: Final = 0x8044B401
GET_LINEINFO: Final = 0xC100B405
GET_LINE: Final = 0xC250B407
GET_VALUES: Final = 0xC010B40E
SET_VALUES: Final = 0xC010B40F

FLAG_USED: Final = 1 << 0
FLAG_INPUT: Final = 1 << 2
FLAG_OUTPUT: Final = 1 << 3
FLAG_PULL_UP: Final = 1 << 8

CHIP_INFO: Final = struct.Struct("=32s32sI")  # name, label, number of lines
LINE_INFO: Final = struct.Struct("=32s32sIIQ176x")  # name, consumer, offset, attributes, flags
LINE_REQUEST: Final = struct.Struct("=64I32sQ264xI24xi")  # offsets, consumer, flags, number of lines, descriptor
LINE_VALUES: Final = struct.Struct("=QQ")  # bits, mask; bit i is the i-th line of the request

_TRY = "`ls -l /dev/gpiochip*` shows the chips of this machine"
_GROUP = "add the user to the device's group (on a Pi: sudo usermod -aG gpio NAME) and log in again"
_OPEN_REMEDIES: Final = {
    errno.ENOENT: f"does not exist; {_TRY}",
    errno.EACCES: f"permission denied for this user; {_GROUP}",
    errno.EPERM: "is not accessible to this service; its unit needs DeviceAllow=char-gpiochip rw",
    errno.ENOTTY: f"is not a GPIO chip; {_TRY}",
    errno.EINVAL: f"is not a GPIO chip; {_TRY}",
    errno.ENODEV: "was removed while it was being opened; start again when it is back",
}
_BUSY_REMEDIES: Final = (  # by the prefix of the consumer label
    (CONSUMER, "another copy is running, stop that one first (sudo systemctl stop acumat)"),
    ("spi", "set dtparam=spi=off in /boot/firmware/config.txt and restart the Pi"),
    ("", "stop that program, or switch that kernel driver off in /boot/firmware/config.txt"),
)


class GpioKernel(Protocol):
    """The four system calls to the device; the simulator implements them for virtual chips."""

    def chips(self) -> list[str]:
        """Paths of all GPIO character devices."""
        ...

    def open(self, path: str) -> int:
        """Return a descriptor for reading and writing. Raises OSError."""
        ...

    def ioctl(self, fd: int, request: int, argument: bytearray | bytes) -> None:
        """Call ioctl, which may change a bytearray. Raises OSError."""
        ...

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        ...


class LinuxKernel:
    """The kernel of this machine."""

    def chips(self) -> list[str]:
        """Paths of all GPIO character devices, the lowest number first."""
        found = (str(path) for path in Path("/dev").glob("gpiochip*"))
        return sorted(found, key=lambda path: (len(path), path))

    def open(self, path: str) -> int:
        """Return a descriptor for reading and writing."""
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)

    def ioctl(self, fd: int, request: int, argument: bytearray | bytes) -> None:
        """Call ioctl."""
        fcntl.ioctl(fd, request, argument)

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        os.close(fd)


@dataclass(frozen=True, slots=True)
class GpioChip:
    """An open GPIO chip: its label and its number of lines."""

    kernel: GpioKernel
    path: str
    fd: int
    label: str
    size: int

    def close(self) -> None:
        """Close the chip; requested lines stay open."""
        self.kernel.close(self.fd)

    def check_offsets(self, roles: Mapping[int, str]) -> None:
        """Raise DriverError when the chip lacks a line whose offset is in roles."""
        beyond = ", ".join(f"GPIO {offset} ({role})" for offset, role in roles.items() if offset >= self.size)
        if beyond:
            has = f"{self.path} ({self.label}) has lines 0 to {self.size - 1}"
            raise DriverError(f"{has}, not {beyond}; correct the pins in the board file")

    def request(self, offsets: Sequence[int], flags: int, roles: Mapping[int, str]) -> int:
        """Request lines, all or none; outputs start low.

        Args:
            offsets: at most 64 lines; bit i of later values is offsets[i].
            flags: FLAG_INPUT or FLAG_OUTPUT, with FLAG_PULL_UP.
            roles: what each offset is for, for the error text.

        Returns:
            The descriptor that holds the lines; they are free again when it is closed or the process ends.

        Raises:
            DriverError: a line is in use, or the kernel rejected the request.
        """
        padded = (*offsets, *[0] * (64 - len(offsets)))
        call = bytearray(LINE_REQUEST.pack(*padded, CONSUMER.encode(), flags, len(offsets), 0))
        try:
            self.kernel.ioctl(self.fd, GET_LINE, call)
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise DriverError(self._describe_holders(offsets, roles)) from error
            asked = ", ".join(f"GPIO {offset}" for offset in offsets)
            raise DriverError(
                f"{self.path} ({self.label}) rejected {asked}: {error.strerror}; "
                "Linux 5.10 or later is needed, `dmesg` may say more"
            ) from error
        return int(LINE_REQUEST.unpack(call)[-1])

    def _describe_holders(self, offsets: Sequence[int], roles: Mapping[int, str]) -> str:
        holders: dict[str, list[str]] = {}
        for offset in offsets:
            info = bytearray(LINE_INFO.pack(b"", b"", offset, 0, 0))
            try:
                self.kernel.ioctl(self.fd, GET_LINEINFO, info)
            except OSError as error:
                return f"{self.path} ({self.label}) does not answer: {error.strerror}; start again when it is back"
            _, consumer, _, _, flags = LINE_INFO.unpack(info)
            if flags & FLAG_USED:
                holder = _text(consumer) or "the kernel"
                holders.setdefault(holder, []).append(f"GPIO {offset} ({roles[offset]})")
        if not holders:
            return f"a line of {self.path} was in use a moment ago and is free now; start again"
        facts = "; ".join(f"{holder} holds {_abbreviate(lines)}" for holder, lines in holders.items())
        remedies = dict.fromkeys(
            next(remedy for start, remedy in _BUSY_REMEDIES if name.startswith(start)) for name in holders
        )
        return f"{facts}; {'; '.join(remedies)}"


def open_chip(kernel: GpioKernel, path: str) -> GpioChip:
    """Open the chip at a path.

    Raises:
        DriverError: it is not there, not a GPIO chip, or this user may not open it.
    """
    fd = -1
    info = bytearray(CHIP_INFO.size)
    try:
        fd = kernel.open(path)
        kernel.ioctl(fd, GET_CHIPINFO, info)
    except OSError as error:
        if fd >= 0:
            kernel.close(fd)
        remedy = _OPEN_REMEDIES.get(error.errno or 0, f"cannot be opened: {error.strerror}; {_TRY}")
        raise DriverError(f"{path} {remedy}") from error
    _, label, size = CHIP_INFO.unpack(info)
    return GpioChip(kernel, path, fd, _text(label), size)


def find_chip(kernel: GpioKernel) -> GpioChip:
    """Open the first chip with one of CHIP_LABELS.

    Raises:
        DriverError: there is none, or this user has no permission.
    """
    seen: list[str] = []
    forbidden: DriverError | None = None
    for path in kernel.chips():
        try:
            chip = open_chip(kernel, path)
        except DriverError as error:
            forbidden = error if isinstance(error.__cause__, PermissionError) else forbidden
            continue
        if chip.label in CHIP_LABELS:
            return chip
        chip.close()
        seen.append(f"{path} is {chip.label}")
    if forbidden:
        raise forbidden
    found = ", ".join(seen) or "there is no /dev/gpiochip* at all"
    wanted = ", ".join(CHIP_LABELS)
    remedy = "run this on a Raspberry Pi, or try acumat-sim"
    raise DriverError(f"no GPIO chip of a Raspberry Pi ({wanted}): {found}; {remedy}")


def _abbreviate(lines: Sequence[str]) -> str:
    shown = ", ".join(lines[:3])
    return shown if len(lines) <= 3 else f"{shown} and {len(lines) - 3} more"  # noqa: PLR2004 - a line stays readable


def _text(name: bytes) -> str:
    return name.split(b"\0", 1)[0].decode("utf-8", "replace")

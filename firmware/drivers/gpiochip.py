"""Lines through the GPIO character device of Linux; the default on every Raspberry Pi, including the 5.

One request holds all data lines, with pull-up so that an unplugged board reads high: never ready. Another holds the
clock lines, low from the start. Reading the levels of all cells is one ioctl, so is an edge of a clock.
"""

import contextlib

from firmware.clock import Clock, SystemClock
from firmware.drivers.gpio_device import (
    FLAG_INPUT,
    FLAG_OUTPUT,
    FLAG_PULL_UP,
    GET_VALUES,
    LINE_VALUES,
    SET_VALUES,
    GpioKernel,
    LinuxKernel,
    find_chip,
    open_chip,
)
from firmware.errors import DriverError
from hardware.board import Board


class GpiochipLines:
    """Lines of a board on a GPIO chip. After removal of the chip every call raises OSError; open a new object then."""

    def __init__(
        self,
        board: Board,
        chip_path: str | None = None,
        *,
        kernel: GpioKernel | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Request the lines of the board.

        Args:
            board: names data and clock lines; a BCM number is the offset of the line on the chip.
            chip_path: the device; None searches for a chip with the label of a Raspberry Pi.
            kernel: None for this machine.
            clock: None for this machine.

        Raises:
            DriverError: no such chip, no permission, a line that the chip lacks or that is in use.
        """
        self._kernel = kernel or LinuxKernel()
        self._clock = clock or SystemClock()
        data = [cell.dout_bcm for cell in board.cells]
        roles = {cell.dout_bcm: f"data of cell {cell.name}" for cell in board.cells}
        roles |= {bcm: f"clock {bank}" for bank, bcm in enumerate(board.sck_bcm)}
        chip = open_chip(self._kernel, chip_path) if chip_path else find_chip(self._kernel)
        try:
            chip.check_offsets(roles)
            self._data_fd = chip.request(data, FLAG_INPUT | FLAG_PULL_UP, roles)
            try:
                self._clock_fd = chip.request(board.sck_bcm, FLAG_OUTPUT, roles)
            except DriverError:
                self._kernel.close(self._data_fd)
                raise
        finally:
            chip.close()
        self.chip_path = chip.path
        self._values = bytearray(LINE_VALUES.pack(0, (1 << len(data)) - 1))
        self._levels = memoryview(self._values).cast("Q")  # [0] has the levels of the last GET_VALUES
        banks = [1 << bank for bank in range(len(board.sck_bcm))]
        self._edges = tuple((LINE_VALUES.pack(0, bit), LINE_VALUES.pack(bit, bit)) for bit in banks)

    def read_all(self) -> int:
        """Levels of all data lines, bit i = cell i. Raises OSError when the kernel rejects the call."""
        self._kernel.ioctl(self._data_fd, GET_VALUES, self._values)
        return self._levels[0]

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Drive the clock line of a bank. Raises OSError when the kernel rejects the call."""
        self._kernel.ioctl(self._clock_fd, SET_VALUES, self._edges[bank][level])

    def now_ns(self) -> int:
        """Nanoseconds since power-on (CLOCK_BOOTTIME)."""
        return self._clock.boottime_ns()

    def sleep_ns(self, duration_ns: int) -> None:
        """Wait; the system adds its timer slack, 50 us for an ordinary thread."""
        self._clock.sleep_s(duration_ns * 1e-9)

    def close(self) -> None:
        """Drive the clock lines low and release all lines; a second call does nothing."""
        if self._data_fd < 0:
            return
        for bank in range(len(self._edges)):
            with contextlib.suppress(OSError):  # the chip may have been removed
                self.set_sck(bank, level=False)
        self._kernel.close(self._clock_fd)
        self._kernel.close(self._data_fd)
        self._data_fd = self._clock_fd = -1

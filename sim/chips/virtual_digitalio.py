"""Virtual digitalio pins in front of virtual wires, as the adafruit backend needs them."""

from firmware.drivers.lines import Lines
from hardware.board import Board


class VirtualDataPin:
    """The data line of one cell."""

    def __init__(self, lines: Lines, cell: int) -> None:
        """Connect it."""
        self._lines, self._cell = lines, cell

    @property
    def value(self) -> bool:
        """Level now."""
        return bool(self._lines.read_all() >> self._cell & 1)

    @value.setter
    def value(self, _level: bool) -> None:
        raise AttributeError("Cannot set value when direction is input.")


class VirtualClockPin:
    """The clock line of one bank."""

    def __init__(self, lines: Lines, bank: int) -> None:
        """Connect it, low."""
        self._lines, self._bank = lines, bank
        self._level = False

    @property
    def value(self) -> bool:
        """Level that was set last."""
        return self._level

    @value.setter
    def value(self, level: bool) -> None:
        self._level = level
        self._lines.set_sck(self._bank, level=level)


class VirtualDigitalioPins:
    """The pins of a board by their BCM numbers."""

    def __init__(self, board: Board, lines: Lines) -> None:
        """Connect the lines to the pins of the board."""
        self._cell = {cell.dout_bcm: cell.index for cell in board.cells}
        self._bank = {bcm: bank for bank, bcm in enumerate(board.sck_bcm)}
        self._lines = lines
        self.closed = False

    def data(self, bcm: int) -> VirtualDataPin:
        """Make an input with pull-up."""
        return VirtualDataPin(self._lines, self._cell[bcm])

    def clock(self, bcm: int) -> VirtualClockPin:
        """Make an output, low."""
        return VirtualClockPin(self._lines, self._bank[bcm])

    def close(self) -> None:
        """Release all pins."""
        self.closed = True

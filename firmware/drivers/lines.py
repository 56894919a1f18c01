"""The only seam to the wires of the HX711 chips: virtual ones, a character device or a GPIO package stand behind it."""

from typing import Protocol


class Lines(Protocol):
    """All data lines as one word, each clock line by its bank number; time belongs to the wires, so it is here too.

    Bit i of a word is the data line of cell i. A bank is the group of chips that share one clock line. What the system
    refuses is an OSError.
    """

    def read_all(self) -> int:
        """Levels of all data lines, bit i = cell i."""
        ...

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Drive the clock line of a bank."""
        ...

    def now_ns(self) -> int:
        """Nanoseconds since power-on (CLOCK_BOOTTIME), or virtual ones."""
        ...

    def sleep_ns(self, duration_ns: int) -> None:
        """Let time pass, nothing is clocked meanwhile."""
        ...

    def close(self) -> None:
        """Give the lines back, clock lines low."""
        ...

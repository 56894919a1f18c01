"""The only interface to the lines of the HX711 chips: implemented by virtual chips, gpiochip, RPi.GPIO, adafruit."""

from typing import Protocol


class Lines(Protocol):
    """All data lines as one word, each clock line by its bank number, and the clock that times them.

    Bit i of a word is the data line of cell i. A bank is the group of chips that share one clock line. A failed
    operation raises OSError.
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
        """Sleep; nothing is clocked meanwhile."""
        ...

    def close(self) -> None:
        """Drive the clock lines low and release all lines."""
        ...

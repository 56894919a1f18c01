"""The 40-pin header of the Raspberry Pi: which GPIO sits where, and how it is pulled before any program runs.

Sources: the header is the same on every model since the B+. Pulls at reset: BCM2835 ARM Peripherals, page 102
(GPIO 0-8 up, 9-27 down); the Pi 5 keeps them so that add-on boards behave alike.
"""

from typing import Final

HEADER_PIN: Final[dict[int, int]] = {
    2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22,
    11: 23, 8: 24, 7: 26, 0: 27, 1: 28, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip
"""BCM number -> pin of the header."""

SUPPLY_PIN: Final[dict[int, str]] = {
    1: "3V3", 2: "5V", 4: "5V", 6: "GND", 9: "GND", 14: "GND", 17: "3V3", 20: "GND", 25: "GND", 30: "GND",
    34: "GND", 39: "GND",
}  # fmt: skip
"""Pin of the header -> supply."""

ID_BCM: Final = frozenset({0, 1})  # the Pi talks to a HAT's memory here at boot
PULLED_UP_BCM: Final = frozenset(range(9))
PULLED_DOWN_BCM: Final = frozenset(range(9, 28))

OTHER_ROLE_OF_PIN: Final[dict[int, str]] = {
    0: "HAT ID", 1: "HAT ID", 2: "I2C SDA", 3: "I2C SCL", 4: "1-wire", 7: "SPI CE1", 8: "SPI CE0", 9: "SPI MISO",
    10: "SPI MOSI", 11: "SPI SCLK", 14: "UART TX", 15: "UART RX",
}  # fmt: skip
"""What the system may use a pin for when that interface is switched on."""

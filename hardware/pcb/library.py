"""A small library of our own: land patterns in millimetres, and the pins of every part with their electrical type."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pad:
    """A pad, or a hole without copper where number is empty. drill_mm is 0 for a surface pad."""

    number: str
    x_mm: float
    y_mm: float
    size_mm: tuple[float, float]
    drill_mm: float = 0.0
    shape: str = "roundrect"


@dataclass(frozen=True, slots=True)
class Footprint:
    """A land pattern. body_mm is the outline (x, y, width, height); the courtyard is 0.25 mm around it."""

    name: str
    pads: tuple[Pad, ...]
    body_mm: tuple[float, float, float, float]

    @property
    def through(self) -> bool:
        """Whether it is soldered through the board."""
        return any(pad.drill_mm for pad in self.pads)


def _two(name: str, x_mm: float, size_mm: tuple[float, float], body_mm: tuple[float, float]) -> Footprint:
    width, height = body_mm
    pads = (Pad("1", -x_mm, 0, size_mm), Pad("2", x_mm, 0, size_mm))
    return Footprint(name, pads, (-width / 2, -height / 2, width, height))


def _sides(
    name: str, x_mm: float, pitch_mm: float, size_mm: tuple[float, float], rows: int, *, body_mm: tuple[float, float]
) -> Footprint:
    """A package with rows of pins on two sides, counted against the clock from the upper left."""
    middle = (rows - 1) / 2
    left = [Pad(str(n + 1), -x_mm, (n - middle) * pitch_mm, size_mm) for n in range(rows)]
    right = [Pad(str(2 * rows - n), x_mm, (n - middle) * pitch_mm, size_mm) for n in range(rows)]
    width, height = body_mm
    return Footprint(name, (*left, *right), (-width / 2, -height / 2, width, height))


def _row(
    name: str, count: int, pitch_mm: float, drill_mm: float, pad_mm: tuple[float, float], *, body_mm: tuple[float, ...]
) -> Footprint:
    middle = (count - 1) / 2
    pads = tuple(
        Pad(str(n + 1), (n - middle) * pitch_mm, 0, pad_mm, drill_mm, "rect" if n == 0 else "oval")
        for n in range(count)
    )
    left, top, right, bottom = body_mm
    x = middle * pitch_mm
    return Footprint(name, pads, (-x - left, -top, 2 * x + left + right, top + bottom))


def _header() -> Footprint:
    pads = [
        Pad(
            str(2 * col + 1 + row),
            -24.13 + 2.54 * col,
            1.27 - 2.54 * row,
            (1.7, 1.7),
            1.0,
            "rect" if col + row == 0 else "circle",
        )
        for col in range(20)
        for row in (0, 1)
    ]
    return Footprint("HEADER_2x20", tuple(pads), (-25.4, -2.54, 50.8, 5.08))


def _sot23(name: str, left: int, right: tuple[float, ...]) -> Footprint:
    size = (1.325, 0.6)
    pads = [Pad(str(n + 1), -1.1375, (n - 1) * 0.95, size) for n in range(left)]
    pads += [Pad(str(left + 1 + n), 1.1375, y, size) for n, y in enumerate(right)]
    return Footprint(name, tuple(pads), (-1.85, -1.5, 3.7, 3.0))


_XH: Final = (2.45, 2.35, 2.45, 3.4)
FOOTPRINTS: Final = {
    fp.name: fp
    for fp in (
        _two("R_0805", 0.9125, (1.025, 1.4), (3.0, 1.5)),
        _two("C_0805", 0.95, (1.0, 1.45), (3.0, 1.5)),
        _two("F_1206", 1.4, (1.25, 1.75), (4.2, 1.9)),
        _sot23("SOT-23-5", 3, (0.95, -0.95)),
        _sot23("SOT-23-6", 3, (0.95, 0.0, -0.95)),
        Footprint(
            "SOT-23",
            (
                Pad("1", -0.9375, -0.95, (1.475, 0.6)),
                Pad("2", -0.9375, 0.95, (1.475, 0.6)),
                Pad("3", 0.9375, 0, (1.475, 0.6)),
            ),
            (-1.75, -1.5, 3.5, 3.0),
        ),
        _sides("SOIC-8", 2.475, 1.27, (1.95, 0.6), 4, body_mm=(7.0, 5.0)),
        _sides("SOP-16", 2.475, 1.27, (1.95, 0.6), 8, body_mm=(7.0, 10.0)),
        _row("XH-6", 6, 2.5, 1.0, (1.7, 1.95), body_mm=_XH),
        _row("XH-7", 7, 2.5, 1.0, (1.7, 1.95), body_mm=_XH),
        _row("WIRES-3", 3, 3.2, 1.0, (2.0, 2.0), body_mm=(1.2, 1.2, 1.2, 1.2)),
        _row("WIRES-4", 4, 3.5, 1.1, (2.1, 2.1), body_mm=(1.3, 1.3, 1.3, 1.3)),
        Footprint(
            "JUMPER-3",
            tuple(Pad(str(n + 1), (n - 1) * 1.3, 0, (1.0, 1.5), 0.0, "rect") for n in range(3)),
            (-2.0, -0.9, 4.0, 1.8),
        ),
        Footprint("HOLE_2.7", (Pad("", 0, 0, (2.7, 2.7), 2.7, "circle"),), (-2.0, -2.0, 4.0, 4.0)),
        Footprint("HOLE_2.2", (Pad("", 0, 0, (2.2, 2.2), 2.2, "circle"),), (-1.2, -1.2, 2.4, 2.4)),
        _header(),
    )
}


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin of a symbol. kind is KiCad's electrical type."""

    number: str
    name: str
    kind: str = "passive"


def passive(count: int) -> tuple[Pin, ...]:
    """Return pins of a part without a direction."""
    return tuple(Pin(str(n + 1), "~") for n in range(count))


def pins(text: str) -> tuple[Pin, ...]:
    """Read pins from lines of "number name kind"."""
    return tuple(Pin(*line.split()) for line in text.strip().splitlines())


SYMBOLS: Final = {
    "R": passive(2),
    "C": passive(2),
    "FUSE": pins("1 ~ passive\n2 ~ power_out"),
    "HOLE": (),
    "WIRES3": passive(3),
    "JUMPER3": passive(3),
    "XH6": passive(6),
    "XH7": passive(7),
    "WIRES4": pins("1 3V3S power_out\n2 GND power_out\n3 SCK passive\n4 DT passive"),
    "PNP": pins("1 B input\n2 E passive\n3 C passive"),
    "LDO": pins("1 VIN power_in\n2 GND power_in\n3 EN input\n4 NC no_connect\n5 VOUT power_out"),
    "TVS4": pins("1 IO1 passive\n2 GND passive\n3 IO2 passive\n4 IO3 passive\n5 VBUS passive\n6 IO4 passive"),
    "EEPROM": pins(
        "1 A0 input\n2 A1 input\n3 A2 input\n4 GND power_in\n5 SDA bidirectional\n6 SCL input\n7 WP input\n"
        "8 VCC power_in"
    ),
    "HX711": pins(
        "1 VSUP power_in\n2 BASE output\n3 AVDD passive\n4 VFB input\n5 AGND power_in\n6 VBG passive\n7 INA- input\n"
        "8 INA+ input\n9 INB- input\n10 INB+ input\n11 PD_SCK input\n12 DOUT output\n13 XO no_connect\n14 XI input\n"
        "15 RATE input\n16 DVDD power_in"
    ),
    "HEADER40": tuple(Pin(str(n), "~", "power_out" if n in (1, 2, 6) else "passive") for n in range(1, 41)),
}

"""A circuit: parts with their places and nets, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hardware.pcb.library import FOOTPRINTS, SYMBOLS, Footprint, Pin

Place = tuple[float, float, int]  # x, y in mm, turned by so many degrees against the clock


@dataclass(frozen=True, slots=True)
class CircuitPart:
    """A part on a board. nets: pin number -> net; a pin that is not there is left open. mpn: what to order."""

    ref: str
    symbol: str
    footprint_name: str
    value: str
    nets: Mapping[str, str]
    place: Place
    mpn: str = ""
    label: str = ""

    @property
    def footprint(self) -> Footprint:
        """The land pattern."""
        return FOOTPRINTS[self.footprint_name]

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pins of the symbol."""
        return SYMBOLS[self.symbol]

    def net(self, pin: Pin) -> str:
        """Return the net of a pin; an open pin has one of its own, named as KiCad names it."""
        name = "" if pin.name == "~" else f"{pin.name}-"
        return self.nets.get(pin.number, f"unconnected-({self.ref}-{name}Pad{pin.number})")


@dataclass(frozen=True, slots=True)
class Circuit:
    """A board: its parts, its size in mm, and words printed on it: (text, x, y, height)."""

    name: str
    title: str
    size_mm: tuple[float, float]
    parts: tuple[CircuitPart, ...]
    words: tuple[tuple[str, float, float, float], ...] = field(default=())

    def netlist(self) -> dict[str, frozenset[tuple[str, str]]]:
        """Return the pins (reference, number) of each net."""
        found: dict[str, set[tuple[str, str]]] = {}
        for part in self.parts:
            for pin in part.pins:
                found.setdefault(part.net(pin), set()).add((part.ref, pin.number))
        return {net: frozenset(pins) for net, pins in found.items()}


def two_pin_part(ref: str, value: str, first: str, second: str, place: Place, *, mpn: str = "") -> CircuitPart:
    """Return a resistor or a capacitor between two nets; the letter of ref says which."""
    kind = ref[0]
    return CircuitPart(ref, kind, f"{kind}_0805", value, {"1": first, "2": second}, place, mpn)

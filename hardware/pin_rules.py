"""The rules of the pins: on the header, used once, and safe with the pulls of the Pi at reset."""

from collections.abc import Callable, Iterator
from typing import Final

from hardware.header import HEADER_PIN, ID_BCM, PULLED_DOWN_BCM, PULLED_UP_BCM
from hardware.schema import BoardSpec, PinTable


def pin_uses(pins: PinTable) -> list[tuple[int, str]]:
    """Return every (BCM number, use) of the board, in the order of the file."""
    uses = [(bcm, f"pins.sck[{n}]") for n, bcm in enumerate(pins.sck)]
    uses += [(bcm, f"pins.dout[{r}][{c}]") for r, row in enumerate(pins.dout) for c, bcm in enumerate(row)]
    for name in ("red", "green", "blue", "buzzer", "button", "motor"):
        bcm = getattr(pins, name)
        if bcm is not None:
            uses.append((bcm, f"pins.{name}"))
    return uses


def _free(spec: BoardSpec, among: frozenset[int]) -> str:
    """Return the names of unused pins, as text."""
    taken = {bcm for bcm, _ in pin_uses(spec.pins)} | set(spec.pins.keep_free) | ID_BCM
    return ", ".join(str(bcm) for bcm in sorted(among & HEADER_PIN.keys() - taken)) or "none is left"


def _shape(spec: BoardSpec) -> Iterator[str]:
    rows, cols, pins = spec.mat.rows, spec.mat.cols, spec.pins
    if len(pins.dout) != rows or any(len(row) != cols for row in pins.dout):
        found = " + ".join(str(len(row)) for row in pins.dout) or "0"
        yield f"pins.dout: {found} data lines for {rows} rows of {cols}; give one list of {cols} for each row"
    if not pins.sck or rows * cols % len(pins.sck):
        yield (
            f"pins.sck: {len(pins.sck)} clocks cannot share out {rows * cols} cells evenly; "
            f"give 1, {rows} (one per row) or {rows * cols} (one per cell)"
        )


def _on_header(spec: BoardSpec) -> Iterator[str]:
    for bcm, use in pin_uses(spec.pins):
        if bcm not in HEADER_PIN:
            yield f"{use}: GPIO {bcm} is not on the header; free: {_free(spec, frozenset(HEADER_PIN))}"
        elif bcm in ID_BCM:
            yield f"{use}: GPIO {bcm} belongs to the HAT memory; free: {_free(spec, frozenset(HEADER_PIN))}"
        elif bcm in spec.pins.keep_free:
            yield (
                f"{use}: GPIO {bcm} is listed in pins.keep_free; take it off that list, "
                f"or free: {_free(spec, frozenset(HEADER_PIN))}"
            )


def _used_once(spec: BoardSpec) -> Iterator[str]:
    first: dict[int, str] = {}
    for bcm, use in pin_uses(spec.pins):
        if bcm in first:
            yield f"{use}: GPIO {bcm} is already {first[bcm]}; free: {_free(spec, frozenset(HEADER_PIN))}"
        first.setdefault(bcm, use)


def _pulls(spec: BoardSpec) -> Iterator[str]:
    """Check the lines against the pulls of the Pi at reset."""
    low_at_reset = [(bcm, f"pins.sck[{n}]", "HX711 would sleep") for n, bcm in enumerate(spec.pins.sck)]
    for name in ("red", "green", "blue", "buzzer", "motor"):
        bcm = getattr(spec.pins, name)
        if bcm is not None:
            low_at_reset.append((bcm, f"pins.{name}", "light and sound must be off"))
    for bcm, use, why in low_at_reset:
        if bcm in PULLED_UP_BCM:
            yield f"{use}: GPIO {bcm} is pulled up at reset and {why}; free: {_free(spec, PULLED_DOWN_BCM)}"
    button = spec.pins.button
    if button in PULLED_DOWN_BCM:
        yield (
            f"pins.button: GPIO {button} is pulled down at reset and would look pressed; "
            f"free: {_free(spec, PULLED_UP_BCM)}"
        )
    if not spec.pins.dout_pull_up:
        yield "pins.dout_pull_up: without it a missing chip reads as ready with code 0; set it to true"


PIN_RULES: Final[tuple[Callable[[BoardSpec], Iterator[str]], ...]] = (_shape, _on_header, _used_once, _pulls)

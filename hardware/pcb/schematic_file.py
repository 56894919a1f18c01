"""Writes a circuit as a KiCad 9 schematic: every pin has the label of its net, so that no wire has to be followed."""

import json
import uuid
from collections.abc import Iterator
from typing import Final

from hardware.pcb.circuit import Circuit, CircuitPart
from hardware.pcb.library import Pin

GRID: Final = 2.54
COLUMN_MM: Final = 68.58
SHEET_MM: Final = (420.0, 297.0)
NAMESPACE: Final = uuid.UUID("8f0c3f0e-8a86-5d5b-9a53-3f2a6c6f1d11")
FONT: Final = "(effects (font (size 1.27 1.27)){})"


def uid(*words: object) -> str:
    """Return an identifier that depends on the words only: a file that is written again stays the same."""
    return str(uuid.uuid5(NAMESPACE, "/".join(map(str, words))))


def quoted(text: str) -> str:
    """Return a text as KiCad quotes it."""
    return json.dumps(text, ensure_ascii=False)


def pin_sides(pins: tuple[Pin, ...]) -> tuple[tuple[Pin, ...], tuple[Pin, ...]]:
    """Share out pins to the left and the right side of a symbol, as on a package seen from above."""
    half = (len(pins) + 1) // 2
    return pins[:half], tuple(reversed(pins[half:]))


def pin_places(pins: tuple[Pin, ...]) -> dict[str, tuple[float, float, int]]:
    """Return the end of each pin, x and y downwards in mm from the middle of the symbol, and its direction."""
    left, right = pin_sides(pins)
    width = 7.62 if len(pins) <= 2 else 12.7  # noqa: PLR2004 - a resistor or a capacitor is narrow
    top = -((max(len(left), len(right)) - 1) // 2) * GRID
    found = {pin.number: (-width, top + n * GRID, 0) for n, pin in enumerate(left)}
    return found | {pin.number: (width, top + n * GRID, 180) for n, pin in enumerate(right)}


def symbol_text(name: str, pins: tuple[Pin, ...], prefix: str = "acumat:") -> str:
    """Return the symbol of a kind of part."""
    places = pin_places(pins)
    ys = [y for _, y, _ in places.values()] or [0.0]
    half = (7.62 if len(pins) <= 2 else 12.7) - GRID  # noqa: PLR2004
    box = f"(rectangle (start {-half:g} {-(min(ys) - 1.905):g}) (end {half:g} {-(max(ys) + 1.905):g})"
    drawn = "".join(
        f"(pin {pin.kind} line (at {x:g} {-y:g} {angle}) (length {GRID}) (name {quoted(pin.name)} {FONT.format('')}) "
        f"(number {quoted(pin.number)} {FONT.format('')}))\n"
        for pin in pins
        for x, y, angle in (places[pin.number],)
    )
    fields = "".join(
        f'(property "{key}" {quoted(value)} (at 0 {at:g} 0) {FONT.format(" (hide yes)" if hide else "")})\n'
        for key, value, at, hide in (
            ("Reference", "U", 5.08, False), ("Value", name, 2.54, False), ("Footprint", "", 0, True),
            ("Datasheet", "", 0, True), ("Description", "", 0, True),
        )
    )  # fmt: skip
    return (
        f"(symbol {quoted(prefix + name)} (pin_names (offset 0.508)) (exclude_from_sim no) (in_bom yes) "
        f"(on_board yes)\n{fields}(symbol {quoted(name + '_0_1')} {box} "
        "(stroke (width 0.254) (type default)) (fill (type background))))\n"
        f"(symbol {quoted(name + '_1_1')} {drawn})\n(embedded_fonts no))\n"
    )


def symbol_library(circuits: tuple[Circuit, ...]) -> str:
    """Return the library file with the symbols of these circuits."""
    kinds = {part.symbol: part.pins for circuit in circuits for part in circuit.parts}
    inside = "".join(symbol_text(name, pins, "") for name, pins in sorted(kinds.items()))
    return f'(kicad_symbol_lib (version 20241209) (generator "acumat") (generator_version "9.0")\n{inside})\n'


def _laid_out(circuit: Circuit) -> Iterator[tuple[CircuitPart, float, float]]:
    """Lay the parts out in columns, large ones first."""
    x, y = 40.64, 30.48
    for part in sorted(
        circuit.parts, key=lambda part: (-len(part.pins), part.ref[0], int(part.ref.strip("UQRCJPHF") or 0))
    ):
        ys = [at for _, at, _ in pin_places(part.pins).values()] or [0.0]
        height = max(ys) - min(ys) + 4 * GRID
        if y + height > SHEET_MM[1] - 30:
            x, y = x + COLUMN_MM, 30.48
        yield part, x, y - min(ys)
        y += height


def schematic_text(circuit: Circuit) -> str:
    """Return the schematic."""
    root = uid(circuit.name, "root")
    kinds = {part.symbol: part.pins for part in circuit.parts}
    library = "".join(symbol_text(name, pins) for name, pins in sorted(kinds.items()))
    body = "".join(_placed(circuit, root, *one) for one in _laid_out(circuit))
    return (
        f'(kicad_sch (version 20250114) (generator "acumat") (generator_version "9.0") (uuid "{root}") (paper "A3")\n'
        f'(title_block (title {quoted(circuit.title)}) (comment 1 "Made from board.toml by python -m hardware.pcb; '
        f'change that file") (comment 2 "Not tried on real parts yet") (comment 3 "CERN-OHL-P v2"))\n'
        f"(lib_symbols\n{library})\n{body}"
        f'(sheet_instances (path "/" (page "1")))\n(embedded_fonts no))\n'
    )


def _placed(circuit: Circuit, root: str, part: CircuitPart, x: float, y: float) -> str:
    places = pin_places(part.pins)
    ys = [at for _, at, _ in places.values()] or [0.0]
    me = uid(circuit.name, part.ref)
    out = []
    for pin in part.pins:
        px, py, angle = places[pin.number]
        net, here = part.net(pin), uid(circuit.name, part.ref, pin.number)
        if pin.number not in part.nets:
            out.append(f'(no_connect (at {x + px:g} {y + py:g}) (uuid "{here}"))\n')
            continue
        turn, side = (180, "right") if angle == 0 else (0, "left")
        out.append(
            f"(global_label {quoted(net)} (shape passive) (at {x + px:g} {y + py:g} {turn}) (fields_autoplaced yes) "
            f'(effects (font (size 1.27 1.27)) (justify {side})) (uuid "{here}"))\n'
        )
    fields = "".join(
        f"(property {quoted(key)} {quoted(value)} (at {x:g} {y + at:g} 0) "
        f"{FONT.format(' (hide yes)' if hide else '')})\n"
        for key, value, at, hide in (
            ("Reference", part.ref, min(ys) - 3.3, False), ("Value", part.value, max(ys) + 3.3, False),
            ("Footprint", f"acumat:{part.footprint_name}", 0, True), ("Datasheet", "", 0, True),
            ("Description", part.mpn, 0, True),
        )
    )  # fmt: skip
    pins = "".join(
        f'(pin "{pin.number}" (uuid "{uid(circuit.name, part.ref, pin.number, "pin")}"))\n' for pin in part.pins
    )
    out.append(
        f'(symbol (lib_id "acumat:{part.symbol}") (at {x:g} {y:g} 0) (unit 1) (exclude_from_sim no) (in_bom yes) '
        f'(on_board yes) (dnp no) (uuid "{me}")\n{fields}{pins}(instances (project "{circuit.name}" (path "/{root}" '
        f'(reference "{part.ref}") (unit 1)))))\n'
    )
    return "".join(out)

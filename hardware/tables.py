"""Pages made of tables: where every wire goes, and what the parts bear."""

from collections.abc import Iterator, Sequence
from typing import Final

from hardware.board import Board
from hardware.header import HEADER_PIN, ID_BCM, OTHER_ROLE_OF_PIN, SUPPLY_PIN
from hardware.lines import clock_name, mat_cables, supply_wires
from hardware.ratings import noise_g, rail_ma, tile_mpa

INTRO = """\
# {title} of {name}

<!-- Made by `python -m hardware.drawing` from the board file: change that one, not this page. -->

Nothing on this page was tried on real parts yet.
"""
CELLS = """\
## Cells

A is the base; 1 is the left hand of a person lying on the back. The place is the centre of the tile in mm from the
corner at base and left hand.
"""
PLUGS = """\
## Plugs of the lines

The same order at both ends of each cable. {supplies} feed the converters. Colours: BK black, BN brown, RD red,
OG orange, YE yellow, GN green, BU blue, VT violet, GY grey, WH white, PK pink, TQ turquoise; two codes: a stripe.
"""
POD_COLOURS: Final = {"LED red": "RD", "LED green": "GN", "LED blue": "BU", "buzzer": "YE", "button": "WH"}
CELL_TYPES = """\
Ratings are typical of such parts, not of the ones you bought: compare them with your data sheets.

## Cells

Codes and noise are nominal for one tile; the range of the converter is that of the most sensitive cell of the type.
Above the clip load a reading is marked as unreliable.
"""
LOAD_CASES = """\
## Load cases

Numbers under a type are safety factors of its weakest sensor **without** stops, a person of 120 kg. Below 1 the stops
have to carry: that is why they are not optional. The last column is the bending stress of a tile loaded at the middle
of its longer edge.
"""
SUPPLY = """\
## Supply

The bridges are fed with {avdd_v:.2f} V. The sensor rail carries {rail_ma:.0f} mA; the regulator ({regulator}) may
supply {allowed_ma:.0f} mA.
"""


def markdown_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows)) + "\n"


def output_pins(board: Board) -> tuple[tuple[str, str, int | None], ...]:
    """Return (short name, description, BCM number) of everything that is not a converter."""
    return (
        ("LED red", "light of the pod", board.red_bcm),
        ("LED green", "light of the pod", board.green_bcm),
        ("LED blue", "light of the pod", board.blue_bcm),
        ("buzzer", "piezo of the pod", board.buzzer_bcm),
        ("button", "button of the pod, to ground", board.button_bcm),
    )


def bcm_uses(board: Board) -> dict[int, str]:
    """Return the use of each BCM number."""
    found = {bcm: clock_name(board, bank) for bank, bcm in enumerate(board.sck_bcm)}
    found |= {cell.dout_bcm: f"DT {cell.name}" for cell in board.cells}
    found |= {bcm: name for name, _, bcm in output_pins(board) if bcm is not None}
    return found | ({board.motor_bcm: "motor"} if board.motor_bcm is not None else {})


def header_place(bcm: int | None) -> str:
    """Return a place on the header as text; None is a supply wire."""
    return "supply of the HAT" if bcm is None else f"GPIO {bcm} (pin {HEADER_PIN[bcm]})"


def pins_md(board: Board) -> str:
    """Return the pin table: the header in its physical order, then every cell, plug and pod wire."""
    cells = [
        (
            cell.name,
            f"{cell.x_m * 1e3:g}, {cell.y_m * 1e3:g}",
            header_place(cell.dout_bcm),
            f"{clock_name(board, cell.bank)}, {header_place(board.sck_bcm[cell.bank])}",
        )
        for cell in board.cells
    ]
    plugs = [
        (f"line {line.name}", str(way), wire.signal, wire.colour, "" if wire in line.spare else header_place(wire.bcm))
        for line in mat_cables(board)
        for way, wire in enumerate(line.ways, 1)
    ]
    pod = [
        ("pod", str(way), name, POD_COLOURS[name], what, header_place(bcm))
        for way, (name, what, bcm) in enumerate((one for one in output_pins(board) if one[2] is not None), 2)
    ]
    if pod:
        pod.insert(0, ("pod", "1", "GND", "BK", "ground of light, buzzer and button", header_place(None)))
    if board.motor_bcm is not None:
        motor = ("", "", "motor", "", "base of the motor's transistor, through 470 Ω", header_place(board.motor_bcm))
        pod.append(motor)
    parts = [
        INTRO.format(title="Pins", name=board.name),
        *_header(board),
        CELLS,
        markdown_table(("cell", "x, y (mm)", "data DT", "clock SCK"), cells),
        PLUGS.format(supplies=" and ".join(supply_wires(board))),
        markdown_table(("plug", "way", "signal", "colour", "to"), plugs),
    ]
    if pod:
        parts += ["## Light, sound, button\n", markdown_table(("plug", "way", "signal", "colour", "what", "to"), pod)]
    return "\n".join(parts)


def _header(board: Board) -> Iterator[str]:
    used = bcm_uses(board)
    bcm_at = {pin: bcm for bcm, pin in HEADER_PIN.items()}

    def side(pin: int) -> tuple[str, str]:
        if pin in SUPPLY_PIN:
            return SUPPLY_PIN[pin], {2: "**5 V in**", 6: "**ground**"}.get(pin, "")
        bcm = bcm_at[pin]
        role = f" ({OTHER_ROLE_OF_PIN[bcm]})" if bcm in OTHER_ROLE_OF_PIN else ""
        use = f"**{used[bcm]}**" if bcm in used else ("leave open" if bcm in ID_BCM else "free") + role
        return f"GPIO {bcm}", use

    rows = []
    for left in range(1, 40, 2):
        (name, use), (other, other_use) = side(left), side(left + 1)
        rows.append((use, name, str(left), str(left + 1), other, other_use))
    yield "## Header\n\nPin 1 is the corner nearest to the microSD card; odd pins are the inner row.\n"
    yield markdown_table(("use", "name", "pin", "pin", "name", "use"), rows)
    free = ", ".join(str(bcm) for bcm in sorted(HEADER_PIN.keys() - used.keys() - ID_BCM)) or "none"
    series = f"Each clock, data and light line has {board.spec.pins.series_ohm} Ω in series at the HAT."
    yield f"{len(used)} GPIOs used; free: {free}. {series}\n"


def loads_md(board: Board) -> str:
    """Return the load ratings of cells, tiles and supply, computed from the board file."""
    spec, power = board.spec, board.spec.power
    cells = [
        (
            f"**{name}** (fitted)" if name == board.cell_type else name,
            cell.text,
            f"{cell.rated_kg:g} kg",
            f"{cell.counts_per_kg(board.gain):,.0f}",
            f"{noise_g(spec.adc, cell):.1f} g",
            f"{cell.full_scale_kg(board.gain):.0f} kg",
            f"{cell.clip_kg:g} kg",
            "yes" if cell.stops else "no",
        )
        for name, cell in spec.cell.types.items()
    ]
    cases = [
        (
            load.text,
            f"{load.tile_kg:g} kg",
            *(f"{load.safety(cell):.2f}" for cell in spec.cell.types.values()),
            f"{tile_mpa(spec, load):.0f} of {spec.mechanics.ply_mpa:g} MPa",
        )
        for load in spec.loads
    ]
    allowed_ma = power.limit_ma * power.use_at_most
    return "\n".join(
        (
            INTRO.format(title="Loads", name=board.name),
            CELL_TYPES,
            markdown_table(("type", "what", "rated", "codes/kg", "noise, rms", "range ends", "clip", "stops"), cells),
            LOAD_CASES,
            markdown_table(("what happens to one tile", "load", *spec.cell.types, "tile"), cases),
            SUPPLY.format(
                avdd_v=spec.adc.avdd_v, rail_ma=rail_ma(spec), regulator=power.regulator, allowed_ma=allowed_ma
            ),
        )
    )

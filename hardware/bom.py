"""The bill of materials of a board: which parts, and how many, by rule; as a table and as a shopping list."""

import csv
import io
import math
from dataclasses import dataclass

from hardware.board import Board, load_board
from hardware.lines import built_into, mat_cables, supply_wires, tail_m
from hardware.schema import BomPart, BomTable


@dataclass(frozen=True, slots=True)
class BomItem:
    """A part and how much of it this board needs, in pieces or metres; what to search for."""

    part: BomPart
    text: str
    quantity: float
    sources: tuple[str, ...]

    @property
    def usd(self) -> float:
        """Approximate price of all of it."""
        return self.quantity * self.part.usd


def part_amounts(board: Board) -> dict[str, float]:
    """Return the number (or length in metres) of each value of Part.per."""
    spec = board.spec
    cells = len(board.cells)
    lights = sum(bcm is not None for bcm in (board.red_bcm, board.green_bcm, board.blue_bcm))
    parts, whole = spec.mechanics.base_parts, built_into(board)
    return {
        "mat": 1,
        "cell": cells,
        "sensor": cells * spec.cell.types[spec.cell.use].sensors_per_tile,
        "corner": 4 * cells,
        "line": len(mat_cables(board)),
        "hat_line": len(mat_cables(whole)),
        "plug": len(mat_cables(board)) + ("pod" in board_conditions(board)),
        "line_m": sum(line.length_m for line in mat_cables(board)),
        "tail_m": sum(tail_m(board, cell) for cell in board.cells),
        "pod_m": spec.wiring.pod_m,
        "series": len(whole.cells) + len(whole.sck_bcm) + lights,
        "light": lights,
        "base": parts,
        "fold": parts - 1,
    }


def needs_hold_down(board: Board) -> bool:
    """Return whether the tiles need a hold-down: those on several sensors do, a single cell is bolted to its tile."""
    ring = board.spec.cell.types[board.cell_type].sensors_per_tile > 1
    return ring and board.spec.mechanics.hold_down_n > 0


def board_conditions(board: Board) -> set[str]:
    """Return the values of Part.when that hold for this board."""
    spec = board.spec
    light = board.red_bcm is not None or board.green_bcm is not None or board.blue_bcm is not None
    buzzer, button = board.buzzer_bcm is not None, board.button_bcm is not None
    found = {
        "always": True,
        "rework": spec.adc.feedback_parallel_ohm is not None,
        "one_supply": len(supply_wires(board)) == 2,  # noqa: PLR2004 - 3.3 V and ground
        "two_supplies": len(supply_wires(board)) > 2,  # noqa: PLR2004 - 5 V beside them
        "hold_down": needs_hold_down(board),
        "single_cell": spec.cell.types[spec.cell.use].sensors_per_tile == 1,
        "light": light,
        "dimmer": light and spec.pins.dimmer_ohm > 0,
        "buzzer": buzzer,
        "button": button,
        "motor": board.motor_bcm is not None,
        "pod": light or buzzer or button,
        "micro_usb": spec.pi.model in ("zero_2_w", "3"),
        "usb_c": spec.pi.model in ("4", "5"),
    }
    return {word for word, holds in found.items() if holds} | {spec.cell.use, spec.pi.model}


def resistance_text(value: float) -> str:
    """Return a resistance as printed on a bag: 330 Ω, 22 kΩ."""
    return f"{value / 1000:g} kΩ" if value >= 1000 else f"{value:g} Ω"  # noqa: PLR2004 - kilo


def part_catalogue(board: Board) -> BomTable:
    """Return all parts known to this board; a board file without a bom uses that of the default board."""
    bom = board.spec.bom or load_board().spec.bom
    if bom is None:
        raise AssertionError("board.toml comes with a bom")
    return bom


def bom_items(board: Board) -> tuple[BomItem, ...]:
    """Return the parts that the board needs, in the order of the catalogue."""
    spec, has, many = board.spec, board_conditions(board), part_amounts(board)
    words = {
        "regulator": spec.power.regulator,
        "series": resistance_text(spec.pins.series_ohm),
        "dimmer": resistance_text(spec.pins.dimmer_ohm),
        "parallel": resistance_text(spec.adc.feedback_parallel_ohm or 0),
        "ways": max(len(line.ways) for line in mat_cables(board)),
    }
    found = []
    for part in part_catalogue(board).parts:
        quantity = part.count * many[part.per]
        if part.when in has and quantity:
            sources = tuple(one.format(**words) for one in part.sources)
            exact = math.ceil(quantity - 1e-9) if part.unit == "piece" else math.ceil(quantity * 10 - 1e-9) / 10
            found.append(BomItem(part, part.text.format(**words), exact, sources))
    return tuple(found)


def bom_csv(board: Board) -> str:
    """Return the bill of materials as CSV text, prices marked as approximate and dated."""
    bom = part_catalogue(board)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(
        [
            "id", "part", "quantity", "unit", f"approx_usd_each_{bom.priced}", f"approx_usd_{bom.priced}", "shown_in",
            "order",
        ]
    )  # fmt: skip
    total = 0.0
    for item in bom_items(board):
        part = item.part
        table.writerow(
            [
                part.id, item.text, f"{item.quantity:g}", part.unit, f"{part.usd:.2f}", f"{item.usd:.2f}", part.used,
                "; or ".join(item.sources),
            ]
        )  # fmt: skip
        total += item.usd
    table.writerow(
        [
            "total",
            "approximate, from memory, nothing was ordered; without the acupressure mat",
            "",
            "",
            "",
            f"{total:.0f}",
            "",
            "",
        ]
    )
    return out.getvalue()

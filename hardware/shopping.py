"""The shopping list of a board: its bill of materials by kind of shop, with prices and part numbers."""

import typing
from typing import Final

from hardware.board import Board
from hardware.bom import BomItem, board_conditions, bom_items, part_catalogue
from hardware.lines import built_into
from hardware.schema import ShopKind
from hardware.tables import INTRO, markdown_table

HEAD: Final = """\
**Prices are not checked.** They are approximate, in USD, noted in {priced} from memory and compared with no shop;
nothing was ordered, shipping and tax come on top. Part numbers and names under "search for" are from memory too; any of
them will do, and the data sheet decides. Without the acupressure mat, solder, glue and the tools of
hardware/ASSEMBLY.md.
"""
PARTS_ON_BOARDS: Final = frozenset(
    {
        "hat", "hat_socket", "polyfuse", "regulator", "cap_1u", "series_resistor", "buzzer_resistor", "button_resistor",
        "buzzer_bleeder", "enable_resistor", "tvs_array", "hx711", "parallel_resistor", "ring_board", "bridge_cable",
    }
)  # fmt: skip
PILOT: Final = """\
The HAT of this board and the plugs and cable of its line are those of {mat}, complete: they are bought once.
"""
WITH_BOARDS: Final = """\
## With the circuit boards

Order one HAT and a tile board for each tile instead of these, about {usd:.0f} USD:
{left_out}.

Their own parts are in hardware/pcb/hat/hat-parts.csv (once) and hardware/pcb/tile_board/tile_board-parts.csv (for each
tile); neither those nor the boards are priced here.
"""


def shopping_md(board: Board) -> str:
    """Return the shopping list: a table for each kind of shop, the total, and what circuit boards replace."""
    needed = bom_items(board)
    total_usd = sum(item.usd for item in needed)
    parts = [INTRO.format(title="Shopping list", name=board.name), HEAD.format(priced=part_catalogue(board).priced)]
    if board.spec.wiring.pilot:
        parts.append(PILOT.format(mat=built_into(board).name))
    for shop in typing.get_args(ShopKind):
        here = [item for item in needed if item.part.shop == shop]
        if here:
            usd = sum(item.usd for item in here)
            parts += [
                f"## {shop.capitalize()}, about {usd:.0f} USD\n",
                markdown_table(COLUMNS, [_row(item) for item in here]),
            ]
    parts.append(f"**Total: about {total_usd:.0f} USD.**\n")
    if board.cell_type == "quad50" and "one_supply" in board_conditions(board):
        left_out = [item for item in needed if item.part.id in PARTS_ON_BOARDS]
        usd = sum(item.usd for item in left_out)
        parts.append(WITH_BOARDS.format(left_out=", ".join(item.part.id for item in left_out), usd=usd))
    return "\n".join(parts)


COLUMNS: Final = ("id", "part", "quantity", "approx. USD", "search for")


def _row(item: BomItem) -> tuple[str, ...]:
    unit = " m" if item.part.unit == "m" else ""
    search = "; or ".join(item.sources) or ("see cuts.md" if item.part.shop == "printing" else "any maker")
    return item.part.id, item.text, f"{item.quantity:g}{unit}", f"{item.usd:.2f}", search

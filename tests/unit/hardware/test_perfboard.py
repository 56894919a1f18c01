"""The HAT on perfboard joins what the ordered HAT joins, and nothing else."""

from pathlib import Path

import pytest

from hardware import board as boards
from hardware.drawing import board_files as all_boards
from hardware.pcb.circuits import hat
from hardware.perfboard import COLS, LEFT_OUT, ROWS, SUPPLY_PINS, layout, perfboard_svg


def groups(pairs: list[tuple[object, object]]) -> dict[object, frozenset[object]]:
    """Return for each thing everything that is joined to it, directly or not."""
    found: dict[object, set[object]] = {}
    for a, b in pairs:
        whole = found.get(a, {a}) | found.get(b, {b})
        found |= dict.fromkeys(whole, whole)
    return {thing: frozenset(whole) for thing, whole in found.items()}


# Legs that a wire joins are legs of one net of the circuit, and each net is whole.
@pytest.mark.parametrize("path", all_boards(), ids=lambda path: path.stem)
def test_wires_make_the_nets_of_the_circuit(path: Path) -> None:
    board = boards.load_board(path)
    made = layout(board)
    at = {hole: leg for leg, hole in made.legs.items()}
    joined = groups([(at[a], at[b]) for a, b in made.wires])
    assert len(at) == len(made.legs)
    wanted: dict[str, set[tuple[str, str]]] = {}
    for part in hat(board).parts:
        for number, net in part.nets.items():
            wanted.setdefault(net, set()).update({(part.ref, number)} & made.legs.keys())
    for net, legs in wanted.items():
        for leg in legs:
            assert joined.get(leg, frozenset({leg})) == legs, net
    supplies = {f"{pin}" for pin in SUPPLY_PINS}
    assert supplies <= {pin for ref, pin in made.legs if ref == "J1"}


# Nothing but the ID memory is missing, and everything is on the board.
@pytest.mark.parametrize("path", all_boards(), ids=lambda path: path.stem)
def test_every_part_has_its_holes(path: Path) -> None:
    board = boards.load_board(path)
    made = layout(board)
    wired = {part.ref for part in hat(board).parts if part.nets}
    assert {ref for ref, _ in made.legs} == wired - LEFT_OUT
    assert all(0 <= row < ROWS and 1 <= col <= COLS for row, col in made.legs.values())


# The drawing lists each wire once.
def test_drawing() -> None:
    board = boards.load_board()
    drawn = perfboard_svg(board)
    assert drawn.count("<path") == len(layout(board).wires)
    assert "SCK1: F9 – Q3" in drawn

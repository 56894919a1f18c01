"""Generates every file that follows from a board: pin table, loads, parts and cuts, wiring, plan, parameters.

`python -m hardware.drawing` writes those of all boards, `--check` only lists stale files,
`--board FILE --out DIR` writes those of a board of your own. Pure Python; pictures are made by hardware.render.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from hardware.board import DEFAULT_PATH, Board, BoardError, load_board
from hardware.bom import bom_csv
from hardware.cuts import cuts_md
from hardware.perfboard import perfboard_svg
from hardware.plan import plan_svg
from hardware.scad import params_scad
from hardware.sheets import wiring_sheets
from hardware.shopping import shopping_md
from hardware.tables import loads_md, pins_md
from hardware.wireviz import harness_yml
from hardware.wiring_pictures import cables_svg, corners_svg

HERE: Final = DEFAULT_PATH.parent
PAGES: Final[dict[str, Callable[[Board], str]]] = {
    "pins.md": pins_md,
    "loads.md": loads_md,
    "bom.csv": bom_csv,
    "shopping.md": shopping_md,
    "cuts.md": cuts_md,
    "mechanics/plan.svg": plan_svg,
    "wiring/perfboard.svg": perfboard_svg,
    "wiring/cables.svg": cables_svg,
    "mechanics/params.scad": params_scad,
}


def generated_files(board: Board) -> dict[str, str]:
    """Return the text of every generated file, keyed by its path below the board's folder."""
    made = {name: page(board) for name, page in PAGES.items()}
    if board.spec.wiring.pilot:  # its HAT is that of the mat
        del made["wiring/perfboard.svg"]
    if board.sensors_per_tile > 1:
        made["wiring/corners.svg"] = corners_svg(board)
    return made | {f"wiring/{sheet.file}.yml": harness_yml(board, sheet) for sheet in wiring_sheets(board)}


def board_files() -> dict[Path, Path]:
    """Return the board files that ship with the firmware, each with the folder of its drawings."""
    return {DEFAULT_PATH: HERE} | {path: path.with_suffix("") for path in sorted((HERE / "boards").glob("*.toml"))}


def stale_files(board: Board, folder: Path) -> list[str]:
    """Return the files that are missing, differ from the generated text, or belong to a removed sheet."""
    wanted = generated_files(board)
    found = [name for name, text in wanted.items() if not _is(folder / name, text)]
    left = {f"wiring/{path.name}" for path in (folder / "wiring").glob("*.yml")}
    return found + sorted(left - wanted.keys())


def write_files(board: Board, folder: Path) -> None:
    """Write every generated file of a board and delete the sheets it no longer has."""
    wanted = generated_files(board)
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for path in (folder / "wiring").glob("*.yml"):
        if f"wiring/{path.name}" not in wanted:
            path.unlink()


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


@click.command(help="Write every file that follows from a board.")
@click.option("--check", is_flag=True, help="Write nothing; list stale files.")
@click.option("--board", "path", type=click.Path(path_type=Path), help="A board file of your own (default: all).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the drawings of --board.")
def main(*, check: bool, path: Path | None, out: Path | None) -> None:
    """Run as a command: exit 1 when --check found a stale file, 2 for wrong arguments or an invalid board."""
    if (path is None) != (out is None):
        raise click.UsageError("--board and --out go together: the board to draw, and where to")
    chosen = {path: out} if path and out else board_files()
    try:
        drawn = {folder: load_board(file) for file, folder in chosen.items()}
    except BoardError as error:
        click.echo(error, err=True)
        sys.exit(2)
    wrong = [folder / name for folder, board in drawn.items() if check for name in stale_files(board, folder)]
    for folder, board in drawn.items():
        if not check:
            write_files(board, folder)
    for name in wrong:
        click.echo(f"{name}: stale; run python -m hardware.drawing", err=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

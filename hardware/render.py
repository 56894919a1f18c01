"""Renders the pictures: wiring sheets by WireViz, the schematic by schemdraw, the mechanics by OpenSCAD.

Development tools only (extra `hardware`; apt-get install openscad graphviz xvfb). A missing tool is named and its
pictures stay as they are. rendered.json beside the pictures holds the digests of their sources, so that a test can
find a stale picture without any of these tools.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from hardware.board import Board, load_board
from hardware.drawing import HERE, board_files, write_files
from hardware.printing import OTHER_BOXES, parts_to_print, printing_md, to_binary_stl, with_computer
from hardware.scad import params_scad
from hardware.sheets import wiring_sheets
from hardware.steps import HEIGHT_PX, WIDTH_PX, annotate, steps

DIGEST_FILE: Final = "rendered.json"
MECHANICS: Final = HERE / "mechanics"


@dataclass(frozen=True, slots=True)
class MechanicsView:
    """A picture of the mechanics. camera: target (x, y, z), rotation (x, y, z) and distance."""

    name: str
    source: str
    camera: tuple[float, ...]
    words: tuple[str, ...] = ()
    size: tuple[int, int] = (1200, 900)


MECHANICS_VIEWS: Final = (
    MechanicsView("closed", "assembly.scad", (190, 300, 0, 52, 0, 22, 1950), ("-D", 'view="closed"')),
    MechanicsView("exploded", "assembly.scad", (200, 300, 150, 68, 0, 22, 2150), ("-D", 'view="exploded"')),
    MechanicsView(
        "section", "assembly.scad", (37, 7, 0, 0, 0, 0, 155), ("-D", 'view="section"', "--projection=o"), (1200, 700)
    ),
    MechanicsView("holder", "holder.scad", (0, 0, 4, 50, 0, 30, 160)),
    MechanicsView("pod", "pod.scad", (0, 0, 6, 62, 0, 40, 330)),
    MechanicsView("box", "electronics_box.scad", (45, 40, 40, 58, 0, -35, 420)),
)


@dataclass(frozen=True, slots=True)
class DrawingTool:
    """A drawing program: what it draws, how to install it, whether it is installed; its pictures and their sources."""

    what: str
    install: str
    installed: Callable[[], bool]
    pictures: Callable[[Board, Path], dict[str, list[Path]]]
    draw: Callable[[Board, Path], None]


def sha256_of_files(paths: list[Path]) -> str:
    """Return one SHA-256 over the content of files."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def wiring_pictures(board: Board, folder: Path) -> dict[str, list[Path]]:
    """Return the wiring sheets and the sources of each."""
    return {f"wiring/{sheet.file}.svg": [folder / "wiring" / f"{sheet.file}.yml"] for sheet in wiring_sheets(board)}


def draw_wiring(board: Board, folder: Path) -> None:
    """Draw the wiring sheets as SVG."""
    with tempfile.TemporaryDirectory() as scratch:
        for picture, (source,) in wiring_pictures(board, folder).items():
            _run([sys.executable, "-m", "wireviz.wv_cli", "-f", "s", "-o", scratch, str(source)])
            shutil.copyfile(Path(scratch) / Path(picture).name, folder / picture)


def schematic_pictures(_board: Board, folder: Path) -> dict[str, list[Path]]:
    """Return the schematic and its sources."""
    return {"wiring/channel.svg": [HERE / "schematic.py", folder / "pins.md", folder / "loads.md"]}


def draw_schematic(board: Board, folder: Path) -> None:
    """Draw the schematic of a channel as SVG."""
    from hardware.schematic import draw_channel  # noqa: PLC0415 - schemdraw is a development tool, absent on a Pi

    draw_channel(board, folder / "wiring" / "channel.svg")


def mechanics_views(folder: Path) -> tuple[MechanicsView, ...]:
    """Return the views of a board; parts that all boards share are drawn once, in HERE."""
    return MECHANICS_VIEWS if folder == HERE else MECHANICS_VIEWS[:2]


def mechanics_pictures(_board: Board, folder: Path) -> dict[str, list[Path]]:
    """Return the pictures of the mechanics and their sources."""
    return {f"mechanics/{view.name}.png": mechanics_sources(folder) for view in mechanics_views(folder)}


def mechanics_sources(folder: Path) -> list[Path]:
    """Return the OpenSCAD files and the parameters of a board."""
    parts = sorted(path for path in MECHANICS.glob("*.scad") if path.name not in ("params.scad", "steps.scad"))
    return [*parts, folder / "mechanics" / "params.scad"]


def draw_mechanics(board: Board, folder: Path) -> None:
    """Draw the mechanics as PNG: in a scratch folder, where the parameters of this board lie beside the parts."""
    with tempfile.TemporaryDirectory() as scratch:
        scene = _scene(board, Path(scratch))
        for view in mechanics_views(folder):
            _scad_view(view, scene, folder / "mechanics" / f"{view.name}.png")


def step_pictures(board: Board, folder: Path) -> dict[str, list[Path]]:
    """Return the pictures of the steps of assembly, made for the default board, and their sources."""
    if folder != HERE:
        return {}
    sources = [*mechanics_sources(folder), MECHANICS / "steps.scad", HERE / "steps.py"]
    return {f"mechanics/steps/{step.name}.png": sources for step in steps(board)}


def draw_steps(board: Board, folder: Path) -> None:
    """Draw each step of assembly, with its labels."""
    if folder != HERE:
        return
    with tempfile.TemporaryDirectory() as scratch:
        scene = _scene(board, Path(scratch))
        drawing = Path(scratch) / "step.png"
        for step in steps(board):
            words = ("-D", f'step="{step.name}"', "--projection=o")
            _scad_view(
                MechanicsView(step.name, "steps.scad", step.camera, words, (WIDTH_PX, HEIGHT_PX)), scene, drawing
            )
            annotate(step, drawing, folder / "mechanics" / "steps" / f"{step.name}.png")


def _scene(board: Board, scratch: Path) -> Path:
    for part in MECHANICS.glob("*.scad"):
        shutil.copy(part, scratch)
    (scratch / "params.scad").write_text(params_scad(board), "utf-8")
    return scratch


def _scad_view(view: MechanicsView, scratch: Path, picture: Path) -> None:
    camera = ",".join(f"{value:g}" for value in view.camera)
    size = "{},{}".format(*view.size)
    look = ["--colorscheme=Tomorrow", f"--imgsize={size}", f"--camera={camera}", *view.words]
    # Without a screen OpenSCAD writes an empty picture.
    _run(["xvfb-run", "-a", "openscad", "-o", str(picture), *look, str(scratch / view.source)])


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise click.ClickException(f"{words[0]} failed: {done.stderr.strip().splitlines()[-1:]}")


def _module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def stale_pictures(board: Board, folder: Path) -> list[str]:
    """Return the pictures that are missing, edited by hand, or older than their sources."""
    record = _record(folder)
    wanted = {name: sources for tool in DRAWING_TOOLS for name, sources in tool.pictures(board, folder).items()}
    wrong = [name for name, sources in wanted.items() if record.get(name) != _entry(folder / name, sources)]
    return wrong + sorted(record.keys() - wanted.keys())


def _record(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / DIGEST_FILE
    found: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _entry(picture: Path, sources: list[Path]) -> dict[str, str]:
    return {"from": sha256_of_files(sources), "is": sha256_of_files([picture]) if picture.is_file() else "missing"}


def write_stl(board: Board, part: str, file: Path) -> None:
    """Write one printed part of a board as STL. Raises click.ClickException when OpenSCAD fails."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        scene = _scene(board, Path(scratch))
        _run(["openscad", "-o", str(file), "-D", f'part="{part}"', str(scene / "print.scad")])
    to_binary_stl(file)


def stl_pictures(board: Board, folder: Path) -> dict[str, list[Path]]:
    """Return the printed parts of the default board, boxes for other computers, and their page; others: make stl."""
    if folder != HERE:
        return {}
    sources = mechanics_sources(folder)
    sources = [*sources, HERE / "printing.py", HERE / "layout.py"]
    names = [*(f"{part}.stl" for part in (*parts_to_print(board), *OTHER_BOXES)), "printing.md"]
    return {f"mechanics/stl/{name}": sources for name in names}


def draw_stl(board: Board, folder: Path) -> None:
    """Write the printed parts of the default board and the page that lists them."""
    if folder != HERE:
        return
    out = folder / "mechanics" / "stl"
    for part in parts_to_print(board):
        write_stl(board, part, out / f"{part}.stl")
    for name, (part, model) in OTHER_BOXES.items():
        write_stl(with_computer(board, model), part, out / f"{name}.stl")
    (out / "printing.md").write_text(printing_md(board, out), "utf-8")


DRAWING_TOOLS: Final = (
    DrawingTool(
        "wiring sheets",
        "pip install '.[hardware]' and apt-get install graphviz",
        lambda: _module("wireviz") and shutil.which("dot") is not None,
        wiring_pictures,
        draw_wiring,
    ),
    DrawingTool(
        "schematic",
        "pip install '.[hardware]'",
        lambda: _module("schemdraw"),
        schematic_pictures,
        draw_schematic,
    ),
    DrawingTool(
        "mechanics",
        "apt-get install openscad xvfb xauth",
        lambda: shutil.which("openscad") is not None and shutil.which("xvfb-run") is not None,
        mechanics_pictures,
        draw_mechanics,
    ),
    DrawingTool(
        "steps of assembly",
        "pip install '.[hardware]' and apt-get install openscad xvfb xauth",
        lambda: _module("matplotlib") and shutil.which("openscad") is not None and shutil.which("xvfb-run") is not None,
        step_pictures,
        draw_steps,
    ),
    DrawingTool(
        "printed parts",
        "apt-get install openscad",
        lambda: shutil.which("openscad") is not None,
        stl_pictures,
        draw_stl,
    ),
)


@click.command(help="Write every file that follows from a board, then the pictures of what is installed.")
@click.option("--stl", type=click.Path(path_type=Path, file_okay=False), help="Only write the printed parts, here.")
@click.option("--board", "own", type=click.Path(path_type=Path), help="With --stl: a board file of your own.")
def main(*, stl: Path | None, own: Path | None) -> None:
    """Draw all boards; exit 1 when a picture could not be made and the one there is stale."""
    if own is not None and stl is None:
        raise click.UsageError("--board goes with --stl; python -m hardware.drawing draws a board of your own")
    if stl is not None:
        for board in map(load_board, [own] if own else board_files()):
            for part in parts_to_print(board):
                write_stl(board, part, stl / board.name / f"{part}.stl")
        return
    wrong = []
    for path, folder in board_files().items():
        board = load_board(path)
        write_files(board, folder)
        record = _record(folder)
        kept: dict[str, dict[str, str]] = {}
        for tool in DRAWING_TOOLS:
            names = tool.pictures(board, folder)
            if tool.installed():
                tool.draw(board, folder)
                kept |= {name: _entry(folder / name, sources) for name, sources in names.items()}
            else:
                click.echo(f"{board.name}: {tool.what} not drawn: {tool.install}")
                kept |= {name: record[name] for name in names if name in record}
        (folder / DIGEST_FILE).write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
        wrong += [folder / name for name in stale_pictures(board, folder)]
    for name in wrong:
        click.echo(f"{name}: made from other sources than there are now", err=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

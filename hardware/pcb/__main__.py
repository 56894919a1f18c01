"""Writes both boards as KiCad projects, and with KiCad 9 their checks and the files to order them: make boards.

Without KiCad the schematics, boards and libraries are written all the same. KiCad's Python is named by KICAD_PYTHON
(python3 where it is not set); kicad-cli must be on the path.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from hardware.board import load_board
from hardware.pcb.check import board_differences, board_tracks
from hardware.pcb.circuit import Circuit
from hardware.pcb.circuits import hat, tile_board
from hardware.pcb.layout_file import board_text, footprint_library
from hardware.pcb.parts_picture import parts_svg
from hardware.pcb.router import route
from hardware.pcb.schematic_file import schematic_text, symbol_library

HERE: Final = Path(__file__).parent
LAYERS: Final = "F.Cu,B.Cu,F.Mask,B.Mask,F.Silkscreen,B.Silkscreen,F.Paste,Edge.Cuts"
FILL: Final = """
import pcbnew, sys
board = pcbnew.LoadBoard(sys.argv[1])
pcbnew.ZONE_FILLER(board).Fill(board.Zones())
board.Save(sys.argv[1])
"""


def project_text(circuit: Circuit) -> str:
    """Return the project file: the rules that a common maker of boards keeps."""
    rules = {"min_clearance": 0.2, "min_track_width": 0.2, "min_via_diameter": 0.6, "min_through_hole_diameter": 0.3}
    rules["min_resolved_spokes"] = 1  # a pad of ground has a track of its own beside the pour
    net_class = {
        "name": "Default", "clearance": 0.2, "track_width": 0.2, "via_diameter": 0.6, "via_drill": 0.3,
        "priority": 2147483647,
    }  # fmt: skip
    return json.dumps(
        {
            "board": {"design_settings": {"rules": rules, "rule_severities": {}}},
            "meta": {"filename": f"{circuit.name}.kicad_pro", "version": 3},
            "net_settings": {"classes": [net_class], "meta": {"version": 4}},
        },
        indent=1,
    )


def parts_csv(circuit: Circuit) -> str:
    """Return the list of parts for assembly: references, value, land pattern, what to order."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for part in circuit.parts:
        if part.symbol != "HOLE":
            groups.setdefault((part.value, part.footprint_name, part.mpn), []).append(part.ref)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("references", "quantity", "value", "footprint", "order"))
    for (value, footprint, mpn), refs in groups.items():
        table.writerow((" ".join(refs), len(refs), value, footprint, mpn or "any maker"))
    return out.getvalue()


def write(circuit: Circuit, folder: Path) -> None:
    """Write the project of a circuit, its board with tracks."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{circuit.name}.kicad_pro").write_text(project_text(circuit) + "\n", "utf-8")
    (folder / f"{circuit.name}.kicad_sch").write_text(schematic_text(circuit), "utf-8")
    board = folder / f"{circuit.name}.kicad_pcb"
    # Routing takes minutes: tracks stay while nets and places are the same.
    found = board_tracks(board) if board.is_file() and not board_differences(circuit, board) else route(circuit)
    board.write_text(board_text(circuit, found), "utf-8")
    (folder / f"{circuit.name}-parts.csv").write_text(parts_csv(circuit), "utf-8")
    (folder / f"{circuit.name}-parts.svg").write_text(parts_svg(circuit), "utf-8")
    for kind, file in (("sym", "acumat.kicad_sym"), ("fp", "acumat.pretty")):
        where = "${KIPRJMOD}/../" + file
        library = f'(lib (name "acumat") (type "KiCad") (uri "{where}") (options "") (descr ""))'
        table = f"({kind}_lib_table (version 7) {library})\n"
        (folder / f"{kind}-lib-table").write_text(table, "utf-8")


def violations(circuit: Circuit, folder: Path) -> list[str]:
    """Return what ERC, DRC and the comparison of schematic and board find, a line each. KiCad has to be installed."""
    base = folder / circuit.name
    report, found = folder / "report.json", []
    for check, words in {
        "erc": ("sch", "erc", f"{base}.kicad_sch"),
        "drc": ("pcb", "drc", "--schematic-parity", f"{base}.kicad_pcb"),
    }.items():
        _run("kicad-cli", *words[:-1], "--format", "json", "--severity-all", "-o", str(report), words[-1])
        made = json.loads(report.read_text("utf-8"))
        report.unlink()
        lines = [line for sheet in made.get("sheets", [made]) for line in sheet.get("violations", [])]
        lines += made.get("unconnected_items", []) + made.get("schematic_parity", [])
        found += [f"{check}: {line['description']} {[item['description'] for item in line['items']]}" for line in lines]
    return found


def check_and_export(circuit: Circuit, folder: Path) -> bool:
    """Run ERC and DRC and write what is ordered; return whether both found nothing."""
    base = folder / circuit.name
    _run(os.environ.get("KICAD_PYTHON", "python3"), "-c", FILL, f"{base}.kicad_pcb")
    found = violations(circuit, folder)
    sys.stderr.writelines(f"{circuit.name}: {line}\n" for line in found)
    _run("kicad-cli", "sch", "export", "pdf", "-o", f"{base}-schematic.pdf", f"{base}.kicad_sch")
    _run(
        "kicad-cli",
        "pcb",
        "export",
        "pos",
        "--format",
        "csv",
        "--units",
        "mm",
        "--smd-only",
        "-o",
        f"{base}-places.csv",
        f"{base}.kicad_pcb",
    )
    _run("kicad-cli", "pcb", "render", "--width", "1400", "--height", "1000", "-o", f"{base}.png", f"{base}.kicad_pcb")
    plots = folder / "plots"
    plots.mkdir(exist_ok=True)
    _run("kicad-cli", "pcb", "export", "gerbers", "-l", LAYERS, "-o", f"{plots}/", f"{base}.kicad_pcb")
    _run("kicad-cli", "pcb", "export", "drill", "-o", f"{plots}/", f"{base}.kicad_pcb")
    with zipfile.ZipFile(f"{base}-gerbers.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(plots.iterdir()):
            bundle.write(path, path.name)
    shutil.rmtree(plots)
    return not found


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words


def main() -> None:
    """Write both boards; exit 1 when ERC or DRC finds anything."""
    board = load_board()
    circuits = (tile_board(board), hat(board))
    (HERE / "acumat.kicad_sym").write_text(symbol_library(circuits), "utf-8")
    (HERE / "acumat.pretty").mkdir(exist_ok=True)
    for name, text in footprint_library().items():
        (HERE / "acumat.pretty" / name).write_text(text, "utf-8")
    clean = True
    for circuit in circuits:
        if sys.argv[1:] in ([], [circuit.name]):
            write(circuit, HERE / circuit.name)
            if shutil.which("kicad-cli"):
                clean = check_and_export(circuit, HERE / circuit.name) and clean
            else:
                sys.stderr.write("kicad-cli is not installed: boards written, not checked, nothing exported\n")
    sys.exit(0 if clean else 1)


if __name__ == "__main__":
    main()

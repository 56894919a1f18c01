"""The pilot of one tile, before 48 sensors are bought: its maker's way in simulation, from the doctor to 20 kg."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware import daemon
from firmware.core import MatCore
from firmware.errors import CalibrationError
from firmware.events import Seated, SessionEnded
from firmware.storage import calibration as calibrations
from hardware import board as boards
from hardware.board import BoardError
from hardware.drawing import HERE
from sim.frames import Bench, FrameSource
from sim.people import story as stories
from sim.try_command import command
from tests.doubles.scripted import Heard

PILOT = boards.load_board(HERE / "boards" / "pilot_1x1.toml")


def attempt(folder: Path, *words: str) -> Result:
    """Run a verb on the simulated pilot as fast as possible."""
    return CliRunner().invoke(command, ["--folder", str(folder), "--speed", "0", *words])


# Doctor before calibration: one of one cells, and the one fault is the zero that nobody took. Then the corner test, the
# zero, and a doctor without a fault; the chip answers bit by bit.
def test_from_the_doctor_to_a_calibrated_tile(tmp_path: Path) -> None:
    first = attempt(tmp_path, "--board", "pilot_1x1", "doctor", "--seconds", "2")
    assert first.exit_code == 1
    assert "pilot_1x1: 1 x 1, 1 cells" in first.stdout
    assert "1 of 1 cells" in first.stdout
    assert [line.split()[2] for line in first.stdout.splitlines() if "✗ FAULT" in line] == ["Calibration"]
    asked = attempt(tmp_path, "calibrate", "--mass", "5", "--mass", "20", "--yes")
    assert asked.exit_code == 0, asked.output
    assert "over the sensor at the base, left hand of tile A1" in " ".join(asked.output.split())
    [kept] = calibrations.history(tmp_path, 1)
    assert kept.calibration.counts_per_newton[0] == pytest.approx(PILOT.counts_per_newton, rel=0.1)
    assert attempt(tmp_path, "tare").exit_code == 0
    last = attempt(tmp_path, "doctor", "--seconds", "2")
    assert last.exit_code == 0, last.stdout
    assert "FAULT" not in last.stdout
    assert "all chips answer in time" in attempt(tmp_path, "probe", "--seconds", "2").stdout


# From one tile to the whole mat: the calibration of the tile is refused with its remedy; without it the mat works.
def test_from_one_tile_to_twelve(tmp_path: Path) -> None:
    assert attempt(tmp_path, "--board", "pilot_1x1", "calibrate", "--mass", "5", "--yes").exit_code == 0
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')
    refused = attempt(tmp_path, "tare")
    assert isinstance(refused.exception, CalibrationError)
    assert "has 1 cells, the board has 12: remove it and calibrate again" in str(refused.exception)
    for name in ("calibration.json", "zero.json"):  # as ASSEMBLY.md, step 9
        (tmp_path / name).unlink(missing_ok=True)
    assert attempt(tmp_path, "tare").exit_code == 0
    assert "12 of 12 cells" in attempt(tmp_path, "doctor", "--seconds", "2").stdout


# The data wire of the one tile came off: the doctor names the cell.
def test_the_doctor_names_a_lost_tile(tmp_path: Path) -> None:
    done = attempt(tmp_path, "--board", "pilot_1x1", "--fault", "A1:0:unplugged", "doctor", "--seconds", "2")
    assert done.exit_code == 1
    assert "0 of 1" in done.stdout
    assert "A1" in done.stdout


# A hand, 5 kg, 20 kg: 20 kg read four times what 5 kg read, and nothing of it is a session.
def test_the_story_of_one_tile() -> None:
    bench = Bench(stories.load_story("one_tile"), PILOT, 1)
    heard = Heard()
    daemon.run_loop(FrameSource(bench), MatCore(PILOT, bench.calibration), sinks=[heard])
    loads_n = {round(tick.t_s): tick.signals.load_n for tick in heard.ticks if tick.signals is not None}
    assert loads_n[45] > 40
    assert loads_n[120] == pytest.approx(4 * loads_n[45], rel=0.02)
    events = [event for tick in heard.ticks for event in tick.events]
    assert any(isinstance(event, Seated) for event in events)
    assert not any(isinstance(event, SessionEnded) for event in events)


# The board is chosen once, with the folder; a file that is no board makes no folder.
def test_board_of_a_folder(tmp_path: Path) -> None:
    missing = attempt(tmp_path / "mat", "--board", "mat_9x9.toml", "doctor")
    assert isinstance(missing.exception, BoardError)
    assert not (tmp_path / "mat").exists()
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')
    again = attempt(tmp_path, "--board", "pilot_1x1", "doctor")
    assert again.exit_code == 2
    assert "--board is for a new folder" in " ".join(again.output.split())

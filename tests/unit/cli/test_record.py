"""`acumat record`: gathering frames from a source, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from firmware.cli.doors import Doors
from firmware.cli.main import TRY_AGAIN, acumat
from firmware.drivers.direct import DirectSource
from firmware.drivers.gpiochip import GpiochipLines
from firmware.errors import DriverError, RecordingError
from firmware.frames import Frames
from firmware.storage import recordings
from firmware.storage.capture import collect
from hardware import board as boards
from sim.chips.virtual_gpiochip import CellPins, VirtualGpioChip, VirtualGpioKernel, VirtualWireClock
from sim.chips.virtual_mat import virtual_lines
from sim.frames import Bench
from sim.people import story as stories
from tests.doubles.scripted import Scripted, still

BOARD = boards.load_board()


def never() -> bool:
    return False


def seconds(count: int) -> Iterator[Frames]:
    """So many blocks of a second."""
    return (still(1, start_ns=turn * 1_000_000_000) for turn in range(count))


def test_it_ends_after_so_many_seconds_of_frame_time() -> None:
    """Three seconds wanted, ten there: it stops with the block that completes them, and closes the source."""
    source = Scripted(seconds(10))
    frames, _ = collect(source, 3.0, never)
    assert len(frames) == 4 * 80
    assert (np.diff(frames.t_ns) > 0).all()
    assert frames.t_ns[-1] - frames.t_ns[0] >= 3e9
    assert source.closed == 1


def test_a_source_that_ends_early_is_kept_whole() -> None:
    """As with Ctrl-C; reads in which nothing came are skipped."""
    source = Scripted([None, *seconds(2), None])
    frames, lost = collect(source, 900.0, never)
    assert (len(frames), lost) == (160, None)
    assert source.closed == 1


def test_it_stops_when_asked_to() -> None:
    """What was read so far is kept."""
    source = Scripted(seconds(10_000))
    frames, _ = collect(source, 900.0, lambda: len(source.waited_s) >= 3)
    assert len(frames) == 240


@pytest.mark.parametrize("entries", [[], [None, None], [still(0)]], ids=["end", "nothing", "empty"])
def test_without_a_frame_there_is_no_recording(entries: list[Frames | None]) -> None:
    """An error that says where to look; the source is closed all the same."""
    source = Scripted(entries)
    with pytest.raises(RecordingError, match="no frame came from the cells"):
        collect(source, 5.0, never)
    assert source.closed == 1


def test_a_source_that_breaks_is_closed() -> None:
    """And its error is raised."""
    source = Scripted([still(1), OSError("the chip is gone")])
    with pytest.raises(OSError, match="the chip is gone"):
        collect(source, 5.0, never)
    assert source.closed == 1


def test_lines_that_go_away_keep_what_was_read(tmp_path: Path) -> None:
    """After two seconds of fifteen minutes: a recording of two seconds, one line that says so, and the exit code."""
    source = Scripted([*seconds(2), DriverError("the lines of /dev/gpiochip0 are gone")])
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "state"\n')
    path = tmp_path / "a.npz"
    words = ["record", str(path), "--config", str(tmp_path / "acumat.toml")]
    done = CliRunner().invoke(acumat, words, obj=Doors(source=lambda _: source))
    assert (done.exit_code, done.stdout) == (TRY_AGAIN, "")
    line = f"the lines of /dev/gpiochip0 are gone; the frames before that are kept in {path}: 160 frames of 12 cells"
    assert done.stderr == f"acumat: {line}\n"
    assert len(recordings.load(path).frames) == 160
    assert source.closed == 1


def test_lines_that_go_away_before_the_first_frame(tmp_path: Path) -> None:
    """The error as it is, and no file."""
    source = Scripted([None, DriverError("the lines are gone")])
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "state"\n')
    path = tmp_path / "a.npz"
    words = ["record", str(path), "--config", str(tmp_path / "acumat.toml")]
    done = CliRunner().invoke(acumat, words, obj=Doors(source=lambda _: source))
    assert (done.exit_code, done.output) == (TRY_AGAIN, "acumat: the lines are gone\n")
    assert not path.exists()


def pretended_pi(bench: Bench) -> tuple[DirectSource, VirtualGpioKernel]:
    """The default backend on a pretended GPIO chip with the virtual converters of a bench behind it."""
    lines = virtual_lines(bench)
    kernel = VirtualGpioKernel({"/dev/gpiochip0": VirtualGpioChip(soldered=CellPins(BOARD, lines))})
    return DirectSource(GpiochipLines(BOARD, kernel=kernel, clock=VirtualWireClock(lines)), BOARD), kernel


def test_from_the_wires_into_a_file_and_back(tmp_path: Path) -> None:
    """Five seconds of the real driver: the file says what the cells were loaded with, and the lines are given back."""
    bench = Bench(stories.load_story("power_up_on"), BOARD, seed=2)
    source, kernel = pretended_pi(bench)
    frames, _ = collect(source, 5.0, never)
    assert kernel.open_count == 0
    path = tmp_path / "a.npz"
    recordings.save(path, frames, board_text=BOARD.text, calibration=bench.calibration, label="real", note="a note")
    loaded = recordings.load(path)
    assert np.array_equal(loaded.frames.counts, frames.counts)
    assert (loaded.calibration, loaded.label, loaded.note) == (bench.calibration, "real", "a note")
    clean = loaded.frames.counts[(loaded.frames.status == 0).all(axis=1)]
    assert len(clean) > 300
    newtons = (clean - np.array(loaded.calibration.zero_counts)) / loaded.calibration.counts_per_newton
    assert newtons.sum(axis=1).mean() == pytest.approx(385, abs=15)
    done = subprocess.run(
        [sys.executable, "-m", "firmware", "replay", "--jsonl", path], capture_output=True, text=True, check=True
    )
    assert '"type":"lie_down"' in done.stdout
    assert done.stderr == ""


CHILD = """
import sys
from pathlib import Path
from firmware import daemon
from firmware.storage.capture import collect
from firmware.clock import SystemClock
from firmware.storage import recordings
from sim.pace import PacedSource
from tests.doubles.scripted import Scripted, still

def blocks():
    for turn in range(600):
        yield still(0.1, start_ns=turn * 100_000_000)
        print("block", flush=True)

source = PacedSource(Scripted(blocks()), 1.0, SystemClock())
with daemon.stop_on_signals() as stop:
    frames, _ = collect(source, 900.0, stop)
recordings.save(Path(sys.argv[1]), frames, board_text="", calibration=None, label="simulated")
"""


def test_ctrl_c_keeps_what_was_read(tmp_path: Path) -> None:
    """A real signal after a few blocks: they are in the file."""
    path = tmp_path / "a.npz"
    with subprocess.Popen([sys.executable, "-c", CHILD, path], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(3):
            assert child.stdout.readline() == "block\n"
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=10)
    assert child.returncode == 0
    assert 2 * 8 <= len(recordings.load(path).frames) <= 50 * 8

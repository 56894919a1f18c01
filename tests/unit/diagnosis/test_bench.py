"""`acumat bench`: figures of this computer, on virtual lines and a real disk; no chip is clocked, nothing is left."""

import json
from pathlib import Path

from click.testing import CliRunner

from firmware.cli.main import acumat
from firmware.clock import SystemClock
from firmware.diagnosis.bench import (
    CORE_S,
    BenchContext,
    BenchReport,
    commit_time,
    describe_computer,
    line_access_time,
    measure_computer,
    synthetic_frames,
    wakeup_delay,
)
from firmware.drivers.bank import banks_of
from firmware.drivers.factory import BackendChoice, OpenLines
from firmware.errors import DriverError
from hardware import board as boards
from sim.chips.wires import VirtualLines
from tests.doubles.chip_truth import scrambled_chips
from tests.doubles.clock import ManualClock

BOARD = boards.load_board()


def wires() -> OpenLines:
    chips = scrambled_chips(len(BOARD.cells), BOARD.rate_hz, seed=1)
    return OpenLines(BackendChoice("virtual", "a test"), VirtualLines(chips, banks_of(BOARD)))


def no_wires() -> OpenLines:
    raise DriverError("no GPIO chip: run this on a Raspberry Pi")


def context(folder: Path, **more: object) -> BenchContext:
    known: dict[str, object] = {"open_wires": wires, "realtime": lambda: False, "root": folder}
    return BenchContext(BOARD, SystemClock(), folder=folder, **(known | more))  # type: ignore[arg-type]


def test_every_figure_is_measured_and_nothing_is_left(tmp_path: Path) -> None:
    """Core, lines, disk and wake-up have numbers; the folder of the sessions is empty again."""
    report = measure_computer(context(tmp_path))
    assert [one.name for one in report.measures if one.value is None] == []
    assert all(one.value is not None and one.value > 0 for one in report.measures)
    assert list(tmp_path.iterdir()) == []
    assert {one.name.partition(",")[0] for one in report.measures} == {
        "core", "reads of the data lines", "width of a clock pulse", "commit to the disk", "wake-up too late",
    }  # fmt: skip


class Recording(VirtualLines):
    """Virtual lines that record every level of a clock line."""

    levels: set[bool] = set()  # noqa: RUF012 - one set for the one test that uses it

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Record, then drive."""
        self.levels.add(level)
        super().set_sck(bank, level=level)


def test_no_chip_is_clocked(tmp_path: Path) -> None:
    """Every clock line stays low: no chip loses its conversion or falls asleep."""
    chips = scrambled_chips(len(BOARD.cells), BOARD.rate_hz, seed=1)
    recording = Recording(chips, banks_of(BOARD))
    list(
        line_access_time(context(tmp_path, open_wires=lambda: OpenLines(BackendChoice("virtual", "a test"), recording)))
    )
    assert recording.levels == {False}


def test_a_computer_without_pins_has_the_other_figures(tmp_path: Path) -> None:
    """The reason stands in the place of the figure."""
    [one] = line_access_time(context(tmp_path, open_wires=no_wires))
    assert one.value is None
    assert "run this on a Raspberry Pi" in one.note


def test_a_folder_that_cannot_be_written_has_a_reason(tmp_path: Path) -> None:
    """There is no such folder: one line with its name, and the others follow."""
    [one] = commit_time(context(tmp_path / "missing"))
    assert one.value is None
    assert "missing" in one.note


def test_late_is_counted_from_the_time_it_was_due(tmp_path: Path) -> None:
    """A clock that wakes exactly is never late, and the priority of the sampler is named."""
    clock = ManualClock()
    late = list(wakeup_delay(BenchContext(BOARD, clock, wires, lambda: True, tmp_path)))
    assert [one.value for one in late] == [0.0, 0.0, 0.0]
    assert {one.note for one in late} == {"real-time priority"}
    assert len(clock.slept_s) == 400


def test_the_frames_of_the_core_are_a_load_that_breathes() -> None:
    """Thirty seconds at the board's rate, every frame flagged good."""
    blocks = list(synthetic_frames(BOARD, CORE_S))
    assert len(blocks) == round(CORE_S * BOARD.rate_hz)
    sums = [int(one.counts.sum()) for one in blocks]
    assert max(sums) > min(sums) > 0
    assert not any(one.status.any() for one in blocks)


def test_the_model_of_a_pi_is_named_and_nothing_of_its_owner(tmp_path: Path) -> None:
    """The file can be sent: kind of computer, kernel and versions."""
    model = tmp_path / "proc/device-tree/model"
    model.parent.mkdir(parents=True)
    model.write_text("Raspberry Pi Zero 2 W Rev 1.0\0")
    assert describe_computer(tmp_path)["model"] == "Raspberry Pi Zero 2 W Rev 1.0"
    assert set(describe_computer(tmp_path)) == {"model", "kernel", "python", "numpy"}
    assert BenchReport(describe_computer(tmp_path)).measures == []


def test_the_verb_prints_a_table_and_writes_the_file(tmp_path: Path) -> None:
    """Without pins it ends well all the same: the rest is measured."""
    settings = tmp_path / "acumat.toml"
    settings.write_text(f'[storage]\nstate_dir = "{tmp_path}"\n')
    done = CliRunner().invoke(acumat, ["bench", "--config", str(settings), "--json", str(tmp_path / "bench.json")])
    assert done.exit_code == 0, done.output
    assert "wake-up too late" in done.output
    written = json.loads((tmp_path / "bench.json").read_text())
    assert written["measures"][0]["name"] == "core, processor time of a frame"
    assert not list(tmp_path.glob("bench.db*"))

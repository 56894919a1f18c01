"""The probe: what it measures on mats whose truth is known, and the words it finds for it."""

import dataclasses

import pytest

from firmware.diagnosis.probe import PULSE_BIN_EDGES_US, ProbeReport, probe
from firmware.drivers.bank import banks_of
from firmware.drivers.factory import BackendChoice, OpenLines
from firmware.errors import DriverError
from hardware import board as boards
from sim.chips.chip import Hx711Settings, VirtualHx711
from sim.chips.wires import RandomStalls, VirtualLines
from sim.sensors.faults import CellFaultCommand, FaultKind
from tests.doubles.chip_truth import scrambled_chips

BOARD = boards.load_board()
SECONDS = 6.0


def wired(lines: VirtualLines) -> OpenLines:
    return OpenLines(BackendChoice("test", ""), lines)


def probed(
    *faults: tuple[int, FaultKind],
    rate_hz: float = 80.0,
    stalls: float = 0.0,
    noise_counts: float = 39.0,
    rate_said: int = 80,
) -> ProbeReport:
    """Probe twelve cells at rest."""
    chips = [
        VirtualHx711(
            lambda _t: 20_000.0,
            Hx711Settings(
                rate_hz=rate_hz * (1 + cell / 400), noise_counts=noise_counts, phase=1 - cell / 13, seed=cell
            ),
        )
        for cell in range(12)
    ]
    lines = VirtualLines(
        chips,
        banks_of(BOARD),
        stalls=RandomStalls(stalls, seed=2),
        faults=[CellFaultCommand(cell, 0, kind) for cell, kind in faults],
    )
    return probe(wired(lines), dataclasses.replace(BOARD, rate_hz=rate_said), SECONDS)


def test_healthy_mat() -> None:
    """Rates to a thousandth, the noise of the data sheet, all pulses short: one sentence that all is well."""
    report = probed()
    assert report.ok
    assert report.verdict == ("all chips answer in time, no read was lost",)
    rates = [cell.rate_hz for cell in report.cells]
    assert rates == pytest.approx([80.0 * (1 + cell / 400) for cell in range(12)], rel=1e-3)
    assert report.slowest_hz == min(rate for rate in rates if rate is not None)
    assert [cell.name for cell in report.cells] == [cell.name for cell in BOARD.cells]
    assert [cell.spread_counts for cell in report.cells] == pytest.approx([39.0] * 12, rel=0.2)
    assert all(cell.good > 5 * 80 and cell.distinct > 50 for cell in report.cells)
    assert report.frames >= report.good_frames > 5 * 79
    assert sum(report.high_pulses) == 25 * sum(cell.reads for cell in report.cells) / 3
    assert sum(report.high_pulses[3:]) == 0
    assert 5.0 < report.longest_high_us < 10.0
    assert 200.0 < report.read_us < 300.0


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FaultKind.UNPLUGGED, "cell B2: no answer; look at its plug"),
        (FaultKind.STUCK_LOW, "cell B2: data line low after the last pulse; look for a short"),
        (FaultKind.SATURATED_LOW, "cell B2: at the end of the range; look at the four wires"),
        (FaultKind.FROZEN, "cell B2: the same code again and again; look at the supply"),
    ],
)
def test_broken_cell_is_named_with_what_to_look_at(kind: FaultKind, words: str) -> None:
    report = probed((4, kind))
    assert not report.ok
    assert len(report.verdict) == 1
    assert report.verdict[0].startswith(words)


def test_several_broken_cells_are_one_sentence() -> None:
    report = probed((0, FaultKind.UNPLUGGED), (11, FaultKind.UNPLUGGED))
    assert report.verdict[0].startswith("cells A1, D3: no answer")
    assert report.cells[0].rate_hz is None


def test_computer_with_other_work_is_reported() -> None:
    """Every 200th operation held up: pulses above 50 us and above 60 are counted, and are a fault."""
    report = probed(stalls=0.005)
    assert not report.ok
    assert any("of reads had a clock pulse above 50 us" in words for words in report.verdict)
    assert any("clock pulses were over 60 us" in words for words in report.verdict)
    assert report.high_pulses[-1] > 0
    assert len(report.high_pulses) == len(PULSE_BIN_EDGES_US) + 1
    assert report.longest_high_us > 60


def test_rate_that_differs_from_the_board_file_is_reported() -> None:
    report = probed(rate_hz=11.0)
    assert report.ok
    assert report.verdict[0].startswith("the chips give 11.0 to 11.3 samples/s, board.toml says 80")


def test_rates_that_are_mixed_are_reported() -> None:
    """One row was sold with the other setting."""
    chips = [*scrambled_chips(9, 80.0, seed=1), *scrambled_chips(3, 10.0, seed=2)]
    report = probe(wired(VirtualLines(chips, banks_of(BOARD))), BOARD, SECONDS)
    assert any(words.startswith("some chips are set to 10 and some to 80") for words in report.verdict)


def test_progress_is_reported_and_grows() -> None:
    heard: list[float] = []
    probe(wired(VirtualLines(scrambled_chips(12, 80.0, seed=1), banks_of(BOARD))), BOARD, 1.0, progress=heard.append)
    assert heard == sorted(heard)
    assert 0.0 <= heard[0] < 0.1
    assert 0.9 < heard[-1] < 1.0


def test_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.0 seconds: the time to measure"):
        probe(wired(VirtualLines(scrambled_chips(12, 80.0, seed=1), banks_of(BOARD))), BOARD, 0.0)


def test_lines_that_go_away_are_one_error() -> None:
    """No verdict about chips that could not be read."""

    class Going(VirtualLines):
        def read_all(self) -> int:
            if self.t_ns > 2_000_000_000:
                raise OSError(19, "No such device")
            return super().read_all()

    lines = Going(scrambled_chips(12, 80.0, seed=1), banks_of(BOARD))
    with pytest.raises(DriverError, match=r"went away while they were in use \(No such device\)$"):
        probe(wired(lines), BOARD, SECONDS)
    assert lines.t_ns < 3_100_000_000

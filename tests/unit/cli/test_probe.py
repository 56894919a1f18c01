"""What a person sees of the probe; what it measures is tested with the drivers."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from firmware.cli.main import TRY_AGAIN, acumat
from firmware.diagnosis.probe import probe
from firmware.drivers.bank import banks_of
from firmware.drivers.factory import BackendChoice, OpenLines
from firmware.terminal.probe_report import probe_report_view
from firmware.terminal.progress import progress_bar
from hardware import board as boards
from sim.chips.chip import Hx711Settings, VirtualHx711
from sim.chips.wires import RandomStalls, VirtualLines
from sim.sensors.faults import CellFaultCommand, FaultKind

BOARD = boards.load_board()


def probed(
    *faults: CellFaultCommand, stalls: float = 0.0, seconds: float = 4.0, terminal: bool = False
) -> tuple[bool, list[str]]:
    """Probe twelve chips at rest for some virtual seconds; give the verdict and the screen."""
    chips = [
        VirtualHx711(lambda _t: 20_000.0, Hx711Settings(rate_hz=80 * (1 + cell / 400), phase=1 - cell / 13, seed=cell))
        for cell in range(12)
    ]
    lines = VirtualLines(chips, banks_of(BOARD), stalls=RandomStalls(stalls, seed=2), faults=faults)
    screen = io.StringIO()
    console = Console(file=screen, width=120, force_terminal=terminal)
    with progress_bar("reading", console) as advance:
        report = probe(OpenLines(BackendChoice("test", ""), lines), BOARD, seconds, progress=advance)
    console.print(probe_report_view(report))
    return report.ok, screen.getvalue().splitlines()


def test_a_sound_mat_on_one_screen() -> None:
    """A row for each chip with its own rate, where the clock pulses lie, and one sentence."""
    ok, lines = probed()
    assert ok
    assert len(lines) <= 40
    assert any("A1" in line and "80.0" in line for line in lines)
    assert any("D3" in line and "82.2" in line for line in lines)
    assert any(line.startswith("clock high 60 us and more") and line.split()[-1] == "0" for line in lines)
    assert any(line.startswith("clock high 5 to 10 us") and line.endswith("#") for line in lines)
    assert lines[-1].strip() == "fine: all chips answer in time, no read was lost"


def test_what_is_broken_is_named() -> None:
    """A chip that is not plugged in: given up after some seconds, so that its neighbours are read without it."""
    ok, lines = probed(CellFaultCommand(4, 0, FaultKind.UNPLUGGED), seconds=15.0)
    assert not ok
    assert any(line.startswith("fault: cell B2: no answer") for line in lines)
    assert any("B2" in line and " - " in line for line in lines)


def test_a_busy_computer_is_named() -> None:
    """It holds one clock edge of a thousand up."""
    ok, lines = probed(stalls=0.001)
    assert not ok
    assert any("of reads had a clock pulse above 50 us: this computer is too busy" in line for line in lines)
    assert any(line.startswith("clock high 60 us and more") and int(line.split()[6]) > 0 for line in lines)


def test_on_a_terminal_a_bar_shows_how_far_it_is() -> None:
    """And is gone when it is done."""
    _, lines = probed(terminal=True)
    assert any("\x1b[" in line for line in lines)


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has GPIO lines: leave them alone")
def test_without_cells_there_is_one_line() -> None:
    """On a computer that is no Raspberry Pi."""
    done = CliRunner().invoke(acumat, ["probe", "--backend", "gpiochip"])
    assert done.exit_code == TRY_AGAIN
    assert done.output.startswith("acumat: no GPIO chip of a Raspberry Pi")

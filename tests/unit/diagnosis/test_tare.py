"""Taking the zero by hand, on a simulated mat: what is taken, and what is refused."""

import io

import numpy as np
import pytest
from rich.console import Console

from firmware.diagnosis.tare import TareResult, tare
from firmware.errors import CalibrationError
from firmware.signal.calibration import Calibration
from firmware.terminal.calibration_prompt import CalibrationPrompt
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people import story as stories
from sim.people.story import Story
from sim.people.weights import WeightPlacement, WeightsStory
from sim.sensors.cell_model import CellModel
from sim.sensors.faults import FaultKind
from sim.sensors.mishaps import CellBreaks

BOARD = boards.load_board()
EMPTY = Story("empty", seconds=60)
NOMINAL = Calibration((BOARD.counts_per_newton,) * 12)


def run(
    story: Story,
    *,
    known: bool = True,
    shifted_n: float = 0.0,
    rate_hz: float = 10.0,
    screen: io.StringIO | None = None,
) -> tuple[Bench, TareResult]:
    """Tare a story; the zero that was kept is shifted on every cell."""
    bench = Bench(story, BOARD, 3, rate_hz=rate_hz)
    zero = tuple(np.rint(bench.cells.zero_counts - shifted_n * bench.cells.counts_per_newton).astype(int).tolist())
    calibration = Calibration(bench.calibration.counts_per_newton, zero) if known else NOMINAL
    prompt = CalibrationPrompt(Console(file=screen or io.StringIO(), width=120, force_terminal=False))
    return bench, tare(FrameSource(bench), BOARD, calibration, prompt, lambda: False)


def refused(story: Story, **options: bool) -> str:
    with pytest.raises(CalibrationError) as caught:
        run(story, **options)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
@pytest.mark.parametrize("known", [True, False])
def test_an_empty_mat_gives_its_zero(known: bool, rate_hz: float) -> None:
    """Also the first one of all, on the board's nominal scale."""
    screen = io.StringIO()
    bench, tared = run(EMPTY, known=known, rate_hz=rate_hz, screen=screen)
    zero = np.array(tared.calibration.zero_counts)
    assert np.abs((zero - bench.cells.zero_counts) / bench.cells.counts_per_newton).max() < 0.1
    assert tared.faults == ()
    assert "Clear the mat and do not touch it." in screen.getvalue()


def test_the_change_of_the_zero_is_reported() -> None:
    """Eight kilograms of covers since the last time become zero load."""
    _, tared = run(EMPTY, shifted_n=6.5)
    assert tared.offset_n == pytest.approx(12 * 6.5, abs=0.5)


@pytest.mark.parametrize("kind", [FaultKind.UNPLUGGED, FaultKind.SATURATED_HIGH])
def test_a_cell_that_cannot_be_read_keeps_its_zero(kind: FaultKind) -> None:
    """The others are zeroed and it is named; without a previous zero there is none for it, so taring is refused."""
    broken = Story("broken", seconds=60, mishaps=(CellBreaks(6, 0.0, kind),))
    bench, tared = run(broken)
    assert tared.calibration.zero_counts is not None
    assert tared.calibration.zero_counts[6] == int(bench.cells.zero_counts[6])
    word = "lost" if kind is FaultKind.UNPLUGGED else "saturated"
    assert tared.faults == (f"C1 is {word}",)
    assert refused(broken, known=False) == f"C1 is {word}: see `acumat doctor`, then try again"


def test_load_on_the_mat_is_refused() -> None:
    """Fourteen kilograms are reported with their place."""
    assert refused(WeightsStory("", puts=(WeightPlacement(4, 14.0, 0, 100),))) == (
        "14 kg seem to lie on the mat, most of it on B2: clear it and try again; "
        "if it is empty, a cell has shifted: `acumat calibrate --rewired`"
    )


@pytest.mark.parametrize("known", [True, False])
def test_a_person_on_the_mat_is_refused(known: bool) -> None:
    """Recognised by the weight, or without a zero by the breath."""
    reason = refused(stories.load_story("power_up_on"), known=known)
    assert reason.startswith("39 kg seem to lie" if known else "the mat is not still: nobody may touch it")


def test_a_shaky_mat_is_refused() -> None:
    """As on a washing machine."""
    assert "is not still" in refused(Story("shaky", seconds=60, cells=CellModel(noise_nv=2e4)))


def test_the_end_of_the_frames_is_no_zero() -> None:
    """Nor is Ctrl-C."""
    assert refused(Story("short", seconds=4)) == "ended before the zero was taken; nothing was changed"

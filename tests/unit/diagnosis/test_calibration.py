"""Calibrating by weights and by walking about, on a simulated mat: what is found, and what is refused."""

import io
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from rich.console import Console

from firmware.diagnosis.calibration import (
    CalibrationMethod,
    accuracy_text,
    body_method,
    measure_placements,
    save_calibration,
    validate_fit,
    weights_method,
)
from firmware.errors import CalibrationError
from firmware.signal.calibration import Calibration
from firmware.signal.fit import Fit
from firmware.signal.known_weights import Weighing
from firmware.storage import calibration as calibrations
from firmware.terminal.calibration_prompt import CalibrationPrompt
from firmware.terminal.calibration_screen import scale_lines, weighing_screen
from hardware import board as boards
from hardware.board import Board
from sim.frames import Bench, FrameSource
from sim.people.body import Body
from sim.people.story import Story
from sim.people.weights import WalkStory, WeightPlacement, WeightsStory, weights_on_each_tile
from sim.sensors.cell_model import CellModel
from sim.sensors.faults import FaultKind
from sim.sensors.mishaps import CellBreaks

BOARD = boards.load_board()
SMALL = boards.load_board(Path(boards.__file__).parent / "boards" / "mat_3x2.toml")
BAR = boards.parse_board(BOARD.text.replace('use = "quad50"', 'use = "bar50"'))
KG = 9.80665
FIVE = WeightsStory("", puts=weights_on_each_tile(BOARD, (5.0,)))


@dataclass
class Result:
    """A valid calibration: the fit, the error of each scale, the zero against the true one, the screen."""

    fit: Fit
    off: npt.NDArray[np.float64]
    zero_off: npt.NDArray[np.float64]
    screen: str


def calibrate(
    story: Story,
    method: CalibrationMethod,
    board: Board = BOARD,
    *,
    seed: int = 1,
    rate_hz: float = 10.0,
    upside_down: int | None = None,
    terminal: bool = False,
) -> Result:
    """Run a calibration on a story."""
    bench = Bench(story, board, seed, rate_hz=rate_hz)
    if upside_down is not None:
        bench.cells.counts_per_newton[upside_down] *= -1
    screen = io.StringIO()
    console = Console(file=screen, width=140, force_terminal=terminal)
    guide = method.guide
    picture = partial(weighing_screen, guide, board, simulated=True) if isinstance(guide, Weighing) else None
    with CalibrationPrompt(console, picture) as prompt:
        found, zero = measure_placements(FrameSource(bench), board, method, prompt, lambda: False)
    for line in scale_lines(board, found):
        console.print(line)
    validate_fit(board, found)
    true = bench.cells.counts_per_newton
    off = np.array(found.counts_per_newton) / true - 1
    return Result(found, off, (np.array(zero) - bench.cells.zero_counts) / true, screen.getvalue())


def refused(story: Story, method: CalibrationMethod, board: Board = BOARD, **options: int) -> str:
    """Run a calibration that fails, and return the reason."""
    with pytest.raises(CalibrationError) as caught:
        calibrate(story, method, board, **options)  # type: ignore[arg-type]
    return str(caught.value)


def weights(*masses_kg: float, known: Calibration | None = None) -> CalibrationMethod:
    return weights_method(BOARD, masses_kg or (5.0,), None, known, corners=False)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_two_weights_on_each_tile(rate_hz: float) -> None:
    """Scales that differ by 8 % are found to 1.5 %, through a cover that hands on 4 % to each neighbour."""
    story = WeightsStory("", puts=weights_on_each_tile(BOARD, (5.0, 20.0)))
    result = calibrate(story, weights(20.0, 5.0), rate_hz=rate_hz)
    assert np.abs(result.off).max() < 0.015
    assert np.abs(result.zero_off).max() < 1.0
    assert (result.fit.used, result.fit.dropped) == (48, 0)
    assert result.fit.residual_share < 0.01
    assert max(result.fit.error_share) < 0.015
    lines = result.screen.splitlines()
    assert lines[0] == "  0%  Clear the mat and do not touch it."
    assert "  0%  Put 5 kg on the middle of tile A1 (row 1 from the base, 1 from your left hand)." in lines
    assert " 98%  Take the weight off." in lines
    [row] = [line.split() for line in lines if line.split()[:1] == ["A3"]]  # the left hand is on the right
    assert row[6:8] == ["A1", f"{result.fit.counts_per_newton[0] / BOARD.counts_per_newton:.3f}"]


def test_a_small_mat() -> None:
    """Six tiles, one weight."""
    story = WeightsStory("", puts=weights_on_each_tile(SMALL, (10.0,)))
    result = calibrate(story, weights_method(SMALL, (10.0,), None, None), SMALL)
    assert np.abs(result.off).max() < 0.02


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("board", [BOARD, SMALL], ids=["4x3", "3x2"])
def test_a_body_on_its_feet(board: Board, seed: int) -> None:
    """No weights at all: the scales are about as far off as the fit says, the sum of a load much less."""
    walk = WalkStory("", body=Body(mass_kg=80), places=90)
    result = calibrate(walk, body_method(board, 80.0, None, None, corners_passed=True), board, seed=seed)
    claimed = max(result.fit.error_share)
    assert 0.02 < claimed <= 0.065
    assert np.sqrt((result.off**2).mean()) < claimed
    assert abs(result.off.mean()) < 0.02
    assert "Stand on the tiles with both feet, three seconds in each place, all over the mat." in result.screen
    assert "Tiles that still need you: " in result.screen
    assert "hold still for three seconds" in result.screen


def test_accuracy_in_words() -> None:
    """The fit's own error, the error of the mass, and that no real cell has confirmed either."""
    fit = Fit((1000.0,) * 12, (0.03,) * 11 + (0.05,), 0.012, 0.03, 60, 2)
    text = accuracy_text(fit, body_method(BOARD, 80.0, None, None, corners_passed=True))
    assert "By a body of 80 kg: 60 loads, 2 dropped that fit with none, they fit to 1.2%, the worst to 3.0%." in text
    assert "about ±5.0% (one standard error). All tiles together: ±1.2% more" in text
    assert "simulated cells only" in text
    assert "±0.5% more" in accuracy_text(fit, weights())
    assert "±10.0% more" in accuracy_text(fit, weights_method(BOARD, (5.0,), 0.5, None))


def test_on_a_terminal_there_is_a_picture() -> None:
    """One that moves, and that is gone when it is done."""
    result = calibrate(FIVE, weights(), terminal=True)
    assert "\x1b[" in result.screen
    assert "Take the weight off." in result.screen
    for text in ("SIMULATED MAT", "A1 now", "D3 to do", "A1 ✓", "of 3 s", "12 of 12", "about 1 min", "Keep"):
        assert text in result.screen


# --- refusals -----------------------------------------------------------------------------------------------------
def test_a_tile_that_does_not_bear_a_person() -> None:
    """A bar cell of 50 kg: weights instead."""
    with pytest.raises(
        CalibrationError, match=r"bar50\) is not trusted above 55 kg, so 80 kg on its feet are too much"
    ):
        body_method(BAR, 80.0, None, None, corners_passed=True)


def test_a_body_does_not_replace_the_corner_test() -> None:
    """Several sensors under a tile: refused with the way on until the test has passed; a single cell has no corners."""
    with pytest.raises(CalibrationError, match=r"does not test the corners .* calibrate with --mass.*--no-corners"):
        body_method(BOARD, 80.0, None, None, corners_passed=False)
    assert body_method(SMALL, 80.0, None, None, corners_passed=False).text == "a body of 80 kg"


@pytest.mark.parametrize(
    ("puts", "reason"),
    [
        ((WeightPlacement(0, 5.0, 400, 5),), r"no progress for 120 s: Put 5 kg on the middle of tile A1"),
        ((WeightPlacement(0, 0.5, 10, 400),), r"no progress for 120 s: only 0.5 kg of change so far"),
        ((WeightPlacement(0, 3.0, 10, 400),), r"this reads 0.[56]\d times what the board file says: are the mass and"),
        (
            (WeightPlacement(1, 5.0, 10, 400),),
            r"the load came on A2: put it on A1; if it lies there, their cables are swapped",
        ),
        ((WeightPlacement(0, 5.0, 10, 400, (0.062, 0.0)),), r"a part of the load is on other tiles"),
        ((WeightPlacement(0, 5.0, 10, 400),), r"no progress for 120 s: the weight is still there"),
        (
            (WeightPlacement(0, 8.0, 0, 20), WeightPlacement(0, 5.0, 400, 5)),
            r"A1 reads less under load: if it was empty before, swap",
        ),
        (
            (WeightPlacement(5, 8.0, 0, 20), WeightPlacement(0, 5.0, 400, 5)),
            r"B3 became lighter: was something on the mat at the beginning",
        ),
        (
            (WeightPlacement(5, 8.0, 0, 25), WeightPlacement(0, 5.0, 10, 400)),
            r"the mat is lighter than at the beginning: something was on it",
        ),
        ((WeightPlacement(0, 5.0, 10, 20), WeightPlacement(0, 5.0, 12, 4)), r"no progress for 120 s"),
        ((WeightPlacement(0, 5.0, 10, 20),), r"ended before it was done; nothing was changed"),
    ],
    ids=["nothing", "too light", "another mass", "another tile", "edge", "left there", "lighter here", "lighter there",
         "lighter later", "two", "over"],
)  # fmt: skip
def test_loads_that_do_not_count(puts: tuple[WeightPlacement, ...], reason: str) -> None:
    """The last hint is the reason, and nothing is kept."""
    seconds = 40.0 if "ended" in reason else 500.0
    assert re.search(reason, refused(WeightsStory("", puts=puts, seconds=seconds), weights()))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(FaultKind.UNPLUGGED, "B3 does not answer: see"), (FaultKind.SATURATED_HIGH, "B3 is at the end of its range: see"),
     (FaultKind.STUCK_LOW, "B3 does not answer: see")],
)  # fmt: skip
@pytest.mark.parametrize("at_s", [0.0, 12.0])
def test_cells_that_cannot_be_read(kind: FaultKind, at_s: float, reason: str) -> None:
    """From the start, or while a weight stands there: by name."""
    story = WeightsStory("", puts=(WeightPlacement(0, 5.0, 10, 400),), mishaps=(CellBreaks(5, at_s, kind),))
    assert reason in refused(story, weights())


def test_a_cell_that_is_wired_upside_down() -> None:
    """By name, with the remedy; by weights at once, by walking after a few seconds of it."""
    swap = "A1 reads less under load: if it was empty before, swap its wires A+ and A-"
    assert swap in refused(WeightsStory("", puts=(WeightPlacement(0, 5.0, 10, 400),)), weights(), upside_down=0)
    walk = WalkStory("", body=Body(mass_kg=80), places=90)
    assert refused(walk, body_method(BOARD, 80.0, None, None, corners_passed=True), upside_down=0) == swap


def test_a_mat_that_is_never_still() -> None:
    """By the tile that moves most."""
    shaky = WeightsStory("", cells=CellModel(noise_nv=2e4), puts=(WeightPlacement(0, 5.0, 10, 400),))
    assert re.search("no progress for 120 s: [A-D][1-3] is not still", refused(shaky, weights()))


def test_load_on_the_mat() -> None:
    """Compared with the previous zero; after a change of cells --rewired leaves the comparison out."""
    bench = Bench(FIVE, BOARD, 1)
    somebody = WeightsStory("", puts=(WeightPlacement(4, 14.0, 0, 400),))
    reason = refused(somebody, weights(known=bench.calibration))
    assert reason == ("no progress for 120 s: 14 kg seem to lie on the mat; if cells were changed, give --rewired")
    assert np.abs(calibrate(FIVE, weights(known=bench.calibration)).off).max() < 0.02
    other = Calibration(bench.calibration.counts_per_newton, (0,) * 12)
    assert "if cells were changed, give --rewired" in refused(FIVE, weights(known=other))
    assert np.abs(calibrate(FIVE, weights(known=None)).off).max() < 0.02


def test_a_person_with_one_foot_on_the_floor_or_of_another_weight() -> None:
    """The sum of all cells is far from the weight that was given."""
    reason = refused(
        WalkStory("", body=Body(mass_kg=80), places=30), body_method(BOARD, 170.0, None, None, corners_passed=True)
    )
    assert re.search(r"this reads 0\.\d\d times what the board file says: both feet on it\?", reason)


def test_a_person_who_stands_in_one_place_only() -> None:
    """Never enough, however long: the tiles that need more are named."""
    still = WalkStory("", body=Body(mass_kg=80), places=2, stay_s=300.0)
    assert re.search(
        r"Tiles that still need you: [A-D][1-3], [A-D][1-3], [A-D][1-3], [A-D][1-3]\.",
        refused(still, body_method(BOARD, 80.0, None, None, corners_passed=True)),
    )


def test_a_cell_of_another_type() -> None:
    """Seven tiles are as the board says, the eighth gives three times as much."""
    bench = Bench(WeightsStory("", puts=(*FIVE.puts[:7], WeightPlacement(7, 5.0, FIVE.puts[7].at_s, 400))), BOARD, 1)
    bench.cells.counts_per_newton[7] *= 3
    with pytest.raises(CalibrationError, match=r"this reads 2\.\d+ times what the board file says"):
        measure_placements(
            FrameSource(bench), BOARD, weights(), CalibrationPrompt(Console(file=io.StringIO())), lambda: False
        )


def test_a_calibration_is_kept_with_what_is_known_of_it(tmp_path: Path) -> None:
    """It is in force at once, and its zero with it."""
    fit = Fit((1000.0,) * 12, (0.01,) * 11 + (0.02,), 0.004, 0.01, 24, 0)
    path = save_calibration(tmp_path, fit, (7,) * 12, weights(), "new cells")
    assert path == tmp_path / "calibration.json"
    assert calibrations.load(tmp_path, 12) == Calibration((1000.0,) * 12, (7,) * 12)
    [record] = calibrations.history(tmp_path, 12)
    provenance = record.provenance
    assert (provenance.method, provenance.error_share, provenance.note) == ("weights of 5 kg", 0.02, "new cells")


def test_an_invalid_result_is_rejected() -> None:
    """An invalid result is shown, and rejected with the reason."""
    vague = replace(weights(), least_noise=0.3)
    assert refused(FIVE, vague).startswith("refused: not known well enough: A1 (±")

"""A calibration from the page: the real procedure on the frames of the running mat, kept only when asked."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from firmware.signal.calibration import Calibration
from firmware.storage import calibration as calibrations
from firmware.web.access import RefusedError
from firmware.web.calibrator import Calibrator
from firmware.web.frame_tap import BLOCKS_MOST, FrameTap
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people.story import Story
from sim.try_mat import TrySource, weights_story

BOARD = boards.load_board()
BACKLOG = 500
PATIENCE = 1000  # waits of 20 ms for what the reader still has to read


def play(tap: FrameTap, until: Callable[[], bool]) -> None:
    """Stand for the loop: read on, no faster than the calibration follows."""
    while not until():
        try:
            tap.read(0.1)
        except EOFError:
            tap.close()
            break
        while tap.waiting > BACKLOG and not until():
            time.sleep(0.001)
    for _ in range(PATIENCE):
        if until():
            return
        time.sleep(0.02)


def calibrator_of(folder: Path, story: Story, **options: object) -> tuple[Calibrator, FrameTap, Bench]:
    bench = Bench(story, BOARD, 3)
    tap = FrameTap(TrySource(FrameSource(bench, block=80)))
    nominal = Calibration((BOARD.counts_per_newton,) * len(BOARD.cells), bench.calibration.zero_counts)
    made = Calibrator(BOARD, tap, folder, lambda: nominal, calibrated=False, restart=None, **options)  # type: ignore[arg-type]
    return made, tap, bench


@pytest.mark.slow
def test_weights_on_every_cell_give_a_calibration(tmp_path: Path) -> None:
    """Corners first, cell after cell; the result is near the truth, and nothing is stored before it is asked for."""
    asked: list[tuple[float, ...]] = []
    made, tap, bench = calibrator_of(tmp_path, weights_story(BOARD, (5.0,)), begins=asked.append)
    assert made.view().state == "idle"
    made.start((5.0,))
    assert asked == [(5.0,)]
    with pytest.raises(RefusedError, match="under way"):
        made.start((5.0,))
    seen: set[tuple[str, ...]] = set()

    def over() -> bool:
        view = made.view()
        seen.add(tuple(cell.state for cell in view.cells))
        return not made.running

    play(tap, over)
    view = made.view()
    assert (view.state, view.cells) == ("measured", ())
    assert "they fit to" in view.outcome
    assert ("now", *["to_do"] * 11) in seen
    assert any(states.count("done") == 6 for states in seen)
    assert calibrations.load(tmp_path, len(BOARD.cells)) is None
    made.keep()
    kept = calibrations.load(tmp_path, len(BOARD.cells))
    assert kept is not None
    assert np.allclose(kept.counts_per_newton, bench.calibration.counts_per_newton, rtol=0.03)
    assert made.view().outcome == "Kept. The mat uses it from its next start."
    with pytest.raises(RefusedError, match="nothing is measured"):
        made.keep()


def test_a_stopped_calibration_leaves_the_old_one(tmp_path: Path) -> None:
    """At once, and it may be started again."""
    made, tap, _ = calibrator_of(tmp_path, Story("The mat is empty", seconds=600))
    made.start((5.0,))
    play(tap, lambda: "5 kg" in made.view().wanted)
    assert made.view().state == "running"
    made.stop()
    assert (made.view().state, made.view().outcome) == ("idle", "Stopped; the old calibration stays.")
    assert list(tmp_path.iterdir()) == []
    made.start((5.0,))
    made.stop()


def test_a_mat_that_is_not_empty_is_said(tmp_path: Path) -> None:
    """The end of the frames ends it with a sentence."""
    made, tap, _ = calibrator_of(tmp_path, Story("Short", seconds=3))
    made.start((5.0,))
    play(tap, lambda: not made.running)
    assert made.view().outcome.startswith("Ended before it was done")


def test_a_branch_that_is_not_read_is_given_up() -> None:
    """The loop goes on as before."""
    tap = FrameTap(TrySource(FrameSource(Bench(Story("The mat is empty", seconds=60), BOARD, 1), block=1)))
    branch = tap.branch()
    for _ in range(BLOCKS_MOST + 2):
        assert tap.read(0.1) is not None
    assert tap.waiting == 0
    assert branch.waiting == BLOCKS_MOST
    for _ in range(BLOCKS_MOST):
        assert branch.read(0.1) is not None
    with pytest.raises(EOFError):
        branch.read(0.01)

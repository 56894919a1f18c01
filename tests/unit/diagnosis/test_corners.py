"""The corner test of `acumat calibrate`, on a simulated mat whose sensors are wired rightly or wrongly."""

import numpy as np
import pytest

from firmware.diagnosis.calibration import measure_placements, validate_fit, weights_method
from firmware.errors import CalibrationError
from hardware import board as boards
from hardware.board import CORNERS
from sim.frames import Bench, FrameSource
from sim.people.weights import WeightsStory, weights_over_corners
from sim.sensors.cell_model import CellModel
from sim.sensors.wiring import Gains, sound_sensors, swap_outputs, turn_sensor

BOARD = boards.load_board()
ALIKE = CellModel(gain_spread=0.0)  # tiles differ by their sensors


class Screen:
    """Keeps every instruction."""

    def __init__(self) -> None:
        self.shown: set[str] = set()

    def show(self, instruction: str, _hint: str, _share: float) -> None:
        """Keep what is shown."""
        self.shown.add(instruction)


def calibrate(gains: Gains, seed: int, screen: Screen | None = None) -> tuple[float, ...]:
    """Put 5 kg over every corner and every middle and return the scales (cells,) in times the nominal one."""
    story = WeightsStory("", cells=ALIKE, puts=weights_over_corners(BOARD, 5.0, CORNERS), gains=gains)
    bench = Bench(story, BOARD, seed, rate_hz=10.0)
    method = weights_method(BOARD, (5.0,), None, None)
    found, _ = measure_placements(FrameSource(bench), BOARD, method, screen or Screen(), lambda: False)
    validate_fit(BOARD, found)
    true = bench.cells.counts_per_newton * [np.mean(row) for row in gains]
    assert np.abs(np.array(found.counts_per_newton) / true - 1).max() < 0.02
    return found.counts_per_newton


def refusal(gains: Gains, seed: int) -> str:
    with pytest.raises(CalibrationError) as caught:
        calibrate(gains, seed)
    return str(caught.value)


# Sensors of 0.7, 1.0 and 1.4 mV/V: each corner of each tile is asked for, and the scales are right to 2 %.
@pytest.mark.parametrize("sensitivity", [0.7, 1.0, 1.4])
def test_sound_sensors_are_accepted(sensitivity: float) -> None:
    screen = Screen()
    calibrate(sound_sensors(BOARD, 1, sensitivity=sensitivity), 6, screen)
    for corner in CORNERS:
        assert (
            f"Put 5 kg over the sensor at the {corner} of tile D3 (row 4 from the base, 3 from your left hand)."
            in screen.shown
        )
    assert "Put 5 kg on the middle of tile D3 (row 4 from the base, 3 from your left hand)." in screen.shown


# One sensor of one tile with its ends swapped: the tile and the corner are named, at any sensitivity. A load on the
# middle would have read half of the scale, which is a sound scale of another batch.
@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("sensitivity", [0.7, 1.4])
def test_a_turned_sensor_is_named(corner: str, sensitivity: float) -> None:
    gains = turn_sensor(sound_sensors(BOARD, 2, sensitivity=sensitivity), 4, corner)
    assert refusal(gains, 2) == (
        f"B2: the sensor at the {corner} is wired the wrong way round (less under load): "
        "swap its two end wires, white and black"
    )


# Two turned sensors in one tile are both named.
def test_two_turned_sensors() -> None:
    gains = turn_sensor(turn_sensor(sound_sensors(BOARD, 3), 0, CORNERS[0]), 0, CORNERS[2])
    assert refusal(gains, 3).startswith(
        "A1: the sensor at the head, left hand and the sensor at the base, right hand is wired the wrong way round"
    )


# A+ and A- of a tile swapped: every corner falls, and the remedy is the other one.
def test_swapped_outputs_are_named() -> None:
    assert (
        refusal(swap_outputs(sound_sensors(BOARD, 4), 7), 4)
        == "C2 reads less under load at every corner: swap its wires A+ and A-"
    )


# A foot that rests beside its sensor: that corner reads too little.
def test_a_weak_corner_is_named() -> None:
    gains = sound_sensors(BOARD, 5, spread=0.0)
    weak = (*gains[:2], (1.0, 1.0, 0.4, 1.0), *gains[3:])
    assert refusal(weak, 5).startswith("A3: the corner at the base, right hand reads 0.")


# Nothing is asked at corners where a tile has a single cell, or where the test was passed before.
def test_no_corners_for_single_cells_or_on_request() -> None:
    single = boards.parse_board(BOARD.text.replace('use = "quad50"', 'use = "bar50"'))
    for board, corners in ((single, True), (BOARD, False)):
        guide = weights_method(board, (5.0,), None, None, corners=corners).guide
        assert guide.share == 0
        assert getattr(guide, "total") == len(board.cells)  # noqa: B009 - not part of the protocol


# One tile, built before 48 sensors are bought: the same test on the board of one tile, sound and wired wrongly.
def test_the_pilot_of_one_tile() -> None:
    pilot = boards.load_board(boards.DEFAULT_PATH.parent / "boards" / "pilot_1x1.toml")
    puts = weights_over_corners(pilot, 5.0, CORNERS)
    gains = sound_sensors(pilot, 8)
    for wired in (gains, turn_sensor(gains, 0, CORNERS[1])):
        bench = Bench(WeightsStory("", cells=ALIKE, puts=puts, gains=wired), pilot, 8, rate_hz=10.0)
        method = weights_method(pilot, (5.0,), None, None)
        if wired is gains:
            found, _ = measure_placements(FrameSource(bench), pilot, method, Screen(), lambda: False)
            validate_fit(pilot, found)
            assert found.counts_per_newton[0] == pytest.approx(pilot.counts_per_newton, rel=0.05)
        else:
            with pytest.raises(
                CalibrationError, match=r"^A1: the sensor at the head, right hand is wired the wrong way"
            ):
                measure_placements(FrameSource(bench), pilot, method, Screen(), lambda: False)

"""Circuits of the hardware, simulated by ngspice from board.toml: ring, supply of a converter, clock line."""

import shutil

import pytest

from hardware import board as boards
from hardware.sheets import SENSOR_RING
from tests.bench import spice

BOARD = boards.load_board()

pytestmark = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")


# A load on any of the four sensors of a tile counts the same.
def test_corners_of_a_ring_are_equal() -> None:
    zero_mv = spice.ring_mv(None)
    outputs_mv = [spice.ring_mv(corner) - zero_mv for corner in SENSOR_RING]
    assert outputs_mv == pytest.approx([outputs_mv[0]] * 4, rel=0.01)
    assert abs(outputs_mv[0]) == pytest.approx(0.5, rel=0.01)


# A sensor with two swapped ends reads less under load, as much as a sound one reads more.
@pytest.mark.parametrize("corner", SENSOR_RING)
def test_a_turned_sensor_reads_the_other_way(corner: str) -> None:
    zero_mv = spice.ring_mv(None)
    sound_mv, turned_mv = (spice.ring_mv(corner, turned=turned) - zero_mv for turned in (None, corner))
    assert turned_mv == pytest.approx(-sound_mv, rel=0.01)


# A converter board as sold passes the ripple of a 3.3 V supply on to the bridge; after the rework it does not.
def test_rework_of_the_supply() -> None:
    adc, bridge_ohm = BOARD.spec.adc, BOARD.spec.cell.types[BOARD.spec.cell.use].bridge_ohm
    volts, ripple = spice.supply(adc, bridge_ohm)
    assert volts == pytest.approx(adc.avdd_v, rel=0.01)
    assert ripple < 0.01
    assert spice.supply(adc, bridge_ohm, as_sold=True)[1] > 0.9


# The series resistor keeps a clock line below what an input bears, and its edges short beside a pulse.
def test_clock_line() -> None:
    rise_ns, peak_v = spice.clock_line(BOARD, BOARD.cols, BOARD.spec.pins.series_ohm)
    assert rise_ns < 200
    assert peak_v < 3.6
    assert spice.clock_line(BOARD, BOARD.cols, 0.0)[1] > 3.6

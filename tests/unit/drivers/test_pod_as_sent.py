"""What the pins really get: gpiozero's own factory of lgpio pins over recorded calls."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from firmware.cues.lightness import duty_of_lightness
from firmware.drivers.pins import DUTY_MAX, LIGHT_HZ, PodPins
from firmware.view import Output
from hardware import board as boards
from tests.doubles.clock import ManualClock
from tests.doubles.fake_lgpio import FakeLgpio, fake_lgpio

BOARD = boards.load_board()
GAIN = BOARD.light_gain
Pod = tuple[FakeLgpio, PodPins]


@pytest.fixture
def pod() -> Iterator[Pod]:
    with fake_lgpio() as (lgpio, factory):
        made = PodPins(BOARD, factory, ManualClock())
        yield lgpio, made
        made.close()


def percents(lgpio: FakeLgpio, pin: int | None) -> list[float]:
    return [percent for _, gpio, _, percent in lgpio.pwm if gpio == pin]


def test_a_dim_light_keeps_its_fraction_and_its_hue(pod: Pod) -> None:
    """1.2 % of red with 0.5 % of green: both are sent, at 400 Hz; whole percents would be pure red."""
    lgpio, pins = pod
    pins.set(Output(red=0.012 / GAIN, green=0.00504 / GAIN))
    assert lgpio.pwm[-2:] == [(0.0, BOARD.red_bcm, LIGHT_HZ, 1.2), (0.0, BOARD.green_bcm, LIGHT_HZ, 0.5)]


def test_a_ramp_at_night_has_many_levels(pod: Pod) -> None:
    """From 8 to 26 L* in 200 updates: at least 100 different duties, each larger than the one before."""
    lgpio, pins = pod
    for turn in range(200):
        pins.set(Output(red=duty_of_lightness(8 + 18 * turn / 200)))
    sent = percents(lgpio, BOARD.red_bcm)
    assert len(set(sent)) >= 100
    assert sent == sorted(sent)


def test_an_output_that_changes_nothing_makes_no_call(pod: Pod) -> None:
    """A thousand times the same light and tone: the calls of the first time, no more."""
    lgpio, pins = pod
    output = Output(red=0.2 / GAIN, green=0.084 / GAIN, blue=0.01, tone_hz=440.0, volume=0.4)
    pins.set(output)
    calls = len(lgpio.pwm)
    for turn in range(1000):
        pins.set(output._replace(red=output.red + turn * 1e-8, volume=0.4 + turn * 1e-8))
    assert len(lgpio.pwm) == calls


def test_a_tone_has_its_pitch_and_its_duty(pod: Pod) -> None:
    """440 Hz at the quietest step: 2.5 % of a period, not two or three; then off."""
    lgpio, pins = pod
    pins.set(Output(tone_hz=440.0, volume=0.25))
    assert lgpio.pwm[-1][1:3] == (BOARD.buzzer_bcm, 440.0)
    assert lgpio.pwm[-1][3] == pytest.approx(25 * DUTY_MAX)
    pins.set(Output(tone_hz=440.0, volume=0.01))
    assert lgpio.pwm[-1][3] == pytest.approx(0.5)
    pins.set(Output())
    assert lgpio.pwm[-1][1:] == (BOARD.buzzer_bcm, 0, 0)


def test_other_factories_are_left_as_they_are() -> None:
    """Only lgpio's pins round; a stand-in factory keeps its pins."""
    from gpiozero.pins.mock import MockFactory, MockPWMPin  # noqa: PLC0415 - beside the other factory

    factory: Any = MockFactory(pin_class=MockPWMPin)
    PodPins(BOARD, factory).close()
    assert factory.pin_class is MockPWMPin


def test_a_motor_runs_while_it_is_felt_and_is_off_at_the_end() -> None:
    """A board with a vibration motor: on, off, on, and off when the pod closes."""
    board = replace(BOARD, motor_bcm=4)
    with fake_lgpio() as (lgpio, factory):
        pins = PodPins(board, factory, ManualClock())
        for touch in (True, True, False, True):
            pins.set(Output(touch=touch))
        pins.close()
        assert [level for _, gpio, level in lgpio.writes if gpio == 4] == [0, 1, 0, 1, 0]

"""What the pins really get where gpiozero uses RPi.GPIO: its own factory over recorded calls."""

from collections.abc import Iterator

import pytest

from firmware.cues.lightness import duty_of_lightness
from firmware.drivers.pins import DUTY_MAX, LIGHT_HZ, PodPins
from firmware.view import Output
from hardware import board as boards
from tests.doubles.clock import ManualClock
from tests.doubles.fake_rpi_gpio import FakeRpiGpio, fake_rpi_gpio

BOARD = boards.load_board()
Pod = tuple[FakeRpiGpio, PodPins]


@pytest.fixture
def pod() -> Iterator[Pod]:
    with fake_rpi_gpio() as (package, factory):
        made = PodPins(BOARD, factory, ManualClock())
        yield package, made
        made.close()


def test_a_dim_light_keeps_its_fraction_and_its_hue(pod: Pod) -> None:
    """1.2 % of red with 0.5 % of green: both are sent, at 400 Hz."""
    package, pins = pod
    pins.set(Output(red=0.012 / BOARD.light_gain, green=0.00504 / BOARD.light_gain))
    sent = package.pwm[-2:]
    assert [(gpio, hertz) for gpio, hertz, _ in sent] == [(BOARD.red_bcm, LIGHT_HZ), (BOARD.green_bcm, LIGHT_HZ)]
    assert [percent for _, _, percent in sent] == pytest.approx([1.2, 0.5])


def test_a_ramp_at_night_has_many_levels(pod: Pod) -> None:
    """From 8 to 26 L* in 200 updates: at least 100 different duties, each larger than the one before."""
    package, pins = pod
    for turn in range(200):
        pins.set(Output(red=duty_of_lightness(8 + 18 * turn / 200)))
    sent = [percent for gpio, _, percent in package.pwm if gpio == BOARD.red_bcm]
    assert len(set(sent)) >= 100
    assert sent == sorted(sent)


def test_an_output_that_changes_nothing_makes_no_call(pod: Pod) -> None:
    """A thousand times the same light and tone: the calls of the first time, no more."""
    package, pins = pod
    output = Output(red=0.2 / BOARD.light_gain, green=0.084 / BOARD.light_gain, blue=0.01, tone_hz=440.0, volume=0.4)
    pins.set(output)
    calls = len(package.pwm)
    for turn in range(1000):
        pins.set(output._replace(red=output.red + turn * 1e-8, volume=0.4 + turn * 1e-8))
    assert len(package.pwm) == calls


def test_a_tone_has_its_pitch_and_its_duty_and_ends(pod: Pod) -> None:
    """440 Hz at the quietest step: 2.5 % of a period; then nothing more is sent to the buzzer."""
    package, pins = pod
    pins.set(Output(tone_hz=440.0, volume=0.25))
    gpio, hertz, percent = [one for one in package.pwm if one[0] == BOARD.buzzer_bcm][-1]
    assert (gpio, hertz) == (BOARD.buzzer_bcm, 440.0)
    assert percent == pytest.approx(25 * DUTY_MAX)
    pins.set(Output())
    assert [one for one in package.pwm if one[0] == BOARD.buzzer_bcm][-1][2] == 0.0


def test_all_is_off_at_the_end() -> None:
    """The last call of each pin of the pod is no light and no tone."""
    with fake_rpi_gpio() as (package, factory):
        pins = PodPins(BOARD, factory, ManualClock())
        pins.set(Output(red=0.5, green=0.5, blue=0.5, tone_hz=440.0, volume=1.0))
        pins.close()
        for pin in (BOARD.red_bcm, BOARD.green_bcm, BOARD.blue_bcm, BOARD.buzzer_bcm):
            assert [percent for gpio, _, percent in package.pwm if gpio == pin][-1] == 0.0

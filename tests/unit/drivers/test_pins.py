"""The pod on gpiozero's own pretended pins."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from gpiozero import LED
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware.cues.cue import DONE_LEVEL
from firmware.cues.lightness import duty_of_lightness
from firmware.drivers import pins
from firmware.drivers.pins import DUTY_MAX, EDGES_MAX, PodPins, all_off
from firmware.errors import DriverError
from firmware.frames import ButtonEdge
from firmware.view import DARK, Output
from hardware import board as boards
from tests.doubles.clock import ManualClock

BOARD = boards.load_board()
GAIN = BOARD.light_gain  # the dimmer of the pod
AMBER = Output(red=0.2 / GAIN, green=0.084 / GAIN, blue=0.0)
CHIME = Output(tone_hz=440.0, volume=0.5)


@pytest.fixture
def factory() -> Iterator[Any]:
    made = MockFactory(pin_class=MockPWMPin)
    yield made
    made.close()


def levels(factory: Any) -> tuple[float, ...]:  # noqa: ANN401 - gpiozero has no types
    return tuple(
        round(float(factory.pin(pin).state), 4)
        for pin in (BOARD.red_bcm, BOARD.green_bcm, BOARD.blue_bcm, BOARD.buzzer_bcm)
    )


def test_the_pod_is_dark_and_silent_at_start(factory: Any) -> None:  # noqa: ANN401
    """Opened: off. Shown amber: amber. Closed: off, and whatever is shown later stays unseen."""
    pod = PodPins(BOARD, factory)
    assert levels(factory) == (0, 0, 0, 0)
    pod.set(AMBER)
    assert levels(factory) == (0.2, 0.084, 0, 0)
    pod.close()
    pod.set(AMBER)
    pod.close()
    assert levels(factory) == (0, 0, 0, 0)


def test_the_brightest_light_needs_nearly_the_whole_duty_and_none_needs_more(factory: Any) -> None:  # noqa: ANN401
    """The dimmer is the largest of the E12 series that takes nothing: 95 % of the duty at `done`."""
    brightest = duty_of_lightness(DONE_LEVEL)
    pod = PodPins(BOARD, factory)
    pod.set(Output(red=brightest))
    assert levels(factory)[0] == pytest.approx(brightest * GAIN, abs=1e-4)
    assert 0.9 < brightest * GAIN < 1.0 < brightest * (1 + 560 / BOARD.spec.pins.series_ohm)
    pod.set(Output(red=1.0))
    assert levels(factory)[0] == 1.0
    pod.close()


def test_a_pod_without_a_dimmer_gets_the_light_as_its_duty(factory: Any) -> None:  # noqa: ANN401
    """A board file without dimmer_ohm, as pods were built before."""
    board = boards.parse_board(BOARD.text.replace("dimmer_ohm = 470", "dimmer_ohm = 0"))
    pod = PodPins(board, factory)
    pod.set(Output(red=0.2))
    assert levels(factory)[0] == 0.2
    pod.close()


def test_volume_is_the_duty_of_the_buzzer_and_pitch_its_frequency(factory: Any) -> None:  # noqa: ANN401
    """A chime of two notes at half volume, then silence: never more than a tenth of a period high."""
    pod = PodPins(BOARD, factory)
    buzzer = factory.pin(BOARD.buzzer_bcm)
    pod.set(CHIME)
    assert (buzzer.frequency, buzzer.state) == (440.0, 0.5 * DUTY_MAX)
    pod.set(CHIME._replace(volume=0.25))
    assert (buzzer.frequency, buzzer.state) == (440.0, 0.25 * DUTY_MAX)
    pod.set(CHIME._replace(tone_hz=523.25, volume=1.0))
    assert (buzzer.frequency, buzzer.state) == (523.25, DUTY_MAX)
    pod.set(CHIME._replace(volume=0.0))
    assert buzzer.frequency is None
    pod.set(DARK)
    assert buzzer.frequency is None
    pod.set(CHIME)
    pod.close()
    assert buzzer.state == 0
    assert max(state.state for state in buzzer.states) <= DUTY_MAX


def test_a_repeated_output_does_not_touch_a_pin(factory: Any) -> None:  # noqa: ANN401
    """The loop shows the same thing a thousand times: the pins see one change."""
    pod = PodPins(BOARD, factory)
    red = factory.pin(BOARD.red_bcm)
    before = len(red.states)
    for _ in range(1000):
        pod.set(AMBER)
        pod.set(AMBER._replace(red=0.20001 / GAIN))
    assert len(red.states) == before + 1
    pod.close()


def test_presses_wait_in_a_queue_with_their_times(factory: Any) -> None:  # noqa: ANN401
    """A key is pressed and let go while the loop is busy; the loop finds both times afterwards, once."""
    clock = ManualClock(now_s=5.0)
    pod = PodPins(BOARD, factory, clock)
    key = factory.pin(BOARD.button_bcm)
    key.drive_low()
    clock.sleep_s(0.2)
    key.drive_high()
    assert pod.edges() == (ButtonEdge(5_000_000_000, down=True), ButtonEdge(5_200_000_000, down=False))
    assert pod.edges() == ()
    pod.close()


def test_a_chattering_key_cannot_fill_the_memory(factory: Any) -> None:  # noqa: ANN401
    """Nobody reads the queue: the newest edges stay, the others are counted."""
    pod = PodPins(BOARD, factory)
    key = factory.pin(BOARD.button_bcm)
    for _ in range(100):
        key.drive_low()
        key.drive_high()
    assert len(pod.edges()) == EDGES_MAX
    assert pod.edges_dropped == 200 - EDGES_MAX
    pod.close()


def test_a_pin_in_use_is_one_clear_error_and_the_rest_is_released(factory: Any) -> None:  # noqa: ANN401
    """Something else holds the pin of the buzzer: the error names part and pin, and the light is free again."""
    other = LED(BOARD.buzzer_bcm, pin_factory=factory)
    with pytest.raises(DriverError, match=rf"buzzer on BCM {BOARD.buzzer_bcm} .* free the pin"):
        PodPins(BOARD, factory)
    LED(BOARD.red_bcm, pin_factory=factory).close()
    other.close()
    PodPins(BOARD, factory).close()


def test_a_machine_without_pins_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pin library is asked for that is not there."""
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "none_of_this_name")
    with pytest.raises(DriverError, match="pod: no access to the pins of this machine"):
        PodPins(BOARD)


def test_a_board_without_a_pod_has_no_outputs_and_no_button(factory: Any) -> None:  # noqa: ANN401
    """A board file may leave light, buzzer and button out."""
    bare = replace(BOARD, red_bcm=None, green_bcm=None, blue_bcm=None, buzzer_bcm=None, button_bcm=None)
    pod = PodPins(bare, factory)
    pod.set(AMBER)
    pod.set(CHIME)
    assert pod.edges() == ()
    assert pod.fault is None
    pod.close()
    assert not factory.pins


def test_a_light_that_breaks_while_running_does_not_stop_the_loop(factory: Any) -> None:  # noqa: ANN401
    """The pins go away under the pod; what is shown is lost, the reason is kept."""
    pod = PodPins(BOARD, factory)
    for device in pod._devices:  # noqa: SLF001 - the failure has to come from below
        device.close()
    pod.set(AMBER)
    assert pod.fault is not None
    assert "check the cable of the pod" in pod.fault
    pod.close()


def test_all_off_switches_off_what_a_crash_left_on(factory: Any) -> None:  # noqa: ANN401
    """A crashed program left the pins high: they are low afterwards."""
    left = [factory.pin(pin) for pin in (BOARD.red_bcm, BOARD.buzzer_bcm)]
    for pin in left:
        pin.function, pin.state = "output", 1
    all_off(BOARD, factory)
    assert [pin.state for pin in left] == [0, 0]


def test_the_end_of_the_program_switches_everything_off() -> None:
    """A program shows light and ends without closing the pod: the pins are switched off at the exit."""
    program = """
import atexit
from gpiozero.pins.mock import MockFactory, MockPWMPin
factory = MockFactory(pin_class=MockPWMPin)
from firmware.drivers.pins import PodPins
from firmware.view import Output
from hardware import board as boards
from tests.doubles.clock import ManualClock
board = boards.load_board()
red = factory.pin(board.red_bcm)
atexit.register(lambda: print("at the end", red.state))
pod = PodPins(board, factory)
pod.set(Output(red=0.25 / board.light_gain))
print("shown", red.state)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "shown 0.25\nat the end 0.0\n"
    assert done.stderr == ""


def test_lgpio_gets_a_folder_that_it_can_write_to() -> None:
    """In the home of another user it could not be imported; a folder that was chosen, as by the service, stays."""
    environment: dict[str, str] = {}
    pins.lead_lgpio_to_writable_folder(environment, writable=True)
    assert environment == {}
    pins.lead_lgpio_to_writable_folder(environment, writable=False)
    assert environment == {"LG_WD": tempfile.gettempdir()}
    environment["LG_WD"] = "/run/acumat"
    pins.lead_lgpio_to_writable_folder(environment, writable=False)
    assert environment == {"LG_WD": "/run/acumat"}


def test_without_any_writable_folder_lgpio_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a card that is read-only throughout, the mat goes on: its lights may be missing, its timing is not."""

    def nowhere() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    environment: dict[str, str] = {}
    pins.lead_lgpio_to_writable_folder(environment, writable=False)
    assert environment == {}

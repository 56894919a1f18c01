"""The light by itself: how one cue follows another."""

import pytest

from firmware.cues.cue import NIGHT_LEVEL, LightCue
from firmware.cues.lamp import DARK, Lamp
from firmware.cues.lightness import duty_of_lightness, lightness_of_duty
from firmware.cues.pacer import Pacer

FULL, HALF, NIGHT = duty_of_lightness(50), duty_of_lightness(40), duty_of_lightness(NIGHT_LEVEL)
DAY = 100.0
WHITE = LightCue("steady", "white", high=50)
BLUE = LightCue("steady", "blue", high=40)
BREATH = LightCue("breathe", "white", low=0, high=50)
TRAIN = LightCue("blink", "white", high=50, on_s=(0.25, 0.25), gap_s=0.45)


def lamp() -> Lamp:
    """Return a light at full brightness."""
    return Lamp(1.0)


def show(light: Lamp, t_s: float, cue: LightCue, name: str = "", breath_s: float = 0.0, *, night: bool = False) -> bool:
    """Let a cue be seen from now on."""
    cap = NIGHT_LEVEL if night else DAY
    return light.take_over(t_s, name or cue.pattern + cue.colour, cue, t_s, pacer=Pacer(breath_s), cap=cap)


def test_a_light_fades_from_the_one_before_within_a_second() -> None:
    """White turns to blue: at first white as it was, half way after half a second, blue after one."""
    light = lamp()
    assert light.at(0.0) == DARK
    assert show(light, 0.0, WHITE)
    assert light.at(1.0)[0] == pytest.approx(FULL)
    assert show(light, 5.0, BLUE)
    assert light.at(5.0)[0] == pytest.approx(FULL)
    assert light.at(5.5)[0] == pytest.approx(duty_of_lightness((50 + lightness_of_duty(0.1 * HALF)) / 2))
    assert light.at(6.0) == pytest.approx((0.1 * HALF, 0.25 * HALF, HALF))


def test_the_same_cue_again_changes_nothing_and_is_no_beginning() -> None:
    """The hop after: the same cue is wanted, and it is not reported as a new one."""
    light = lamp()
    assert show(light, 0.0, WHITE)
    assert not light.take_over(0.5, "steadywhite", WHITE, 0.0, pacer=Pacer(0.0), cap=DAY)
    assert light.at(1.0)[0] == pytest.approx(FULL)
    assert light.take_over(0.6, "steadywhite", WHITE, 0.6, pacer=Pacer(0.0), cap=DAY)


def test_a_new_breath_concerns_only_a_light_that_breathes() -> None:
    """The pacer restarts: a breathing light follows within a second, a train of blinks goes on as it was."""
    light = lamp()
    show(light, 0.0, BREATH)
    assert light.at(4.0)[0] == pytest.approx(FULL)
    assert not light.take_over(4.0, "breathewhite", BREATH, 0.0, pacer=Pacer(4.0), cap=DAY)
    assert light.at(4.0)[0] == pytest.approx(FULL)
    assert light.at(8.0)[0] == pytest.approx(FULL)
    light = lamp()
    show(light, 0.0, TRAIN)
    light.take_over(0.65, "blinkwhite", TRAIN, 0.0, pacer=Pacer(0.65), cap=DAY)
    assert light.at(0.69) == DARK
    assert light.at(0.8)[0] == pytest.approx(FULL)


def test_a_blink_waits_until_half_a_second_after_the_last_one_began() -> None:
    """The second blink of a train began at 0.7 s: another cue, blinking or steady, may begin from 1.2 s on."""
    other = LightCue("blink", "blue", high=40)
    for t_s, begins in ((0.75, False), (1.19, False), (1.2, True), (1.3, True)):
        light = lamp()
        show(light, 0.0, TRAIN)
        assert show(light, t_s, other) is begins
        assert light.name == ("blinkblue" if begins else "blinkwhite")
    light = lamp()
    show(light, 0.0, TRAIN)
    assert not show(light, 0.75, BLUE)
    assert show(light, 1.2, BLUE)
    for t_s, begins in ((4.2, False), (4.5, True)):
        light = lamp()
        show(light, 0.0, LightCue("blink", high=50, on_s=(0.25,), gap_s=0.45, every_s=4.0))
        assert show(light, t_s, other) is begins


def test_no_third_rise_comes_within_a_second() -> None:
    """A blink, a steady light half a second later, a press in the middle of its ramp: the next blink waits for both."""
    light = lamp()
    show(light, 10.0, TRAIN)
    assert not show(light, 10.1, BLUE)
    assert show(light, 10.5, BLUE)
    assert not show(light, 11.3, TRAIN, "again")
    assert show(light, 11.3, WHITE, "press")


def test_a_press_during_a_breath_is_answered_at_once() -> None:
    """The light of a breath grows: the first blink cuts it short, the second waits a second for both."""
    light = lamp()
    show(light, 0.0, BREATH)
    assert show(light, 12.5, LightCue("blink", high=50, on_s=(0.25,)), "press")
    assert not show(light, 13.4, LightCue("blink", high=50, on_s=(0.25,)), "again")
    assert show(light, 13.6, LightCue("blink", high=50, on_s=(0.25,)), "again")


def test_a_blink_after_a_light_begins_when_that_light_is_out() -> None:
    """Steady blue, then a blue blink: a tenth to go dark, then the rise, all of its length, and the same rhythm."""
    light = lamp()
    show(light, 0.0, BLUE)
    show(light, 5.0, TRAIN)
    falling = [max(light.at(5.0 + part / 100)) for part in range(11)]
    assert falling == sorted(falling, reverse=True)
    assert light.at(5.1) == DARK
    assert light.at(5.2)[0] == pytest.approx(FULL)
    assert light.at(5.36) == DARK
    assert light.at(5.79) == DARK
    assert light.at(5.9)[0] == pytest.approx(FULL)


def test_a_change_of_night_keeps_the_rhythm_of_the_blinks() -> None:
    """Night falls between two blinks of a train that began late: the second comes when it would have come."""
    light = lamp()
    show(light, 0.0, BLUE)
    show(light, 5.0, TRAIN)
    assert not light.take_over(5.65, "blinkwhite", TRAIN, 5.0, pacer=Pacer(0.0), cap=NIGHT_LEVEL)
    assert light.at(5.79) == DARK
    assert light.at(5.9)[0] == pytest.approx(NIGHT)


def test_a_blink_shown_again_in_its_middle_counts_from_there() -> None:
    """A long blink loses the dimness of the night after 0.6 s: that rise is one too, and the next waits for it."""
    light = lamp()
    long = LightCue("blink", "white", high=50, on_s=(1.5,))
    show(light, 0.0, long, night=True)
    light.take_over(0.6, "blinkwhite", long, 0.0, pacer=Pacer(0.0), cap=DAY)
    assert not show(light, 1.0, TRAIN, "next")
    assert show(light, 1.1, TRAIN, "next")


def test_night_scales_what_is_brighter_and_leaves_what_is_dim() -> None:
    """A breath keeps its shape at a quarter of its level; a light at the level of the night stays as it is."""
    light = lamp()
    show(light, 0.0, WHITE, night=True)
    assert light.at(2.0)[0] == pytest.approx(NIGHT)
    light = lamp()
    show(light, 0.0, LightCue("steady", "white", high=23), night=True)
    assert light.at(2.0)[0] == pytest.approx(duty_of_lightness(23))
    light = lamp()
    show(light, 0.0, WHITE)
    assert not light.take_over(5.0, "steadywhite", WHITE, 0.0, pacer=Pacer(0.0), cap=NIGHT_LEVEL)
    assert light.at(5.0)[0] == pytest.approx(FULL)
    assert light.at(6.0)[0] == pytest.approx(NIGHT)


def test_brightness_is_a_factor_on_the_whole_light() -> None:
    """Half the brightness is half of every colour, during a fade as well."""
    half = Lamp(0.5)
    show(half, 0.0, BLUE)
    assert half.at(1.0) == pytest.approx((0.05 * HALF, 0.125 * HALF, 0.5 * HALF))
    assert half.at(0.5)[2] == pytest.approx(0.5 * duty_of_lightness(20))


def test_the_quickest_train_there_may_be_leaves_room_for_another_blink() -> None:
    """Again and again, at 2 Hz within the train: any person who waits gets a turn after each round."""
    train = LightCue("blink", "white", high=50, on_s=(0.25, 0.25), gap_s=0.25, every_s=1.5)
    other = LightCue("blink", "blue", high=40)
    for begin in range(1, 15):
        light = lamp()
        show(light, 0.0, train)
        waited = next(n for n in range(20) if show(light, (begin + n) / 10, other))
        assert waited <= 10

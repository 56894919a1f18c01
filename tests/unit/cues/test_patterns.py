"""Shapes of light by their own age."""

import pytest

from firmware.cues import patterns
from firmware.cues.lightness import duty_of_lightness, lightness_of_duty


def test_a_breath_takes_four_seconds_in_and_six_out() -> None:
    """A pacer swells for 4 s, sinks for 6 s, and the second breath is like the first."""
    levels = [patterns.breathe(age_s / 10 % 1, 0.02, 0.2, 0.4) for age_s in (0, 2, 4, 7, 10, 12, 14)]
    assert levels == pytest.approx([0.02, 0.11, 0.2, 0.11, 0.02, 0.11, 0.2])


def test_a_rise_stays_up_and_a_fade_stays_down() -> None:
    """Half way at half time, and nothing happens after the end or before the beginning."""
    assert [patterns.rise(age_s, 0.1, 0.4, 30.0) for age_s in (-1, 0, 15, 30, 99)] == pytest.approx(
        [0.1, 0.1, 0.25, 0.4, 0.4]
    )
    assert [patterns.fade(age_s, 120.0) for age_s in (-1, 0, 60, 120, 999)] == pytest.approx([1, 1, 0.5, 0, 0])


def test_a_pulse_swells_once() -> None:
    """Dark at both ends, brightest in the middle, dark outside."""
    assert [patterns.pulse(age_s, 0.1, 2.0) for age_s in (-0.1, 0, 0.5, 1, 1.5, 2.0, 3.0)] == pytest.approx(
        [0, 0, 0.05, 0.1, 0.05, 0, 0]
    )


def test_a_blink_has_its_edges_inside() -> None:
    """A quarter of a second with edges of a tenth: full in between, nothing outside."""
    ages_s = (-0.01, 0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
    assert [patterns.blink(age_s, 0.1, 0.25, 0.1) for age_s in ages_s] == pytest.approx(
        [0, 0, 0.05, 0.1, 0.1, 0.05, 0, 0]
    )


def test_a_train_has_beats_and_pauses() -> None:
    """Long, short, short, every four seconds."""
    train = ((1.2, 0.4, 0.4), 0.4, 4.0)
    assert patterns.beat(0.0, *train) == (0.0, 1.2)
    assert patterns.beat(1.3, *train) is None
    assert patterns.beat(1.7, *train) == pytest.approx((0.1, 0.4))
    assert patterns.beat(3.0, *train) is None
    assert patterns.beat(4.5, *train) == (0.5, 1.2)
    assert patterns.beat(4.5, (1.2, 0.4), 0.4, 0.0) is None
    assert patterns.beat(-3.9, *train) is None


def test_the_last_beat_that_began_is_found() -> None:
    """The times at which a long-short-short train lights up are 0, 1.6, 2.4 and again from 4 on."""
    train = ((1.2, 0.4, 0.4), 0.4, 4.0)
    ages_s = (0.0, 1.59, 1.6, 2.3, 2.5, 3.9, 4.0, 5.7)
    assert [patterns.onset_before(age_s, *train) for age_s in ages_s] == pytest.approx(
        [0, 0, 1.6, 1.6, 2.4, 2.4, 4.0, 5.6]
    )
    assert patterns.onset_before(9.0, (0.25, 0.25), 0.45, 0.0) == pytest.approx(0.7)


def test_a_melody_rises_and_falls_with_each_note_and_ends() -> None:
    """Two notes with a rest between: each rises, stays, falls, and is heard for its whole length."""
    melody = ((440.0, 0.0, 523.25), 0.25)
    assert patterns.melody_note(-0.1, *melody) is None
    assert patterns.melody_note(0.0, *melody) == (440.0, patterns.FLOOR)
    assert patterns.melody_note(0.05, *melody) == pytest.approx((440.0, 1.0))
    assert patterns.melody_note(0.15, *melody) == pytest.approx((440.0, 1.0))
    assert patterns.melody_note(0.2, *melody) == pytest.approx((440.0, (1.0 + patterns.FLOOR) / 2))
    assert patterns.melody_note(0.2499, *melody) == pytest.approx((440.0, patterns.FLOOR), abs=1e-3)
    assert patterns.melody_note(0.3, *melody) is None
    assert patterns.melody_note(0.6, *melody) == pytest.approx((523.25, 1.0))
    assert patterns.melody_note(0.75, *melody) is None


def test_light_blends_in_steps_that_look_equal() -> None:
    """Half way from dark to full is half the lightness, 18 % of the duty."""
    assert patterns.blend_lights((0.0, 0.0, 0.0), (1.0, 0.5, 0.0), 0.5)[0] == pytest.approx(0.184, abs=1e-3)
    assert [lightness_of_duty(duty_of_lightness(level)) for level in (0, 3, 8, 9, 50, 100)] == pytest.approx(
        [0, 3, 8, 9, 50, 100], abs=1e-2
    )


def test_colours_mix_in_the_middle() -> None:
    """Half of one and half of the other."""
    assert patterns.mix_colours((1.0, 0.4, 0.0), (0.0, 0.2, 1.0), 0.5) == pytest.approx((0.5, 0.3, 0.5))
    assert patterns.raised_cosine(-1) == 0.0
    assert patterns.raised_cosine(2) == 1.0

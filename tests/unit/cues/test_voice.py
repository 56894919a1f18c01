"""The buzzer by itself: what is due, what is left out, what is stopped."""

from dataclasses import replace

from firmware.cues.table import Chime, shipped_cue_table
from firmware.cues.voice import LEAD_S, LOUDNESS, Voice

LOUD = 4


def voice() -> Voice:
    """Return the buzzer with the chimes that ship."""
    return Voice(shipped_cue_table().sound, 1.0)


def test_a_chime_sounds_when_it_is_due_and_only_once_for_each_turn() -> None:
    """The goal was reached at 0: the first chime at 15 s, no second one at the next hop, the next at 135 s."""
    buzzer = voice()
    assert not buzzer.follow(14.9, Chime.DONE, 14.9, LOUD)
    assert buzzer.follow(15.0, Chime.DONE, 15.0, LOUD)
    assert buzzer.at(15.0 + LEAD_S - 0.01) == (None, 0.0)
    assert buzzer.at(15.1 + LEAD_S)[0] == 440.0
    assert not buzzer.follow(15.1, Chime.DONE, 15.1, LOUD)
    assert not buzzer.follow(134.9, Chime.DONE, 134.9, LOUD)
    assert buzzer.at(134.9) == (None, 0.0)
    assert buzzer.follow(135.0, Chime.DONE, 135.0, LOUD)


def test_a_chime_that_is_half_a_second_late_is_left_out() -> None:
    """Seen for the first time a little after it was due: sounds; half a second after: does not, nor later."""
    assert voice().follow(15.49, Chime.DONE, 15.49, LOUD)
    buzzer = voice()
    assert not buzzer.follow(15.5, Chime.DONE, 15.5, LOUD)
    assert not buzzer.follow(15.6, Chime.DONE, 15.6, LOUD)
    assert buzzer.follow(135.0, Chime.DONE, 135.0, LOUD)


def test_a_new_session_has_its_own_chimes() -> None:
    """The first turn of the last session does not count for this one."""
    buzzer = voice()
    assert buzzer.follow(15.0, Chime.DONE, 15.0, LOUD)
    buzzer.new_session()
    assert buzzer.follow(915.0, Chime.DONE, 15.0, LOUD)


def test_the_chime_of_a_state_stops_with_it_and_advice_to_stop_does_not() -> None:
    """The person moves during a chime: silence at once. Advice to stop sounds to its end in any state."""
    for then in (None, Chime.OVERTIME):
        buzzer = voice()
        buzzer.follow(15.0, Chime.DONE, 15.0, LOUD)
        buzzer.follow(15.1, then, 0.1, 0)
        assert buzzer.at(15.1) == (None, 0.0)
    buzzer = voice()
    assert buzzer.start(10.0, Chime.STOP_ADVISED, LOUD, 0)
    buzzer.follow(10.1, None, 0.0, LOUD)
    buzzer.follow(10.1, Chime.DONE, 1.0, LOUD)
    assert buzzer.at(10.1 + LEAD_S)[0] == 523.25
    assert buzzer.at(10.71 + LEAD_S) == (None, 0.0)


def test_the_limit_caps_a_chime_and_none_silences_it() -> None:
    """Step two of four within a limit of one, and within none."""
    buzzer = voice()
    assert buzzer.start(0.0, Chime.STOP_ADVISED, 1, 0)
    assert buzzer.at(0.1 + LEAD_S)[1] == LOUDNESS[0]
    buzzer = voice()
    assert not buzzer.start(0.0, Chime.STOP_ADVISED, 0, 0)
    assert buzzer.at(0.1 + LEAD_S) == (None, 0.0)


def test_a_chime_without_repeats_is_due_once() -> None:
    """The goal chimes once and never again."""
    once = replace(shipped_cue_table().sound[Chime.DONE], every_s=0.0, times=0)
    buzzer = Voice({**shipped_cue_table().sound, Chime.DONE: once}, 1.0)
    assert buzzer.follow(15.0, Chime.DONE, 15.0, LOUD)
    assert not [t_s for t_s in range(16, 900) if buzzer.follow(t_s, Chime.DONE, t_s, LOUD)]

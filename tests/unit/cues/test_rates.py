"""How often a cue may begin, to the second."""

from firmware.cues.cue import LightCue
from firmware.cues.rates import CueRateLimit

CUE = LightCue("steady", apart_s=30.0)
OFTEN = LightCue("steady")


def test_a_cue_comes_again_when_its_time_is_over() -> None:
    """Thirty seconds between two: not at 29.9, but at 30."""
    rates = CueRateLimit()
    assert rates.allow(0.0, "event.wiggle", CUE)
    rates.note(10.0, "event.wiggle")
    assert rates.begun_s("event.wiggle") == 10.0
    assert not rates.allow(39.9, "event.wiggle", CUE)
    assert rates.allow(40.0, "event.wiggle", CUE)
    assert rates.allow(10.0, "event.uneven", CUE)


def test_while_cells_fail_what_nobody_asked_for_shares_one_minute() -> None:
    """A cell went missing: after a wiggle nothing unasked for a minute, whatever it is. Answers to a press come."""
    rates = CueRateLimit()
    rates.fault(5.0)
    assert rates.allow(5.0, "event.wiggle", OFTEN)
    rates.note(5.0, "event.wiggle")
    rates.note(6.0, "event.discomfort")
    rates.fault(50.0)
    assert not rates.allow(64.9, "state.uncertain", OFTEN)
    assert rates.allow(64.9, "event.discomfort", OFTEN)
    assert rates.allow(65.0, "state.uncertain", OFTEN)


def test_a_fault_is_remembered_for_a_minute() -> None:
    """The last missing cell was seen at 5 s: at 64.9 s the mat is still careful, at 65 s no longer."""
    rates = CueRateLimit()
    assert not rates.faulty(5.0)
    rates.fault(5.0)
    rates.note(40.0, "event.wiggle")
    assert rates.faulty(64.9)
    assert not rates.allow(64.9, "event.uneven", OFTEN)
    assert not rates.faulty(65.0)
    assert rates.allow(65.0, "event.uneven", OFTEN)

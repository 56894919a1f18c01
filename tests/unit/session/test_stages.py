"""Stages of lying: their order for every goal, and where a lying time belongs."""

import pytest

from firmware.enums import State
from firmware.session.stages import StageSettings, stage_after, stage_at, stage_schedule


def names(goal_s: float) -> list[tuple[str, float]]:
    return [(stage.state.value, stage.start_s) for stage in stage_schedule(StageSettings(goal_s=goal_s))]


def end(goal_s: float) -> list[tuple[str, float]]:
    return [("done", goal_s), ("overtime", 2400.0)]


def test_ten_minutes_have_all_stages() -> None:
    """The first minute settles, the next four ease, the last one closes."""
    assert names(600) == [("settling", 0), ("easing", 60), ("resting", 300), ("closing", 540), *end(600)]


def test_five_minutes_leave_resting_out() -> None:
    """A short goal closes for half a minute, and nothing begins after closing."""
    assert names(300) == [("settling", 0), ("easing", 60), ("closing", 270), *end(300)]


def test_six_minutes_are_still_a_short_goal() -> None:
    """Up to them closing takes half a minute, beyond them a whole one, which here is just all that is left."""
    assert names(360) == [("settling", 0), ("easing", 60), ("resting", 300), ("closing", 330), *end(360)]
    assert names(360.1)[2:4] == [("resting", 300), ("closing", 300.1)]


def test_a_stage_that_would_begin_with_closing_is_left_out() -> None:
    """Five and a half minutes: resting would begin at 300 s, and so does closing."""
    assert names(330) == [("settling", 0), ("easing", 60), ("closing", 300), *end(330)]


def test_one_minute_keeps_a_legal_order() -> None:
    """The shortest goal there is."""
    assert names(60) == [("settling", 0), ("closing", 30), *end(60)]


@pytest.mark.parametrize("goal_s", [59.9, 3600.1, float("nan")])
def test_other_goals_are_rejected(goal_s: float) -> None:
    """The error names the value and the bounds."""
    with pytest.raises(ValueError, match=r"goal_s is .*must be from 60 to 3600"):
        StageSettings(goal_s=goal_s)


def test_a_lying_time_belongs_to_one_stage() -> None:
    """Stages are half-open; a time before the start, by rounding, is the first stage."""
    stages = stage_schedule(StageSettings())
    found = [stage_at(stages, lying_s).state.value for lying_s in (-0.1, 0, 59.9, 60, 299.9, 300, 540, 600, 2400)]
    assert found == ["settling"] * 3 + ["easing"] * 2 + ["resting", "closing", "done", "overtime"]


def test_after_the_last_stage_comes_none() -> None:
    """Nor does anything follow a state that is no stage."""
    stages = stage_schedule(StageSettings())
    following = stage_after(stages, State.SETTLING)
    assert following is not None
    assert following.state is State.EASING
    assert stage_after(stages, State.OVERTIME) is None
    assert stage_after(stages, State.IDLE) is None


@pytest.mark.requirement("D29")
def test_overtime_begins_at_forty_minutes_and_leaves_done_its_time() -> None:
    """Whatever the goal; with forty minutes as the goal, done lasts two minutes first."""
    for goal_s, overtime_s in ((300, 2400), (2279, 2400), (2280, 2400), (2400, 2520), (3600, 3720)):
        assert names(goal_s)[-2:] == [("done", goal_s), ("overtime", overtime_s)]

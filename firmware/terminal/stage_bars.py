"""The stages of a session as bars."""

from firmware import words
from firmware.enums import State
from firmware.session import stages
from firmware.session.stages import StageSettings
from firmware.terminal.scene import StageBar
from firmware.words.quantities import duration_text


def stage_bars(goal_s: float, elapsed_s: float | None) -> tuple[StageBar, ...]:
    """Return the stages before the goal; elapsed_s None is a session that has not begun."""
    current = None if elapsed_s is None or elapsed_s >= goal_s else _stage_at(goal_s, elapsed_s)
    return tuple(
        StageBar(
            words.STAGE[stage.state],
            duration_text(end_s - stage.start_s),
            0.0 if elapsed_s is None else min(max((elapsed_s - stage.start_s) / (end_s - stage.start_s), 0.0), 1.0),
            stage.state is current,
        )
        for stage, end_s in stages.stages_before_goal(goal_s)
    )


def _stage_at(goal_s: float, lying_s: float) -> State:
    return stages.stage_at(stages.stage_schedule(StageSettings(goal_s=goal_s)), lying_s).state

"""The stages of lying: which one a lying time belongs to, and when the next one is due."""

from dataclasses import dataclass

from firmware.enums import State

SHORTEST_GOAL_S = 60.0
LONGEST_GOAL_S = 3600.0  # an hour is the longest that was tried in a published trial


@dataclass(frozen=True, slots=True)
class StageSettings:
    """Seconds of lying time. The sharp feeling peaks within the first minute and has usually gone after five.

    ease_s is the one home of those five minutes: easing ends there, and a press after it is late. The rules of the
    programme (eased_by_s) set it.
    """

    goal_s: float = 600.0
    settle_s: float = 60.0
    ease_s: float = 300.0
    close_s: float = 60.0
    short_goal_s: float = 360.0  # up to this goal the closing stage is shorter
    short_close_s: float = 30.0
    cap_s: float = 2400.0  # the most that how-to texts advise: from here on it is overtime
    after_goal_s: float = 120.0  # but never sooner after the goal, so that done has its time

    def __post_init__(self) -> None:
        if not SHORTEST_GOAL_S <= self.goal_s <= LONGEST_GOAL_S:
            raise ValueError(f"goal_s is {self.goal_s:g}, but must be from {SHORTEST_GOAL_S:g} to {LONGEST_GOAL_S:g}")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage and the lying time at which it begins."""

    state: State
    start_s: float


def stage_schedule(settings: StageSettings) -> tuple[Stage, ...]:
    """Stages in order. One that would begin when closing is due already is left out."""
    close_s = settings.short_close_s if settings.goal_s <= settings.short_goal_s else settings.close_s
    closing = Stage(State.CLOSING, settings.goal_s - close_s)
    opening = (
        Stage(State.SETTLING, 0.0),
        Stage(State.EASING, settings.settle_s),
        Stage(State.RESTING, settings.ease_s),
    )
    kept = tuple(stage for stage in opening if stage.start_s < closing.start_s)
    overtime = Stage(State.OVERTIME, max(settings.cap_s, settings.goal_s + settings.after_goal_s))
    return (*kept, closing, Stage(State.DONE, settings.goal_s), overtime)


def stages_before_goal(goal_s: float) -> tuple[tuple[Stage, float], ...]:
    """Return the stages that end with the goal, each with the lying time at which it ends."""
    plan = [stage for stage in stage_schedule(StageSettings(goal_s=goal_s)) if stage.start_s < goal_s]
    return tuple(zip(plan, [*(stage.start_s for stage in plan[1:]), goal_s], strict=True))


def stage_at(stages: tuple[Stage, ...], lying_s: float) -> Stage:
    """Return the stage that a lying time (seconds, 0 or more) belongs to."""
    return next(stage for stage in reversed(stages) if stage.start_s <= max(lying_s, 0.0))


def stage_after(stages: tuple[Stage, ...], state: State) -> Stage | None:
    """Return the stage that follows a state; None behind the last one and for states that are no stages."""
    order = [stage.state for stage in stages]
    if state not in order or state is order[-1]:
        return None
    return stages[order.index(state) + 1]

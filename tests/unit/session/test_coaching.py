"""Advice by evidence: each sentence has its measurement and its moment."""

from collections.abc import Callable

import pytest

from firmware import words
from firmware.enums import Exit, HintKind, Reason, State
from firmware.events import (
    Confirmed,
    Event,
    GetUp,
    Hint,
    LieDown,
    MatEmptied,
    Seated,
    SessionEnded,
    SessionSummary,
    StandingEnded,
    StandingStarted,
)
from firmware.frames import Signals
from firmware.posture.lowering import LoweringAnalysis
from firmware.session.coaching import TIPS, Coach, CoachSettings
from firmware.view import SessionView
from hardware import board as boards

SEAT_M, LYING_M = 0.15, 0.38


class Person:
    """A person whose signals are made by hand, hop by hop."""

    def __init__(self, settings: CoachSettings | None = None) -> None:
        self.coach = Coach(settings)
        self.arrival = LoweringAnalysis(boards.load_board())
        self.hop = 0
        self.number = 0
        self.y_m: float | None = None
        self.evenness: float | None = 0.95
        self.lost = 0
        self.load_n = 400.0
        self.rows = (0.3, 0.2, 0.3, 0.2)
        self.reported: list[Hint] = []

    @property
    def t_s(self) -> float:
        """Time of the last hop."""
        return self.hop / 10

    def live(
        self, state: State, seconds: float, *events: Event, y_m: Callable[[float], float] | None = None
    ) -> list[HintKind]:
        """Live on in a state; the events come with the first hop. Returns what was emitted meanwhile."""
        before = len(self.reported)
        for turn in range(round(seconds * 10)):
            self.hop += 1
            if y_m is not None:
                self.y_m = y_m((turn + 1) / 10)
            in_session = state not in (State.IDLE, State.SEATED, State.LOWERING, State.STANDING, State.AFTERCARE)
            view = SessionView(state, True, self.number, 0.0 if in_session else None, 0.0, 600.0, 0)  # noqa: FBT003
            cop_m = None if self.y_m is None else (0.2, self.y_m)
            load_n = 0.0 if self.y_m is None else self.load_n
            signals = Signals(self.t_s, (), self.lost, load_n, cop_m, self.rows, self.evenness, 0.0)
            happened = events if turn == 0 else ()
            lowered = tuple(self.arrival.step(signals, happened))
            self.reported += self.coach.step(self.t_s, signals, (*happened, *lowered), view)
        return [hint.kind for hint in self.reported[before:]]

    def arrive(self, lower_s: float, sit_s: float = 8.0) -> "Person":
        """Sit down, lower steadily, and be recognised as lying three seconds later."""
        self.live(State.IDLE, 2.0)
        self.live(State.SEATED, sit_s, y_m=lambda _: SEAT_M)
        self.live(State.LOWERING, lower_s, y_m=lambda at_s: SEAT_M + (LYING_M - SEAT_M) * at_s / lower_s)
        lies_s = self.t_s
        self.live(State.LOWERING, 3.0)
        self.number += 1
        self.live(State.SETTLING, 0.1, LieDown(lies_s, self.t_s, 400.0))
        return self

    def leave(self, style: Exit, lying_s: float = 600.0) -> list[HintKind]:
        """Get up and be in aftercare. Returns what was emitted."""
        self.y_m = None
        summary = SessionSummary(
            self.number, 0.0, lying_s, lying_s, 600.0, Reason.GOAL_REACHED, style, 0, lying_s >= 60
        )
        return self.live(State.AFTERCARE, 5.0, SessionEnded(self.t_s, summary), MatEmptied(self.t_s))


@pytest.mark.requirement("D11")
@pytest.mark.parametrize("lower_s", [0.8, 1.5, 2.5])
def test_lowering_fast_is_reported_after_the_session_and_not_before(lower_s: float) -> None:
    """Comes down within a second or two: nothing while lying, a kind word afterwards."""
    person = Person().arrive(lower_s)
    assert person.coach.evidence.lowering_s == pytest.approx(lower_s, abs=0.35 * lower_s)
    assert person.live(State.SETTLING, 59.0) == []
    assert HintKind.LOWERED_FAST in person.leave(Exit.ROLLED)


@pytest.mark.parametrize("lower_s", [4.0, 5.0, 8.0])
def test_lowering_slowly_is_not_spoken_of(lower_s: float) -> None:
    """Takes their time: the measure is about right, and nothing is reported."""
    person = Person().arrive(lower_s)
    assert person.coach.evidence.lowering_s == pytest.approx(lower_s * 0.8 / 0.7)
    assert HintKind.LOWERED_FAST not in person.leave(Exit.ROLLED)


def test_lowering_is_timed_between_hops_and_only_the_last_time_down_counts() -> None:
    """Leans back fully once and sits up again, then goes down in uneven steps: a tenth and nine tenths by the way."""
    person = Person()
    steps_m = (0.15, 0.38, 0.15, 0.15, 0.16, 0.20, 0.30, 0.36, 0.38, 0.38)
    person.live(State.LOWERING, 1.0, y_m=lambda at_s: steps_m[round(at_s * 10) - 1])
    person.number = 1
    person.live(State.SETTLING, 0.1, LieDown(0.8, person.t_s, 400.0))
    # A tenth of 0.23 m is reached 0.0325 s after the hop at 0.16 m, nine tenths 0.095 s after the one at 0.30 m.
    assert person.coach.evidence.lowering_s == pytest.approx((0.2 - 0.0325 + 0.095) / 0.7)


def test_a_hand_on_the_mat_is_not_the_beginning_of_lowering() -> None:
    """A hand smooths the fabric at the base before the person drops onto the mat: only their own weight counts."""
    person = Person()
    person.load_n = 20.0
    person.live(State.IDLE, 6.0, y_m=lambda _: SEAT_M)
    person.load_n = 400.0
    person.live(State.IDLE, 1.0, y_m=lambda _: LYING_M)
    lies_s = person.t_s
    person.number = 1
    person.live(State.SETTLING, 0.1, LieDown(lies_s, lies_s + 0.1, 400.0))
    assert person.coach.evidence.lowering_s == pytest.approx(0.9)


def test_who_falls_straight_onto_the_mat_lowered_fast() -> None:
    """No sitting at all: the load is there at once, and at its place within a second."""
    person = Person()
    person.live(State.IDLE, 5.0)
    person.live(State.IDLE, 1.0, y_m=lambda _: LYING_M)
    lies_s = person.t_s
    person.live(State.IDLE, 3.0)
    person.number = 1
    person.live(State.SETTLING, 60.0, LieDown(lies_s, person.t_s, 400.0))
    assert person.coach.evidence.lowering_s == pytest.approx(0.9)
    assert HintKind.LOWERED_FAST in person.leave(Exit.UNKNOWN)


def test_without_signals_nothing_is_known_and_nothing_is_reported() -> None:
    """Before the first zero there are no signals: a session without measures has only a glass of water."""
    coach = Coach()
    view = SessionView(State.SETTLING, True, 1, 0.0, 0.0, 600.0, 0)  # noqa: FBT003
    assert list(coach.step(1.0, None, [LieDown(0.5, 1.0, 400.0)], view)) == []
    assert coach.evidence.lowering_s is None


@pytest.mark.requirement("D12")
def test_leaning_to_one_side_is_hinted_at_most_twice_and_only_while_settling() -> None:
    """70 against 30 for the whole session: a hint after ten seconds, another a quarter minute later, then peace."""
    person = Person()
    person.evenness = 0.6
    person.arrive(5.0)
    begin_s = person.t_s
    assert person.live(State.SETTLING, 59.9) == [HintKind.UNEVEN] * 2
    assert [hint.t_s - begin_s for hint in person.reported] == pytest.approx([9.9, 24.9], abs=0.11)
    assert person.live(State.EASING, 240.0) == []
    assert HintKind.UNEVEN not in person.leave(Exit.ROLLED)


def test_a_lean_that_is_corrected_is_not_mentioned_again() -> None:
    """Shifts after the first hint: no second one."""
    person = Person()
    person.evenness = 0.6
    person.arrive(5.0)
    assert person.live(State.SETTLING, 12.0) == [HintKind.UNEVEN]
    person.evenness = 0.9
    assert person.live(State.SETTLING, 40.0) == []


@pytest.mark.parametrize(("evenness", "number"), [(0.76, 0), (0.74, 2)])
def test_a_quarter_more_on_one_side_is_the_limit(evenness: float, number: int) -> None:
    """Just even enough, and just not."""
    person = Person()
    person.evenness = evenness
    person.arrive(5.0)
    assert len(person.live(State.SETTLING, 59.0)) == number


def test_sides_are_not_judged_while_a_cell_is_lost() -> None:
    """A dead cell on one side looks like a lean: nothing is said until ten seconds with all cells."""
    person = Person()
    person.evenness, person.lost = 0.6, 4
    person.arrive(5.0)
    assert person.live(State.SETTLING, 30.0) == []
    assert person.coach.evidence.lean is None
    person.lost = 0
    assert person.live(State.SETTLING, 9.8) == []
    assert person.live(State.SETTLING, 1.0) == [HintKind.UNEVEN]
    person.evenness = None
    person.live(State.SETTLING, 0.1)
    assert person.coach.evidence.lean is None


@pytest.mark.requirement("D16")
def test_a_towel_under_the_small_of_the_back_is_no_unevenness() -> None:
    """Most of the load on one row from left to right: never warned about."""
    person = Person()
    person.rows = (0.1, 0.6, 0.2, 0.1)
    person.arrive(5.0)
    assert person.live(State.SETTLING, 59.0) == []


@pytest.mark.requirement("D15")
def test_the_lumbar_hint_is_for_those_who_asked_for_it() -> None:
    """A share of 0.1 of the rows above the base where 0.3 is usual: one hint, if there is a usual share at all."""
    for usual, hints in ((None, []), (0.3, [HintKind.LUMBAR_LOW]), (0.15, [HintKind.LUMBAR_LOW]), (0.14, [])):
        person = Person(CoachSettings(lumbar_usual=usual))
        person.rows = (0.3, 0.07, 0.4, 0.23)
        person.arrive(5.0)
        assert person.live(State.SETTLING, 59.0) == hints
        assert person.coach.evidence.lumbar_share == pytest.approx(0.1)
        assert person.live(State.EASING, 200.0) == []
    person.rows = (1.0, 0.0, 0.0, 0.0)
    person.live(State.RESTING, 20.0)
    assert person.coach.evidence.lumbar_share == pytest.approx(0.1)
    person.live(State.EASING, 10.0)
    assert person.coach.evidence.lumbar_share == 0.0
    for wrong in (0.0, 1.0):
        with pytest.raises(ValueError, match="must be between 0 and 1"):
            CoachSettings(lumbar_usual=wrong)


@pytest.mark.requirement("D33", "D35")
@pytest.mark.parametrize(
    ("style", "kinds"),
    [
        (Exit.ROLLED, [HintKind.ROLLED, HintKind.WATER]),
        (Exit.SAT_UP, [HintKind.SAT_UP, HintKind.WATER]),
        (Exit.ABRUPT, [HintKind.ABRUPT, HintKind.WATER]),
        (Exit.UNKNOWN, [HintKind.WATER]),
    ],
)
def test_how_a_person_got_up_is_reported_once_afterwards(style: Exit, kinds: list[HintKind]) -> None:
    """Each way of getting up has its sentence, and after a session a glass of water is a good idea."""
    person = Person().arrive(5.0)
    person.live(State.RESTING, 30.0)
    assert person.leave(style) == kinds
    assert person.live(State.AFTERCARE, 60.0) == []


def test_after_an_attempt_nobody_is_sent_for_water() -> None:
    """Half a minute on the mat is no session."""
    assert Person().arrive(5.0).leave(Exit.ROLLED, lying_s=30.0) == [HintKind.ROLLED]


@pytest.mark.requirement("D34")
def test_who_sits_down_again_soon_gets_the_hint_to_sit_until_steady() -> None:
    """Off the mat and back on its edge within a minute: sit until steady. After more than that: nothing."""
    for away_s, kinds in ((20.0, [HintKind.STEADY]), (60.0, [HintKind.STEADY]), (60.2, [])):
        person = Person().arrive(5.0)
        person.leave(Exit.ROLLED)
        person.live(State.AFTERCARE, away_s - 5.0)
        sits = Seated(person.t_s)
        assert person.live(State.SEATED, 20.0, sits) == kinds


def test_sitting_down_for_the_first_time_is_no_sitting_back() -> None:
    """The mat was emptied of a towel a moment ago; a person sits down to begin: nothing to report."""
    person = Person()
    person.live(State.IDLE, 5.0, MatEmptied(1.0))
    assert person.live(State.SEATED, 5.0, Seated(person.t_s)) == []


def test_a_pause_is_not_judged_like_an_end_and_the_next_session_restarts() -> None:
    """Back from a pause nothing of lowering is measured again; in the next session all may be reported again."""
    person = Person().arrive(1.5)
    person.live(State.RESTING, 60.0)
    fast_s = person.coach.evidence.lowering_s
    person.live(State.PAUSED, 20.0)
    person.live(State.RESTING, 30.0, LieDown(person.t_s, person.t_s, 400.0))
    assert person.coach.evidence.lowering_s == fast_s
    assert HintKind.LOWERED_FAST in person.leave(Exit.SAT_UP)
    person.arrive(1.5)
    assert person.coach.evidence.exit is None
    assert HintKind.LOWERED_FAST in person.leave(Exit.SAT_UP)


def test_the_end_of_the_session_before_says_nothing_of_the_new_one() -> None:
    """Ended by the key, up and down again at once: the old session is closed in the very hop the new one begins."""
    person = Person().arrive(5.0)
    person.live(State.RESTING, 60.0)
    old = SessionSummary(1, 0.0, 60.0, 60.0, 600.0, Reason.USER, Exit.SAT_UP, 0, counted=True)
    person.number = 2
    person.live(State.SETTLING, 5.0, LieDown(person.t_s, person.t_s, 400.0), SessionEnded(person.t_s, old))
    assert person.coach.evidence.exit is None


def test_every_hint_is_in_the_table_and_has_words() -> None:
    """Nothing can be hinted that cannot be said."""
    assert {tip.kind for tip in TIPS} == set(HintKind)
    assert set(words.HINT) == set(HintKind)


def test_five_minutes_of_standing_are_reported_once_each_time() -> None:
    """Step off: said when it has been long, not again while they stay, and again for the next time."""
    person = Person()
    assert person.live(State.STANDING, 299.0, StandingStarted(person.t_s)) == []
    assert person.live(State.STANDING, 200.0) == [HintKind.STOOD_LONG]
    assert person.live(State.IDLE, 5.0, StandingEnded(person.t_s, 500.0, 1.0, 0.01, 1e-4)) == []
    assert person.live(State.STANDING, 310.0, StandingStarted(person.t_s)) == [HintKind.STOOD_LONG]


@pytest.mark.requirement("D34")
def test_who_gets_up_early_gets_advice_at_once_and_again_when_sitting_back() -> None:
    """Up before the goal: sit until steady, tense the legs. Gone and back on the edge within a minute: the same."""
    person = Person().arrive(4.0)
    person.live(State.EASING, 5.0, Confirmed(person.t_s, "breathing"))
    assert person.live(State.PAUSED, 5.0, GetUp(0.0, 0.0, Exit.SAT_UP, "")) == [HintKind.UP_SLOWLY]
    assert person.live(State.AFTERCARE, 10.0, MatEmptied(person.t_s)) == []
    assert person.live(State.SEATED, 5.0, Seated(person.t_s)) == [HintKind.STEADY]


def test_laundry_is_not_coached() -> None:
    """It came down fast and was taken away at once; without a sign of a person nothing is advised, then or later."""
    laundry = Person().arrive(0.5)
    assert laundry.live(State.PAUSED, 45.0, GetUp(50.0, 50.0, Exit.ABRUPT, "")) == []
    closed = SessionSummary(
        1, 0.0, 50.0, 50.0, 600.0, Reason.NOT_CONFIRMED, Exit.ABRUPT, 0, counted=False, confirmed=False
    )
    assert laundry.live(State.AFTERCARE, 60.0, SessionEnded(laundry.t_s, closed)) == []

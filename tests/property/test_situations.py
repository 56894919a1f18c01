"""Everyday comings and goings: what must be reported of each. Bodies and times are drawn, the truth is the story's."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firmware.events import (
    Confirmed,
    EndCorrected,
    GetUp,
    LieDown,
    LyingReversed,
    LyingSuspected,
    MatEmptied,
    MatOccupied,
    ObjectDetected,
    SessionEnded,
    StartCorrected,
)
from firmware.posture.detectors import Detectors, DetectorSettings
from firmware.posture.occupancy import OccupancySettings
from firmware.posture.settings import PostureSettings
from hardware import board as boards
from sim.people.acts import Leave, Lie, Lower, Sit, SitUp, Wait
from sim.people.body import Body
from sim.people.story import Story
from tests.doubles.hops import Hops
from tests.doubles.played import Played, play

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from firmware.events import Event
    from sim.people.acts import AnyAct

    Loads = npt.NDArray[np.float64]

BOARD = boards.load_board()
SEEDS = range(2)
SEAT = 550.0 * np.repeat([0.8, 0.2, 0.0, 0.0], 3) / 3
LYING = 400.0 * np.repeat([0.35, 0.13, 0.34, 0.18], 3) / 3


def person(seed: int) -> Body:
    """Return a body drawn at random, on the middle of the mat or beside it."""
    chance = np.random.default_rng([seed, 7])
    return Body(mass_kg=float(chance.uniform(45, 120)), offset_m=float(chance.choice([0.0, -0.08, 0.08])))


def shown(acts: "Sequence[AnyAct]", seed: int) -> Played:
    return play(Story("situation", body=person(seed), acts=(Wait(seconds=5), *acts)), seed)


def starts_s(played: Played) -> list[float]:
    """Return the starts of lying in story time, corrections applied."""
    found: list[float] = []
    for event in played.of(LieDown, StartCorrected):
        if isinstance(event, LieDown):
            found.append(event.t_s)
        elif isinstance(event, StartCorrected):
            found[-1] = event.start_s
    return [one + played.origin_s for one in found]


def ends_s(played: Played) -> list[float]:
    """Return the ends of lying in story time, corrections applied."""
    found: list[float] = []
    for event in played.of(GetUp, EndCorrected):
        if isinstance(event, GetUp):
            found.append(event.t_s)
        elif isinstance(event, EndCorrected):
            found[-1] = event.end_s
    return [one + played.origin_s for one in found]


def through(poses: "Sequence[tuple[float, Loads]]", settings: DetectorSettings | None = None) -> "list[Event]":
    """Return the events of poses that are each reached in a second and then held for so many seconds, breathing."""
    hops, detectors, before = Hops(BOARD), Detectors(BOARD, settings), np.zeros(12)
    events: list[Event] = []
    for seconds, pose in poses:
        for hop in range(round(10 * seconds)):
            loads = before + min(hop / 10, 1.0) * (pose - before)
            breath = np.sin(len(events) + hop / 5) * np.repeat([1, 0, -1, 0], 3) * (loads.sum() > 20)
            events += detectors.step(hops.next(np.maximum(loads + breath, 0.0)))
        before = pose
    return events


def count(events: "Sequence[Event]", kind: type) -> int:
    return sum(isinstance(event, kind) for event in events)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sit_s", [0.3, 0.6, 1.2])
def test_lowering_after_sitting_for_a_moment(sit_s: float, seed: int) -> None:
    """Sits for a moment, then lowers in 2.5 s: the start is right within half a second."""
    played = shown((Sit(seconds=1.2 + sit_s), Lower(seconds=2.5), Lie(seconds=30), Leave(), Wait(seconds=3)), seed)
    [truth], [start_s] = played.truth.lyings, starts_s(played)
    assert start_s == pytest.approx(truth.start_s, abs=0.5)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("seconds", [30.0, 90.0])
def test_leaning_back_slowly(seconds: float, seed: int) -> None:
    """Over half a minute and one and a half: found early, and corrected to within a second."""
    acts = (Sit(seconds=5), Lower(seconds=seconds), Lie(seconds=70), Leave(), Wait(seconds=3))
    played = shown(acts, seed)
    [truth], [start_s] = played.truth.lyings, starts_s(played)
    assert start_s == pytest.approx(truth.start_s, abs=1.0)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("seconds", [8.0, 20.0])
def test_sitting_up_slowly(seconds: float, seed: int) -> None:
    """The end is corrected to within a second; the session and its lying time follow."""
    up = SitUp(seconds=seconds + 15, rise_s=seconds)
    played = shown((Sit(seconds=5), Lower(seconds=4), Lie(seconds=70), up, Leave(), Wait(seconds=60)), seed)
    [truth], [end_s], [session] = played.truth.lyings, ends_s(played), played.sessions
    assert end_s == pytest.approx(truth.end_s, abs=1.0)
    assert session.end_s + played.origin_s == pytest.approx(truth.end_s, abs=1.0)
    assert session.lying_s == pytest.approx(truth.end_s - truth.start_s, abs=1.5)


def test_a_second_session_in_one_visit_is_counted() -> None:
    """Sits up for a minute, lies again for two: the person is known, so the second session counts; always occupied."""
    again = (SitUp(seconds=62), Lower(seconds=3), Lie(seconds=120), Leave(), Wait(seconds=60))
    played = shown((Sit(seconds=5), Lower(seconds=4), Lie(seconds=90), *again), 1)
    assert [session.counted for session in played.sessions] == [True, True]
    assert len(played.of(MatOccupied)) == len(played.of(MatEmptied)) == 1
    assert len(played.of(Confirmed)) == 2


BESIDE = 190.0 * np.repeat([0.38, 0.48, 0.13, 0.01], 3) / 3  # the hips beside the mat


def test_falling_back_with_the_hips_beside_the_mat() -> None:
    """Never seen sitting: suspected at once, because the middle carries its third; two feet apart are not."""
    [first] = [one for one in through([(3, np.zeros(12)), (3, BESIDE)]) if isinstance(one, LyingSuspected)]
    assert 3.0 < first.t_s < 4.5
    feet = 600.0 * np.outer([0.02, 0.49, 0.47, 0.02], [0.4, 0.2, 0.4]).ravel()
    assert count(through([(3, np.zeros(12)), (3, feet)]), LyingSuspected) == 0


def test_leaning_on_the_elbows_first_is_no_second_person() -> None:
    """The elbows take load off the mat for some seconds; what comes back is less than the seat had."""
    seat, elbows = SEAT * 308 / 550, 115.0 * np.repeat([0.64, 0.35, 0.01, 0.0], 3) / 3
    events = through([(3, np.zeros(12)), (6, seat), (4, elbows), (20, BESIDE)])
    assert count(events, LieDown) == 1


def test_rolling_slowly_with_the_hips_beside_the_mat_is_not_sitting_up() -> None:
    """The load falls below half of that of the seat while its shape stays long: still lying."""
    aside = 165.0 * np.outer([0.2, 0.43, 0.35, 0.02], [0.1, 0.3, 0.6]).ravel()
    events = through([(3, np.zeros(12)), (6, SEAT * 340 / 550), (20, BESIDE), (6, aside)])
    assert (count(events, LieDown), count(events, GetUp)) == (1, 0)


def test_two_sitters_are_not_a_person_lying() -> None:
    """One sits at the base, another one comes to sit at the head end: occupied, no lying."""
    two = SEAT + 450.0 * np.repeat([0.0, 0.0, 0.2, 0.8], 3) / 3
    events = through([(3, np.zeros(12)), (20, SEAT), (60, two), (3, np.zeros(12))])
    assert count(events, LieDown) == 0
    assert count(events, MatOccupied) == count(events, MatEmptied) == 1


def test_the_wrong_way_round_is_recognised_once() -> None:
    """Sits on the head end and lies with the head at the base: a session, and one word about it."""
    events = through([(3, np.zeros(12)), (8, SEAT[::-1]), (60, LYING[::-1]), (3, np.zeros(12))])
    assert (count(events, LieDown), count(events, LyingReversed)) == (1, 1)
    assert count(through([(3, np.zeros(12)), (8, SEAT), (60, LYING)]), LyingReversed) == 0


@pytest.mark.parametrize("left", [0.25, 0.4, 0.6])
def test_lifting_part_of_the_body_is_no_end(left: float) -> None:
    """Forty to seventy-five percent of the load leaves for four seconds: the person lies on."""
    events = through([(3, np.zeros(12)), (8, SEAT), (30, LYING), (4, left * LYING), (30, LYING)])
    assert (count(events, GetUp), count(events, MatEmptied)) == (0, 0)


def test_a_bag_left_behind_is_an_object() -> None:
    """Twelve kilograms stay when the person has left: an object after ten seconds, and the mat is free."""
    bag = np.zeros(12)
    bag[4] = 118.0
    hops, detectors = Hops(BOARD), Detectors(BOARD)
    events: list[Event] = []
    for seconds, pose in ((3, np.zeros(12)), (10, SEAT), (30, LYING + bag), (15, bag)):
        for _ in range(10 * seconds):
            events += detectors.step(hops.next(pose))
    assert count(events, ObjectDetected) == 1
    assert not detectors.occupied


def test_delays_are_added_to_what_is_shown() -> None:
    """Two seconds before on, five before off; the events keep their time."""
    delays = OccupancySettings(on_delay_s=2.0, off_delay_s=5.0)
    detectors = Detectors(BOARD, DetectorSettings(posture=PostureSettings(occupancy=delays)))
    hops, on = Hops(BOARD), []
    for seconds, pose in ((3, np.zeros(12)), (10, SEAT), (10, np.zeros(12))):
        for _ in range(10 * seconds):
            list(detectors.step(hops.next(pose)))
            on.append(detectors.occupied)
    assert 5.0 < on.index(True) / 10 < 5.8
    assert 18.0 <= (len(on) - on[::-1].index(True)) / 10 < 18.6


def test_a_session_takes_the_corrected_times() -> None:
    """What is stored of a session has the start after its correction."""
    played = shown((Sit(seconds=5), Lower(seconds=40), Lie(seconds=80), Leave(), Wait(seconds=60)), 0)
    [ended] = played.of(SessionEnded)
    assert isinstance(ended, SessionEnded)
    assert ended.summary.start_s + played.origin_s == pytest.approx(starts_s(played)[0])

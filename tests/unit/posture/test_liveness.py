"""Person or not: what confirms a provisional session, on simulated visitors and by hand."""

import math

import pytest

from firmware.core import MatCore
from firmware.enums import Exit
from firmware.events import Confirmed, Event, GetUp, LieDown, MatEmptied, Seated
from firmware.posture.liveness import LivenessDetector
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people import story as stories
from tests.doubles.ticks import signals

BOARD = boards.load_board()


def lying(
    seconds: float, *, breath_m: float = 0.0, sway_m: float = 0.0, before: tuple[Event, ...] = (), x_m: float = 0.2
) -> list[Event]:
    """Somebody or something arrives and lies for so long; the centre of pressure breathes along and sways across."""
    watch = LivenessDetector(BOARD)
    said: list[Event] = []
    for hop in range(round(seconds * 10)):
        t_s = round((hop + 1) / 10, 1)
        along = 0.3 + breath_m * math.sin(2 * math.pi * 0.25 * t_s)
        across = x_m + sway_m * math.sin(2 * math.pi * 0.7 * t_s)
        happened = (*before, LieDown(0.0, 0.1, 300.0)) if hop == 0 else ()
        said += watch.step(signals(t_s, 300.0, cop_m=(across, along)), happened)
    return said


def test_a_breathing_load_is_confirmed_after_fifteen_seconds_once() -> None:
    """One millimetre along the mat at 300 N; the reason names what was seen."""
    [confirmed] = lying(60, breath_m=0.001)
    assert isinstance(confirmed, Confirmed)
    assert 15.0 <= confirmed.t_s <= 16.1
    assert "lay down directly" in confirmed.evidence


def test_what_does_not_breathe_is_never_confirmed() -> None:
    """A suitcase, for ten minutes."""
    assert lying(600) == []


@pytest.mark.parametrize("at_s", [20.0, 25.5, 33.0])
def test_one_push_is_not_breathing(at_s: float) -> None:
    """A suitcase that is knocked half a centimetre along the mat, or tips over within a second."""
    watch = LivenessDetector(BOARD)
    said: list[Event] = []
    for hop in range(900):
        t_s = round((hop + 1) / 10, 1)
        moved_m = 0.005 * min(max(t_s - at_s, 0.0), 1.0)
        happened = (LieDown(0.0, 0.1, 300.0),) if hop == 0 else ()
        said += watch.step(signals(t_s, 300.0, cop_m=(0.2, 0.3 + moved_m)), happened)
    assert said == []


def test_what_shakes_the_whole_mat_is_not_breathing() -> None:
    """Somebody walks past a suitcase: its load rings at every step, its centre stays."""
    watch = LivenessDetector(BOARD)
    said: list[Event] = []
    for hop in range(900):
        t_s = round((hop + 1) / 10, 1)
        happened = (LieDown(0.0, 0.1, 300.0),) if hop == 0 else ()
        said += watch.step(signals(t_s, load_n=200 + 18 * math.sin(1.3 * t_s), cop_m=(0.2, 0.3)), happened)
    assert said == []


def test_what_keeps_its_balance_is_not_confirmed() -> None:
    """Standing, kneeling and sitting sway across the mat; who sat down first may sway a little more."""
    assert lying(60, breath_m=0.001, sway_m=0.003) == []
    assert lying(60, breath_m=0.001, sway_m=0.0004) == []
    [seated] = lying(60, breath_m=0.001, sway_m=0.0004, before=(Seated(0.0),))
    assert isinstance(seated, Confirmed)
    assert "sat down first" in seated.evidence


def test_what_came_over_the_side_must_lie_stiller() -> None:
    """An animal walks on from the side; a person who rolls on lies still soon."""
    assert lying(60, breath_m=0.001, sway_m=0.0002, x_m=0.03) == []
    [still] = lying(60, breath_m=0.001, x_m=0.03)
    assert isinstance(still, Confirmed)
    assert "came over the side" in still.evidence


def test_a_lift_needs_no_new_evidence_and_an_empty_mat_does() -> None:
    """Confirmed stands while somebody is about, and ends with them."""
    watch = LivenessDetector(BOARD)
    breathing = [
        signals(round(hop / 10, 1), 300.0, cop_m=(0.2, 0.3 + 0.001 * math.sin(hop * 0.15))) for hop in range(1, 300)
    ]
    said = [
        event for one in breathing for event in watch.step(one, (LieDown(0.0, 0.1, 300.0),) if one.t_s == 0.1 else ())
    ]
    assert len(said) == 1
    assert list(watch.step(signals(31.0, 300.0, cop_m=(0.2, 0.3)), (GetUp(31.0, 31.0, Exit.SAT_UP, "up"),))) == []
    assert watch.confirmed
    list(watch.step(signals(33.0), (MatEmptied(33.0),)))
    assert not watch.confirmed


@pytest.mark.parametrize("who", ["dog", "child", "suitcase", "foot_each_end", "hand_lean", "all_fours"])
def test_the_household_has_no_confirmed_session(who: str) -> None:
    """Simulated visitors of three minutes: at most provisional."""
    events = played(who)
    assert not [event for event in events if isinstance(event, Confirmed)]


def played(name: str) -> list[Event]:
    bench = Bench(stories.load_story(name), BOARD, seed=5)
    core = MatCore(BOARD, bench.calibration)
    return [
        event
        for block in blocks_from(FrameSource(bench, block=800))
        for tick in core.push(block)
        for event in tick.events
    ]

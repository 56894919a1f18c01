"""Restless people of any build: the events that must follow however they move, and whenever cells fail."""

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firmware.events import GetUp, LieDown, Lowered, MatEmptied, Repositioned, Wiggle
from firmware.posture.detectors import Detectors
from hardware import board as boards
from sim.people import acts
from sim.people.body import Body
from sim.people.story import Story
from sim.people.vitals import Vitals
from tests.doubles.hops import Hops
from tests.doubles.played import play

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firmware.events import Event
    from firmware.frames import Signals
    from sim.people.acts import AnyAct

BOARD = boards.load_board()
LYING = np.array([30, 60, 30, 25, 50, 25, 30, 60, 30, 12, 24, 12], float)
BREATH = np.outer(np.sin(np.arange(900) * 0.12), np.r_[np.ones(6), -np.ones(6)]) / 2


def restless(seed: int) -> Story:
    """Return a story of a person who lies for minutes, moves a little and a lot, lifts the hips, rolls and returns."""
    chance = np.random.default_rng(seed)
    body = Body(mass_kg=float(chance.uniform(48, 110)), offset_m=float(chance.uniform(-0.04, 0.04)))
    moves: list[AnyAct] = []
    for _ in range(6):
        moved_n = float(chance.uniform(3, 80))
        kinds = acts.Shake(moved_n=moved_n), acts.Readjust(), acts.Cough(moved_n=moved_n), acts.Shift()
        moves += [acts.Lie(seconds=float(chance.uniform(5, 90))), kinds[int(chance.integers(len(kinds)))]]
    down: tuple[AnyAct, ...] = (
        acts.Wait(seconds=3),
        acts.Sit(seconds=4),
        acts.Lower(seconds=4),
        acts.Lie(seconds=90),
    )
    away: tuple[AnyAct, ...] = (
        acts.Lie(seconds=20),
        acts.Roll(),
        acts.RollBack(),
        acts.Roll(),
        acts.Leave(),
        acts.Wait(seconds=5),
    )
    vitals = Vitals(breath_n=float(chance.uniform(1, 8)))
    return Story("restless", body=body, vitals=vitals, acts=(*down, *moves, *away))


def events_of(hops: "Sequence[Signals]") -> "list[Event]":
    detectors = Detectors(BOARD)
    return [event for signals in hops for event in detectors.step(signals)]


def times_s(events: "Sequence[Event]", kind: type) -> list[float]:
    return [event.t_s for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("seed", range(6))
def test_a_restless_person_lies_until_they_leave(seed: int) -> None:
    """Wiggles, coughs, shifts, lifts and a roll to and fro end nothing; cells that fail now and then change nothing."""
    played = play(restless(seed), seed)
    hops = [tick.signals for tick in played.ticks if tick.signals is not None]
    faulty = [one._replace(lost=1 << 4) if number % 700 > 640 else one for number, one in enumerate(hops)]
    [truth] = played.truth.lyings
    for events in (events_of(hops), events_of(faulty)):
        [down_s], [up_s], [empty_s] = (times_s(events, kind) for kind in (LieDown, GetUp, MatEmptied))
        assert down_s + played.origin_s == pytest.approx(truth.start_s, abs=0.5)
        assert up_s + played.origin_s == pytest.approx(truth.end_s, abs=0.6)
        assert empty_s > up_s


def test_a_second_lowering_is_timed_by_its_own_hops() -> None:
    """Minutes of lying still, sitting up, lying down again: each lowering takes seconds."""
    again = (acts.Lie(seconds=20), acts.SitUp(seconds=6), acts.Lower(seconds=5), acts.Lie(seconds=30))
    down = (acts.Wait(seconds=3), acts.Sit(seconds=8), acts.Lower(seconds=3), acts.Lie(seconds=240))
    story = Story("twice", acts=(*down, *again, acts.Leave()))
    lowered_s = [event.lowering_s for event in play(story, 5).events if isinstance(event, Lowered)]
    assert len(lowered_s) == 2
    assert all(seconds is not None and seconds < 10 for seconds in lowered_s)


@pytest.mark.parametrize("noise_n", [0.1, 0.2])
def test_noisy_cells_hide_no_wiggle_and_make_none(noise_n: float) -> None:
    """Cells two and four times as noisy as usual; one second of 24 N there and back is the only wiggle."""
    hops, chance = Hops(BOARD), np.random.default_rng(3)
    across = np.array([-1, 0, 1] * 4, float)
    shown = []
    for number in range(1800):
        shaken_n = 6.0 * math.sin(number * 0.9) if 1000 <= number < 1010 else 0.0
        breath = 0.5 * math.sin(number * 0.12) * np.r_[np.ones(6), -np.ones(6)]
        shown.append(hops.next(np.maximum(LYING + breath + shaken_n * across + chance.normal(0, noise_n, 12), 0.0)))
    [wiggle_s] = times_s(events_of(shown), Wiggle)
    assert 100.0 < wiggle_s < 101.5


@pytest.mark.parametrize("pace_n", [4.0, 9.0, 30.0])
def test_load_that_leaves_at_any_pace_is_getting_up(pace_n: float) -> None:
    """So many newtons leave in each hop: the end is where half of the load has left."""
    hops, chance, shown = Hops(BOARD), np.random.default_rng(7), []
    for number in range(900):
        left = max(0.0, (number - 600) * pace_n / LYING.sum())
        loads = LYING + BREATH[number] + chance.normal(0, 0.03, 12)
        shown.append(hops.next(np.maximum(loads * max(0.0, 1 - left), 0.0)))
    [up_s] = times_s(events_of(shown), GetUp)
    assert up_s == pytest.approx(60.0 + LYING.sum() / 2 / pace_n / 10, abs=0.8)


@pytest.mark.parametrize("first", range(600, 612, 3))
def test_a_lift_by_a_light_person_begins_in_the_hop_in_which_it_begins(first: int) -> None:
    """A tenth of a light load leaves, then a little more, far less than any wiggle: repositioning, dated from there."""
    hops, shown = Hops(BOARD), []
    for number in range(900):
        lifted = 1.0 if not first <= number < first + 40 else 0.9 if number < first + 12 else 0.84
        shown.append(hops.next(0.36 * LYING * lifted + BREATH[number] / 3))
    [lift_s] = times_s(events_of(shown), Repositioned)
    assert first / 10 < lift_s < first / 10 + 1.5


def test_a_load_that_is_gone_in_one_hop_is_noticed_at_once() -> None:
    """All load gone from one hop to the next, as when the cable of the mat is pulled."""
    hops = [tick.signals for tick in play(restless(1), 1).ticks if tick.signals is not None][:1500]
    gone = Hops(BOARD).next(np.zeros(12))
    events = events_of([*hops, *(gone._replace(t_s=hops[-1].t_s + number / 10) for number in range(1, 31))])
    assert isinstance(events[-1], MatEmptied)
    assert times_s(events, GetUp) == [pytest.approx(hops[-1].t_s, abs=0.2)]
    assert times_s(events, LieDown)

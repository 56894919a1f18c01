"""Hops that are kept until somebody looks: what is told is what those say who look at every hop."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firmware.events import Event, GetUp, LieDown, Lowered, MatEmptied, Repositioned, Wiggle
from firmware.frames import Signals
from firmware.posture.detectors import Detectors
from hardware import board as boards
from sim.people import acts
from sim.people import story as stories
from sim.people.body import Body
from sim.people.story import Story
from sim.people.vitals import Vitals
from tests.doubles.hops import Hops
from tests.doubles.played import play

if TYPE_CHECKING:
    from sim.people.acts import AnyAct

BOARD = boards.load()


class EveryHop(Detectors):
    """Looks closely at each."""

    def step(self, signals: Signals) -> Sequence[Event]:
        """Keep nothing."""
        return self._look(signals)


def restless(seed: int) -> Story:
    """Somebody of any build who lies for minutes, moves a little and a lot, lifts the hips, rolls and comes back."""
    chance = np.random.default_rng(seed)
    body = Body(mass_kg=float(chance.uniform(48, 110)), offset_m=float(chance.uniform(-0.04, 0.04)))
    moves: list[AnyAct] = []
    for _ in range(6):
        moved_n = float(chance.uniform(3, 80))
        kinds = acts.Wiggle(moved_n=moved_n), acts.Readjust(), acts.Cough(moved_n=moved_n), acts.Shift()
        moves += [acts.Lie(seconds=float(chance.uniform(5, 90))), kinds[int(chance.integers(len(kinds)))]]
    down: tuple[AnyAct, ...] = (
        acts.Wait(seconds=3),
        acts.Sit(seconds=4),
        acts.Lower(seconds=4),
        acts.Lie(seconds=90),
    )
    away: tuple[AnyAct, ...] = (acts.Lie(seconds=20), acts.Roll(), acts.RollBack(), acts.Roll(), acts.Leave())
    vitals = Vitals(breath_n=float(chance.uniform(1, 8)))
    return Story("restless", body=body, vitals=vitals, acts=(*down, *moves, *away))


def both(hops: Sequence[Signals]) -> tuple[list[Event], list[Event], int]:
    """Events of the two, and how many hops were kept."""
    gate, every = Detectors(BOARD), EveryHop(BOARD)
    kept, mine, theirs = 0, list[Event](), list[Event]()
    for signals in hops:
        mine += gate.step(signals)
        theirs += every.step(signals)
        kept += bool(gate._kept.hops)  # noqa: SLF001 - that it keeps some is what is tested
        assert gate.nobody == every.nobody
    gate._hand_over()  # noqa: SLF001 - what the next lowering will be told by
    assert gate._arrival._since_contact == every._arrival._since_contact  # noqa: SLF001
    return mine, theirs, kept


@pytest.mark.parametrize("seed", range(6))
def test_people_who_stir_are_told_of_alike(seed: int) -> None:
    """Whatever somebody does on the mat: the same events at the same time, and most hops were not looked at."""
    hops = [tick.signals for tick in play(restless(seed), seed).ticks if tick.signals is not None]
    mine, theirs, kept = both(hops)
    assert mine == theirs
    assert {LieDown, Wiggle} <= {type(event) for event in mine} or seed not in {0, 1, 2}
    assert kept > 0.4 * len(hops)


@pytest.mark.parametrize("name", ["session", "wiggly", "pause", "stands"])
def test_stories_are_told_alike(name: str) -> None:
    """The stories that ship, also with cells that fail in the middle."""
    hops = [tick.signals for tick in play(stories.load(name)).ticks if tick.signals is not None]
    mine, theirs, _ = both(hops)
    assert mine == theirs
    faulty = [one._replace(lost=1 << 4) if number % 700 > 640 else one for number, one in enumerate(hops)]
    mine, theirs, _ = both(faulty)
    assert mine == theirs


@pytest.mark.parametrize("noise_n", [0.1, 0.2])
def test_noise_is_no_reason_to_look(noise_n: float) -> None:
    """Cells two and four times as noisy as they should be: told alike, and most hops are kept still."""
    hops, chance = Hops(BOARD), np.random.default_rng(3)
    lying = np.array([30, 60, 30, 25, 50, 25, 30, 60, 30, 12, 24, 12], float)
    across = np.array([-1, 0, 1] * 4, float)
    told = []
    for number in range(1800):
        shaken_n = 6.0 * np.sin(number * 0.9) if 1000 <= number < 1010 else 0.0  # there and back, 24 N of it
        breath = 0.5 * np.sin(number * 0.12) * np.r_[np.ones(6), -np.ones(6)]
        one = hops.next(np.maximum(lying + breath + shaken_n * across + chance.normal(0, noise_n, 12), 0.0))
        told.append(one._replace(still_share=1.0))
    mine, theirs, kept = both(told)
    assert mine == theirs
    assert any(isinstance(event, Wiggle) for event in mine)
    assert kept > 0.7 * len(told)


def test_who_sits_up_and_lies_down_again_has_lowered_for_as_long() -> None:
    """After minutes of lying still, of which most hops were kept: the second lowering is timed by its own hops."""
    again = (acts.Lie(seconds=20), acts.SitUp(seconds=6), acts.Lower(seconds=5), acts.Lie(seconds=30))
    down = (acts.Wait(seconds=3), acts.Sit(seconds=8), acts.Lower(seconds=3), acts.Lie(seconds=240))
    story = Story("twice", acts=(*down, *again, acts.Leave()))
    hops = [tick.signals for tick in play(story, 5).ticks if tick.signals is not None]
    mine, theirs, kept = both(hops)
    lowered = [event.lowering_s for event in mine if isinstance(event, Lowered)]
    assert mine == theirs
    assert len(lowered) == 2
    assert all(seconds is not None and seconds < 10 for seconds in lowered)
    assert kept > 0.3 * len(hops)


def test_the_edge_of_the_room_is_not_stepped_over() -> None:
    """Load that leaves little by little, at any pace: the hop at which they have got up is the same one."""
    lying = np.array([30, 60, 30, 25, 50, 25, 30, 60, 30, 12, 24, 12], float)
    for pace in (0.5, 1.0, 2.0, 4.0, 9.0, 30.0):
        hops, chance = Hops(BOARD), np.random.default_rng(7)
        told = []
        breath = 6 * np.outer(np.sin(np.arange(900) * 0.12), np.r_[np.ones(6), -np.ones(6)]) / 12
        for number in range(900):
            left = max(0.0, (number - 600) * pace)
            loads = lying + breath[number] + chance.normal(0, 0.03, 12)
            one = hops.next(np.maximum(loads * max(0.0, 1 - left / lying.sum()), 0.0))
            told.append(one._replace(still_share=1.0))
        mine, theirs, kept = both(told)
        assert mine == theirs
        assert pace < 4 or any(isinstance(event, GetUp) for event in mine)  # a slow loss is followed as a posture
        assert kept > 200


def test_a_lift_by_somebody_light_begins_in_the_hop_it_begins_in() -> None:
    """A tenth of a light load leaves, then a little more, far less than any wiggle: it is a lift from that hop on."""
    lying = 0.36 * np.array([30, 60, 30, 25, 50, 25, 30, 60, 30, 12, 24, 12], float)
    breath = np.outer(np.sin(np.arange(900) * 0.12), np.r_[np.ones(6), -np.ones(6)]) / 6
    for first in range(600, 612):
        hops = Hops(BOARD)
        told = []
        for number in range(900):
            lifted = 1.0 if not first <= number < first + 40 else 0.9 if number < first + 12 else 0.84
            told.append(hops.next(lying * lifted + breath[number])._replace(still_share=1.0))
        mine, theirs, kept = both(told)
        assert mine == theirs
        assert any(isinstance(event, Repositioned) for event in mine)
        assert kept > 200


def test_a_mat_of_which_nothing_is_said_is_looked_at() -> None:
    """All load gone from one hop to the next, which the measure of movement does not tell: seen at once."""
    hops = [tick.signals for tick in play(restless(1), 1).ticks if tick.signals is not None]
    gone = Hops(BOARD).next(np.zeros(12))
    cut = [*hops[:1500], *[gone._replace(t_s=hops[1500].t_s + number / 10) for number in range(30)]]
    mine, theirs, _ = both(cut)
    assert mine == theirs
    assert isinstance(mine[-1], MatEmptied)

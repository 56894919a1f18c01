"""A story read bit by bit through chips and driver, and the same story as frames: what happened is the same."""

import pytest

from firmware.events import GetUp, LieDown, Lowering, MatEmptied, Seated, SessionEnded, StageChanged
from sim.chips.virtual_mat import ChipSource, virtual_lines
from sim.chips.wires import RandomStalls
from sim.frames import Bench, FrameSource
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, SitUp, Wait
from sim.people.story import Story
from tests.doubles.played import Played, play

WITHIN_S = 0.15
COMPARED = (Seated, Lowering, LieDown, GetUp, MatEmptied, StageChanged, SessionEnded)
SHORT = Story(
    "sit, lie, roll off, in half a minute",
    acts=(
        Wait(seconds=3), Sit(seconds=4), Lower(seconds=2.5), Lie(seconds=10), Roll(seconds=2), Leave(seconds=1.4),
        Wait(seconds=5),
    ),
)  # fmt: skip
LONG = Story(
    "sits up in between, then leaves abruptly",
    acts=(
        Wait(seconds=4), Sit(seconds=6), Lower(seconds=4), Lie(seconds=65), SitUp(seconds=12), Lower(seconds=3),
        Lie(seconds=25), Leave(seconds=0.7), Wait(seconds=55),
    ),
)  # fmt: skip


def stalled(bench: Bench) -> ChipSource:
    """Chips behind an operating system that now and then holds an edge up for milliseconds."""
    return ChipSource(bench, virtual_lines(bench, stalls=RandomStalls(0.002, seed=5)))


def same(one: Played, other: Played, held_up: int = 1) -> None:
    """Check that both were reported the same of posture and session; holds may begin so many times as late."""
    mine, theirs = one.of(*COMPARED), other.of(*COMPARED)
    assert [type(event).__name__ for event in mine] == [type(event).__name__ for event in theirs]
    for reported, heard in zip(mine, theirs, strict=True):
        loose = 2 * held_up if isinstance(reported, Seated | StageChanged) else 1  # a hold of a second begins later
        assert reported.t_s + one.origin_s == pytest.approx(heard.t_s + other.origin_s, abs=loose * WITHIN_S)
        if isinstance(reported, GetUp) and isinstance(heard, GetUp):
            assert reported.exit is heard.exit
        if isinstance(reported, LieDown) and isinstance(heard, LieDown):
            assert reported.load_n == pytest.approx(heard.load_n, rel=0.01)
        if isinstance(reported, SessionEnded) and isinstance(heard, SessionEnded):
            assert (reported.summary.reason, reported.summary.exit) == (heard.summary.reason, heard.summary.exit)
            assert reported.summary.lying_s == pytest.approx(heard.summary.lying_s, abs=2 * WITHIN_S)


@pytest.mark.parametrize("door", [ChipSource, stalled])
def test_half_a_minute_at_80(door: type[ChipSource]) -> None:
    """As the default board reads; also with stalls that cost a third of all samples.

    Who has just sat down seems to move while cells show old loads: of 36 seeds one in ten sits 0.3 to 0.5 s late.
    """
    quick = play(SHORT, 3)
    assert len(quick.of(LieDown, GetUp)) == 2
    same(play(SHORT, 3, door=door), quick, held_up=2 if door is stalled else 1)


def test_three_minutes_at_10() -> None:
    """The slow boards: a pause and an exit are reported alike, and they are the true ones."""
    quick, slow = (play(LONG, 2, rate_hz=10.0, door=door) for door in (FrameSource, ChipSource))
    assert [event.exit.value for event in quick.of(GetUp) if isinstance(event, GetUp)] == [
        lying.exit for lying in quick.truth.lyings
    ]
    assert len(quick.sessions) == 1
    same(slow, quick)

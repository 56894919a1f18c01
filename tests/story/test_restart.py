"""The program is killed in mid-session and starts again: the same session continues, from a snapshot of the machine."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import pytest

from firmware.core import MatCore
from firmware.enums import Reason, State
from firmware.events import SessionEnded, SessionSummary
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people.acts import AnyAct, Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.story import Story

if TYPE_CHECKING:
    from firmware.frames import Frames

COME = (Wait(seconds=12), Sit(seconds=5), Lower(seconds=4))
GO = (Roll(seconds=2), Leave(seconds=1.6), Wait(seconds=80))
CHECKPOINT_NS = 5_000_000_000
SECOND_NS = 1_000_000_000


@dataclass
class Restarted:
    """What came of a story in which the program was killed. Times of sessions are seconds since power-on."""

    sessions: list[SessionSummary] = field(default_factory=list)
    states: list[State] = field(default_factory=list)


def frames_of(acts: tuple[AnyAct, ...], seed: int) -> tuple[Bench, list["Frames"]]:
    bench = Bench(Story("a test", acts=acts), boards.load_board(), seed)
    return bench, list(_blocks(FrameSource(bench)))


def _blocks(source: FrameSource) -> Iterator["Frames"]:
    while True:
        try:
            yield source.read(0.0)
        except EOFError:
            return


def run(acts: tuple[AnyAct, ...], kills: dict[int, int], seed: int = 1) -> Restarted:
    """Play a story; at each key (ns) the program is killed, and frames come again after so many ns."""
    bench, blocks = frames_of(acts, seed)
    core = MatCore(bench.board, bench.calibration)
    found, saved, origin_ns = Restarted(), None, int(blocks[0].t_ns[0])
    pending, until_ns, last_ns = dict(sorted(kills.items())), 0, 0
    for block in blocks:
        now_ns = int(block.t_ns[-1])
        if pending and now_ns >= next(iter(pending)):
            until_ns = now_ns + pending.pop(next(iter(pending)))
            zero = core.calibration
            core, origin_ns = MatCore(bench.board, zero), -1
            if saved is not None:
                core.restore(*saved)
        if now_ns < until_ns:
            continue
        if origin_ns < 0:
            origin_ns = int(block.t_ns[0])
        for tick in core.push(block):
            found.states.append(tick.view.state)
            for event in tick.events:
                if isinstance(event, SessionEnded):
                    found.sessions.append(_since_power_on(event.summary, origin_ns / SECOND_NS))
        if now_ns - last_ns >= CHECKPOINT_NS:
            last_ns, data = now_ns, core.snapshot()
            saved = None if data is None else (data, now_ns)
    return found


def _since_power_on(summary: SessionSummary, by_s: float) -> SessionSummary:
    return SessionSummary(
        **{name: getattr(summary, name) for name in summary.__dataclass_fields__}
        | {"start_s": summary.start_s + by_s, "end_s": summary.end_s + by_s}
    )


def test_a_killed_program_continues_the_session() -> None:
    """Ten minutes of lying, killed after four and back after three seconds: one session, with start, end and time."""
    acts = (*COME, Lie(seconds=600), *GO)
    [undisturbed] = run(acts, {}).sessions
    restarted = run(acts, {250 * SECOND_NS: 3 * SECOND_NS})
    [session] = restarted.sessions
    assert session.number == undisturbed.number == 1
    assert session.start_s == pytest.approx(undisturbed.start_s, abs=0.2)
    assert session.end_s == pytest.approx(undisturbed.end_s, abs=1.0)
    assert session.lying_s == pytest.approx(undisturbed.lying_s, abs=1.0)
    assert (session.reason, session.counted, session.exit) == (Reason.GOAL_REACHED, True, undisturbed.exit)
    assert restarted.states.count(State.SETTLING) <= 600  # hops: the first minute is not repeated


def test_who_has_left_meanwhile_ends_the_session_at_the_last_certain_time() -> None:
    """Killed, and the person got up before it was back: the gap is no lying time, the reason is interrupted."""
    acts = (*COME, Lie(seconds=230), *GO)
    [session] = run(acts, {248 * SECOND_NS: 15 * SECOND_NS}).sessions
    assert session.reason is Reason.INTERRUPTED
    assert 220 <= session.lying_s <= 230
    assert 240 <= session.end_s <= 249


def test_a_kill_during_a_pause_resumes_the_pause() -> None:
    """The person is at the kettle when the power dips, and lies down again: still one session."""
    acts = (
        *COME,
        Lie(seconds=200),
        Roll(seconds=2),
        Leave(seconds=1.6),
        Wait(seconds=20),
        *COME[1:],
        Lie(seconds=200),
        *GO,
    )
    [undisturbed] = run(acts, {}).sessions
    [session] = run(acts, {232 * SECOND_NS: 3 * SECOND_NS}).sessions
    assert session.lying_s == pytest.approx(undisturbed.lying_s, abs=1.5)
    assert session.paused_s == pytest.approx(undisturbed.paused_s, abs=1.5)


@pytest.mark.parametrize("seed", range(4))
def test_kills_at_random_moments_split_no_session(seed: int) -> None:
    """Five kills while the person lies, each of two to four seconds: one session within a second of the truth."""
    chance = Random(seed)  # noqa: S311 - reproducible
    kills = {
        round(chance.uniform(60 + 60 * n, 110 + 60 * n) * SECOND_NS): round(chance.uniform(2, 4) * SECOND_NS)
        for n in range(5)
    }
    acts = (*COME, Lie(seconds=420), *GO)
    [undisturbed] = run(acts, {}, seed).sessions
    [session] = run(acts, kills, seed).sessions
    assert session.start_s == pytest.approx(undisturbed.start_s, abs=0.5)
    assert session.end_s == pytest.approx(undisturbed.end_s, abs=1.0)
    assert session.lying_s == pytest.approx(undisturbed.lying_s, abs=1.0)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[" * 5000, b'{"at_s":1,"state":"idle","expires_s":null,"closes_s":null,"session":{}}', b"\xff"],
)
def test_bytes_that_are_no_snapshot_are_rejected(data: bytes) -> None:
    """A damaged checkpoint: the caller closes the session as interrupted."""
    bench = Bench(Story("a test", acts=(Wait(seconds=1),)), boards.load_board(), 1)
    core = MatCore(bench.board, bench.calibration)
    with pytest.raises(ValueError):  # noqa: PT011 - the text is of the reader
        core.restore(data, 0)
    assert core.snapshot() is None


def test_a_snapshot_whose_times_contradict_each_other_is_rejected() -> None:
    """A start after the end cannot be continued."""
    bench, blocks = frames_of((*COME, Lie(seconds=40)), 1)
    core = MatCore(bench.board, bench.calibration)
    for block in blocks:
        list(core.push(block))
    data = core.snapshot()
    assert data is not None
    with pytest.raises(ValueError, match="contradict"):
        core.restore(data.replace(b'"at_s":', b'"at_s":-', 1), 0)

"""The core: frames in, ticks out, and what every tick carries."""

import dataclasses
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from firmware.core import CoreSettings, MatCore
from firmware.cues.settings import CueSettings, SoundMode
from firmware.enums import Reason, State, Status
from firmware.events import FramesLost, GetUp, LieDown, Lowered, MatEmptied, SessionEnded, StageChanged, Wiggle
from firmware.frames import Frames
from firmware.session.machine import with_goal
from firmware.signal.calibration import Calibration
from firmware.view import DARK, Output, Tick
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people import story as stories
from sim.people.acts import Leave, Lie, Lower, Shake, Sit, Wait
from sim.people.body import Body, Poses
from sim.people.story import Story
from sim.sensors.mishaps import FrameGap, GappedSource
from sim.sensors.tiles import Tiles
from tests.doubles.scripted import still

if TYPE_CHECKING:
    from collections.abc import Callable

BOARD = boards.load_board()
CELLS = len(BOARD.cells)
KNOWN = Calibration((1000.0,) * CELLS, (1000,) * CELLS)
SHORT = (Wait(seconds=4), Sit(seconds=5), Lower(seconds=3), Lie(seconds=30))


def ticks_of(core: MatCore, *blocks: Frames) -> list[Tick]:
    return [tick for block in blocks for tick in core.push(block)]


def bench_of(*acts: object, seed: int = 1) -> Bench:
    return Bench(Story("a test", acts=acts), BOARD, seed)  # type: ignore[arg-type]


def test_a_tick_for_every_hop_that_is_complete() -> None:
    """A second of frames from any moment since power-on: nine hops, and the tenth when it is over or at the end."""
    core = MatCore(BOARD, KNOWN)
    ticks = ticks_of(core, still(1, start_ns=77_000_000_000_000))
    assert [round(tick.t_s, 6) for tick in ticks] == [hop / 10 for hop in range(1, 10)]
    assert [round(tick.t_s, 6) for tick in core.finish()] == [1.0]
    for tick in ticks:
        assert tick.signals is not None
        assert tick.signals.load_n == 0.0
        assert (tick.events, tick.view.state, tick.view.occupied) == ((), State.IDLE, False)


def test_without_a_frame_there_is_nothing_to_finish() -> None:
    """Neither hop nor session."""
    assert list(MatCore(BOARD, KNOWN).finish()) == []


def test_without_a_zero_nothing_is_known() -> None:
    """No load, no event, no session; the state is idle and the lamp says no more than that it is alive."""
    core = MatCore(BOARD, Calibration((1000.0,) * CELLS))
    bench = bench_of(*SHORT)
    ticks = [tick for block in blocks_from(FrameSource(bench)) for tick in core.push(block)]
    assert len(ticks) > 400
    assert {tick.signals for tick in ticks} == {None}
    assert {tick.events for tick in ticks} == {()}
    assert core.pacer_s is None
    assert {tick.view.state for tick in ticks} == {State.IDLE}
    assert core.calibration.zero_counts is None


def test_the_calibration_given_is_the_one_in_use() -> None:
    """Scale and zero, before and after frames."""
    core = MatCore(BOARD, KNOWN)
    assert core.calibration == KNOWN
    ticks_of(core, still(1))
    assert core.calibration.counts_per_newton == KNOWN.counts_per_newton


def test_posture_comes_before_what_follows_from_it() -> None:
    """In the tick in which a person is found lying: LieDown first, then the stage; the view is the one behind both."""
    bench = bench_of(*SHORT)
    core = MatCore(BOARD, bench.calibration)
    ticks = [tick for block in blocks_from(FrameSource(bench)) for tick in core.push(block)]
    [found] = [tick for tick in ticks if any(isinstance(event, LieDown) for event in tick.events)]
    lying, lowered, stage = found.events
    assert isinstance(lying, LieDown)
    assert isinstance(lowered, Lowered)
    assert stage == StageChanged(lying.t_s, State.SETTLING)
    assert (found.view.state, found.view.start_s) == (State.SETTLING, lying.t_s)
    assert found.view.elapsed_s == pytest.approx(found.t_s - lying.t_s)
    assert found.view.occupied


def test_finish_closes_the_session_that_is_open() -> None:
    """With the last frame as its end, in a tick of its own, with the light off; nothing is closed twice."""
    bench = bench_of(*SHORT)
    core = MatCore(BOARD, bench.calibration)
    ticks = [tick for block in blocks_from(FrameSource(bench)) for tick in core.push(block)]
    assert ticks[-1].output != DARK
    last = list(core.finish())[-1]
    [closed] = last.events
    assert isinstance(closed, SessionEnded)
    assert (closed.summary.reason, closed.summary.end_s) == (Reason.END_OF_RECORDING, last.t_s)
    assert (last.signals, last.output) == (None, DARK)
    assert (last.view.state, last.view.start_s) == (State.SETTLING, None)


def test_settings_reach_their_stage() -> None:
    """A goal, and the brightness of the lamp."""
    outputs = []
    for brightness in (1.0, 0.5):
        bench = bench_of(*SHORT)
        settings = CoreSettings(machine=with_goal(300), cues=CueSettings(brightness=brightness))
        core = MatCore(BOARD, bench.calibration, settings)
        ticks = [tick for block in blocks_from(FrameSource(bench)) for tick in core.push(block)]
        assert {tick.view.goal_s for tick in ticks} == {300.0}
        outputs.append(max(tick.output.red for tick in ticks))
    assert outputs[1] == pytest.approx(outputs[0] / 2, rel=0.02)


def test_a_tick_says_how_much_may_sound() -> None:
    """Chosen by any person who may: dashboards show it. The tick that closes a session says it too."""
    bench = bench_of(*SHORT)
    core = MatCore(BOARD, bench.calibration)
    ticks: list[Tick] = []
    for number, block in enumerate(blocks_from(FrameSource(bench))):
        ticks += core.push(block)
        if number == 100:
            core.set_mode(SoundMode.QUIET)
    assert list(dict.fromkeys(tick.mode for tick in ticks)) == ["normal", "quiet"]
    assert {tick.mode for tick in core.finish()} == {"quiet"}


def test_light_between_two_hops() -> None:
    """Asked 50 times a second the lamp breathes in small steps; for the time of a tick it says what the tick said."""
    bench = bench_of(*SHORT)
    core = MatCore(BOARD, bench.calibration)
    levels = []
    for block in blocks_from(FrameSource(bench, block=1)):
        ticks = list(core.push(block))
        at_ns = int(block.t_ns[-1])
        if ticks:
            assert shown(core, round(ticks[-1].t_s * 1e9) + int(first_ns(bench))) == ticks[-1].output
        if at_ns > 25e9:
            levels.append(shown(core, at_ns).red)
    assert max(levels) - min(levels) > 0.05
    assert len(set(levels)) > 200
    assert max(abs(after - before) for before, after in pairwise(levels)) < 0.01


def shown(core: MatCore, t_ns: int) -> Output:
    return core.rendering(t_ns).at(t_ns)


def first_ns(bench: Bench) -> int:
    return int(next(blocks_from(FrameSource(bench, block=1))).t_ns[0])


def test_light_is_never_that_of_the_past() -> None:
    """Asked for a time before the last tick it gives the last tick's."""
    core = MatCore(BOARD, KNOWN)
    assert shown(core, 0) == DARK
    ticks = ticks_of(core, still(20))
    assert shown(core, 0) == ticks[-1].output


def test_wiggles_are_reported_while_a_person_lies_and_not_otherwise() -> None:
    """The same burst before lying down and after the cells have gone is none."""
    acts = (Wait(seconds=4), Sit(seconds=5), Lower(seconds=3), Lie(seconds=15), Shake(seconds=2, moved_n=60))
    bench = bench_of(*acts, Lie(seconds=10), Leave(seconds=1.2), Wait(seconds=10))
    core = MatCore(BOARD, bench.calibration)
    ticks = [tick for block in blocks_from(FrameSource(bench)) for tick in core.push(block)]
    [(reported, tick)] = [(event, tick) for tick in ticks for event in tick.events if isinstance(event, Wiggle)]
    assert 27 <= reported.t_s <= 29.5
    assert tick.view.wiggles == 1
    [left] = [event for tick in ticks for event in tick.events if isinstance(event, MatEmptied)]
    assert all(not isinstance(event, Wiggle) for tick in ticks if tick.t_s > left.t_s for event in tick.events)


def test_lost_cells_are_in_signals_and_view() -> None:
    """A cell that says nothing for a second is a bit in both."""
    core = MatCore(BOARD, KNOWN)
    block = still(3)
    block.status[80:160, 4] = Status.STALE
    ticks = ticks_of(core, block)
    lost = [tick.view.lost for tick in ticks]
    assert [lost[8], lost[16], lost[28]] == [0, 1 << 4, 0]
    assert all(tick.signals is not None and tick.signals.lost == tick.view.lost for tick in ticks)


def test_frames_that_jump_in_time_are_survived() -> None:
    """Two days later the next frame: the gap is filled up to its limit, and nothing else happens."""
    core = MatCore(BOARD, KNOWN)
    later = still(1, start_ns=2 * 86_400 * 1_000_000_000)
    ticks = ticks_of(core, still(1), later)
    assert ticks[-1].t_s == pytest.approx(2 * 86_400 + 0.9, abs=0.11)
    assert len(ticks) < 1000
    assert {tick.view.state for tick in ticks} == {State.IDLE}


def test_lost_frames_are_reported_and_change_nothing_else() -> None:
    """A second is missing in every five while a person lies: times stay, no cell is lost, one event a minute."""
    bench = bench_of(*SHORT[:3], Lie(seconds=90), Leave(), Wait(seconds=5))
    gaps = tuple(FrameGap(t_s=float(at_s), seconds=1.0) for at_s in range(3, 105, 5))
    plain, gapped = (
        [tick for block in blocks_from(source) for tick in MatCore.push(core, block)]
        for core, source in (
            (MatCore(BOARD, bench.calibration), FrameSource(bench)),
            (MatCore(BOARD, bench.calibration), GappedSource(FrameSource(bench), gaps)),
        )
    )
    times_s = [
        [event.t_s for tick in ticks for event in tick.events if isinstance(event, LieDown | GetUp)]
        for ticks in (plain, gapped)
    ]
    assert times_s[1] == pytest.approx(times_s[0], abs=1.0)
    assert len(times_s[0]) == 2
    assert {tick.view.lost for tick in gapped} == {0}
    losses = [event for tick in gapped for event in tick.events if isinstance(event, FramesLost)]
    assert [loss.gaps for loss in losses] == [1, 12]
    assert losses[1].lost_s == pytest.approx(12, abs=1.5)
    assert losses[1].t_s - losses[0].t_s >= 60 - 1e-6


def test_whatever_the_cells_say_detector_and_machine_agree() -> None:
    """Random loads, steps, lost cells and gaps for simulated hours: never an event that the table does not know."""
    chance = np.random.default_rng(20)
    poses = [
        bench_pose(name) for name in ("nobody", "seated", "propped", "half_down", "lying", "side", "lifted", "standing")
    ]
    core = MatCore(BOARD, KNOWN, CoreSettings(machine=with_goal(60)))
    t_ns, states, kinds = 0, set(), set()
    for _ in range(700):
        pose = poses[chance.integers(len(poses))] * chance.choice([0.3, 1.0, 1.0, 1.5])
        number = int(chance.choice([2, 5, 20, 60, 300]))
        newtons = pose + chance.normal(0, chance.choice([0.0, 0.5, 20.0]), (number, CELLS))
        counts = (1000 + 1000 * np.maximum(newtons, 0)).astype(np.int32) | 8  # never a code that stands for a bad read
        status = np.zeros((number, CELLS), np.uint8)
        if chance.random() < 0.15:
            status[:, chance.random(CELLS) < chance.choice([0.2, 0.6, 1.0])] = Status.DEAD
        times = t_ns + np.arange(1, number + 1, dtype=np.int64) * 100_000_000
        t_ns = int(times[-1]) + (int(chance.integers(0, 20_000_000_000)) if chance.random() < 0.02 else 0)
        for tick in core.push(Frames(0, times, counts, status)):
            states.add(tick.view.state)
            kinds |= {type(event).__name__ for event in tick.events}
    not_here = {State.EASING, State.RESTING, State.OVERTIME, State.ROLLING}  # a goal of a minute has no such stages
    assert states >= set(State) - not_here
    assert kinds >= {"Seated", "Lowering", "LieDown", "GetUp", "MatEmptied", "SensorLost", "SensorBack", "SessionEnded"}


def bench_pose(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Newtons (cells,) of a pose of the simulated body."""
    poses = Poses(Body(), Tiles(BOARD))
    made: dict[str, Callable[[], npt.NDArray[np.float64]]] = {
        "nobody": poses.nobody,
        "seated": poses.seated,
        "propped": poses.propped,
        "half_down": poses.half_down,
        "lying": poses.lying,
        "side": lambda: poses.on_side(1.0),
        "lifted": poses.hips_lifted,
        "standing": lambda: poses.standing(0.22),
    }
    return np.array(made[name]())


def test_the_same_frames_give_the_same_ticks() -> None:
    """Two cores side by side share nothing."""
    bench = Bench(stories.load_story("attempt"), BOARD, seed=3)
    bench.scene = dataclasses.replace(bench.scene, length_s=30.0)
    blocks = list(blocks_from(FrameSource(bench)))
    one, other = MatCore(BOARD, bench.calibration), MatCore(BOARD, bench.calibration)
    for block in blocks:
        assert list(one.push(block)) == list(other.push(block))

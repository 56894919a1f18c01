"""The bench measures what it claims: the same signals, a turn for each contender, and a picture that can be read."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import partial

import numpy as np
import pytest

from firmware.enums import Status
from firmware.frames import Frames, Signals
from firmware.signal.chain import SignalChain
from tests.bench import endurance, performance, pipelines, wakeup
from tests.bench.chart import OURS, THEIRS, bars
from tests.bench.plain_hops import PlainHops
from tests.bench.timing import FLOOR_CALLS, Timed, floor, race, ratio
from tests.bench.written import Written


@pytest.fixture(scope="module")
def course() -> pipelines.Course:
    """The session of the bench, arrival and three rounds."""
    whole = pipelines.course(round_s=pipelines.SHORT_S)
    return pipelines.Course(whole.board, whole.calibration, whole.before, whole.rounds[:3])


def spoilt(whole: Frames) -> Frames:
    """The same with wrong codes, flags, a cell that falls silent, one that is stuck and a gap of a few hops."""
    chance = np.random.default_rng(whole.seq)
    t_ns, counts, status = whole.t_ns.copy(), whole.counts.copy(), whole.status.copy()
    wrong = chance.random(counts.shape) < 0.003
    counts[wrong] = chance.choice([-1, 0, 4095, 300_000, -200_000, (1 << 23) - 1], int(wrong.sum()))
    status[chance.random(counts.shape) < 0.003] = Status.STRETCHED
    status[300:420, 3] = Status.STALE
    counts[:, 5] = 123_456
    t_ns[600:] += 450_000_000
    return Frames(whole.seq, t_ns, counts, status)


@pytest.mark.parametrize("spoil", [False, True])
def test_plain_loops_give_the_very_signals_of_the_chain(course: pipelines.Course, *, spoil: bool) -> None:
    """Frame by frame through both, from an empty mat on: every field agrees to the last digits that matter."""
    plain, chain = PlainHops(course), SignalChain(course.board, course.calibration)
    ours: list[Signals] = []
    close = partial(pytest.approx, rel=1e-6, abs=1e-4)
    for whole in (*course.before, *course.rounds):
        for one in pipelines.pieces(spoilt(whole) if spoil else whole, 1):
            for _, signals in chain.push(one):
                chain.note_vacant(vacant=False)
                assert signals is not None
                ours.append(signals)
            before = plain.last
            plain.push(int(one.t_ns[0]), one.counts[0].tolist(), one.status[0].tolist())
            if plain.last is before:
                continue
            assert plain.last is not None
            for name, mine, its in zip(Signals._fields, ours[-1], plain.last, strict=True):
                assert mine == (its if its is None or name in {"moving", "lost"} else close(its)), (name, ours[-1])
    assert len(ours) > 1000
    assert len({signals.lost for signals in ours}) == (4 if spoil else 1)
    assert spoil or sum(signals.breaths_per_min is not None for signals in ours) > 100


def test_numpy_as_written_gives_every_field_of_the_signals(course: pipelines.Course) -> None:
    """A minute and a half of lying, with a silent cell and a stuck one: lost cells, load and breath agree.

    Its rules are simpler, so they agree within what a person would call the same.
    """
    written, chain = Written(course), SignalChain(course.board, course.calibration)
    ours: list[Signals] = []
    for whole in (*course.before, *course.rounds):
        counts = whole.counts.copy()
        counts[:, 5] = 123_456
        status = np.where(np.arange(counts.shape[1]) == 3, Status.STALE, whole.status).astype(np.uint8)
        one = Frames(whole.seq, whole.t_ns, counts, status)
        for _, signals in chain.push(one):
            chain.note_vacant(vacant=False)
            assert signals is not None
            ours.append(signals)
        for row, flags in zip(one.counts.astype(float), one.status.astype(float), strict=True):
            written.push(0, row, flags)
    mine = ours[-1]
    rates = [one.breaths_per_min for one in ours if one.breaths_per_min is not None]
    assert sum(1 << cell for cell in np.flatnonzero(written.lost).tolist()) == mine.lost == 0b101000
    assert written.load_n == pytest.approx(mine.load_n, rel=0.01)
    assert written.cop_m == pytest.approx(mine.cop_m, abs=0.005)
    assert written.row_shares == pytest.approx(mine.row_shares, abs=0.01)
    assert written.evenness == pytest.approx(mine.evenness, abs=0.01)
    assert written.lumbar_share == pytest.approx(mine.lumbar_share, abs=0.01)
    assert written.breaths_per_min == pytest.approx(rates[-1], abs=1.0)
    assert written.still_share == pytest.approx(mine.still_share, abs=0.1)
    assert (written.moving, written.still_and_slow) == (mine.moving, True)


@pytest.mark.parametrize("kind", [pipelines.WithoutCues, pipelines.SignalsOnly, pipelines.Whole])
def test_a_round_is_counted_in_frames(kind: type[pipelines.Whole], course: pipelines.Course) -> None:
    """One frame a call or many: a round is as many frames as were simulated."""
    for block in (pipelines.LIVE, pipelines.REPLAY):
        timed = pipelines.timed("ours", kind, block, course)
        assert timed.play(1) == len(course.rounds[1]) == pipelines.SHORT_S * pipelines.RATE


def test_rivals_take_every_frame_of_a_round(course: pipelines.Course) -> None:
    """As plain numbers or as rows of floats: the same counts and flags."""
    seen: list[tuple[int, list[float], list[float]]] = []

    def push(t_ns: int, counts: object, flags: object) -> None:
        seen.append((t_ns, np.asarray(counts).tolist(), np.asarray(flags).tolist()))

    whole = course.rounds[0]
    assert pipelines.rival("lists", push, pipelines.as_lists(course)).play(0) == len(whole)
    assert pipelines.rival("rows", push, pipelines.as_rows(course, 10)).play(0) == 10
    assert seen[:10] == seen[len(whole) :]
    assert seen[9] == (int(whole.t_ns[9]), whole.counts[9].tolist(), whole.status[9].tolist())


def test_boards_of_any_size_are_cut_from_the_one_that_ships() -> None:
    """Ninety-six cells cover the same mat, row-major, each in its own place."""
    board = pipelines.board_of(12, 8)
    assert [cell.index for cell in board.cells] == list(range(96))
    assert len({(cell.x_m, cell.y_m) for cell in board.cells}) == 96
    assert max(cell.x_m for cell in board.cells) < board.width_m


def test_each_contender_takes_every_turn_in_changing_order() -> None:
    """Three contenders, four rounds: each has four times, and each began once at least."""
    order: list[str] = []

    def contender(name: str) -> Timed:
        def play(_number: int) -> int:
            order.append(name)
            return 1

        return Timed(name, play)

    three = [contender(name) for name in "abc"]
    raced = race(lambda: three, rounds=4, passes=2)
    assert [len(one.us) for one in raced] == [4, 4, 4]
    assert order[::3] == ["a", "b", "c", "a"] * 2


def test_twice_the_work_costs_twice_as_much() -> None:
    """The floor against itself, done twice and counted once."""
    one, least = floor(), floor()
    twice = Timed("twice", lambda number: (least.play(number) + least.play(number)) // 2)
    race(lambda: [one, twice], rounds=3)
    assert ratio(twice, one) == pytest.approx(2.0, rel=0.35)
    assert one.play(0) == FLOOR_CALLS
    assert one.mean_us <= one.usual_mean_us


def test_rows_carry_their_bounds() -> None:
    """36 times the floor is the bound of live; 37 does not hold it, twice the plain loops neither."""
    costs = (0.2, 7.4, 3.4, 7.0, 4.0, 5.0, 2.5, 10.0, 80.0)
    raced = [Timed(str(number), lambda _: 1, [us] * 3, [us] * 3) for number, us in enumerate(costs)]
    rows = {one.name: one for one in performance.cost_rows(raced)}
    live, replay = (rows[f"{number}, in np.add of 12 floats"] for number in (1, 2))
    plain, written = (rows[f"{number}, against 5"] for number in (7, 8))
    assert [round(one.value, 1) for one in (live, replay, plain, written)] == [37.0, 17.0, 2.0, 16.0]
    assert [one.holds for one in (live, replay, plain, written)] == [False, True, False, True]


def test_a_tick_that_depends_on_the_blocks_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of three differs for blocks of eight, one is missing for blocks of three."""
    found = {8: ["a", "x", "c"], 3: ["a", "b"]}
    monkeypatch.setattr(pipelines, "ticks", lambda _, block: found.get(block, ["a", "b", "c"]))
    monkeypatch.setattr(performance, "course", lambda round_s: round_s)
    assert [one.value for one in performance.chunking_rows()] == [0, 1, 1, 0, 0]


BAR_COLOURS = (f"fill: {OURS}", f"fill: {THEIRS}")


def test_the_picture_is_a_drawing_with_a_bar_for_each() -> None:
    """It parses, has the names, and a bar ten times as dear is longer by a step of the scale."""
    drawing = bars("Cost & time", "us", [("floor", 0.3, False), ("ours", 3.0, True), ("theirs", 30.0, False)])
    root = ET.fromstring(drawing)  # noqa: S314 - our own text
    paths = [str(one.get("d")) for one in root.iter() if str(one.get("style", "")).startswith(BAR_COLOURS)]
    places = [[float(word) for word in re.findall(r"[ML] (\S+)", path)] for path in paths]
    widths = [max(xs) - min(xs) for xs in places]
    assert widths[2] - widths[1] == pytest.approx(widths[1] - widths[0], abs=0.2)
    assert {"floor", "ours", "theirs", "Cost & time"} <= {one.text for one in root.iter() if one.text}


def test_the_process_that_waits_reports_how_late_it_was() -> None:
    """Twenty waits of two milliseconds: as many delays, none before its time."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.wakeup", "20", "2000"], check=True, capture_output=True, text=True
    )
    table = json.loads(done.stdout)
    assert len(table["us"]) == 20
    assert min(table["us"]) >= 0
    assert isinstance(table["realtime"], bool)


def test_delays_have_percentiles() -> None:
    """Of a hundred delays from 1 to 100 us the 99th percentile is 99."""
    assert wakeup.Delays("x", "idle", realtime=True, us=[float(us) for us in range(1, 101)]).at(99) == 99


def test_an_hour_is_replayed_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six minutes stand for the hour here: all their frames, and the least processor time of two passes."""
    short = endurance.hour(60)
    monkeypatch.setattr(endurance, "hour", lambda: short)
    frames, spent_s = endurance.replay_s(2)
    assert frames == sum(map(len, short[1])) > 5 * 60 * pipelines.RATE
    assert 0 < spent_s < 60


def test_a_day_in_short_keeps_nothing() -> None:
    """Six short hours through one core: what is held at the end is what was held after the third."""
    grown = endurance.study(6, part_s=30)
    assert grown.hours == 3
    assert abs(grown.blocks) < 1000
    assert grown.traced < 256 * 1024


def test_frames_keep_their_times_when_cut(course: pipelines.Course) -> None:
    """Cut and put together again is the same."""
    whole = course.rounds[0]
    parts = list(pipelines.pieces(whole, 7))
    assert sum(map(len, parts)) == len(whole)
    assert [one.seq for one in parts[:3]] == [whole.seq, whole.seq + 7, whole.seq + 14]

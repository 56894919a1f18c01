"""The quick door: frames in lockstep, the same whatever the block, with the flags a reader would set."""

from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from firmware.enums import Status
from firmware.errors import RecordingError
from firmware.frames import Frames
from firmware.ports import Source
from firmware.storage import recordings
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from, write_recording
from sim.people import story as stories
from sim.people.story import Story
from sim.sensors.breakage import FRAMES_UNTIL_STALE, SECONDS_UNTIL_DEAD
from sim.sensors.faults import CellFaultCommand, FaultKind
from sim.sensors.grid import BLOCK_POINTS
from sim.sensors.mishaps import CellBreaks, FrameGap, GappedSource, ZeroKnock

BOARD = boards.load_board()
SHORT = stories.load_story("attempt")


def whole(source: Source) -> Frames:
    """Read a source to its end into one block."""
    blocks = list(blocks_from(source))
    return Frames(
        blocks[0].seq,
        np.concatenate([block.t_ns for block in blocks]),
        np.concatenate([block.counts for block in blocks]),
        np.concatenate([block.status for block in blocks]),
    )


def source(
    *faults: CellFaultCommand, block: int | None = None, rate_hz: float | None = None, seed: int = 1
) -> FrameSource:
    """Open the short story."""
    return FrameSource(Bench(SHORT, BOARD, seed, rate_hz=rate_hz), faults=faults, block=block)


@pytest.mark.parametrize("block", [1, 3, 8, 777, 4800])
def test_blocks_of_any_size_hold_the_same_frames(block: int) -> None:
    """One frame at a time or thousands: the same numbers, and sequence numbers without a gap."""
    fault = CellFaultCommand(4, 20_000_000_000, FaultKind.FLOATING)
    reference, cut = whole(source(fault)), whole(source(fault, block=block))
    assert np.array_equal(reference.t_ns, cut.t_ns)
    assert np.array_equal(reference.counts, cut.counts)
    assert np.array_equal(reference.status, cut.status)
    numbers = [(frames.seq, len(frames)) for frames in blocks_from(source(block=block))]
    assert all(seq + size == following for (seq, size), (following, _) in pairwise(numbers))


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_a_block_is_a_hop(rate_hz: float) -> None:
    """By default a read gives a tenth of a second, at either rate, in int32 and int64 as the contract says."""
    frames = source(rate_hz=rate_hz).read(0.0)
    assert len(frames) == rate_hz / 10
    assert [str(one.dtype) for one in (frames.t_ns, frames.counts, frames.status)] == ["int64", "int32", "uint8"]
    assert frames.counts.shape == frames.status.shape == (len(frames), len(BOARD.cells))


def test_time_moves_only_when_a_frame_is_taken() -> None:
    """Two mats on one seed, one read slowly among other work: the same frames; at the end EOFError, again and again."""
    one, other = source(), source(seed=1)
    for _ in range(40):
        assert np.array_equal(one.read(0.5).t_ns, other.read(0.0).t_ns)
    last = whole(one)
    assert last.t_ns[-1] < one.bench.scene.length_s * 1e9
    for _ in range(2):
        with pytest.raises(EOFError, match="over"):
            one.read(0.5)
    other.close()
    with pytest.raises(EOFError, match="over"):
        other.read(0.5)


def test_a_long_story_needs_no_more_memory() -> None:
    """After minutes of frames a few seconds of the grid are kept, no more."""
    long = FrameSource(Bench(stories.load_story("quick"), BOARD, 1))
    for number, _ in enumerate(blocks_from(long)):
        if number > 3000:
            break
    assert len(long.bench.cells._window) <= 5 * BLOCK_POINTS  # noqa: SLF001 - the bound is the point


def test_power_on_comes_before_the_story() -> None:
    """A story that begins 31 days after power-on has stamps that say so."""
    days_ns = 31 * 86_400_000_000_000
    late = FrameSource(Bench(SHORT, BOARD, 1), start_ns=days_ns)
    assert np.array_equal(late.read(0).t_ns, source().read(0).t_ns + days_ns)


@pytest.mark.parametrize(
    ("kind", "flags", "trusted"),
    [
        (FaultKind.UNPLUGGED, Status.STALE, False),
        (FaultKind.STUCK_HIGH, Status.STALE, False),
        (FaultKind.STUCK_LOW, Status.DESYNC, False),
        (FaultKind.SATURATED_HIGH, Status.SATURATED, False),
        (FaultKind.SATURATED_LOW, Status.SATURATED, False),
        (FaultKind.FROZEN, Status.OK, True),
        (FaultKind.FLOATING, Status.OK, True),
        (FaultKind.NOISY, Status.OK, True),
    ],
)
def test_a_broken_cell(kind: FaultKind, flags: Status, trusted: bool) -> None:
    """From its time on cell 7 is broken, flagged as a reader flags it; the others never notice."""
    at_ns = 20_000_000_000
    good, bad = whole(source()), whole(source(CellFaultCommand(7, at_ns, kind)))
    since = int(np.searchsorted(bad.t_ns, at_ns))
    others = np.delete(np.arange(12), 7)
    assert np.array_equal(good.counts[:, others], bad.counts[:, others])
    assert np.array_equal(good.counts[:since, 7], bad.counts[:since, 7])
    assert not bad.status[:, others].any()
    assert not bad.status[:since, 7].any()
    assert (good.counts[since + 5 :, 7] != bad.counts[since + 5 :, 7]).mean() > 0.99
    assert (bad.status[since + FRAMES_UNTIL_STALE : since + 100, 7] == flags).all()
    dead = bad.status[bad.t_ns > at_ns + (SECONDS_UNTIL_DEAD + 1) * 1e9, 7] == Status.DEAD
    assert dead.all() == (kind in {FaultKind.UNPLUGGED, FaultKind.STUCK_HIGH, FaultKind.STUCK_LOW})
    assert (bad.status[since + 10, 7] == 0) == trusted


def test_what_broken_cells_say() -> None:
    """A frozen cell repeats its last code, a rail is a rail, noise is thirty times what it was."""
    at_ns = 60_000_000_000
    kinds = (FaultKind.FROZEN, FaultKind.SATURATED_HIGH, FaultKind.NOISY, FaultKind.STUCK_LOW)
    frames = whole(source(*(CellFaultCommand(cell, at_ns, kind) for cell, kind in enumerate(kinds))))
    since = int(np.searchsorted(frames.t_ns, at_ns))
    counts = frames.counts[since:]
    assert (counts[:, 0] == frames.counts[since - 1, 0]).all()
    assert (counts[:, 1] == (1 << 23) - 1).all()
    assert counts[:2000, 2].std() > 5 * frames.counts[since - 800 : since, 2].std()
    assert (counts[:, 3] == frames.counts[since - 1, 3]).all()


def test_short_faults() -> None:
    """A glitch is one code; a brown-out is a moment of settling; a recovered cell is as before."""
    second = 1_000_000_000
    faults = [
        CellFaultCommand(0, 20 * second, FaultKind.GLITCH),
        CellFaultCommand(1, 20 * second, FaultKind.BROWN_OUT),
        CellFaultCommand(2, 20 * second, FaultKind.SATURATED_HIGH),
        CellFaultCommand(2, 21 * second, FaultKind.OK),
    ]
    good, bad = whole(source()), whole(source(*faults))
    since = int(np.searchsorted(bad.t_ns, 20 * second))
    assert (bad.counts[:, 0] != good.counts[:, 0]).sum() == 1
    assert bad.counts[since, 0] == -1
    assert bad.status[since, 0] == Status.SUSPECT
    assert 10 <= (bad.status[:, 1] == Status.SETTLING).sum() <= 16
    recovered = bad.t_ns >= 21 * second
    assert np.array_equal(good.counts[recovered, 2], bad.counts[recovered, 2])
    assert not bad.status[recovered, 2].any()


def test_a_fault_on_command() -> None:
    """Unplugged while the story runs: from the next block on the last code stays."""
    running = source()
    for _ in range(100):
        before = running.read(0)
    running.break_cell(CellFaultCommand(3, 0, FaultKind.UNPLUGGED))
    after = running.read(0)
    assert (after.counts[:, 3] == before.counts[-1, 3]).all()
    assert after.status[-1, 3] == Status.STALE
    with pytest.raises(ValueError, match="cell 12"):
        running.break_cell(CellFaultCommand(12, 0, FaultKind.UNPLUGGED))


def test_frames_cannot_be_changed_by_who_reads_them() -> None:
    """The worked-out frames ahead are safe from a careless reader."""
    frames = source().read(0)
    with pytest.raises(ValueError, match="read-only"):
        frames.counts[0, 0] = 1


def test_mishaps_of_a_story() -> None:
    """A story can break a cell, knock another and stop the reader for three seconds."""
    changed = msgspec.structs.replace(
        SHORT, mishaps=(CellBreaks(1, 20.0, FaultKind.FROZEN), ZeroKnock(2, 30.0, 50.0), FrameGap(40.0, 3.0))
    )
    bench = Bench(changed, BOARD, 1)
    frames = whole(GappedSource(FrameSource(bench), bench.mishaps))
    good = whole(source())
    assert np.diff(frames.t_ns).max() == pytest.approx(3e9, rel=0.01)
    assert len(good.t_ns) - len(frames.t_ns) == pytest.approx(240, rel=0.05)
    at = int(np.searchsorted(frames.t_ns, 35e9))
    assert (frames.counts[at : at + 50, 1] == frames.counts[at, 1]).all()
    shift_n = (frames.counts[at, 2] - good.counts[at, 2]) / bench.cells.counts_per_newton[2]
    assert shift_n == pytest.approx(50, abs=0.1)


def test_mishaps_from_a_file(tmp_path: Path) -> None:
    """Mishaps are tables of a story file."""
    path = tmp_path / "broken.toml"
    path.write_text(
        'title = "x"\nseconds = 30\nmishaps = [{ what = "break", cell = 1, t_s = 3, kind = "unplugged" },'
        ' { what = "gap", t_s = 9, seconds = 1 }, { what = "knock", cell = 2, t_s = 4, newtons = 5 }]',
        "utf-8",
    )
    assert Bench(stories.load_story(str(path)), BOARD, 1).faults == (
        CellFaultCommand(1, 3_000_000_000, FaultKind.UNPLUGGED),
    )


def test_a_recording_comes_in_by_the_same_door(tmp_path: Path) -> None:
    """What is written is read back by the product: the same frames, labelled simulated, with the true calibration."""
    bench = Bench(SHORT, BOARD, 1)
    path = tmp_path / "attempt.npz"
    count = write_recording(path, bench, FrameSource(bench), note="a test")
    recording = recordings.load(path)
    assert recording.label == "simulated"
    assert recording.board == BOARD
    assert recording.note == "a test"
    frames = whole(source())
    assert count == len(frames)
    assert np.array_equal(recording.frames.counts, frames.counts)
    assert np.array_equal(recording.frames.t_ns, frames.t_ns)
    assert recording.calibration == bench.calibration


def test_a_story_too_short_to_record(tmp_path: Path) -> None:
    """Nothing to write: one clear line."""
    bench = Bench(Story("nothing", seconds=0.01), BOARD, 1)
    with pytest.raises(RecordingError, match="over before the first frame"):
        write_recording(tmp_path / "x.npz", bench, FrameSource(bench))


def test_a_block_has_a_frame() -> None:
    """A block of nothing is refused."""
    with pytest.raises(ValueError, match="0 frames"):
        source(block=0)

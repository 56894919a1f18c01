"""The process that clocks the chips: real processes and pipes, virtual chips in real time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from firmware.clock import SystemClock
from firmware.drivers.bank import banks_of
from firmware.drivers.factory import BackendChoice, OpenLines
from firmware.drivers.records import Handshake, read_handshake, record_format
from firmware.drivers.sampled import SampledSource, record_dtype
from firmware.drivers.sampler import Sampler, lock_memory, take_realtime
from firmware.enums import Status
from firmware.errors import DriverError
from firmware.frames import Frames
from hardware import board as boards
from sim.chips.wires import VirtualLines
from tests.doubles.chip_truth import scrambled_chips
from tests.doubles.clock import ManualClock

BOARD = boards.load_board()
CLOCK = SystemClock()


def sampled(way: str, handshake_timeout_s: float = 20.0) -> SampledSource:
    """Start a sampler of virtual chips in which this goes wrong."""
    return SampledSource(
        BOARD,
        command=(sys.executable, "-m", "tests.doubles.virtual_sampler", way),
        handshake_timeout_s=handshake_timeout_s,
    )


def blocks_for(source: SampledSource, seconds: float) -> Iterator[Frames]:
    """Read for so long."""
    end_ns = CLOCK.boottime_ns() + seconds * 1e9
    while CLOCK.boottime_ns() < end_ns:
        frames = source.read(0.2)
        if frames is not None:
            yield frames


def alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(pid: int, seconds: float = 5.0) -> bool:
    """Wait for the end of a process."""
    end_ns = CLOCK.boottime_ns() + seconds * 1e9
    while alive(pid) and CLOCK.boottime_ns() < end_ns:
        CLOCK.sleep_s(0.05)
    return not alive(pid)


def test_frames_of_the_other_process_arrive_whole_and_in_order() -> None:
    """Two seconds of real time: blocks of the right types, numbers without a gap, growing stamps, most values good."""
    with closing(sampled("nothing")) as source:
        blocks = list(blocks_for(source, 2.5))
        health = source.health
    assert [block.seq for block in blocks] == np.cumsum([0, *map(len, blocks[:-1])]).tolist()
    stamps = np.concatenate([block.t_ns for block in blocks])
    status = np.concatenate([block.status for block in blocks])
    assert (np.diff(stamps) > 0).all()
    assert abs(CLOCK.boottime_ns() - stamps[-1]) < 10_000_000_000
    assert {block.counts.dtype.str for block in blocks} == {"<i4"}
    assert status.shape[1] == 12
    assert len(stamps) > 60  # a computer with much else to do makes frames late, never fewer than this
    assert (status == Status.OK).any()
    assert (health.restarts, health.dropped, health.fault) == (0, 0, "")
    assert health.handshake is not None
    assert health.handshake.reason == "virtual chips"
    assert health.longest_high_us > 0


def test_wires_that_cannot_be_had_are_one_clear_line() -> None:
    with pytest.raises(DriverError, match=r"^the lines are busy: gpio-fan holds them; free them$"):
        sampled("refuse")


def test_sampler_without_a_handshake_is_ended() -> None:
    with pytest.raises(DriverError, match=r"the sampler was silent for 1\.5 s"):
        sampled("hang-at-start", handshake_timeout_s=1.5)


def test_program_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(DriverError, match=r"the sampler cannot be started .* see that /no/python is there"):
        SampledSource(BOARD, command=("/no/python",))


def test_program_that_is_no_sampler_is_one_clear_line() -> None:
    with pytest.raises(DriverError, match="invalid handshake of the sampler b'hello"):
        SampledSource(BOARD, command=(sys.executable, "-c", "import os, sys; os.write(int(sys.argv[1]), b'hello\\n')"))


def test_packages_that_print_do_no_harm() -> None:
    """Blinka writes a warning to standard output; the frames have a pipe of their own."""
    with closing(sampled("print")) as source:
        assert next(blocks_for(source, 2.0)).seq == 0


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        ("hang", "the sampler was silent for 2 s"),
        ("die", "the sampler ended by itself"),
        ("gone", "the lines of the cells went away while they were in use"),
    ],
)
def test_failing_sampler_is_restarted(way: str, fault: str) -> None:
    """It hangs, or dies, or its lines go, after some seconds; the loop does not wait, and frames go on."""
    with closing(sampled(way)) as source:
        first = source.pid
        seen: list[Frames] = []
        longest_ns = last_ns = 0
        end_ns = CLOCK.boottime_ns() + 40_000_000_000
        while source.pid in (first, None) or not seen or source.health.handshake is None or source.health.restarts < 1:
            before_ns = CLOCK.boottime_ns()
            assert before_ns < end_ns
            frames = source.read(0.1)
            longest_ns = max(longest_ns, CLOCK.boottime_ns() - before_ns)
            if frames is not None:
                seen.append(frames)
        after = next(blocks_for(source, 5.0))
        assert source.health.fault == fault
        assert after.seq == seen[-1].seq + len(seen[-1])
        assert after.t_ns[0] > seen[-1].t_ns[-1]
        assert longest_ns < 2_000_000_000
        last_ns = int(after.t_ns[-1])
        assert last_ns
        assert first is not None
        assert wait_until_gone(first)


class SlowClock(ManualClock):
    """Every reading takes a fifth of a second; like the real clock it refuses to sleep a negative time."""

    def boottime_ns(self) -> int:
        """Return the time after the reading."""
        self.now_s += 0.2
        return super().boottime_ns()

    def sleep_s(self, seconds: float) -> None:
        """Raise ValueError as time.sleep does."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        super().sleep_s(seconds)


def test_the_pause_before_a_restart_may_end_while_it_is_measured() -> None:
    """The sampler dies after its handshake, again and again; a slow computer reads the clock when the pause is over."""
    line = Handshake("test", "dies", realtime=False, locked=False).line()
    command = (sys.executable, "-c", f"import os, sys; os.write(int(sys.argv[1]), {line!r})")
    clock = SlowClock()
    with closing(SampledSource(BOARD, command=command, clock=clock)) as source:
        assert source.read(5.0) is None
        assert source.health.restarts >= 1
    assert clock.slept_s


def test_device_that_was_removed_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines go away and no device is there afterwards: the loop ends with both facts in one line."""
    device = tmp_path / "device"
    device.touch()
    monkeypatch.setenv("VIRTUAL_DEVICE", str(device))
    with closing(sampled("gone-for-good")) as source:
        seen: list[Frames] = []
        with pytest.raises(DriverError) as caught:
            seen.extend(blocks_for(source, 60.0))
        assert seen[-1].status[-1].tolist() == [Status.STALE] * 12
        assert source.pid is None
    assert str(caught.value) == (
        "the lines of the cells went away while they were in use; then: /dev/gpiochip0 does not exist; look for it"
    )


@pytest.mark.parametrize("way", ["nothing", "hang-soon"])
def test_sampler_ends_with_its_parent(way: str) -> None:
    """The daemon is killed with SIGKILL: no sampler is left that clocks the chips or keeps their lines, hung or not."""
    script = (
        "import sys, time\n"
        "from firmware.drivers.sampled import SampledSource\n"
        "from hardware import board\n"
        f"command = (sys.executable, '-m', 'tests.doubles.virtual_sampler', '{way}')\n"
        "source = SampledSource(board.load_board(), command=command)\n"
        "print(source.pid, flush=True)\n"
        "while source.read(0.5) is None: pass\n"
        "while source.read(0.5) is not None: pass\n"
        "print('silent', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        if way == "hang-soon":
            assert parent.stdout.readline() == "silent\n"
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    gone = wait_until_gone(pid, 20.0)
    if not gone:
        os.kill(pid, signal.SIGKILL)
    assert gone


def test_close_ends_the_sampler_in_order() -> None:
    source = sampled("nothing")
    pid = source.pid
    source.close()
    source.close()
    assert pid is not None
    assert not alive(pid)
    assert source.read(0.01) is None


class Ending(VirtualLines):
    """Lines that stop the sampler after some seconds."""

    sampler: Sampler

    def sleep_ns(self, duration_ns: int) -> None:
        """Stop at fifteen seconds."""
        super().sleep_ns(duration_ns)
        if self.t_ns > 15_000_000_000:
            self.sampler.stop()


def test_without_a_reader_the_sampler_never_waits() -> None:
    """Fifteen seconds into a pipe without a reader: what does not fit is dropped and counted, records stay whole."""
    reading, writing = os.pipe()
    lines = Ending(scrambled_chips(12, 80, seed=1), banks_of(BOARD))
    sampler = lines.sampler = Sampler(BOARD, OpenLines(BackendChoice("test", ""), lines), writing)
    sampler.run()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        records = np.frombuffer(pipe.read(), record_dtype(12))
    assert records["seq"].tolist() == list(range(len(records)))
    assert sampler.dropped > 300
    assert len(records) + sampler.dropped == pytest.approx(15 * 80, abs=40)
    assert lines.operations.sets % 2 == 0


def test_reader_that_has_gone_ends_the_sampler() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    lines = Ending(scrambled_chips(12, 80, seed=1), banks_of(BOARD))
    sampler = lines.sampler = Sampler(BOARD, OpenLines(BackendChoice("test", ""), lines), writing)
    sampler.run()
    os.close(writing)
    assert not sampler.running
    assert lines.t_ns < 1_000_000_000


GAP = """
import os, sys
import numpy as np
from firmware.drivers.records import Handshake
from firmware.drivers.sampled import record_dtype
pipe = int(sys.argv[1])
records = np.zeros(5, record_dtype(12))
records["seq"], records["t_ns"] = [0, 1, 4, 5, 6], [10, 20, 50, 60, 70]
records["dropped"] = [0, 0, 2, 2, 2]
os.write(pipe, Handshake("test", "gap", realtime=False, locked=False).line() + records.tobytes()[:-7])
sys.stdin.read()
os.write(pipe, records.tobytes()[-7:])
os.close(pipe)
"""


def test_dropped_frames_split_a_block_and_are_counted() -> None:
    """Frames 2 and 3 found the pipe full: two blocks, each numbered rightly; a record in two parts is put together."""
    with closing(SampledSource(BOARD, command=(sys.executable, "-c", GAP))) as source:
        blocks = list(blocks_for(source, 0.5))
        assert source.health.dropped == source.frames_dropped == 2
        assert source.health.fault == "the sampler ended by itself"
    assert sum(len(block) for block in blocks) == 5
    assert [(block.seq, block.t_ns[0]) for block in blocks[:2]] == [(0, 10), (4, 50)]


def test_handshake_has_the_privileges() -> None:
    handshake = Handshake("gpiochip", "tabs\tand\nlines", realtime=True, locked=False)
    assert read_handshake(handshake.line()) == Handshake("gpiochip", "tabs and lines", realtime=True, locked=False)


def test_mat_too_large_for_the_pipe_is_refused() -> None:
    with pytest.raises(ValueError, match="900 cells need records of 4524 bytes"):
        record_format(900)


class System:
    """The two doors to rights, as a system that grants or refuses; notes what was asked."""

    def __init__(self, *, grants: bool) -> None:
        self.grants = grants
        self.asked: list[object] = []

    def schedule(self, process: int, policy: int, param: os.sched_param) -> None:
        """Grant or refuse a priority."""
        self.asked.append((process, policy, param.sched_priority))
        if not self.grants:
            raise PermissionError(1, "Operation not permitted")

    def mlockall(self, flags: int) -> int:
        """Grant or deny locked memory, as the C library does."""
        self.asked.append(flags)
        return 0 if self.grants else -1


@pytest.mark.parametrize("grants", [True, False])
def test_real_time_and_locked_memory_are_requested(*, grants: bool) -> None:
    """SCHED_FIFO at 50 for this process, the pages it touches now and later; the outcome is returned, never raised."""
    system = System(grants=grants)
    assert take_realtime(system.schedule) is grants
    assert lock_memory(system) is grants
    assert system.asked == [(0, os.SCHED_FIFO, 50), 7]


POWERLESS = """
import os, resource
from firmware.drivers.sampler import lock_memory, take_realtime
resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print(take_realtime(), lock_memory())
"""


def test_without_the_right_to_priority_it_goes_on_without() -> None:
    """An ordinary user on an ordinary system: no real-time priority, no locked memory, no error."""
    done = subprocess.run([sys.executable, "-c", POWERLESS], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_sampler_imports_no_numpy() -> None:
    """Numpy would double the memory of the sampler and its start-up time; it decodes with plain integers."""
    code = "import sys, firmware.drivers.sampler; print(sorted({'numpy', 'msgspec', 'paho'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

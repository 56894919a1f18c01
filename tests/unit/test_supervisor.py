"""No thread dies silently, and everything that is wrong stands in one list, which the doctor and the view show."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep

import pytest

from firmware.drivers.output_timer import OutputTimer
from firmware.errors import FolderInUseError, StorageError
from firmware.storage.connection import read_only
from firmware.storage.database import Database
from firmware.storage.disk import disk_fault
from firmware.storage.fault_log import NAME, FaultLog, running_mat
from firmware.storage.folder_lock import locked
from firmware.supervisor import FIRST_PAUSE_S, STEADY_S, TEXT_MOST, Supervisor, Worker
from firmware.terminal.follower import LiveViewMemory
from firmware.view import DARK, Fault, Output
from hardware import board as boards
from tests.doubles.clock import ManualClock
from tests.doubles.ticks import tick

FULL = Fault("database", "the disk is full: make room")


def until(wish: Callable[[], object], seconds: float = 20.0) -> None:
    end_s = perf_counter() + seconds
    while not wish():
        assert perf_counter() < end_s
        sleep(0.01)


class Failing:
    """A run that fails so many times, then waits for its end."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.runs = list(errors), 0
        self.works, self.end = threading.Event(), threading.Event()

    def __call__(self) -> None:
        """Run."""
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)
        self.works.set()
        self.end.wait()


def test_a_thread_that_fails_runs_again_and_shows_its_fault_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    """Logged with its traceback once, counted, shown until it has worked for ten seconds."""
    clock, run = ManualClock(), Failing(KeyError("a"))
    worker = Worker("zero", run, clock).start()
    until(run.works.is_set)
    assert (worker.restarts, run.runs) == (1, 2)
    assert worker.fault == "defect in this program (KeyError: 'a'); please report it"
    assert [record.exc_info is not None for record in caplog.records] == [True]
    clock.now_s += STEADY_S - 0.1
    assert worker.fault is not None
    clock.now_s += 0.2
    assert worker.fault is None
    run.end.set()
    worker.close(5.0)
    assert not worker.alive


def test_a_known_trouble_is_logged_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """A full disk is no defect: no traceback, one line however often it is tried; the pauses become longer."""
    run = Failing(StorageError("a: full"), StorageError("a: full"))
    start_s = perf_counter()
    worker = Worker("zero", run).start()
    until(run.works.is_set)
    assert perf_counter() - start_s >= 3 * FIRST_PAUSE_S
    assert (worker.fault, worker.restarts) == ("a: full", 2)
    assert [(record.levelno, record.exc_info) for record in caplog.records] == [(logging.WARNING, None)]
    run.end.set()
    worker.close(5.0)
    assert worker.fault is None


def test_a_worker_that_waits_finishes_its_work_when_it_is_closed() -> None:
    """What could not be written a moment ago is tried once more at the end, and only once."""
    run = Failing(*(StorageError("full") for _ in range(9)))
    worker = Worker("zero", run).start()
    until(lambda: run.runs)
    worker.close(5.0)
    assert (run.runs, worker.alive) == (2, False)


def test_one_list_of_all_faults_in_one_line_each() -> None:
    """In the order of the parts, bounded; a part whose state cannot be read is a fault of its own."""

    def broken() -> str | None:
        raise ValueError("x")

    supervisor = Supervisor()
    supervisor.watch("cells", lambda: None)
    supervisor.watch("database", lambda: "full:\n make\troom")
    supervisor.watch("mqtt", lambda: "x" * 1000)
    supervisor.watch("zero", broken)
    assert supervisor.current() == (
        Fault("database", "full: make room"),
        Fault("mqtt", "x" * TEXT_MOST),
        Fault("zero", "its state cannot be read (ValueError)"),
    )


def test_faults_are_in_the_file_for_the_doctor_and_in_the_database(tmp_path: Path) -> None:
    """Within a second or two; gone as soon; the file ends with the program, the row stays."""
    now: list[Fault] = []
    database = Database(tmp_path, ManualClock(), boot_id="one")
    noted = FaultLog(tmp_path, lambda: tuple(now), ManualClock(), database.write)

    def seen() -> list[Fault] | None:
        found = running_mat(tmp_path, tmp_path / "none")
        return None if found is None else found.faults

    until(lambda: seen() == [])
    now.append(FULL)
    until(lambda: seen() == [FULL], 5)
    now.clear()
    until(lambda: seen() == [], 5)
    noted.close()
    assert seen() is None
    database.close()
    base = read_only(database.path)
    assert [tuple(row) for row in base.execute("SELECT name, text FROM fault")] == [tuple(FULL)]
    base.close()


@pytest.mark.parametrize(
    "text", ["", "[", '{"pid": 1}', '{"pid": 999999999, "boot_id": "x", "since_ns": 1, "faults": []}']
)
def test_a_file_that_no_running_program_has_written_is_no_mat(text: str, tmp_path: Path) -> None:
    """Of a killed program, of another power-on, or damaged."""
    (tmp_path / NAME).write_text(text)
    assert running_mat(tmp_path, tmp_path / "none") is None


def test_two_programs_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second one is refused while the first runs, also as a process of its own; a killed one leaves no lock."""
    words = "import sys; from pathlib import Path; from firmware.storage.folder_lock import locked\n"
    words += "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", words, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(FolderInUseError, match="another acumat"), locked(tmp_path):
            pass
        other.kill()
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_not_locked(tmp_path: Path) -> None:
    """The mat times sessions there too."""
    (tmp_path / "file").write_text("")
    with locked(tmp_path / "file"):
        pass


def test_a_folder_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    """An unplugged stick; full and read-only disks need the right to mount: test_small_disk.py."""
    assert disk_fault(tmp_path) is None
    assert "cannot be reached" in str(disk_fault(tmp_path / "none"))


class Pins:
    """Pins that fail once, and remember the rest."""

    def __init__(self) -> None:
        self.set_to: list[Output] = []
        self.fails = True

    def set(self, output: Output) -> None:
        """Keep it."""
        self.set_to.append(output)
        if self.fails and output != DARK:
            self.fails = False
            raise OSError("no such line")

    def close(self) -> None:
        """Nothing is open."""


class Tone:
    """A rendering that sounds for ever."""

    made_ns = 0

    def at(self, t_ns: int) -> Output:
        """Sound at any time."""
        return Output(tone_hz=440.0 + 0 * t_ns, volume=1.0)


def test_no_note_sounds_on_while_its_thread_waits_to_run_again() -> None:
    """A defect in the timer of the pod: dark and silent, then it goes on."""
    pins = Pins()
    timer = OutputTimer(pins, ManualClock())
    timer.show(Tone())
    until(lambda: len(pins.set_to) > 2)
    assert [output.tone_hz for output in pins.set_to[:3]] == [440.0, None, 440.0]
    assert "no such line" in str(timer.fault)
    timer.close()


def test_the_view_and_its_log_name_the_part_that_is_not_in_order() -> None:
    """A line when it begins and one when it is over; not one a hop."""
    follower = LiveViewMemory(boards.load_board())
    lines = [
        line.text
        for now in ((), (FULL,), (FULL,), ())
        for _, line in follower.offer(tick(1.0)._replace(faults=now))
        if line.type == "fault"
    ]
    assert lines == ["database: the disk is full: make room", "database: in order again"]
    assert json.loads(json.dumps(FULL._asdict())) == {"name": "database", "text": "the disk is full: make room"}

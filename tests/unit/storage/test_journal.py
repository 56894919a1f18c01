"""The journal: what is kept, what power loss leaves behind, and that the loop never waits for the card."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from firmware.enums import Exit, Reason, State
from firmware.events import Confirmed, SessionEnded, SessionSummary
from firmware.programme.advice import SessionRecord
from firmware.programme.people import People
from firmware.storage.journal import NAME, QUEUE_MAX, Journal
from firmware.view import Tick
from tests.doubles.clock import ManualClock
from tests.doubles.ticks import tick

SUMMARY = SessionSummary(1, 10.0, 650.0, 640.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 2, counted=True)
PAST = SessionRecord(1_800_000_000.0, 20_833, 1, 640.0, 600.0)


def journal(folder: Path, **more: object) -> Journal:
    return Journal(folder, ManualClock(), **({"boot": "one", "wall_is_set": lambda: True} | more))  # type: ignore[arg-type]


def rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / NAME)
    try:
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - a name of ours
    finally:
        connection.close()


def lying(t_s: float, *events: object) -> Tick:
    return tick(t_s, State.EASING, elapsed_s=t_s, events=events)  # type: ignore[arg-type]


def test_a_closed_session_is_kept_and_nothing_is_left_open(tmp_path: Path) -> None:
    """With boot, time since power-on, and the time on the wall."""
    stored = journal(tmp_path)
    stored.offer(lying(30.0))
    stored.offer(tick(651.0, events=(SessionEnded(651.0, SUMMARY),)))
    stored.close()
    [(_, boot, closed_ns, wall_s, body)] = rows(tmp_path, "session")
    assert (boot, closed_ns, wall_s) == ("one", 1_000_000_000_000, 1.8e9 + 1000)
    assert msgspec.json.decode(str(body), type=SessionSummary) == SUMMARY
    assert rows(tmp_path, "open_session") == []
    assert journal(tmp_path).interrupted is None


def test_the_open_session_is_noted_every_ten_seconds(tmp_path: Path) -> None:
    """After 35 s the note of 30 s is there, and only that one."""
    stored = journal(tmp_path)
    for hop in range(351):
        stored.offer(lying(hop / 10, *([Confirmed(20.0, "breathes")] if hop == 200 else [])))
    stored.close()
    [(_, _, _, body)] = rows(tmp_path, "open_session")
    queued_event = msgspec.json.decode(str(body), type=SessionSummary)
    assert (queued_event.lying_s, queued_event.reason, queued_event.confirmed, queued_event.counted) == (
        30.0,
        Reason.INTERRUPTED,
        True,
        False,
    )


def test_power_loss_leaves_an_interrupted_session(tmp_path: Path) -> None:
    """The process is killed at 95 s of lying: the next start finds the session with its last note, once."""
    child = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from firmware.storage.journal import Journal\n"
        "from firmware.clock import SystemClock\n"
        "from firmware.enums import State\n"
        "from firmware.events import Confirmed\n"
        "from tests.doubles.ticks import tick\n"
        "kept = Journal(Path(sys.argv[1]), SystemClock(), boot='two')\n"
        "for hop in range(951):\n"
        "    kept.offer(tick(hop / 10, State.EASING, elapsed_s=hop / 10, events=(Confirmed(9.0, 'b'),)))\n"
        "    while not kept._queue.empty(): time.sleep(0.001)\n"
        "time.sleep(0.3)\n"
        "print('lying', flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", child, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"lying\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    found = journal(tmp_path)
    assert found.interrupted is not None
    assert (found.interrupted.reason, found.interrupted.lying_s) == (Reason.INTERRUPTED, 90.0)
    assert found.interrupted.counted
    found.close()
    assert len(rows(tmp_path, "session")) == 1
    again = journal(tmp_path)
    assert again.interrupted is None
    again.close()


def test_people_and_their_past_come_back(tmp_path: Path) -> None:
    """A later record of a session replaces the stored one; a removed person leaves nothing."""
    stored = journal(tmp_path)
    stored.save_people(People().add("Ana").add("Ben").choose("Ana"))
    stored.save_record("Ana", PAST)
    stored.save_record("Ana", replace(PAST, discomfort=2))
    stored.save_record("Ben", PAST)
    stored.close()
    found = journal(tmp_path)
    assert [person.name for person in found.people.persons] == ["Ana", "Ben"]
    assert found.people.chosen == "Ana"
    assert [past.discomfort for past in found.past["Ana"]] == [2]
    found.save_people(found.people.remove("Ben"))
    found.close()
    last = journal(tmp_path)
    assert list(last.past) == ["Ana"]
    last.close()


def test_sessions_from_before_the_clock_was_set_get_their_time(tmp_path: Path) -> None:
    """The network comes between two sessions: the first is dated with the second."""
    known = [False]
    stored = journal(tmp_path, wall_is_set=lambda: known[0])
    stored.offer(tick(651.0, events=(SessionEnded(651.0, SUMMARY),)))
    known[0] = True
    stored.offer(tick(1651.0, events=(SessionEnded(1651.0, SUMMARY),)))
    stored.close()
    assert [row[3] for row in rows(tmp_path, "session")] == [1.8e9 + 1000, 1.8e9 + 1000]


def test_a_stalled_card_costs_the_loop_nothing(tmp_path: Path) -> None:
    """Another process locks the file for seconds: a tick is queued in under a millisecond, and stored later."""
    stored = journal(tmp_path)
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    slowest_s = 0.0
    for hop in range(300):
        begun_s = time.perf_counter()
        stored.offer(lying(hop / 10))
        slowest_s = max(slowest_s, time.perf_counter() - begun_s)
    other.execute("ROLLBACK")
    other.close()
    stored.close()
    assert slowest_s < 0.05
    assert len(rows(tmp_path, "open_session")) == 1


def test_what_waits_is_bounded(tmp_path: Path) -> None:
    """A card that is away for hours: what is too much is counted, not hoarded."""
    stored = journal(tmp_path)
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for _ in range(QUEUE_MAX + 50):
        stored.save_record("Ana", PAST)
    assert stored.dropped >= 48
    other.execute("ROLLBACK")
    other.close()
    stored.close()


def test_a_damaged_file_is_moved_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The mat creates a new one, logs it, and keeps the old file."""
    (tmp_path / NAME).write_bytes(b"no database at all" * 100)
    stored = journal(tmp_path)
    stored.offer(tick(651.0, events=(SessionEnded(651.0, SUMMARY),)))
    stored.close()
    assert "is damaged" in caplog.text
    assert (tmp_path / "journal.damaged").read_bytes().startswith(b"no database")
    assert len(rows(tmp_path, "session")) == 1


def test_a_folder_that_cannot_be_written_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file where the folder should be: timing goes on, nothing is kept, one line."""
    (tmp_path / "taken").write_text("a file")
    stored = journal(tmp_path / "taken")
    stored.offer(lying(0.0))
    stored.save_people(People())
    stored.close()
    assert stored.fault is not None
    assert len(caplog.records) == 1

"""Sessions and people in the database: what is stored, what a power cut leaves, and that the loop never waits."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firmware.enums import Exit, Reason, State
from firmware.events import Confirmed, Discomfort, SessionEnded, SessionSummary, StageChanged, Wiggle
from firmware.programme.advice import Acknowledgement, Offer, OfferReason, SessionRecord
from firmware.programme.people import People
from firmware.storage import trace
from firmware.storage.connection import NAME
from firmware.storage.database import WAITING_MOST, Database
from firmware.storage.session_store import SessionStore
from firmware.view import Tick
from tests.doubles.clock import ManualClock
from tests.doubles.ticks import tick

SUMMARY = SessionSummary(1, 10.0, 650.0, 640.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 2, counted=True)
RECORD = SessionRecord(1_800_000_000.0, 20_833, 1, 640.0, 600.0)


def store(folder: Path, boot: str = "one", wall_is_set: Callable[[], bool] = lambda: True) -> SessionStore:
    clock = ManualClock()
    return SessionStore(Database(folder, clock, boot_id=boot, wall_is_set=wall_is_set), clock, cells=12)


def rows(folder: Path, text: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / NAME)
    try:
        return connection.execute(text).fetchall()
    finally:
        connection.close()


def lying(t_s: float, *events: object, load_n: float = 400.0) -> Tick:
    return tick(t_s, State.RESTING, elapsed_s=t_s, load_n=load_n, events=events)  # type: ignore[arg-type]


def ended(t_s: float = 651.0, summary: SessionSummary = SUMMARY) -> Tick:
    return tick(t_s, events=(SessionEnded(t_s, summary),))


def test_a_closed_session_is_one_dated_row(tmp_path: Path) -> None:
    """With boot, times since power-on and the wall clock; no checkpoint stays behind."""
    kept = store(tmp_path)
    kept.offer(lying(30.0))
    kept.offer(ended())
    kept.close()
    [(start_ns, end_ns, lying_s, reason, exit_, start_s)] = rows(
        tmp_path, "SELECT start_ns, end_ns, lying_s, reason, exit, start_s FROM session_dated"
    )
    assert end_ns - start_ns == 640_000_000_000
    assert (lying_s, reason, exit_) == (640.0, "goal_reached", "rolled")
    assert start_s == pytest.approx(start_ns / 1e9 + 1.8e9)
    assert rows(tmp_path, "SELECT * FROM checkpoint") == []


def test_stages_markers_events_and_curves_are_kept(tmp_path: Path) -> None:
    """Eleven minutes: curves of 5 s, a map each 30 s, and everything that happened at its time."""
    kept = store(tmp_path)
    for hop in range(6510):
        events: list[object] = []
        if hop == 100:
            events = [StageChanged(10.0, State.SETTLING), Confirmed(10.0, "breathes")]
        elif hop == 3000:
            events = [Discomfort(300.0, State.RESTING, 290.0), Wiggle(300.0, 40.0)]
        kept.offer(lying(hop / 10, *events))
    kept.offer(ended())
    kept.close()
    assert [state for (state,) in rows(tmp_path, "SELECT state FROM stage")] == ["settling"]
    assert [kind for (kind,) in rows(tmp_path, "SELECT kind FROM marker ORDER BY rowid")] == ["discomfort", "wiggle"]
    assert [name for (name,) in rows(tmp_path, "SELECT type FROM event ORDER BY rowid")] == [
        "confirmed",
        "discomfort",
        "wiggle",
    ]
    chunks = [trace.Chunk(*row) for row in rows(tmp_path, "SELECT chunk, curves, maps FROM trace ORDER BY chunk")]
    curves = trace.read(chunks, 12)
    assert len(curves.t_s) == 130
    assert curves.curves[5, 0] == pytest.approx(400.0)
    assert curves.maps.shape == (21, 12)
    assert curves.maps[3] == pytest.approx(400 / 12, abs=0.05)
    [(load_n, stored)] = rows(tmp_path, "SELECT load_n, map FROM session")
    assert load_n == pytest.approx(400.0)
    assert trace.decode_pressure_map(stored) == pytest.approx([400 / 12] * 12, abs=0.05)


@pytest.mark.parametrize(("known_s", "kept_"), [(70.0, (0.9, 6.0)), (50.0, (None, None))])
def test_how_calm_a_session_was_needs_a_minute_of_evidence(
    tmp_path: Path, known_s: float, kept_: tuple[float | None, float | None]
) -> None:
    """A tenth of the time with movement, breaths of 6 N but for a sigh: both are stored, or neither."""
    kept = store(tmp_path)
    for hop in range(1000):
        made = lying(hop / 10)
        assert made.signals is not None
        if hop < known_s * 10:
            depth_n = 15.0 if hop < 20 else 6.0
            made = made._replace(signals=made.signals._replace(moving=hop % 10 == 0, breath_depth_n=depth_n))
        kept.offer(made)
    kept.offer(ended())
    kept.close()
    assert rows(tmp_path, "SELECT round(still_share, 3), breath_depth_n FROM session") == [kept_]


def test_power_loss_leaves_an_interrupted_session(tmp_path: Path) -> None:
    """The process is killed at 95 s of lying: the next start finds the session with its last checkpoint, once."""
    child = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from firmware.storage.database import Database\n"
        "from firmware.storage.session_store import SessionStore\n"
        "from firmware.clock import SystemClock\n"
        "from firmware.enums import State\n"
        "from firmware.events import Confirmed\n"
        "from tests.doubles.ticks import tick\n"
        "base = Database(Path(sys.argv[1]), SystemClock(), boot_id='two')\n"
        "kept = SessionStore(base, SystemClock(), cells=12)\n"
        "for hop in range(951):\n"
        "    kept.offer(tick(hop / 10, State.EASING, elapsed_s=hop / 10, events=(Confirmed(9.0, 'b'),)))\n"
        "    while not base._queue.empty(): time.sleep(0.001)\n"
        "time.sleep(0.5)\n"
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
    found = store(tmp_path)
    assert found.unfinished is not None
    assert (found.unfinished.summary.lying_s, found.unfinished.boot_id) == (93.0, "two")  # a checkpoint every 3 s
    found.close_unfinished()
    found.close()
    assert rows(tmp_path, "SELECT reason, lying_s, counted FROM session") == [("interrupted", 93.0, 1)]
    again = store(tmp_path)
    assert again.unfinished is None
    again.close()


def test_a_resumed_session_goes_on_in_its_row(tmp_path: Path) -> None:
    """A restart in mid-session: one row in the end, with the curves of both runs."""
    first = store(tmp_path)
    for hop in range(1301):
        first.offer(lying(hop / 10))
    first.database.close()  # as after kill -9: nothing more is stored
    again = store(tmp_path)
    again.resume()
    for hop in range(1500, 2000):
        again.offer(lying(hop / 10))
    again.offer(ended(200.0, replace(SUMMARY, start_s=0.0, end_s=199.9)))
    again.close()
    assert len(rows(tmp_path, "SELECT * FROM session")) == 1
    assert [chunk for (chunk,) in rows(tmp_path, "SELECT chunk FROM trace ORDER BY chunk")] == [0, 1, 2, 3]


def test_people_and_their_sessions_come_back(tmp_path: Path) -> None:
    """A session belongs to whose turn it was; what is said of it later is stored; a removed person leaves nothing."""
    kept = store(tmp_path)
    read = People().add("Ana").add("Ben").choose("Ana")
    offer = Offer(4, OfferReason.READY, minutes=12.0)
    ana = replace(read.persons[0], level=3, offer=offer, minutes=9.0, acknowledgement=Acknowledgement(1, "2027-01-15"))
    kept.save_people(read.put(ana))
    kept.offer(lying(30.0))
    kept.save_record("Ana", RECORD)
    kept.offer(ended())
    kept.save_record("Ana", replace(RECORD, discomfort=2, end_s=1.9e9))
    kept.close()
    found = store(tmp_path)
    assert found.people.persons == (ana, read.persons[1])
    assert found.people.chosen == "Ana"
    assert found.past == {"Ana": [replace(RECORD, discomfort=2, end_s=1.9e9)]}
    found.save_people(found.people.remove("Ana"))
    found.close()
    last = store(tmp_path)
    assert (last.past, [one.name for one in last.people.persons]) == ({}, ["Ben"])
    last.close()
    assert rows(tmp_path, "SELECT * FROM session") == []


def test_sessions_from_before_the_clock_was_set_get_their_time(tmp_path: Path) -> None:
    """The network comes after the session: all rows of the boot are dated, in the order in which they happened."""
    known = [False]
    kept = store(tmp_path, wall_is_set=lambda: known[0])
    kept.offer(ended())
    kept.close()
    assert rows(tmp_path, "SELECT start_s FROM session_dated") == [(None,)]
    known[0] = True
    again = store(tmp_path, wall_is_set=lambda: known[0])
    again.close()
    assert rows(tmp_path, "SELECT start_s - start_ns / 1e9 FROM session_dated") == [(1.8e9,)]


def test_a_stalled_card_costs_the_loop_nothing(tmp_path: Path) -> None:
    """Another process locks the file for seconds: a tick is queued at once, and stored later."""
    kept = store(tmp_path)
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    slowest_s = 0.0
    for hop in range(300):
        start_s = time.thread_time()
        kept.offer(lying(hop / 10))
        slowest_s = max(slowest_s, time.thread_time() - start_s)
    other.execute("ROLLBACK")
    other.close()
    kept.close()
    assert slowest_s < 0.05
    assert len(rows(tmp_path, "SELECT * FROM checkpoint")) == 1


def test_what_waits_is_bounded(tmp_path: Path) -> None:
    """A card that is away for hours: what is too much is counted, not hoarded."""
    kept = store(tmp_path)
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for _ in range(2 * WAITING_MOST + 100):
        kept.save_record("Ana", RECORD)
    assert kept.database.dropped >= 98  # what the store counts is the database's
    other.execute("ROLLBACK")
    other.close()
    kept.close()

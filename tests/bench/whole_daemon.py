"""SIGKILL to the whole mat: every thread of `acumat run`, in the middle of simulated sessions.

A person gives commands from another process meanwhile; what was answered with "ok" must be there after every kill.
"""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware.storage import connection, mailbox
from firmware.storage.connection import NAME
from firmware.storage.start_counter import NAME as STARTS

SPEED: Final = 40  # a session of ten minutes is over after a quarter of one
PEOPLE_MOST: Final = 8


@dataclass
class Toll:
    """What came of the kills. people are those that must be in the database."""

    kills: int = 0
    answered: int = 0
    lost: int = 0
    damaged: int = 0
    unstarted: int = 0
    sessions: int = 0
    people: list[str] = field(default_factory=list)


def kill_whole_daemon(count: int, seed: int = 4) -> Toll:
    """Start, command and kill the mat count times in one folder."""
    chance, toll = random.Random(seed), Toll()  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seen: set[int] = set()
        subprocess.run([*_words(folder, "0"), "tare"], check=True, capture_output=True)
        for number in range(count):
            (folder / STARTS).unlink(missing_ok=True)  # safe mode after five short starts is another test's
            _one_life(folder, number, chance, toll)
            toll.kills += 1
            _judge(folder, toll, seen)
        toll.sessions = len(seen)
    return toll


def _one_life(folder: Path, number: int, chance: random.Random, toll: Toll) -> None:
    log = (folder / "log").open("ab")
    words = [*_words(folder, str(SPEED)), "run", "--jsonl"]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log)
    try:
        if not _first_line(child):
            toll.unstarted += 1
            return
        for _ in range(chance.randint(1, 3)):
            time.sleep(chance.uniform(0.0, 2.0))
            _command(folder, f"P{number}-{toll.answered}", toll)
        time.sleep(chance.uniform(0.0, 3.0))
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
        log.close()


def _words(folder: Path, speed: str) -> list[str]:
    """Return the start of a command line; one seed is one mat, so that its zero holds."""
    return [sys.executable, "-m", "sim", "try", "--folder", str(folder), "--speed", speed]


def _first_line(child: "subprocess.Popen[bytes]") -> bool:
    """Return whether the mat reports an event: then its loop runs."""
    assert child.stdout is not None
    return bool(child.stdout.readline())


def _command(folder: Path, name: str, toll: Toll) -> None:
    """Add a person, or remove the oldest; remember only what was answered with ok."""
    removing = len(toll.people) >= PEOPLE_MOST
    what = ("remove_person", toll.people[0]) if removing else ("add_person", name)
    if removing:
        toll.people = toll.people[1:]  # from now on it may be gone, whether the answer comes or not
    try:
        answer = mailbox.leave(folder / NAME, *what)
    except sqlite3.Error:
        return  # the story is over and the mat has ended, or its database is being made
    if answer == mailbox.DONE:
        toll.answered += 1
        toll.people += [] if removing else [name]


def _judge(folder: Path, toll: Toll, seen: set[int]) -> None:
    """Look for what was acknowledged, and for damage. Sessions that were there once must stay."""
    base = connection.connect(folder / NAME)
    toll.damaged += base.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
    people = {name for (name,) in base.execute("SELECT name FROM person")}
    toll.lost += len(set(toll.people) - people)
    toll.people = [name for name in toll.people if name in people]  # each is counted once
    found = {number for (number,) in base.execute("SELECT id FROM session")}
    toll.lost += len(seen - found)
    seen |= found
    open_ones = base.execute(
        "SELECT count(*) FROM session WHERE end_ns IS NULL AND id NOT IN (SELECT session FROM checkpoint)"
    ).fetchone()[0]
    toll.damaged += open_ones
    base.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(kill_whole_daemon(int(sys.argv[1])).__dict__) + "\n")

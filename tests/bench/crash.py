"""What a power cut, a kill or a damaged card does to the database. `make crash` runs all of it, CI a small part.

`python -m tests.bench.crash PART` runs a part; the page joins the newest run of every part.

The statements, the settings of the connection and the migrations are those of the product.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import msgspec

from firmware.enums import Exit, Reason
from firmware.events import SessionSummary
from firmware.storage import backups, connection, statements
from firmware.storage.connection import NAME, Write
from firmware.storage.database import Database
from tests.bench.disks import full_disk, slow_disk
from tests.bench.report import ROOT, Row, publish, row
from tests.bench.ten_years import clocks, help_time, ten_years
from tests.bench.whole_daemon import kill_whole_daemon
from tests.doubles import power_cut
from tests.doubles.clock import ManualClock
from tests.doubles.power_cut import Disk, PowerCutVfs

CUTS: Final = 6_000
KILLS: Final = 60
DAMAGES: Final = 200
TRANSACTIONS: Final = 8
KEPT: Final = ROOT / "build" / "crash"
FAULT: Final = "INSERT INTO fault (boot, at_ns, name, text) SELECT max(id), ?, 'a', 'b' FROM boot"
WORDS: Final = (
    "The database under power cuts, kills and damage. A power cut is simulated by a disk in memory that loses, tears "
    "or keeps each write since the last sync by chance; the kills are SIGKILL to a process that stores sessions "
    "through the product's own store, and to the whole of `acumat run` on a simulated mat; the damages are random "
    "bytes in the file. Below: a slow and a full disk beside the loop, ten years of sessions, clocks that are wrong."
)


@dataclass
class Tally:
    """What came of the power cuts."""

    cuts: int = 0
    corrupt: int = 0
    lost: int = 0
    unopened: int = 0


def _summary(number: int) -> SessionSummary:
    return SessionSummary(number, 10.0, 650.0, 640.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 2, counted=True)


def _writes(number: int) -> list[Write]:
    """One transaction as the store makes them: a checkpoint, or the end of a session with its curves."""
    key = ("boot", number // 2)
    columns = statements.of_summary(_summary(number))
    if number % 2:
        trace = {"chunk": 0, "curves": bytes([number % 256]) * 72, "maps": bytes([number % 256]) * 48}
        return [
            statements.upsert_session(key, number, {**columns, "end_ns": number}),
            Write("DELETE FROM checkpoint"),
            statements.insert("trace", key, trace),
        ]
    opening = statements.upsert_session(key, number, {"goal_s": 600.0})
    return [opening, statements.checkpoint(key, "boot", number, _summary(number), b"state" * 100)]


def power_cuts(count: int, seed: int = 1, *, synchronous: str = "FULL") -> Tally:
    """Cut the power count times, each at another operation; check the file after each. FULL is the product's own."""
    chance, tally = random.Random(seed), Tally()  # noqa: S311 - no secret
    vfs = PowerCutVfs(f"power-cut-{seed}", Disk())
    made = power_cut.connect(vfs)
    connection.prepare(made)
    connection.migrate(made)
    made.execute("INSERT INTO boot (boot_id) VALUES ('boot')")
    made.close()
    base = {name: bytes(blob.live) for name, blob in vfs.disk.files.items() if not name.startswith("temp")}
    while tally.cuts < count:
        fresh = chance.random() < 0.1
        files = {} if fresh else base
        for cut_at in range(1, 400, chance.randint(1, 3)):
            vfs.disk = Disk(files, cut_at)
            outcome = _run(vfs, chance, synchronous, fresh=fresh)
            if outcome is None:
                break
            tally.cuts += 1
            vfs.disk = Disk(outcome[1])
            _judge(vfs, outcome[0], tally)
    return tally


def _run(
    vfs: PowerCutVfs, chance: random.Random, synchronous: str, *, fresh: bool
) -> tuple[list[int], dict[str, bytes]] | None:
    """Store until the power goes; return what was acknowledged and what is found afterwards, None if it never went."""
    acked: list[int] = []
    made = power_cut.connect(vfs)
    try:
        connection.prepare(made)
        made.execute(f"PRAGMA synchronous={synchronous}")
        made.execute("PRAGMA wal_autocheckpoint=6")
        if fresh:
            connection.migrate(made)
            made.execute("INSERT INTO boot (boot_id) VALUES ('boot')")
        for number in range(TRANSACTIONS):
            with connection.transaction(made):
                for sql, values in _writes(number):
                    made.execute(sql, values)
            acked.append(number)
    except Exception:
        if vfs.disk.operations < (vfs.disk.cut_at or 0):
            raise  # not the power: SQLite reports the cut as an error of its own, or as ours
        return acked, vfs.disk.after_cut(chance)
    else:
        return None
    finally:
        vfs.disk.cut_at = None  # what closing writes now goes to a disk that nobody looks at
        made.close()


def _judge(vfs: PowerCutVfs, acked: list[int], tally: Tally) -> None:
    """Open what the cut has left, as the next start does, and look for what was acknowledged."""
    try:
        made = power_cut.connect(vfs)
        connection.prepare(made)
        result = made.execute("PRAGMA integrity_check").fetchall()
        connection.migrate(made)
    except Exception:  # noqa: BLE001 - whatever it is: the file cannot be used
        tally.unopened += 1
        return
    tally.corrupt += result != [("ok",)]
    closed = {key for (key,) in made.execute("SELECT opened_ns FROM session WHERE end_ns IS NOT NULL")}
    opened = {key for (key,) in made.execute("SELECT opened_ns FROM session")}
    for number in acked:
        tally.lost += number // 2 not in (closed if number % 2 else opened)
    made.close()


CHILD: Final = """
import sys
from pathlib import Path
from firmware.clock import SystemClock
from firmware.storage.connection import Write
from firmware.storage.database import Database
base = Database(Path(sys.argv[1]), SystemClock(), boot_id=sys.argv[2])
number = int(sys.argv[3])
def done(number):
    print(number, flush=True)
while True:
    base.write(Write("INSERT INTO fault (boot, at_ns, name, text) SELECT max(id), ?, 'a', ? FROM boot",
                     (number, 'x' * (number % 900))), done=lambda number=number: done(number))
    number += 1
    while base._queue.qsize() > 20: pass
"""


def kills(count: int, seed: int = 2) -> tuple[int, int, int]:
    """Kill a writing process count times at random moments; return acknowledged, lost and damaged."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    acked: list[int] = []
    damaged = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            words = [sys.executable, "-c", CHILD, name, f"boot-{number}", str(len(acked) + 10_000 * number)]
            child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            acked.append(int(child.stdout.readline()))
            time.sleep(chance.uniform(0.0, 0.15))
            os.kill(child.pid, signal.SIGKILL)
            acked += [int(line) for line in child.stdout if line.endswith("\n")]
            child.wait()
            child.stdout.close()
            reopened = Database(folder, ManualClock(), boot_id="check")
            damaged += reopened.restored is not None
            reopened.close()
        base = connection.read_only(folder / NAME)
        found = {at_ns for (at_ns,) in base.execute("SELECT at_ns FROM fault")}
        base.close()
    return len(acked), sum(number not in found for number in acked), damaged


def damages(count: int, seed: int = 3) -> tuple[int, int, int]:
    """Spoil the file count times; return how often it did not start, was not reported or lost the old file."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    unstarted = unreported = unkept = 0
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / NAME
        base = Database(path.parent, ManualClock(), boot_id="one")
        for number in range(300):
            base.write(Write(FAULT, (number,)))
        base.close()
        backups.make_backup(path)
        whole = path.read_bytes()
        for _ in range(count):
            spoiled = bytearray(whole)
            place, length = chance.randrange(len(spoiled)), chance.choice((1, 16, 512, 4096))
            for offset in range(length):
                spoiled[(place + offset) % len(spoiled)] = chance.randrange(256)
            path.write_bytes(spoiled)
            base = Database(path.parent, ManualClock(), boot_id="two")
            stored: list[bool] = []
            base.write(Write(FAULT, (999,)), done=lambda kept=stored: kept.append(True))  # type: ignore[misc]
            base.close()
            unstarted += stored != [True]
            if base.restored is not None:
                unreported += "restored" not in base.restored
                newest = max((path.parent / backups.DAMAGED).glob("*.db"), key=lambda one: int(one.stem.split("-")[1]))
                unkept += newest.stat().st_size == 0
    return unstarted, unreported, unkept


def cut_rows(count: int = CUTS) -> list[Row]:
    """Cut the power so often and return the rows of the report."""
    tally = power_cuts(count)
    how = "each at another operation of the disk; a tenth while the file is made"
    return [
        row("files damaged by a power cut", tally.corrupt, "files", "== 0", n=tally.cuts, label="simulated", how=how),
        row("files not opened after it", tally.unopened, "files", "== 0", n=tally.cuts, label="simulated", how=how),
        row("acknowledged rows lost by it", tally.lost, "rows", "== 0", n=tally.cuts, label="simulated", how=how),
    ]


def kill_rows(count: int = KILLS) -> list[Row]:
    """Kill the writer so often and return the rows of the report."""
    acked, lost, broken = kills(count)
    how = f"{acked} acknowledged transactions"
    return [
        row("acknowledged rows lost by kill -9", lost, "rows", "== 0", n=count, label="measured", how=how),
        row("databases damaged by kill -9", broken, "files", "== 0", n=count, label="measured", how=how),
    ]


def damage_rows(count: int = DAMAGES) -> list[Row]:
    """Damage the file so often and return the rows of the report."""
    unstarted, unreported, unkept = damages(count)
    how, found = "1 to 4,096 random bytes; the next note must be stored", "of those that SQLite finds damaged"
    return [
        row("starts that failed after damage", unstarted, "starts", "== 0", n=count, label="measured", how=how),
        row("restored files without a report", unreported, "starts", "== 0", n=count, label="measured", how=found),
        row("damaged files not kept aside", unkept, "files", "== 0", n=count, label="measured", how=found),
    ]


def daemon_rows(count: int = KILLS) -> list[Row]:
    """Kill the whole mat so often and return the rows of the report."""
    toll = kill_whole_daemon(count)
    how = f"SIGKILL to `acumat run` on a simulated mat; {toll.answered} commands answered, {toll.sessions} sessions"
    return [
        row("acknowledged rows lost by kill -9 of the whole mat", toll.lost, "rows", "== 0", n=toll.kills,
            label="measured", how=how),
        row("databases damaged by it", toll.damaged, "files", "== 0", n=toll.kills, label="measured", how=how),
        row("starts that failed after it", toll.unstarted, "starts", "== 0", n=toll.kills, label="measured", how=how),
        row("commands answered before it", toll.answered, "commands", f">= {count}", n=toll.kills, label="measured",
            how=how),
    ]  # fmt: skip


PARTS: Final[dict[str, Callable[[], list[Row]]]] = {
    "cuts": cut_rows,
    "kills": kill_rows,
    "damages": damage_rows,
    "daemon": daemon_rows,
    "slow": lambda: slow_disk(90.0, 5),
    "full": lambda: full_disk(120.0),
    "years": ten_years,
    "clocks": clocks,
    "help": lambda: [help_time()],
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice([*PARTS, "page"]))
def main(parts: tuple[str, ...]) -> None:
    """Run parts, or all of them, and write the report of the newest run of each."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for part in parts or PARTS:
        if part != "page":
            found = PARTS[part]()
            load = f"; load average {os.getloadavg()[1]:.1f}"
            named = [msgspec.structs.replace(one, how=one.how + load) for one in found]
            (KEPT / f"{part}.json").write_bytes(msgspec.json.encode(named))
    files = [KEPT / f"{part}.json" for part in PARTS]
    rows = [one for file in files if file.exists() for one in msgspec.json.decode(file.read_bytes(), type=list[Row])]
    sys.exit(publish("crash", "Power cuts, kills and damage", WORDS, rows))


if __name__ == "__main__":
    main()

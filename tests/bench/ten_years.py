"""Ten years of daily sessions: how large, how quick, and the way there and back. Also clocks that are wrong."""

import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from firmware.storage import connection, exchange, history, schema
from firmware.storage.connection import NAME, Write
from firmware.storage.database import Database
from sim import history as invented
from tests.bench import disks
from tests.bench.report import Row, row
from tests.doubles.clock import ManualClock
from tests.story.test_clock_steps import STEPS, report

END: Final = dt.datetime(2036, 3, 1, tzinfo=dt.UTC)
DAY_S: Final = 86_400.0


def _write(folder: Path, weeks: int) -> int:
    return invented.write_history(folder, weeks, 1, end=END, a_week=7.0)


def _seconds(act: Any) -> float:  # noqa: ANN401 - any call
    begin_s = time.perf_counter()
    act()
    return time.perf_counter() - begin_s


def _older(path: Path, target: Path) -> None:
    """Write the same rows as the previous version of the program would have them."""
    base = connection.read_only(path)
    found = exchange.document(base)
    base.close()
    made = connection.connect(target)
    made.row_factory = connection.ROWS
    for script in schema.MIGRATIONS[:-1]:
        made.executescript(script)
    made.execute(f"PRAGMA user_version={schema.VERSION - 1}")
    for table in exchange.TABLES:
        kept = {one["name"] for one in made.execute(f"PRAGMA table_info({table})")}
        rows = [{name: value for name, value in one.items() if name in kept} for one in found.tables[table]]
        found.tables[table][:] = rows
    exchange.import_document(made, found)
    made.close()


def ten_years(weeks: int = 522) -> list[Row]:
    """Return rows of a database of so many weeks."""
    with tempfile.TemporaryDirectory() as name:
        folder, old = Path(name) / "full", Path(name) / "old"
        count = _write(folder, weeks)
        base = connection.read_only(folder / NAME)
        trends_s = min(
            _seconds(lambda: history.trends(base, person=invented.PERSON, weeks=weeks, now_s=END.timestamp()))
            for _ in range(5)
        )
        base.close()
        command_s = _processor_s("trends", "--weeks", str(weeks), "--config", str(_settings(folder)))
        old.mkdir()
        _older(folder / NAME, old / NAME)
        clock = ManualClock()
        migrated_s = _seconds(lambda: Database(old, clock, boot_id="new").close())
        again = connection.read_only(old / NAME)
        version = connection.version_of(again)
        again.close()
        size_mb = (folder / NAME).stat().st_size / 1e6
        backup = _beside_backups(folder)
        differing = _there_and_back(folder, Path(name) / "again")
    how = f"invented history of {weeks} weeks, a session a day"
    return [
        row("trends of ten years", trends_s, "s", "<= 0.5", n=count, label="simulated",
            how=f"read and worked out, wall clock, best of 5; {how}"),
        row("acumat trends of ten years, the whole command", command_s, "s", "<= 0.5", n=count, label="simulated",
            how=f"processor time, best of 5; {how}"),
        row("database of ten years", size_mb, "MB", "<= 50", n=count, label="simulated", how=how),
        row("start with the database of the version before", migrated_s, "s", "<= 10", n=count, label="simulated",
            how=f"check, copy and migration to version {version}; {how}"),
        row("gaps between frames while it is copied, p99 against no copies", backup, "times", "<= 1.1", n=600,
            label="measured", how="a backup each second beside the loop; side by side for 60 s in real time"),
        row("rows that differ after export and import", differing, "rows", "== 0", n=count, label="simulated", how=how),
    ]  # fmt: skip


def _beside_backups(folder: Path) -> float:
    (folder / disks.OFTEN).touch()
    with tempfile.TemporaryDirectory() as plain:
        copied, sound = map(disks.read_child, [disks.child(folder, 60.0, 0.0), disks.child(Path(plain), 60.0, 0.0)])
    return float(copied["p99_s"] / sound["p99_s"])


def _there_and_back(folder: Path, target: Path) -> int:
    """Export to a file, import into a new database, and return how many rows are not the same."""
    target.mkdir()
    base = connection.read_only(folder / NAME)
    before = exchange.document(base)
    base.close()
    made = connection.connect(target / NAME)
    made.row_factory = connection.ROWS
    connection.migrate(made)
    exchange.import_document(made, before)
    after = exchange.document(made)
    made.close()
    return sum(
        abs(len(before.tables[table]) - len(after.tables[table]))
        + sum(one != other for one, other in zip(before.tables[table], after.tables[table], strict=False))
        for table in exchange.TABLES
    )


def clocks() -> list[Row]:
    """Return rows of clocks that are wrong at power-on and step."""
    with tempfile.TemporaryDirectory() as name:
        plain = report(Path(name) / "plain", [])
        stepped = [report(Path(name) / str(number), steps) for number, steps in enumerate(STEPS.values())]
        off_s = max(
            abs(float(one[column]) - float(plain.kept[0][column])) / (1e9 if column == "length_ns" else 1.0)
            for other in stepped
            for one in other.kept
            for column in ("length_ns", "lying_s", "settled_s")
        )
        dated_s, disordered, undated = _late_clock(Path(name) / "late")
    how = "+1 h, -1 h, +207 days, to and fro, in mid-session; the whole mat, simulated"
    late = "three power-ons at 2020: one never synchronised, two after the session, by +6 years and by -1 h"
    return [
        row("durations changed by a step of the clock", off_s, "s", "<= 0.1", n=len(stepped), label="simulated",
            how=how),
        row("date of a session after synchronisation, off", dated_s, "s", "<= 0.1", n=2, label="simulated", how=late),
        row("sessions out of order", disordered, "sessions", "== 0", n=3, label="simulated", how=late),
        row("sessions dated without a clock", 1 - undated, "sessions", "== 0", n=1, label="simulated", how=late),
    ]  # fmt: skip


def _late_clock(folder: Path) -> tuple[float, int, int]:
    """Hold a session in each of three power-ons; return the largest error of a date, disorder, and undated ones."""
    true_s = END.timestamp()
    errors = []
    for number, late_s in enumerate((None, 6 * 365 * DAY_S, -3600.0)):
        clock = ManualClock(now_s=100.0, wall_offset_s=true_s - (late_s or 0.0))
        synchronised: list[bool] = []
        base = Database(folder, clock, boot_id=f"boot-{number}", wall_is_set=lambda now=synchronised: bool(now))  # type: ignore[misc]
        text = (
            "INSERT INTO session (boot, opened_ns, start_ns, end_ns, lying_s) "
            "SELECT id, 50000000000, 50000000000, 90000000000, 40 FROM boot WHERE boot_id = ?"
        )
        stored: list[bool] = []
        base.write(Write(text, (f"boot-{number}",)), done=lambda kept=stored: kept.append(True))  # type: ignore[misc]
        while not stored:
            time.sleep(0.01)
        if late_s is not None:
            clock.wall_offset_s += late_s
            synchronised.append(True)
            base.write(Write("SELECT 1"))
        base.close()
        found = _sessions(folder)[0]
        if late_s is not None:
            errors.append(abs((found.start_s or 0.0) - (true_s + 50.0)))
    every = _sessions(folder)
    boots = [one.id for one in every]
    return max(errors), int(boots != sorted(boots, reverse=True)), int(every[-1].start_s is None)


def _sessions(folder: Path) -> list[history.Session]:
    with connection.reading(folder / NAME) as base:
        return history.sessions(base)


def _settings(folder: Path) -> Path:
    path = folder / "acumat.toml"
    path.write_text('[storage]\nstate_dir = "."\n', encoding="utf-8")
    return path


def _processor_s(*words: str, times: int = 5) -> float:
    """Return the least processor time of a command of acumat, which the load of the machine does not change."""
    spent = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "firmware", *words], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def help_time(times: int = 10) -> Row:
    """Return the row of `acumat --help`."""
    how = f"processor time, best of {times}"
    return row("acumat --help", _processor_s("--help", times=times), "s", "<= 0.3", n=times, label="measured", how=how)

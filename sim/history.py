"""An invented history of weeks: sessions, curves and journal entries drawn by chance, for trying trends and page.

No physics and no person is behind it: every row is marked as simulated, and nothing in it says that a mat helps.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from firmware.errors import StorageError
from firmware.programme.advice import Acknowledgement, Person
from firmware.programme.people import People
from firmware.storage import connection, journal, statements, trace
from firmware.storage.connection import NAME, Write
from firmware.words import ACKNOWLEDGEMENT_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

PERSON: Final = "Sam (simulated)"
BOOT_ID: Final = "simulated"
READ: Final = "simulated"  # the date on which the text before use was read
DAY_S: Final = 86_400.0
JOURNAL_NOTES: Final = (
    "Evening, after work.",
    "Slept well.",
    "Cold floor.",
    "Short break at lunch.",
    "Towel folded once.",
)
MEAN_LOAD_N: Final = np.array(
    [28, 52, 27, 18, 40, 17, 30, 58, 29, 16, 38, 15], float
)  # a person who lies on their back


@dataclass(frozen=True, slots=True)
class SimulatedEvening:
    """One invented session: when it began, and how long it was meant to be."""

    start_s: float
    goal_s: float
    level: int


def write_history(folder: Path, weeks: int, seed: int, *, end: dt.datetime, a_week: float = 4.5) -> int:
    """Write a new database with so many weeks that end at a moment; return the number of sessions.

    Raises:
        StorageError: the folder has a database already.
    """
    path = folder / NAME
    if path.exists():
        raise StorageError(f"{path}: is there already: choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng([seed, 21])
    made = connection.connect(path)
    try:
        connection.migrate(made)
        evenings = list(_evenings(chance, weeks, end, a_week))
        with connection.transaction(made):
            made.execute("INSERT INTO boot (boot_id, offset_s, source) VALUES (?, 0, 'simulated')", (BOOT_ID,))
            level = max((evening.level for evening in evenings), default=1)
            sam = Person(PERSON, level=level, acknowledgement=Acknowledgement(ACKNOWLEDGEMENT_VERSION, READ))
            for sql, values in statements.save_people(People((sam,), PERSON)):
                made.execute(sql, values)
            for number, evening in enumerate(evenings, start=1):
                for sql, values in _rows(chance, evening, number, number / max(len(evenings), 1)):
                    made.execute(sql, values)
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        made.close()
    return len(evenings)


def _evenings(chance: np.random.Generator, weeks: int, end: dt.datetime, a_week: float) -> "Iterator[SimulatedEvening]":
    """Yield sessions on some days of each week, longer and harder as the weeks go by."""
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(7 * weeks, 0, -1):
        if chance.random() > a_week / 7:
            continue
        part = 1 - day / (7 * weeks)
        start = midnight - dt.timedelta(days=day) + dt.timedelta(hours=21 + float(chance.normal(0, 0.7)))
        level = 1 + min(int(part * 6), 5)
        yield SimulatedEvening(start.timestamp(), 60.0 * (10, 10, 15, 15, 15, 20)[level - 1], level)


def _rows(chance: np.random.Generator, evening: SimulatedEvening, number: int, part: float) -> "Iterator[Write]":
    """Yield the writes of one session: its row, stages, markers, curves and journal entries."""
    stopped = chance.random() < 0.03  # noqa: PLR2004 - a few stop early
    early = chance.random() < 0.12  # noqa: PLR2004 - some get up before the goal
    lying_s = evening.goal_s * (float(chance.uniform(0.3, 0.9)) if stopped or early else 1.0) + float(
        chance.uniform(5, 60)
    )
    start_ns, end_ns = round(evening.start_s * 1e9), round((evening.start_s + lying_s) * 1e9)
    key = (BOOT_ID, start_ns)
    wiggles = int(chance.poisson(max(0.5, 4 - 3 * part)))
    eased_s = float(np.clip(chance.normal(230 - 70 * part, 45), 60, 600)) if chance.random() < 0.7 else None  # noqa: PLR2004
    reason = "discomfort" if stopped else ("left_early" if early else "goal_reached")
    load_n = float(MEAN_LOAD_N.sum() * chance.normal(1, 0.03))
    columns: dict[str, Any] = {
        "end_ns": end_ns, "simulated": 1, "lying_s": lying_s, "goal_s": evening.goal_s,
        "paused_s": 0.0, "reason": reason,
        "exit": str(chance.choice(["rolled", "sat_up", "unknown"], p=[0.7, 0.2, 0.1])), "wiggles": wiggles,
        "counted": True, "confirmed": True, "discomforts": int(stopped) + int(chance.random() < 0.1),  # noqa: PLR2004
        "pressed_late": False, "eased_s": eased_s, "stop_advised": stopped, "load_n": load_n,
        "lowering_s": float(chance.uniform(2.5, 7)),
        "settled_s": float(np.clip(chance.normal(150 - 50 * part, 30), 60, 400)),
        "breaths_start": float(chance.normal(13, 1.2)), "breaths_end": float(chance.normal(9.5, 1.0)),
        "still_share": 1.0 - 0.01 * wiggles, "breath_depth_n": 5.0 + part,
        "map": trace.encode_pressure_map(MEAN_LOAD_N * load_n / MEAN_LOAD_N.sum()),
        "person": PERSON, "level": evening.level,
        "preset": "normal", "day": int(evening.start_s // DAY_S), "ended_s": evening.start_s + lying_s,
    }  # fmt: skip
    yield statements.upsert_session(key, start_ns, columns)
    for at_s, state in (
        (0, "settling"),
        (60, "easing"),
        (300, "resting"),
        (evening.goal_s - 60, "closing"),
        (evening.goal_s, "done"),
    ):
        if at_s < lying_s:
            yield statements.insert("stage", key, {"at_ns": start_ns + round(at_s * 1e9), "state": state})
    marks = [("wiggle", at_s) for at_s in chance.uniform(30, lying_s, wiggles)]
    marks += [("eased", eased_s)] if eased_s is not None and eased_s < lying_s else []
    hurt = columns["discomforts"]
    marks += [("discomfort", lying_s * (place + 1) / (hurt + 1)) for place in range(hurt)]
    for kind, at_s in sorted(marks, key=lambda one: one[1]):
        yield statements.insert("marker", key, {"at_ns": start_ns + round(float(at_s) * 1e9), "kind": kind})
    yield from _curves(chance, key, lying_s, load_n, [at_s for kind, at_s in marks if kind == "wiggle"])
    yield from _journal(chance, number, start_ns, end_ns, part)


def _curves(
    chance: np.random.Generator, key: statements.Key, lying_s: float, load_n: float, wiggles: list[float]
) -> "Iterator[Write]":
    for minute in range(int(lying_s // trace.CHUNK_S) + 1):
        t_s = minute * trace.CHUNK_S + trace.CURVE_S * np.arange(1, 13)
        t_s = t_s[t_s <= lying_s]
        load = load_n * (1 + chance.normal(0, 0.004, len(t_s)))
        motion = np.abs(chance.normal(0.3, 0.1, len(t_s)))
        for at_s in wiggles:
            motion[np.abs(t_s - at_s) < trace.CURVE_S] += 6.0
        breaths = 10 + 3 * np.exp(-t_s / 240) + chance.normal(0, 0.3, len(t_s))
        curves = np.rint(np.stack([load * 10, motion * 100, breaths * 10], axis=1)).astype("<i2")
        maps = np.rint(np.outer(np.ones(len(t_s) // 6), MEAN_LOAD_N) * 10).astype("<i2")
        yield statements.insert("trace", key, {"chunk": minute, "curves": curves.tobytes(), "maps": maps.tobytes()})


def _journal(chance: np.random.Generator, number: int, start_ns: int, end_ns: int, part: float) -> "Iterator[Write]":
    """Yield ratings that go up and down by themselves; before and after are drawn from one level of the day."""
    if chance.random() < 0.2:  # noqa: PLR2004 - not every evening is written down
        return
    day = float(np.clip(chance.normal(4.5, 1.6), 0, 10))
    before = int(np.clip(round(day + float(chance.normal(0, 0.5))), 0, 10))
    after = int(np.clip(round(day - 0.8 + float(chance.normal(0, 0.9))), 0, 10))
    tension = int(np.clip(round(float(chance.normal(5, 1.5))), 0, 10))
    cover = "thick_towel" if part < 0.3 else ("thin_towel" if part < 0.6 else "t_shirt")  # noqa: PLR2004
    said = {
        "before": ({"back_pain": before, "tension": tension, "cover": cover}, start_ns - 120_000_000_000),
        "after": ({"back_pain": after, "tension": max(0, tension - 1), "marks": "light"}, end_ns + 120_000_000_000),
    }
    if chance.random() < 0.3:  # noqa: PLR2004 - now and then a word more
        said["after"][0]["note"] = str(chance.choice(JOURNAL_NOTES))
    if chance.random() < 0.6:  # noqa: PLR2004
        said["morning"] = ({"sleep": int(chance.integers(4, 10))}, end_ns + 36_000_000_000_000)
    for phase, (values, at_ns) in said.items():
        entry = journal.answers(values, phase)  # type: ignore[arg-type]  # the names are those of the phases
        yield journal.add((BOOT_ID, at_ns), phase, entry, person=PERSON, session=number)  # type: ignore[arg-type]

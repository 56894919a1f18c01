"""What was: sessions, one session in full, and trends, read from the database for terminal, page and export."""

import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from firmware.storage import journal, trace
from firmware.storage.journal import JournalAnswers

LIST: Final = (
    "SELECT session_dated.*, person.name AS person_name FROM session_dated LEFT JOIN person "
    "ON person.id = session_dated.person WHERE end_ns IS NOT NULL AND lying_s IS NOT NULL"
)
USUAL_LEAST: Final = 5
WEEK_S: Final = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Session:
    """A closed session. start_s is seconds since 1970, None until the clock of its boot was set."""

    id: int
    start_s: float | None
    length_s: float
    lying_s: float
    goal_s: float
    reason: str
    exit: str
    wiggles: int
    discomforts: int
    counted: bool
    simulated: bool
    person: str | None
    level: int | None
    eased_s: float | None
    settled_s: float | None
    lowering_s: float | None
    load_n: float | None
    breaths_start: float | None
    breaths_end: float | None
    still_share: float | None = None
    breath_depth_n: float | None = None


@dataclass(frozen=True, slots=True)
class UsualCalm:
    """The middle of a person's own counted sessions; None before USUAL_LEAST of them are known.

    settled_s: until the person lay still; still_share of the lying time; breath_depth_n of load along the mat.
    """

    settled_s: float | None = None
    still_share: float | None = None
    breath_depth_n: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at_s seconds after the start."""

    at_s: float
    kind: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One session in full. events are (seconds, type, body as JSON); map_n is the average load of each cell."""

    session: Session
    stages: tuple[Mark, ...]
    markers: tuple[Mark, ...]
    events: tuple[tuple[float, str, str], ...]
    curves: trace.Trace
    map_n: Any
    said: dict[str, JournalAnswers]


@dataclass(frozen=True, slots=True)
class Week:
    """One week of trends: minutes and sessions that counted."""

    start_s: float
    minutes: float
    sessions: int


@dataclass(frozen=True, slots=True)
class Pain:
    """Back pain before and after one session, and its minutes."""

    start_s: float
    minutes: float
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Trends:
    """Some weeks of one person, oldest first. settled and eased are (start_s, seconds); exits count by kind."""

    weeks: tuple[Week, ...]
    pain: tuple[Pain, ...]
    settled: tuple[tuple[float, float], ...]
    eased: tuple[tuple[float, float], ...]
    exits: dict[str, int]
    wiggles_a_session: float | None
    breaths_start: float | None
    breaths_end: float | None
    sessions: int
    simulated: bool
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Sessions of about the same length: how many, and the middle of the change of back pain over them."""

    from_min: int
    to_min: int
    sessions: int
    change: float


LENGTHS_MIN: Final = (0, 8, 13, 18, 25, 70)


def changes_by_length(pain: Sequence[Pain]) -> list[Change]:
    """Return the change of back pain against the minutes of a session; lengths without a session are left out."""
    found = []
    for from_min, to_min in pairwise(LENGTHS_MIN):
        values = [one.after - one.before for one in pain if from_min <= one.minutes < to_min]
        if values:
            found.append(Change(from_min, to_min, len(values), statistics.median(values)))
    return found


def sessions(
    connection: sqlite3.Connection, *, person: str | None = None, limit: int | None = None, since_s: float | None = None
) -> list[Session]:
    """Return sessions, newest first, in the order in which they happened whatever the wall clock said."""
    text, values = LIST, []  # type: str, list[Any]
    if person is not None:
        text += " AND person.name = ?"
        values.append(person)
    if since_s is not None:
        text += " AND start_s >= ?"
        values.append(since_s)
    text += " ORDER BY session_dated.id DESC"
    if limit is not None:
        text += " LIMIT ?"
        values.append(limit)
    return list(_sessions(connection.execute(text, values)))


def _sessions(rows: sqlite3.Cursor) -> Iterator[Session]:
    for row in rows:
        yield Session(
            id=row["id"], start_s=row["start_s"], length_s=(row["end_ns"] - row["start_ns"]) / 1e9,
            lying_s=row["lying_s"], goal_s=row["goal_s"] or 0.0, reason=row["reason"] or "",
            exit=row["exit"] or "unknown", wiggles=row["wiggles"] or 0, discomforts=row["discomforts"] or 0,
            counted=bool(row["counted"]),
            simulated=bool(row["simulated"]), person=row["person_name"], level=row["level"], eased_s=row["eased_s"],
            settled_s=row["settled_s"], lowering_s=row["lowering_s"], load_n=row["load_n"],
            breaths_start=row["breaths_start"], breaths_end=row["breaths_end"], still_share=row["still_share"],
            breath_depth_n=row["breath_depth_n"],
        )  # fmt: skip


def simulated(connection: sqlite3.Connection) -> bool:
    """Return whether the newest session is a simulated one, so that what is shown is marked as such."""
    row = connection.execute(
        "SELECT simulated FROM session WHERE end_ns IS NOT NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return bool(row and row["simulated"])


def session(connection: sqlite3.Connection, number: int, cells: int) -> Detail | None:
    """Return one session in full; None when there is none of that number."""
    row = connection.execute(f"{LIST} AND session_dated.id = ?", (number,)).fetchone()
    if row is None:
        return None
    [found] = _sessions(connection.execute(f"{LIST} AND session_dated.id = ?", (number,)))
    start_ns = row["start_ns"]

    def marks(table: str, column: str) -> tuple[Mark, ...]:
        text = f"SELECT at_ns, {column} AS kind FROM {table} WHERE session = ? ORDER BY rowid"  # noqa: S608 - names of ours
        return tuple(Mark((one["at_ns"] - start_ns) / 1e9, one["kind"]) for one in connection.execute(text, (number,)))

    events = connection.execute("SELECT at_ns, type, body FROM event WHERE session = ? ORDER BY rowid", (number,))
    chunks = connection.execute("SELECT chunk, curves, maps FROM trace WHERE session = ? ORDER BY chunk", (number,))
    return Detail(
        session=found,
        stages=marks("stage", "state"),
        markers=marks("marker", "kind"),
        events=tuple(((one["at_ns"] - start_ns) / 1e9, one["type"], one["body"]) for one in events),
        curves=trace.read((trace.Chunk(*one) for one in chunks), cells),
        map_n=trace.decode_pressure_map(row["map"]),
        said=journal.of_session(connection, number),
    )


def trends(connection: sqlite3.Connection, *, person: str | None, weeks: int, now_s: float) -> Trends:
    """Return the trends of the weeks before now_s. Sessions without a date are left out."""
    since_s = now_s - weeks * WEEK_S
    found = [one for one in sessions(connection, person=person, since_s=since_s) if one.counted][::-1]
    buckets = [[0.0, 0] for _ in range(weeks)]
    exits: dict[str, int] = {}
    for one in found:
        index = min(int(((one.start_s or since_s) - since_s) / WEEK_S), weeks - 1)
        buckets[index][0] += one.lying_s / 60
        buckets[index][1] += 1
        exits[one.exit] = exits.get(one.exit, 0) + 1
    return Trends(
        weeks=tuple(
            Week(since_s + number * WEEK_S, minutes, int(count)) for number, (minutes, count) in enumerate(buckets)
        ),
        pain=tuple(_pain(connection, found)),
        settled=tuple((one.start_s or 0.0, one.settled_s) for one in found if one.settled_s is not None),
        eased=tuple((one.start_s or 0.0, one.eased_s) for one in found if one.eased_s is not None),
        exits=exits,
        wiggles_a_session=_mean([float(one.wiggles) for one in found]),
        breaths_start=_mean([one.breaths_start for one in found]),
        breaths_end=_mean([one.breaths_end for one in found]),
        sessions=len(found),
        simulated=any(one.simulated for one in found),
        undated=_undated(connection, person),
    )


def _pain(connection: sqlite3.Connection, found: list[Session]) -> Iterator[Pain]:
    text = (
        "SELECT session, max(CASE WHEN phase = 'before' THEN json_extract(body, '$.back_pain') END) AS before, "
        "max(CASE WHEN phase = 'after' THEN json_extract(body, '$.back_pain') END) AS after "
        "FROM entry WHERE session IS NOT NULL AND json_valid(body) GROUP BY session"
    )
    said = {row["session"]: (row["before"], row["after"]) for row in connection.execute(text)}
    for one in found:
        before, after = said.get(one.id, (None, None))
        if before is not None and after is not None:
            yield Pain(one.start_s or 0.0, one.lying_s / 60, before, after)


def _undated(connection: sqlite3.Connection, person: str | None) -> int:
    text = f"SELECT count(*) FROM ({LIST}) WHERE start_s IS NULL AND (? IS NULL OR person_name = ?)"  # noqa: S608 - text of ours
    [(count,)] = connection.execute(text, (person, person))
    return int(count)


def usual_calm(connection: sqlite3.Connection, person: str | None, *, without: int | None = None) -> UsualCalm:
    """Return what is usual for a person; nothing for a guest. without is a session that is compared with it."""
    if person is None:
        return UsualCalm()
    known = [one for one in sessions(connection, person=person) if one.counted and one.id != without]
    return UsualCalm(
        _middle([one.settled_s for one in known]),
        _middle([one.still_share for one in known]),
        _middle([one.breath_depth_n for one in known]),
    )


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if len(known) >= USUAL_LEAST else None


def _mean(values: list[float | None] | list[float]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None

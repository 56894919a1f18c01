"""The statements that write sessions and people. Rows are named by keys of ours, so they hold after a restore too."""

from typing import Any, Final

import msgspec

from firmware.events import SessionSummary
from firmware.programme.advice import Person, SessionRecord
from firmware.programme.people import People
from firmware.storage.connection import Write

BOOT: Final = "(SELECT id FROM boot WHERE boot_id = ?)"
SESSION: Final = f"(SELECT id FROM session WHERE boot = {BOOT} AND opened_ns = ?)"  # noqa: S608 - names of ours
PERSON: Final = "(SELECT id FROM person WHERE name = ?)"

Key = tuple[str, int]  # boot id and opened_ns of a session


def upsert_session(key: Key, start_ns: int, values: dict[str, Any]) -> Write:
    """Insert a session, or set these columns of the one of that key. A person is set by name."""
    person = values.get("person")
    columns = ["start_ns", *(name for name in values if name != "person")]
    marks = ["?"] * len(columns)
    bound = [start_ns, *(value for name, value in values.items() if name != "person")]
    if "person" in values:
        columns.append("person")
        marks.append(PERSON)
        bound.append(person)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    text = (
        f"INSERT INTO session (boot, opened_ns, {', '.join(columns)}) VALUES ({BOOT}, ?, {', '.join(marks)}) "  # noqa: S608 - names of ours
        f"ON CONFLICT (boot, opened_ns) DO UPDATE SET {changes}"
    )
    return Write(text, (*key, *bound))


def of_summary(summary: SessionSummary) -> dict[str, Any]:
    """Return the columns of a session that its summary fills."""
    return {
        "lying_s": summary.lying_s, "goal_s": summary.goal_s, "paused_s": summary.paused_s,
        "reason": summary.reason.value, "exit": summary.exit.value, "wiggles": summary.wiggles,
        "counted": summary.counted, "confirmed": summary.confirmed, "discomforts": summary.discomforts,
        "pressed_late": summary.pressed_late, "eased_s": summary.eased_s, "stop_advised": summary.stop_advised,
    }  # fmt: skip


def of_record(record: SessionRecord) -> dict[str, Any]:
    """Return the columns of a session that the programme fills."""
    return {
        "level": record.level, "preset": record.preset.value, "day": record.day, "ended_s": record.end_s,
        "discomfort": record.discomfort, "marks": None if record.marks is None else record.marks.value,
    }  # fmt: skip


def update_record(name: str, record: SessionRecord) -> Write:
    """Set what a person said later of a session that the programme knows, and its end."""
    # Its end may be corrected too, once the clock is set: so the session is known by its person and its lying time.
    text = (
        "UPDATE session SET ended_s = ?, day = ?, discomfort = ?, marks = ? WHERE id = "  # noqa: S608 - names of ours
        f"(SELECT max(id) FROM session WHERE person = {PERSON} AND lying_s = ? AND level = ?)"
    )
    marks = None if record.marks is None else record.marks.value
    said = (record.end_s, record.day, record.discomfort, marks)
    return Write(text, (*said, name, record.lying_s, record.level))


def insert(table: str, key: Key, columns: dict[str, Any]) -> Write:
    """Insert a row of a table that belongs to a session."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    return Write(
        f"INSERT OR REPLACE INTO {table} (session, {names}) VALUES ({SESSION}, {marks})",  # noqa: S608 - names of ours
        (*key, *columns.values()),
    )


def checkpoint(key: Key, boot_id: str, at_ns: int, summary: SessionSummary, state: bytes | None) -> Write:
    """Replace the one checkpoint."""
    text = f"INSERT OR REPLACE INTO checkpoint VALUES (1, {SESSION}, {BOOT}, ?, ?, ?)"  # noqa: S608 - names of ours
    return Write(text, (*key, boot_id, at_ns, msgspec.json.encode(summary).decode(), state))


def save_people(people: People) -> list[Write]:
    """Make the rows of people equal to these; what belonged to a person who is gone goes along."""
    names = msgspec.json.encode([person.name for person in people.persons]).decode()
    writes = [Write("DELETE FROM person WHERE name NOT IN (SELECT value FROM json_each(?))", (names,))]
    for person in people.persons:
        writes += _person(person)
    return [*writes, Write("INSERT OR REPLACE INTO chosen VALUES (1, ?)", (people.chosen,))]


def _person(person: Person) -> list[Write]:
    offer = None if person.offer is None else msgspec.json.encode(person.offer).decode()
    state = (person.level, person.since_s, person.stepped_s, person.healed_s, offer, person.minutes)
    writes = [
        Write(
            "INSERT INTO person (name, level, since_s, stepped_s, healed_s, offer, minutes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET name = excluded.name, level = excluded.level, "
            "since_s = excluded.since_s, stepped_s = excluded.stepped_s, healed_s = excluded.healed_s, "
            "offer = excluded.offer, minutes = excluded.minutes",
            (person.name, *state),
        )
    ]
    if person.acknowledgement is not None:
        values = (person.name, person.acknowledgement.version, person.acknowledgement.date)
        text = f"INSERT OR REPLACE INTO acknowledgement VALUES ({PERSON}, ?, ?)"  # noqa: S608 - names of ours
        writes.append(Write(text, values))
    return writes

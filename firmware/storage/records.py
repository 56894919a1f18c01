"""People and their sessions as the programme needs them, read from the database. Damaged rows are left out."""

import logging
import sqlite3
from typing import Final

import msgspec

from firmware.enums import Reason
from firmware.programme.advice import Acknowledgement, Offer, Person, SessionRecord, SkinMarks
from firmware.programme.levels import LengthPreset
from firmware.programme.people import GUEST, People

KEPT: Final = 400  # newest sessions of each person

log = logging.getLogger(__name__)


def people(connection: sqlite3.Connection) -> People:
    """Return the people and whose turn it is."""
    persons = []
    for row in connection.execute("SELECT * FROM person ORDER BY id"):
        read = connection.execute(
            "SELECT version, date FROM acknowledgement WHERE person = ? ORDER BY version DESC LIMIT 1", (row["id"],)
        ).fetchone()
        try:
            persons.append(
                Person(
                    name=row["name"],
                    level=row["level"],
                    since_s=row["since_s"],
                    stepped_s=row["stepped_s"],
                    healed_s=row["healed_s"],
                    offer=None if row["offer"] is None else msgspec.json.decode(row["offer"], type=Offer),
                    minutes=row["minutes"],
                    acknowledgement=None if read is None else Acknowledgement(read["version"], read["date"]),
                )
            )
            People(tuple(persons))
        except (ValueError, TypeError) as error:
            log.warning("database: a person is left out: %s", error)
            persons = persons[: len(persons) - 1] if persons and persons[-1].name == row["name"] else persons
    chosen = next((row["name"] for row in connection.execute("SELECT name FROM chosen")), GUEST.name)
    known = {person.name.casefold() for person in persons}
    return People(tuple(persons), chosen if str(chosen).casefold() in known else GUEST.name)


def of_people(connection: sqlite3.Connection) -> dict[str, list[SessionRecord]]:
    """Return the sessions of each person that the programme counts, oldest first, the newest 400."""
    found: dict[str, list[SessionRecord]] = {}
    text = (
        "SELECT person.name, session.* FROM session JOIN person ON person.id = session.person "
        "WHERE session.ended_s IS NOT NULL AND session.level IS NOT NULL ORDER BY session.ended_s"
    )
    for row in connection.execute(text):
        try:
            found.setdefault(row["name"], []).append(record(row))
        except (ValueError, TypeError) as error:
            log.warning("database: session %s is left out: %s", row["id"], error)
    return {name: sessions[-KEPT:] for name, sessions in found.items()}


def record(row: sqlite3.Row) -> SessionRecord:
    """Return one session row as the programme needs it. Raises ValueError or TypeError for a damaged one."""
    return SessionRecord(
        end_s=float(row["ended_s"]),
        day=int(row["day"]),
        level=int(row["level"]),
        lying_s=float(row["lying_s"]),
        goal_s=float(row["goal_s"]),
        preset=LengthPreset(row["preset"]),
        counted=bool(row["counted"]),
        stopped=bool(row["stop_advised"]) or row["reason"] == Reason.DISCOMFORT.value,
        pressed_late=bool(row["pressed_late"]),
        eased_s=row["eased_s"],
        discomfort=row["discomfort"],
        marks=None if row["marks"] is None else SkinMarks(row["marks"]),
    )

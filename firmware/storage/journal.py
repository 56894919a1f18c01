"""The journal in the person's own words: what was asked before and after a session and on the next morning.

Every answer may be missing. An entry belongs to a person and, where there is one, to a session: one from before to the
session that starts within two hours, one from after to the newest that is closed, the next morning's to the last of
the day before.
"""

import sqlite3
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

import msgspec

from firmware.errors import StorageError
from firmware.storage.connection import Write
from firmware.words import journal as journal_words

Phase = Literal["before", "after", "morning"]
Rating = Annotated[int, msgspec.Meta(ge=0, le=10)]
LINKED_NS: Final = 2 * 3_600_000_000_000  # an entry from before belongs to the session that starts so soon
NOTE_MOST: Final = 2000
YES_NO: Final = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
SHOWN_MOST: Final = 40  # characters of a wrong value in an error
MORNING_S: Final = (6 * 3600.0, 48 * 3600.0)  # after the end of a session
Text = Annotated[str, msgspec.Meta(max_length=200)]
ONWARD: Final = {"marks": "marks", "discomfort": "hurt"}  # answers that the programme takes too, and their commands
RATINGS: Final = ("back_pain", "headache", "tension", "stress")
ASKED: Final[dict[Phase, tuple[str, ...]]] = {
    "before": (*RATINGS, "cover", "head", "knees", "lumbar", "surface", "place", "trigger", "other", "note"),
    "after": (*RATINGS, "discomfort", "marks", "lightheaded", "water", "slept", "note"),
    "morning": ("sleep", "marks_gone", "note"),
}


class JournalAnswers(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a person said; None where nothing was said. Ratings run from 0 to 10."""

    back_pain: Rating | None = None
    headache: Rating | None = None
    tension: Rating | None = None
    stress: Rating | None = None
    cover: Literal["double_towel", "thick_towel", "thin_towel", "t_shirt", "bare"] | None = None
    head: Literal["cushion", "folded_towel", "none"] | None = None
    knees: bool | None = None
    lumbar: bool | None = None
    surface: Literal["floor", "bed"] | None = None
    place: Text | None = None
    trigger: Literal["after_drive", "lunch", "bedtime", "headache", "backache", "other"] | None = None
    other: Text | None = None
    discomfort: Rating | None = None
    marks: Literal["none", "light", "strong", "broken_skin"] | None = None
    lightheaded: bool | None = None
    water: bool | None = None
    slept: bool | None = None
    sleep: Rating | None = None
    marks_gone: bool | None = None
    note: Annotated[str, msgspec.Meta(max_length=NOTE_MOST)] | None = None

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return any(getattr(self, name) is not None for name in self.__struct_fields__)


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    name: ("yes", "no") if kind is bool else get_args(kind)
    for name, hint in get_type_hints(JournalAnswers).items()
    for kind in get_args(hint)
    if kind is bool or get_args(kind)
}


def answers(values: dict[str, object], phase: Phase) -> JournalAnswers:
    """Check values from outside; text is read as the type of its question, so that "T-shirt" and "yes" are right.

    Raises:
        StorageError: a value is out of bounds, or not one that this phase asks for; the text names it.
    """
    unknown = [name for name in values if name not in ASKED[phase]]
    if unknown:
        raise StorageError(f"{unknown[0]}: is not asked {phase}; asked are {', '.join(ASKED[phase])}")
    said: dict[str, Any] = {}
    for name, value in values.items():
        said[name] = _meant(name, value)
        try:
            msgspec.convert({name: said[name]}, JournalAnswers, strict=False)
        except msgspec.ValidationError as error:
            choices = CHOICES.get(name)
            rating = "a whole number from 0 to 10" if _is_rating(name) else "a shorter text"
            wanted = rating if choices is None else joined_choices(choices)
            raise StorageError(f"{name}: {str(value)[:SHOWN_MOST]!r} is not {wanted}") from error
    made = msgspec.convert(said, JournalAnswers, strict=False)
    if made.note is not None and any(ord(letter) < ord(" ") and letter != "\n" for letter in made.note):
        raise StorageError("note: has control characters; give plain text")
    return made


def joined_choices(choices: tuple[str, ...]) -> str:
    """Return a, b or c."""
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def _is_rating(name: str) -> bool:
    return bool(get_args(get_type_hints(JournalAnswers, include_extras=True)[name])[0] == Rating)


def _meant(name: str, value: object) -> object:
    """Return yes and no as booleans, and a choice as it is stored, however it was typed."""
    if not isinstance(value, str) or name not in CHOICES:
        return value
    typed = value.strip().lower().replace("-", "_").replace(" ", "_")
    if CHOICES[name] == ("yes", "no"):
        return YES_NO.get(typed, value)
    return typed


def said_texts(said: JournalAnswers) -> list[str]:
    """Return what was said in words, one text for each answer."""
    found = []
    for name, form in journal_words.SAID.items():
        value = getattr(said, name)
        if value is not None:
            found.append(form.format(value) if isinstance(form, str) else form[value])
    return found


def add(at: tuple[str, int], phase: Phase, said: JournalAnswers, *, person: str | None, session: int | None) -> Write:
    """Return the write of an entry made at (boot id, nanoseconds since its power-on)."""
    text = (
        "INSERT INTO entry (person, session, phase, boot, at_ns, body) VALUES ((SELECT id FROM person WHERE name = ?), "
        "?, ?, (SELECT id FROM boot WHERE boot_id = ?), ?, ?)"
    )
    return Write(text, (person, session, phase, *at, msgspec.json.encode(said).decode()))


def replace(
    at: tuple[str, int], phase: Phase, said: JournalAnswers, *, person: str | None, session: int | None
) -> list[Write]:
    """Return the writes of an entry that takes the place of one of that phase and session of the last two hours."""
    boot_id, at_ns = at
    text = (
        "DELETE FROM entry WHERE phase = ? AND session IS ? AND person IS (SELECT id FROM person WHERE name = ?) "
        "AND boot = (SELECT id FROM boot WHERE boot_id = ?) AND at_ns > ?"
    )
    old = Write(text, (phase, session, person, boot_id, at_ns - LINKED_NS))
    return [old, add(at, phase, said, person=person, session=session)]


def of_session(connection: sqlite3.Connection, session: int) -> dict[str, JournalAnswers]:
    """Return what was said about a session, by phase; the newest entry of each phase counts."""
    found = {}
    for row in connection.execute("SELECT phase, body FROM entry WHERE session = ? ORDER BY id", (session,)):
        said = decoded(row["body"])
        if said is not None:
            found[str(row["phase"])] = said
    return found


def morning_due(connection: sqlite3.Connection, person: str | None, now_s: float) -> int | None:
    """Return the newest session that waits for the question of the next morning; None when none does."""
    found = morning_session(connection, person, now_s)
    text = "SELECT 1 FROM entry WHERE session = ? AND phase = 'morning'"
    return None if found is None or connection.execute(text, (found,)).fetchone() else found


def morning_session(connection: sqlite3.Connection, person: str | None, now_s: float) -> int | None:
    """Return the newest session, if the question of the next morning is about it; else None.

    Asked from six hours after its end on, for two days, and only for a session that ended with a date and counted.
    """
    text = (
        "SELECT id, end_s FROM session_dated WHERE counted AND end_s IS NOT NULL "
        "AND person IS (SELECT id FROM person WHERE name = ?) ORDER BY id DESC LIMIT 1"
    )
    row = connection.execute(text, (person,)).fetchone()
    return int(row["id"]) if row is not None and MORNING_S[0] <= now_s - row["end_s"] <= MORNING_S[1] else None


def of_body(body: str) -> dict[str, object] | None:
    """Return the answers of a stored entry that were given, by name; None for a damaged one."""
    said = decoded(body)
    return None if said is None else dict(msgspec.to_builtins(said))


def decoded(body: str) -> JournalAnswers | None:
    """Return a stored entry; None for a damaged one."""
    try:
        return msgspec.json.decode(body, type=JournalAnswers)
    except (msgspec.MsgspecError, ValueError):
        return None  # a damaged entry is as if it had not been written


def link(key: tuple[str, int]) -> Write:
    """Return the write that gives a session that starts now the entries from before it, of the last two hours."""
    text = (
        "UPDATE entry SET session = (SELECT id FROM session WHERE boot = entry.boot AND opened_ns = ?) "
        "WHERE session IS NULL AND phase = 'before' AND boot = (SELECT id FROM boot WHERE boot_id = ?) "
        "AND at_ns BETWEEN ? AND ?"
    )
    boot_id, opened_ns = key
    return Write(text, (opened_ns, boot_id, opened_ns - LINKED_NS, opened_ns))

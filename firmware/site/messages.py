"""What mats publish, checked here once: topic and payload become rows, or a RejectedError with its reason.

A mat may write below its own topic only (the broker sees to that), so the topic says which mat it is, and an event id
must begin with the same name. A payload has no NUL and no half of a surrogate pair, because PostgreSQL stores neither.
"""

import datetime as dt
import re
from typing import Annotated, Final, NamedTuple, TypeVar

import msgspec

from firmware.errors import AcumatError
from firmware.events import SessionSummary

PAYLOAD_MAX_BYTES: Final = 16384
TOPIC: Final = re.compile(r"acumat/([a-z0-9-]{1,32})/([a-z0-9_/.-]{1,100})")
UNDATED: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # of a mat whose clock was not set
EARLIEST_S, LATEST_S = 1_577_836_800.0, 4_102_444_800.0  # 2020 and 2100: beyond them a clock is wrong
PERSON: Final = "person"
ENDED: Final = "session_ended"
SESSION: Final = "session"

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,128}\Z")]
Kind = TypeVar("Kind", bound=msgspec.Struct)
Number = Annotated[int, msgspec.Meta(ge=1, le=1 << 53)]
Number0 = Annotated[int, msgspec.Meta(ge=0, le=1 << 30)]


class RejectedError(AcumatError, ValueError):
    """A message that is not of the agreed form; the text is the reason."""


class EventMessage(msgspec.Struct):
    """The keys that every event has."""

    event_id: Id
    seq: Number
    event_type: Word
    t: float | None = None
    session: Id | Number | None = None
    session_id: Id | None = None


class SessionMessage(msgspec.Struct):
    """A closed session, on a topic of its own and with a number of its own among the events."""

    event_id: Id
    seq: Number
    session_id: Id
    lying_s: float
    reason: Word
    exit: Word
    wiggles: Number0
    counted: bool
    t: float | None = None
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    goal_s: float | None = None


class EndedMessage(msgspec.Struct):
    """What is read of the end of a session besides."""

    t_s: float
    summary: SessionSummary


class DiagMessage(msgspec.Struct):
    """What is read of the diagnostics."""

    last_seq: Number0 | None = None


class Anything(msgspec.Struct):
    """An object with any keys."""


class EventRow(NamedTuple):
    """A row of event. person is a name as the mat sent it, to be replaced before anything is stored."""

    mat: str
    event_id: str
    seq: int
    at: dt.datetime
    type: str
    session_id: str | None
    person: str | None
    body: str


class SessionRow(NamedTuple):
    """A row of session."""

    mat: str
    session_id: str
    started_at: dt.datetime
    ended_at: dt.datetime
    lying_s: float
    goal_s: float | None
    reason: str
    exit: str
    wiggles: int
    counted: bool
    person: str | None


def split_topic(topic: str) -> tuple[str, str]:
    """Return the mat and the rest of a topic. Raises RejectedError."""
    match = TOPIC.fullmatch(topic)
    if match is None:
        raise RejectedError("not a topic of a mat")
    return match[1], match[2]


def event_rows(mat: str, payload: bytes) -> tuple[EventRow, SessionRow | None]:
    """Return the row of an event, and that of the session which it ended, if any. Raises RejectedError."""
    message, person, body = _read(payload, EventMessage)
    _check_id(mat, message.event_id)
    stream = message.event_id.removesuffix(f"-{message.seq}")
    session_id = f"{stream}-{message.session}" if isinstance(message.session, int) else message.session_id
    event = EventRow(
        mat, message.event_id, message.seq, _moment(message.t), message.event_type, session_id, person, body
    )
    # A program that sends sessions by themselves has their id in its events.
    is_session = message.event_type == ENDED and message.session_id is None
    return event, _session(event, message.t, payload) if is_session else None


def session_rows(mat: str, payload: bytes) -> tuple[EventRow, SessionRow]:
    """Return the rows of a session: one among the events, because its number is one of theirs. Raises RejectedError."""
    message, person, body = _read(payload, SessionMessage)
    _check_id(mat, message.event_id)
    started, ended = (
        UNDATED if at is None else _moment(at.timestamp()) for at in (message.started_at, message.ended_at)
    )
    event = EventRow(mat, message.event_id, message.seq, _moment(message.t), SESSION, message.session_id, person, body)
    session = SessionRow(
        mat,
        message.session_id,
        started,
        ended,
        message.lying_s,
        message.goal_s,
        message.reason,
        message.exit,
        message.wiggles,
        message.counted,
        person,
    )
    return event, session


def _check_id(mat: str, event_id: str) -> None:
    if not event_id.startswith(f"{mat}-"):
        raise RejectedError("the event id is not of this mat")


def _session(event: EventRow, t: float | None, payload: bytes) -> SessionRow:
    ended, _, _ = _read(payload, EndedMessage)
    summary = ended.summary

    def moment(at_s: float) -> dt.datetime:
        return UNDATED if event.at == UNDATED or t is None else _moment(t - (ended.t_s - at_s))

    return SessionRow(
        event.mat,
        event.session_id or f"{event.event_id}-{summary.number}",
        moment(summary.start_s),
        moment(summary.end_s),
        summary.lying_s,
        summary.goal_s,
        summary.reason.value,
        summary.exit.value,
        summary.wiggles,
        summary.counted,
        event.person,
    )


def last_number(payload: bytes) -> int | None:
    """Return the newest number that a mat has made, from its diagnostics. Raises RejectedError."""
    return _read(payload, DiagMessage)[0].last_seq


def status(payload: bytes) -> str:
    """Return a retained description (state, info) as JSON text without a person. Raises RejectedError."""
    return _read(payload, Anything)[2]


def _read(payload: bytes, kind: type[Kind]) -> tuple[Kind, str | None, str]:
    """Return a payload as kind, the person in it, and its text without the person. Raises RejectedError."""
    if len(payload) > PAYLOAD_MAX_BYTES:
        raise RejectedError(f"{len(payload)} bytes: at most {PAYLOAD_MAX_BYTES} are read")
    try:
        text = payload.decode()
        message = msgspec.json.decode(payload, type=kind)
        person = None
        if "\\u" in text or PERSON in text:
            whole = msgspec.json.decode(payload, type=dict[str, object])
            person = _take_person(whole)
            text = msgspec.json.encode(whole).decode()
    except (ValueError, RecursionError) as error:
        raise RejectedError(f"{type(error).__name__}: {error}"[:300]) from error
    if "\\u0000" in text:
        raise RejectedError("a NUL character")
    return message, person, text


def _take_person(value: object) -> str | None:
    """Remove the person from a table and from all that is in it, and return the first."""
    if isinstance(value, list):
        parts = [_take_person(part) for part in value]
    elif isinstance(value, dict):
        found = value.pop(PERSON, None)
        parts = [found if isinstance(found, str) else None, *map(_take_person, value.values())]
    else:
        return None
    return next(filter(None, parts), None)


def _moment(t: float | None) -> dt.datetime:
    """Return a time of the wall clock, UNDATED for none and for one that no clock can mean."""
    if t is None or not EARLIEST_S <= t <= LATEST_S:
        return UNDATED
    return dt.datetime.fromtimestamp(t, dt.UTC)

"""Batches of messages into PostgreSQL, whole or not at all. Every statement that the collector uses is in this file.

One transaction a batch: the mats of the batch are locked in the order of their names, so that two collectors do not
wait for each other in a circle. A row that is there already stays as it is: a message may come as often as it likes.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import psycopg

from firmware.site.messages import EventRow, SessionRow

if TYPE_CHECKING:
    import datetime as dt

DEAD_BYTES: Final = 4096  # of a dead letter that are kept
TOPIC_BYTES: Final = 512
ASKS_MAX: Final = 5  # of a replay that did not close the gap
ASK_AFTER_S: Final = 15
ASKS_AT_ONCE: Final = 200

LOCK_MATS: Final = """
SELECT mat, journal_consent FROM mat WHERE site = %s AND mat = ANY(%s) AND retired_at IS NULL ORDER BY mat FOR UPDATE"""
FORGOTTEN: Final = "SELECT pseudonym, deleted_at FROM forgotten WHERE site = %s AND pseudonym = ANY(%s)"
FORGOTTEN_SESSIONS: Final = """
SELECT mat, session_id FROM forgotten_session WHERE site = %s AND mat = ANY(%s) AND session_id = ANY(%s)"""
EVENTS: Final = """
INSERT INTO event (site, mat, event_id, seq, at, type, session_id, person, body)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
    %s::jsonb[]) ON CONFLICT DO NOTHING"""
JOURNAL: Final = """
INSERT INTO journal (site, mat, event_id, at, session_id, person, body)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::jsonb[])
ON CONFLICT DO NOTHING"""
SESSIONS: Final = """
INSERT INTO session (site, mat, session_id, started_at, ended_at, lying_s, goal_s, reason, exit, wiggles, counted,
    person)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::float8[], %s::float8[],
    %s::text[], %s::text[], %s::int[], %s::bool[], %s::text[]) ON CONFLICT DO NOTHING"""
PEOPLE: Final = "INSERT INTO person (site, pseudonym) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING"
RECEIVED: Final = """
UPDATE mat SET received = received + come.numbers, seen_at = now(),
    replay_asks = CASE WHEN come.numbers <@ received THEN replay_asks ELSE 0 END
FROM unnest(%s::text[], %s::int8multirange[]) AS come(mat, numbers) WHERE site = %s AND mat.mat = come.mat"""
DEAD: Final = """
INSERT INTO dead_letter (site, digest, topic, payload, bytes, reason) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (site, digest) DO UPDATE SET times = dead_letter.times + 1, received_at = now()"""
STATUS: Final = """
UPDATE mat SET state = coalesce(come.state, mat.state), info = coalesce(come.info, mat.info), seen_at = now(),
    online = coalesce(come.online, mat.online), last_seq = coalesce(come.last_seq, mat.last_seq),
    software = coalesce(come.info->>'software', software),
    replay_wanted = replay_wanted OR come.online IS TRUE,
    replay_asks = CASE WHEN come.online THEN 0 ELSE replay_asks END
FROM unnest(%s::text[], %s::jsonb[], %s::jsonb[], %s::bool[], %s::bigint[]) AS come(mat, state, info, online, last_seq)
WHERE site = %s AND mat.mat = come.mat AND retired_at IS NULL"""

# END is the number that comes next, GAP whether one below it has not come. The first range that begins with 1 is whole.
END: Final = "greatest(coalesce(upper(received), 1), coalesce(last_seq, 0) + 1)"
GAP: Final = f"(int8multirange(int8range(1, {END})) <> received)"
GIVE_UP: Final = f"""
UPDATE mat SET given_up = given_up + (int8multirange(int8range(1, {END})) - received),
    received = int8multirange(int8range(1, {END}))
WHERE site = %s AND {GAP} AND replay_asks >= {ASKS_MAX} AND replay_asked_at < now() - interval '{ASK_AFTER_S} s'
RETURNING mat, given_up::text"""  # noqa: S608 - constants of this file
ASK: Final = f"""
UPDATE mat SET replay_asked_at = now(), replay_wanted = false, replay_asks = replay_asks + 1
WHERE (site, mat) IN (
    SELECT site, mat FROM mat WHERE site = %s AND online AND retired_at IS NULL AND replay_asks < {ASKS_MAX}
    AND (replay_wanted OR {GAP})
    AND (replay_asked_at IS NULL OR replay_asked_at < now() - interval '{ASK_AFTER_S} s')
    ORDER BY mat LIMIT {ASKS_AT_ONCE} FOR UPDATE SKIP LOCKED)
RETURNING mat, (SELECT CASE WHEN lower(one) = 1 THEN upper(one) - 1 ELSE 0 END FROM unnest(received) one LIMIT 1)
"""  # noqa: S608 - constants of this file


@dataclass
class Batch:
    """Messages that are stored together."""

    events: list[EventRow] = field(default_factory=list)
    journal: list[EventRow] = field(default_factory=list)
    sessions: list[SessionRow] = field(default_factory=list)
    dead: list[tuple[str, bytes, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stored:
    """What a batch came to. unknown: mats that are not enrolled, of which nothing is stored."""

    events: int
    unknown: frozenset[str]


def _columns(rows: Iterable[Sequence[Any]], count: int) -> list[list[Any]]:
    """Return rows as columns."""
    columns: list[list[Any]] = [[] for _ in range(count)]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def store(connection: psycopg.Connection, site: str, batch: Batch) -> Stored:
    """Store a batch in one transaction. Raises psycopg.Error, and then nothing of it is stored."""
    with connection.transaction():
        names = sorted({row.mat for row in (*batch.events, *batch.journal)})
        mats: dict[str, bool] = dict(connection.execute(LOCK_MATS, [site, names])) if names else {}
        people = {row.person for row in (*batch.events, *batch.journal) if row.person}
        gone: dict[str, dt.datetime] = dict(connection.execute(FORGOTTEN, [site, list(people)])) if people else {}
        ids = {row.session_id for row in (*batch.events, *batch.journal) if row.session_id}
        left = set(connection.execute(FORGOTTEN_SESSIONS, [site, names, list(ids)])) if ids else set()

        def kept(row: EventRow) -> bool:
            forgotten = (row.mat, row.session_id) in left or (row.person in gone and row.at <= gone[row.person])
            return row.mat in mats and not forgotten

        events = [row for row in batch.events if kept(row)]
        journal = [row for row in batch.journal if kept(row) and mats[row.mat]]
        stored = 0
        if people := {row.person for row in (*events, *journal) if row.person}:
            connection.execute(PEOPLE, [site, sorted(people)])
        if events:
            rows = [(r.mat, r.event_id, r.seq, r.at, r.type, r.session_id, r.person, r.body) for r in events]
            stored = connection.execute(EVENTS, [site, *_columns(rows, 8)]).rowcount
        if journal:
            notes = [(r.mat, r.event_id, r.at, r.session_id, r.person, r.body) for r in journal]
            connection.execute(JOURNAL, [site, *_columns(notes, 6)])
        sessions = [
            one
            for one in batch.sessions
            if one.mat in mats
            and (one.mat, one.session_id) not in left
            and not (one.person in gone and one.ended_at <= gone[one.person])
        ]
        if sessions:
            connection.execute(SESSIONS, [site, *_columns(sessions, 11)])
        if mats:
            # Also of rows that are not kept on purpose: what came is no gap.
            numbers = _numbers([row for row in (*batch.events, *batch.journal) if row.mat in mats])
            connection.execute(RECEIVED, [list(numbers), list(numbers.values()), site])
        for topic, payload, reason in batch.dead:
            digest = hashlib.sha256(topic.encode() + b"\0" + payload).digest()
            start = topic.encode()[:TOPIC_BYTES].decode(errors="ignore").replace("\0", "?")
            connection.execute(
                DEAD, [site, digest, start, payload[:DEAD_BYTES], len(payload), reason.replace("\0", "?")]
            )
    return Stored(stored, frozenset(names) - frozenset(mats))


def _numbers(rows: Iterable[EventRow]) -> dict[str, str]:
    """Return the numbers that came from each mat, as a multirange of PostgreSQL."""
    come: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        come[row.mat].add(row.seq)
    return {mat: "{" + ",".join(f"[{n},{n}]" for n in sorted(numbers)) + "}" for mat, numbers in sorted(come.items())}


@dataclass(slots=True)
class Status:
    """The newest of the retained topics of one mat; None: nothing new."""

    state: str | None = None
    info: str | None = None
    online: bool | None = None
    last_seq: int | None = None


def store_status(connection: psycopg.Connection, site: str, news: dict[str, Status]) -> None:
    """Store what the mats are doing now."""
    rows = [(mat, one.state, one.info, one.online, one.last_seq) for mat, one in sorted(news.items())]
    with connection.transaction():
        connection.execute(LOCK_MATS, [site, list(news)])
        connection.execute(STATUS, [*_columns(rows, 5), site])


def due_replays(connection: psycopg.Connection, site: str) -> tuple[list[tuple[str, int]], list[tuple[str, str]]]:
    """Return the mats to ask for a replay, each with the number after which it begins, and the gaps given up now."""
    with connection.transaction():
        given_up = [(mat, text) for mat, text in connection.execute(GIVE_UP, [site])]
        asked = [(mat, since or 0) for mat, since in connection.execute(ASK, [site])]
    return asked, given_up

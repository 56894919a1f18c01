"""People of a site on a real PostgreSQL: pseudonyms, consent, deletion with proof, export."""

from contextlib import ExitStack
from pathlib import Path

import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from firmware.site.main import site
from tests.system.site.conftest import RunningSite
from tests.system.site.engines import Collect

pytestmark = [pytest.mark.broker, pytest.mark.slow]
EVENT = b'{"event_type":"lie_down","event_id":"%b-r-%d","seq":%d,"t":1790000000.0,"session_id":"s-%b","person":"%b"}'
SESSION = (
    b'{"session_id":"s-%b","event_id":"%b-r-%d","seq":%d,"t":1790000600.0,"started_at":"2026-09-21T14:13:20Z",'
    b'"ended_at":"2026-09-21T14:23:20Z","lying_s":600,"goal_s":600,"reason":"goal_reached","exit":"rolled","wiggles":1,'
    b'"counted":true,"person":"%b"}'
)
NOTE = EVENT.replace(b"lie_down", b"journal")[:-1] + b',"note":"%b"}'
CANARY = b"canary-4711-spikes"


def run(running: RunningSite, *words: str) -> str:
    done = CliRunner().invoke(site, [*words, "--config", str(running.config)])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def rows(running: RunningSite) -> dict[str, int]:
    tables = ("session", "event", "journal", "person")
    return {table: len(running.postgres.rows(f"SELECT 1 FROM {table}")) for table in tables}  # noqa: S608 - names above


def send(running: RunningSite, mat: bytes, person: bytes) -> None:
    """An evening of one person: an event, the session, a note, and an event of the session without a person."""
    topic = f"acumat/{mat.decode()}"
    first = {b"Ana": 1, b"Ben": 11}[person]
    own = b"%b-%d" % (mat, first)
    bare = EVENT.replace(b',"person":"%b"', b"")
    running.publish(f"{topic}/event", EVENT % (mat, first, first, own, person), bare % (mat, first + 1, first + 1, own))
    running.publish(f"{topic}/session/s", SESSION % (own, mat, first + 2, first + 2, person))
    running.publish(f"{topic}/journal", NOTE % (mat, first + 3, first + 3, own, person, CANARY))


def test_a_person_is_deleted_across_the_site(running: RunningSite, stack: ExitStack) -> None:
    """Two mats, two people: names nowhere, a journal with consent only, one person exported and deleted, for good."""
    running.enrol("room-", 2)
    with psycopg.connect(running.postgres.conninfo) as connection:
        connection.execute("UPDATE mat SET journal_consent = true WHERE mat = 'room-1'")
    stack.enter_context(Collect(running.folder, running.config))
    for mat in (b"room-1", b"room-2"):
        for person in (b"Ana", b"Ben"):
            send(running, mat, person)
    running.until("SELECT count(*) FROM event", 12)
    assert rows(running) == {"session": 4, "event": 12, "journal": 2, "person": 2}
    found = running.postgres.rows("SELECT event.*::text FROM event UNION ALL SELECT journal.*::text FROM journal")
    assert not [row for row in found if "Ana" in str(row) or "Ben" in str(row)]

    assert "2026-09         4     2      2" in run(running, "report", "--months", "240")
    exported = [msgspec.json.decode(line) for line in run(running, "export", "Ana").splitlines()]
    assert sorted({line["table"] for line in exported}) == ["event", "journal", "person", "session"]
    assert len(exported) == 1 + 6 + 2 + 1

    proof = msgspec.json.decode(run(running, "forget", "ana", "--yes"))
    assert proof["rows_before"] == {"journal": 1, "event": 6, "session": 2, "person": 1}
    assert set(proof["rows_after"].values()) == {0}
    assert rows(running) == {"session": 2, "event": 6, "journal": 1, "person": 1}
    assert "2026-09         2     2      1" in run(running, "report", "--months", "240")
    assert run(running, "export", "Ana") == ""

    send(running, b"room-1", b"Ana")  # the mat sends its history again
    running.publish("acumat/room-1/event", EVENT % (b"room-1", 99, 99, b"x", b"Ben"))
    running.until("SELECT count(*) FROM event WHERE seq = 99", 1)
    assert running.postgres.rows("SELECT 1 FROM event WHERE mat = 'room-1' AND seq < 10") == []
    assert rows(running)["session"] == 2


def test_the_note_is_in_no_table_after_the_deletion(running: RunningSite) -> None:
    """The files of the tables are written again without the rows; what was written ahead goes with its files."""
    assert run(running, "forget", "Ben", "--yes")
    run(running, "forget", "Ana", "--yes")
    assert running.postgres.rows("SELECT 1 FROM journal") == []
    base = running.postgres.data / "base"
    assert not [path for path in base.rglob("*") if path.is_file() and CANARY in Path(path).read_bytes()]

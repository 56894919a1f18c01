"""The tables of a site on a real PostgreSQL: who sees what, months, gaps."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from firmware.site import schema, store
from firmware.site.main import site
from firmware.site.messages import EventRow
from firmware.site.settings import Database, Site, SiteSettings, load_site
from tests.system.site.conftest import RunningSite

pytestmark = [pytest.mark.broker, pytest.mark.slow]
DAY = dt.datetime(2026, 3, 15, tzinfo=dt.UTC)


def event(mat: str, seq: int, at: dt.datetime = DAY) -> EventRow:
    return EventRow(mat, f"{mat}-r-{seq}", seq, at, "seated", None, None, "{}")


@pytest.fixture
def database(running: RunningSite) -> Iterator[psycopg.Connection]:
    with ExitStack() as stack:
        yield stack.enter_context(schema.connect(load_site(running.config)))


def test_a_site_sees_its_own_rows_only(running: RunningSite, database: psycopg.Connection) -> None:
    """Neither by a query nor by an insert can one site reach another's rows."""
    south = SiteSettings(site=Site("south"), database=Database(running.postgres.conninfo))
    schema.migrate(south)
    running.enrol("own-", 1)
    store.store(database, "north", store.Batch(events=[event("own-1", 1)]))
    with schema.connect(south) as other:
        for table in ("mat", "event", "session", "journal", "person", "forgotten", "forgotten_session", "dead_letter"):
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            assert other.execute(query).fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("INSERT INTO mat (site, mat) VALUES ('north', 'intruder')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("SELECT * FROM event_undated")
    assert database.execute("SELECT count(*) FROM event WHERE mat = 'own-1'").fetchone() == (1,)


def test_a_migration_runs_once(running: RunningSite) -> None:
    """A second run changes nothing."""
    assert schema.migrate(load_site(running.config)) == []


def test_rows_move_into_their_month_and_leave_with_it(running: RunningSite, database: psycopg.Connection) -> None:
    """Early rows wait in the default partition, a new month takes them along, and the retention drops whole months."""
    running.enrol("month-", 1)
    rows = [event("month-1", 1, DAY), event("month-1", 2, DAY + dt.timedelta(days=90))]
    store.store(database, "north", store.Batch(events=rows))
    undated = "SELECT count(*) FROM event_undated WHERE mat = 'month-1'"
    assert running.postgres.rows(undated) == [(2,)]
    keep = Database(running.postgres.conninfo, months=24)
    assert schema.upkeep(keep, dt.date(2026, 6, 1), make_from=dt.date(2026, 3, 1)) == 0
    assert running.postgres.rows(undated) == [(0,)]
    assert running.postgres.rows("SELECT count(*) FROM event WHERE mat = 'month-1'") == [(2,)]
    again = store.store(database, "north", store.Batch(events=rows))
    assert again.events == 0
    short = Database(running.postgres.conninfo, months=2)
    assert schema.upkeep(short, dt.date(2026, 6, 20)) == 3  # March of events, sessions and journal
    assert running.postgres.rows("SELECT seq FROM event WHERE mat = 'month-1'") == [(2,)]


def test_a_gap_that_the_mat_cannot_close_is_given_up(running: RunningSite, database: psycopg.Connection) -> None:
    """After five answers without the missing numbers they count as lost, are shown by doctor, and asked for no more."""
    running.enrol("lost-", 1)
    store.store(database, "north", store.Batch(events=[event("lost-1", n) for n in (1, 2, 5)]))
    database.execute("UPDATE mat SET online = true WHERE mat = 'lost-1'")
    for _ in range(store.ASKS_MAX):
        database.execute("UPDATE mat SET replay_asked_at = NULL WHERE mat = 'lost-1'")
        assert store.due_replays(database, "north") == ([("lost-1", 2)], [])
    assert store.due_replays(database, "north") == ([], [])
    database.execute("UPDATE mat SET replay_asked_at = '2026-01-01' WHERE mat = 'lost-1'")
    assert store.due_replays(database, "north") == ([], [("lost-1", "{[3,5)}")])
    assert store.due_replays(database, "north") == ([], [])
    shown = CliRunner().invoke(site, ["doctor", "--config", str(running.config)])
    assert shown.exit_code == 1
    assert "1 mats lost messages for good: lost-1" in shown.output


def test_an_answer_to_a_replay_starts_the_count_again(running: RunningSite, database: psycopg.Connection) -> None:
    """A mat that closes its gap in parts is asked as often as it takes."""
    running.enrol("slow-", 1)
    store.store(database, "north", store.Batch(events=[event("slow-1", n) for n in (1, 9)]))
    database.execute("UPDATE mat SET online = true, replay_asks = 4 WHERE mat = 'slow-1'")
    store.store(database, "north", store.Batch(events=[event("slow-1", 2)]))
    assert store.due_replays(database, "north") == ([("slow-1", 2)], [])
    assert database.execute("SELECT replay_asks FROM mat WHERE mat = 'slow-1'").fetchone() == (1,)

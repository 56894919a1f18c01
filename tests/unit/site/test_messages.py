"""What mats publish: every key has its bound, and a person never stays in a row by name."""

import datetime as dt
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.site.messages import (
    UNDATED,
    RejectedError,
    event_rows,
    last_number,
    session_rows,
    split_topic,
    status,
)
from firmware.site.pseudonyms import load_key, pseudonym

ENDED = (
    b'{"v":1,"event_type":"session_ended","event_id":"attic-r1-9","seq":9,"t":1800000000.0,"session":2,"t_s":1000.0,'
    b'"summary":{"number":2,"start_s":300.0,"end_s":990.0,"lying_s":680.0,"goal_s":600.0,"reason":"goal_reached",'
    b'"exit":"rolled","wiggles":3,"counted":true},"person":"Ana","notes":[{"person":"Ben"}]}'
)


def test_the_end_of_a_session_is_an_event_and_a_session() -> None:
    """Start and end are dated back from the time of the event; the session id is unique over runs of the mat."""
    event, session = event_rows("attic", ENDED)
    assert (event.mat, event.seq, event.type, event.session_id) == ("attic", 9, "session_ended", "attic-r1-2")
    assert event.at == dt.datetime.fromtimestamp(1_800_000_000, dt.UTC)
    assert session is not None
    assert (event.at - session.started_at, event.at - session.ended_at) == (
        dt.timedelta(seconds=700),
        dt.timedelta(seconds=10),
    )
    assert (session.session_id, session.reason, session.exit, session.wiggles) == (
        "attic-r1-2",
        "goal_reached",
        "rolled",
        3,
    )


def test_a_person_leaves_the_body() -> None:
    """The first name is returned for its pseudonym; none of them stays in the text, however deep it was."""
    event, session = event_rows("attic", ENDED)
    assert event.person == "Ana"
    assert session is not None
    assert session.person == "Ana"
    assert "Ana" not in event.body
    assert "Ben" not in event.body


def test_a_mat_without_a_clock_has_no_date() -> None:
    """Such a row has the same key whenever it comes again."""
    event, session = event_rows("attic", ENDED.replace(b"1800000000.0", b"null"))
    assert event.at == UNDATED
    assert session is not None
    assert session.started_at == UNDATED
    assert event_rows("attic", ENDED.replace(b"1800000000.0", b"4e12"))[0].at == UNDATED


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"event_type":"seated","seq":1}',
        b'{"event_type":"Seated","event_id":"attic-1","seq":1}',
        b'{"event_type":"seated\\n","event_id":"attic-1","seq":1}',
        b'{"event_type":"seated","event_id":"attic-1","seq":0}',
        b'{"event_type":"seated","event_id":"attic-1","seq":1.5}',
        b'{"event_type":"seated","event_id":"other-1","seq":1}',
        b'{"event_type":"seated","event_id":"attic-%b","seq":1}' % (b"1" * 128),
        b'{"event_type":"seated","event_id":"attic-1","seq":1,"session":"a b"}',
        b'{"event_type":"seated","event_id":"attic-1","seq":1,"x":"\\u0000"}',
        b'{"event_type":"seated","event_id":"attic-1","seq":1,"x":"\\ud83d"}',
        b'{"event_type":"seated","event_id":"attic-1","seq":1,"t":NaN}',
        b'{"event_type":"session_ended","event_id":"attic-1","seq":1,"t_s":1,"summary":{}}',
        b'{"a":' * 5000,
        b" " * 20_000,
    ],
)
def test_what_is_not_an_event_is_rejected(payload: bytes) -> None:
    """With one kind of error, whatever it is."""
    with pytest.raises(RejectedError):
        event_rows("attic", payload)


@pytest.mark.parametrize(
    "topic", ["acumat/attic", "acumat/At tic/event", "acumat/../event", "other/attic/event", "acumat/a/b\n"]
)
def test_a_topic_that_is_no_mats_is_rejected(topic: str) -> None:
    """A name has 32 characters at most, of a small alphabet."""
    with pytest.raises(RejectedError):
        split_topic(topic)
    assert split_topic("acumat/attic/session/last") == ("attic", "session/last")


def test_a_state_is_kept_as_it_is_without_a_person() -> None:
    """It is text for PostgreSQL, so it must be an object that it accepts."""
    assert status(b'{"stage":"idle","person":"Ana"}') == '{"stage":"idle"}'
    with pytest.raises(RejectedError):
        status(b'"idle"')


def test_a_pseudonym_depends_on_the_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same name is the same person on every mat of a site, and another one at another site."""
    first, second = (load_key(tmp_path_factory.mktemp("site")) for _ in range(2))
    assert pseudonym(first, "Ana") == pseudonym(first, " ana ")
    assert len({pseudonym(first, "Ana"), pseudonym(first, "Ben"), pseudonym(second, "Ana")}) == 3


def test_the_key_stays(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is made once and nobody else may read it."""
    folder = tmp_path_factory.mktemp("site")
    assert load_key(folder) == load_key(folder)
    assert (folder / "pseudonyms.key").stat().st_mode & 0o777 == 0o600


def test_a_session_on_its_own_topic() -> None:
    """It has a number among the events, and an event that ends it is then no second session."""
    payload = (
        b'{"v":1,"session_id":"s-1","event_id":"attic-r-8","seq":8,"t":1800000000.5,"started_at":"2027-01-15T07:50:00+00:00",'
        b'"ended_at":"2027-01-15T08:00:00+00:00","lying_s":590.0,"goal_s":600.0,"reason":"user","exit":"sat_up","wiggles":0,'
        b'"counted":true,"replayed":true}'
    )
    event, session = session_rows("attic", payload)
    assert (event.type, event.seq, event.session_id) == ("session", 8, "s-1")
    assert (session.ended_at - session.started_at, session.reason) == (dt.timedelta(minutes=10), "user")
    undated = payload.replace(b'"2027-01-15T07:50:00+00:00"', b"null")
    assert session_rows("attic", undated)[1].started_at == UNDATED
    assert event_rows("attic", ENDED.replace(b'"session":2', b'"session_id":"s-1"'))[1] is None
    with pytest.raises(RejectedError):
        session_rows("cellar", payload)


def test_the_newest_number_of_a_mat() -> None:
    """From its diagnostics; an older program has none."""
    assert last_number(b'{"last_seq":12,"uptime_s":3}') == 12
    assert last_number(b"{}") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = ("event_id", "seq", "event_type", "t", "session", "session_id", "summary", "person", "started_at")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no defect
@given(
    st.dictionaries(st.sampled_from(KEYS), JSON | st.just("attic-1") | st.just(1), max_size=9), st.binary(max_size=20)
)
def test_anything_is_a_row_or_rejected(table: dict[str, object], noise: bytes) -> None:
    """No other error, whatever a mat publishes."""
    for payload in (json.dumps(table).encode(), noise, b'{"event_id":"attic-1","seq":1,' + noise + b"}"):
        for read in (event_rows, session_rows, lambda _mat, text: status(text)):
            with suppress(RejectedError):
                read("attic", payload)

"""The queue between the loop and the publisher: what is kept, dropped and counted."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from firmware.enums import Exit, Reason, State, StopReason
from firmware.events import Discomfort, MatEmptied, SessionEnded, SessionSummary, StopAdvised
from firmware.mqtt.event_store import Kept, Key, Row
from firmware.mqtt.outbox import Outbox
from tests.doubles.ticks import tick


def seqs(outbox: Outbox) -> list[int]:
    found = []
    while (item := outbox.next_event()) is not None:
        found.append(item.seq)
    return found


def test_telemetry_is_the_newest_tick_and_events_are_all_of_them() -> None:
    """100 ticks, ten with an event, before the publisher runs."""
    outbox = Outbox()
    for n in range(100):
        outbox.put(tick(n / 10, events=(MatEmptied(n / 10),) if n % 10 == 0 else ()), None)
    latest = outbox.latest()
    assert latest is not None
    assert latest.t_s == 9.9
    assert outbox.ticks_replaced == 99
    assert seqs(outbox) == list(range(1, 11))
    assert outbox.events_dropped == 0


def test_a_tick_that_was_read_is_not_counted_as_replaced() -> None:
    """One put, one read, again and again: nothing was missed."""
    outbox = Outbox()
    for n in range(5):
        outbox.put(tick(n), None)
        outbox.latest()
    assert outbox.ticks_replaced == 0


def test_the_oldest_events_are_dropped_and_counted() -> None:
    """The broker is away for ever: memory stays bounded, the newest events stay, numbers are unique."""
    outbox = Outbox(events_max=3)
    for n in range(10):
        outbox.put(tick(n, events=(MatEmptied(n),)), None)
    assert (len(outbox), outbox.events_dropped) == (3, 7)
    assert seqs(outbox) == [8, 9, 10]


def test_unacknowledged_events_are_requeued_in_front() -> None:
    """Two events were in flight when the connection broke; the next connection gets them first, in order."""
    outbox = Outbox()
    outbox.put(tick(events=(MatEmptied(0), MatEmptied(1), MatEmptied(2))), None)
    first, second = outbox.next_event(), outbox.next_event()
    assert first is not None
    assert second is not None
    outbox.put_back([first, second])
    assert seqs(outbox) == [1, 2, 3]


def test_requeueing_into_a_full_outbox_drops_the_oldest() -> None:
    """While they were in flight others filled the outbox: the bound holds."""
    outbox = Outbox(events_max=2)
    outbox.put(tick(events=(MatEmptied(0),)), None)
    item = outbox.next_event()
    assert item is not None
    outbox.put(tick(events=(MatEmptied(1), MatEmptied(2))), None)
    outbox.put_back([item])
    assert seqs(outbox) == [2, 3]
    assert outbox.events_dropped == 1


def test_two_threads_lose_nothing() -> None:
    """One puts 2000 events, one takes: each number comes out once, in order."""
    outbox = Outbox(events_max=2000)
    taken: list[int] = []

    def take() -> None:
        while len(taken) < 2000:
            taken.extend(seqs(outbox))

    taker = threading.Thread(target=take)
    taker.start()
    for n in range(2000):
        outbox.put(tick(n, events=(MatEmptied(n),)), None)
    taker.join(10)
    assert taken == list(range(1, 2001))


SUMMARY = SessionSummary(1, 0.0, 60.0, 60.0, 600.0, Reason.DISCOMFORT, Exit.ROLLED, 0, counted=True, discomforts=3)


@dataclass
class MemoryStore:
    """A database that stores when the test lets it."""

    kept: Kept = ((), 0, None, None)
    working: bool = True
    rows: list[Row] = field(default_factory=list)
    waiting: list[Callable[[], None]] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    session: list[str | None] = field(default_factory=list)

    def read(self, most: int) -> Kept:
        """What the last run left."""
        assert most > 0
        return self.kept

    def add(self, key: Key, payload: Callable[[], bytes], done: Callable[[], None]) -> None:
        """Keep it; done is called by flush."""
        self.rows.append((*key, payload()))
        self.waiting.append(done)

    def flush(self) -> None:
        """Everything is on the disk now."""
        while self.waiting:
            self.waiting.pop(0)()

    def remove(self, keys: Sequence[Key]) -> None:
        """Note it."""
        self.removed += keys

    def note_session(self, session_id: str | None) -> None:
        """Note it."""
        self.session.append(session_id)

    def since(self, seq: int, most: int) -> tuple[list[Row], int]:
        """Return the newer rows."""
        return [row for row in self.rows if row[0] > seq][:most], self.rows[0][0] if self.rows else 0


def test_an_event_is_sent_only_after_it_is_stored() -> None:
    """A number that was seen by others must never be used again, so it is on the disk first."""
    store = MemoryStore()
    outbox = Outbox(store=store)
    outbox.put(tick(events=(MatEmptied(0), MatEmptied(1))), None)
    assert seqs(outbox) == []
    store.flush()
    first = outbox.next_event()
    assert first is not None
    outbox.acked(first)
    assert (first.seq, store.removed) == (1, [(1, "event")])


def test_without_a_working_disk_events_are_sent_from_memory() -> None:
    """The disk is full: the dashboard gets them all the same."""
    outbox = Outbox(store=MemoryStore(working=False))
    outbox.put(tick(events=(MatEmptied(0),)), None)
    assert seqs(outbox) == [1]


def test_what_the_last_run_left_comes_first_and_is_late() -> None:
    """Two events waited when the power went; numbers go on, and a new event is not late."""
    left = [(41, "event", b'{"seq":41}'), (42, "event", b'{"seq":42}')]
    outbox = Outbox(store=MemoryStore(kept=(left, 42, None, None), working=False))
    outbox.put(tick(events=(MatEmptied(0),)), None)
    found = [outbox.next_event() for _ in range(3)]
    assert [item.seq for item in found if item] == [41, 42, 43]
    assert [json.loads(item.marked(1.0)).get("late", False) for item in found if item] == [True, True, False]


def test_an_event_becomes_late_after_a_minute() -> None:
    """The broker was away; automations that dim lights must not act now."""
    outbox = Outbox()
    outbox.put(tick(events=(MatEmptied(0),)), None)
    item = outbox.next_event()
    assert item is not None
    assert [b"late" in item.marked(now_s) for now_s in (0.0, 59.0, 61.0)] == [False, False, True]


def test_replay_sends_again_what_came_after_a_seq() -> None:
    """Ten events, the last two still wait: those are not sent twice, the others are marked, in order."""
    store = MemoryStore()
    outbox = Outbox(store=store)
    outbox.put(tick(events=tuple(MatEmptied(n) for n in range(10))), None)
    store.flush()
    for _ in range(8):
        outbox.next_event()
    outbox.replay(5)
    found = [item for _ in range(9) if (item := outbox.next_event())]
    assert [item.seq for item in found] == [6, 7, 8, 9, 10]
    assert [item.replayed for item in found] == [True, True, True, False, False]
    assert json.loads(found[0].marked(0.0))["replayed"] is True


def test_sessions_have_an_id_for_ever_and_events_of_their_own() -> None:
    """Started, goal reached once, ended: the events carry the id; the session is published with it."""
    store = MemoryStore(working=False)
    outbox = Outbox("attic", "run1", store=store)
    outbox.put(tick(1.0, State.SETTLING), 1.8e9)
    session_id = outbox.session_id
    assert session_id == "20270115T080000Z-run1-1"
    outbox.put(tick(600.0, State.DONE, elapsed_s=600.0), None)
    outbox.put(tick(601.0, State.DONE, elapsed_s=601.0), None)
    outbox.put(tick(610.0, events=(SessionEnded(610.0, SUMMARY),)), 1.8e9 + 609)
    shown = [(item.topic, json.loads(item.payload)) for _ in range(9) if (item := outbox.next_event())]
    assert [(topic, one.get("event_type")) for topic, one in shown] == [
        ("event", "session_started"),
        ("event", "goal_reached"),
        ("event", "session_ended"),
        (f"session/{session_id}", None),
    ]
    assert {one["session_id"] for _, one in shown} == {session_id}
    assert [one["seq"] for _, one in shown] == [1, 2, 3, 4]
    assert shown[-1][1]["ended_at"] == "2027-01-15T08:00:59+00:00"
    assert outbox.last_session is not None
    assert json.loads(outbox.last_session) == shown[-1][1]
    assert (outbox.session_id, store.session) == (None, [session_id, None])


def test_a_session_that_goes_on_after_a_restart_keeps_its_id() -> None:
    """No second start. A session that does not go on is forgotten."""
    outbox = Outbox(store=MemoryStore(kept=((), 7, "before", None), working=False))
    outbox.put(tick(1.0, State.RESTING), None)
    assert (outbox.session_id, seqs(outbox)) == ("before", [])
    store = MemoryStore(kept=((), 7, "before", None), working=False)
    outbox = Outbox(store=store)
    outbox.put(tick(1.0), None)
    outbox.put(tick(2.0, State.SETTLING), None)
    assert outbox.session_id == "run-1"
    assert store.session == [None, "run-1"]


def test_pain_stays_on_the_mat_unless_it_is_shared() -> None:
    """Presses and advice are no events, take no number, and the summary does not show them."""
    events = (Discomfort(1.0, State.EASING, 1.0), StopAdvised(1.0, StopReason.GROWING), SessionEnded(2.0, SUMMARY))
    shown = {}
    for pain in (False, True):
        outbox = Outbox(pain=pain)
        outbox.put(tick(1.0, State.EASING, events=events), None)
        shown[pain] = [json.loads(item.payload) for _ in range(9) if (item := outbox.next_event())]
    assert [one["seq"] for one in shown[False]] == [1, 2, 3]
    assert [one.get("event_type") for one in shown[False]] == ["session_started", "session_ended", None]
    assert shown[False][1]["summary"]["reason"] == shown[False][2]["reason"] == "user"
    assert (shown[False][1]["summary"]["discomforts"], shown[False][2]["discomforts"]) == (0, None)
    assert [one.get("event_type") for one in shown[True]][1:3] == ["discomfort", "stop_advised"]
    assert (shown[True][4]["reason"], shown[True][4]["discomforts"]) == ("discomfort", 3)


def test_starts_and_ends_of_sessions_are_dropped_last() -> None:
    """The outbox is full of small events: the end of a session stays."""
    outbox = Outbox(events_max=2)
    outbox.put(tick(1.0, State.EASING, events=(SessionEnded(1.0, SUMMARY),)), None)
    assert seqs(outbox) == [2, 3]
    outbox.put(tick(1.0, State.EASING), None)
    outbox.put(tick(2.0, State.EASING, events=(MatEmptied(2.0),)), None)
    outbox.put(tick(3.0, State.EASING, events=(MatEmptied(3.0),)), None)
    assert seqs(outbox) == [4, 6]
    assert outbox.events_dropped == 2


def test_silent_cells_are_events_with_their_names() -> None:
    """A cell falls silent and comes back."""
    outbox = Outbox(cells=("A1", "A2", "A3"))
    for lost in (0, 0b10, 0b10, 0):
        outbox.put(tick(1.0, lost=lost)._replace(view=tick().view._replace(lost=lost)), None)
    shown = [json.loads(item.payload) for _ in range(9) if (item := outbox.next_event())]
    assert [(one["event_type"], one["cells"], one["text"]) for one in shown] == [
        ("cells_silent", ["A2"], "A2 fell silent."),
        ("cells_back", ["A2"], "A2: answering again."),
    ]


def test_putting_an_event_does_not_encode_it() -> None:
    """The loop only queues: what stores or sends the event makes its JSON, once."""
    outbox = Outbox()
    outbox.put(tick(1.0, events=(MatEmptied(1.0),)), None)
    item = outbox.next_event()
    assert item is not None
    assert callable(item.body)
    assert json.loads(item.payload)["event_type"] == "mat_emptied"
    assert isinstance(item.body, bytes)

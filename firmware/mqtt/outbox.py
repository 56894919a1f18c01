"""The queue between the main loop and the publisher, and the journal behind it.

The lock is held only for list operations, never during I/O: put does not block, and does not encode: JSON and sentence
of an event are made by the thread that stores or sends it. Of telemetry only the newest tick is kept. Events get their
number here and go to the store; one is sent only after it is stored, so no number is ever used twice, and leaves the
queue when the broker has acknowledged it. While the store does not work (a full disk, a mat
without a database) events are sent from memory. The queue is bounded: beyond it the oldest event goes that is neither
start nor end of a session. What goes from the queue is still in the journal, for replay.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from firmware.events import SessionEnded, event_type
from firmware.mqtt.event_store import EventStore, Key, NoStore
from firmware.mqtt.own_events import LASTING, CommandRefused, SentEvent, sentence
from firmware.mqtt.payloads import event_payload, is_about_pain, session_payload
from firmware.mqtt.sessions import SessionFollower
from firmware.mqtt.topics import EVENT
from firmware.view import Tick
from firmware.words.event_lines import SentenceContext

EVENTS_MAX: Final = 5000  # several days without a broker; about three megabytes
REPLAY_MAX: Final = 1000  # events in answer to one command
LATE_S: Final = 60.0
SESSION_TOPIC: Final = "session/"


@dataclass(eq=False, slots=True)
class QueuedEvent:
    """A message on its way. made_s: when by the clock since power-on; None: in an earlier run of the program."""

    seq: int
    topic: str
    body: bytes | Callable[[], bytes]
    made_s: float | None = None
    lasting: bool = False
    stored: bool = False
    replayed: bool = False

    @property
    def payload(self) -> bytes:
        """The JSON, made when it is first asked for; two threads may do that at once, and make the same."""
        body = self.body
        if not isinstance(body, bytes):
            self.body = body = body()
        return body

    @property
    def key(self) -> Key:
        """What identifies it."""
        return self.seq, self.topic

    def marked(self, now_s: float) -> bytes:
        """Return the payload with its marks: late, replayed."""
        late = self.made_s is None or now_s - self.made_s > LATE_S
        marks = (b',"late":true' if late else b"") + (b',"replayed":true' if self.replayed else b"")
        return self.payload[:-1] + marks + b"}" if marks else self.payload


class Outbox:
    """A bounded queue between two threads."""

    def __init__(
        self,
        device_id: str = "mat",
        run_id: str = "run",
        cells: tuple[str, ...] = (),
        *,
        store: EventStore | None = None,
        pain: bool = True,
        events_max: int = EVENTS_MAX,
        boottime_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._lock = threading.Lock()
        self._prefix, self._pain, self._boottime_s = f"{device_id}-{run_id}", pain, boottime_s
        self._store: EventStore = store or NoStore()
        pending, self.last_seq, open_session, self.last_session = self._store.read(events_max)
        self._events = deque(QueuedEvent(*row, stored=True) for row in pending)
        self._events_max = events_max
        self._sessions = SessionFollower(run_id, cells, open_session, self._store.note_session)
        self._latest: Tick | None = None
        self._unread = False
        self.ticks_replaced = 0
        self.events_dropped = 0

    def __len__(self) -> int:
        return len(self._events)

    @property
    def durable(self) -> bool:
        """Whether events survive power-off."""
        return self._store.working

    @property
    def first_seq(self) -> int:
        """Seq of the oldest event that replay can send; reads the store."""
        return self._store.since(self.last_seq, 1)[1]

    @property
    def session_id(self) -> str | None:
        """Id of the open session."""
        return self._sessions.id

    def put(self, tick: Tick, wall_s: float | None) -> None:
        """Store a tick; wall_s is its time in seconds since 1970, None when that is not known."""
        with self._lock:
            self.ticks_replaced += self._unread
            self._latest, self._unread = tick, True
            context: SentenceContext | None = None
            for event in self._sessions.events(tick, wall_s):
                context = context or self._sessions.context(tick)
                happened_s = None if wall_s is None else wall_s - (tick.t_s - event.t_s)
                if self._pain or not is_about_pain(event):
                    self._add_event(event, happened_s, context)
                if isinstance(event, SessionEnded):
                    self._add_session(event, None if wall_s is None else wall_s - tick.t_s)
            self._trim()

    def put_refusal(self, name: str, error: str, wall_s: float | None) -> None:
        """Queue the event of a refused command."""
        with self._lock:
            event = CommandRefused(0.0 if self._latest is None else self._latest.t_s, name, error)
            self._add_event(event, wall_s, SentenceContext())
            self._trim()

    def latest(self) -> Tick | None:
        """Return the newest tick, None before the first."""
        with self._lock:
            self._unread = False
            return self._latest

    def next_event(self) -> QueuedEvent | None:
        """Remove and return the oldest event, None when there is none that may be sent."""
        with self._lock:
            if self._events and (self._events[0].stored or not self._store.working):
                return self._events.popleft()
            return None

    def acked(self, item: QueuedEvent) -> None:
        """The broker has an event: it is no longer pending."""
        self._store.remove([item.key])

    def put_back(self, items: Sequence[QueuedEvent]) -> None:
        """Requeue events that were not acknowledged, each at its place."""
        if items:
            with self._lock:
                self._events = deque(sorted([*items, *self._events], key=lambda item: item.key))
                self._trim()

    def replay(self, since_seq: int) -> None:
        """Queue again what the journal has after a seq, in order, at most REPLAY_MAX at once; reads the store."""
        rows, _ = self._store.since(since_seq, REPLAY_MAX)
        with self._lock:
            waiting = {item.key for item in self._events}
            again = [QueuedEvent(*row, stored=True, replayed=True) for row in rows if row[:2] not in waiting]
            self._events = deque(sorted([*again, *self._events], key=lambda item: item.key))
            self._trim()

    def _add_event(self, event: SentEvent, wall_s: float | None, context: SentenceContext) -> None:
        self.last_seq += 1
        seq, session_id = self.last_seq, self._sessions.id

        def body() -> bytes:
            return event_payload(
                event,
                event_id=f"{self._prefix}-{seq}",
                seq=seq,
                wall_s=wall_s,
                session_id=session_id,
                text=sentence(event, context),
                pain=self._pain,
            )

        lasting = event_type(type(event)) in LASTING
        self._add(QueuedEvent(seq, EVENT.name, body, self._boottime_s(), lasting))

    def _add_session(self, event: SessionEnded, zero_wall_s: float | None) -> None:
        self.last_seq += 1
        seq, session_id = self.last_seq, str(self._sessions.id)
        self.last_session = session_payload(
            event.summary,
            session_id=session_id,
            event_id=f"{self._prefix}-{seq}",
            seq=seq,
            zero_wall_s=zero_wall_s,
            pain=self._pain,
        )
        self._add(QueuedEvent(seq, SESSION_TOPIC + session_id, self.last_session, self._boottime_s(), lasting=True))

    def _add(self, item: QueuedEvent) -> None:
        def stored() -> None:
            item.stored = True

        self._events.append(item)
        self._store.add(item.key, lambda: item.payload, stored)

    def _trim(self) -> None:
        while len(self._events) > self._events_max:
            place = next((n for n, item in enumerate(self._events) if not item.lasting), 0)
            dropped = self._events[place]
            del self._events[place]
            self._store.remove([dropped.key])
            self.events_dropped += 1

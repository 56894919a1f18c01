"""A broker in memory, behind the door that paho stands behind, on a clock that moves only when somebody waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from firmware.mqtt.backoff import Failure
from firmware.mqtt.link import Acknowledged, Closed, LinkEvent, Opened, Received, Version
from tests.doubles.clock import ManualClock


@dataclass(frozen=True)
class Message:
    """What was published, and when."""

    at_s: float
    topic: str
    payload: bytes
    retain: bool


@dataclass
class FakeBroker:
    """What a broker does to a client, set by fields that may be changed while it runs.

    speaks is what it knows of MQTT. refuse is how it refuses a connection, or None. answers: whether it acknowledges.
    forbids: ends of topics that it does not pass on. throws_out_after_s ends every connection so late after its start.
    """

    clock: ManualClock
    reachable: bool = True
    speaks: tuple[Version, ...] = tuple(Version)
    refuse: Failure | None = None
    answers: bool = True
    window: int = 16
    throws_out_after_s: float | None = None
    thrown_out_for: Failure = Failure.LOST
    forbids: tuple[str, ...] = ()
    messages: list[Message] = field(default_factory=list)
    attempts: list[tuple[float, Version]] = field(default_factory=list)
    goodbyes: list[bool] = field(default_factory=list)
    link: "FakeLink | None" = None

    def dial(self, version: Version) -> "FakeLink":
        """Take a connection, or raise OSError."""
        self.attempts.append((self.clock.now_s, version))
        if not self.reachable:
            raise ConnectionRefusedError(111, "Connection refused")
        assert self.link is None, "a client has one connection at a time"
        self.link = FakeLink(self, version)
        return self.link

    def say(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """Send a message to the client."""
        assert self.link is not None, "nobody is connected"
        self.link.news.append(Received(topic, payload, retained))

    def on(self, ending: str) -> list[Message]:
        """What was published on topics that end so."""
        return [message for message in self.messages if message.topic.endswith(ending)]


class FakeLink:
    """One connection to a FakeBroker."""

    def __init__(self, broker: FakeBroker, version: Version) -> None:
        self._broker = broker
        self._began_s = broker.clock.now_s
        self._numbers = 0
        self._unanswered: dict[int, str] = {}
        self._closed = False
        refuse = broker.refuse if version in broker.speaks else Failure.UNSUPPORTED_VERSION
        self.news: list[LinkEvent] = [
            Opened(broker.window) if refuse is None else Closed(refuse, "refused by the fake")
        ]

    def poll(self, timeout_s: float) -> Sequence[LinkEvent]:
        """Give the news; when there is none, time passes."""
        assert not self._closed, "polled after its end"
        broker = self._broker
        if not self.news:
            broker.clock.sleep_s(timeout_s)
        if broker.answers:
            for number, topic in self._unanswered.items():
                self.news.append(Acknowledged(number, "Not authorized" if topic.endswith(broker.forbids) else ""))
            self._unanswered.clear()
        limit_s = broker.throws_out_after_s
        if limit_s is not None and broker.clock.now_s - self._began_s >= limit_s:
            self.news.append(Closed(broker.thrown_out_for, "thrown out by the fake"))
        news, self.news = self.news, []
        return news

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> int:
        """Take a message; acknowledged at the next poll."""
        assert not self._closed, "published after its end"
        assert len(self._unanswered) < self._broker.window, "more on the way than the broker allows"
        self._numbers += 1
        self._unanswered[self._numbers] = topic
        self._broker.messages.append(Message(self._broker.clock.now_s, topic, payload, retain))
        return self._numbers

    def close(self, *, graceful: bool) -> None:
        """End it."""
        assert not self._closed, "closed twice"
        self._closed = True
        self._broker.goodbyes.append(graceful)
        self._broker.link = None

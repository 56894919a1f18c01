"""Removes from the broker all that a mat has left there: for a mat that was renamed, retired or only tried."""

from typing import TYPE_CHECKING, Final

from firmware.errors import BrokerError
from firmware.mqtt.link import Dial, LinkClosed, LinkOpened, MessageAcknowledged, ProtocolVersion
from firmware.mqtt.paho_link import PahoDialer
from firmware.mqtt.topics import TOPICS, TopicNames

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.config import Mqtt

TIMEOUT_S: Final = 10.0
POLL_S: Final = 0.1


def retained_topics(names: TopicNames) -> list[str]:
    """Return every topic that a mat retains. Discovery comes first: without it the entities are gone at once."""
    retained = [topic for topic in TOPICS if topic.retain]
    return [names.of(topic) for topic in sorted(retained, key=lambda topic: not topic.name.startswith("/"))]


def forget_dialer(mqtt: "Mqtt", names: TopicNames) -> Dial:
    """Return a dialer with its own client id, so that a mat that runs is not thrown out.

    Raises BrokerError when a file named in the settings cannot be used.
    """
    return PahoDialer(mqtt, f"acumat-{names.device_id}-forget", names.below("forget"), b"", ())


def forget(dial: Dial, names: TopicNames, clock: "Clock") -> list[str]:
    """Publish an empty retained message on each topic of a mat; return the topics.

    Raises BrokerError: the broker cannot be reached, or refuses.
    """
    outcome: str | None = None
    for version in ProtocolVersion:
        outcome = _attempt(dial, version, names, clock)
        if outcome is None:
            return retained_topics(names)
    raise BrokerError(f"{outcome}: nothing is removed for sure")


def _attempt(dial: Dial, version: ProtocolVersion, names: TopicNames, clock: "Clock") -> str | None:
    """Return what went wrong, None when all is removed."""
    try:
        link = dial(version)
    except OSError as error:
        return f"no connection to the broker ({error})"
    waiting: dict[int, str] = {}
    topics = retained_topics(names)
    end_ns = clock.boottime_ns() + TIMEOUT_S * 1e9
    opened = False
    while clock.boottime_ns() < end_ns and not (opened and not waiting and not topics):
        for event in link.poll(POLL_S):
            match event:
                case LinkOpened():
                    opened = True
                case MessageAcknowledged(number, refused):
                    topic = waiting.pop(number, "")
                    if refused:
                        link.close(graceful=True)
                        return f"the broker refuses messages to {topic} ({refused}): allow this user to write to it"
                case LinkClosed(_, text):
                    link.close(graceful=False)
                    return text
                case _:
                    pass
        if opened:
            for topic in topics:
                waiting[link.publish(topic, b"", retain=True)] = topic
            topics = []
    link.close(graceful=True)
    return None if opened and not waiting else f"no answer within {TIMEOUT_S:.0f} s"

"""One short connection to the broker, for `acumat doctor`: is it reachable, is the login accepted, may we publish?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from firmware.errors import BrokerError
from firmware.mqtt.backoff import ConnectionFailure
from firmware.mqtt.identity import identified
from firmware.mqtt.link import Dial, Link, LinkClosed, LinkOpened, MessageAcknowledged, ProtocolVersion
from firmware.mqtt.paho_link import PahoDialer
from firmware.mqtt.topics import TopicNames

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.config import Device, Mqtt

PROBE: Final = "doctor"  # topic of the empty, not retained message that the test publishes
TIMEOUT_S: Final = 5.0
POLL_S: Final = 0.1
REMEDIES: Final = {
    ConnectionFailure.UNREACHABLE: "check that it runs, and check mqtt.host, mqtt.port and mqtt.tls",
    ConnectionFailure.LOST: "check mqtt.port and mqtt.tls, and read the log of the broker",
    ConnectionFailure.TAKEN_OVER: "give every mat its own device.id",
    ConnectionFailure.REFUSED: "check mqtt.username and mqtt.password_file",
    ConnectionFailure.UNSUPPORTED_VERSION: "use a broker that supports MQTT 3.1.1 or 5",
}


def probe_dialer(mqtt: "Mqtt", device: "Device") -> Dial:
    """Return a dialer with its own client id, so that the connection of the running service is not taken over.

    Raises BrokerError when a file named in the settings cannot be used.
    """
    names = topic_names(mqtt, device)
    return PahoDialer(mqtt, f"acumat-{names.device_id}-doctor", names.below(PROBE), b"", ())


def topic_names(mqtt: "Mqtt", device: "Device") -> TopicNames:
    """Return the topics of the mat that these settings describe."""
    return TopicNames.of_settings(mqtt, identified(device).id)


def probe_connection(dial: Dial, names: TopicNames, clock: "Clock") -> ProtocolVersion:
    """Connect, publish, disconnect; returns the newest version of MQTT that the broker supports.

    Raises BrokerError with the remedy: not reachable, login rejected, or publishing not allowed.
    """
    version = ProtocolVersion.V5
    outcome = _attempt(dial, version, names, clock)
    if outcome.failure is ConnectionFailure.UNSUPPORTED_VERSION:
        version = ProtocolVersion.V311
        outcome = _attempt(dial, version, names, clock)
    if outcome.failure is not None:
        raise BrokerError(f"{outcome.text}: {REMEDIES[outcome.failure]}")
    if outcome.text:
        raise BrokerError(f"it rejects messages ({outcome.text}): allow this user to write to {names.below('#')}")
    return version


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How an attempt ended. failure None: the message was acknowledged; text: why it was rejected, or empty."""

    failure: ConnectionFailure | None
    text: str


def _attempt(dial: Dial, version: ProtocolVersion, names: TopicNames, clock: "Clock") -> _Outcome:
    try:
        link = dial(version)
    except OSError as error:
        return _Outcome(ConnectionFailure.UNREACHABLE, f"no connection ({error})")
    outcome = _exchange(link, names.below(PROBE), clock)
    link.close(graceful=outcome.failure is None)
    return outcome


def _exchange(link: Link, to: str, clock: "Clock") -> _Outcome:
    """Wait for CONNACK, publish, wait for the acknowledgement."""
    packet_id = 0
    end_ns = clock.boottime_ns() + TIMEOUT_S * 1e9
    while clock.boottime_ns() < end_ns:
        for event in link.poll(POLL_S):
            match event:
                case LinkOpened():
                    packet_id = link.publish(to, b"", retain=False)
                case MessageAcknowledged(mid, refused) if mid == packet_id:
                    return _Outcome(None, refused)
                case LinkClosed(failure, text):
                    return _Outcome(failure, text)
                case _:
                    pass
    return _Outcome(ConnectionFailure.LOST, f"no answer within {TIMEOUT_S:.0f} s")

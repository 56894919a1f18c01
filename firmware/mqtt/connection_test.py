"""One short visit to the broker, for `acumat doctor`: does it answer, does it let us in, may we publish?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from firmware.errors import BrokerError
from firmware.mqtt.backoff import Failure
from firmware.mqtt.link import Acknowledged, Closed, Dial, Link, Opened, Version
from firmware.mqtt.paho_link import PahoDialer

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.config import Device, Mqtt

TIMEOUT_S: Final = 5.0
POLL_S: Final = 0.1
REMEDIES: Final = {
    Failure.UNREACHABLE: "see whether it runs, and whether mqtt.host, mqtt.port and mqtt.tls are right",
    Failure.LOST: "see whether mqtt.port and mqtt.tls are right, and what the broker's log says",
    Failure.TAKEN_OVER: "give every mat its own device.id",
    Failure.REFUSED: "check mqtt.username and mqtt.password_file",
    Failure.UNSUPPORTED_VERSION: "use a broker that speaks MQTT 3.1.1 or 5",
}


def dialer(mqtt: "Mqtt", device: "Device") -> Dial:
    """Make connections under a name of their own, so that the mat's own connection stays as it is.

    Raises BrokerError when a file that the settings name cannot be used.
    """
    return PahoDialer(mqtt, f"acumat-{device.id}-doctor", topic(device), b"", ())


def topic(device: "Device") -> str:
    """Where the visit publishes an empty message that nobody keeps, beside what the mat publishes."""
    return f"acumat/{device.id}/doctor"


def reach(dial: Dial, device: "Device", clock: "Clock") -> Version:
    """Visit the broker and give the newest MQTT that it speaks.

    Raises BrokerError: nobody answers, it does not let us in, or it passes nothing on; with the mend.
    """
    version = Version.V5
    end = _attempt(dial, version, device, clock)
    if end.failure is Failure.UNSUPPORTED_VERSION:
        version = Version.V311
        end = _attempt(dial, version, device, clock)
    if end.failure is not None:
        raise BrokerError(f"{end.text}: {REMEDIES[end.failure]}")
    if end.text:
        raise BrokerError(f"it passes nothing on ({end.text}): allow this user to write to acumat/{device.id}/#")
    return version


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a visit ended: failure None when an answer came, whose text is what was refused, mostly nothing."""

    failure: Failure | None
    text: str


def _attempt(dial: Dial, version: Version, device: "Device", clock: "Clock") -> _Outcome:
    try:
        link = dial(version)
    except OSError as error:
        return _Outcome(Failure.UNREACHABLE, f"no connection ({error})")
    end = _exchange(link, topic(device), clock)
    link.close(graceful=end.failure is None)
    return end


def _exchange(link: Link, to: str, clock: "Clock") -> _Outcome:
    """Wait to be let in, publish, wait for the answer."""
    number = 0
    end_ns = clock.boottime_ns() + TIMEOUT_S * 1e9
    while clock.boottime_ns() < end_ns:
        for news in link.poll(POLL_S):
            match news:
                case Opened():
                    number = link.publish(to, b"", retain=False)
                case Acknowledged(mid, refused) if mid == number:
                    return _Outcome(None, refused)
                case Closed(failure, text):
                    return _Outcome(failure, text)
                case _:
                    pass
    return _Outcome(Failure.LOST, f"no answer within {TIMEOUT_S:.0f} s")

"""The link over paho-mqtt, driven by the thread of the publisher (no paho thread, no queue inside paho)."""

import ssl
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware.config import Mqtt
from firmware.errors import BrokerError
from firmware.mqtt.backoff import ConnectionFailure
from firmware.mqtt.link import (
    LinkClosed,
    LinkEvent,
    LinkOpened,
    MessageAcknowledged,
    MessageReceived,
    ProtocolVersion,
    SubscriptionRefused,
)

KEEPALIVE_S: Final = 15  # the broker publishes the last will after one and a half of these
CONNECT_TIMEOUT_S: Final = 5.0
WINDOW: Final = 16  # mosquitto holds 20 unacknowledged messages of one client
PACKET_MAX: Final = 8192  # bytes of a packet from the broker; only MQTT 5 can limit it

# Reason codes of CONNACK and DISCONNECT (MQTT 5, 2.4); paho translates those of 3.1.1 into the same numbers.
FAILURES: Final = {
    0x84: ConnectionFailure.UNSUPPORTED_VERSION,
    0x85: ConnectionFailure.REFUSED,  # client identifier not valid
    0x86: ConnectionFailure.REFUSED,  # bad user name or password
    0x87: ConnectionFailure.REFUSED,  # not authorized
    0x8A: ConnectionFailure.REFUSED,  # banned
    0x8C: ConnectionFailure.REFUSED,  # bad authentication method
    0x8D: ConnectionFailure.UNREACHABLE,  # keep alive timeout: it is there and does not answer
    0x8E: ConnectionFailure.TAKEN_OVER,
}

# Reason codes of PUBACK after which the same message may be accepted later (MQTT 5, 3.4.2.1).
TEMPORARY: Final = (0x80, 0x83, 0x97)  # unspecified, implementation specific, quota exceeded

LOST: Final = "the connection to the broker was lost"

_PAHO_VERSION: Final = {
    ProtocolVersion.V5: MQTTProtocolVersion.MQTTv5,
    ProtocolVersion.V311: MQTTProtocolVersion.MQTTv311,
}


class PahoDialer:
    """Opens links with one set of settings. Raises BrokerError when a file named in them cannot be used."""

    def __init__(
        self, mqtt: Mqtt, client_id: str, will_topic: str, will: bytes, subscriptions: tuple[str, ...]
    ) -> None:
        self._mqtt = mqtt
        self._client_id = client_id
        self._will_topic, self._will = will_topic, will
        self._listen_to = subscriptions
        self._password = _password(mqtt.password_file)
        self._tls = _tls(mqtt) if mqtt.tls else None

    def __call__(self, version: ProtocolVersion) -> "PahoLink":
        """Open a connection. Raises OSError when that fails or takes longer than CONNECT_TIMEOUT_S."""
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=True if version is ProtocolVersion.V311 else None,
            protocol=_PAHO_VERSION[version],
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(WINDOW)
        client.max_queued_messages_set(2 * WINDOW)
        client.will_set(self._will_topic, self._will, qos=1, retain=True)
        if self._mqtt.username:
            client.username_pw_set(self._mqtt.username, self._password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        properties = None
        if version is ProtocolVersion.V5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no types there
            properties.MaximumPacketSize = PACKET_MAX
        # 3.1.1 has no limit on packet size, so one large retained message could exhaust memory: nothing is subscribed.
        link = PahoLink(client, self._listen_to if version is ProtocolVersion.V5 else ())
        try:
            client.connect(self._mqtt.host, self._mqtt.port, KEEPALIVE_S, properties=properties)
        except (OSError, ValueError) as error:  # ValueError: an invalid host name, such as an empty label
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise OSError(f"{self._mqtt.host}:{self._mqtt.port}: {why}") from error
        return link


class PahoLink:
    """One paho client and its events. The callbacks reference only the queue of events, so there is no cycle."""

    def __init__(self, client: Client, subscriptions: tuple[str, ...]) -> None:
        self._client = client
        self._events: deque[LinkEvent] = deque()
        _register_callbacks(client, self._events, subscriptions)

    def poll(self, timeout_s: float) -> Sequence[LinkEvent]:
        """Run the network loop of paho once."""
        try:
            result = self._client.loop(timeout_s)
        except Exception as error:  # noqa: BLE001 - paho does not document what it raises on a malformed packet
            self._events.append(
                LinkClosed(ConnectionFailure.LOST, f"malformed packet from the broker ({type(error).__name__})")
            )
        else:
            if result is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                self._events.append(LinkClosed(ConnectionFailure.LOST, LOST))
        events = list(self._events)
        self._events.clear()
        return events

    def publish(self, topic: str, payload: bytes, *, retain: bool, qos: int = 1) -> int:
        """Pass a message to paho, which writes as much as the socket accepts."""
        return self._client.publish(topic, payload, qos=qos, retain=retain).mid

    def close(self, *, graceful: bool) -> None:
        """Close with or without DISCONNECT; paho closes its sockets when the last reference is dropped."""
        if graceful:
            self._client.disconnect()
            self._client.loop(0.0)
        del self._client


def _register_callbacks(client: Client, events: deque[LinkEvent], subscriptions: tuple[str, ...]) -> None:
    """Append a link event to events for each callback of paho."""

    def on_connect(
        client: Client, _userdata: object, _flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            events.append(
                LinkClosed(
                    FAILURES.get(reason.value, ConnectionFailure.LOST), f"the broker rejected the connection: {reason}"
                )
            )
            return
        window = min(WINDOW, getattr(properties, "ReceiveMaximum", WINDOW))
        events.append(LinkOpened(window, getattr(properties, "MaximumPacketSize", None)))
        if subscriptions:
            client.subscribe([(topic, 1) for topic in subscriptions])

    def on_disconnect(
        _client: Client, _userdata: object, flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        text = f"the broker ended the connection: {reason}" if flags.is_disconnect_packet_from_server else LOST
        events.append(LinkClosed(FAILURES.get(reason.value, ConnectionFailure.LOST), text))

    def on_publish(
        _client: Client, _userdata: object, mid: int, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        refused = str(reason) if reason.is_failure else ""
        events.append(MessageAcknowledged(mid, refused, temporary=reason.value in TEMPORARY))

    def on_subscribe(
        _client: Client, _userdata: object, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        answers = zip(subscriptions, reasons, strict=False)
        events.extend(SubscriptionRefused(topic, str(reason)) for topic, reason in answers if reason.is_failure)

    def on_message(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        events.append(MessageReceived(message.topic, bytes(message.payload), message.retain))

    client.on_connect = on_connect
    client.on_disconnect = on_disconnect
    client.on_publish = on_publish
    client.on_subscribe = on_subscribe
    client.on_message = on_message


def _password(path: Path | None) -> str | None:
    """Return the first line of a file, None when it is empty."""
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BrokerError(f"{path}: the password cannot be read ({why}): check mqtt.password_file") from error
    return lines[0] if lines and lines[0] else None


def _tls(mqtt: Mqtt) -> ssl.SSLContext:
    """TLS context that verifies certificate and host name; this cannot be disabled."""
    try:
        context = ssl.create_default_context(cafile=None if mqtt.tls_ca_file is None else str(mqtt.tls_ca_file))
    except OSError as error:  # includes ssl.SSLError, raised for a file that is no certificate
        raise BrokerError(
            f"{mqtt.tls_ca_file}: not a usable certificate ({error.strerror}): check mqtt.tls_ca_file"
        ) from error
    if mqtt.tls_cert_file is not None and mqtt.tls_key_file is not None:
        try:
            context.load_cert_chain(mqtt.tls_cert_file, mqtt.tls_key_file, password=_no_passphrase)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise BrokerError(
                f"{mqtt.tls_cert_file} with {mqtt.tls_key_file}: not usable ({why}): "
                "check mqtt.tls_cert_file and mqtt.tls_key_file"
            ) from error
    return context


def _no_passphrase() -> str:
    """Without this OpenSSL asks at the terminal and waits for ever. Raises ValueError."""
    raise ValueError("the key has a passphrase; a mat that starts by itself cannot type one")

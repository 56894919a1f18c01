"""The collector's connection for what must not be lost: MQTT 5, shared subscription, acknowledged by hand.

paho does the protocol. The broker keeps the session of a collector that is away, and sends at most RECEIVE_MAX messages
that are not acknowledged yet: that is the bound of the memory while the database takes nothing.
"""

import ssl
from collections.abc import Callable
from typing import Final, NamedTuple

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware.errors import BrokerError
from firmware.site.settings import Broker

RECEIVE_MAX: Final = 1000
# How long the broker keeps messages for a collector that is away: the first, and any further one, which shall not hold
# back its share of the messages when it does not come back.
KEPT_FIRST_S: Final = 86_400
KEPT_FURTHER_S: Final = 60
KEEPALIVE_S: Final = 15
CONNECT_TIMEOUT_S: Final = 5.0
GROUP: Final = "acumat"
SUBSCRIPTIONS: Final = tuple(f"$share/{GROUP}/acumat/+/{rest}" for rest in ("event", "session/+", "journal"))


class Arrived(NamedTuple):
    """A message that the broker sends again until it is acknowledged."""

    packet_id: int
    topic: str
    payload: bytes


def tls(broker: Broker) -> ssl.SSLContext | None:
    """Return the TLS of the settings, None without an authority. Raises BrokerError for a file that cannot be used."""
    if broker.ca_file is None:
        return None
    try:
        context = ssl.create_default_context(cafile=broker.ca_file)
        if broker.certificate_file is not None:
            context.load_cert_chain(broker.certificate_file, broker.key_file)
    except OSError as error:
        raise BrokerError(f"{error}: check ca_file, certificate_file and key_file of [broker]") from error
    return context


class BrokerLink:
    """One client; it connects again by itself when poll is called. log receives a line for each change."""

    def __init__(self, broker: Broker, client_id: str, kept_s: int, log: Callable[[str], None]) -> None:
        self._broker, self._kept_s, self._log = broker, kept_s, log
        self._arrived: list[Arrived] = []
        self.is_open = self.connected = self._kept = False  # a socket; an accepted subscription; a session
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        self._client.connect_timeout = CONNECT_TIMEOUT_S
        if (context := tls(broker)) is not None:
            self._client.tls_set_context(context)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def connect(self) -> None:
        """Connect. Raises OSError."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no types there
        properties.SessionExpiryInterval = self._kept_s
        properties.ReceiveMaximum = RECEIVE_MAX
        self._arrived.clear()  # the broker sends again what was not acknowledged
        self._client.connect(
            self._broker.host, self._broker.port, KEEPALIVE_S, clean_start=False, properties=properties
        )
        self.is_open = True

    def poll(self, timeout_s: float) -> list[Arrived]:
        """Return what arrived. Raises OSError when the connection is lost."""
        try:
            result = self._client.loop(timeout_s)
        except Exception as error:  # paho 2.1 raises what it likes on a packet that it does not expect
            self.is_open = self.connected = False
            raise ConnectionError(f"malformed packet from the broker ({type(error).__name__}: {error})") from error
        arrived, self._arrived = self._arrived, []
        if result is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.is_open = self.connected = False
            raise ConnectionError("the connection to the broker was lost")
        return arrived

    def acknowledge(self, packet_id: int) -> None:
        """The message is stored: the broker may forget it."""
        self._client.ack(packet_id, 1)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a command to a mat."""
        self._client.publish(topic, payload, qos=1)

    def close(self) -> None:
        """Disconnect. The broker keeps the session of the first collector; a further one leaves the group at once."""
        properties = Properties(PacketTypes.DISCONNECT)  # type: ignore[no-untyped-call]  # paho has no types there
        properties.SessionExpiryInterval = self._kept_s if self._kept_s > KEPT_FURTHER_S else 0
        self._client.disconnect(properties=properties)
        self._client.loop(0.1)

    def _on_connect(
        self, client: Client, _data: object, flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._log(f"the broker refuses the collector: {reason}")
            return
        self._kept = flags.session_present
        client.subscribe([(topic, 1) for topic in SUBSCRIPTIONS])

    def _on_subscribe(
        self, _client: Client, _data: object, _packet_id: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        refused = [topic for topic, reason in zip(SUBSCRIPTIONS, reasons, strict=True) if reason.is_failure]
        if refused:
            self._log(f"the broker refuses to the collector: {', '.join(refused)}")
            return
        self.connected = True
        self._log(f"connected to {self._broker.host}:{self._broker.port}, session kept: {self._kept}")

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._arrived.append(Arrived(message.mid, message.topic, bytes(message.payload)))

"""The packets of MQTT 5 that a simulated mat sends. One mat is one connection; paho would need a thread each."""

from typing import Final

from firmware.site import wire

PUBACK: Final = 4
QOS_1: Final = 0x02
RETAIN: Final = 0x01


def connect(client_id: str, will_topic: str, will: bytes, keepalive_s: int) -> bytes:
    """Return CONNECT with a clean start and a retained last will with QoS 1."""
    flags = 0x02 | 0x04 | 0x08 | 0x20
    body = wire.text("MQTT") + bytes((5, flags)) + keepalive_s.to_bytes(2, "big") + b"\x00" + wire.text(client_id)
    body += b"\x00" + wire.text(will_topic) + len(will).to_bytes(2, "big") + will
    return b"\x10" + wire.length(len(body)) + body


def subscribe(topic: str) -> bytes:
    """Return SUBSCRIBE with QoS 1."""
    body = b"\x00\x01\x00" + wire.text(topic) + b"\x01"
    return b"\x82" + wire.length(len(body)) + body


def publish(topic: bytes, payload: bytes, packet_id: int = 0, *, retain: bool = False) -> bytes:
    """Return PUBLISH; with a packet id it has QoS 1. topic is with its length in front."""
    head = 0x30 | (RETAIN if retain else 0) | (QOS_1 if packet_id else 0)
    body = topic + (packet_id.to_bytes(2, "big") if packet_id else b"") + b"\x00" + payload
    return bytes((head,)) + wire.length(len(body)) + body


def puback(packet_id: bytes) -> bytes:
    """Return PUBACK."""
    return b"\x40\x02" + packet_id

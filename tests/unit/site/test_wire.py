"""The packets of the reader of live frames, however the stream is cut."""

import pytest

from firmware.site import wire
from sim.swarm import packets


def frame(payload: bytes) -> bytes:
    return packets.publish(wire.text("acumat/attic/live"), payload)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000, 100_000])
def test_packets_do_not_depend_on_how_the_stream_is_cut(size: int) -> None:
    """Small, large and empty payloads, in pieces of any size."""
    payloads = [b"", b"x", b"y" * 120, b"z" * 5000]
    stream = b"".join(map(frame, payloads)) + b"\xd0\x00"
    reader, read = wire.Packets(10_000), []
    for start in range(0, len(stream), size):
        read += list(reader.feed(stream[start : start + size]))
    assert [wire.message(body) for kind, body in read if kind == wire.PUBLISH] == [
        ("acumat/attic/live", payload) for payload in payloads
    ]
    assert [kind for kind, _ in read][-1] == 13  # PINGRESP


def test_a_packet_that_is_too_large_ends_the_connection() -> None:
    """Before its body is read, so that nobody can fill the memory."""
    with pytest.raises(wire.MalformedPacketError):
        list(wire.Packets(100).feed(frame(b"x" * 200)[:5]))
    with pytest.raises(wire.MalformedPacketError):
        list(wire.Packets(1 << 30).feed(b"\x30\xff\xff\xff\xff\x01"))

"""The collector's connection, against a broker that is none."""

import socket
import threading
from contextlib import ExitStack

import pytest

from firmware.site.broker import BrokerLink
from firmware.site.settings import Broker

ACCEPTED = b"\x20\x03\x00\x00\x00"


def poll_often(link: BrokerLink) -> None:
    for _ in range(50):
        link.poll(0.1)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xe0\x02\x77\x00",
        b"\xe0\x02\x98\x00",
        b"\x90\x04\x00\x01\x00\x77",
        b"\x30\xff\xff\xff\xff",
        b"\x32\x03\x00\x05a",
    ],
    ids=["closed", "unknown reason", "administrative action", "unknown answer", "length", "short topic"],
)
def test_whatever_the_broker_sends_ends_in_a_lost_connection(answer: bytes) -> None:
    """Never in an exception that would end the collector."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def serve() -> None:
            stream, _ = server.accept()
            with stream:
                stream.recv(4096)
                stream.sendall(ACCEPTED + answer)

        thread = threading.Thread(target=serve)
        thread.start()
        stack.callback(thread.join)
        lines: list[str] = []
        link = BrokerLink(Broker(host="127.0.0.1", port=server.getsockname()[1]), "test", 60, lines.append)
        link.connect()
        with pytest.raises(OSError, match=r"lost|malformed"):
            poll_often(link)
        assert not link.is_open

"""The service manager is a real datagram socket here."""

import itertools
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.drivers.notify import Notifier, Watchdog
from tests.doubles.clock import ManualClock


class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.settimeout(1.0)

    def received(self) -> str:
        """Take the next datagram."""
        return self.socket.recv(4096).decode()


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def manager(address: str) -> Iterator[Manager]:
    made = Manager(address)
    yield made
    made.socket.close()


def test_ready_status_and_stopping_arrive_as_the_protocol_wants_them(manager: Manager, address: str) -> None:
    """A service starts, reports its status in one line, and stops."""
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address})
    assert notifier.ready("12 of 12 cells")
    assert manager.received() == "READY=1\nSTATUS=12 of 12 cells"
    assert notifier.status("two\nlines")
    assert manager.received() == "STATUS=two lines"
    assert notifier.stopping()
    assert manager.received() == "STOPPING=1"
    notifier.close()
    notifier.close()
    assert not notifier.stopping()


def test_an_abstract_address_is_reached() -> None:
    """Some service managers use an abstract socket; its name begins with @."""
    address = f"@acumat-test-{os.getpid()}"
    manager = Manager(address)
    notifier = Notifier(address)
    assert notifier.ready("here")
    assert manager.received().startswith("READY=1")
    notifier.close()
    manager.socket.close()


def test_without_a_listener_nothing_happens(address: str) -> None:
    """Started by hand there is no service manager; started wrongly its socket is not there."""
    assert not Notifier.from_environment({}).ready("alone")
    lost = Notifier(address)
    assert not lost.ready("alone")
    lost.close()


@pytest.mark.usefixtures("manager")
def test_a_service_manager_that_does_not_read_never_blocks_the_loop(address: str) -> None:
    """The queue of the socket fills up: the loop goes on, and only learns that nothing went out."""
    notifier = Notifier(address)
    sent = [notifier.status("x" * 1000) for _ in range(5000)]
    assert sent[0]
    assert not sent[-1]
    notifier.close()


def test_only_advancing_frames_feed_the_watchdog(manager: Manager, address: str) -> None:
    """A loop turns for a minute, but the frames stop after half of it: the last food is from then."""
    clock = ManualClock()
    notifier = Notifier(address)
    environ = {"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": str(os.getpid())}
    watchdog = Watchdog.from_environment(notifier, environ, clock)
    fed_s = []
    for turn in range(600):
        frame_ns = min(turn, 300) * 100_000_000
        if watchdog.feed(frame_ns):
            assert manager.received() == "WATCHDOG=1"
            fed_s.append(turn / 10)
        clock.sleep_s(0.1)
    assert fed_s[0] == 0.0
    assert max(fed_s) <= 30.0
    gaps_s = [after - before for before, after in itertools.pairwise(fed_s)]
    assert len(gaps_s) == 8
    assert all(3.3 <= gap_s <= 3.5 for gap_s in gaps_s)
    notifier.close()


@pytest.mark.parametrize(
    "environ",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"}],
)
@pytest.mark.usefixtures("manager")
def test_without_a_watchdog_nothing_is_sent(address: str, environ: dict[str, str]) -> None:
    """Without a time limit, or with one meant for another process, nothing is sent."""
    notifier = Notifier(address)
    watchdog = Watchdog.from_environment(notifier, environ)
    assert not watchdog.feed(1)
    assert not watchdog.feed(2)
    notifier.close()

"""The thread of the uplink: it starts, never delays the loop, ends, and survives defects."""

import json
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from firmware.clock import SystemClock
from firmware.commands import Control
from firmware.config import Device, Mqtt
from firmware.errors import BrokerError
from firmware.events import MatEmptied
from firmware.mqtt import Publisher
from firmware.mqtt.diagnostics import MachineFigures
from firmware.mqtt.link import LinkEvent, ProtocolVersion
from firmware.mqtt.parts import MatParts
from firmware.programme.levels import shipped_programme
from firmware.programme.people import People
from firmware.programme.plan import Plan
from hardware.board import Board
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker
from tests.doubles.ticks import tick


class BrokenLink:
    """A link with a defect."""

    def poll(self, timeout_s: float) -> Sequence[LinkEvent]:
        """Fail."""
        raise ZeroDivisionError(timeout_s)

    def publish(self, topic: str, payload: bytes, *, retain: bool, qos: int = 1) -> int:
        """Never reached."""
        raise AssertionError((topic, payload, retain, qos))

    def close(self, *, graceful: bool) -> None:
        """Be closed without DISCONNECT."""
        assert not graceful


def wait_for_attempts(publisher: Publisher, attempts: int) -> None:
    for _ in range(500):
        if publisher.health.attempts >= attempts:
            return
        time.sleep(0.01)
    raise AssertionError(publisher.health)


def test_a_broker_that_is_not_there_costs_nothing(board: Board) -> None:
    """The connection is refused. The loop continues, ticks are queued in microseconds, the end is immediate."""

    def dial(version: ProtocolVersion) -> BrokenLink:
        raise ConnectionRefusedError(111, f"Connection refused ({version})")

    publisher = Publisher(Mqtt(), Device(id="attic"), board, SystemClock(), dial=dial)
    for n in range(5500):
        publisher.offer(tick(n / 10, events=(MatEmptied(n / 10),)))
    wait_for_attempts(publisher, 1)
    health = publisher.health
    assert (health.connected, health.events_waiting, health.events_dropped) == (False, 5000, 500)
    began_s = time.perf_counter()
    publisher.close()
    assert time.perf_counter() - began_s < 1.0


def test_a_hanging_name_server_does_not_delay_the_end(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    """The thread is blocked in a name lookup: close still ends within two seconds and logs what is lost."""
    release = threading.Event()

    def dial(version: ProtocolVersion) -> BrokenLink:
        release.wait(10)
        raise OSError(version)

    publisher = Publisher(Mqtt(), Device(id="attic"), board, SystemClock(), dial=dial)
    publisher.offer(tick(events=(MatEmptied(0.0),)))
    began_s = time.perf_counter()
    publisher.close()
    assert time.perf_counter() - began_s < 2.0
    assert "1 events were not delivered" in caplog.text
    release.set()


def test_a_defect_is_logged_and_survived(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    """A division by zero in the link: the traceback is in the log, and the mat reconnects."""
    with caplog.at_level(logging.ERROR):
        publisher = Publisher(Mqtt(), Device(id="attic"), board, SystemClock(), dial=lambda _: BrokenLink())
        wait_for_attempts(publisher, 2)
        publisher.close()
    assert "ZeroDivisionError" in caplog.text
    assert "defect in this program" in caplog.text


@pytest.mark.parametrize(
    ("mqtt", "said"),
    [
        (Mqtt(username="mat", password_file=Path("absent")), "absent: the password cannot be read (No such file"),
        (Mqtt(username="mat", password_file=Path("binary")), "binary: the password cannot be read (it is not UTF-8"),
        (Mqtt(tls=True, tls_ca_file=Path("absent")), "absent: not a usable certificate"),
        (Mqtt(tls=True, tls_ca_file=Path("binary")), "binary: not a usable certificate"),
        (
            Mqtt(tls=True, tls_cert_file=Path("binary"), tls_key_file=Path("absent")),
            "binary with absent: not usable",
        ),
    ],
)
def test_unusable_files_are_reported_at_the_start(
    board: Board, mqtt: Mqtt, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing password is one clear error at the start, not a rejection by the broker an hour later."""
    monkeypatch.chdir(tmp_path)
    Path("binary").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(BrokerError) as caught:
        Publisher(mqtt, Device(), board, SystemClock())
    assert str(caught.value).startswith(said)
    assert "check mqtt." in str(caught.value)


def test_the_first_discovery_knows_the_names_and_diag_the_dropped_frames(board: Board) -> None:
    """Home Assistant would refuse a choice of a name that comes five seconds later."""
    broker = FakeBroker(ManualClock())
    plan = Plan(shipped_programme(), People().add("Ana"))
    view = tick().view
    parts = MatParts(
        submit=lambda request: request.answer(None),
        control=lambda: Control.of(view, plan.view),
        machine=lambda: MachineFigures(frames_dropped=7),
    )
    publisher = Publisher(
        Mqtt(share_person=True), Device(id="attic"), board, SystemClock(), dial=broker.dial, parts=parts
    )
    publisher.offer(tick(1.0))
    for _ in range(1000):
        if broker.on("/diag"):
            break
        time.sleep(0.01)
    publisher.close()
    discovery = json.loads(broker.on("/config")[0].payload)
    assert discovery["components"]["set_person"]["options"] == ["guest", "Ana"]
    assert json.loads(broker.on("/diag")[0].payload)["frames_dropped"] == 7

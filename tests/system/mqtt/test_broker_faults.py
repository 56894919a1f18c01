"""What a mat does when a real mosquitto dies, freezes, refuses, or is older than the mat."""

import json
import logging
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from time import perf_counter, thread_time
from typing import Any

import pytest

from firmware.enums import State
from firmware.events import MatEmptied
from firmware.mqtt import Publisher
from sim.broker import Mosquitto
from tests.doubles.old_broker import OldBroker
from tests.doubles.ticks import tick

pytestmark = pytest.mark.broker

CANARY = "canary-3141"  # a password that must appear nowhere


def offer_events(publisher: Publisher, count: int) -> None:
    for n in range(count):
        publisher.offer(tick(n / 10, events=(MatEmptied(n / 10),)))


def seqs(dashboard: Any) -> list[int]:  # noqa: ANN401 - the fixture's class
    return [json.loads(message.payload)["seq"] for message in dashboard.on("/event")]


def test_no_event_is_lost_when_the_broker_restarts(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """200 events before, while and after the broker is away; each arrives, and first arrivals are in order."""
    publisher, witness = mat(broker.port), dashboard(broker)
    offer_events(publisher, 60)
    witness.until(lambda: len(seqs(witness)) >= 20)  # some are in flight when the broker goes down
    broker.end(signal.SIGTERM)
    offer_events(publisher, 80)
    broker.start()
    offer_events(publisher, 60)
    witness.until(lambda: set(seqs(witness)) == set(range(1, 201)))
    assert list(dict.fromkeys(seqs(witness))) == list(range(1, 201))
    assert publisher.health.events_dropped == 0
    witness.until(lambda: witness.on("attic/availability")[-1].payload == b"online")


def test_lost_retained_topics_are_published_again(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any], tmp_path: Path
) -> None:
    """The broker is killed and its store is lost: after the reconnect every retained topic is back."""
    publisher = mat(broker.port)
    publisher.offer(tick(1.0, State.RESTING, load_n=500.0))
    witness = dashboard(broker)
    witness.until(lambda: bool(witness.on("/state")))
    broker.end(signal.SIGKILL)
    for store in tmp_path.rglob("mosquitto.db"):
        store.unlink()
    broker.start()
    late = dashboard(broker)
    late.until(
        lambda: {m.topic.rpartition("/")[2] for m in late.received} >= {"config", "availability", "info", "state"}
    )


def test_a_frozen_broker_does_not_delay_the_loop(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """SIGSTOP: 1000 ticks with events are taken, p99 within a millisecond of processor time; all arrive afterwards.

    That none waits for the broker is seen by the end of the loop: it is thawed only afterwards. What a tick costs is
    counted in processor time of the loop's thread; gaps between frames on the clock are rows of `make mqtt-faults`.
    """
    publisher, witness = mat(broker.port), dashboard(broker)
    witness.until(lambda: bool(witness.on("/info")))
    broker.pause()
    took_s = []
    for n in range(1000):
        began_s = thread_time()
        publisher.offer(tick(n / 10, State.RESTING, load_n=float(n), events=(MatEmptied(n / 10),)))
        took_s.append(thread_time() - began_s)
        if n % 100 == 0:
            time.sleep(0.05)  # the publisher fills the broker's socket meanwhile
    assert quantiles(took_s, n=100)[98] <= 0.001
    broker.resume()
    witness.until(lambda: set(seqs(witness)) == set(range(1, 1002)))  # the first is the start of the session


def test_a_frozen_broker_does_not_delay_the_end(broker: Mosquitto, mat: Callable[..., Publisher]) -> None:
    """The program ends while the broker is frozen: two seconds, no more. After the thaw the last will is published."""
    publisher = mat(broker.port)
    while not publisher.health.connected:
        time.sleep(0.01)
    broker.pause()
    began_s = perf_counter()
    publisher.close()
    assert perf_counter() - began_s < 2.0
    broker.resume()


def test_events_of_a_mat_that_started_before_the_broker(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """The broker comes up after the mat, which kept its newest 5000 events: those arrive, in order, each once."""
    witness = dashboard(broker)
    broker.end(signal.SIGTERM)  # it has stored the session of the dashboard
    publisher = mat(broker.port)
    offer_events(publisher, 5500)
    health = publisher.health
    assert (health.events_waiting, health.events_dropped, health.connected) == (5000, 500, False)
    broker.start()
    witness.until(lambda: len(seqs(witness)) >= 5000, timeout_s=120.0)
    assert seqs(witness) == list(range(501, 5501))


def test_a_wrong_password_is_one_attempt_and_one_line_and_no_secret(
    make_broker: Callable[..., Mosquitto],
    mat: Callable[..., Publisher],
    dashboard: Callable[..., Any],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The password file holds an old password. One attempt in two seconds; the right one works at once."""
    broker = make_broker(users={"mat": "right", "eye": "eye"})
    witness = dashboard(broker, username="eye", password="eye")  # noqa: S106 - of this test's own broker
    (tmp_path / "password").write_text(CANARY + "\n", encoding="utf-8")
    with caplog.at_level(logging.DEBUG):
        refused = mat(broker.port, username="mat", password_file=tmp_path / "password")
        offer_events(refused, 3)
        time.sleep(2.0)
        assert refused.health.attempts == 1
        refused.close()
    assert caplog.text.count("check mqtt.username and mqtt.password_file") == 1
    assert broker.log.count("not authorised") + broker.log.count("Not authorized") <= 2
    (tmp_path / "password").write_text("right\n", encoding="utf-8")
    mat(broker.port, username="mat", password_file=tmp_path / "password")
    witness.until(lambda: bool(witness.on("/info")))
    said = b"".join(message.payload for message in witness.received).decode()
    assert CANARY not in caplog.text + broker.log + said + repr(vars(refused))


def test_two_mats_with_one_client_id_do_not_storm(
    broker: Mosquitto, mat: Callable[..., Publisher], caplog: pytest.LogCaptureFixture
) -> None:
    """Both connect and disconnect each other: in four seconds a handful of attempts, and the log has the remedy."""
    one, other = mat(broker.port), mat(broker.port, run="run2")
    time.sleep(4.0)
    assert one.health.attempts + other.health.attempts <= 8
    assert "give every mat its own device.id" in caplog.text


def test_a_huge_message_does_not_reach_the_mat(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any]
) -> None:
    """5 MB on a subscribed topic: the broker holds it back, the connection stands, the next birth is received."""
    publisher, witness = mat(broker.port), dashboard(broker)
    publisher.offer(tick())
    witness.until(lambda: bool(witness.on("attic/availability")))
    witness.say("homeassistant/status", b"x" * 5_000_000)
    witness.say("homeassistant/status", b"online")
    witness.until(lambda: len([m for m in witness.on("/availability") if not m.retain]) >= 1)
    assert publisher.health.attempts == 1
    broker.until_logged("Dropping too large outgoing PUBLISH for acumat-attic")


def test_an_old_broker_is_served_with_3_1_1(
    broker: Mosquitto, mat: Callable[..., Publisher], dashboard: Callable[..., Any], stack: ExitStack
) -> None:
    """Between mat and mosquitto stands one that refuses MQTT 5 as old brokers do: everything arrives all the same."""
    port = stack.enter_context(OldBroker(broker.port)).port
    publisher, witness = mat(port), dashboard(broker)
    offer_events(publisher, 30)
    witness.until(lambda: seqs(witness) == list(range(1, 31)))
    witness.until(lambda: bool(witness.on("/config")))
    assert publisher.health.attempts == 2
    assert "as acumat-attic (p2" in broker.log


# paho leaves the socket of a failed handshake to the garbage collector, which says so.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_tls_checks_authority_and_name(
    make_broker: Callable[..., Mosquitto],
    mat: Callable[..., Publisher],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The right authority is accepted; another authority, another name or no TLS are rejected with the reason."""
    for name, subject in [("server", "IP:127.0.0.1"), ("other", "IP:127.0.0.1"), ("stranger", "DNS:elsewhere")]:
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}", "-days", "2"]
        command += ["-addext", f"subjectAltName={subject}"]
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)

    def tls_broker(name: str) -> Mosquitto:
        return make_broker(lines=[f"certfile {tmp_path}/{name}.pem", f"keyfile {tmp_path}/{name}.key"])

    good, misnamed = tls_broker("server"), tls_broker("stranger")
    inside = mat(good.port, tls=True, tls_ca_file=tmp_path / "server.pem")
    outside = [
        mat(good.port, "untrusted", tls=True, tls_ca_file=tmp_path / "other.pem"),
        mat(misnamed.port, "misnamed", tls=True, tls_ca_file=tmp_path / "stranger.pem"),
        mat(good.port, "plain"),
    ]
    end_s = perf_counter() + 5.0
    while perf_counter() < end_s and not (inside.health.connected and all(one.health.attempts >= 2 for one in outside)):
        time.sleep(0.02)
    assert inside.health.connected
    assert not any(one.health.connected for one in outside)
    assert "certificate verify failed" in caplog.text

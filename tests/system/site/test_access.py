"""A broker with the configuration of `acumat-site init`: the certificate decides who a client is, not what it sends."""

import shutil
import signal
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from firmware.site.main import site
from firmware.site.verbs.mats import now
from sim.broker import ADDRESS
from tests.system.site.engines import Collect, Engine, Postgres, Victoria, free_port, missing
from tests.system.site.load import SwarmProcess, differences, until_stored

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SEATED = b'{"event_type":"seated","event_id":"%b-r-%d","seq":%d}'


class TlsBroker(Engine):
    """mosquitto with the files of `acumat-site init`."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder, "broker")
        self._port = port

    def command(self) -> list[str]:
        """Return the command line."""
        own = self.folder / "own.conf"
        include = f"include_dir {self.folder / 'conf.d'}"
        own.write_text(f"user root\npersistence_location {self.folder}/\n{include}\n")
        return [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", str(own)]

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            socket.create_connection((ADDRESS, self._port), 1.0).close()
        except OSError:
            return False
        return True


@dataclass
class SecureSite:
    """A site with certificates."""

    folder: Path
    config: Path
    port: int
    postgres: Postgres
    broker: TlsBroker
    collector: Collect

    def run(self, *words: str, code: int = 0) -> str:
        """Run a verb of `acumat-site`; returns what it prints."""
        done = CliRunner().invoke(site, [*words, "--config", str(self.config)])
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    def reload(self) -> None:
        """What the unit beside mosquitto does after a change of the access list."""
        assert self.broker.process is not None
        self.broker.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)

    def credentials(self, mat: str) -> Path:
        """Return the folder that is copied to a mat."""
        return self.folder / "site/credentials" / mat

    def client(self, stack: ExitStack, files: Path, name: str = "") -> "Client":
        """Return a client with the certificate of a folder, or raise what the connection raises."""
        context = ssl.create_default_context(cafile=self.folder / "site/broker/ca.crt")
        context.load_cert_chain(files / "mat.crt", files / "mat.key")
        return Client(stack, context, self.port, name)


class Client:
    """A connection, and the reason of each refusal."""

    def __init__(self, stack: ExitStack, context: ssl.SSLContext, port: int, name: str) -> None:
        self.reasons: list[str] = []
        self.heard: list[str] = []
        self.up: bool | None = None
        self._client = paho.Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.tls_set_context(context)
        self._client.on_connect = lambda *given: setattr(self, "up", not given[3].is_failure)
        self._client.on_disconnect = lambda *_: setattr(self, "up", False)
        self._client.on_publish = lambda *given: self.reasons.append(str(given[3]))
        self._client.on_message = lambda *given: self.heard.append(given[2].topic)
        self._client.connect(ADDRESS, port)
        self._client.loop_start()
        stack.callback(self._client.loop_stop)
        stack.callback(self._client.disconnect)
        wait(lambda: self.up is not None)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> str:
        """Publish; returns the reason in the broker's answer, or "closed"."""
        count = len(self.reasons)
        self._client.publish(topic, payload, qos=1, retain=retain)
        wait(lambda: len(self.reasons) > count or not self.up)
        return self.reasons[-1] if len(self.reasons) > count else "closed"

    def subscribe(self, topic: str) -> None:
        """Subscribe."""
        self._client.subscribe(topic, 1)


def wait(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    end_s = time.perf_counter() + timeout_s
    while not condition():
        assert time.perf_counter() < end_s
        time.sleep(0.05)


@pytest.fixture(scope="module")
def secure() -> Iterator[SecureSite]:
    if (reason := missing()) is not None:
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="acumat-site-"))
    folder.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield start(folder, stack)


def start(folder: Path, stack: ExitStack) -> SecureSite:
    """Set a site up as docs/site.md does."""
    (folder / "conf.d").mkdir()
    (folder / "site").mkdir()
    port = free_port()
    postgres = stack.enter_context(Postgres(folder))
    victoria = stack.enter_context(Victoria(folder))
    config = folder / "site.toml"
    files = folder / "site/broker"
    config.write_text(
        f'[site]\nname = "north"\nfolder = "site"\n[broker]\nhost = "127.0.0.1"\nport = {port}\n'
        f'ca_file = "site/broker/ca.crt"\ncertificate_file = "site/broker/site.collector.crt"\n'
        f'key_file = "site/broker/site.collector.key"\n'
        f'[database]\nconninfo = "{postgres.conninfo}"\n[measures]\nurl = "{victoria.url}"\nevery_s = 1\n'
    )
    made = SecureSite(folder, config, port, postgres, TlsBroker(folder, port), Collect(folder, config))
    made.run("migrate")
    made.run("init", "--host", ADDRESS, "--bind", ADDRESS)
    (folder / "conf.d/site.conf").symlink_to(files / "mosquitto.conf")
    stack.enter_context(made.broker)
    stack.enter_context(made.collector)
    return made


def gets_in(secure: SecureSite, stack: ExitStack, files: Path) -> bool:
    """Whether a client with these files is connected; TLS 1.3 refuses a client only after the handshake."""
    try:
        return bool(secure.client(stack, files).up)
    except OSError:
        return False


def events(secure: SecureSite, mat: str) -> int:
    return len(secure.postgres.rows("SELECT 1 FROM event WHERE mat = %s", mat))


def test_mats_with_their_credentials_are_stored(secure: SecureSite, stack: ExitStack) -> None:
    """Three mats with the folders of `enrol`: everything arrives, and `mats`, `report` and `doctor` say so."""
    secure.run("enrol", "good-1", "good-2", "good-3")
    secure.reload()
    folder = secure.folder / "site/credentials"
    options = {"prefix": "good-", "mats": 3, "rate": 2, "events": 16, "seconds": 3, "credentials": folder}
    sent = stack.enter_context(SwarmProcess(secure.folder, secure.port, **options)).wait(60)
    until_stored(secure.postgres, sent)
    assert differences(secure.postgres, sent) == []
    assert "good-2" in secure.run("mats")
    (month,) = [
        line.split() for line in secure.run("report", "--months", "1").splitlines() if line.startswith(f"{now():%Y}")
    ]
    assert month[:5] == [f"{now():%Y-%m}", "6", "3", "0", "1.0"]


def test_another_mats_certificate_is_refused(secure: SecureSite, stack: ExitStack) -> None:
    """A mat cannot write below another's topic, nor read its commands, whatever client id it uses."""
    secure.run("enrol", "thief-1", "victim-1")
    secure.reload()
    thief = secure.client(stack, secure.credentials("thief-1"), "acumat-victim-1")
    thief.subscribe("acumat/victim-1/cmd/#")
    thief.subscribe("acumat/#")
    assert thief.publish("acumat/victim-1/event", SEATED % (b"victim-1", 1, 1)) == "Not authorized"
    assert thief.publish("acumat/victim-1/cmd/replay", b"1") == "Not authorized"
    assert thief.publish("acumat/thief-1/event", SEATED % (b"thief-1", 1, 1)) == "Success"
    wait(lambda: events(secure, "thief-1") == 1)
    assert events(secure, "victim-1") == 0
    assert thief.heard == []


def test_a_forged_event_in_its_own_topic_is_a_dead_letter(secure: SecureSite, stack: ExitStack) -> None:
    """The event id names another mat: nothing of it is an event, and it is kept with its reason."""
    secure.run("enrol", "forger-1")
    secure.reload()
    forger = secure.client(stack, secure.credentials("forger-1"))
    assert forger.publish("acumat/forger-1/event", SEATED % (b"victim-9", 1, 1)) == "Success"
    query = "SELECT reason FROM dead_letter WHERE topic = 'acumat/forger-1/event'"
    wait(lambda: secure.postgres.rows(query) == [("the event id is not of this mat",)])
    assert events(secure, "victim-9") == events(secure, "forger-1") == 0


def test_an_unknown_mat_does_not_get_in(secure: SecureSite, stack: ExitStack) -> None:
    """A certificate of another authority ends in the handshake, and so does none at all; the broker logs both."""
    secure.run("enrol", "known-1")
    secure.reload()
    other = secure.folder / "other.toml"
    other.write_text(secure.config.read_text().replace('folder = "site"', 'folder = "other"'))
    (secure.folder / "other").mkdir()
    for words in (("init", "--host", ADDRESS), ("enrol", "stranger-1")):
        done = CliRunner().invoke(site, [*words, "--config", str(other)])
        assert done.exit_code == 0, done.output
    before = secure.broker.log.count("error")
    assert not gets_in(secure, stack, secure.folder / "other/credentials/stranger-1")
    wait(lambda: secure.broker.log.lower().count("error") > before)
    assert events(secure, "stranger-1") == 0


def test_a_retired_mat_stays_out(secure: SecureSite, stack: ExitStack) -> None:
    """It loses its rights at once and cannot come back; nothing retained is left; it may be enrolled again."""
    secure.run("enrol", "old-1")
    secure.reload()
    kept = secure.folder / "kept"
    shutil.copytree(secure.credentials("old-1"), kept)
    old = secure.client(stack, kept)
    assert old.publish("acumat/old-1/state", b'{"stage":"idle"}', retain=True) == "Success"
    assert old.publish("acumat/old-1/event", SEATED % (b"old-1", 1, 1)) == "Success"
    wait(lambda: events(secure, "old-1") == 1)
    secure.run("retire", "old-1")
    secure.reload()
    assert old.publish("acumat/old-1/event", SEATED % (b"old-1", 2, 2)) in ("Not authorized", "closed")
    assert not gets_in(secure, stack, kept)
    assert events(secure, "old-1") == 1
    watch = secure.client(stack, _collector_files(secure))
    watch.subscribe("acumat/old-1/#")
    time.sleep(1.0)
    assert watch.heard == []
    secure.run("enrol", "old-1")
    secure.reload()
    again = secure.client(stack, secure.credentials("old-1"))
    assert again.publish("acumat/old-1/event", SEATED % (b"old-1", 4, 4)) == "Success"
    wait(lambda: events(secure, "old-1") == 2)


def test_names_and_payloads_that_are_too_long(secure: SecureSite, stack: ExitStack) -> None:
    """A packet beyond the limit ends the connection; a long topic below the mat's own is a dead letter or nothing."""
    secure.run("enrol", "long-1")
    secure.reload()
    client = secure.client(stack, secure.credentials("long-1"))
    name = "x'); DROP TABLE event; --" * 40
    assert client.publish(f"acumat/long-1/{name}", b"{}") == "No matching subscribers"
    assert client.publish("acumat/long-1/event", b"x" * 30_000) == "closed"
    assert CliRunner().invoke(site, ["enrol", name, "--config", str(secure.config)]).exit_code != 0
    assert events(secure, "long-1") == 0


def _collector_files(secure: SecureSite) -> Path:
    """The certificate of the collector under the names that the folder of a mat has."""
    folder = secure.folder / "collector"
    folder.mkdir()
    for kind in ("crt", "key"):
        shutil.copy(secure.folder / f"site/broker/site.collector.{kind}", folder / f"mat.{kind}")
    return folder

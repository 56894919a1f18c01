"""A site with real engines in a folder that the user postgres may enter."""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as paho
import psycopg
import pytest
from click.testing import CliRunner
from paho.mqtt.enums import CallbackAPIVersion

from firmware.site.main import site
from sim.broker import ADDRESS, Mosquitto
from tests.system.site.engines import Collect, Postgres, Victoria, missing

# As in systemd/site/mosquitto.conf.
BROKER = ("max_inflight_messages 1000", "max_queued_messages 100000", "autosave_interval 60")


@dataclass
class RunningSite:
    """The engines of one site."""

    folder: Path
    broker: Mosquitto
    postgres: Postgres
    victoria: Victoria
    config: Path
    collectors: list[Collect] = field(default_factory=list)

    def restart_broker(self) -> None:
        """SIGKILL, then start."""
        self.broker.end(signal.SIGKILL)
        self.broker.start()

    def publish(self, topic: str, *payloads: bytes, retain: bool = False) -> None:
        """Publish with QoS 1 and wait until the broker has it."""
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.connect(ADDRESS, self.broker.port)
        client.loop_start()
        for payload in payloads:
            client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)
        client.disconnect()
        client.loop_stop()

    def subscribe(self, stack: ExitStack, topic: str) -> list[bytes]:
        """Return a list that grows with the payloads of a topic."""
        heard: list[bytes] = []
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.on_message = lambda _client, _data, message: heard.append(bytes(message.payload))
        client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        client.connect(ADDRESS, self.broker.port)
        client.loop_start()
        stack.callback(client.loop_stop)
        stack.callback(client.disconnect)
        return heard

    def wait_for(self, condition: Callable[[], bool], timeout_s: float = 40.0) -> None:
        """Wait until a condition is true."""
        end_s = time.perf_counter() + timeout_s
        while not condition():
            assert time.perf_counter() < end_s, [one.log[-2000:] for one in self.collectors]
            time.sleep(0.1)

    def until(self, query: str, count: int) -> None:
        """Wait until a query counts so many."""
        self.wait_for(lambda: self.postgres.rows(query) == [(count,)])

    def enrol(self, prefix: str, count: int) -> None:
        """Enrol mats in the database only, as this broker asks for no certificate."""
        with psycopg.connect(self.postgres.conninfo) as connection:
            for number in range(1, count + 1):
                connection.execute("INSERT INTO mat (site, mat) VALUES ('north', %s)", [f"{prefix}{number}"])


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSite]:
    """The engines of a site; every test of a file uses mats of its own."""
    if (reason := missing()) is not None:
        pytest.skip(reason)
    path = Path(tempfile.mkdtemp(prefix="acumat-site-"))
    path.chmod(0o755)  # the user postgres enters it
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, path, ignore_errors=True)
        yield start_site(path, stack)


def start_site(folder: Path, stack: ExitStack) -> RunningSite:
    """Start the engines, write the settings, make the tables."""
    (folder / "broker").mkdir()
    (folder / "site").mkdir()
    broker = stack.enter_context(Mosquitto(folder / "broker", lines=BROKER))
    postgres = stack.enter_context(Postgres(folder))
    victoria = stack.enter_context(Victoria(folder))
    config = folder / "site.toml"
    config.write_text(
        f'[site]\nname = "north"\nfolder = "site"\n[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
        f'[database]\nconninfo = "{postgres.conninfo}"\n[measures]\nurl = "{victoria.url}"\nevery_s = 1\n'
    )
    done = CliRunner().invoke(site, ["migrate", "--config", str(config)])
    assert done.exit_code == 0, done.output
    return RunningSite(folder, broker, postgres, victoria, config)

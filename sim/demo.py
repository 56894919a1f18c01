"""A private broker for a demonstration, when mosquitto is installed: the user's own process on a free loopback port."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.broker import ADDRESS, Mosquitto, installed


@contextmanager
def private_broker() -> Iterator[tuple[str, int] | None]:
    """Yield host and port of a broker that runs as long as the context; None where mosquitto is not installed.

    Raises:
        TimeoutError: mosquitto is installed but does not start.
    """
    if not installed():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="acumat-demo-") as folder, Mosquitto(Path(folder)) as broker:
        yield ADDRESS, broker.port


def follow_line(host: str, port: int) -> str:
    """Return the command that shows everything the mat publishes."""
    return f"mosquitto_sub -h {host} -p {port} -v -t 'acumat/#'"

"""A private broker for a demonstration, when mosquitto is installed: the user's own process on a free loopback port."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from firmware.terminal.scene import LabelledFact
from sim.broker import ADDRESS, Mosquitto, mosquitto_installed

WATCHED_SPEED: Final = 30.0  # half a minute for a session of ten
UNWATCHED_SPEED: Final = 60.0  # without a terminal nobody watches
DASHBOARD_PORT: Final = 1883  # where Home Assistant looks first; any other one where it is taken
NEXT_STORY: Final = {"pain": "session"}  # the story to see next; after any other one it is pain


def port_of(*, demo: bool, dashboard: bool) -> int | None:
    """Return the port for private_broker: the usual one for a dashboard, any for a demonstration, else none."""
    if dashboard:
        return DASHBOARD_PORT
    return 0 if demo else None


@contextmanager
def private_broker(port: int | None) -> Iterator[tuple[str, int] | None]:
    """Yield host and port of a broker that runs as long as the context; None where mosquitto is not installed.

    port None: none is wanted; 0: any that is free.

    Raises:
        TimeoutError: mosquitto is installed but does not start.
    """
    if port is None or not mosquitto_installed():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="acumat-demo-") as name, Mosquitto(Path(name), port=port or None) as broker:
        yield ADDRESS, broker.port


def follow_command(host: str, port: int) -> str:
    """Return the command that shows everything the mat publishes."""
    return f"mosquitto_sub -h {host} -p {port} -v -t 'acumat/#'"


def next_commands(program: str, story: str) -> tuple[LabelledFact, ...]:
    """Return what to type after the demonstration; program is the path this one was started by."""
    path = Path(program).absolute()
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else Path(path.name)
    other = NEXT_STORY.get(story, "pain")
    label = {"pain": "If it hurts", "session": "All is well"}[other]
    return LabelledFact(label, f"make demo STORY={other}"), LabelledFact("All stories", f"{shown} --list")

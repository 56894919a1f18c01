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
NEXT_STORY: Final = {"pain": "session"}  # the story to see next; after any other one it is pain


@contextmanager
def private_broker() -> Iterator[tuple[str, int] | None]:
    """Yield host and port of a broker that runs as long as the context; None where mosquitto is not installed.

    Raises:
        TimeoutError: mosquitto is installed but does not start.
    """
    if not mosquitto_installed():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="acumat-demo-") as folder, Mosquitto(Path(folder)) as broker:
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

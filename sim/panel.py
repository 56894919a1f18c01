"""The same controls as the real mat, for a simulated one: a dispatcher with two invented people, and its publisher."""

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.cli.publishing import machine_figures, parts_of
from firmware.clock import Clock, SystemClock
from firmware.config import Device, Mqtt
from firmware.cues.night import NightHours
from firmware.dispatcher import CommandDispatcher
from firmware.mqtt.forget import forget, forget_dialer
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.topics import TopicNames
from firmware.programme.levels import shipped_programme
from firmware.programme.people import People
from firmware.programme.plan import Plan
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.core import MatCore
    from firmware.ports import Sink
    from hardware.board import Board

DEVICE: Final = Device(id="simulated", name="Simulated acupressure mat")
PEOPLE: Final = ("Ana", "Ben")
ALWAYS, NEVER = NightHours("00:00", "23:59"), NightHours("00:00", "00:00")


def settings_of(address: tuple[str, int]) -> Mqtt:
    """Return the settings: nobody's pain and nobody's name, so everything is shared."""
    host, port = address
    return Mqtt(enabled=True, host=host, port=port, share_pain=True, share_person=True)


@dataclass(frozen=True, slots=True)
class Panel:
    """What the loop of a simulated mat that publishes needs: its sinks, in their order, and the dispatcher."""

    sinks: "list[Sink]"
    dispatcher: CommandDispatcher


@contextmanager
def published(
    board: "Board", address: tuple[str, int], core: "MatCore", *, goal_min: float, night: bool
) -> "Iterator[Panel]":
    """Publish a mat with two invented people; its database lives as long as the run."""
    clock, people = SystemClock(), People()
    for name in PEOPLE:
        people = people.add(name)
    with tempfile.TemporaryDirectory(prefix="acumat-mqtt-") as name:
        database = Database(Path(name), clock, wall_is_set=clock_is_set)
        store = SessionStore(database, clock, cells=len(board.cells), simulated=True)
        store.save_people(people)
        plan = Plan(shipped_programme(), people, guest_min=goal_min)
        hours = ALWAYS if night else NEVER
        dispatcher = CommandDispatcher(core, plan, clock, night=hours, store=store, wall_is_set=clock_is_set)
        publisher = publisher_of(board, address, dispatcher, database, clock)
        yield Panel([dispatcher, store, publisher], dispatcher)


def publisher_of(
    board: "Board", address: tuple[str, int], dispatcher: CommandDispatcher, database: Database, clock: Clock
) -> Publisher:
    """Start the publisher of a simulated mat; clock is that of its database."""
    parts = replace(parts_of(dispatcher, database, clock), machine=lambda: machine_figures(0))
    return Publisher(settings_of(address), DEVICE, board, SystemClock(), wall_is_set=clock_is_set, parts=parts)


def clock_is_set() -> bool:
    """Return what a mat in a simulation knows of its wall clock."""
    return True


def remove_from(address: tuple[str, int], clock: Clock, *, keep: bool) -> None:
    """Leave nothing at a broker, unless it should be kept. Raises BrokerError."""
    if keep:
        return
    mqtt, names = settings_of(address), TopicNames(DEVICE.id)
    forget(forget_dialer(mqtt, names), names, clock)


def how_to_connect(address: tuple[str, int] | None) -> str:
    """Return how to connect Home Assistant to the broker of this run, or why there is none."""
    if address is None:
        return "mosquitto is not installed: sudo apt install mosquitto"
    host, port = address
    return (
        f"Home Assistant: Settings > Devices & services > Add integration > MQTT; broker {host}, port {port}, no user "
        "name. Ctrl-C ends the mat and the broker."
    )

"""The same controls as the real mat, for a simulated one: a dispatcher with two invented people, and its publisher."""

from typing import TYPE_CHECKING, Final

from firmware.clock import Clock, SystemClock
from firmware.config import Device, Mqtt
from firmware.cues.night import NightHours
from firmware.dispatcher import CommandDispatcher
from firmware.mqtt.forget import forget, forget_dialer
from firmware.mqtt.parts import MatParts
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.topics import TopicNames
from firmware.programme.levels import shipped_programme
from firmware.programme.people import People
from firmware.programme.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.core import MatCore
    from firmware.ports import Sink
    from hardware.board import Board

DEVICE: Final = Device(id="simulated", name="Simulated acupressure mat")
PEOPLE: Final = ("Ana", "Ben")
ALWAYS, NEVER = NightHours("00:00", "23:59"), NightHours("00:00", "00:00")


def dispatcher_of(core: "MatCore", goal_min: float, *, night: bool) -> CommandDispatcher:
    """Return a dispatcher whose clock is set and whose day or night is that of the story."""
    people = People()
    for name in PEOPLE:
        people = people.add(name)
    plan = Plan(shipped_programme(), people, guest_min=goal_min)
    return CommandDispatcher(core, plan, SystemClock(), night=ALWAYS if night else NEVER, wall_is_set=lambda: True)


def settings_of(address: tuple[str, int]) -> Mqtt:
    """Return the settings: nobody's pain and nobody's name, so everything is shared."""
    host, port = address
    return Mqtt(enabled=True, host=host, port=port, share_pain=True, share_person=True)


def publisher_of(board: "Board", address: tuple[str, int], dispatcher: CommandDispatcher) -> Publisher:
    """Start the publisher of a simulated mat."""
    parts = MatParts(submit=dispatcher.submit, settle=dispatcher.close, control=lambda: dispatcher.control)
    return Publisher(settings_of(address), DEVICE, board, SystemClock(), wall_is_set=lambda: True, parts=parts)


def published(
    board: "Board",
    address: tuple[str, int],
    dispatcher: CommandDispatcher | None,
    core: "MatCore",
    *,
    goal_min: float,
    night: bool,
) -> "tuple[list[Sink], Callable[[], None]]":
    """Return the sinks of a mat that publishes, and what the loop attends to; without a dispatcher they have one."""
    sinks: list[Sink] = []
    if dispatcher is None:
        dispatcher = dispatcher_of(core, goal_min, night=night)
        sinks.append(dispatcher)
    return [*sinks, publisher_of(board, address, dispatcher)], dispatcher.process_pending


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

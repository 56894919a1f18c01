"""A mat, its broker in memory, and the exchange between them."""

from collections.abc import Callable

import pytest

from firmware.config import Device
from firmware.mqtt.backoff import Backoff
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.discovery import Discovery
from firmware.mqtt.live import LiveLease
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.parts import MatParts
from firmware.mqtt.payloads import info_payload
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.telemetry import Telemetry
from firmware.mqtt.topics import TopicNames
from firmware.mqtt.uplink import Uplink
from hardware.board import Board, load_board
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker

Run = Callable[[float], None]
Wire = Callable[..., Uplink]


@pytest.fixture(scope="session")
def board() -> Board:
    return load_board()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def broker(clock: ManualClock) -> FakeBroker:
    return FakeBroker(clock)


@pytest.fixture
def names() -> TopicNames:
    return TopicNames("attic")


@pytest.fixture
def outbox(clock: ManualClock) -> Outbox:
    return Outbox("attic", "run1", events_max=50, boottime_s=lambda: clock.now_s)


@pytest.fixture
def retained_state(board: Board, names: TopicNames) -> RetainedState:
    device = Device(id="attic")
    discovery = Discovery(names, device, board, "1.2.3", ())
    info = info_payload(device, board, "1.2.3", "run1")
    return RetainedState(names, info, lambda accepts: discovery.payload((), accepts_commands=accepts))


@pytest.fixture
def wire(  # noqa: PLR0917 - fixtures
    broker: FakeBroker,
    outbox: Outbox,
    retained_state: RetainedState,
    clock: ManualClock,
    board: Board,
    names: TopicNames,
) -> Wire:
    """Return a function that puts an exchange together, with or without commands."""

    def wire(commands: CommandReceiver | None = None, parts: MatParts | None = None) -> Uplink:
        lease = LiveLease()
        if commands is not None:
            commands.own["live_lease"] = lease.command
        telemetry = Telemetry(
            outbox,
            retained_state,
            parts or MatParts(),
            board=board,
            clock=clock,
            wall_is_set=lambda: True,
            shares=(),
            commands=commands,
            lease=lease,
            live_topic=names.below("live"),
        )
        made = Uplink(
            broker.dial,
            outbox,
            retained_state,
            clock,
            Backoff("acumat-attic"),
            names=names,
            commands=commands,
            refresh=lambda: telemetry.refresh(made),
            live=telemetry.live,
            run_id="run1",
        )
        return made

    return wire


@pytest.fixture
def uplink(wire: Wire) -> Uplink:
    return wire()


@pytest.fixture
def run(uplink: Uplink, clock: ManualClock) -> Run:
    """Run the uplink for some seconds of the clock."""
    return lambda seconds: run_for(uplink, clock, seconds)


def run_for(uplink: Uplink, clock: ManualClock, seconds: float) -> None:
    """Run an uplink for some seconds of the clock."""
    end_s = clock.now_s + seconds
    while clock.now_s < end_s:
        if not uplink.step(0.1):
            clock.sleep_s(0.1)

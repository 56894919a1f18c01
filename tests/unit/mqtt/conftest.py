"""A mat, its broker in memory, and the exchange between them."""

from collections.abc import Callable

import pytest

from firmware.config import Device
from firmware.mqtt.backoff import Backoff
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.uplink import Uplink
from hardware.board import Board, load_board
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker


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
def outbox() -> Outbox:
    return Outbox(events_max=50)


@pytest.fixture
def retained_state(board: Board) -> RetainedState:
    return RetainedState(Device(id="attic"), board, "1.2.3", "run1")


@pytest.fixture
def uplink(broker: FakeBroker, outbox: Outbox, retained_state: RetainedState, clock: ManualClock) -> Uplink:
    return Uplink(broker.dial, outbox, retained_state, clock, Backoff("acumat-attic"))


@pytest.fixture
def run(uplink: Uplink, clock: ManualClock) -> Callable[[float], None]:
    """Run the uplink for some seconds of the clock."""

    def run(seconds: float) -> None:
        end_s = clock.now_s + seconds
        while clock.now_s < end_s:
            if not uplink.step(0.1):
                clock.sleep_s(0.1)

    return run

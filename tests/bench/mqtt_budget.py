"""Messages and attempts counted on a clock that moves by hand: the product's uplink before a broker in memory."""

import json

from firmware.config import Device
from firmware.core import MatCore
from firmware.enums import State
from firmware.mqtt.backoff import Backoff, ConnectionFailure
from firmware.mqtt.discovery import Discovery
from firmware.mqtt.live import LiveLease
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.parts import MatParts
from firmware.mqtt.payloads import info_payload
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.telemetry import Telemetry
from firmware.mqtt.topics import TopicNames
from firmware.mqtt.uplink import Uplink
from hardware.board import load_board
from sim.frames import Bench, FrameSource
from sim.people import story as stories
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker

BOARD = load_board()
LYING = (State.EASING, State.RESTING)


def exchange(clock: ManualClock, broker: FakeBroker, outbox: Outbox) -> Uplink:
    """Return an uplink of a mat without commands."""
    names, device = TopicNames("attic"), Device(id="attic")
    discovery = Discovery(names, device, BOARD, "1", ())
    retained = RetainedState(
        names, info_payload(device, BOARD, "1", "r"), lambda on: discovery.payload((), accepts_commands=on)
    )
    telemetry = Telemetry(
        outbox, retained, MatParts(), board=BOARD, clock=clock, wall_is_set=lambda: True, shares=(), commands=None,
        lease=LiveLease(), live_topic="live",
    )  # fmt: skip
    made = Uplink(
        broker.dial, outbox, retained, clock, Backoff("acumat-attic"), names=names,
        refresh=lambda: telemetry.refresh(made), run_id="r",
    )  # fmt: skip
    return made


def attempts(failure: ConnectionFailure, seconds: float) -> list[float]:
    """Return when a mat knocks at a broker that refuses it, or that throws it out again."""
    clock = ManualClock()
    broker = FakeBroker(clock)
    if failure is ConnectionFailure.TAKEN_OVER:
        broker.disconnects_after_s, broker.disconnect_failure = 0.1, failure
    else:
        broker.refuse = failure
    uplink = exchange(clock, broker, Outbox())
    end_s = clock.now_s + seconds
    while clock.now_s < end_s:
        if not uplink.step(0.1):
            clock.sleep_s(0.1)
    return [at_s for at_s, _ in broker.attempts]


def messages_a_minute(*, hours: float) -> tuple[float, float]:
    """Return retained messages of an empty mat, mean, and state messages of a lying person, most in any minute."""
    clock = ManualClock()
    broker, outbox = FakeBroker(clock), Outbox(cells=tuple(cell.name for cell in BOARD.cells))
    uplink = exchange(clock, broker, outbox)
    bench = Bench(stories.load_story("session"), BOARD, 3, rate_hz=10.0)
    core, source, start_s = MatCore(BOARD, bench.calibration), FrameSource(bench), clock.now_s
    last = None
    while True:
        try:
            frames = source.read(0.1)
        except EOFError:
            break
        if frames is None:
            continue
        for tick in core.push(frames):
            outbox.put(tick, clock.wall_s())
            clock.now_s = max(clock.now_s, start_s + tick.t_s)
            uplink.step(0.0)
            last = tick
    states = [(one.at_s, json.loads(one.payload)) for one in broker.on("/state")]
    times = [at_s for at_s, one in states if one["stage"] in LYING]
    lying = max(sum(begin <= at_s < begin + 60 for at_s in times) for begin in times)
    assert last is not None
    began_s = clock.now_s + 120.0
    before = 0
    for _ in range(round(10 * (3600 * hours + 120))):
        clock.now_s += 0.1
        outbox.put(last._replace(t_s=clock.now_s - start_s, events=()), clock.wall_s())
        if clock.now_s < began_s:
            before = len(broker.messages)
        uplink.step(0.0)
    retained = [one for one in broker.messages[before:] if one.retain]
    return len(retained) / (60 * hours), float(lying)

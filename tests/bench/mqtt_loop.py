"""What MQTT costs the loop of the mat: gaps between ticks and the time of one offer, while the broker is frozen too."""

import os
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Final, NamedTuple

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.enums import State
from firmware.events import LieDown
from firmware.mqtt import Publisher
from hardware.board import load_board
from sim.broker import ADDRESS, Mosquitto
from tests.bench.report import Row, row
from tests.doubles.ticks import tick

MOST_EVENTS: Final = 8  # of one tick, in any story of the simulator
TICK_S: Final = 0.1


class Paced(NamedTuple):
    """Seconds of each tick of a run: from the tick before, of its offer, and of the processor for it."""

    gaps: list[float]
    took: list[float]
    busy: list[float]


def frozen_broker(seconds: float) -> list[Row]:
    """Ten ticks a second, each with all the events that a tick can have: before, while and after the broker is frozen.

    Other work on the machine comes and goes: what was before and after is the measure together.
    """
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        mqtt = Mqtt(enabled=True, host=ADDRESS, port=broker.port)
        publisher = Publisher(mqtt, Device(id="attic"), load_board(), SystemClock())
        _paced(publisher, 2.0)
        before = _paced(publisher, seconds)
        broker.pause()
        during = _paced(publisher, seconds)
        broker.resume()
        after = _paced(publisher, seconds)
        publisher.close()
    ratio = _p99(during.gaps) / _p99([*before.gaps, *after.gaps])
    took, busy = [*before.took, *during.took], [*before.busy, *during.busy, *after.busy]
    how = (
        f"broker stopped by SIGSTOP for {seconds:g} s, ticks at 10 Hz with {MOST_EVENTS} events each, the most of any "
        f"story; load {os.getloadavg()[0]:.1f}"
    )
    return [
        row("frozen broker, gaps p99 during over before and after", ratio, "ratio", "<= 1.1", n=len(during.gaps),
            label="measured", how=how),
        row("publish in the loop, p99", 1000 * _p99(took), "ms", "<= 1", n=len(took), label="measured", how=how),
        row("publish in the loop while what waited is sent, p99", 1000 * _p99(after.took), "ms", "", n=len(after.took),
            label="measured", how=how),
        row("publish in the loop, processor time p99", 1000 * _p99(busy), "ms", "<= 1", n=len(busy), label="measured",
            how=how),
    ]  # fmt: skip


def _paced(publisher: Publisher, seconds: float) -> Paced:
    paced, last_s = Paced([], [], []), time.perf_counter()
    for n in range(round(seconds / TICK_S)):
        time.sleep(TICK_S)
        now_s = time.perf_counter()
        paced.gaps.append(now_s - last_s)
        last_s = now_s
        events = tuple(LieDown(t_s=n / 10, detected_s=n / 10, load_n=600.123) for _ in range(MOST_EVENTS))
        made, busy_s = tick(n / 10, State.RESTING, load_n=600.0 + n, events=events), time.thread_time()
        began_s = time.perf_counter()
        publisher.offer(made)
        paced.took.append(time.perf_counter() - began_s)
        paced.busy.append(time.thread_time() - busy_s)
    return paced


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]

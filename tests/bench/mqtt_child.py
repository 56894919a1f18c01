"""A mat in a process of its own, to be killed: folder, port, seconds. It publishes an event 20 times a second."""

import sys
import time
from pathlib import Path

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.enums import State
from firmware.events import Repositioned
from firmware.mqtt import Publisher
from firmware.mqtt.parts import MatParts
from firmware.storage.database import Database
from firmware.storage.event_journal import EventJournal
from hardware.board import load_board
from tests.doubles.ticks import tick

EVERY_S = 0.05


def main(folder: Path, port: int, seconds: float) -> None:
    """Run until the time is over; the events that wait then are delivered."""
    clock = SystemClock()
    database = Database(folder, clock)
    parts = MatParts(store=EventJournal(database), submit=lambda request: request.answer(None))
    publisher = Publisher(
        Mqtt(enabled=True, host="127.0.0.1", port=port), Device(id="attic"), load_board(), clock, parts=parts
    )
    for n in range(round(seconds / EVERY_S)):
        t_s = n * EVERY_S
        publisher.offer(tick(t_s, State.RESTING, load_n=600.0, events=(Repositioned(t_s),)))
        time.sleep(EVERY_S)
    while publisher.health.events_waiting:
        publisher.offer(tick(seconds))
        time.sleep(EVERY_S)
    publisher.close()
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))

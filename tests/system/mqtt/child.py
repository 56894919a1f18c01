"""A mat in a process of its own, to be killed: publishes to 127.0.0.1 at the port that is its argument."""

import sys
import time

from firmware.clock import SystemClock
from firmware.config import Device, Mqtt
from firmware.mqtt import Publisher
from hardware.board import load_board
from tests.doubles.ticks import tick

publisher = Publisher(
    Mqtt(enabled=True, host="127.0.0.1", port=int(sys.argv[1])), Device(id="attic"), load_board(), SystemClock()
)
for n in range(600):
    publisher.offer(tick(n / 10))
    time.sleep(0.1)

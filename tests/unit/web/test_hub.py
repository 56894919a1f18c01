"""Between the loop and the readers: bounded, never blocking, the newest frame for everybody."""

import asyncio

import msgspec

from firmware.web.follower import LiveFollower
from firmware.web.hub import WAITING_MOST, Hub
from hardware import board as boards
from tests.doubles.ticks import tick


def hub() -> Hub:
    return Hub(LiveFollower(boards.load_board()))


def test_the_oldest_tick_goes_when_nobody_takes_them() -> None:
    """So a page that hangs costs no memory, and how many were lost is counted."""
    made = hub()
    for number in range(WAITING_MOST + 7):
        made.offer(tick(0.1 * number), None)
    assert made.dropped == 7
    assert made.take()
    assert not made.take()
    assert made.frame is not None
    assert made.frame.number == WAITING_MOST


def test_a_reader_gets_the_newest_frame() -> None:
    """One message for many ticks, a comment while there is none."""

    async def read() -> tuple[bytes, bytes, bytes]:
        made = hub()
        running = asyncio.create_task(made.run())
        await asyncio.sleep(0)
        made.readers = 1
        made.offer(tick(1.0), None)
        first = await made.next_message(5)
        for number in range(3):
            made.offer(tick(2.0 + number), None)
        second = await made.next_message(5)
        nothing = await made.next_message(0.05)
        running.cancel()
        return first, second, nothing

    first, second, nothing = asyncio.run(read())
    assert msgspec.json.decode(first[6:])["t_s"] == 1.0
    assert msgspec.json.decode(second[6:])["t_s"] == 4.0
    assert nothing.startswith(b":")


def test_a_loop_that_has_ended_is_no_error() -> None:
    """The thread of the page may be between two tries while ticks come."""
    made = hub()

    async def begin() -> None:
        running = asyncio.create_task(made.run())
        await asyncio.sleep(0)
        running.cancel()

    asyncio.run(begin())
    made.readers = 1
    made.offer(tick(1.0), None)
    made.offer(tick(2.0), None)
    assert made.take()

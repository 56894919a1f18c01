"""From the loop to the page: a bounded queue of ticks on one side, any number of readers on the other.

A reader always gets the newest frame and never a queue: one that is slow sees fewer frames, and costs nothing more.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from firmware.view import Tick
    from firmware.web.follower import LiveFollower
    from firmware.web.live import Frame

WAITING_MOST: Final = 1024  # ticks; two minutes of frame time
APART_S: Final = 0.09  # between two frames: ten a second
UNWATCHED_S: Final = 0.5  # how often ticks are taken when nobody looks
READERS_MOST: Final = 32


class Hub:
    """offer is called by the loop; everything else by the thread of the page."""

    def __init__(self, follower: "LiveFollower") -> None:
        self.follower = follower
        self.dropped = 0
        self.readers = 0
        self.frame: Frame | None = None
        self.message = b""
        self._waiting: deque[tuple[Tick, float | None]] = deque(maxlen=WAITING_MOST)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived: asyncio.Event | None = None
        self._changed = asyncio.Condition()

    def offer(self, tick: "Tick", pacer_s: float | None) -> None:
        """Take a tick; never blocks. The oldest goes when the thread of the page does not keep up."""
        if len(self._waiting) == WAITING_MOST:
            self.dropped += 1
        self._waiting.append((tick, pacer_s))
        loop, arrived = self._loop, self._arrived
        if self.readers and loop is not None and arrived is not None and not arrived.is_set():
            try:
                loop.call_soon_threadsafe(arrived.set)
            except RuntimeError:  # the loop of the page has just ended
                self._loop = None

    @property
    def full(self) -> bool:
        """Whether no further reader is taken."""
        return self.readers >= READERS_MOST

    async def run(self) -> None:
        """Make frames until cancelled."""
        self._changed, self._arrived = asyncio.Condition(), asyncio.Event()
        self._loop = asyncio.get_running_loop()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), UNWATCHED_S)
            self._arrived.clear()
            if self.take():
                async with self._changed:
                    self._changed.notify_all()
            await asyncio.sleep(APART_S)

    def take(self) -> bool:
        """Take the ticks that wait and make a frame of the newest; return whether there is a new one."""
        if not self._waiting:
            return False
        while self._waiting:
            self.follower.offer(*self._waiting.popleft())
        self.frame = self.follower.frame()
        self.message = b"data: " + msgspec.json.encode(self.frame) + b"\n\n"
        return True

    async def next_message(self, timeout_s: float) -> bytes:
        """Return the next frame as a server-sent event; a comment when none comes in time."""
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait(), timeout_s)
            except TimeoutError:
                return b": waiting\n\n"
        return self.message

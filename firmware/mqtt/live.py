"""The live topic: only while somebody wants it, because five messages a second cost every client of the broker."""

from typing import Final

from firmware.mqtt.commands import OwnCommand, Value

RATE_HZ: Final = 5.0
LEASE_S: Final = 10.0
LEASE_MAX_S: Final = 60.0


class LiveLease:
    """Whether and when a frame is due. Times in seconds of one monotonic clock, from now_s of the last call."""

    def __init__(self) -> None:
        self._until_s = float("-inf")
        self._sent_s = float("-inf")
        self._now_s = 0.0
        self.frames = 0

    @property
    def command(self) -> OwnCommand:
        """The command that renews it."""
        return OwnCommand(
            f"empty, or a number from 0 to {LEASE_MAX_S:g}",
            f"Publish `live` for so many seconds, {LEASE_S:g} without a value; 0 ends it. Renew it while you look.",
            self._renew,
        )

    def due(self, now_s: float) -> bool:
        """Whether to send a frame now; counts it."""
        self._now_s = now_s
        # A tenth of a gap of tolerance: the publisher's steps are not exact.
        if now_s > self._until_s or now_s - self._sent_s < 0.9 / RATE_HZ:
            return False
        self._sent_s = now_s
        self.frames += 1
        return True

    def _renew(self, value: Value) -> str | None:
        seconds = LEASE_S if value in {None, "", True} else value
        if isinstance(seconds, bool | str) or seconds is None or not 0 <= seconds <= LEASE_MAX_S:
            return f"give a number of seconds from 0 to {LEASE_MAX_S:g}, or nothing"
        self._until_s = self._now_s + seconds
        return None

"""The sd_notify protocol (ready, watchdog, status, stopping), with the standard library only."""

import os
import socket
from collections.abc import Mapping

from firmware.clock import Clock, SystemClock


class Notifier:
    """Sends datagrams to the socket of the service manager, if there is one. Never blocks, never raises."""

    def __init__(self, address: str | None) -> None:
        self._socket: socket.socket | None = None
        if address:
            self._address = "\0" + address[1:] if address.startswith("@") else address  # @ marks an abstract socket
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)  # noqa: FBT003 - the standard library has no name for it

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Notifier":
        """Use NOTIFY_SOCKET, if it is set."""
        return cls(environ.get("NOTIFY_SOCKET"))

    def send(self, *fields: str) -> bool:
        """Send fields like READY=1; returns whether they were sent."""
        if self._socket is None:
            return False
        try:
            self._socket.sendto("\n".join(fields).encode(), self._address)
        except OSError:
            return False
        return True

    def ready(self, status: str) -> bool:
        """Report that the service has started."""
        return self.send("READY=1", _status(status))

    def status(self, status: str) -> bool:
        """Set the line that systemctl status shows."""
        return self.send(_status(status))

    def stopping(self) -> bool:
        """Report that the service is shutting down."""
        return self.send("STOPPING=1")

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _status(text: str) -> str:
    return "STATUS=" + " ".join(text.split())


class Watchdog:
    """Watchdog keep-alive tied to frames: a loop that runs without new frames is not alive.

    timeout_s is the watchdog timeout; a keep-alive is sent three times in it. 0 or less sends nothing.
    """

    def __init__(self, notifier: Notifier, timeout_s: float, clock: Clock | None = None) -> None:
        self._notifier = notifier
        self._every_ns = int(timeout_s / 3 * 1e9)
        self._clock = clock or SystemClock()
        self._fed_ns: int | None = None
        self._frame_ns: int | None = None

    @classmethod
    def from_environment(
        cls, notifier: Notifier, environ: Mapping[str, str] = os.environ, clock: Clock | None = None
    ) -> "Watchdog":
        """Use WATCHDOG_USEC, if it is set and meant for this process."""
        meant = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        asked = environ.get("WATCHDOG_USEC", "")
        return cls(notifier, int(asked) / 1e6 if meant and asked.isdecimal() else 0.0, clock)

    def feed(self, frame_ns: int) -> bool:
        """Send a keep-alive when frames advance; frame_ns is the time of the newest. Returns whether one was sent."""
        stands_still, self._frame_ns = frame_ns == self._frame_ns, frame_ns
        if self._every_ns <= 0 or stands_still:
            return False
        now_ns = self._clock.boottime_ns()
        if self._fed_ns is not None and now_ns - self._fed_ns < self._every_ns:
            return False
        self._fed_ns = now_ns
        return self._notifier.send("WATCHDOG=1")

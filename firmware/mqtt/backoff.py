"""When the next attempt to connect is allowed. Every rule for it is in this file.

- A failure doubles the wait, from 1 s to 30 s. A connection that lasted less than 10 s is a failure too, and so is one
  that another client with the same client id took over, however long it lasted: without this rule two mats with one
  id would disconnect each other several times a second, because every attempt of each succeeds.
- After a rejected user name or password the wait is five minutes: a retry cannot help, and brokers lock accounts.
- There are never more than 6 attempts in any 60 s.
- Every wait has a jitter of up to a fifth, which differs between mats, so that many mats do not reconnect in the same
  moment after a power cut.
"""

import zlib
from collections import deque
from enum import Enum
from typing import Final

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0
REFUSED_WAIT_S: Final = 300.0
STABLE_AFTER_S: Final = 10.0
ATTEMPTS_PER_MINUTE: Final = 6
JITTER_SHARE: Final = 0.2


class ConnectionFailure(Enum):
    """How an attempt or a connection ended."""

    UNREACHABLE = "no broker answers"
    LOST = "the connection was lost"
    TAKEN_OVER = "another client with this client id connected"
    REFUSED = "the broker rejected the user name or password"
    UNSUPPORTED_VERSION = "the broker does not support this version of MQTT"


class Backoff:
    """Exponential back-off with jitter. Times in seconds of one monotonic clock."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._attempts: deque[float] = deque(maxlen=ATTEMPTS_PER_MINUTE)
        self._failures = 0
        self._count = 0
        self.next_s = 0.0

    def attempted(self, now_s: float) -> None:
        """Count an attempt that starts now."""
        self._attempts.append(now_s)

    def failed(self, failure: ConnectionFailure, now_s: float, lasted_s: float = 0.0) -> float:
        """An attempt failed, or a connection ended that had lasted lasted_s. Returns the wait in seconds."""
        if failure is ConnectionFailure.UNSUPPORTED_VERSION:
            wait_s = 0.0  # the next attempt uses the older version
        elif failure is ConnectionFailure.REFUSED:
            wait_s = REFUSED_WAIT_S * (1 + self._jitter())
        else:
            stable = failure is ConnectionFailure.LOST and lasted_s >= STABLE_AFTER_S
            self._failures = 1 if stable else self._failures + 1
            wait_s = min(FIRST_WAIT_S * 2.0 ** min(self._failures - 1, 10), LONGEST_WAIT_S) * (1 + self._jitter())
        self.next_s = now_s + wait_s
        if len(self._attempts) == ATTEMPTS_PER_MINUTE:
            self.next_s = max(self.next_s, self._attempts[0] + 60.0)
        return self.next_s - now_s

    def _jitter(self) -> float:
        """Pseudo-random jitter, 0 to JITTER_SHARE, reproducible for this client id."""
        self._count += 1
        return JITTER_SHARE * zlib.crc32(f"{self._name}{self._count}".encode()) / 2**32

"""When to try the broker again. Everything that decides it lives in this file.

- A failure doubles the wait, from 1 s to 30 s. A connection that lasted less than 10 s is a failure too, and so is one
  that another client of the same name took over, however long it lasted: without this rule two mats of one name would
  throw each other out several times a second, because each of them connects well.
- A refusal of name or password waits five minutes: it will not mend itself, and brokers lock accounts.
- Whatever happens, there are never more than 6 attempts in any 60 s.
- Every wait is up to a fifth longer, by an amount that differs from mat to mat, so that a house full of mats does not
  come back in one moment after a power cut.
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


class Failure(Enum):
    """How an attempt or a connection ended."""

    UNREACHABLE = "no broker answers"
    LOST = "the connection was lost"
    TAKEN_OVER = "another client with this name connected"
    REFUSED = "the broker does not accept this name or password"
    UNSUPPORTED_VERSION = "the broker does not know this version of MQTT"


class Backoff:
    """The next moment at which an attempt is allowed. Times in seconds of one clock that never steps."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._attempts: deque[float] = deque(maxlen=ATTEMPTS_PER_MINUTE)
        self._failures = 0
        self._count = 0
        self.next_s = 0.0

    def attempted(self, now_s: float) -> None:
        """An attempt begins."""
        self._attempts.append(now_s)

    def failed(self, failure: Failure, now_s: float, lasted_s: float = 0.0) -> float:
        """An attempt failed, or a connection ended that had lasted lasted_s. Gives the wait in seconds."""
        if failure is Failure.UNSUPPORTED_VERSION:
            wait_s = 0.0  # the next attempt speaks the older version
        elif failure is Failure.REFUSED:
            wait_s = REFUSED_WAIT_S * (1 + self._jitter())
        else:
            settled = failure is Failure.LOST and lasted_s >= STABLE_AFTER_S
            self._failures = 1 if settled else self._failures + 1
            wait_s = min(FIRST_WAIT_S * 2.0 ** min(self._failures - 1, 10), LONGEST_WAIT_S) * (1 + self._jitter())
        self.next_s = now_s + wait_s
        if len(self._attempts) == ATTEMPTS_PER_MINUTE:
            self.next_s = max(self.next_s, self._attempts[0] + 60.0)
        return self.next_s - now_s

    def _jitter(self) -> float:
        """A share of SPREAD that looks random but is the same at every start of this mat."""
        self._count += 1
        return JITTER_SHARE * zlib.crc32(f"{self._name}{self._count}".encode()) / 2**32

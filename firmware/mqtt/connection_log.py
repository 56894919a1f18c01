"""The log lines of the connection: a cause once in LOG_REPEAT_S, and the end of every outage that was logged."""

import logging
from collections.abc import Callable
from typing import Final

LOG_REPEAT_S: Final = 600.0
CAUSES_MAX: Final = 20  # bound of the causes with a time of their last log line
NEVER: Final = float("-inf")

log = logging.getLogger(__name__)


class ConnectionLog:
    """now_s returns seconds of a monotonic clock."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._logged_s: dict[str, float] = {}
        self._last_cause = ""
        self._outage_s: float | None = None
        self._reported = True

    def connected(self, how: str) -> None:
        """The first connection, and each one after an outage that was logged, has a line; others are muted."""
        if self._reported:
            lasted = "" if self._outage_s is None else f" after {self._now_s() - self._outage_s:.0f} s"
            log.info("mqtt: connected to the broker with %s%s", how, lasted)
        self._outage_s, self._last_cause, self._reported = None, "", False

    def trouble(self, cause: str, more: str) -> None:
        """The connection was lost, or an attempt failed."""
        if self._outage_s is None:
            self._outage_s = self._now_s()
        repeats, self._last_cause = cause == self._last_cause, cause
        if not repeats and self._may_log(cause):
            self._reported = True
            log.warning("mqtt: %s; %s", cause, more)

    def warn(self, text: str) -> None:
        """Something that ends no connection."""
        if self._may_log(text):
            log.warning("mqtt: %s", text)

    def _may_log(self, cause: str) -> bool:
        if self._now_s() - self._logged_s.get(cause, NEVER) < LOG_REPEAT_S:
            return False
        if len(self._logged_s) >= CAUSES_MAX:
            self._logged_s.clear()
        self._logged_s[cause] = self._now_s()
        return True

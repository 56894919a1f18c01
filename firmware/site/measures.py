"""Measures into VictoriaMetrics: Influx line protocol over HTTP on the loopback, labels site and mat only.

What was written shortly before a failure is written again after it: VictoriaMetrics loses a few seconds when it is
killed, and keeps one of two equal points (-dedup.minScrapeInterval, see systemd/site).
"""

import http.client
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from firmware.clock import Clock
from firmware.errors import AcumatError
from firmware.site.live import Newest

# What is stored of live frames and of states: these keys and no others, so that the number of series is bounded.
NUMBERS: Final = ("load_kg", "evenness_pct", "elapsed_s", "wiggles", "frames_lost_s", "breaths_per_min", "motion")
DIAGNOSTICS: Final = ("rate_hz", "cpu_c", "rss_mb", "outbox", "reconnects")
SWITCHES: Final = ("occupied", "fault", "overlong")
REPEAT_S: Final = 60.0  # of what is sent again after a failure
WAITING_MAX: Final = 360  # blocks: an hour at one in ten seconds; the oldest go first
TIMEOUT_S: Final = 5.0

LIVE: Final = msgspec.json.Decoder(dict[str, Any])


def lines(site: str, newest: Newest, enrolled: Mapping[str, object], at_ms: int) -> list[str]:
    """Return the lines of what is new, for enrolled mats only."""
    fields: dict[str, dict[str, float]] = {}
    for kind in ("state", "diag", "live"):
        for mat, payload in newest.payloads.get(kind, {}).items():
            if mat in enrolled:
                fields.setdefault(mat, {}).update(_numbers(payload))
    for mat, count in newest.frames.items():
        if mat in enrolled:
            fields.setdefault(mat, {})["frames"] = count
    return [
        f"acumat,site={site},mat={mat} {','.join(f'{key}={value:g}' for key, value in sorted(values.items()))} {at_ms}"
        for mat, values in sorted(fields.items())
        if values
    ]


def _numbers(payload: bytes) -> dict[str, float]:
    try:
        table = LIVE.decode(payload)
    except (ValueError, RecursionError):
        return {}
    found = {key: float(table[key]) for key in (*NUMBERS, *DIAGNOSTICS) if type(table.get(key)) in (int, float)}
    return found | {key: float(table[key] == "ON") for key in SWITCHES if table.get(key) in ("ON", "OFF")}


class MeasureError(AcumatError, OSError):
    """VictoriaMetrics takes no points or gives no answer."""


class Metrics:
    """A connection to VictoriaMetrics. It stays open, so that a kill between two requests is an error of the second."""

    def __init__(self, url: str) -> None:
        self._url = url
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 8428, timeout=TIMEOUT_S)

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Return the answer. Raises MeasureError."""
        try:
            self._connection.request(method, path, body)
            answer = self._connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise MeasureError(f"{self._url}: {error or type(error).__name__}") from error
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise MeasureError(f"{self._url}: answer {answer.status}")
        return data

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class MeasureWriter:
    """Sends blocks of lines in a thread of its own, the oldest first, each until it was taken."""

    def __init__(self, url: str, clock: Clock, log: Callable[[str], None]) -> None:
        self._metrics, self._clock, self._log = Metrics(url), clock, log
        self._blocks: deque[tuple[int, bytes]] = deque()
        self._sent: deque[tuple[int, bytes]] = deque()
        self._wake = threading.Condition()
        self._stop = self._failed = False
        self._thread = threading.Thread(target=self._run, name="measures", daemon=True)
        self.dropped = 0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def offer(self, block: list[str]) -> None:
        """Take a block of lines."""
        with self._wake:
            if len(self._blocks) >= WAITING_MAX:
                self._blocks.popleft()
                self.dropped += 1
            self._blocks.append((self._clock.boottime_ns(), "\n".join(block).encode()))
            self._wake.notify()

    def close(self) -> None:
        """Send what waits, once, and end the thread."""
        with self._wake:
            self._stop = True
            self._wake.notify()
        self._thread.join()
        self._metrics.close()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._blocks or self._stop)
                if not self._blocks:
                    return
                block = self._blocks[0]
            try:
                self._metrics.request("POST", "/write?precision=ms", block[1])
            except MeasureError as error:
                self._fail(error)
                if self._stop:
                    return
                continue
            self._took(block)

    def _fail(self, error: MeasureError) -> None:
        if not self._failed:
            self._log(f"measures wait: {error}")
        with self._wake:
            self._failed = True
            self._wake.wait(1.0)

    def _took(self, block: tuple[int, bytes]) -> None:
        """Count a block as sent; after a failure all of the last minute is sent again."""
        with self._wake:
            if self._blocks and self._blocks[0] is block:
                self._blocks.popleft()
            self._sent.append(block)
            while self._sent and block[0] - self._sent[0][0] > REPEAT_S * 1e9:
                self._sent.popleft()
            if self._failed:
                self._failed = False
                self._log("measures are taken again")
                self._blocks.extendleft(reversed(self._sent))
                self._sent.clear()

"""The figures of the diag topic that come from outside this room, and the rate of ticks."""

from typing import Final, NamedTuple

from firmware.mqtt.payload_types import DiagPayload, encode
from firmware.view import Tick

EVERY_S: Final = 120.0


class MachineFigures(NamedTuple):
    """What only the machine knows; None where it does not say."""

    frames_dropped: int | None = None
    cpu_c: float | None = None
    undervoltage: bool | None = None
    rss_mb: float = 0.0


class LinkFigures(NamedTuple):
    """What the connection knows."""

    outbox: int
    outbox_dropped: int
    refused: int
    reconnects: int
    protocol: str
    first_seq: int
    last_seq: int


class AgeWatch:
    """The worst age of a tick, beyond that of the freshest; noted by the loop, read by the publisher."""

    def __init__(self) -> None:
        self._freshest_s: float | None = None
        self._worst_s = 0.0

    def note(self, now_s: float, tick: Tick) -> None:
        """A tick arrives at now_s of the clock since power-on."""
        age_s = now_s - tick.t_s
        self._freshest_s = age_s if self._freshest_s is None else min(self._freshest_s, age_s)
        self._worst_s = max(self._worst_s, age_s - self._freshest_s)

    def worst_ms(self) -> float:
        """Return the worst since the last call."""
        worst_s, self._worst_s = self._worst_s, 0.0
        return round(1000 * worst_s, 1)


class DiagTopic:
    """Makes the payload every EVERY_S seconds. Times in seconds of one monotonic clock."""

    def __init__(self, now_s: float) -> None:
        self._started_s = now_s
        self._made_s = float("-inf")
        self._counted: tuple[float, float] | None = None

    def due(self, now_s: float) -> bool:
        """Whether a new payload should be made."""
        return now_s - self._made_s >= EVERY_S

    def payload(
        self, now_s: float, tick: Tick, machine: MachineFigures, link: LinkFigures, *, worst_age_ms: float
    ) -> bytes:
        """Return the JSON. The rate is frame time against the clock since the last call, in hops of 100 ms."""
        before, self._counted, self._made_s = self._counted, (now_s, tick.t_s), now_s
        rate_hz = None
        if before is not None and now_s > before[0]:
            rate_hz = round(10.0 * (tick.t_s - before[1]) / (now_s - before[0]), 2)
        signals = tick.signals
        return encode(
            DiagPayload(
                uptime_s=int(now_s - self._started_s),
                frames_lost_s=None if signals is None else round(signals.frames_lost_s, 1),
                rate_hz=rate_hz,
                worst_age_ms=worst_age_ms,
                **machine._asdict(),
                **link._asdict(),
            )
        )

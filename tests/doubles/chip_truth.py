"""What the virtual chips measured, compared with what a driver accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np

from firmware.drivers.hx711 import RawReading
from firmware.enums import Status
from sim.chips.chip import Analogue, Hx711Settings, UpdatePolicy, VirtualHx711
from sim.chips.wires import VirtualLines

OLDEST_PERIODS: Final = 5.0  # an accepted value must be of so recent a conversion (a stalled frame comes late)


def scrambled(cell: int, seed: int) -> Analogue:
    """Return an input with a different 24-bit code each conversion, so that any mix of two words shows."""
    key = f"{seed}/{cell}".encode()

    def counts(t_ns: int) -> float:
        return int.from_bytes(blake2b(t_ns.to_bytes(8), key=key, digest_size=3).digest()) - (1 << 23)

    return counts


def scrambled_chips(
    cells: int,
    rate_hz: float,
    *,
    spread: float = 0.0,
    policy: UpdatePolicy = UpdatePolicy.RELOAD,
    settling_shows: bool = False,
    keeps_gain: bool = False,
    jitter_ns: float = 500.0,
    seed: int = 0,
    start_ns: int = 0,
) -> tuple[VirtualHx711, ...]:
    """Build chips that measure scrambled codes. rate_hz is of their middle; each is off by up to spread, evenly."""
    chance = np.random.default_rng([seed, 1])
    return tuple(
        VirtualHx711(
            scrambled(cell, seed),
            Hx711Settings(
                rate_hz=rate_hz * (1 + spread * chance.uniform(-1, 1)),
                phase=1 - float(chance.random()),
                jitter_ns=jitter_ns,
                noise_counts=0.0,
                policy=policy,
                settling_shows=settling_shows,
                keeps_gain=keeps_gain,
                seed=seed * 1000 + cell,
            ),
            start_ns,
        )
        for cell in range(cells)
    )


@dataclass(slots=True)
class Verdict:
    """How many values a driver accepted, how many of these no chip had measured, and how many it flagged."""

    accepted: int = 0
    wrong: int = 0
    flagged: int = 0

    @property
    def cells(self) -> int:
        """Cell reads in all."""
        return self.accepted + self.flagged


class Judge:
    """Compares every accepted value with the log of its chip."""

    def __init__(self, lines: VirtualLines) -> None:
        self.verdict = Verdict()
        self._lines = lines

    def check(self, frame: RawReading) -> list[int]:
        """Check a frame as soon as it arrives (logs are short); return the cells whose accepted value is wrong."""
        wrong = [
            cell
            for cell, (code, status) in enumerate(zip(frame.counts, frame.status, strict=True))
            if not status and not self._measured(self._lines.chips[cell], code)
        ]
        flagged = sum(status != Status.OK for status in frame.status)
        self.verdict.flagged += flagged
        self.verdict.accepted += len(frame.status) - flagged
        self.verdict.wrong += len(wrong)
        return wrong

    def _measured(self, chip: VirtualHx711, code: int) -> bool:
        oldest_ns = self._lines.t_ns - OLDEST_PERIODS * chip.period_ns
        for entry in reversed(chip.log):
            if entry.t_ns < oldest_ns:
                return False
            if entry.value == code and entry.kind in ("update", "late_update"):
                return True
        return False


def slowest_hz(chips: Sequence[VirtualHx711]) -> float:
    """Return the rate of the slowest chip, which is the rate of the frames."""
    return 1e9 / max(chip.period_ns for chip in chips)

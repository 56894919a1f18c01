"""The real sampler process on virtual chips that play a tape in real time; without numpy, so that it starts as on a Pi.

`python -m tests.doubles.tape_sampler TAPE ORIGIN_NS FD PARENT BACKEND`. Time 0 of the tape is ORIGIN_NS since power-on:
a sampler that is started again finds the person where they are by then.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.clock import SystemClock
from firmware.drivers.bank import banks_of
from firmware.drivers.factory import BackendChoice, OpenLines
from firmware.drivers.sampler import main
from hardware.board import Board
from tests.doubles import tape

if TYPE_CHECKING:
    from collections.abc import Sequence

BITS: Final = 24
SETTLING: Final = 4  # conversions after power-down
POWER_DOWN_NS: Final = 60_000
MASK: Final = (1 << BITS) - 1


class TapeLines:
    """The Lines of chips that play a tape: every chip is ready at each conversion, and shifts its code out."""

    def __init__(self, played: tape.Tape, banks: tuple[tuple[int, ...], ...], origin_ns: int) -> None:
        self._tape, self._banks, self._origin_ns = played, banks, origin_ns
        self._clock = SystemClock()
        self._period_ns = 1e9 / played.rate_hz
        self._bank_of = {cell: number for number, bank in enumerate(banks) for cell in bank}
        self._pulses = [0] * len(banks)  # of the read that is under way
        self._read = [-1] * len(banks)  # the conversion that was read last, or that settling lasts to
        self._rose_ns = [0] * len(banks)
        self._codes: list[Sequence[int]] = [()] * len(banks)

    def read_all(self) -> int:
        """Levels of all data lines: low when ready, else the bit that is shifted out, else high."""
        number, word = self._now(), 0
        for cell, bank in self._bank_of.items():
            pulses = self._pulses[bank]
            if pulses:
                level = 1 if pulses > BITS else (self._codes[bank][cell] & MASK) >> (BITS - pulses) & 1
            else:
                level = int(number <= self._read[bank])
            word |= level << cell
        return word

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Count a pulse when it rises; after the 25th the read is complete. A pulse too long switches the chips off."""
        now_ns = self._clock.boottime_ns()
        if level:
            self._rose_ns[bank] = now_ns
            if not self._pulses[bank]:
                self._read[bank] = self._now()
                self._codes[bank] = self._tape.row(self._read[bank])
            self._pulses[bank] += 1
        elif now_ns - self._rose_ns[bank] > POWER_DOWN_NS:
            self._pulses[bank] = 0
            self._read[bank] = self._now() + SETTLING
        elif self._pulses[bank] > BITS:
            self._pulses[bank] = 0

    def now_ns(self) -> int:
        """Nanoseconds since power-on."""
        return self._clock.boottime_ns()

    def sleep_ns(self, duration_ns: int) -> None:
        """Wait."""
        self._clock.sleep_s(max(duration_ns, 0) * 1e-9)

    def close(self) -> None:
        """Nothing is open."""

    def _now(self) -> int:
        return int((self._clock.boottime_ns() - self._origin_ns) // self._period_ns)


def opener(board: Board, backend: str) -> OpenLines:
    """Open the tape that the command line names."""
    played = tape.read(Path(sys.argv[1]))
    lines = TapeLines(played, tuple(banks_of(board)), int(sys.argv[2]))
    return OpenLines(BackendChoice(backend, "a tape"), lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[3:], opener))

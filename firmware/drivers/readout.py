"""The readout of one bank: 25 clock pulses, each one timed."""

from dataclasses import dataclass
from typing import Final

from firmware.drivers.decode import BITS
from firmware.drivers.lines import Lines

PULSES: Final = BITS + 1  # the 25th selects input A at gain 128, the only setting that survives every reset
HIGH_LIMIT_NS: Final = 50_000  # data sheet: at most 50 us high; above 60 us the chip powers down


@dataclass(frozen=True, slots=True)
class Readout:
    """The result of clocking out one bank.

    words[k] is the levels of all lines after pulse k + 1, sampled between low_ns[k] and the next pulse; high_ns[k] is
    the longest time the clock can have been high in it. end_ns is after the last sample. A pulse over the limit may
    abort it, so the lists can be short. Words before whole_from have the lines of this bank only.
    """

    words: list[int]
    low_ns: list[int]
    high_ns: list[int]
    start_ns: int
    end_ns: int
    whole_from: int = 0

    @property
    def stretched(self) -> bool:
        """Whether a pulse was high for too long."""
        return max(self.high_ns) > HIGH_LIMIT_NS


def clock_out(lines: Lines, bank: int) -> Readout:
    """Clock a bank out: 25 times high, low, sample; the sample comes last, while the clock is low.

    Only two calls lie between the edges of a pulse, so only a preemption just there can stretch it.
    """
    words: list[int] = []
    low_ns: list[int] = []
    high_ns: list[int] = []
    now_ns, set_sck, read_all = lines.now_ns, lines.set_sck, lines.read_all
    start_ns = end_ns = now_ns()
    for _ in range(PULSES):
        set_sck(bank, level=True)
        set_sck(bank, level=False)
        fell_ns = now_ns()
        words.append(read_all())
        low_ns.append(fell_ns)
        high_ns.append(fell_ns - end_ns)
        end_ns = now_ns()
        if high_ns[-1] > HIGH_LIMIT_NS:
            break
    return Readout(words, low_ns, high_ns, start_ns, end_ns)

"""The faults of sim.sensors.faults on whole blocks of frames, with the flags that the reader of the chips would set.

The times are those of that reader at 80 Hz, measured with the bit-exact chips of sim.chips.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firmware.enums import Status
from sim.sensors.faults import FLOATING_STEP_COUNTS, FULL_SCALE, NOISY_COUNTS, CellFaultCommand, FaultKind
from sim.sensors.noise import fold_key, normal_noise, scramble_keys, smooth_noise

if TYPE_CHECKING:
    from firmware.frames import Counts, Flags, IntArray

FRAMES_UNTIL_STALE = 2
SECONDS_UNTIL_DEAD = 8.0  # five resets, each after a longer wait
RESET_S = 0.17  # silence, reset, four conversions and the search for the new phase


@dataclass(slots=True)
class FaultSpell:
    """One cell from one fault to the next. held is the last code before it."""

    cell: int
    since_ns: int
    kind: FaultKind
    held: int = 0
    frames: int = 0
    key: int = 0


@dataclass(frozen=True, slots=True)
class BlockPart:
    """The frames of a block within a spell: views t_ns, counts, status (m,); first is how many came before."""

    t_ns: "IntArray"
    counts: "Counts"
    status: "Flags"
    first: int


def _silent(spell: FaultSpell, part: BlockPart) -> None:
    """No ready edge: the last code stays."""
    part.counts[:] = spell.held
    numbers = part.first + np.arange(len(part.t_ns))
    part.status[numbers >= FRAMES_UNTIL_STALE] = Status.STALE
    part.status[part.t_ns - spell.since_ns > SECONDS_UNTIL_DEAD * 1e9] = Status.DEAD


def _shorted(spell: FaultSpell, part: BlockPart) -> None:
    """The data line stays low after the 25th pulse: no read is valid, the last code stays."""
    part.counts[:] = spell.held
    part.status[:] = Status.DESYNC
    part.status[part.t_ns - spell.since_ns > SECONDS_UNTIL_DEAD * 1e9] = Status.DEAD


def _high(_spell: FaultSpell, part: BlockPart) -> None:
    part.counts[:] = FULL_SCALE - 1
    part.status[:] = Status.SATURATED


def _low(_spell: FaultSpell, part: BlockPart) -> None:
    part.counts[:] = -FULL_SCALE
    part.status[:] = Status.SATURATED


def _frozen(spell: FaultSpell, part: BlockPart) -> None:
    part.counts[:] = spell.held


def _floating(spell: FaultSpell, part: BlockPart) -> None:
    """Wander as a first-order process with steps of FLOATING_STEP_COUNTS would: five times as wide, slower."""
    line = smooth_noise(part.t_ns.astype(np.float64) * 1e-9, 0.2, spell.key) * (5 * FLOATING_STEP_COUNTS)
    part.counts[:] = np.clip(np.rint(line), -FULL_SCALE, FULL_SCALE - 1)


def _noisy(spell: FaultSpell, part: BlockPart) -> None:
    noise = NOISY_COUNTS * normal_noise(scramble_keys(part.t_ns.astype(np.uint64) ^ np.uint64(spell.key)))
    part.counts[:] = np.clip(part.counts + np.rint(noise), -FULL_SCALE, FULL_SCALE - 1)


def _brown_out(spell: FaultSpell, part: BlockPart) -> None:
    part.status[part.t_ns - spell.since_ns <= RESET_S * 1e9] = Status.SETTLING


def _glitch(_spell: FaultSpell, part: BlockPart) -> None:
    if not part.first:
        part.counts[0] = -1
        part.status[0] = Status.SUSPECT


def _sound(_spell: FaultSpell, _part: BlockPart) -> None:
    """Nothing is wrong any more."""


FAULT_EFFECT: dict[FaultKind, Callable[[FaultSpell, BlockPart], None]] = {
    FaultKind.OK: _sound,
    FaultKind.UNPLUGGED: _silent,
    FaultKind.STUCK_HIGH: _silent,
    FaultKind.STUCK_LOW: _shorted,
    FaultKind.SATURATED_HIGH: _high,
    FaultKind.SATURATED_LOW: _low,
    FaultKind.FLOATING: _floating,
    FaultKind.FROZEN: _frozen,
    FaultKind.NOISY: _noisy,
    FaultKind.BROWN_OUT: _brown_out,
    FaultKind.GLITCH: _glitch,
}


class FaultInjector:
    """All faults of one run; blocks must come in order. last (cells,) are the codes before the next block."""

    def __init__(self, faults: Iterable[CellFaultCommand], cells: int, seed: int) -> None:
        self._cells, self._seed = cells, seed
        self.last = np.zeros(cells, np.int32)
        self._waiting: list[CellFaultCommand] = []
        self._spells: dict[int, FaultSpell] = {}
        for fault in faults:
            self.add(fault)

    def add(self, fault: CellFaultCommand) -> None:
        """Take a command; one whose time has passed works from the next block on.

        Raises:
            ValueError: the board has no such cell.
        """
        if fault.cell >= self._cells:
            raise ValueError(f"fault of cell {fault.cell}: the board has the cells 0 to {self._cells - 1}")
        self._waiting.append(fault)
        self._waiting.sort(key=lambda one: one.t_ns)

    @property
    def quiet(self) -> bool:
        """Whether nothing is broken and nothing will be."""
        return not self._waiting and not self._spells

    def apply(self, t_ns: "IntArray", counts: "Counts", status: "Flags") -> None:
        """Spoil a block in place: t_ns (n,), counts and status (n, cells)."""
        block = BlockPart(t_ns, counts, status, 0)
        starts = dict.fromkeys(self._spells, 0)
        while self._waiting and self._waiting[0].t_ns <= t_ns[-1]:
            fault = self._waiting.pop(0)
            begin = int(np.searchsorted(t_ns, fault.t_ns))
            self._run(fault.cell, slice(starts.get(fault.cell, 0), begin), block)
            held = counts[begin - 1, fault.cell] if begin else self.last[fault.cell]
            key = fold_key(self._seed, 8, fault.cell, fault.t_ns)
            self._spells[fault.cell] = FaultSpell(fault.cell, int(t_ns[begin]), fault.kind, int(held), 0, key)
            starts[fault.cell] = begin
        for cell, start in starts.items():
            self._run(cell, slice(start, len(t_ns)), block)
            if self._spells[cell].kind is FaultKind.OK:
                del self._spells[cell]
        self.last = counts[-1]

    def _run(self, cell: int, part: slice, block: BlockPart) -> None:
        """Apply the present spell of a cell to a part of the block."""
        spell = self._spells.get(cell)
        if spell is None or part.stop <= part.start:
            return
        FAULT_EFFECT[spell.kind](
            spell, BlockPart(block.t_ns[part], block.counts[part, cell], block.status[part, cell], spell.frames)
        )
        spell.frames += part.stop - part.start

"""The faults of sim.sensors.faults on whole blocks of frames, with the flags that the reader of the chips would set.

The times are those of that reader at 80 Hz, measured with the bit-exact chips of sim.chips.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firmware.enums import Status
from sim.sensors.faults import FLOATING_STEP_COUNTS, FULL_SCALE, NOISY_COUNTS, Fault, FaultKind
from sim.sensors.noise import key_of, mix, normal, wander

if TYPE_CHECKING:
    from firmware.frames import Counts, Flags, IntArray

STALE_FRAMES = 2
DEAD_S = 8.0  # five resets, each after a longer wait
RESETTLE_S = 0.17  # silence, reset, four conversions and the search for the new phase


@dataclass(slots=True)
class Spell:
    """One cell from one fault to the next. held is the last code before it."""

    cell: int
    since_ns: int
    kind: FaultKind
    held: int = 0
    frames: int = 0
    key: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """The frames of a block within a spell: views t_ns, counts, status (m,); first is how many came before."""

    t_ns: "IntArray"
    counts: "Counts"
    status: "Flags"
    first: int


def _silent(spell: Spell, part: Part) -> None:
    """No ready edge: the last code stays."""
    part.counts[:] = spell.held
    numbers = part.first + np.arange(len(part.t_ns))
    part.status[numbers >= STALE_FRAMES] = Status.STALE
    part.status[part.t_ns - spell.since_ns > DEAD_S * 1e9] = Status.DEAD


def _shorted(spell: Spell, part: Part) -> None:
    """The data line stays low after the 25th pulse: no read is valid, the last code stays."""
    part.counts[:] = spell.held
    part.status[:] = Status.DESYNC
    part.status[part.t_ns - spell.since_ns > DEAD_S * 1e9] = Status.DEAD


def _high(_spell: Spell, part: Part) -> None:
    part.counts[:] = FULL_SCALE - 1
    part.status[:] = Status.SATURATED


def _low(_spell: Spell, part: Part) -> None:
    part.counts[:] = -FULL_SCALE
    part.status[:] = Status.SATURATED


def _frozen(spell: Spell, part: Part) -> None:
    part.counts[:] = spell.held


def _floating(spell: Spell, part: Part) -> None:
    """Wander as a first-order process with steps of FLOATING_STEP_COUNTS would: five times as wide, slower."""
    line = wander(part.t_ns.astype(np.float64) * 1e-9, 0.2, spell.key) * (5 * FLOATING_STEP_COUNTS)
    part.counts[:] = np.clip(np.rint(line), -FULL_SCALE, FULL_SCALE - 1)


def _noisy(spell: Spell, part: Part) -> None:
    noise = NOISY_COUNTS * normal(mix(part.t_ns.astype(np.uint64) ^ np.uint64(spell.key)))
    part.counts[:] = np.clip(part.counts + np.rint(noise), -FULL_SCALE, FULL_SCALE - 1)


def _brown_out(spell: Spell, part: Part) -> None:
    part.status[part.t_ns - spell.since_ns <= RESETTLE_S * 1e9] = Status.SETTLING


def _glitch(_spell: Spell, part: Part) -> None:
    if not part.first:
        part.counts[0] = -1
        part.status[0] = Status.SUSPECT


def _sound(_spell: Spell, _part: Part) -> None:
    """Nothing is wrong any more."""


EFFECT: dict[FaultKind, Callable[[Spell, Part], None]] = {
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


class Breakage:
    """All faults of one run; blocks must come in order. last (cells,) are the codes before the next block."""

    def __init__(self, faults: Iterable[Fault], cells: int, seed: int) -> None:
        self._cells, self._seed = cells, seed
        self.last = np.zeros(cells, np.int32)
        self._waiting: list[Fault] = []
        self._spells: dict[int, Spell] = {}
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
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
        block = Part(t_ns, counts, status, 0)
        starts = dict.fromkeys(self._spells, 0)
        while self._waiting and self._waiting[0].t_ns <= t_ns[-1]:
            fault = self._waiting.pop(0)
            begin = int(np.searchsorted(t_ns, fault.t_ns))
            self._run(fault.cell, slice(starts.get(fault.cell, 0), begin), block)
            held = counts[begin - 1, fault.cell] if begin else self.last[fault.cell]
            key = key_of(self._seed, 8, fault.cell, fault.t_ns)
            self._spells[fault.cell] = Spell(fault.cell, int(t_ns[begin]), fault.kind, int(held), 0, key)
            starts[fault.cell] = begin
        for cell, start in starts.items():
            self._run(cell, slice(start, len(t_ns)), block)
            if self._spells[cell].kind is FaultKind.OK:
                del self._spells[cell]
        self.last = counts[-1]

    def _run(self, cell: int, part: slice, block: Part) -> None:
        """Apply the present spell of a cell to a part of the block."""
        spell = self._spells.get(cell)
        if spell is None or part.stop <= part.start:
            return
        EFFECT[spell.kind](
            spell, Part(block.t_ns[part], block.counts[part, cell], block.status[part, cell], spell.frames)
        )
        spell.frames += part.stop - part.start

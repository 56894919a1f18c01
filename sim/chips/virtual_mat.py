"""A whole mat of virtual chips under a story: the slow, bit-exact source. The quick one is sim.frames."""

from typing import TYPE_CHECKING

from firmware.drivers.bank import banks_of
from firmware.drivers.direct import DirectSource
from sim.chips.chip import Analogue, Hx711Settings, UpdatePolicy, VirtualHx711
from sim.chips.wires import LINE_OPERATION_NS, RandomStalls, VirtualLines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firmware.frames import Frames
    from sim.frames import Bench
    from sim.sensors.faults import CellFaultCommand

JITTER_NS = 0.0  # codes of equally spaced moments are computed ahead; any others cost a thousand times more


def virtual_chips(bench: "Bench", policy: UpdatePolicy = UpdatePolicy.RELOAD) -> tuple[VirtualHx711, ...]:
    """Build the chips of a bench: its clocks, and its load cells as what they measure (noise included)."""
    clocks = bench.clocks
    return tuple(
        VirtualHx711(
            _input(bench, cell), Hx711Settings(1e9 / period_ns, phase_ns / period_ns, JITTER_NS, 0.0, policy, seed=cell)
        )
        for cell, (period_ns, phase_ns) in enumerate(zip(clocks.period_ns, clocks.phase_ns, strict=True))
    )


def virtual_lines(
    bench: "Bench",
    *,
    policy: UpdatePolicy = UpdatePolicy.RELOAD,
    cost_ns: int = LINE_OPERATION_NS,
    stalls: RandomStalls | None = None,
    faults: "Iterable[CellFaultCommand]" = (),
) -> VirtualLines:
    """Wire the chips of a bench as its board says. faults come on top of the story's own."""
    wiring = banks_of(bench.board)
    faults = (*bench.faults, *faults)
    return VirtualLines(virtual_chips(bench, policy), wiring, cost_ns=cost_ns, stalls=stalls, faults=faults)


class ChipSource:
    """A firmware.ports.Source: a story read bit by bit through the driver. lines is the virtual wiring."""

    def __init__(self, bench: "Bench", lines: VirtualLines | None = None) -> None:
        self.lines = lines or virtual_lines(bench)
        self.direct = DirectSource(self.lines, bench.board)
        self._end_ns = round(bench.scene.length_s * 1e9)

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next frame.

        Raises:
            EOFError: the story is over.
        """
        if self.lines.t_ns >= self._end_ns:
            raise EOFError("the story is over")
        return self.direct.read(timeout_s)

    def break_cell(self, fault: "CellFaultCommand") -> None:
        """Break a cell at the time of the fault (of the story), or now if that has passed."""
        self.lines.break_cell(fault)

    def close(self) -> None:
        """End the story."""
        self._end_ns = 0
        self.direct.close()


def _input(bench: "Bench", cell: int) -> Analogue:
    code = bench.cells.code

    def counts(t_ns: int) -> float:
        return float(code(cell, t_ns))

    return counts

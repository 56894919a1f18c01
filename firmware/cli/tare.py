"""`acumat tare`: the mat is empty now. What the button in the hand does while the service runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console

from firmware import daemon, mat
from firmware.cli import options
from firmware.diagnosis.calibration_prompt import CalibrationPrompt
from firmware.errors import CalibrationError
from firmware.signal.chain import SignalChain
from firmware.signal.zero_tracker import Refusal, ZeroSettings
from firmware.storage import zero as zeros
from hardware.board import STANDARD_GRAVITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.frames import Signals
    from firmware.ports import Source
    from firmware.signal.calibration import Calibration
    from hardware.board import Board

PATIENCE_S: Final = ZeroSettings().patience_s
WAKING_S: Final = 3.0  # the chips settle and their rate is learned; only then the question is put
WANTED: Final = "Clear the mat and do not touch it."
REFUSED: Final = {
    Refusal.MOVING: "the mat is not still: nobody may touch it, and it must stand firmly; then try again",
    Refusal.CELLS: "{cells}: see `acumat doctor`, then try again",
    Refusal.LOADED: (
        "{load_kg:.0f} kg seem to lie on the mat, most of it on {tile}: clear it and try again; "
        "if it is empty, a cell has shifted: `acumat calibrate --rewired`"
    ),
}


@dataclass(frozen=True, slots=True)
class Tared:
    """A zero that was taken: by how many newtons the sum moved, and what is wrong with some cells."""

    calibration: "Calibration"
    offset_n: float
    faults: tuple[str, ...]


@click.command("tare")
@options.config_option
def command(*, config_file: Path | None) -> None:
    """Take the zero of the empty mat. Stop the service first."""
    opened = mat.load(config_file)
    with daemon.stop_on_signals() as stop, CalibrationPrompt(Console()) as teller:
        tared = tare(opened.source(), opened.board, opened.calibration, teller, stop)
    assert tared.calibration.zero_counts is not None  # noqa: S101 - it was just taken
    path = zeros.save(opened.settings.storage.state_dir, tared.calibration.zero_counts, opened.number)
    click.echo(f"{path}: zero kept, {tared.offset_n / STANDARD_GRAVITY:+.2f} kg from the one before")
    for fault in tared.faults:
        click.echo(f"acumat: {fault}: see `acumat doctor`", err=True)


def tare(
    source: "Source", board: "Board", calibration: "Calibration", teller: CalibrationPrompt, stop: "Callable[[], bool]"
) -> Tared:
    """Take the zero; the source is closed. A cell without readings keeps the zero it had.

    Raises CalibrationError with the reason when it is refused, or when the person or the source ends it.
    """
    chain = SignalChain(board, calibration)
    asked_s: float | None = None
    shown: Signals | None = None
    reason = Refusal.MOVING
    try:
        for frames in daemon.blocks_of(source, stop):
            for t_s, signals in chain.feed(frames):
                shown = signals or shown
                taken = chain.take_zero()
                if taken is not None and asked_s is not None:
                    return Tared(chain.calibration, sum(taken.offset_n), _faults(chain, board))
                if asked_s is None and t_s >= WAKING_S:
                    asked_s = t_s
                    chain.ask_zero()
                elif asked_s is not None and t_s > asked_s + PATIENCE_S + 1:
                    raise CalibrationError(_why(reason, chain, board, shown))
                elif asked_s is not None and t_s < asked_s + PATIENCE_S:
                    reason = chain.zero_refusal or reason
                if round(10 * t_s) % 10 == 0:
                    teller.show(WANTED, "", 0.0 if asked_s is None else min((t_s - asked_s) / PATIENCE_S, 1.0))
    finally:
        source.close()
    raise CalibrationError("ended before the zero was taken; nothing was changed")


def _why(reason: Refusal, chain: SignalChain, board: "Board", signals: "Signals | None") -> str:
    loads_n = (0.0,) * len(board.cells) if signals is None else signals.cells_n
    heaviest = board.cells[loads_n.index(max(loads_n))].name
    return REFUSED[reason].format(
        cells=", ".join(_faults(chain, board)), load_kg=sum(loads_n) / STANDARD_GRAVITY, tile=heaviest
    )


def _faults(chain: SignalChain, board: "Board") -> tuple[str, ...]:
    told = zip(board.cells, chain.faults, strict=True)
    return tuple(f"{cell.name} is {fault}" for cell, fault in told if fault is not None)

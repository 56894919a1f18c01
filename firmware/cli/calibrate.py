"""`acumat calibrate`: what a newton is on each tile, by weights or by a person who walks about."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from firmware import clock, daemon, mat
from firmware.cli import options
from firmware.cli.ranges import Between
from firmware.diagnosis.calibration_prompt import CalibrationPrompt, lead
from firmware.errors import CalibrationError
from firmware.signal.body_weight import BodyWeightCalibration
from firmware.signal.calibration import Calibration
from firmware.signal.fit import WALK_NOISE, WEIGHT_NOISE, Fit, fit, refusal
from firmware.signal.known_weights import KG, Weighing
from firmware.storage import calibration as calibrations

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.diagnosis.calibration_prompt import Guide
    from firmware.ports import Source
    from hardware.board import Board

BODY_KG = Between(30, 200)
MASS_KG = Between(1, 60)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to calibrate. scale_share is how far the known mass itself may be off, a share of it."""

    method: str
    guide: "Guide"
    least_noise: float
    scale_share: float


@click.command("calibrate")
@options.config_option
@click.option("--mass", "masses_kg", type=MASS_KG, multiple=True, help="A weight in kg; repeat it for a second one.")
@click.option("--body", "body_kg", type=BODY_KG, help="No weights: your own weight in kg, you walk about on the mat.")
@click.option("--off", "off_kg", type=Between(0, 5), help="How far that mass may be off, in kg.")
@click.option("--rewired", is_flag=True, help="Cells or cables were changed: do not compare with the zero of before.")
@click.option("--note", default="", help="A sentence to keep with it.")
@click.option("--yes", is_flag=True, help="Keep the result without asking.")
def command(
    *,
    config_file: Path | None,
    masses_kg: tuple[float, ...],
    body_kg: float | None,
    off_kg: float | None,
    rewired: bool,
    note: str,
    yes: bool,
) -> None:
    """Find the scale of each tile. Stop the service first; let the mat stand where it will be for ten minutes."""
    if bool(masses_kg) == (body_kg is not None):
        raise click.UsageError("give weights with --mass, or your own weight with --body")
    opened = mat.load(config_file)
    known = None if rewired else opened.calibration
    way = (
        by_weights(opened.board, masses_kg, off_kg, known)
        if body_kg is None
        else by_body(opened.board, body_kg, off_kg, known)
    )
    with daemon.stop_on_signals() as stop:
        found, zero = measure(opened.source(), opened.board, way, Console(), stop)
    click.echo(accuracy(found, way))
    if not yes and not click.confirm("Keep this calibration?"):
        raise CalibrationError("not kept; nothing was changed")
    path = keep(opened.settings.storage.state_dir, found, zero, way, note)
    click.echo(f"{path}: calibration kept")


def by_weights(board: "Board", masses_kg: tuple[float, ...], off_kg: float | None, known: Calibration | None) -> Way:
    """Weights on one tile after the other; kitchen scales and bottles are good to half a percent."""
    masses_kg = tuple(sorted(masses_kg))
    off_share = 0.005 if off_kg is None else off_kg / masses_kg[-1]
    words = " and ".join(f"{mass_kg:g} kg" for mass_kg in masses_kg)
    return Way(f"weights of {words}", Weighing(board, masses_kg, known), WEIGHT_NOISE, off_share)


def by_body(board: "Board", body_kg: float, off_kg: float | None, known: Calibration | None) -> Way:
    """A person on their feet; bathroom scales are good to a kilogram.

    Raises CalibrationError when a tile of this board cannot bear that.
    """
    if board.clip_n < body_kg * KG:
        raise CalibrationError(
            f"a tile of this board ({board.cell_type}) is not trusted above {board.clip_n / KG:.0f} kg, "
            f"so {body_kg:g} kg on its feet are too much: use weights with --mass"
        )
    off_share = (1.0 if off_kg is None else off_kg) / body_kg
    return Way(f"a body of {body_kg:g} kg", BodyWeightCalibration(board, body_kg, known), WALK_NOISE, off_share)


def measure(
    source: "Source", board: "Board", way: Way, console: Console, stop: "Callable[[], bool]"
) -> tuple[Fit, tuple[int, ...]]:
    """Lead the person through it and give the fit and the zero (cells,) counts; the source is closed.

    Raises CalibrationError with the reasons when the result is no calibration.
    """
    with CalibrationPrompt(console) as teller:
        lead(source, board, way.guide, teller, stop)
    found = fit(way.guide.placements, board.counts_per_newton, way.least_noise)
    console.print(table(board, found))
    reasons = refusal(board, found)
    if reasons:
        raise CalibrationError(f"refused: {reasons}")
    assert way.guide.zero is not None  # noqa: S101 - nothing is weighed without it
    return found, tuple(np.rint(way.guide.zero).astype(int).tolist())


def keep(folder: Path, found: Fit, zero: tuple[int, ...], way: Way, note: str) -> Path:
    """Add it to the calibrations of the mat; a day is written down only by a clock that was set."""
    made_s = clock.SystemClock().wall_s() if clock.wall_clock_is_set() else None
    provenance = calibrations.Provenance(way.method, made_s, max(found.error_share), note)
    return calibrations.save(folder, Calibration(found.counts_per_newton, zero), provenance)


def table(board: "Board", found: Fit) -> Table:
    """Show each tile where it lies: its scale against the board's, and one standard error."""
    shown = Table(title="Scale of each tile, in times of the board file's; seen from above, head at the top")
    for col in reversed(range(board.cols)):
        shown.add_column(f"column {col + 1}", justify="right")
    for row in reversed(range(board.rows)):
        cells = [row * board.cols + col for col in reversed(range(board.cols))]
        shown.add_row(
            *(
                f"{board.cells[cell].name}  {found.counts_per_newton[cell] / board.counts_per_newton:.3f}"
                f" ±{found.error_share[cell]:.1%}"
                for cell in cells
            )
        )
    return shown


def accuracy(found: Fit, way: Way) -> str:
    """Say how good it is, and what that rests on."""
    dropped = f", {found.dropped} dropped that fit with none" if found.dropped else ""
    return (
        f"By {way.method}: {found.used} loads{dropped}, they fit to {found.residual_share:.1%}, the worst to "
        f"{found.worst_share:.1%}.\n"
        f"One tile against another: about ±{max(found.error_share):.1%} (one standard error). All tiles together: "
        f"±{way.scale_share:.1%} more, because the known mass itself may be off.\n"
        "These figures were checked with simulated cells only; nobody has held them against real ones yet."
    )

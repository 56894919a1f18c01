"""`acumat calibrate`: counts per newton of each tile, by weights or by a person who walks about."""

from pathlib import Path

import click
from rich.console import Console

from firmware import daemon, mat
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.diagnosis import calibration
from firmware.errors import CalibrationError
from firmware.terminal.arguments import FiniteRange
from firmware.terminal.calibration_prompt import CalibrationPrompt, scale_table

BODY_KG = FiniteRange(30, 200)
MASS_KG = FiniteRange(1, 60)


@click.command("calibrate")
@options.config_option
@click.option("--mass", "masses_kg", type=MASS_KG, multiple=True, help="A weight in kg; repeat it for a second one.")
@click.option("--body", "body_kg", type=BODY_KG, help="No weights: your own weight in kg, you walk about on the mat.")
@click.option("--off", "off_kg", type=FiniteRange(0, 5), help="Possible error of that mass, in kg.")
@click.option(
    "--no-corners",
    is_flag=True,
    help="No corner test: it passed before, and no sensor was touched since. --body needs it.",
)
@click.option("--rewired", is_flag=True, help="Cells or cables were changed: do not compare with the previous zero.")
@click.option("--note", default="", help="A sentence to keep with it.")
@click.option("--yes", is_flag=True, help="Keep the result without asking.")
def command(
    *,
    config_file: Path | None,
    masses_kg: tuple[float, ...],
    body_kg: float | None,
    off_kg: float | None,
    no_corners: bool,
    rewired: bool,
    note: str,
    yes: bool,
) -> None:
    """Find the scale of each tile. Stop the service first; let the mat stand where it will be for ten minutes."""
    if bool(masses_kg) == (body_kg is not None):
        raise click.UsageError("give weights with --mass, or your own weight with --body")
    opened = mat.load_mat(config_file)
    known = None if rewired else opened.calibration
    method = (
        calibration.weights_method(opened.board, masses_kg, off_kg, known, corners=not no_corners)
        if body_kg is None
        else calibration.body_method(opened.board, body_kg, off_kg, known, corners_passed=no_corners)
    )
    console = Console()
    with daemon.stop_on_signals() as stop, CalibrationPrompt(console) as prompt:
        found, zero = calibration.measure_placements(doors().source(opened), opened.board, method, prompt, stop)
    console.print(scale_table(opened.board, found))
    calibration.validate_fit(opened.board, found)
    click.echo(calibration.accuracy_text(found, method))
    if not yes and not click.confirm("Keep this calibration?"):
        raise CalibrationError("not kept; nothing was changed")
    path = calibration.save_calibration(opened.settings.storage.state_dir, found, zero, method, note)
    click.echo(f"{path}: calibration kept")

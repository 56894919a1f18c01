"""`acumat calibrate`: counts per newton of each tile, by weights or by a person who walks about."""

from functools import partial
from pathlib import Path

import click
from rich.text import Text

from firmware import daemon, mat
from firmware.cli import options
from firmware.cli.doors import doors
from firmware.cli.stored import print_screen
from firmware.diagnosis import calibration
from firmware.errors import CalibrationError
from firmware.signal.known_weights import Weighing
from firmware.terminal.arguments import FiniteRange
from firmware.terminal.calibration_prompt import CalibrationPrompt
from firmware.terminal.calibration_screen import WIDTH, scale_lines, weighing_screen
from firmware.terminal.console import Terminal
from firmware.terminal.screen import SIMULATED_MAT, TITLE_STYLE, screen_header, wrapped

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
    door, guide = doors(), method.guide
    picture = (
        partial(weighing_screen, guide, opened.board, simulated=door.origin.simulated)
        if isinstance(guide, Weighing)
        else None
    )
    with daemon.stop_on_signals() as stop, CalibrationPrompt(Terminal(highlight=False), picture) as prompt:
        found, zero = calibration.measure_placements(door.source(opened), opened.board, method, prompt, stop)
    head = screen_header("acumat calibrate: the result", simulated=door.origin.simulated, badge=SIMULATED_MAT)
    print_screen([*head, *scale_lines(opened.board, found)])
    calibration.validate_fit(opened.board, found)
    good = f"Good. All {len(opened.board.cells)} tiles have a scale."
    said = [line for part in calibration.accuracy_text(found, method).splitlines() for line in wrapped(part, WIDTH)]
    print_screen([Text(good, TITLE_STYLE), *map(Text, said)])
    if not yes and not click.confirm("Keep this calibration?"):
        raise CalibrationError("not kept; nothing was changed")
    path = calibration.save_calibration(opened.settings.storage.state_dir, found, zero, method, note)
    click.echo(f"{path}: calibration kept")

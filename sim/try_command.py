"""`acumat-sim try VERB`: the verbs of acumat on a simulated mat, with a folder of its own for what they store."""

import json
from pathlib import Path

import click

from firmware.cli.main import VERBS, acumat, help_examples
from firmware.diagnosis.setup_steps import SHIPPED
from firmware.errors import StorageError
from firmware.mat import load_mat
from firmware.terminal.arguments import FiniteRange
from hardware import board as boards
from hardware import toml_text
from sim.arguments import faults_of
from sim.people import story as stories
from sim.try_mat import TryMat

SETTINGS = "acumat.toml"
OUTSIDE = ("install-service", "outputs-off")  # what they change is outside of any folder


@click.command(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "show_default": True,
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    },
    epilog=help_examples(
        (
            "acumat-sim try doctor",
            "acumat-sim try calibrate --mass 5 --yes",
            "acumat-sim try run --show",
            "acumat-sim try --folder pilot --board pilot_1x1 calibrate --mass 5 --yes",
            "acumat-sim try --folder acumat-history trends",
        )
    ),
)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("acumat-simulated"), help="For what the verbs store."
)
@click.option("--board", help="Board of a new folder: pilot_1x1, mat_3x2 or a file.  [default: the 4x3 mat]")
@click.option("--seed", type=click.IntRange(0), default=1, help="Of cells, people and chance.")
@click.option("--speed", type=FiniteRange(0, 100_000), default=20.0, help="Times real time; 0 is as fast as possible.")
@click.option("--story", default="session", help="What a person does during run and record.")
@click.option(
    "--fault", "faults", multiple=True, metavar="CELL:SECONDS:KIND", help="Break a cell, as in C2:0:unplugged."
)
@click.argument("verb")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(
    *,
    folder: Path,
    board: str | None,
    seed: int,
    speed: float,
    story: str,
    faults: tuple[str, ...],
    verb: str,
    words: tuple[str, ...],
) -> None:
    """Run a VERB of acumat (doctor, tare, calibrate, probe, record, run, journal, trends ...) on a simulated mat.

    No cell is read and nobody is there. The simulated person does what the verb asks for: keeps off the mat, puts
    weights on tiles and corners, or lies down.
    """
    if verb not in VERBS or verb in OUTSIDE:
        raise click.BadParameter(
            f"{verb!r}: {toml_text.did_you_mean(verb, [one for one in VERBS if one not in OUTSIDE])}"
        )
    inner = acumat.get_command(click.Context(acumat), verb)
    assert inner is not None  # noqa: S101 - it is one of VERBS
    settings = _settings(folder, board)
    known = {option for parameter in inner.params for option in parameter.opts}
    given = ("--config", str(settings)) if "--config" in known else ()
    opened = load_mat(settings)
    if verb == "run" and opened.calibration.zero_counts is None:
        raise StorageError(f"{folder}: this mat has no zero yet: `acumat-sim try --folder {folder} tare` takes it")
    mat = TryMat(stories.load_story(story), seed, speed, faults_of(faults, opened.board))
    click.echo(f"SIMULATED: no cell is read and nobody is there. Seed {seed}; files in {folder}.", err=True)
    acumat([verb, *given, *words], prog_name="acumat-sim try", obj=mat.doors())


def _settings(folder: Path, board: str | None) -> Path:
    """Return the settings file of the folder; a new one keeps everything in the folder and names the board."""
    path = folder / SETTINGS
    if path.exists():
        if board is not None:
            raise click.BadParameter(f"--board is for a new folder; the board of {folder} stands in {path}")
    else:
        text = '# A simulated mat.\n[storage]\nstate_dir = "."\n'
        if board is not None:
            shipped = SHIPPED / f"{board}.toml"
            file = shipped if shipped.exists() else Path(board).absolute()
            boards.load_board(file)
            text += f"[board]\nfile = {json.dumps(str(file))}\n"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{path}: cannot be written ({error.strerror}): choose another --folder") from error
    return path

"""`acumat calibrate` and `acumat tare` as commands; the procedures are tested in diagnosis."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from firmware.cli.main import TRY_AGAIN, acumat


@pytest.mark.parametrize("words", [(), ("--mass", "5", "--body", "80")])
def test_one_way_has_to_be_given(words: tuple[str, ...]) -> None:
    """Exit 2 with what to give."""
    done = CliRunner().invoke(acumat, ["calibrate", *words])
    assert done.exit_code == 2
    assert "give weights with --mass, or your own weight with --body" in done.output


def test_a_body_asks_for_the_corner_test_first() -> None:
    """It is refused before a line is opened, with the command that tests the corners."""
    done = CliRunner().invoke(acumat, ["calibrate", "--body", "80"])
    assert done.exit_code == 2
    assert "does not test the corners" in done.output
    assert "calibrate with --mass" in done.output


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has GPIO lines: leave them alone")
@pytest.mark.parametrize(
    "words", [("calibrate", "--mass", "5"), ("calibrate", "--body", "80", "--no-corners"), ("tare",)]
)
def test_without_cells_there_is_one_line(words: tuple[str, ...]) -> None:
    """On a computer that is no Raspberry Pi."""
    done = CliRunner().invoke(acumat, list(words))
    assert done.exit_code == TRY_AGAIN
    assert done.output.startswith("acumat: no GPIO chip of a Raspberry Pi")

"""The commands as a user calls them, but in this process: starting Python costs more than most of what they do here."""

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import click

from firmware.cli.main import acumat
from sim.__main__ import command


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run_acumat(*words: object) -> Finished:
    """Run `acumat` with some words."""
    return _run(acumat, "acumat", words)


def run_acumat_sim(*words: object) -> Finished:
    """Run `acumat-sim` with some words."""
    return _run(command, "acumat-sim", words)


def _run(program: click.Command, name: str, words: tuple[object, ...]) -> Finished:
    code, out, errors = 0, io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(errors):
        try:
            program.main([str(word) for word in words], prog_name=name)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Finished(code, out.getvalue(), errors.getvalue())

"""`acumat people`: who uses the mat and whose turn it is."""

from pathlib import Path

import click
from rich.text import Text

from firmware import words
from firmware.cli import options
from firmware.cli.stored import json_option, open_for_reading, print_json, print_screen
from firmware.storage import history, records
from firmware.terminal.screen import SCREEN_WIDTH, screen_header, wrapped


@click.command("people")
@options.config_option
@click.option("--add", metavar="NAME", help="Add a person, on the first level.")
@click.option("--choose", metavar="NAME", help="Whose turn it is, or guest.")
@click.option("--remove", metavar="NAME", help="Delete a person with all their sessions and notes, for good.")
@click.option("--yes", is_flag=True, help="Do not ask before deleting.")
@json_option
def command(
    *, config_file: Path | None, add: str | None, choose: str | None, remove: str | None, yes: bool, as_json: bool
) -> None:
    """List the people, or change them."""
    if remove is not None and not yes:
        click.confirm(
            f"Delete {remove} with all sessions and notes, in backups too? This cannot be undone.", abort=True
        )
    changes = (("add_person", add), ("person", choose), ("remove_person", remove))
    if any(value is not None for _, value in changes):
        from firmware.cli.ask import request_command  # noqa: PLC0415 - it imports the core, which a list does not need

        for name, value in changes:
            if value is not None:
                request_command(config_file, name, value)
    with open_for_reading(config_file) as base:
        people = records.people(base)
        simulated = history.simulated(base)
    if as_json:
        print_json(people)
        return
    turn = words.GUEST_TURN if people.who.guest else f"It is the turn of: {people.who.name}."
    lines = screen_header("acumat people", simulated=simulated, line=turn)
    lines += [] if people.persons else [Text(line) for line in wrapped(words.NOBODY_YET, SCREEN_WIDTH)]
    lines += [Text(f"  {person.name:<32} level {person.level}") for person in people.persons]
    print_screen([*lines, Text(), Text("More: acumat people --add NAME   --choose NAME   --remove NAME")])

"""`acumat sessions`: the sessions that were, newest first."""

from math import ceil
from pathlib import Path
from typing import Final

import click

from firmware import config
from firmware.cli import options
from firmware.cli.stored import (
    json_option,
    known_person,
    morning_lines,
    open_for_reading,
    print_json,
    print_screen,
    programme_of,
    shown_now_s,
)
from firmware.programme import levels
from firmware.storage import history
from firmware.terminal.screen import week_text
from firmware.terminal.sessions_screen import sessions_screen

SHOWN: Final = 10


@click.command("sessions")
@options.config_option
@click.option("--person", help="Only those of one person.")
@click.option("--all", "everything", is_flag=True, help=f"All of them; without it the newest {SHOWN}.")
@json_option
def command(*, config_file: Path | None, person: str | None, everything: bool, as_json: bool) -> None:
    """List the sessions, newest first."""
    with open_for_reading(config_file) as base:
        found = history.sessions(base, person=known_person(base, person))
        asked = morning_lines(base)
        now_s = shown_now_s(base)
    shown = found if everything else found[:SHOWN]
    if as_json:
        print_json(shown)
    else:
        *lines, more = sessions_screen(shown, _head(found, now_s, programme_of(config.load_settings(config_file))))
        print_screen([*lines, *asked, more])


def _head(found: list[history.Session], now_s: float, programme: levels.Programme) -> str:
    """Return how many there are, over which time, and how many this week."""
    dated = [one.start_s for one in found if one.start_s is not None]
    if len(found) == 1 or not dated:
        return "One session." if len(found) == 1 else f"{len(found)} sessions, the newest first."
    weeks = ceil((dated[0] - dated[-1]) / history.WEEK_S)
    over = f" in {weeks} weeks" if weeks > 1 else ""
    done = sum(one.counted and (one.start_s or 0.0) > now_s - history.WEEK_S for one in found)
    week = week_text(done, programme.rules.week_target)
    return f"{len(found)} sessions{over}, the newest first. {week}"

"""`acumat programme`: level, what comes next, an offer with its reason, and the answer to it."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

from firmware import config, words
from firmware.cli import options
from firmware.cli.stored import json_option, morning_lines, open_for_reading, print_json, print_screen, programme_of
from firmware.clock import SystemClock, wall_clock_is_set
from firmware.dispatcher import today_at
from firmware.errors import StorageError
from firmware.programme.plan import Plan, Today
from firmware.storage import history, records
from firmware.terminal.screen import TITLE_STYLE, bulleted, screen_header, week_text

if TYPE_CHECKING:
    from firmware.programme.advice import Advice

MORE: Final = Text("More: acumat programme --level N   acumat programme acknowledge   --json")
ACTS: Final = ("accept", "decline", "healed", "acknowledge")


@click.command("programme")
@click.argument("act", type=click.Choice(ACTS), required=False)
@options.config_option
@click.option("--level", type=click.IntRange(0), help="Go to a level of your own choice; 0 is gentler than the first.")
@json_option
def command(*, act: str | None, config_file: Path | None, level: int | None, as_json: bool) -> None:
    """Show where you are in the programme, or answer an offer."""
    if act == "acknowledge":
        print_screen([Text(words.BEFORE_TITLE, TITLE_STYLE), *bulleted(words.BEFORE_YOU_USE_IT), Text()])
        click.confirm(words.ACKNOWLEDGEMENT, abort=True)
    if act is not None or level is not None:
        from firmware.cli.ask import request_command  # noqa: PLC0415 - it imports the core, which a look does not need

        if level is not None:
            _check_level(config_file, level)
            request_command(config_file, "confirm_level" if _confirmed(config_file, level) else "level", level)
        if act is not None:
            request_command(config_file, act, words.ACKNOWLEDGEMENT_VERSION if act == "acknowledge" else None)
    plan = _plan(config_file)
    with open_for_reading(config_file) as base:
        asked = morning_lines(base)
        simulated = history.simulated(base)
    advice = plan.advice(_today(simulated=simulated))
    if as_json:
        print_json({"person": plan.people.who, "level": plan.level, "goal_s": plan.goal_s, "advice": advice})
    else:
        *lines, more = programme_screen(plan, advice, simulated=simulated)
        print_screen([*lines, *asked, more])


def _plan(config_file: Path | None) -> Plan:
    with open_for_reading(config_file) as base:
        return Plan(programme_of(config.load_settings(config_file)), records.people(base), records.of_people(base))


def _check_level(config_file: Path | None, level: int) -> None:
    highest = len(programme_of(config.load_settings(config_file)).level)
    if level > highest:
        raise StorageError(f"there is no level {level}: give 1 to {highest}, or 0 for gentler than the first")


def _confirmed(config_file: Path | None, level: int) -> bool:
    """Ask before a higher level."""
    if level <= _plan(config_file).level:
        return False
    click.confirm(words.CONFIRM_HIGHER, abort=True)
    return True


def _today(*, simulated: bool) -> Today | None:
    """Return the day; None before the clock was set. An invented history is for a computer whose clock is right."""
    if not simulated and not wall_clock_is_set():
        return None
    return today_at(SystemClock().wall_s())


def programme_screen(plan: Plan, advice: "Advice | None", *, simulated: bool = False) -> list[Text]:
    """Return the lines of the screen; advice is None while the date is not known."""
    level = plan.programme.level[plan.level - 1] if plan.level else plan.programme.gentle
    named = plan.people.who
    who = words.GUEST_LEVEL.format(level=plan.level) if named.guest else f"{named.name}: level {plan.level}."
    lines = screen_header("acumat programme", simulated=simulated, line=who)
    lines.append(
        Text(f"Next: {plan.goal_s / 60:.0f} minutes, {words.COVER[level.cover]}, on {words.SURFACE[level.surface]}.")
    )
    if advice is None:
        return [*lines, Text(), Text(words.NO_DATE), Text(), MORE]
    lines.append(Text(week_text(advice.week_sessions, advice.week_target)))
    if advice.spacing:
        lines.append(Text(words.SPACING))
    if advice.hold is not None:
        lines += [Text(), Text("Hold", TITLE_STYLE), Text(words.HOLD[advice.hold.reason])]
    if advice.offer is not None:
        title = "Offer" if advice.offer.level == advice.level else f"Offer: level {advice.offer.level}"
        lines += [Text(), Text(title, TITLE_STYLE), Text(words.OFFER[advice.offer.reason])]
        lines.append(Text("Answer: acumat programme accept   acumat programme decline"))
    return [*lines, Text(), MORE]

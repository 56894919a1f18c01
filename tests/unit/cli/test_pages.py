"""Every command on the pages exists, and what they quote is what the program prints."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from firmware.cli import probe
from firmware.cli.main import VERBS, acumat
from firmware.diagnosis import calibration
from firmware.enums import Exit, Reason, State
from firmware.events import SessionSummary
from firmware.storage.calibration import RECORDS_MAX
from firmware.terminal.json_lines import session_line, tick_line
from firmware.view import DARK, SessionView, Tick
from sim.__main__ import OTHERS
from sim.__main__ import command as acumat_sim

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {".venv", "build", "node_modules"} & set(path.relative_to(ROOT).parts[:1])
)
TYPED = re.compile(r"(?:^|/bin/|[|;&$] |-m )(acumat|acumat-sim|firmware|sim) (.+)")
QUOTED = {  # words of the program that a page quotes
    "hardware/BRINGUP.md": (
        "never ready", "no zero is known", "all chips answer in time, no read was lost", "zero kept", "no answer",
        "the service is running and holds the lines", "You sit down at the hips end.", "You lower yourself.",
        "You lie down; the timer runs.", "Settling: the first minute.",
        "at the end of the range", "the same code again and again", "long clock", "collided", "desynced",
        "saturated", "floating", "stuck", "noisy",
    ),
    "hardware/CALIBRATION.md": (
        "Clear the mat and do not touch it.", "on the middle of tile", "Take the weight off.", "Keep this calibration?",
        "from the base", "from your left hand", "calibration.json",
    ),
}  # fmt: skip
OF_THE_PAGE = {"never ready"}  # quoted from the data sheet, not from the program


def code(page: str) -> Iterator[str]:
    """Return each piece of code of a page: spans, and lines of blocks."""
    fenced = False
    for line in page.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.strip()
        else:
            yield from re.findall(r"`([^`]+)`", line)


def commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Return (program, words) of each command that a page names."""
    for piece in code(page):
        for program, words in TYPED.findall(piece):
            yield program, words.split()


def wrong(program: str, words: list[str]) -> str | None:
    """Return the part of a command that does not exist, or None. Placeholders are not checked."""
    name, known = program, acumat_sim if program.endswith("sim") else acumat
    if known is acumat and not words[0].startswith("-"):
        name = words[0]
        if name not in VERBS:
            return None if re.fullmatch(r'[A-Z"$].*', name) else f"no verb {name}"
        known = acumat.get_command(click.Context(acumat), name) or acumat
    elif words[0] in OTHERS:
        name, known = words[0], OTHERS[words[0]]
    inner = [acumat.get_command(click.Context(acumat), word) for word in words[1:] if name == "try" and word in VERBS]
    takes = [part for one in (known, *inner) if one is not None for part in one.params]
    options = {option for part in takes for option in part.opts} | {"--help", "-h", "--version"}
    missing = [word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word) and word not in options]
    return f"{name}: no option {', '.join(missing)}" if missing else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_exists(page: Path) -> None:
    """Verbs and options alike: a page that was written before the program was finished is found here."""
    problems = [wrong(*command) for command in commands(page.read_text(encoding="utf-8"))]
    assert [one for one in problems if one] == []


def test_commands_are_found_and_wrong_ones_too() -> None:
    """In spans, in blocks, by path, by module; what is no command of ours is left alone."""
    page = (
        "`acumat tare` `acumat wash`\n\n    sudo /opt/acumat/bin/acumat run --shout --config x\n```\nacumat-sim quick"
    )
    page += " --bits\npython -m sim quick --bats\n```\n`systemctl enable --now acumat acumat-poweroff.path`"
    found = list(commands(page))
    assert [wrong(*command) for command in found] == [
        None, "no verb wash", "run: no option --shout", None, "sim: no option --bats",
    ]  # fmt: skip
    named = [command for path in PAGES for command in commands(path.read_text(encoding="utf-8"))]
    assert len(named) > 30


@pytest.mark.parametrize("name", QUOTED)
def test_the_pages_quote_the_program(name: str) -> None:
    """Each quoted word stands on the page, and in the words of the program."""
    page = re.sub(r"\s+", " ", (ROOT / name).read_text(encoding="utf-8"))
    program = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "firmware").rglob("*.py")))
    for words in QUOTED[name]:
        assert words in page
        assert words in program or words in OF_THE_PAGE


def test_architecture_lists_the_fields_of_the_lines() -> None:
    """Every field of a session and of a tick, in their order: who writes a reader has nothing else to go by."""
    page = (ROOT / "docs/recordings.md").read_text(encoding="utf-8")
    listed = [
        re.findall(r'"(\w+)"', found)
        for found in re.findall(r'`\{("kind": "(?:session|tick)",.*?)\}`', page, re.DOTALL)
    ]
    summary = SessionSummary(1, 0.0, 1.0, 1.0, 600.0, Reason.USER, Exit.UNKNOWN, 0, counted=False)
    view = SessionView(State.IDLE, occupied=False, number=0, start_s=None, elapsed_s=0.0, goal_s=600.0, wiggles=0)
    lines = session_line(summary, "real"), tick_line(Tick(0.1, None, (), view, DARK))
    assert listed == [["kind", str(line["kind"]), *list(line)[1:]] for line in lines]


def test_the_helper_of_the_assembly_gives_settings_to_verbs_that_take_them(tmp_path: Path) -> None:
    """Typed into bash as it stands on the page, with a sudo that only says what it was asked for."""
    page = (ROOT / "hardware/ASSEMBLY.md").read_text(encoding="utf-8")
    program = tmp_path / "acumat"
    program.write_text("")
    program.chmod(0o755)
    [helper] = re.findall(r"^    (acumat\(\) \{.*?\n    \})$", page, re.DOTALL | re.MULTILINE)
    for words in [*([verb, "WORD"] for verb in VERBS), ["--version"], []]:
        path = f"PATH={tmp_path}:$PATH"
        typed = f'{path}\nsudo() {{ echo "$@"; }}\n{helper}\nacumat {" ".join(words)}'
        done = subprocess.run(["bash", "-euc", typed], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        asked = done.stdout.partition(str(program))[2].split()
        command = acumat.get_command(click.Context(acumat), words[0]) if words else None
        takes = command is not None and any("--config" in part.opts for part in command.params)
        settings = ["--config", "/etc/acumat/acumat.toml"] if takes else []
        assert asked == [*words[:1], *settings, *words[1:]]


def test_the_figures_of_the_pages_are_those_of_the_program() -> None:
    """15 s of probing, two minutes of patience, twenty kept calibrations."""
    [seconds] = [part for part in probe.command.params if part.name == "seconds"]
    bringup, calibrating = ((ROOT / "hardware" / f"{name}.md").read_text() for name in ("BRINGUP", "CALIBRATION"))
    assert seconds.default == 15.0
    assert "`acumat probe`, 15 seconds" in bringup
    assert calibration.CALIBRATION_TIMEOUT_S == 120.0
    assert "for two minutes it ends" in re.sub(r"\s+", " ", calibrating)
    assert RECORDS_MAX == 20
    assert "the last twenty" in calibrating

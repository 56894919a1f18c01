"""People, programme, export and backup from the command line, with a mat that runs and with none."""

import csv
import io
import json
import re
import threading
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware import words
from firmware.cli.main import REFUSED, TRY_AGAIN, acumat
from firmware.cli.programme import programme_screen
from firmware.commands import Request
from firmware.enums import Exit, Reason
from firmware.events import SessionSummary
from firmware.programme.levels import shipped_programme
from firmware.programme.people import People
from firmware.programme.plan import VERSION, Plan, Today
from firmware.storage import backups, connection, mailbox
from firmware.storage.database import Database
from firmware.storage.folder_lock import locked
from firmware.storage.mailbox import Mailbox
from sim.history_command import command as make_history
from tests.doubles.clock import ManualClock

CANARY = "canary-quincunx-7731"


@pytest.fixture(autouse=True)
def _no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "TAKEN_S", 0.2)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    assert CliRunner().invoke(make_history, ["--weeks", "3", "--folder", str(folder)]).exit_code == 0
    return folder / "acumat.toml"


def run(settings: Path, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(acumat, [*words, "--config", str(settings)], input=given)


@pytest.mark.requirement("D42")
def test_people_come_and_go_without_a_mat_that_runs(settings: Path) -> None:
    """Added, chosen, listed; a name that nobody has is refused."""
    assert run(settings, "people", "--add", "Ana", "--choose", "Ana").exit_code == 0
    found = json.loads(run(settings, "people", "--json").output)
    assert (found["chosen"], [one["name"] for one in found["persons"]]) == ("Ana", ["Sam (simulated)", "Ana"])
    assert run(settings, "people", "--choose", "Zoe").exit_code == REFUSED


def test_a_deleted_person_leaves_no_byte(settings: Path) -> None:
    """Notes, sessions, name: not in the database, its log or any copy."""
    run(settings, "people", "--add", "Ana", "--choose", "Ana")
    assert run(settings, "journal", "before", "--set", f"note={CANARY}").exit_code == 0
    assert run(settings, "backup").exit_code == 0
    folder = settings.parent
    assert any(CANARY.encode() in path.read_bytes() for path in folder.rglob("*.db"))
    result = run(settings, "people", "--remove", "Ana", "--yes")
    assert result.exit_code == 0, result.output
    assert [path for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()] == []
    assert backups.backup_ring(folder)


def test_a_running_mat_takes_the_command_and_answers(tmp_path: Path) -> None:
    """What it refuses is the error of the verb; nothing is left in the database."""
    seen: list[tuple[str, object]] = []

    def submit(request: Request) -> None:
        seen.append((request.name, request.value))
        request.answer(None if request.name == "accept" else "nothing is offered")

    base = Database(tmp_path, ManualClock(), boot_id="one")
    base.idle = Mailbox(submit, base.write)
    answers: list[str | None] = []
    thread = threading.Thread(target=lambda: answers.append(mailbox.leave(base.path, "accept", None)))
    mailbox.TAKEN_S = 5.0  # type: ignore[misc]  # the fixture puts it back
    thread.start()
    thread.join()
    assert answers == ["ok"]
    assert mailbox.leave(base.path, "decline", None) == "nothing is offered"
    assert seen == [("accept", None), ("decline", None)]
    base.close()
    found = connection.read_only(tmp_path / connection.NAME)
    assert found.execute("SELECT count(*) FROM request").fetchone()[0] == 0
    found.close()


@pytest.mark.requirement("D02", "D03", "D29", "D37", "D38", "D39")
def test_the_programme_is_shown_and_the_text_is_read_first(settings: Path) -> None:
    """Level, next minutes; acknowledging shows the text and asks."""
    shown = run(settings, "programme").output
    assert "Sam (simulated): level 6." in shown
    assert "Next: 20 minutes, a t-shirt, on the floor." in shown
    result = run(settings, "programme", "acknowledge", given="n\n")
    assert "Ask a doctor first" in result.output
    assert result.exit_code == 1
    assert json.loads(run(settings, "programme", "--json").output)["level"] == 6


@pytest.mark.requirement("D30", "D32")
def test_the_week_and_a_session_soon_after_another_are_shown() -> None:
    """Three of four sessions this week; the fourth only an hour after the last: a note, and no ban."""
    plan = Plan(shipped_programme(), People().add("Ana").choose("Ana"))
    plan.acknowledge(VERSION, Today(1_800_000_000.0, 20_833, "a day"))
    for day in range(3):
        end = Today(1_800_000_000.0 + day * 86_400, 20_833 + day, "a day")
        plan.session_started()
        plan.session_ended(
            SessionSummary(1, 0.0, 600.0, 600.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 0, counted=True), end
        )
    for hours, noted in ((1, True), (9, False)):
        soon = Today(end.now_s + hours * 3600, end.day, "a day")
        shown = "\n".join(line.plain for line in programme_screen(plan, plan.advice(soon)))
        assert "3 of 4 sessions this week." in shown
        assert (words.SPACING in shown) is noted


def test_a_programme_of_ones_own_is_the_one_that_is_shown(settings: Path) -> None:
    """Its target and its levels, as on the mat that runs with it; one that is damaged is named."""
    own = settings.parent / "own.toml"
    shipped = files("firmware.programme").joinpath("programme.toml").read_text(encoding="utf-8")
    own.write_text(re.sub(r"week_target = \d+", "week_target = 6", shipped))
    settings.write_text(settings.read_text() + '[session]\nprogramme_file = "own.toml"\n')
    for verb in ("programme", "sessions", "trends"):
        assert "of 6 sessions this week" in run(settings, verb).output, verb
    refused = run(settings, "programme", "--level", "99").output
    assert "there is no level 99: give 1 to" in refused
    own.write_text("level = 3\n")
    assert run(settings, "programme").exit_code == REFUSED
    own.unlink()
    assert "own.toml: cannot be read" in run(settings, "trends").output


def test_broken_skin_in_the_journal_holds_the_programme(settings: Path) -> None:
    """As on the page: the programme knows it when it is noted after the newest session, until it has healed."""
    said = run(settings, "journal", "after", "--set", "marks=broken skin").output
    assert "The programme rests until your skin has healed" in said
    assert json.loads(run(settings, "programme", "--json").output)["advice"]["hold"]["reason"] == "skin"
    assert run(settings, "programme", "healed").exit_code == 0
    hold = json.loads(run(settings, "programme", "--json").output)["advice"]["hold"]
    assert hold is None or hold["reason"] != "skin"


def test_everything_can_be_taken_away(settings: Path, tmp_path: Path) -> None:
    """JSON holds every session, CSV a line each; a copy opens as a database."""
    sessions = json.loads(run(settings, "sessions", "--all", "--json").output)
    found = json.loads(run(settings, "export").output)
    assert len(found["tables"]["session"]) == len(sessions)
    rows = list(csv.DictReader(io.StringIO(run(settings, "export", "--csv").output)))
    assert len(rows) == len(sessions)
    assert any(row["back_pain_before"] for row in rows)
    copy = tmp_path / "copy.db"
    assert run(settings, "backup", "--to", str(copy)).exit_code == 0
    made = connection.read_only(copy)
    connection.check(made)
    made.close()
    assert run(settings, "backup", "--to", str(copy)).exit_code == REFUSED
    assert run(settings, "backup", "--list", "--json").output.strip() == "[]"


def test_an_export_is_read_into_another_mat(settings: Path, tmp_path: Path) -> None:
    """The same export comes out again; a mat that runs on the folder is left alone."""
    file = tmp_path / "all.json"
    file.write_text(run(settings, "export").output)
    other = tmp_path / "other" / "acumat.toml"
    other.parent.mkdir()
    other.write_text('[storage]\nstate_dir = "."\n')
    done = run(other, "import", str(file))
    assert done.exit_code == 0, done.output
    assert run(other, "export").output == file.read_text()
    assert "were there already" in run(other, "import", str(file)).output
    with locked(other.parent):
        refused = run(other, "import", str(file))
    assert refused.exit_code == TRY_AGAIN
    assert "another acumat keeps its sessions there" in refused.output

"""The verbs that read the database: every screen fits 80 columns, and --json is JSON."""

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from firmware.cli.main import REFUSED, acumat
from firmware.storage import connection
from sim import history as invented
from sim.history_command import command as make_history


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    invented.write_history(folder, 12, 1, end=dt.datetime(2027, 3, 1, tzinfo=dt.UTC))
    (folder / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')
    return folder / "acumat.toml"


def run(settings: Path, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(acumat, [*words, "--config", str(settings)], input=given)


@pytest.mark.parametrize(
    "words",
    [
        ("sessions",),
        ("sessions", "--all"),
        ("session", "40"),
        ("session", "1"),
        ("session", "40", "--at", "5"),
        ("trends",),
        ("journal",),
        ("people",),
        ("programme",),
    ],
)
def test_every_screen_fits_eighty_columns(words: tuple[str, ...], settings: Path) -> None:
    """Nothing is cut by an ellipsis; the last line names what to type next."""
    result = run(settings, *words)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert "SIMULATED HISTORY" in lines[0]
    assert "…" not in result.output
    assert lines[-1].startswith("More: acumat")


@pytest.mark.parametrize("words", [("sessions",), ("session", "3"), ("trends",), ("journal",)])
def test_json_is_json(words: tuple[str, ...], settings: Path) -> None:
    """One document."""
    found = json.loads(run(settings, *words, "--json").output)
    assert found


def test_a_name_that_nobody_has_is_refused(settings: Path, tmp_path: Path) -> None:
    """Not an empty list: the name is wrong. Capitals do not matter."""
    for words in (("sessions",), ("trends",), ("export",), ("report", str(tmp_path / "a.html"))):
        result = run(settings, *words, "--person", "Zoe")
        assert result.exit_code == REFUSED
        assert result.output.strip() == "acumat: 'Zoe': nobody of that name; people are Sam (simulated)"
    assert "sessions in" in run(settings, "sessions", "--person", "sam (SIMULATED)").output
    assert run(settings, "people", "--remove", "Zoe", "--yes").exit_code == REFUSED


def test_a_misspelt_verb_is_recognised() -> None:
    """The one that was meant, or all of them."""
    result = CliRunner().invoke(acumat, ["sesions"])
    assert result.exit_code == REFUSED
    assert "'sesions': no such verb; did you mean session" in result.output
    assert "known are setup, run" in CliRunner().invoke(acumat, ["qqqq"]).output


def test_the_file_of_a_newer_program_is_not_touched(settings: Path, tmp_path: Path) -> None:
    """Read, written to, or copied: one line, and not one byte is different."""
    path = tmp_path / connection.NAME
    path.write_bytes((settings.parent / connection.NAME).read_bytes())
    newer = connection.connect(path)
    newer.execute("PRAGMA user_version=99")
    newer.close()
    before = path.read_bytes()
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')
    for words in (("sessions",), ("people", "--add", "Ana"), ("programme", "accept"), ("journal", "before", "--set",
                  "back_pain=3"), ("backup",), ("export",)):  # fmt: skip
        result = run(tmp_path / "acumat.toml", *words)
        assert (result.exit_code, len(result.output.splitlines())) == (REFUSED, 1), words
        assert "install the newer acumat again" in result.output
    assert path.read_bytes() == before


def test_the_file_of_an_earlier_program_is_not_called_damaged(settings: Path, tmp_path: Path) -> None:
    """Between an update and the first start after it."""
    path = tmp_path / connection.NAME
    path.write_bytes((settings.parent / connection.NAME).read_bytes())
    older = connection.connect(path)
    older.execute("PRAGMA user_version=1")
    older.close()
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')
    for words in (("sessions",), ("session", "1"), ("trends",), ("journal",), ("people",), ("programme",), ("export",)):
        result = run(tmp_path / "acumat.toml", *words)
        assert result.exit_code == REFUSED
        assert (
            result.output
            == f"acumat: {path}: is of an earlier version of acumat: the next start of the mat updates it\n"
        )


def test_before_the_first_session(tmp_path: Path) -> None:
    """First steps in place of a list, notes only for now, and a table with its heading."""
    base = connection.connect(tmp_path / connection.NAME)
    connection.migrate(base)
    base.close()
    settings = tmp_path / "acumat.toml"
    settings.write_text('[storage]\nstate_dir = "."\n')
    shown = run(settings, "sessions").output
    assert "Sit at the hips end" in shown
    for words in (("sessions",), ("trends",), ("journal",), ("people",), ("programme",)):
        assert max(map(cell_len, run(settings, *words).output.splitlines())) <= 80, words
    assert "there is no session yet" in run(settings, "journal", "after", "--set", "back_pain=1").output
    assert run(settings, "export", "--csv").output.startswith("id,start_s,length_s,")


def test_a_trend_claims_no_cause(settings: Path) -> None:
    """The sentence stands below; nothing says better, percent or streak."""
    shown = run(settings, "trends").output
    assert "they cannot" in shown
    for word in ("better", "%", "streak", "improve"):
        assert word not in shown


def test_what_is_not_there_is_one_line(settings: Path, tmp_path: Path) -> None:
    """A session that does not exist, a folder without a database."""
    result = run(settings, "session", "999")
    assert (result.exit_code, result.output.strip()) == (
        REFUSED,
        "acumat: there is no session 999: `acumat sessions` lists them",
    )
    (tmp_path / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')
    result = run(tmp_path / "acumat.toml", "sessions")
    assert result.exit_code == REFUSED
    assert "no database yet" in result.output


@pytest.mark.requirement("D23", "D36")
def test_an_entry_is_asked_for_and_belongs_to_the_newest_session(tmp_path: Path) -> None:
    """Questions may be skipped, a wrong answer is asked for again."""
    folder = tmp_path / "made"
    assert CliRunner().invoke(make_history, ["--weeks", "2", "--folder", str(folder)]).exit_code == 0
    settings = folder / "acumat.toml"
    given = "3\n\n99\n4\n\n\n\n\n\n\nA quiet evening.\n"
    result = run(settings, "journal", "after", given=given)
    assert result.exit_code == 0, result.output
    assert "Stored for session" in result.output
    for asked in ("How much did the points hurt after five minutes, 0 to 10?", "Marks on the skin?"):
        assert asked in result.output
    base = connection.read_only(folder / connection.NAME)
    [(body, session)] = [tuple(row) for row in base.execute("SELECT body, session FROM entry ORDER BY id DESC LIMIT 1")]
    newest = base.execute("SELECT max(id) FROM session").fetchone()[0]
    base.close()
    assert json.loads(body) == {"back_pain": 3, "tension": 4, "note": "A quiet evening."}
    assert session == newest
    result = run(settings, "journal", "before", "--set", "back_pain=12")
    assert result.exit_code == REFUSED
    assert "back_pain" in result.output
    assert run(settings, "journal", "morning", "--set", "sleep=7").output == f"Stored for session {newest}.\n"
    assert "Nothing was said" in run(settings, "journal", "morning", given="\n\n\n").output

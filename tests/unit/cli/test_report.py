"""One month as a page to print, one moment of a session, a session played again, and the question of the morning."""

import datetime as dt
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from firmware import mat, words
from firmware.cli.main import REFUSED, acumat
from firmware.cli.run import core_of, dispatcher_of
from firmware.cli.storing import store_of
from firmware.clock import SystemClock
from firmware.storage import connection, history, journal, lumbar, trace
from firmware.terminal.session_screen import MAP_COLUMN
from firmware.words import journal as journal_words
from sim import history as invented
from tests.doubles.clock import ManualClock
from tests.doubles.tape_daemon import LastPins

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six weeks that ended last night by this computer's clock."""
    folder = tmp_path_factory.mktemp("history")
    end = dt.datetime.fromtimestamp(SystemClock().wall_s()).astimezone()
    invented.write_history(folder, 6, 1, end=end, a_week=7.0)
    (folder / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')
    return folder / "acumat.toml"


def run(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(acumat, [*words, "--config", str(settings)])


def test_a_month_is_one_file_with_pictures(settings: Path, tmp_path: Path) -> None:
    """It is labelled, claims no cause, has a picture for minutes, pain and load, and fetches nothing."""
    file = tmp_path / "month.html"
    done = run(settings, "report", str(file))
    assert done.exit_code == 0, done.output
    text = file.read_text()
    assert "SIMULATED: no person is behind these figures" in text
    assert journal_words.TRENDS in text
    assert words.DISCLAIMER.partition('"')[0] in text
    pictures = re.findall(r'<svg [^>]*aria-label="([^"]*)"', text)
    assert [one[:9] for one in pictures] == ["Minutes o", "Back pain", "Average l"]
    days = int(done.output.split(": ")[1].split()[0])
    assert text.count("<tr>") == days + 1
    assert not re.search(r"(src|href)=|url\(|<script|@import", text)


def test_what_a_person_wrote_is_text_and_not_markup(settings: Path, tmp_path: Path) -> None:
    """A note with angle brackets stays what it is."""
    run(settings, "journal", "after", "--set", "note=<script>alert(1)</script>")
    file = tmp_path / "month.html"
    run(settings, "report", str(file))
    assert "<script>" not in file.read_text()
    assert "&lt;script&gt;" in file.read_text()


def test_a_file_is_not_replaced_by_accident_and_an_empty_month_is_a_page_too(settings: Path, tmp_path: Path) -> None:
    """--force replaces it; a month without sessions says so in one line."""
    file = tmp_path / "month.html"
    assert "0 sessions of May 1999" in run(settings, "report", str(file), "--month", "1999-05").output
    assert "<svg" not in file.read_text()
    assert run(settings, "report", str(file)).exit_code == REFUSED
    assert run(settings, "report", str(file), "--force").exit_code == 0


def test_one_moment_of_a_session(settings: Path) -> None:
    """The stage, the curves and the map at five minutes; a time beyond the end is the end."""
    lines = run(settings, "session", "12", "--at", "5").output.splitlines()
    assert lines[0].startswith("acumat session 12 at 5:00")
    assert "SIMULATED HISTORY" in lines[0]
    assert len(lines) <= 23 + 2  # the picture, and what to type next
    assert any(line.startswith("Resting") for line in lines)
    assert any(line.startswith("Load") and "kg" in line for line in lines)
    assert any(line.endswith("Your right Hips Your left") for line in lines)
    assert "Settling" in run(settings, "session", "12", "--at", "0").output
    assert run(settings, "session", "12", "--at", "900").exit_code == 0
    assert run(settings, "session", "12", "--at", "5", "--json").exit_code == REFUSED


def test_a_session_is_played_again(settings: Path) -> None:
    """In a pipe a line a minute, from the first to the last, without waiting."""
    lines = run(settings, "session", "12", "--replay").output.splitlines()
    assert [line.split()[0] for line in lines][:3] == ["0:00", "1:00", "2:00"]
    assert lines[0].split()[1] == "Settling"
    assert all("load" in line for line in lines[1:])


@pytest.mark.requirement("D26")
def test_the_next_morning_is_asked_until_it_is_answered(settings: Path) -> None:
    """From six hours after the session on, in the list of sessions, the journal and the programme; then no more."""
    base = connection.connect(settings.parent / connection.NAME)
    base.row_factory = connection.ROWS
    newest = base.execute("SELECT id, end_s FROM session_dated ORDER BY id DESC").fetchone()
    base.execute("DELETE FROM entry WHERE session = ? AND phase = 'morning'", (newest["id"],))
    due = [journal.morning_due(base, invented.PERSON, newest["end_s"] + hours * 3600) for hours in (1, 7, 47, 50)]
    assert due == [None, newest["id"], newest["id"], None]
    assert journal.morning_due(base, "nobody", newest["end_s"] + 7 * 3600) is None
    base.close()
    question = f"How did you sleep after session {newest['id']}?"
    if SystemClock().wall_s() - newest["end_s"] > journal.MORNING_S[0]:  # before four in the morning it is too early
        for verb in ("sessions", "journal", "programme"):
            assert question in run(settings, verb).output
    run(settings, "journal", "morning", "--set", "sleep=6")
    for verb in ("sessions", "journal", "programme"):
        assert question not in run(settings, verb).output


def test_sessions_without_a_date_are_not_called_none(tmp_path: Path) -> None:
    """Trends need dates; where there are none yet, that is said, and the first time is explained where nobody lay."""
    settings = tmp_path / "acumat.toml"
    settings.write_text('[storage]\nstate_dir = "."\n')
    base = connection.connect(tmp_path / connection.NAME)
    connection.migrate(base)
    assert journal_words.NO_SESSIONS_YET in run(settings, "trends").output
    said = " ".join(run(settings, "sessions").output.split())
    assert all(line in said for line in words.FIRST_TIME)
    base.execute("INSERT INTO boot (boot_id) VALUES ('one')")
    base.execute(
        "INSERT INTO session (boot, opened_ns, start_ns, end_ns, lying_s, counted) VALUES (1, 1, 1, 6e11, 600, 1)"
    )
    base.close()
    assert journal_words.NO_DATED_SESSIONS in " ".join(run(settings, "trends").output.split())


@pytest.mark.requirement("D04", "D41", "D44", "D45")
def test_set_up_trigger_and_other_methods_are_noted_with_the_session(settings: Path, tmp_path: Path) -> None:
    """Said before a session, kept as said, and on the page of the month; a word that is not offered is refused."""
    said = ("head=folded_towel", "trigger=lunch", "other=Stretched before.", "back_pain=4")
    words_ = [part for one in said for part in ("--set", one)]
    base = connection.connect(settings.parent / connection.NAME)
    [(newest,)] = base.execute("SELECT max(id) FROM session")
    base.close()
    assert run(settings, "journal", "before", *words_, "--session", str(newest)).exit_code == 0
    shown = run(settings, "session", str(newest)).output
    assert "towel under the head" in shown
    assert "at lunch, also: Stretched before." in shown
    run(settings, "report", str(tmp_path / "month.html"))
    assert "also: Stretched before." in (tmp_path / "month.html").read_text()
    assert run(settings, "journal", "before", "--set", "trigger=boredom").exit_code == REFUSED


def test_dozing_is_reported_as_what_was_measured() -> None:
    """Still and slow for seven minutes, not asleep; a movement, a quick breath or an unknown one ends it."""
    curves = np.tile([380.0, 0.2, 9.0], (120, 1))
    curves[20, 1], curves[105, 2] = 6.0, np.nan
    made = trace.Trace(np.arange(120.0), curves, np.empty(0), np.empty((0, 12)))
    assert trace.still_and_slow_s(made) == 84 * trace.CURVE_S
    assert trace.still_and_slow_s(made._replace(curves=np.tile([380.0, 0.2, 14.0], (120, 1)))) == 0.0
    assert not re.search("sleep|asleep", journal_words.DOZED)


@pytest.mark.requirement("D15")
@pytest.mark.parametrize(("asked", "known"), [("false", set()), ("true", {invented.PERSON})])
def test_the_usual_share_of_the_small_of_the_back_reaches_the_mat_of_those_who_asked(
    settings: Path, tmp_path: Path, asked: str, known: set[str]
) -> None:
    """The middle of a person's own sessions; off by default."""
    folder = tmp_path / "mat"
    shutil.copytree(settings.parent, folder)
    (folder / "acumat.toml").write_text(f'[storage]\nstate_dir = "."\n[session]\nlumbar_hint = {asked}\n')
    opened = mat.load_mat(folder / "acumat.toml")
    store = store_of(opened, ManualClock(), simulated=True)
    try:
        dispatcher = dispatcher_of(opened, core_of(opened), store, LastPins(), lambda: None)
        assert set(dispatcher.lumbar) == known
        assert all(0.1 < share < 0.6 for share in dispatcher.lumbar.values())
    finally:
        store.close()


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (1.0, "breaths as deep as usual"),
        (1.5, "breaths deeper than usual"),
        (0.6, "breaths shallower than usual"),
    ],
)
@pytest.mark.requirement("D19")
def test_stillness_is_one_quiet_line_against_the_own_middle(settings: Path, times: float, said: str) -> None:
    """Five sessions before are the baseline, the session itself is not; with four, or without evidence, no word."""
    base = connection.connect(settings.parent / connection.NAME)
    base.row_factory = connection.ROWS
    base.execute("UPDATE session SET still_share = NULL, breath_depth_n = NULL")
    *before, newest = [one.id for one in history.sessions(base, person=invented.PERSON) if one.counted][5::-1]

    def shown() -> str:
        lines = run(settings, "session", str(newest)).output.splitlines()
        return " ".join(" ".join(line[:MAP_COLUMN] for line in lines).split())

    assert "Stillness" not in shown()
    known = "UPDATE session SET still_share = ?, breath_depth_n = ? WHERE id = ?"
    base.execute(known, (0.9, 6.0 * times, newest))
    for number in before[:4]:
        base.execute(known, (0.8, 6.0, number))
    assert "Stillness 90% of the time Moved" in shown()
    base.execute(known, (0.8, 6.0, before[4]))
    assert f"Stillness 90% of the time, usually 80%; {said}" in shown()
    base.execute(known, (0.9, None, newest))
    assert "breaths" not in shown().partition("Stillness")[2].partition("Moved")[0]
    base.close()


def test_the_own_middle_and_the_towel_need_some_sessions_first(settings: Path) -> None:
    """No baseline before the fifth session, and no word of the towel before three sessions with and three without."""
    base = connection.connect(settings.parent / connection.NAME)
    base.row_factory = connection.ROWS
    assert history.usual_calm(base, invented.PERSON).settled_s == pytest.approx(130, abs=40)
    assert history.usual_calm(base, "nobody") == history.usual_calm(base, None) == history.UsualCalm()
    assert lumbar.lumbar_shares(base, (3, 4, 5), person=invented.PERSON) is None
    numbers = [number for (number,) in base.execute("SELECT id FROM session ORDER BY id LIMIT 6")]
    base.execute("DELETE FROM entry WHERE session <= ? AND phase = 'before'", (numbers[-1],))
    for place, number in enumerate(numbers):
        entry = journal.answers({"lumbar": place < 3}, "before")
        write = journal.add((invented.BOOT_ID, place), "before", entry, person=invented.PERSON, session=number)
        base.execute(write.sql, write.values)
        base.execute(
            "UPDATE session SET map = ? WHERE id = ?",
            (trace.encode_pressure_map([10.0] * 3 + [20.0 - 10 * (place >= 3)] * 3 + [0.0] * 6), number),
        )
    shares = lumbar.lumbar_shares(base, (3, 4, 5), person=invented.PERSON)
    assert shares == pytest.approx((2 / 3, 0.5))
    assert lumbar.lumbar_shares(base, (12,), person=invented.PERSON) is None  # maps of a smaller board
    base.close()
    assert "with the towel under the mat" in " ".join(run(settings, "trends").output.split())
    assert "usually after" in run(settings, "session", "9").output

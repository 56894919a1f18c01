"""The shell report in the small: damaged files, a verb on a damaged database, and one kill of the real daemon."""

import os
import signal
from pathlib import Path

import pytest

from firmware import mat
from firmware.storage.connection import NAME, read_only
from tests.bench import shell_damage, shell_verbs
from tests.bench.shell_damage import Tally, a_state
from tests.bench.shell_rig import CLOCK, COME, Service, a_session


def test_the_mat_starts_on_damaged_files_in_the_small() -> None:
    """A thousand single bytes and 600 random damages are for `make shell`; here some of each."""
    assert [one for one in shell_damage.rows(12, 12, 5) if not one.holds] == []


def test_a_mat_that_cannot_start_would_be_counted(tmp_path: Path) -> None:
    """Settings that are wrong stop it: the same code counts that."""
    a_state(tmp_path)
    sound = mat.load_for_service(tmp_path / "acumat.toml")
    (tmp_path / "acumat.toml").write_text("[")
    tally = Tally()
    shell_damage.start(tmp_path, NAME, tally, sound)
    assert len(tally.failed) == 1


@pytest.mark.parametrize("number", [7, 8, 9])
def test_a_verb_on_a_damaged_database_is_one_line(number: int, tmp_path: Path) -> None:
    """A page in the middle is gone: found by the look, or while reading."""
    a_state(tmp_path)
    (tmp_path / "sound.toml").write_text('[storage]\nstate_dir = "."\n')
    data = bytearray((tmp_path / NAME).read_bytes())
    data[4096 : len(data)] = os.urandom(len(data) - 4096)
    (tmp_path / NAME).write_bytes(data)
    words, _, _ = shell_verbs.CALLS[number]
    done = shell_verbs.run_verb(words, tmp_path)
    assert (done.code, done.errors.count("\n")) == (2, 1)
    assert "damaged" in done.errors or "cannot be read" in done.errors


@pytest.mark.slow
def test_a_killed_daemon_goes_on_with_the_session(tmp_path: Path) -> None:
    """The real program, kill -9 while a person lies there: the same row goes on, and its status file says how it is."""
    service = Service(tmp_path / "state", a_session(60.0, 3))
    try:
        service.calibrate()
        service.start()
        assert service.ready_ns() is not None
        service.sleep_until(sum(act.seconds for act in COME) + 8.0)
        service.stop(signal.SIGKILL)
        service.start()
        assert service.ready_ns() is not None
        CLOCK.sleep_s(8.0)
        assert service.stop() == 0
        base = read_only(service.folder / NAME)
        [(number, end_ns, at_ns)] = base.execute(
            "SELECT session.id, session.end_ns, checkpoint.at_ns FROM session JOIN checkpoint ON session = session.id"
        ).fetchall()
        base.close()
    finally:
        service.close()
    assert (number, end_ns) == (1, None)
    assert at_ns > service.origin_ns + 1e9 * sum(act.seconds for act in COME)
    assert "continues after a gap" in service.text()

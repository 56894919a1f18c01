"""`acumat run`: what the settings turn into. The loop is tested in test_daemon, the wires with the drivers."""

from pathlib import Path

import pytest

from firmware import daemon, mat
from firmware.cli.main import VERBS
from firmware.cli.publishing import machine_figures
from firmware.cli.run import DOORS, core_of, tick_sinks
from firmware.enums import State
from firmware.errors import BrokerError
from firmware.events import SessionEnded
from firmware.mqtt.publisher import Publisher
from firmware.signal.calibration import Calibration
from firmware.storage import calibration as calibrations
from firmware.storage import zero as zeros
from firmware.supervisor import Supervisor
from firmware.terminal.live_view import LiveView
from firmware.web.frame_tap import FrameTap
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people import story as stories
from tests.doubles.scripted import Heard, Scripted

BOARD = boards.load_board()


def settings(folder: Path, text: str = "") -> Path:
    """Write a settings file whose state lives in the same folder."""
    path = folder / "acumat.toml"
    path.write_text(f'[storage]\nstate_dir = "."\n{text}')
    return path


def test_without_a_calibration_the_scale_is_nominal(tmp_path: Path) -> None:
    """The zero is known, so load is reported."""
    opened = mat.load_mat(settings(tmp_path))
    assert not opened.calibrated
    assert opened.calibration == Calibration((BOARD.counts_per_newton,) * 12)
    assert opened.board == BOARD


def test_the_calibration_of_the_state_folder_is_used(tmp_path: Path) -> None:
    """Scale and zero as they were saved."""
    known = Calibration((987.0,) * 12, tuple(range(12)))
    calibrations.save(tmp_path, known)
    opened = mat.load_mat(settings(tmp_path))
    assert opened.calibrated
    assert opened.calibration == known
    assert core_of(opened).calibration == known


def test_the_zero_that_was_kept_is_used_without_a_calibration_too(tmp_path: Path) -> None:
    """`acumat tare` comes before anybody has weights at hand."""
    zeros.save(tmp_path, (5,) * 12, 0)
    opened = mat.load_mat(settings(tmp_path))
    assert (opened.calibrated, opened.number, opened.calibration.zero_counts) == (False, 0, (5,) * 12)


def test_a_board_of_ones_own(tmp_path: Path) -> None:
    """Found from the folder of the settings."""
    (tmp_path / "mine.toml").write_text(BOARD.text.replace('name = "mat_4x3"', 'name = "mine"'))
    assert mat.load_mat(settings(tmp_path, '[board]\nfile = "mine.toml"\n')).board.name == "mine"


def test_goal_and_brightness_of_the_settings_are_what_happens(tmp_path: Path) -> None:
    """Five minutes wanted and half the light: the same story closes earlier and shines weaker than by default."""
    lamps = {}
    for text in ("", "[session]\ngoal_min = 5\n\n[outputs]\nbrightness = 0.25\n"):
        opened = mat.load_mat(settings(tmp_path, text))
        bench = Bench(stories.load_story("quick"), opened.board, seed=4)
        opened = mat.Mat(opened.settings, opened.board, bench.calibration, calibrated=True)
        heard = Heard()
        daemon.run_loop(FrameSource(bench), core_of(opened), sinks=[heard])
        settling = [tick.output.red for tick in heard.ticks if tick.view.state is State.SETTLING]
        summaries = [event.summary for tick in heard.ticks for event in tick.events if isinstance(event, SessionEnded)]
        lamps[text] = max(settling), [(summary.goal_s, str(summary.reason)) for summary in summaries]
    default, chosen = lamps.values()
    assert chosen[0] == pytest.approx(default[0] / 2, abs=0.01)
    assert default[1] == [(600.0, "left_early")]
    assert chosen[1] == [(300.0, "goal_reached")]


def test_nobody_listens_unless_asked_to(tmp_path: Path) -> None:
    """No broker by default; with one, and with --show, each its own."""
    opened = mat.load_mat(settings(tmp_path))
    assert tick_sinks(opened, core_of(opened), Supervisor(), show=False) == []
    opened = mat.load_mat(settings(tmp_path, '[mqtt]\nenabled = true\nhost = "127.0.0.1"\nport = 1\n'))
    publisher, view = tick_sinks(opened, core_of(opened), Supervisor(), show=True)
    try:
        assert isinstance(publisher, Publisher)
        assert isinstance(view, LiveView)
    finally:
        publisher.close()


def test_dropped_frames_reach_the_diagnostics() -> None:
    """Those of the source behind the tap of the page; a source that does not count them leaves them unknown."""
    source = Scripted([])
    tap = FrameTap(source)
    assert machine_figures(tap.frames_dropped).frames_dropped is None
    source.frames_dropped = 3
    assert machine_figures(tap.frames_dropped).frames_dropped == 3


def test_a_password_that_is_not_there(tmp_path: Path) -> None:
    """An error before anything is published."""
    text = '[mqtt]\nenabled = true\nusername = "mat"\npassword_file = "secret"\n'
    opened = mat.load_mat(settings(tmp_path, text))
    with pytest.raises(BrokerError, match="secret"):
        tick_sinks(opened, core_of(opened), Supervisor(), show=False)


def test_the_defaults_are_legal() -> None:
    """Without a settings file: the folder of the service, the 4x3 board."""
    opened = mat.load_mat(None)
    assert opened.settings.storage.state_dir == Path("/var/lib/acumat")
    assert opened.board == boards.load_board()


def test_the_summary_points_to_verbs_that_exist() -> None:
    """Every command below the summary of a session is a verb of `acumat`."""
    assert {text.split()[1] for _, text in DOORS} <= set(VERBS)
    assert all(len(text) <= 25 and len(label) <= 12 for label, text in DOORS)  # the slot of the narrow layout

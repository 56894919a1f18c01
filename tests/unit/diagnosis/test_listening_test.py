"""The listening test: what a person hears and bears becomes four steps, stored where the sound path reads them."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from firmware import config, mat
from firmware.cli.doors import Doors
from firmware.cli.main import acumat
from firmware.cli.run import core_of
from firmware.cues.cue import STEPS
from firmware.diagnosis.listening_test import QUIETEST, RUNGS, find_loudness, ladder, steps_between
from firmware.drivers.pins import DUTY_MAX, SOUND_DUTY_LEAST, PodPins
from firmware.frames import ButtonEdge
from firmware.view import DARK, Output
from tests.doubles.clock import ManualClock
from tests.doubles.fake_lgpio import fake_lgpio


@dataclass
class Listener:
    """Presses the key at the first notes of at least one volume, and once more at those of another."""

    hears: float
    enough: float = 2.0
    shown: list[Output] = field(default_factory=list)
    fault: str | None = None
    _presses: int = 0
    _loudest: float = 0.0

    def set(self, output: Output) -> None:
        """Listen."""
        self.shown.append(output)
        self._loudest = max(self._loudest, output.volume)

    def edges(self) -> tuple[ButtonEdge, ...]:
        """Press when it is time."""
        due = (self.hears, self.enough, 2.0)[self._presses]
        if self._loudest + 1e-9 < due:
            return ()
        self._presses += 1
        return (ButtonEdge(1, down=True), ButtonEdge(2, down=False))

    def close(self) -> None:
        """Nothing to close."""


class Shown:
    """Takes the instructions."""

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Check one."""
        assert instruction
        assert not hint
        assert 0 <= share <= 1


def found(listener: Listener, volume: float = 0.5) -> tuple[float, ...] | None:
    return find_loudness(listener, Shown(), ManualClock(), lambda: False, volume=volume)


def test_the_ladder_begins_at_what_a_piezo_gives_and_ends_at_all_of_it() -> None:
    """At half volume the quietest duty is a tenth of the scale; equal ratios sound like equal steps."""
    rungs = ladder(0.5)
    assert rungs[0] * 0.5 * DUTY_MAX == pytest.approx(SOUND_DUTY_LEAST)
    assert (len(rungs), rungs[-1]) == (RUNGS, 1.0)
    ratios = [after / before for before, after in pairwise(rungs)]
    assert max(ratios) / min(ratios) < 1.03
    assert ladder(QUIETEST / 2) == (1.0,) * RUNGS


def test_two_presses_are_four_steps() -> None:
    """Heard from 0.12 of the volume on, enough at 0.3: four rising values from one to the other, all off at the end."""
    listener = Listener(0.06, 0.15)
    steps = found(listener)
    assert steps is not None
    assert len(steps) == STEPS
    assert list(steps) == sorted(steps)
    assert 0.12 <= steps[0] < 0.17
    assert 0.3 <= steps[-1] < 0.42
    assert steps[1] / steps[0] == pytest.approx(steps[3] / steps[2], rel=0.03)
    assert listener.shown[-1] == DARK
    assert max(one.volume for one in listener.shown) < 0.22, "nothing louder than what was enough"


def test_one_press_leaves_the_loudest_and_none_changes_nothing() -> None:
    """Nothing was ever too loud; nothing was ever heard."""
    steps = found(Listener(0.06))
    assert steps is not None
    assert steps[-1] == 1.0
    assert found(Listener(2.0)) is None
    assert steps_between(0.4, 0.4) == (0.4,) * STEPS


def test_a_stop_ends_it_in_silence() -> None:
    """Ctrl-C."""
    listener = Listener(2.0)
    asked = iter([False, False, True])
    assert find_loudness(listener, Shown(), ManualClock(), lambda: next(asked), volume=1.0) is None
    assert listener.shown[-1] == DARK
    assert len([one for one in listener.shown if one.tone_hz == 440.0]) == 2


def listen(monkeypatch: pytest.MonkeyPatch, listener: Listener, *words: str) -> Any:  # noqa: ANN401 - click's result
    """Run the verb with a listener at the key."""
    monkeypatch.setattr("firmware.cli.outputs_test.SystemClock", ManualClock)
    doors = Doors(pod=lambda *_: listener)
    return CliRunner().invoke(acumat, ["outputs-test", "--listen", *words], obj=doors, catch_exceptions=False)


def test_the_verb_stores_the_steps_and_the_pins_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments stay; a mat that runs with these settings sounds its first chime at the first step."""
    settings = tmp_path / "acumat.toml"
    settings.write_text("[outputs]\nvolume = 0.5  # as we like it\n")
    done = listen(monkeypatch, Listener(0.06, 0.15), "--config", str(settings))
    assert done.exit_code == 0
    assert "loudness = [" in done.output
    assert "# as we like it" in settings.read_text()
    stored = config.load_settings(settings)
    player = core_of(mat.load_mat(settings))._player  # noqa: SLF001 - the settings that reach the sound path
    volume = player._voice._loudness[0]  # noqa: SLF001 - as above
    assert volume == pytest.approx(0.5 * stored.outputs.loudness[0])
    with fake_lgpio() as (lgpio, factory):
        board = mat.load_mat(settings).board
        pins = PodPins(board, factory, ManualClock())
        pins.set(Output(tone_hz=440.0, volume=volume))
        assert lgpio.duty(board.buzzer_bcm or 0) == pytest.approx(volume * DUTY_MAX, abs=5e-4)
        pins.close()


def test_without_a_file_the_line_is_printed_and_without_a_press_nothing_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both say what there is to do."""
    done = listen(monkeypatch, Listener(0.06, 0.15))
    assert "put this into the section [outputs]: loudness = [" in done.output
    done = listen(monkeypatch, Listener(2.0))
    assert done.exit_code == 1
    assert "the loudness stays as it is" in done.output


@pytest.mark.parametrize(("text", "said"), [("[outputs]\nvolume = 0\n", "outputs.volume is 0"), ("", "no key")])
def test_what_cannot_be_tested_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    """Nothing sounds, or nobody could answer."""
    settings = tmp_path / "acumat.toml"
    board = tmp_path / "board.toml"
    lines = mat.load_mat(None).board.text.splitlines(keepends=True)
    board.write_text("".join(line for line in lines if said != "no key" or not line.startswith("button = ")))
    settings.write_text(f'{text}[board]\nfile = "{board}"\n')
    done = listen(monkeypatch, Listener(0.06), "--config", str(settings))
    assert done.exit_code == 2
    assert said in done.output

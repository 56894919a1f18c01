"""A program that is killed while the pod shines or sounds: outputs-off finds it so and switches it off."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware.drivers.kernel_pwm import KernelPwm
from firmware.drivers.pins import all_off
from hardware import board as boards
from tests.doubles.fake_pwm import FakePwmFiles

ROOT = Path(__file__).resolve().parents[3]
PLACES = {"red": "pwmchip0:1", "buzzer": "pwmchip0:0"}
# The cues of a state until a part of the pod is driven, through the kernel's files of the folder; then it stands still.
PROGRAM = """
import sys, time
from functools import partial
from pathlib import Path
from gpiozero.pins.mock import MockFactory, MockPWMPin
from firmware.cues.player import CuePlayer
from firmware.drivers.kernel_pwm import KernelPwm
from firmware.drivers.pins import PodPins
from firmware.enums import State, StopReason
from firmware.events import StopAdvised
from firmware.view import SessionView
from hardware import board as boards
from tests.doubles.fake_pwm import FakePwmFiles
folder, state, seconds, advised = Path(sys.argv[1]), State(sys.argv[2]), float(sys.argv[3]), sys.argv[4] == "advised"
files = FakePwmFiles(folder)
made = {part: partial(KernelPwm, place, folder=folder, files=files) for part, place in PLACES.items()}
pins = PodPins(boards.load_board(), MockFactory(pin_class=MockPWMPin), channels=made)
player = CuePlayer()
for hop in range(round(seconds * 10) + 1):
    view = SessionView(state, True, 1, 0.0, hop / 10, 600.0, 0)
    player.step(hop / 10, view, (StopAdvised(0.0, StopReason.GROWING),) if advised and hop == 1 else ())
    pins.set(player.output_at(hop / 10))
print("driven", flush=True)
time.sleep(600)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("state", "seconds", "advised", "driven"),
    [
        ("settling", 4.0, "", {1}),
        ("done", 15.4, "", {0, 1}),  # the first note of the goal, as the light rises
        ("resting", 0.5, "advised", {0, 1}),  # the first falling note
    ],
)
def test_killed_in_any_phase(tmp_path: Path, state: str, seconds: float, advised: str, driven: set[int]) -> None:
    """The hardware goes on by itself after the kill; afterwards every channel is off and given back."""
    program = f"PLACES = {PLACES!r}\n{PROGRAM}"
    words = [sys.executable, "-c", program, str(tmp_path), state, str(seconds), advised]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "driven\n"
        running.kill()
    files = FakePwmFiles(tmp_path)
    assert {channel for channel in (0, 1) if files.duty(channel) > 0} == driven
    made = {part: partial(KernelPwm, place, folder=tmp_path, files=files) for part, place in PLACES.items()}
    all_off(boards.load_board(), MockFactory(pin_class=MockPWMPin), made)
    assert {"pwm0/enable 0", "pwm1/enable 0"} <= set(files.written)
    assert not list(files.chip.glob("pwm[0-9]"))

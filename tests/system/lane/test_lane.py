"""The gpiochip backend on a real Linux kernel: its own GPIO character device, its own errors.

What cannot be judged here is time on the wire: the kernel runs as a program. What is read and what is refused can.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from firmware.cli.main import TRY_AGAIN
from firmware.storage import calibration as calibrations
from hardware import board as boards
from sim.frames import Bench
from sim.people import story as stories

if TYPE_CHECKING:
    from tests.system.lane.conftest import Boot, Row

FRAMES: Final = 100
ALL: Final = 0xFFF
SEED: Final = "1"
HERE: Final = Path(__file__).resolve().parent


pytestmark = pytest.mark.lane

built = subprocess.run([HERE / "kernel.sh", "path"], capture_output=True, text=True, check=False)
if built.returncode:
    pytest.skip(built.stderr.strip(), allow_module_level=True)


@pytest.fixture(scope="module")
def chardev(boot: "Boot") -> dict[str, Any]:
    """What happened on a chip of gpio-sim."""
    answers: dict[str, Any] = json.loads(boot(f"{HERE}/guest_chardev.py"))
    return answers


# The chip is found by its label; bit i is cell i, clock b is bank b; all lines are free again afterwards.
def test_every_line_is_where_it_should_be(chardev: dict[str, Any]) -> None:
    seen = chardev["levels_and_edges"]
    assert seen["found_by_label"]
    assert seen["pulled_up"] == ALL, "nothing drives the lines: the pull-ups do"
    assert seen["one_low"] == [ALL & ~(1 << cell) for cell in range(12)]
    one_high = [[int(other == bank) for other in range(4)] for bank in range(4)]
    assert seen["clocks"] == [[0] * 4, *one_high, [0] * 4], "low from the start, one at a time, low after close"
    assert seen["after_close"] == ""


# Whatever is wrong with the chip, the person reads one line with the fact and the remedy.
@pytest.mark.parametrize(
    ("what", "fact", "remedy"),
    [
        ("no_chip_at_all", "there is no /dev/gpiochip* at all", "run this on a Raspberry Pi"),
        ("no_such_path", "/dev/gpiochip7 does not exist", "ls -l /dev/gpiochip*"),
        ("not_a_chip", "/dev/null is not a GPIO chip", "ls -l /dev/gpiochip*"),
        ("other_label", "/dev/gpiochip0 is pinctrl-other", "run this on a Raspberry Pi"),
        ("too_small", "has lines 0 to 26, not GPIO 27 (data of cell A1)", "correct the pins"),
        ("busy_data", "spi0 CS0 holds GPIO 8 (data of cell C1); spi0 CS1 holds GPIO 7", "dtparam=spi=off"),
        ("busy_clock", "fan holds GPIO 17 (clock 0)", "stop that program"),
        ("wrong_group", "/dev/gpiochip0 permission denied for this user", "usermod -aG gpio"),
    ],
)
def test_refusal(chardev: dict[str, Any], what: str, fact: str, remedy: str) -> None:
    text = chardev["refusals"][what]
    assert fact in text
    assert remedy in text
    assert "\n" not in text


# Membership of the device's group is all that a user needs.
def test_group_is_enough(chardev: dict[str, Any]) -> None:
    assert chardev["refusals"]["right_group"] == ""


# The chip is taken away while it is held: the kernel refuses every use of its lines.
def test_chip_removed_in_use(chardev: dict[str, Any]) -> None:
    happened = chardev["removed_in_use"]
    assert happened["before"] == ALL & ~(1 << 3)
    assert happened["after"] == ["No such device"] * 2
    assert "does not exist" in happened["again"]


# The firmware is killed with a clock high; the next one finds the lines free.
def test_lines_are_free_after_kill_9(chardev: dict[str, Any]) -> None:
    assert "acumat holds GPIO 27" in chardev["killed_holder"]["held"]
    assert chardev["killed_holder"]["after_kill"] == ""


# The same happens to the program itself. The chip is taken away: it ends with one clear error, and the service manager
# starts it again. It is killed: nobody goes on clocking. It is asked to stop: the lines are free. On virtual time:
# the seconds are those that the program waits, not those of a busy machine.
def test_program_on_a_real_device(boot: "Boot") -> None:
    happened = json.loads(boot(f"{HERE}/guest_program.py", options=("--virtual-time", "--limit", "600")))
    assert happened["removed"]["code"] == TRY_AGAIN
    assert happened["removed"]["took_s"] < 3
    errors = [line for line in happened["removed"]["said"] if not line.startswith(("INFO ", "WARNING "))]
    assert len(errors) == 1
    assert errors[0].startswith(
        "acumat: the lines of the cells went away while they were in use; then: no GPIO chip of"
    )
    assert "acumat holds GPIO 27" in happened["killed"]["held"]
    assert happened["killed"]["took_s"] < 3
    assert (happened["stopped"]["code"], happened["stopped"]["after"]) == (0, "")


# Twelve chips at their own rates, any 24-bit codes: a hundred whole frames, each code the one that the chip gave.
def test_frames_are_exact(boot: "Boot", row: "Row", tmp_path: Path) -> None:
    truth_path = tmp_path / "truth.json"
    heard = boot(f"{HERE}/guest_frames.py", str(FRAMES), options=(f"--hx711=--truth {truth_path}",))
    truth = json.loads(truth_path.read_text())
    frames = json.loads(heard)["frames"]
    accepted = wrong = 0
    for cell, given in enumerate(truth["codes"]):
        place = 0
        for frame in frames:
            if frame["status"][cell]:
                continue
            accepted += 1
            try:
                place = given.index(frame["counts"][cell], place) + 1
            except ValueError:
                wrong += 1
    whole = [frame for frame in frames if not any(frame["status"])]
    how = "virtual HX711 behind virtio-gpio on Linux 6.1 (User-Mode Linux), BankReader on GpiochipLines, 4 clocks"
    row("codes accepted and wrong", wrong, "codes", "0", holds=wrong == 0, n=accepted, how=how)
    row("whole frames", len(whole), "frames", f">= {FRAMES}", holds=len(whole) >= FRAMES, n=len(frames), how=how)
    pace = (len(whole) - 1) / (whole[-1]["t_ns"] - whole[0]["t_ns"]) * 1e9 / truth["slowest_hz"]
    row("frames per conversion of the slowest chip", pace, "", ">= 0.97", holds=pace >= 0.97, n=len(whole), how=how)


def events_of(text: str) -> list[dict[str, Any]]:
    """Read events and sessions from JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def simulated(story: Path, *options: str) -> list[dict[str, Any]]:
    """Return the events of the story in the simulator on this machine's own kernel, as fast as it goes."""
    asked = [sys.executable, "-m", "sim", str(story), "--speed", "0", "--jsonl", "--seed", SEED, *options]
    return events_of(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


# Forty minutes on the mat, and the daemon waits for each block with real sleeps on the kernel's clock: what happens
# is to the last digit what happens without any clock.
@pytest.mark.lane("full")
def test_forty_minutes_on_the_clock(boot: "Boot", row: "Row") -> None:
    story = HERE / "forty_minutes.toml"
    *heard, clock = events_of(boot(f"{HERE}/guest_paced.py", str(story), SEED, options=("--virtual-time",)))
    assert heard == simulated(story)
    (session,) = [line for line in heard if line["kind"] == "session"]
    assert session["reason"] == "goal_reached"
    how = "daemon with simulated frames at their own pace, virtual time of Linux 6.1 (User-Mode Linux)"
    lying_s, elapsed_s = session["lying_s"], clock["elapsed_s"]
    row("session on the kernel's clock", lying_s, "s lying", ">= 2400", holds=lying_s >= 2400, n=1, how=how)
    row("time by the kernel's clock", elapsed_s, "s", ">= 2460", holds=elapsed_s >= 2460, n=1, how=how)


def mat_folder(folder: Path, story: stories.Story) -> tuple[Path, float]:
    """Make what `acumat run` needs: settings, a board of one clock without a pod, its calibration; and the story's end.

    One clock at 10 samples a second, because each request takes the lane fifty times as long as a Pi.
    """
    text = re.sub(r"(?m)^(red|green|blue|buzzer|button) = .*\n", "", boards.default_text())
    text = re.sub(r"(?m)^sck = .*", "sck = [17]", text)
    (folder / "board.toml").write_text(re.sub(r"(?m)^rate_hz = .*", "rate_hz = 10", text))
    bench = Bench(story, boards.load_board(folder / "board.toml"), int(SEED))
    calibrations.save(folder, bench.calibration)
    (folder / "acumat.toml").write_text(
        '[board]\nfile = "board.toml"\n[cells]\nbackend = "gpiochip:/dev/gpiochip0"\n'
        f'[session]\ngoal_min = {story.goal_min}\n[storage]\nstate_dir = "."\n'
    )
    return folder / "board.toml", bench.scene.length_s


# The whole way: converters, character device, sampler, `acumat run`. The simulator at the level of bits is the measure;
# it has no kernel and begins at once, so its reader looks at slightly other moments.
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("one_minute", marks=pytest.mark.lane("full")),
        pytest.param("forty_minutes", marks=pytest.mark.lane("long")),
    ],
)
def test_session_through_the_character_device(boot: "Boot", row: "Row", tmp_path: Path, name: str) -> None:
    story = HERE / f"{name}.toml"
    board, end_s = mat_folder(tmp_path, stories.load_story(str(story)))
    expected = simulated(story, "--bits", "--board", str(board))
    options = "--limit=7200", f"--hx711=--story {story} --board {board} --seed {SEED}"
    heard = events_of(boot(f"{HERE}/guest_session.py", str(tmp_path), str(end_s), options=options))
    assert [(line.get("type"), line.get("state")) for line in heard] == [
        (line.get("type"), line.get("state")) for line in expected
    ]
    (session,), (wanted,) = ([line for line in lines if line["kind"] == "session"] for lines in (heard, expected))
    for key in ("number", "reason", "exit", "wiggles", "counted"):
        assert session[key] == wanted[key]
    off_s = max(abs(session[key] - wanted[key]) for key in ("start_s", "end_s", "lying_s"))
    how = f"{name}: `acumat run`, virtual HX711 at 10 Hz on one clock behind virtio-gpio, against the bit simulator"
    row("times of a session through the device", off_s, "s", "<= 0.2", holds=off_s <= 0.2, n=3, how=how)

"""Runs in the lane's kernel: the gpiochip backend on a simulated chip of that kernel (gpio-sim), right and wrong.

Prints one JSON object, a key for each thing that was tried; test_lane.py holds them against what must be.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from firmware.drivers.gpiochip import GpiochipLines
from firmware.errors import DriverError
from hardware import board as boards

BOARD = boards.load_board()
CONFIGFS = Path("/sys/kernel/config/gpio-sim")
GPIO_GROUP = 997
NOBODY = 65534


class SimChip:
    """A chip of gpio-sim: levels of inputs are set and those of outputs are seen through sysfs."""

    def __init__(self, label: str = "pinctrl-bcm2711", size: int = 58, hogs: dict[int, str] | None = None) -> None:
        """Plug the chip in. hogs are lines that the kernel keeps for itself, with the name it gives."""
        self._config = CONFIGFS / "acumat"
        self._bank = self._config / "bank0"
        self._bank.mkdir(parents=True)
        (self._bank / "label").write_text(label)
        (self._bank / "num_lines").write_text(str(size))
        self._folders = [self._bank, self._config]
        for line, name in (hogs or {}).items():
            hog = self._bank / f"line{line}" / "hog"
            hog.mkdir(parents=True)
            (hog / "name").write_text(name)
            (hog / "direction").write_text("input")
            self._folders[:0] = [hog, hog.parent]
        (self._config / "live").write_text("1")
        name = (self._bank / "chip_name").read_text().strip()
        device = (self._config / "dev_name").read_text().strip()
        self.path = f"/dev/{name}"
        self._lines = Path("/sys/devices/platform", device, name)

    def pull(self, line: int, level: int) -> None:
        """Drive an input from outside."""
        (self._lines / f"sim_gpio{line}" / "pull").write_text("pull-up" if level else "pull-down")

    def value(self, line: int) -> int:
        """See the level of a line."""
        return int((self._lines / f"sim_gpio{line}" / "value").read_text())

    def unplug(self) -> None:
        """Remove the chip, even while it is in use."""
        if (self._config / "live").read_text().strip() == "1":
            (self._config / "live").write_text("0")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
        for folder in self._folders:
            folder.rmdir()


def attempt(path: str | None = None) -> str:
    """Take the lines and give them back; the text of the error, or nothing."""
    try:
        GpiochipLines(BOARD, path).close()
    except DriverError as error:
        return str(error)
    return ""


def refusal(use: Callable[[], object]) -> str:
    """Use a line; what the kernel says to that, or nothing."""
    try:
        use()
    except OSError as error:
        return str(error.strerror)
    return ""


def in_child(work: Callable[[], str]) -> str:
    """Do something in a process of its own, so that what it changes about itself stays there."""
    ours, its = os.pipe()
    if os.fork() == 0:
        os.write(its, work().encode())
        os._exit(0)
    os.close(its)
    os.wait()
    with os.fdopen(ours) as answer:
        return answer.read()


def as_user(path: str, groups: list[int]) -> Callable[[], str]:
    """Take the lines as somebody without power, member of these groups only."""

    def work() -> str:
        os.setgroups(groups)
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return attempt(path)

    return work


def levels_and_edges() -> dict[str, object]:
    """Every cell's line and every clock, one by one, against what sysfs shows of the same lines."""
    with SimChip() as chip:
        before = [chip.value(bcm) for bcm in BOARD.sck_bcm]
        lines = GpiochipLines(BOARD)
        pulled_up = lines.read_all()
        clocks = [[chip.value(bcm) for bcm in BOARD.sck_bcm]]
        seen = []
        for cell in BOARD.cells:
            chip.pull(cell.dout_bcm, 0)
            seen.append(lines.read_all())
            chip.pull(cell.dout_bcm, 1)
        for bank in range(len(BOARD.sck_bcm)):
            lines.set_sck(bank, level=True)
            clocks.append([chip.value(bcm) for bcm in BOARD.sck_bcm])
            lines.set_sck(bank, level=False)
        start = time.perf_counter()
        for _ in range(5_000):
            lines.read_all()
            lines.set_sck(0, level=False)
        per_call_us = (time.perf_counter() - start) / 10_000 * 1e6
        lines.set_sck(1, level=True)
        lines.close()
        clocks.append([chip.value(bcm) for bcm in BOARD.sck_bcm])
        again = attempt()
        path = lines.chip_path == chip.path
    return {
        "found_by_label": path, "clocks_before": before, "pulled_up": pulled_up, "one_low": seen, "clocks": clocks,
        "per_call_us": per_call_us, "after_close": again,
    }  # fmt: skip


def removed_in_use() -> dict[str, object]:
    """The chip goes while its lines are held."""
    with SimChip() as chip:
        lines = GpiochipLines(BOARD)
        chip.pull(BOARD.cells[3].dout_bcm, 0)
        before = lines.read_all()
        chip.unplug()
        after = [refusal(lambda: lines.set_sck(0, level=True)), refusal(lines.read_all)]
        lines.close()
        return {"before": before, "after": after, "again": attempt(chip.path)}


def killed_holder() -> dict[str, object]:
    """Somebody with the lines is killed the hard way, a clock being high."""
    with SimChip():
        ours, its = os.pipe()
        victim = os.fork()
        if victim == 0:
            GpiochipLines(BOARD).set_sck(0, level=True)
            os.write(its, b"!")
            signal.pause()
        os.read(ours, 1)
        held = attempt()
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        return {"held": held, "after_kill": attempt()}


def refusals() -> dict[str, str]:
    """Each way to be refused, once."""
    texts = {"no_chip_at_all": attempt(), "no_such_path": attempt("/dev/gpiochip7"), "not_a_chip": attempt("/dev/null")}
    with SimChip(label="pinctrl-other"):
        texts["other_label"] = attempt()
    with SimChip(size=27):
        texts["too_small"] = attempt()
    with SimChip(hogs={8: "spi0 CS0", 7: "spi0 CS1"}):
        texts["busy_data"] = attempt()
    with SimChip(hogs={BOARD.sck_bcm[0]: "fan"}):
        texts["busy_clock"] = attempt()
    with SimChip() as chip:
        os.chown(chip.path, 0, GPIO_GROUP)
        Path(chip.path).chmod(0o660)
        texts["wrong_group"] = in_child(as_user(chip.path, []))
        texts["right_group"] = in_child(as_user(chip.path, [GPIO_GROUP]))
    return texts


if __name__ == "__main__":
    json.dump(
        {
            "refusals": refusals(),
            "levels_and_edges": levels_and_edges(),
            "removed_in_use": removed_in_use(),
            "killed_holder": killed_holder(),
        },
        sys.stdout,
    )

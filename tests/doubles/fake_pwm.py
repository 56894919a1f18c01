"""The kernel's files below /sys/class/pwm, as drivers/pwm/sysfs.c has them: what they accept, and with which errors."""

import errno
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CHANNELS: Final = 2  # of pwm-2chan


@dataclass
class FakePwmFiles:
    """A folder with one chip, pwmchip0; made, or that of another process.

    locked: how often a new channel refuses, until udev has opened it. written has every value that the kernel took, as
    "pwm1/duty_cycle 25000".
    """

    folder: Path
    locked: int = 0
    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the chip."""
        self.chip = self.folder / "pwmchip0"
        if self.chip.exists():
            return
        self.chip.mkdir()
        for name, text in (("npwm", f"{CHANNELS}\n"), ("export", ""), ("unexport", "")):
            (self.chip / name).write_text(text)

    def write(self, path: Path, text: str) -> None:
        """Write as the kernel lets one. Raises OSError."""
        if path.parent == self.chip:
            {"export": self._export, "unexport": self._unexport}[path.name](int(text))
            return
        if not path.exists():
            raise _refusal(errno.ENOENT)
        if self.locked:
            self.locked -= 1
            raise _refusal(errno.EACCES)
        value, now = int(text), {name: self.read(path.parent, name) for name in ("period", "duty_cycle", "enable")}
        now[path.name] = value
        off = path.name == "enable" and not value
        if value < 0 or (not off and not now["period"]) or now["duty_cycle"] > now["period"] or now["enable"] > 1:
            raise _refusal(errno.EINVAL)
        path.write_text(f"{value}\n")
        self.written.append(f"{path.parent.name}/{path.name} {value}")

    def _export(self, channel: int) -> None:
        if channel >= CHANNELS:
            raise _refusal(errno.ENODEV)
        made = self.chip / f"pwm{channel}"
        if made.exists():
            raise _refusal(errno.EBUSY)
        made.mkdir()
        for name in ("period", "duty_cycle", "enable"):
            (made / name).write_text("0\n")

    def _unexport(self, channel: int) -> None:
        made = self.chip / f"pwm{channel}"
        if not made.exists():
            raise _refusal(errno.ENODEV)
        for file in made.iterdir():
            file.unlink()
        made.rmdir()

    @staticmethod
    def read(channel: Path, name: str) -> int:
        """Return a value of a channel."""
        return int((channel / name).read_text())

    def duty(self, channel: int) -> float:
        """Return the duty 0..1 of a channel that is switched on; 0 for any other."""
        made = self.chip / f"pwm{channel}"
        if not made.exists() or not self.read(made, "enable"):
            return 0.0
        return self.read(made, "duty_cycle") / self.read(made, "period")


def _refusal(number: int) -> OSError:
    return OSError(number, os.strerror(number))

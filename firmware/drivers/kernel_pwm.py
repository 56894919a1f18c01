"""PWM by the hardware of the Pi, through the kernel's files below /sys/class/pwm: edges without the jitter of a thread.

An overlay must give the channels, dtoverlay=pwm-2chan for example; docs/install.md has the lines. The files, their
order and their errors are those of the kernel (drivers/pwm/sysfs.c): `export` of a channel makes its folder and fails
when it is exported already; a duty_cycle needs a period, and may not be longer than it; udev opens the new files to the
group gpio a moment later. Not tried on a Pi.
"""

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from firmware.clock import Clock, SystemClock
from firmware.errors import DriverError

FOLDER: Final = Path("/sys/class/pwm")
OPTION: Final = "outputs.hardware_pwm"
WAITS: Final = 100  # for udev
POLL_S: Final = 0.02
NS: Final = 1_000_000_000
_LEAVE_OUT: Final = f"or leave {OPTION} out"
_OVERLAY: Final = f"add dtoverlay=pwm-2chan to /boot/firmware/config.txt and restart the Pi, {_LEAVE_OUT}"
_GROUP: Final = f"add the user to the group gpio; the service needs the drop-in of docs/install.md, {_LEAVE_OUT}"


class PwmFiles(Protocol):
    """How the kernel's files are written; a test has files that answer as the kernel's do."""

    def write(self, path: Path, text: str) -> None:
        """Write a value. Raises OSError."""
        ...


class SysfsFiles:
    """The files of this machine."""

    def write(self, path: Path, text: str) -> None:
        """Write a value; the kernel answers at once."""
        with path.open("w", encoding="ascii") as file:
            file.write(text)


def places(option: str) -> dict[str, str]:
    """Return the channel of each part: `red=pwmchip0:1, buzzer=pwmchip0:0` -> {"red": "pwmchip0:1", ...}."""
    return dict(part.strip().split("=") for part in option.split(",") if part.strip())


class KernelPwm:
    """One channel as a light or a buzzer: value is the duty 0..1, frequency in hertz. Off from the start.

    A channel that is exported already is taken over, as a killed program leaves it. Raises DriverError.
    """

    def __init__(
        self,
        place: str,
        frequency_hz: float,
        folder: Path = FOLDER,
        files: PwmFiles | None = None,
        clock: Clock | None = None,
    ) -> None:
        chip, _, channel = place.partition(":")
        self._chip, self._place, self._files = folder / chip, place, files or SysfsFiles()
        self._channel = self._chip / f"pwm{channel}"
        self._period_ns, self._duty_ns = 0, 0
        if not self._chip.is_dir():
            raise DriverError(f"{OPTION}: {self._chip} is not there: {_OVERLAY}")
        try:
            self._export(channel)
            self._set_up(round(NS / frequency_hz), clock or SystemClock())
        except OSError as error:
            raise DriverError(self._explain(error)) from error

    def _export(self, channel: str) -> None:
        try:
            self._files.write(self._chip / "export", channel)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise

    def _set_up(self, period_ns: int, clock: Clock) -> None:
        if not self._set_period(period_ns, clock):
            self._files.write(self._channel / "duty_cycle", "0")  # a killed program has left one that is longer
            self._files.write(self._channel / "period", str(period_ns))
        self._period_ns = period_ns
        self._files.write(self._channel / "duty_cycle", "0")
        self._files.write(self._channel / "enable", "1")

    def _set_period(self, period_ns: int, clock: Clock) -> bool:
        """Set the period once udev lets us; return whether the kernel took it."""
        for waits_left in reversed(range(WAITS)):
            try:
                self._files.write(self._channel / "period", str(period_ns))
            except OSError as error:
                if error.errno == errno.EINVAL:
                    return False
                if error.errno not in (errno.ENOENT, errno.EACCES) or not waits_left:
                    raise
                clock.sleep_s(POLL_S)
            else:
                break
        return True

    def _explain(self, error: OSError) -> str:
        if error.errno == errno.ENODEV:
            return f"{OPTION}: {self._chip} has no such channel as {self._place}: {_OVERLAY}"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"{OPTION}: {self._chip} may not be written ({error.strerror}): {_GROUP}"
        return f"{OPTION}: {self._place} cannot be used ({error.strerror}): choose another channel, {_LEAVE_OUT}"

    @property
    def pwm_device(self) -> "KernelPwm":
        """The same, under the name that gpiozero's TonalBuzzer has for it."""
        return self

    @property
    def value(self) -> float:
        """Duty 0..1."""
        return self._duty_ns / self._period_ns

    @value.setter
    def value(self, duty: float) -> None:
        self._write_duty(round(duty * self._period_ns))

    @property
    def frequency(self) -> float:
        """Hertz."""
        return NS / self._period_ns

    @frequency.setter
    def frequency(self, hertz: float) -> None:
        period_ns = round(NS / hertz)
        if period_ns != self._period_ns:
            self._write_duty(0)  # it may be longer than the new period
            self._files.write(self._channel / "period", str(period_ns))
            self._period_ns = period_ns

    def _write_duty(self, duty_ns: int) -> None:
        if duty_ns != self._duty_ns:
            self._files.write(self._channel / "duty_cycle", str(duty_ns))
            self._duty_ns = duty_ns

    def stop(self) -> None:
        """Be off."""
        self._write_duty(0)

    def close(self) -> None:
        """Switch off and give the channel back. Raises OSError."""
        self._files.write(self._channel / "duty_cycle", "0")
        self._files.write(self._channel / "enable", "0")
        self._files.write(self._chip / "unexport", self._place.partition(":")[2])


OpenChannel = Callable[[float], KernelPwm]  # of a frequency in hertz


def channels_of(option: str) -> dict[str, OpenChannel]:
    """Return how the channel of each part is opened."""
    return {part: partial(KernelPwm, place) for part, place in places(option).items()}

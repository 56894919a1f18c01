"""Light and sound by the kernel's PWM, over files that accept and refuse what the kernel's do."""

import errno
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware import config
from firmware.drivers.kernel_pwm import NS, KernelPwm, OpenChannel, SysfsFiles, channels_of, places
from firmware.drivers.pins import DUTY_MAX, LIGHT_HZ, PodPins, all_off
from firmware.errors import ConfigError, DriverError
from firmware.view import Output
from hardware import board as boards
from tests.doubles.clock import ManualClock
from tests.doubles.fake_pwm import FakePwmFiles

BOARD = boards.load_board()
OPTION = "red=pwmchip0:1, buzzer=pwmchip0:0"


def channels(files: FakePwmFiles) -> dict[str, OpenChannel]:
    """What channels_of returns, over these files."""
    made = partial(KernelPwm, folder=files.folder, files=files, clock=ManualClock())
    return {part: partial(made, place) for part, place in places(OPTION).items()}


def pod(files: FakePwmFiles) -> tuple[PodPins, Any]:
    factory: Any = MockFactory(pin_class=MockPWMPin)
    return PodPins(BOARD, factory, channels=channels(files)), factory


def test_red_and_the_buzzer_by_the_kernel_the_rest_by_gpiozero(tmp_path: Path) -> None:
    """The duty is in nanoseconds; gpiozero never touches the pins that the overlay has."""
    files = FakePwmFiles(tmp_path)
    pins, factory = pod(files)
    pins.set(Output(red=0.0123 / BOARD.light_gain, green=0.1 / BOARD.light_gain, tone_hz=440.0, volume=0.5))
    period_ns = NS // LIGHT_HZ
    assert f"pwm1/duty_cycle {round(0.0123 * period_ns)}" in files.written
    assert files.duty(0) == pytest.approx(0.5 * DUTY_MAX, abs=1e-6)
    assert factory.pin(BOARD.green_bcm).state == pytest.approx(0.1)
    used = {factory.pin(pin) for pin in (BOARD.green_bcm, BOARD.blue_bcm, BOARD.button_bcm)}
    assert set(factory.pins.values()) == used
    pins.close()


def test_a_melody_changes_its_pitch_and_ends_silent(tmp_path: Path) -> None:
    """Up and down again, as the notes of the goal do: the kernel refuses a duty that is longer than its period."""
    files = FakePwmFiles(tmp_path)
    pins, _ = pod(files)
    for hertz in (220.0, 880.0, 440.0, 523.25):
        pins.set(Output(tone_hz=hertz, volume=1.0))
        assert files.duty(0) == pytest.approx(DUTY_MAX, abs=1e-6)
        assert f"pwm0/period {round(NS / hertz)}" in files.written
    assert pins.fault is None
    pins.set(Output())
    assert files.duty(0) == 0
    pins.close()
    channel = KernelPwm("pwmchip0:0", 220.0, tmp_path, files)
    channel.value, channel.frequency = 0.5, 880.0  # the kernel would refuse this duty with this period
    assert channel.value == 0.0
    assert channel.frequency == pytest.approx(880.0)
    channel.close()


def test_a_repeated_output_writes_nothing(tmp_path: Path) -> None:
    """Each write is a system call; the timer comes a hundred times a second."""
    files = FakePwmFiles(tmp_path)
    pins, _ = pod(files)
    output = Output(red=0.1, tone_hz=440.0, volume=0.3)
    pins.set(output)
    before = len(files.written)
    for turn in range(1000):
        pins.set(output._replace(red=0.1 + turn * 1e-9))
    assert len(files.written) == before
    pins.close()


def test_closed_everything_is_off_and_given_back(tmp_path: Path) -> None:
    """Duty 0, switched off, and the channels are free for others."""
    files = FakePwmFiles(tmp_path)
    pins, _ = pod(files)
    pins.set(Output(red=0.3, tone_hz=440.0, volume=1.0))
    pins.close()
    assert files.written[-4:] == ["pwm1/enable 0", "pwm0/duty_cycle 0", "pwm0/duty_cycle 0", "pwm0/enable 0"]
    assert not list(files.chip.glob("pwm[0-9]"))


def test_what_a_killed_program_left_on_is_switched_off(tmp_path: Path) -> None:
    """The kernel goes on by itself after a kill: outputs-off takes the channels over, with a long duty of 1 s too."""
    files = FakePwmFiles(tmp_path)
    for channel in channels(files).values():
        channel(440.0).value = DUTY_MAX
    for name in ("period", "duty_cycle"):
        (files.chip / "pwm1" / name).write_text(str(NS))
    assert files.duty(0) > 0
    assert files.duty(1) == 1.0
    all_off(BOARD, MockFactory(pin_class=MockPWMPin), channels(files))
    assert not list(files.chip.glob("pwm[0-9]"))
    assert "pwm0/enable 0" in files.written
    assert "pwm1/enable 0" in files.written


def test_it_waits_until_udev_has_opened_the_files(tmp_path: Path) -> None:
    """Right after `export` the files belong to root; with udev slow or absent that is one clear error."""
    files = FakePwmFiles(tmp_path, locked=3)
    clock = ManualClock()
    KernelPwm("pwmchip0:0", 400, tmp_path, files, clock).close()
    assert len(clock.slept_s) == 3
    files.locked = 10_000
    with pytest.raises(DriverError, match=r"may not be written \(Permission denied\): add the user to the group gpio"):
        KernelPwm("pwmchip0:0", 400, tmp_path, files, clock)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("pwmchip3:0", r"pwmchip3 is not there: add dtoverlay=pwm-2chan .* or leave outputs.hardware_pwm out"),
        ("pwmchip0:7", r"has no such channel as pwmchip0:7: add dtoverlay=pwm-2chan"),
    ],
)
def test_a_channel_that_is_not_there_is_one_clear_error(tmp_path: Path, place: str, said: str) -> None:
    """No overlay, or one with fewer channels; what was opened before is off again."""
    files = FakePwmFiles(tmp_path)
    made = channels(files) | {"buzzer": partial(KernelPwm, place, folder=tmp_path, files=files)}
    with pytest.raises(DriverError, match=said):
        PodPins(BOARD, MockFactory(pin_class=MockPWMPin), channels=made)
    assert not list(files.chip.glob("pwm[0-9]"))


def test_another_error_of_the_kernel_names_the_channel(tmp_path: Path) -> None:
    """The driver of the chip refuses."""
    files = FakePwmFiles(tmp_path)

    class Broken(SysfsFiles):
        def write(self, path: Path, text: str) -> None:
            del path, text
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(DriverError, match=r"pwmchip0:0 cannot be used \(Input/output error\): choose another"):
        KernelPwm("pwmchip0:0", 400, files.folder, Broken())


def test_values_are_written_as_text(tmp_path: Path) -> None:
    """The real files are opened for each value."""
    SysfsFiles().write(tmp_path / "duty_cycle", "25000")
    assert (tmp_path / "duty_cycle").read_text() == "25000"


def test_off_unless_configured(tmp_path: Path) -> None:
    """Nothing by default; a typing error is refused with what it must be."""
    assert channels_of(config.Outputs().hardware_pwm) == {}
    assert places(OPTION) == {"red": "pwmchip0:1", "buzzer": "pwmchip0:0"}
    settings = tmp_path / "acumat.toml"
    settings.write_text(f'[outputs]\nhardware_pwm = "{OPTION}"\n')
    assert sorted(channels_of(config.load_settings(settings).outputs.hardware_pwm)) == ["buzzer", "red"]
    for wrong in ("red", "red=pwm0", "motor=pwmchip0:0", "red=pwmchip0:1;blue=pwmchip0:0"):
        settings.write_text(f'[outputs]\nhardware_pwm = "{wrong}"\n')
        with pytest.raises(ConfigError, match=r"outputs\.hardware_pwm"):
            config.load_settings(settings)

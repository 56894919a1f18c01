"""Which backend is taken, and why."""

import dataclasses

import pytest

from firmware import config
from firmware.drivers.factory import AUTO, BACKENDS, BackendChoice, OpenLines, choose_backend, open_lines
from firmware.errors import ConfigError, DriverError
from hardware import board as boards
from sim.chips.virtual_gpiochip import VirtualGpioChip, VirtualGpioKernel
from sim.chips.virtual_rpi_gpio import VirtualRpiGpio, rpi_gpio_installed
from sim.chips.wires import VirtualLines
from tests.doubles.chip_truth import scrambled_chips

EMPTY = VirtualGpioKernel({})


@pytest.mark.parametrize("label", ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"])
def test_device_of_a_pi_is_taken_first(label: str) -> None:
    """Every Pi has one, and it needs no package; the RPi.GPIO that is installed too is left alone."""
    kernel = VirtualGpioKernel({"/dev/gpiochip4": VirtualGpioChip(label=label)})
    with rpi_gpio_installed(VirtualRpiGpio()):
        choice = choose_backend(kernel=kernel)
    assert choice == BackendChoice("gpiochip", "/dev/gpiochip4 is the GPIO device of this Raspberry Pi")
    assert kernel.open_count == 0


def test_without_a_device_the_package_is_the_way_out() -> None:
    with rpi_gpio_installed(VirtualRpiGpio()):
        choice = choose_backend(kernel=EMPTY)
    assert choice.backend == "rpi-gpio"
    assert "RPi.GPIO works here" in choice.reason
    assert "no /dev/gpiochip* at all" in choice.reason


def test_with_neither_the_error_has_both_reasons() -> None:
    with pytest.raises(DriverError, match=r"no GPIO chip of a Raspberry Pi .*does not work either: RPi\.GPIO "):
        choose_backend(kernel=EMPTY)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_selected_backend_is_used(backend: str) -> None:
    assert choose_backend(backend, EMPTY) == BackendChoice(backend, "selected in the settings")
    assert config.Cells(backend=backend).backend == backend


def test_a_device_can_be_named() -> None:
    """Its label does not matter then; only the way through the device has one."""
    asked = "gpiochip:/dev/gpiochip7"
    assert choose_backend(asked, EMPTY) == BackendChoice("gpiochip", "selected in the settings", "/dev/gpiochip7")
    assert config.Cells(backend=asked).backend == asked
    for wrong in ("gpiochip:", "rpi-gpio:/dev/gpiochip7", "pigpio"):
        with pytest.raises(DriverError, match="no line backend"):
            choose_backend(wrong)
        with pytest.raises(ConfigError, match="must be auto, gpiochip, gpiochip:PATH, rpi-gpio or adafruit"):
            config.Cells(backend=wrong)


def test_unknown_backend_is_refused_with_those_there_are() -> None:
    with pytest.raises(DriverError, match="no line backend 'pigpio': use auto, gpiochip, rpi-gpio, adafruit"):
        choose_backend("pigpio")


def test_lines_are_opened_with_the_selected_backend() -> None:
    """RPi.GPIO asked for: its pins are set up. The adafruit package on four clocks: refused with the reason."""
    pins = VirtualRpiGpio()
    with rpi_gpio_installed(pins):
        wires = open_lines(boards.load_board(), "rpi-gpio")
        assert len(pins.function) == 16
        wires.lines.close()
    with pytest.raises(DriverError, match="12 chips of this board share 4 clock lines"):
        open_lines(boards.load_board(), "adafruit")
    with pytest.raises(DriverError, match=r"^/dev/gpiochip-none does not exist"):
        open_lines(boards.load_board(), "gpiochip:/dev/gpiochip-none")


def test_reader_is_made_for_the_board() -> None:
    board = dataclasses.replace(boards.load_board(), rate_hz=10)
    lines = VirtualLines(scrambled_chips(12, 10, seed=1), [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)])
    reader = OpenLines(BackendChoice(AUTO, ""), lines).reader(board)
    frames = [reader.read_frame(1.0) for _ in range(30)]
    assert frames[-1] is not None
    assert not any(frames[-1].status)

"""The RPi.GPIO backend, and gpiozero's own RPi.GPIO factory, on a pretended package with virtual chips behind."""

import importlib
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from firmware.drivers.bank import banks_of
from firmware.drivers.direct import DirectSource
from firmware.drivers.pins import PodPins
from firmware.drivers.rpi_gpio import RpiGpioLines, load_package
from firmware.errors import DriverError
from firmware.view import Output
from hardware import board as boards
from sim.chips.virtual_gpiochip import VirtualWireClock
from sim.chips.virtual_rpi_gpio import VirtualRpiGpio, rpi_gpio_installed, rpi_gpio_module
from sim.chips.wires import VirtualLines
from tests.doubles.chip_truth import Judge, scrambled_chips

BOARD = boards.load_board()
ROOT = Path(__file__).parents[3]


def wires(cost_ns: int = 1_000) -> VirtualLines:
    """Return twelve chips on the clocks of the board; a call of the package costs a microsecond, as on a Pi 4."""
    return VirtualLines(scrambled_chips(12, 80, spread=0.02, seed=6), banks_of(BOARD), cost_ns=cost_ns)


def test_frames_through_the_package_are_those_of_the_chips() -> None:
    """Ten seconds at 80 samples a second, one pin a call: all values right, hardly any frame lost."""
    lines = wires()
    source = DirectSource(
        RpiGpioLines(BOARD, rpi_gpio_module(VirtualRpiGpio(BOARD, lines)), VirtualWireClock(lines)), BOARD
    )
    judge = Judge(lines)
    clean = 0
    while lines.t_ns < 10_000_000_000:
        frame = source.reader.read_frame(1.0)
        assert frame is not None
        assert judge.check(frame) == []
        clean += not any(frame.status)
    assert clean > 0.95 * 10 * 80 * 0.98


def test_data_lines_are_pulled_up_and_clocks_start_low() -> None:
    """A missing board has to read high: never ready. A clock that is high would leave the chips switched off."""
    pins = VirtualRpiGpio(BOARD, wires())
    RpiGpioLines(BOARD, rpi_gpio_module(pins))
    assert {pins.pull[cell.dout_bcm] for cell in BOARD.cells} == {22}
    assert {pins.levels[bcm] for bcm in BOARD.sck_bcm} == {0}


def test_closing_leaves_other_pins_of_the_process_alone() -> None:
    """The pod's light is on the same package: it stays as it is; our clocks go low, our pins are inputs again."""
    pins = VirtualRpiGpio(BOARD, wires())
    package = rpi_gpio_module(pins)
    lines = RpiGpioLines(BOARD, package)
    package.setup(13, package.OUT, initial=1)
    lines.set_sck(0, level=True)
    lines.close()
    lines.close()
    assert pins.levels == {13: 1}
    assert list(pins.function) == [13]


def test_stand_in_that_is_too_slow_is_refused_with_the_reason() -> None:
    package = rpi_gpio_module(VirtualRpiGpio(BOARD, wires()))
    package.lgpio = ModuleType("lgpio")  # type: ignore[attr-defined]
    with pytest.raises(DriverError, match=r"rpi-lgpio, .*limit 60 us.* use backend gpiochip"):
        RpiGpioLines(BOARD, package)


def test_other_numbering_in_the_same_process_is_one_clear_error() -> None:
    package = rpi_gpio_module(VirtualRpiGpio(BOARD, wires()))
    package.setmode(package.BOARD)
    with pytest.raises(DriverError, match=r"different mode has already been set.*use backend gpiochip"):
        RpiGpioLines(BOARD, package)


def test_a_missing_package_is_reported_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No index has acumat: a package comes with an extra of the checkout, and the way that needs none stands first."""
    monkeypatch.setitem(sys.modules, "RPi", None)
    with pytest.raises(DriverError) as caught:
        load_package()
    text = str(caught.value)
    assert text.startswith(
        "RPi.GPIO is not installed: use backend gpiochip, which needs no package; or in the checkout"
    )
    assert f"{sys.executable} -m pip install '.[rpi-gpio]'" in text
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {"rpi-gpio", "adafruit"} <= set(extras)


def test_real_package_off_a_pi_is_one_clear_error() -> None:
    """The unmodified package refuses to be imported on a PC; the error names the alternative."""
    pytest.importorskip("RPi", reason="the RPi.GPIO package is not installed: pip install '.[rpi-gpio]'")
    with pytest.raises(DriverError, match=r"RPi\.GPIO does not run here .* use backend gpiochip"):
        load_package()


def test_gpiozero_drives_the_pod_through_the_package() -> None:
    """Light, buzzer and button by gpiozero's own RPi.GPIO factory: duty, tone, and a press from outside."""
    pins = VirtualRpiGpio()
    with rpi_gpio_installed(pins):
        factory_module = importlib.import_module("gpiozero.pins.rpigpio")

        class Pi4Factory(factory_module.RPiGPIOFactory):  # type: ignore[name-defined, misc]
            def _get_revision(self) -> int:
                return 0xC03114  # a Pi 4B; there is no /proc/device-tree here

        factory = Pi4Factory()
        pod = PodPins(BOARD, factory)
        assert BOARD.red_bcm is not None
        assert BOARD.button_bcm is not None
        assert BOARD.buzzer_bcm is not None
        pod.set(Output(red=0.25 / BOARD.light_gain, tone_hz=440.0, volume=1.0))
        assert pins.pwm[BOARD.red_bcm].duty == 25.0
        assert pins.pwm[BOARD.buzzer_bcm].frequency_hz == pytest.approx(440.0)
        pins.outside(BOARD.button_bcm, 0)
        pins.outside(BOARD.button_bcm, 1)
        assert [edge.down for edge in pod.edges()] == [True, False]
        assert pod.fault is None
        pod.close()
        assert not any(pwm.running for pwm in pins.pwm.values())
        factory.close()
        factory.pins.clear()

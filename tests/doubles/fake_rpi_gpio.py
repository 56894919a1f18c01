"""RPi.GPIO's calls, recorded: what a pin really gets from gpiozero's own factory. No line is moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from tests.doubles.fake_lgpio import gpiozero_factory


class FakePwm:
    """A PWM of the package. Calls are recorded as (gpio, hertz, percent)."""

    def __init__(self, sent: list[tuple[int, float, float]], gpio: int, hertz: float) -> None:
        self._sent, self._gpio, self._hertz, self._percent = sent, gpio, hertz, 0.0

    def start(self, percent: float) -> None:
        """Begin."""
        self.ChangeDutyCycle(percent)

    def ChangeDutyCycle(self, percent: float) -> None:  # noqa: N802 - the package's name
        """Record a duty in percent."""
        assert 0.0 <= percent <= 100.0  # the package raises for any other
        self._percent = percent
        self._sent.append((self._gpio, self._hertz, percent))

    def ChangeFrequency(self, hertz: float) -> None:  # noqa: N802 - the package's name
        """Record a frequency."""
        assert hertz > 0.0
        self._hertz = hertz
        self._sent.append((self._gpio, hertz, self._percent))

    def stop(self) -> None:
        """End."""
        self._sent.append((self._gpio, 0.0, 0.0))


class FakeRpiGpio(ModuleType):
    """Stands in for the module. pwm has (gpio, hertz, percent) of every call, levels (gpio, level) of every other."""

    BCM, IN, OUT, I2C, SPI, HARD_PWM, SERIAL, UNKNOWN = 11, 1, 0, 42, 41, 43, 40, -1
    PUD_OFF, PUD_DOWN, PUD_UP = 20, 21, 22
    RISING, FALLING, BOTH = 31, 32, 33

    def __init__(self) -> None:
        super().__init__("RPi.GPIO")
        self.pwm: list[tuple[int, float, float]] = []
        self.levels: list[tuple[int, int]] = []
        self._functions: dict[int, int] = {}

    def setmode(self, _mode: int) -> None:
        """Accept."""

    def setwarnings(self, _on: bool) -> None:
        """Accept."""

    def cleanup(self, _gpio: int = 0) -> None:
        """Accept."""

    def setup(self, gpio: int, function: int, _pull: int = PUD_OFF, initial: int | None = None) -> None:
        """Make an input or an output."""
        self._functions[gpio] = function
        if initial is not None:
            self.levels.append((gpio, initial))

    def gpio_function(self, gpio: int) -> int:
        """Return what a pin is."""
        return self._functions.get(gpio, self.IN)

    def input(self, _gpio: int) -> int:
        """Return high: the key is up."""
        return 1

    def output(self, gpio: int, level: int) -> None:
        """Record a level."""
        self.levels.append((gpio, int(level)))

    def add_event_detect(self, *_args: object, **_more: object) -> None:
        """Watch a line."""

    def remove_event_detect(self, _gpio: int) -> None:
        """Stop watching."""

    def PWM(self, gpio: int, hertz: float) -> FakePwm:  # noqa: N802 - the package's name
        """Return a PWM."""
        return FakePwm(self.pwm, gpio, hertz)


@contextmanager
def fake_rpi_gpio() -> Iterator[tuple[FakeRpiGpio, Any]]:
    """Yield the stand-in and gpiozero's real factory of RPi.GPIO pins over it, for a Pi 3B."""
    fake, package = FakeRpiGpio(), ModuleType("RPi")
    package.GPIO = fake  # type: ignore[attr-defined]
    packages = {"RPi": package, "RPi.GPIO": fake}
    with gpiozero_factory(packages, "gpiozero.pins.rpigpio", "RPiGPIOFactory") as factory:
        yield fake, factory

"""lgpio's calls, recorded: what a pin really gets from gpiozero's own factory. No line is moved."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

PI_3B = 0xA02082


class FakeLgpio(ModuleType):
    """Stands in for the module. pwm has (t_s, gpio, hertz, percent) of every tx_pwm; now() is the clock of the test."""

    SET_PULL_NONE, SET_PULL_UP, SET_PULL_DOWN = 0, 32, 64
    BOTH_EDGES, RISING_EDGE, FALLING_EDGE = 3, 1, 2
    error = OSError

    def __init__(self) -> None:
        super().__init__("lgpio")
        self.pwm: list[tuple[float, int, float, float]] = []
        self.writes: list[tuple[float, int, int]] = []
        self.now_s = 0.0
        self._outputs: set[int] = set()
        self._percent: dict[int, float] = {}

    def gpiochip_open(self, _chip: int) -> int:
        """Open."""
        return 1

    def gpiochip_close(self, _handle: int) -> None:
        """Close."""

    def gpio_claim_input(self, _handle: int, gpio: int, _flags: int = 0) -> None:
        """Make an input; PWM ends."""
        self._outputs.discard(gpio)

    def gpio_claim_output(self, _handle: int, gpio: int, _level: int = 0) -> None:
        """Make an output."""
        self._outputs.add(gpio)

    def gpio_claim_alert(self, _handle: int, gpio: int, _edge: int, _flags: int = 0) -> None:
        """Watch a line."""

    def gpio_free(self, _handle: int, gpio: int) -> None:
        """Free a line."""
        self._outputs.discard(gpio)

    def gpio_get_mode(self, _handle: int, gpio: int) -> int:
        """Return the output bit."""
        return 2 if gpio in self._outputs else 0

    def gpio_read(self, _handle: int, _gpio: int) -> int:
        """Return high: the key is up."""
        return 1

    def gpio_write(self, _handle: int, gpio: int, level: int) -> None:
        """Record a level."""
        self.writes.append((self.now_s, gpio, int(level)))

    def gpio_set_debounce_micros(self, _handle: int, _gpio: int, _micros: int) -> None:
        """Accept."""

    def callback(self, *_args: Any) -> Any:  # noqa: ANN401 - as lgpio's own
        """Return something that can be cancelled."""
        return type("Callback", (), {"cancel": lambda _self: None})()

    def tx_pwm(self, _handle: int, gpio: int, hertz: float, percent: float) -> None:
        """Record a PWM."""
        self._percent[gpio] = percent if hertz else 0.0
        self.pwm.append((self.now_s, gpio, hertz, percent))

    def duty(self, gpio: int) -> float:
        """Return the duty 0..1 that a pin has now."""
        return self._percent.get(gpio, 0.0) / 100


@contextmanager
def gpiozero_factory(
    packages: Mapping[str, ModuleType], name: str, factory_class: str, **options: int
) -> Iterator[Any]:  # gpiozero has no types
    """Yield gpiozero's own factory of a backend for a Pi 3B, over stand-ins for the packages that it imports."""
    before = {one: sys.modules.pop(one, None) for one in (*packages, name)}
    sys.modules.update(packages)
    try:
        base = getattr(importlib.import_module(name), factory_class)

        class Pi3Factory(base):  # type: ignore[valid-type, misc]
            def _get_revision(self) -> int:
                return PI_3B  # there is no /proc/device-tree here

        factory = Pi3Factory(**options)
        yield factory
        factory.close()
        factory.pins.clear()
    finally:
        for one, was in before.items():
            sys.modules.pop(one, None)
            if was is not None:
                sys.modules[one] = was


@contextmanager
def fake_lgpio() -> Iterator[tuple[FakeLgpio, Any]]:
    """Yield the stand-in and gpiozero's real factory of lgpio pins over it, for a Pi 3B."""
    fake = FakeLgpio()
    with gpiozero_factory({"lgpio": fake}, "gpiozero.pins.lgpio", "LGPIOFactory", chip=0) as factory:
        yield fake, factory

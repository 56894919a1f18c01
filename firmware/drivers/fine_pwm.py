"""Duties of gpiozero's lgpio pins without rounding.

gpiozero 2 passes whole percents to lgpio (gpiozero issue 1209), which leaves few levels and turns a dim amber into pure
red; lgpio itself takes a float. RPi.GPIO and pigpio get fine duties from gpiozero as it is.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gpiozero.pins import Factory


def with_fine_pwm(factory: "Factory") -> "Factory":
    """Return the factory; pins of lgpio that it makes from now on keep the fraction of a duty."""
    if factory.pin_class.__module__ == "gpiozero.pins.lgpio":
        factory.pin_class = _fine_class(factory.pin_class)
    return factory


def _fine_class(base: Any) -> Any:  # noqa: ANN401 - gpiozero has no types
    import lgpio  # noqa: PLC0415 - only where gpiozero chose it

    class FineLGPIOPin(base):  # type: ignore[misc] # gpiozero has no types
        """A pin of lgpio whose duty is a float."""

        _pwm: tuple[float, float] | None  # hertz and percent; None while there is no PWM

        def _set_state(self, value: float) -> None:
            if not self._pwm:
                super()._set_state(value)
            elif self._pwm[1] != value * 100:
                self._pwm = (self._pwm[0], value * 100)
                lgpio.tx_pwm(self.factory._handle, self._number, *self._pwm)  # noqa: SLF001 - as its base class does

    return FineLGPIOPin

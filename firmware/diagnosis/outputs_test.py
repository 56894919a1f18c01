"""The procedure of `acumat outputs-test`: each light, sound and touch of the pod in turn, then the key."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from firmware.frames import ButtonEdge
from firmware.view import DARK, Output

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.diagnosis.prompt import ProcedurePrompt
    from hardware.board import Board

SHOWN_S: Final = 1.5
KEY_S: Final = 15.0
POLL_S: Final = 0.05
TONE_HZ: Final = 440.0
FULL: Final = 1.0

# What is shown, in this order, for the parts that the board has.
PARTS: Final[tuple[tuple[str, str, Output], ...]] = (
    ("red_bcm", "The light is red.", Output(red=FULL)),
    ("green_bcm", "The light is green.", Output(green=FULL)),
    ("blue_bcm", "The light is blue.", Output(blue=FULL)),
    ("buzzer_bcm", "A quiet tone.", Output(tone_hz=TONE_HZ, volume=0.3)),
    ("buzzer_bcm", "The loudest tone.", Output(tone_hz=TONE_HZ, volume=FULL)),
    ("motor_bcm", "The motor vibrates.", Output(touch=True)),
)
PRESS: Final = "Press the key of the pod."


class Pod(Protocol):
    """The pins of the pod."""

    def set(self, output: Output) -> None:
        """Show an output."""
        ...

    def edges(self) -> tuple[ButtonEdge, ...]:
        """Return the edges of the key since the last call."""
        ...


def show_outputs(board: "Board", pod: Pod, prompt: "ProcedurePrompt", clock: "Clock", stop: Callable[[], bool]) -> int:
    """Show every part that the board has; return how many there were. All off at the end."""
    parts = [(text, output) for pin, text, output in PARTS if getattr(board, pin) is not None]
    try:
        for done, (text, output) in enumerate(parts):
            if stop():
                break
            prompt.show(text, "", done / len(parts))
            pod.set(output)
            clock.sleep_s(SHOWN_S)
            pod.set(DARK)
    finally:
        pod.set(DARK)
    return len(parts)


def wait_for_key(
    board: "Board", pod: Pod, prompt: "ProcedurePrompt", clock: "Clock", stop: Callable[[], bool]
) -> bool | None:
    """Wait for a press of the key; return whether it came, None for a board without a key."""
    if board.button_bcm is None:
        return None
    pod.edges()
    begin_ns = clock.boottime_ns()
    while (waited_s := (clock.boottime_ns() - begin_ns) / 1e9) < KEY_S and not stop():
        prompt.show(PRESS, "", waited_s / KEY_S)
        if any(edge.down for edge in pod.edges()):
            return True
        clock.sleep_s(POLL_S)
    return False

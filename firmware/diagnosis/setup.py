"""The procedure of `acumat setup`: five questions with a way back, then the service and the doctor.

Each answer is carried out at once: a set-up that was left can be run again, and offers what is there.
"""

from typing import Final

from firmware.diagnosis.setup_context import Move, SetupContext
from firmware.diagnosis.setup_steps import STEPS
from firmware.errors import AcumatError
from hardware.board import BoardError

READY: Final = "The mat is ready: lie down, the session starts by itself."
TO_DO: Final = "Not in order yet: do what the arrows (->) say, then run `acumat setup` again."


def run_setup(at: SetupContext) -> int:
    """Ask everything; return 0 when the mat is in order, else 1.

    Raises:
        AcumatError: an answer that was given as an option cannot be used.
    """
    if at.services.installed:
        at.services.stop()  # it holds the pins
    number = 0
    while number < len(STEPS):
        step = STEPS[number]
        at.questions.begin(number + 1, len(STEPS), step.title, step.text)
        try:
            move = step.carry_out(at)
        except (AcumatError, BoardError) as error:
            if step.option in at.given:
                raise
            at.questions.show(str(error))
            move = Move.AGAIN
        number = max(0, number + move)
    return finish(at)


def finish(at: SetupContext) -> int:
    """Start the service, where there is one, and let the doctor look."""
    started = True
    if at.services.installed:
        try:
            at.services.restart()
        except AcumatError as error:
            at.questions.show(str(error))
            started = False
    healthy = at.verb("doctor")
    ready = started and healthy and not at.failed
    at.questions.show(READY if ready else TO_DO)
    return int(not ready)

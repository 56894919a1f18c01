"""Which light acknowledges an event, a hint, a command or a choice, and which states have a chime."""

from dataclasses import dataclass
from typing import Final

from firmware.cues.table import AcknowledgedMoment, Chime
from firmware.enums import Command, HintKind, State
from firmware.events import ButtonHeld, Discomfort, Eased, EndRequested, Wiggle, Zeroed

MOMENT_OF_EVENT: Final[dict[type, AcknowledgedMoment]] = {
    Wiggle: AcknowledgedMoment.WIGGLE,
    Zeroed: AcknowledgedMoment.ZEROED,
    Discomfort: AcknowledgedMoment.DISCOMFORT,
    Eased: AcknowledgedMoment.EASED,
    EndRequested: AcknowledgedMoment.END_ASKED,
    ButtonHeld: AcknowledgedMoment.BUTTON_HELD,
}
MOMENT_OF_HINT: Final = {
    HintKind.UNEVEN: AcknowledgedMoment.UNEVEN,
    HintKind.LUMBAR_LOW: AcknowledgedMoment.LUMBAR_LOW,
    HintKind.UP_SLOWLY: AcknowledgedMoment.STEADY,
    HintKind.STEADY: AcknowledgedMoment.STEADY,
}
MOMENT_OF_COMMAND: Final = {
    Command.SHOW_STATE: AcknowledgedMoment.SHOW_STATE,
    Command.SHUTDOWN: AcknowledgedMoment.SHUTDOWN,
}
CHOICES: Final = tuple(AcknowledgedMoment(f"choice_{number}") for number in range(1, 7))
CHIME_OF_STATE: Final = {State.DONE: Chime.DONE, State.OVERTIME: Chime.OVERTIME}


@dataclass(slots=True)
class OfferedMoment:
    """A moment that was offered at offered_s and is shown since since_s, None while it waits."""

    moment: AcknowledgedMoment
    offered_s: float
    since_s: float | None = None

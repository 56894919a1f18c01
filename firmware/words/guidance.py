"""What the person should do or expect now: one sentence and its reason, for the page, MQTT and every other screen."""

from typing import TYPE_CHECKING, Final

from firmware import words
from firmware.enums import State

if TYPE_CHECKING:
    from firmware.view import SessionView

HINT_SHOWN_S: Final = 20.0  # so long a hint stands in the place of the sentence
BREATH_VALID_S: Final = 30.0  # an older rate is not known any more


def guidance(view: "SessionView") -> str:
    """Return the sentence for a view. Unanswered advice to stop takes the place of every other sentence."""
    if view.advice is not None:
        return f"{words.STOP_FIRST} {words.STOP_HOW}"
    if view.stop_advised and view.state in (State.DONE, State.OVERTIME):
        return words.DONE_AFTER_STOP
    return words.STATE[view.state]


def guidance_reason(view: "SessionView") -> str:
    """Return why, empty where the sentence needs none."""
    return words.STOP[view.advice] if view.advice is not None else words.WHY.get(view.state, "")

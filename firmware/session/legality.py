"""Which commands are legal in which situation of the mat, for the key, MQTT and the page alike."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from firmware.enums import Command, State


class Situation(StrEnum):
    """What the key and the commands may do depends on this."""

    EMPTY = "empty"
    BETWEEN = "between"  # a person arrives, stands, or has just left
    SESSION = "session"


class Refusal(StrEnum):
    """Why a command is rejected; words.REFUSED has the sentences."""

    NO_SESSION = "no_session"
    NOT_EMPTY = "not_empty"
    SESSION = "session"


_SITUATIONS: Final = {
    State.IDLE: Situation.EMPTY,
    State.SEATED: Situation.BETWEEN,
    State.LOWERING: Situation.BETWEEN,
    State.STANDING: Situation.BETWEEN,
    State.AFTERCARE: Situation.BETWEEN,
}
Refusals = Mapping[Situation, Refusal]
ALWAYS: Final[Refusals] = {}
IN_SESSION: Final[Refusals] = dict.fromkeys((Situation.EMPTY, Situation.BETWEEN), Refusal.NO_SESSION)
ON_EMPTY_MAT: Final[Refusals] = {Situation.BETWEEN: Refusal.NOT_EMPTY, Situation.SESSION: Refusal.SESSION}
OUTSIDE_SESSION: Final[Refusals] = {Situation.SESSION: Refusal.SESSION}

LEGAL: Final[dict[Command, Refusals]] = {
    Command.DISCOMFORT: IN_SESSION,
    Command.EASING: IN_SESSION,
    Command.END: IN_SESSION,
    Command.CARRY_ON: IN_SESSION,
    Command.SHOW_STATE: ALWAYS,
    Command.ZERO: ON_EMPTY_MAT,
    Command.SILENT: ALWAYS,
    Command.SHUTDOWN: OUTSIDE_SESSION,
    **dict.fromkeys(
        (Command.NEXT_LENGTH, Command.NEXT_SOUND, Command.NIGHT, Command.NEXT_PERSON, Command.NEW_PERSON),
        OUTSIDE_SESSION,
    ),
}


def situation_of(state: State) -> Situation:
    """Return the situation that a state belongs to."""
    return _SITUATIONS.get(state, Situation.SESSION)


def refusal_in_state(command: Command, state: State) -> Refusal | None:
    """Return why a command is not legal in a state; None when it is."""
    return LEGAL[command].get(situation_of(state))

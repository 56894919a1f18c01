"""What may be asked of the mat by MQTT or the page: one table of names and values. Nothing else is obeyed."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from firmware.enums import Command
from firmware.programme.advice import Marks
from firmware.programme.levels import MINUTES, Preset

NAME_MOST: Final = 32


def _nobody(_error: str | None) -> None:
    """Answer nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """A legal name and value. answer is called once, with None or with why it was refused; it never blocks."""

    name: str
    value: object = None
    answer: Callable[[str | None], None] = field(default=_nobody, compare=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be, in words and as a check, and what asking for it does."""

    does: str
    value: str
    fits: Callable[[object], bool]


def _nothing(does: str) -> Kind:
    return Kind(does, "empty", lambda value: value is None or value == "" or value is True)


def _number(does: str, low: float, high: float, *, whole: bool = False) -> Kind:
    def fits(value: object) -> bool:
        kinds = int if whole else (int, float)
        return (
            isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
        )

    return Kind(does, f"{'whole number' if whole else 'number'} from {low:g} to {high:g}", fits)


def _word(does: str, words: tuple[str, ...]) -> Kind:
    return Kind(does, ", ".join(words), lambda value: isinstance(value, str) and value in words)


def _name(does: str) -> Kind:
    return Kind(does, "name", lambda value: isinstance(value, str) and 0 < len(value) <= NAME_MOST)


KINDS: Final[dict[str, Kind]] = {
    Command.DISCOMFORT: _nothing("It hurts now."),
    Command.EASING: _nothing("It turns warm."),
    Command.END: _nothing("Close the session now."),
    Command.CARRY_ON: _nothing("Advice to stop was seen; stays."),
    Command.ZERO: _nothing("The mat is empty now: take the zero."),
    Command.SILENT: _nothing("Sound off, or on again."),
    Command.SHOW_STATE: _nothing("Blink what the mat is doing."),
    "mode": _word("How much may sound.", ("normal", "quiet", "silent")),
    "goal_min": _number("Minutes of the next session, instead of the programme's.", *MINUTES),
    "preset": _word("How long to lie next time.", tuple(Preset)),
    "person": _name("Whose turn it is, or guest."),
    "add_person": _name("Take somebody in, on the first level."),
    "remove_person": _name("Let somebody go."),
    "acknowledge": _number("That version of the text before use was read.", 1, 1000, whole=True),
    "accept": _nothing("Take the step that is offered."),
    "decline": _nothing("Stay on the level."),
    "level": _number("Go down to a level; higher needs confirm_level.", 1, 30, whole=True),
    "confirm_level": _number("Go to a level, higher too.", 1, 30, whole=True),
    "healed": _nothing("The skin has healed."),
    "marks": _word("Marks on the skin after the last session.", tuple(Marks)),
    "hurt": _number("How much the points hurt after five minutes.", 0, 10, whole=True),
}


def refusal(name: str, value: object) -> str | None:
    """Say why nothing of that name and value can be asked; None when it can."""
    kind = KINDS.get(name)
    if kind is None:
        return f"unknown command; known are {', '.join(KINDS)}"
    return None if kind.fits(value) else f"give {kind.value}"

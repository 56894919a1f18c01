"""Every command of the mat, one row each: name, value, the situations that reject it, what it does, and what runs it.

The key, MQTT and the page send these. mqtt/entities.py adds the Home Assistant entity of a row, by its name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from firmware import words
from firmware.cues.settings import SoundMode
from firmware.enums import Command
from firmware.programme.advice import SkinMarks
from firmware.programme.levels import MINUTES, MOST_LEVELS, LengthPreset
from firmware.session.button import MENU
from firmware.session.legality import LEGAL, Refusals, situation_of

if TYPE_CHECKING:
    from firmware.core import MatCore
    from firmware.programme.plan import Plan, Today
    from firmware.programme.plan_view import PlanView
    from firmware.view import SessionView

NAME_MOST: Final = 32
VERSION_MOST: Final = 1000
SCALE: Final = (0, 10)  # of a numeric rating, as in published trials


def _no_answer(_error: str | None) -> None:
    """Drop the answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command with its value. answer is called once, with None or with the reason of a rejection; never blocks."""

    name: str
    value: object = None
    answer: Callable[[str | None], None] = field(default=_no_answer, compare=False)


# --- values: text is for people, parse returns the value in its own type or raises ValueError ---------------


@dataclass(frozen=True, slots=True)
class NoValue:
    """No value: the name is the command."""

    text: str = "empty"

    def parse(self, value: object) -> None:
        """Return None."""
        if value is not None and value != "" and value is not True:
            raise ValueError("this command takes no value: send an empty message")


@dataclass(frozen=True, slots=True)
class NumberValue:
    """A number within bounds, both included."""

    low: float
    high: float
    whole: bool = False

    @property
    def text(self) -> str:
        """What to give, in words."""
        return f"{'a whole number' if self.whole else 'a number'} from {self.low:g} to {self.high:g}"

    def parse(self, value: object) -> float:
        """Return the number: an int where it has to be whole."""
        number = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
        if not number or not self.low <= value <= self.high:  # type: ignore[operator]
            raise ValueError(f"give {self.text}")
        return value  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """One word of a closed list."""

    options: type[StrEnum]

    @property
    def text(self) -> str:
        """What to give, in words."""
        return ", ".join(self.options)

    def parse(self, value: object) -> StrEnum:
        """Return the member of the enum."""
        if not isinstance(value, str) or value not in list(self.options):
            raise ValueError(f"give one of {self.text}")
        return self.options(value)


@dataclass(frozen=True, slots=True)
class NameValue:
    """The name of a person; people.py has the rest of its rules."""

    text: str = "a name"

    def parse(self, value: object) -> str:
        """Return the name."""
        if not isinstance(value, str) or not 0 < len(value) <= NAME_MOST or not value.isprintable():
            raise ValueError(f"give {self.text} of 1 to {NAME_MOST} printable characters")
        return value


Value = NoValue | NumberValue | ChoiceValue | NameValue


# --- the table ------------------------------------------------------------------------------------------------


class CommandContext(NamedTuple):
    """What a command may act on. today is None while the wall clock is not set."""

    core: "MatCore"
    plan: "Plan"
    today: "Today | None"


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command. run raises ValueError with the reason when it rejects the parsed value; then nothing has changed.

    refusals and needs hold when it can be used: by the situation of the mat, and by the view and the plan.
    """

    name: str
    value: Value
    does: str
    run: Callable[[CommandContext, Any], None]
    refusals: Refusals = field(default_factory=dict)
    needs: Callable[["SessionView", "PlanView"], str | None] = lambda _view, _plan: None


def _core(command: Command, does: str, needs: Callable[["SessionView", "PlanView"], str | None]) -> CommandRow:
    """Return the row of a command that goes to the core, as a press of the key does."""
    return CommandRow(command, NoValue(), does, lambda to, _: to.core.submit(command), LEGAL[command], needs)


def _nothing(_view: "SessionView", _plan: "PlanView") -> None:
    """No more is needed."""


def _advice(view: "SessionView", _plan: "PlanView") -> str | None:
    return None if view.advice is not None else words.REFUSED["no_advice"]


def _person(_view: "SessionView", plan: "PlanView") -> str | None:
    return words.REFUSED["guest"] if plan.guest else None


def _last_session(_view: "SessionView", plan: "PlanView") -> str | None:
    if plan.guest:
        return words.REFUSED["guest"]
    return None if plan.has_session else words.REFUSED["no_last_session"]


def _offer(_view: "SessionView", plan: "PlanView") -> str | None:
    return None if plan.offer is not None else words.REFUSED["no_offer"]


def _choice(command: Command, does: str, choose: Callable[[CommandContext], int]) -> CommandRow:
    """Return the row of a choice that goes on to the next one; its number is shown by light, sound and touch."""
    return CommandRow(command, NoValue(), does, lambda to, _: to.core.show_choice(choose(to)), LEGAL[command])


def _set_brightness(to: CommandContext, factor: float) -> None:
    to.core.set_brightness(factor)


def _set_volume(to: CommandContext, factor: float) -> None:
    to.core.set_volume(factor)


_LEVEL: Final = NumberValue(0, MOST_LEVELS, whole=True)
_FACTOR: Final = NumberValue(0, 1)
_RATING: Final = NumberValue(*SCALE, whole=True)
_ROWS: Final = (
    _core(Command.DISCOMFORT, "It hurts now.", _nothing),
    _core(Command.EASING, "It turns warm.", _nothing),
    _core(Command.END, "Close the session now.", _nothing),
    _core(Command.CARRY_ON, "Advice to stop was seen; the person stays.", _advice),
    _core(Command.ZERO, "The mat is empty now: take the zero.", _nothing),
    _core(Command.SILENT, "Sound off, or on again.", _nothing),
    _core(Command.SHOW_STATE, "Blink what the mat is doing.", _nothing),
    _choice(Command.NEXT_LENGTH, "Quick session next, or the programme's again.", lambda to: to.plan.next_length()),
    _choice(Command.NEXT_SOUND, "Normal, quiet, silent sound in turn.", lambda to: to.core.next_mode()),
    _choice(Command.NIGHT, "Night light from now on, or by the clock again.", lambda to: to.core.turn_night()),
    _choice(Command.NEXT_PERSON, "The turn goes to the next person.", lambda to: to.plan.next_person()),
    _choice(Command.NEW_PERSON, "Add a person and give them the turn.", lambda to: to.plan.new_person()),
    CommandRow("mode", ChoiceValue(SoundMode), "How much may sound.", lambda to, mode: to.core.set_mode(mode)),
    CommandRow("brightness", _FACTOR, "Factor on every light, until the next start.", _set_brightness),
    CommandRow("volume", _FACTOR, "Factor on every sound, until the next start.", _set_volume),
    CommandRow(
        "goal_min",
        NumberValue(*MINUTES),
        "Minutes of the next session, instead of the programme's.",
        lambda to, minutes: to.plan.choose_minutes(minutes),
    ),
    CommandRow(
        "preset",
        ChoiceValue(LengthPreset),
        "Length of the next session.",
        lambda to, preset: to.plan.choose_preset(preset),
    ),
    CommandRow("person", NameValue(), "Whose turn it is, or guest.", lambda to, name: to.plan.choose_person(name)),
    CommandRow(
        "add_person", NameValue(), "Add a person, on the first level.", lambda to, name: to.plan.add_person(name)
    ),
    CommandRow(
        "remove_person", NameValue(), "Remove a person and their records.", lambda to, name: to.plan.remove_person(name)
    ),
    CommandRow(
        "acknowledge",
        NumberValue(1, VERSION_MOST, whole=True),
        "That version of the text before use was read.",
        lambda to, version: to.plan.acknowledge(version, to.today),
    ),
    CommandRow(
        "accept",
        NoValue(),
        "Take the step that is offered.",
        lambda to, _: to.plan.accept_offer(to.today),
        needs=_offer,
    ),
    CommandRow("decline", NoValue(), "Stay on the level.", lambda to, _: to.plan.decline_offer(to.today), needs=_offer),
    CommandRow(
        "level",
        _LEVEL,
        "Go down to a level; higher needs confirm_level.",
        lambda to, level: to.plan.choose_level(level, to.today, confirmed=False),
    ),
    CommandRow(
        "confirm_level",
        _LEVEL,
        "Go to a level, higher too.",
        lambda to, level: to.plan.choose_level(level, to.today, confirmed=True),
    ),
    CommandRow("healed", NoValue(), "The skin has healed.", lambda to, _: to.plan.note_healed(to.today), needs=_person),
    CommandRow(
        "marks",
        ChoiceValue(SkinMarks),
        "Marks on the skin after the last session.",
        lambda to, marks: to.plan.add_to_last(marks=marks),
        needs=_last_session,
    ),
    CommandRow(
        "hurt",
        _RATING,
        "How much the points hurt after five minutes.",
        lambda to, rating: to.plan.add_to_last(discomfort=rating),
        needs=_last_session,
    ),
)
COMMANDS: Final = {str(row.name): row for row in _ROWS}
MENU_COMMANDS: Final = frozenset(MENU.values())  # of the key: the dispatcher carries them out


def request_refusal(name: str, value: object) -> str | None:
    """Return why there is no such command or value; None when it is legal."""
    row = COMMANDS.get(name)
    if row is None:
        return f"unknown command; known are {', '.join(COMMANDS)}"
    try:
        row.value.parse(value)
    except ValueError as error:
        return str(error)
    return None


def refusal_now(name: str, view: "SessionView", plan: "PlanView") -> str | None:
    """Return why a known command cannot be used at this moment; None when it can."""
    row = COMMANDS[name]
    illegal = row.refusals.get(situation_of(view.state))
    return words.REFUSED[illegal] if illegal is not None else row.needs(view, plan)


class Control(NamedTuple):
    """What a panel with controls shows beside the ticks: the plan, and the commands that can be used now."""

    plan: "PlanView"
    usable: tuple[str, ...]

    @classmethod
    def of(cls, view: "SessionView", plan: "PlanView") -> "Control":
        """Return the control at this moment."""
        return cls(plan, tuple(name for name in COMMANDS if refusal_now(name, view, plan) is None))

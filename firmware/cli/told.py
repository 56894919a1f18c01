"""What a person reads of an event: a few words for each class of them, and never the name of a field."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from firmware import types as t
from firmware import words
from hardware.board import STANDARD_GRAVITY

ZEROED: Final = {
    "start": "close to the one that was kept",
    "placed": "something lies on it that stays",
    "lifted": "something was taken off it",
    "asked": "somebody asked for it",
}


LEAST: Final = 0.01  # of an overshoot that is worth a word


def _plain(value: str) -> str:
    """Give a value of an enum as words."""
    return value.replace("_", " ")


def _lowered(event: t.Lowered) -> str:
    seconds = "" if event.lowering_s is None else f" within {event.lowering_s:.0f} s"
    peak = f", the upper half with a peak of {event.overshoot:.0%} above rest" if (event.overshoot or 0) > LEAST else ""
    return f"came down{seconds}{peak}"


def _silent(lost: int) -> str:
    return f"{lost.bit_count()} do not answer"


TOLD: Final[Mapping[type[object], Callable[[Any], str]]] = {
    t.Seated: lambda _: "sits on the base",
    t.Lowering: lambda _: "lowers",
    t.LyingSeen: lambda _: "seems to lie",
    t.LieDown: lambda e: f"lies down, {e.load_n:.0f} N",
    t.Lowered: _lowered,
    t.Settled: lambda e: f"settled, after {e.after_s:.0f} s of lying",
    t.Confirmed: lambda e: f"this is a person: {e.why}",
    t.Wiggle: lambda e: f"wiggle ({e.grade}), {e.moved_n:.0f} N there and back",
    t.Readjusted: lambda _: "lifted and laid down anew",
    t.GetUp: lambda e: f"gets up ({_plain(e.exit)}): {e.why}",
    t.RolledAside: lambda _: "rolled to the side",
    t.RolledBack: lambda _: "lies as before",
    t.Emptied: lambda _: "nobody on the mat",
    t.Stands: lambda _: "stands on it",
    t.Stood: lambda e: f"stood for {e.standing_s:.0f} s, the centre of load went {e.path_m:.2f} m",
    t.Attention: lambda e: f"has lain there for {e.lying_s / 60:.0f} min, far longer than a session",
    t.StageEntered: lambda e: f"stage: {_plain(e.state)}",
    t.SensorLost: lambda e: f"too few cells to know what happens, {_silent(e.lost)}",
    t.SensorBack: lambda e: f"enough cells again, {_silent(e.lost)}",
    t.Discomfort: lambda e: f"says that it hurts, after {e.lying_s / 60:.0f} min of lying",
    t.Eased: lambda e: f"says that it eases, after {e.lying_s / 60:.0f} min of lying",
    t.EndAsked: lambda _: "asks for the end of the session",
    t.Asked: lambda e: f"asked: {words.COMMAND[e.command]}",
    t.StopAdvised: lambda e: words.STOP[e.why],
    t.ButtonHeld: lambda e: f"the key is down for {e.held_s:.0f} s",
    t.ButtonStuck: lambda e: words.BUTTON_STUCK if e.stuck else "the key came free again",
    t.Hint: lambda e: words.HINT[e.kind],
    t.Zeroed: lambda e: f"new zero, {e.offset_n / STANDARD_GRAVITY:+z.1f} kg: {ZEROED[e.reason]}",
    t.SessionEnded: lambda e: f"session {e.summary.number} closed: {_plain(e.summary.reason)}",
}


def told(event: t.Event) -> str:
    """Say an event in a few words."""
    return TOLD[type(event)](event)

"""Events as sentences for people, without the names of fields."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from firmware import events as t
from firmware import words
from hardware.board import STANDARD_GRAVITY

LEAST: Final = 0.01  # of an overshoot that is worth a word


def _plain(value: str) -> str:
    """Return a value of an enum as words."""
    return value.replace("_", " ")


def _lowered(event: t.Lowered) -> dict[str, object]:
    peak = event.overshoot or 0.0
    return {
        "within": "" if event.lowering_s is None else words.LOWERED_WITHIN.format(event.lowering_s),
        "peak": words.LOWERED_PEAK.format(peak) if peak > LEAST else "",
    }


def _minutes(event: t.OverlongSession | t.Discomfort | t.Eased) -> dict[str, object]:
    return {"minutes": event.lying_s / 60}


def _silent(event: t.SensorLost | t.SensorBack) -> dict[str, object]:
    return {"silent": event.lost.bit_count()}


MORE: Final[Mapping[type[object], Callable[[Any], dict[str, object]]]] = {
    t.Lowered: _lowered,
    t.GetUp: lambda e: {"how": _plain(e.exit)},
    t.OverlongSession: _minutes,
    t.StageChanged: lambda e: {"how": _plain(e.state)},
    t.SensorLost: _silent,
    t.SensorBack: _silent,
    t.Discomfort: _minutes,
    t.Eased: _minutes,
    t.CommandAccepted: lambda e: {"how": words.COMMAND[e.command]},
    t.StopAdvised: lambda e: {"how": words.STOP[e.reason]},
    t.ButtonStuck: lambda e: {"how": words.BUTTON_STUCK if e.stuck else words.BUTTON_FREE},
    t.Hint: lambda e: {"how": words.HINT[e.kind]},
    t.Zeroed: lambda e: {"kg": e.offset_n / STANDARD_GRAVITY, "how": words.ZEROED[e.reason]},
    t.SessionEnded: lambda e: {"how": _plain(e.summary.reason)},
}  # values in the words of an event that are not its fields


def describe_event(event: t.Event) -> str:
    """Return an event in a few words."""
    more = MORE.get(type(event))
    return words.EVENT[t.event_type(type(event))].format(e=event, **(more(event) if more else {}))

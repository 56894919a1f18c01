"""Events as lines for people: one sentence, a mark for what the person does, and values for the log.

The table is words.EVENT; terminal, log, MQTT and page show the same sentences.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from firmware import events as t
from firmware import words
from firmware.enums import Command, State
from firmware.words.quantities import duration_text, joined_names, kilograms

QUICK_S: Final = 3.0  # lowering in less is quick
LONG_S: Final = 570.0  # of standing, from where the minutes have two digits
MARK: Final = "·"
MARKS: Final[Mapping[type[object], str]] = {t.Wiggle: "◆", t.Repositioned: "○", t.Discomfort: "▲", t.Eased: "∩"}
LOG_ONLY: Final = (t.MatOccupied, t.LyingSuspected, t.LieDown, t.StartCorrected, t.EndCorrected)
LYING: Final = (State.SETTLING, State.EASING, State.RESTING, State.CLOSING, State.DONE, State.OVERTIME)
ARRIVING: Final = (State.SEATED, State.LOWERING, State.STANDING, *LYING)
INTERRUPTED: Final = (State.PAUSED, State.UNCERTAIN, State.LEAVING)


@dataclass(frozen=True, slots=True)
class SentenceContext:
    """What a sentence needs beside its event. lying_s is lying time at the event, cells are the names of the board."""

    cells: tuple[str, ...] = ()
    goal_s: float = 600.0
    lying_s: float = 0.0
    resume_s: float = 45.0
    before: State = State.IDLE
    paused_s: float = 0.0
    presses: int = 1
    silent: bool = False


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line. live: it matters to the person now; otherwise it is for the log only."""

    type: str
    text: str
    mark: str = MARK
    live: bool = True
    values: Mapping[str, str] = field(default_factory=dict)


def _answering(event: t.SensorLost | t.SensorBack, context: SentenceContext) -> str:
    return f"{len(context.cells) - event.lost.bit_count()} of {len(context.cells)}"


def _lowered(event: t.Lowered, _: SentenceContext) -> str:
    if event.lowering_s is None:
        return ""
    return words.LOWERED[event.lowering_s < QUICK_S].format(event.lowering_s)


def _stage(event: t.StageChanged, context: SentenceContext) -> str:
    if event.state in LYING and context.before in INTERRUPTED:
        return words.LIES_AGAIN
    if event.state in LYING and context.before is State.ROLLING:
        return ""
    return words.STAGE_BEGINS.get(event.state, "").format(
        goal_min=context.goal_s / 60, lying_min=context.lying_s / 60, resume_s=context.resume_s
    )


def _accepted(event: t.CommandAccepted, context: SentenceContext) -> str:
    if event.command is Command.SILENT:
        return words.SOUND[context.silent]
    return words.ACCEPTED.get(event.command, "")


HOW: Final[Mapping[type[object], Callable[[Any, SentenceContext], str]]] = {
    t.Lowered: _lowered,
    t.StageChanged: _stage,
    t.Wiggle: lambda e, _: words.MOVED[e.grade],
    t.Hint: lambda e, _: words.HINT_LINE.get(e.kind, ""),
    t.GetUp: lambda e, _: words.GOT_UP[e.exit],
    t.StandingEnded: lambda e, _: words.STOOD[e.standing_s >= LONG_S].format(
        how=duration_text(e.standing_s, short=True)
    ),
    t.OverlongSession: lambda e, _: f"{e.lying_s / 60:.0f}",
    t.SensorLost: _answering,
    t.SensorBack: _answering,
    t.CommandAccepted: _accepted,
    t.ButtonStuck: lambda e, _: words.STUCK[e.stuck],
    t.Zeroed: lambda e, _: words.ZEROED[e.reason].format(kg=abs(kilograms(e.offset_n))),
    t.SessionEnded: lambda e, _: (
        words.CLOSED.format(number=e.summary.number, time=duration_text(e.summary.lying_s))
        if e.summary.confirmed
        else words.NOT_CONFIRMED
    ),
}  # what stands for {how} in the sentence

VALUES: Final[Mapping[type[object], Callable[[Any, SentenceContext], dict[str, str]]]] = {
    t.ObjectDetected: lambda e, _: {"load": f"{kilograms(e.load_n):.1f}kg"},
    t.StartCorrected: lambda e, _: {"start": f"{e.start_s:.1f}s"},
    t.EndCorrected: lambda e, _: {"end": f"{e.end_s:.1f}s"},
    t.LieDown: lambda e, c: {"load": f"{kilograms(e.load_n):.1f}kg", "goal": f"{c.goal_s / 60:.0f}min"},
    t.Lowered: lambda e, _: {} if e.overshoot is None else {"peak": f"{e.overshoot:+.0%}"},
    t.Confirmed: lambda e, _: {"why": e.evidence.partition(" ")[0]},
    t.Settled: lambda e, _: {"after": f"{e.after_s:.0f}s"},
    t.StageChanged: lambda e, c: (
        {"paused": f"{c.paused_s:.0f}s"} if e.state in LYING and c.before in INTERRUPTED else {}
    ),
    t.Wiggle: lambda e, c: {"moved": f"{kilograms(e.moved_n):.1f}kg"} | _cells(e.cells, c),
    t.Discomfort: lambda _, c: {"n": str(c.presses)},
    t.Eased: lambda _, c: {"n": str(c.presses)},
    t.StopAdvised: lambda e, _: {"why": str(e.reason)},
    t.GetUp: lambda e, _: {"exit": str(e.exit)},
    t.StandingEnded: lambda e, _: {"path": f"{e.path_m:.2f}m"},
    t.SensorLost: lambda e, c: _cells(set_bits(e.lost), c),
    t.SensorBack: lambda e, c: _cells(set_bits(e.lost), c),
    t.Zeroed: lambda e, _: {"offset": f"{kilograms(e.offset_n):+z.1f}kg"},
    t.FramesLost: lambda e, _: {"gaps": str(e.gaps)},
    t.SessionEnded: lambda e, _: {"reason": str(e.summary.reason), "moves": str(e.summary.wiggles)},
}  # for the log


def _cells(numbers: tuple[int, ...], context: SentenceContext) -> dict[str, str]:
    known = [context.cells[number] for number in numbers if number < len(context.cells)]
    return {"cells": ",".join(known)} if known else {}


def set_bits(mask: int) -> tuple[int, ...]:
    """Return the numbers of the bits that are set."""
    return tuple(number for number in range(mask.bit_length()) if mask >> number & 1)


def event_line(event: t.Event, context: SentenceContext | None = None) -> EventLine | None:
    """Return the line of an event; None for an event that is part of another one."""
    context, kind = context or SentenceContext(), type(event)
    name = t.event_type(kind)
    how = HOW[kind](event, context) if kind in HOW else ""
    text = words.EVENT[name].format(e=event, how=how)
    if not text:
        return None
    values = VALUES[kind](event, context) if kind in VALUES else {}
    return EventLine(name, text, MARKS.get(kind, MARK), kind not in LOG_ONLY, values)


def fault_line(part: str, text: str | None) -> EventLine:
    """Return the line of a part of the program that has a fault, or with text None is in order again."""
    return EventLine("fault", words.IN_ORDER_AGAIN.format(part=part) if text is None else f"{part}: {text}", live=False)


def cells_line(cells: tuple[str, ...], *, back: bool) -> EventLine:
    """Return the line of cells that fell silent or answer again while the mat works on."""
    sentence = words.CELLS_AGAIN if back else words.SILENT_CELLS
    return EventLine("cells_back" if back else "cells_silent", sentence.format(cells=joined_names(cells)))

"""What a person reads of an event: one short sentence, never the name of a field."""

import re
from dataclasses import replace
from enum import EnumType
from itertools import product
from typing import get_type_hints

import pytest

from firmware import events as t
from firmware import words
from firmware.enums import Command, Exit, HintKind, Reason, State, WiggleGrade
from firmware.session.coaching import CoachSettings
from firmware.session.machine import SessionSettings
from firmware.signal.zero_tracker import ZeroReason
from firmware.words.event_lines import QUICK_S, EventLine, SentenceContext, cells_line, event_line
from firmware.words.quantities import clock_text, duration_text, joined_names, times_text

LONGEST = 39  # characters
NAMES = tuple(f"{row}{col}" for row in "ABCD" for col in (1, 2, 3))
CONTEXT = SentenceContext(NAMES)
SUMMARY = t.SessionSummary(3, 16.8, 652.9, 636.1, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 2, counted=True)


def shown(event: t.Event, context: SentenceContext = CONTEXT) -> EventLine:
    line = event_line(event, context)
    assert line is not None
    return line


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (t.Seated(1.0), "You sit down at the hips end."),
        (t.Lowered(1.0, 4.9, 0.031), "You came down slowly, in 5 s."),
        (t.Lowered(1.0, 0.81, None), "You came down quickly, in 0.8 s."),
        (t.Lowered(1.0, None, None), "You came down."),
        (t.Confirmed(1.0, "breathing moves"), "The mat is sure now: this counts."),
        (t.GetUp(1.0, 1.5, Exit.SAT_UP, "the load fell"), "You sat up and got up."),
        (t.Zeroed(1.0, -9.80665, "lifted"), "Set to zero: 1.0 kg was taken off."),
        (t.Zeroed(1.0, 3.9, "placed"), "Set to zero: 0.4 kg stays on the mat."),
        (t.SensorLost(1.0, 0b10110), "Too few cells answer: 9 of 12."),
        (t.ButtonStuck(1.0, stuck=False), "The key works again."),
        (t.StageChanged(1.0, State.DONE), "Your 10 minutes are complete."),
        (t.StageChanged(1.0, State.PAUSED), "You are up. 45 s to lie back."),
        (t.StandingEnded(1.0, 120.0, 1.52, 0.01, 0.001), "You stood for 2 min; it is not counted."),
        (t.CommandAccepted(1.0, Command.CARRY_ON), "You carry on."),
        (t.CommandAccepted(1.0, Command.SILENT), "Sound is on again."),
        (t.SessionEnded(1.0, SUMMARY), "Session 3: 10 min 36 s on the mat."),
    ],
)
def test_events_in_words(event: t.Event, text: str) -> None:
    """Kilograms, minutes and plain words."""
    assert shown(event).text == text


def test_values_stand_in_the_log_only() -> None:
    """A strong wiggle has its weight and its cells, by their names, beside the sentence."""
    line = shown(t.Wiggle(1.0, 92.0, WiggleGrade.STRONG, (0, 1, 8)))
    assert line.text == "You moved a lot. Lift, do not slide."
    assert (line.mark, line.values) == ("◆", {"moved": "9.4kg", "cells": "A1,A2,C3"})


def test_lying_back_after_a_pause_is_no_new_stage() -> None:
    """The stage begins once; after a pause the person reads that it goes on, with the length of the pause."""
    line = shown(t.StageChanged(1.0, State.RESTING), replace(CONTEXT, before=State.PAUSED, paused_s=20.4))
    assert (line.text, line.values) == ("You lie again; it goes on.", {"paused": "20s"})
    assert event_line(t.StageChanged(1.0, State.RESTING), replace(CONTEXT, before=State.ROLLING)) is None


@pytest.mark.parametrize(
    "event",
    [t.ButtonHeld(1.0, 2.0), t.StageChanged(1.0, State.SEATED), t.StageChanged(1.0, State.AFTERCARE),
     t.Hint(1.0, HintKind.ROLLED), t.CommandAccepted(1.0, Command.SHOW_STATE)],
)  # fmt: skip
def test_what_another_event_says_has_no_line(event: t.Event) -> None:
    """A stage that is an event of its own, a hint that repeats how the person got up."""
    assert event_line(event, CONTEXT) is None


def test_no_line_is_long_or_shows_the_name_of_a_field() -> None:
    """Every class there is, with each value of its enums: at most 39 characters, no snake_case, no newton."""
    for kind in t.Event.__args__:
        hints = get_type_hints(kind)
        choices: list[list[object]] = [VALUES.get((kind, name)) or of_type(hint) for name, hint in hints.items()]
        for values in product(*choices):
            for silent, before in product((False, True), (State.IDLE, State.PAUSED)):
                line = event_line(kind(*values), replace(CONTEXT, silent=silent, before=before, lying_s=2400.0))
                if line is not None:
                    assert 0 < len(line.text) <= LONGEST, line
                    assert "_" not in line.text, line
                    assert not re.search(r"\d N\b", line.text), line


def of_type(hint: object) -> list[object]:
    """Return values to try a field with."""
    if isinstance(hint, EnumType):
        return list(hint)
    known: dict[object, list[object]] = {
        float: [0.4, 61.0, 959.0], float | None: [None, 0.8, 61.0], int: [0, 3], str: ["because"],
        bool: [False, True], tuple[int, ...]: [(1, 2), ()],
    }  # fmt: skip
    return known[hint]


VALUES: dict[tuple[type, str], list[object]] = {
    (t.Zeroed, "reason"): list(words.ZEROED),
    (t.SessionEnded, "summary"): [replace(SUMMARY, reason=reason) for reason in Reason],
    (t.OverlongSession, "lying_s"): [3600.0],
}


def test_every_value_has_its_words() -> None:
    """Tables and enums cannot drift apart, nor the two limits that stand in two rooms."""
    assert set(words.ZEROED) == {why.value for why in ZeroReason}
    assert set(words.MOVED) == set(WiggleGrade)
    assert set(words.GOT_UP) == set(Exit)
    assert set(words.HINT_LINE) < set(HintKind)
    assert set(words.STAGE) == set(State)
    assert CoachSettings().lower_least_s == QUICK_S
    assert SessionSettings().resume_s == SentenceContext().resume_s


def test_cells_that_fall_silent_are_named() -> None:
    """By name up to three, by number beyond."""
    assert cells_line(("B2",), back=False).text == "B2 fell silent."
    assert cells_line(("B2", "C1"), back=False).text == "B2 and C1 fell silent."
    assert cells_line(("B2", "C1"), back=True).text == "B2 and C1: answering again."
    assert joined_names(("A1", "A2", "A3")) == "A1, A2 and A3"
    assert joined_names(("A1", "A2", "A3", "B1")) == "4 cells"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (61.9, "1:01"), (636, "10:36"), (3731, "1:02:11")])
def test_clock(seconds: float, text: str) -> None:
    """Minutes and seconds, with hours when there are any."""
    assert clock_text(seconds) == text


def test_lengths_and_numbers_of_times() -> None:
    """As people write them."""
    assert [duration_text(one) for one in (45, 60, 906.2)] == ["45 s", "1 min", "15 min 6 s"]
    assert duration_text(130, short=True) == "2 min"
    assert [times_text(one) for one in (0, 1, 2, 3)] == ["not at all", "once", "twice", "3 times"]

"""Rows of the state topic about the week, the programme, the cells and the commands."""

from collections.abc import Callable
from typing import Any, Final

from firmware import words
from firmware.mqtt.commands import LOCAL_ONLY
from firmware.mqtt.notes import Notes
from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_entity import DIAGNOSTIC, MINUTES, ON_OFF, StateEntity, Value, of_plan, on_off
from firmware.words.event_lines import set_bits


def _last_command(now: Snapshot) -> Value:
    last = now.last_command
    return None if last is None else f"{last.name}: {'done' if last.error is None else last.error}"[:255]


def _offer(now: Snapshot) -> Value:
    plan = None if now.control is None else now.control.plan
    return None if plan is None or plan.offer is None else words.OFFER.get(plan.offer, str(plan.offer))


def _week(pick: Callable[[Any], Value]) -> Callable[[Snapshot], Value]:
    return lambda now: None if now.week is None else pick(now.week)


def _can(now: Snapshot) -> Value:
    if now.control is None or not now.accepts_commands:
        return []
    notes = () if now.notes is None else now.notes.usable
    return [name for name in (*now.control.usable, *notes) if name not in LOCAL_ONLY]


def _noted(pick: Callable[[Notes], Value]) -> Callable[[Snapshot], Value]:
    return lambda now: None if now.notes is None else pick(now.notes)


MAT: Final = (
    StateEntity(
        "sessions_today",
        "sessions today that counted; null: not known",
        int | None,
        _week(lambda week: week.sessions_today),
        "sensor",
        "Sessions today",
        {"icon": "mdi:counter"},
    ),
    StateEntity(
        "sessions_week",
        "sessions of the last seven days that counted; null: not known",
        int | None,
        _week(lambda week: week.sessions_week),
        "sensor",
        "Sessions this week",
        {"icon": "mdi:counter"},
    ),
    StateEntity(
        "minutes_week",
        "minutes of lying in these; null: not known",
        int | None,
        _week(lambda week: week.minutes_week),
        "sensor",
        "Minutes this week",
        dict(MINUTES),
    ),
    StateEntity(
        "week_target",
        "sessions a week that the programme aims at; null: not known",
        int | None,
        of_plan(lambda plan: plan.week_target),
        "sensor",
        "Target a week",
        {"icon": "mdi:bullseye-arrow"},
    ),
    StateEntity(
        "person", "whose turn it is, or `guest`", str | None, of_plan(lambda plan: plan.person), share="person"
    ),
    StateEntity(
        "level",
        "level of the programme",
        int | None,
        of_plan(lambda plan: plan.level),
        "sensor",
        "Level",
        {"icon": "mdi:stairs"},
        share="person",
    ),
    StateEntity(
        "offer",
        "what the programme offers; null: nothing",
        str | None,
        _offer,
        "sensor",
        "Offer",
        {"icon": "mdi:stairs-up"},
        share="person",
        known=True,
    ),
    StateEntity(
        "marks",
        "marks on the skin after the last session; null: not said",
        str | None,
        of_plan(lambda plan: plan.marks),
        share="pain",
    ),
    StateEntity(
        "hurt",
        "how much the points hurt in the last session after five minutes, 0 to 10; null: not said",
        int | None,
        of_plan(lambda plan: plan.discomfort),
        share="pain",
    ),
    StateEntity(
        "pain_before",
        "back pain before the session that is next, runs or was last, 0 to 10; null: not said",
        int | None,
        _noted(lambda notes: notes.pain_before),
        share="pain",
    ),
    StateEntity(
        "pain_after",
        "back pain after the last session, 0 to 10; null: not said",
        int | None,
        _noted(lambda notes: notes.pain_after),
        share="pain",
    ),
    StateEntity(
        "sleep",
        "sleep after the last session, 0 very bad to 10 very good; null: not said",
        int | None,
        _noted(lambda notes: notes.sleep),
        share="pain",
    ),
    StateEntity(
        "note", "note about the last session; null: none", str | None, _noted(lambda notes: notes.note), share="pain"
    ),
    StateEntity(
        "question",
        "the question of the next morning, until it is answered; null: none",
        str | None,
        _noted(lambda notes: notes.question),
        "sensor",
        "Question",
        {"icon": "mdi:comment-question-outline"},
        share="pain",
        known=True,
    ),
    StateEntity(
        "reminder",
        "when to be reminded each day; null: never",
        str | None,
        _noted(lambda notes: notes.reminder),
    ),
    StateEntity(
        "lost_cells",
        "cells without readings, counted row by row from the base, left hand first",
        list[int],
        lambda now: list(set_bits(now.tick.view.lost)),
    ),
    StateEntity(
        "lost_names",
        "the same by their names on the board",
        list[str],
        lambda now: [now.board.cells[cell].name for cell in set_bits(now.tick.view.lost)],
    ),
    StateEntity(
        "faults",
        "what is not in order now, one line each: the part of the program and the remedy",
        list[str],
        lambda now: [f"{fault.name}: {fault.text}" for fault in now.tick.faults],
    ),
    StateEntity(
        "fault",
        "`ON` while a cell has no readings or a part of the program is not in order",
        ON_OFF,
        lambda now: on_off(now.tick.view.lost or now.tick.faults),
        "binary_sensor",
        "Fault",
        {
            "device_class": "problem",
            **DIAGNOSTIC,
            "json_attributes_template": (
                "{{ {'faults': value_json.faults, 'cells': value_json.lost_names} | tojson }}"
            ),
        },
    ),
    StateEntity(
        "frames_lost_s",
        "seconds without readings in the last minute",
        float | None,
        lambda now: None if now.tick.signals is None else round(now.tick.signals.frames_lost_s, 1),
        "sensor",
        "Lost readings",
        {"device_class": "duration", "unit_of_measurement": "s", **DIAGNOSTIC, "enabled_by_default": False},
        slow=True,
    ),
    StateEntity(
        "last_command",
        "the last command and its result; null: none since the start of the program",
        str | None,
        _last_command,
        "sensor",
        "Last command",
        {"icon": "mdi:message-reply-text-outline", **DIAGNOSTIC},
    ),
    StateEntity(
        "remote",
        "`ON` when commands are accepted; `OFF` with a broker of MQTT 3.1.1, or without the right to subscribe",
        ON_OFF,
        lambda now: on_off(now.accepts_commands),
        "binary_sensor",
        "Accepts commands",
        {"icon": "mdi:remote", **DIAGNOSTIC},
    ),
    StateEntity(
        "can",
        "names of the commands that can be used now",
        list[str],
        _can,
    ),
)

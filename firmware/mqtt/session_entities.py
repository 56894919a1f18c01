"""Rows of the state topic about the session and the next one."""

from typing import Final, Literal

from firmware import words
from firmware.enums import State
from firmware.mqtt.payloads import moment
from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_entity import MINUTES, ON_OFF, StateEntity, Value, named_options, of_plan, on_off
from firmware.words.guidance import guidance

ELAPSED_STEP_S: Final = 10


def _elapsed_s(now: Snapshot) -> Value:
    return int(now.tick.view.elapsed_s // ELAPSED_STEP_S * ELAPSED_STEP_S)


def _remaining_s(now: Snapshot) -> Value:
    view = now.tick.view
    if view.start_s is None:
        return None
    left_s = max(view.goal_s - view.elapsed_s, 0.0)
    return int(-(-left_s // ELAPSED_STEP_S) * ELAPSED_STEP_S)


SESSION: Final = (
    StateEntity(
        "occupied",
        "`ON` while 10 kg and more are on the mat (a person until shown otherwise), else `OFF`",
        ON_OFF,
        lambda now: on_off(now.tick.view.occupied),
        "binary_sensor",
        None,  # the main entity has the name of the device
        {"device_class": "occupancy"},
    ),
    StateEntity(
        "in_session",
        "`ON` from the start of a session to its end, pauses included",
        ON_OFF,
        lambda now: on_off(now.tick.view.start_s is not None),
        "binary_sensor",
        "Session",
        {"icon": "mdi:bed-clock"},
    ),
    StateEntity(
        "session_id", "id of the open session, unique for ever; null: none", str | None, lambda now: now.session_id
    ),
    StateEntity(
        "stage",
        "state of the session: " + ", ".join(f"`{state.value}`" for state in State),
        Literal[tuple(state.value for state in State)],
        lambda now: now.tick.view.state.value,
        "sensor",
        "Stage",
        named_options("stage", words.STAGE) | {"icon": "mdi:progress-clock"},
    ),
    StateEntity(
        "guidance",
        "the sentence for the person now, advice to stop too; never why",
        str,
        lambda now: guidance(now.tick.view),
        "sensor",
        "Guidance",
        {"icon": "mdi:message-text-outline"},
    ),
    StateEntity(
        "started_at",
        "start of the session, ISO 8601; null: none, or the clock of the mat is not set",
        str | None,
        lambda now: moment(now.started_s),
        "sensor",
        "Session started",
        {"device_class": "timestamp"},
        known=True,
    ),
    StateEntity(
        "goal_reached_at",
        "when the goal of this session was reached, ISO 8601; null: not yet",
        str | None,
        lambda now: moment(now.goal_reached_s),
        "sensor",
        "Goal reached",
        {"device_class": "timestamp"},
        known=True,
    ),
    StateEntity(
        "elapsed_s",
        f"lying time in seconds, in steps of {ELAPSED_STEP_S}",
        int,
        _elapsed_s,
        "sensor",
        "Session elapsed",
        {
            **MINUTES,
            "value_template": "{{ (value_json.elapsed_s // 60) if value_json.elapsed_s is not none else none }}",
        },
        slow=True,
    ),
    StateEntity(
        "remaining_s",
        f"seconds to the goal, in steps of {ELAPSED_STEP_S}; null: no session",
        int | None,
        _remaining_s,
        "sensor",
        "Session remaining",
        {
            **MINUTES,
            "value_template": "{{ (value_json.remaining_s / 60) | round(0, 'ceil') | int "
            "if value_json.remaining_s is not none else none }}",
        },
        slow=True,
        known=True,
    ),
    StateEntity(
        "goal_min",
        "goal of this session in minutes, of the next one while there is none",
        float,
        lambda now: round(now.tick.view.goal_s / 60, 1),
        "sensor",
        "Goal",
        {**MINUTES, "icon": "mdi:flag-checkered"},
    ),
    StateEntity(
        "next_goal_min",
        "goal of the next session in minutes; null: not known",
        float | None,
        of_plan(lambda plan: round(plan.goal_s / 60, 1)),
    ),
    StateEntity(
        "preset",
        "length of the next session: `quick`, `normal`, `long`; null: not known",
        str | None,
        of_plan(lambda plan: plan.preset.value),
    ),
    StateEntity("mode", "sound mode: `normal`, `quiet` or `silent`", str, lambda now: now.tick.mode),
)

"""Rows of the state topic about the load and what the body does. Numbers that always move a little have a dead band."""

from typing import Final

from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_entity import DIAGNOSTIC, ON_OFF, StateEntity, Value, on_off
from hardware.board import STANDARD_GRAVITY

PERCENT: Final = {"unit_of_measurement": "%", "state_class": "measurement", "suggested_display_precision": 0}


def _load_kg(now: Snapshot) -> Value:
    signals = now.tick.signals
    return None if signals is None else round(signals.load_n / STANDARD_GRAVITY, 1) + 0.0  # -0.0 would be a change


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _left_pct(now: Snapshot) -> Value:
    """Share of the left columns in the load of left and right; the middle column is ignored."""
    signals, cols = now.tick.signals, now.board.cols
    if signals is None or not now.tick.view.occupied:
        return None
    left = sum(load_n for cell, load_n in enumerate(signals.cells_n) if cell % cols < cols // 2)
    right = sum(load_n for cell, load_n in enumerate(signals.cells_n) if cell % cols >= cols - cols // 2)
    return _percent(left / (left + right)) if left > 0 and right > 0 else None


def _lumbar_pct(now: Snapshot) -> Value:
    signals = now.tick.signals
    return None if signals is None or not now.tick.view.occupied else _percent(signals.lumbar_share)


def _evenness_pct(now: Snapshot) -> Value:
    signals = now.tick.signals
    return None if signals is None or not now.tick.view.occupied else _percent(signals.evenness)


def _breaths(now: Snapshot) -> Value:
    signals = now.tick.signals
    return None if signals is None or signals.breaths_per_min is None else round(signals.breaths_per_min, 1)


def _breath_quality(now: Snapshot) -> Value:
    signals = now.tick.signals
    return None if signals is None or signals.breaths_per_min is None else _percent(signals.breath_quality)


def _moving(now: Snapshot) -> Value:
    signals = now.tick.signals
    if signals is None or signals.moving is None or now.session_id is None:
        return None
    return on_off(signals.moving)


BODY: Final = (
    StateEntity(
        "load_kg",
        "load on the mat, not the body weight; null before taring",
        float | None,
        _load_kg,
        "sensor",
        "Load",
        {
            "device_class": "weight",
            "unit_of_measurement": "kg",
            "state_class": "measurement",
            "suggested_display_precision": 1,
        },
        slow=True,
        band=0.5,
    ),
    StateEntity(
        "evenness_pct",
        "100: equal load left and right; null: not known",
        int | None,
        _evenness_pct,
        "sensor",
        "Evenness",
        {**PERCENT, "icon": "mdi:scale-balance"},
        slow=True,
        band=2,
        known=True,
    ),
    StateEntity(
        "left_pct",
        "share of the left side in the load of left and right; null: not known",
        int | None,
        _left_pct,
        "sensor",
        "Left side",
        {**PERCENT, "icon": "mdi:arrow-left-right"},
        slow=True,
        band=2,
        known=True,
    ),
    StateEntity(
        "lumbar_pct",
        "share of the small of the back in the load; null: not known",
        int | None,
        _lumbar_pct,
        "sensor",
        "Small of the back",
        {**PERCENT, "icon": "mdi:human-male"},
        slow=True,
        band=2,
        known=True,
    ),
    StateEntity(
        "breaths_per_min",
        "breaths a minute; null while they are not known",
        float | None,
        _breaths,
        "sensor",
        "Breaths",
        {
            "unit_of_measurement": "/min",
            "state_class": "measurement",
            "suggested_display_precision": 1,
            "icon": "mdi:lungs",
        },
        slow=True,
        band=0.5,
        known=True,
    ),
    StateEntity(
        "breath_quality_pct",
        "how well the load repeats with the breath; null while it is not known",
        int | None,
        _breath_quality,
        "sensor",
        "Quality of breaths",
        {**PERCENT, **DIAGNOSTIC, "icon": "mdi:lungs", "enabled_by_default": False},
        slow=True,
        band=5,
        known=True,
    ),
    StateEntity(
        "moving",
        "`ON` while the person in a session moves; null: not known",
        ON_OFF | None,
        _moving,
        "binary_sensor",
        "Movement",
        {"device_class": "moving"},
        slow=True,
        known=True,
    ),
    StateEntity(
        "wiggles",
        "number of wiggles in this session",
        int,
        lambda now: now.tick.view.wiggles,
        "sensor",
        "Wiggles",
        {"state_class": "measurement", "icon": "mdi:wave"},
        slow=True,
    ),
    StateEntity(
        "overlong",
        "`ON` when a person stays far longer than any session lasts",
        ON_OFF,
        lambda now: on_off(now.tick.view.overlong),
        "binary_sensor",
        "Still there after an hour",
        {"icon": "mdi:timer-alert-outline"},
    ),
)

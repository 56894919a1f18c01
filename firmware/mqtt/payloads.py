"""From events, sessions and loads to JSON."""

import datetime as dt
from typing import Final

import msgspec

from firmware.config import Device
from firmware.enums import Reason
from firmware.events import SessionEnded, SessionSummary, event_type
from firmware.mqtt.own_events import EVENT_TYPES, GROUP_OF, PAIN, SentEvent
from firmware.mqtt.payload_types import VERSION, InfoPayload, LivePayload, SessionPayload, encode
from firmware.mqtt.topics import TOPICS
from firmware.view import Tick
from hardware.board import STANDARD_GRAVITY, Board

DIGITS: Final = 3  # of every float in an event: milliseconds, millinewtons
MILLI: Final = 1000.0


def event_payload(
    event: SentEvent, *, event_id: str, seq: int, wall_s: float | None, session_id: str | None, text: str, pain: bool
) -> bytes:
    """Return the JSON of one event: its type, its labels, then its own fields. pain: what is about it is included."""
    name = event_type(type(event))
    if isinstance(event, SessionEnded) and not pain:
        event = SessionEnded(event.t_s, without_pain(event.summary))
    labels = {
        "v": VERSION,
        "event_type": name,
        "event_id": event_id,
        "seq": seq,
        "t": wall_s,
        "session_id": session_id,
        "group": GROUP_OF[name],
        "text": text,
    }
    return msgspec.json.encode(_rounded(labels | msgspec.to_builtins(event)))


def is_about_pain(event: SentEvent) -> bool:
    """Whether an event may leave only with mqtt.share_pain. The warning of a refused command does not name pain."""
    return event_type(type(event)) in PAIN


def without_pain(summary: SessionSummary) -> SessionSummary:
    """Return a summary without presses, advice and what follows from them."""
    reason = Reason.USER if summary.reason is Reason.DISCOMFORT else summary.reason
    return SessionSummary(
        number=summary.number,
        start_s=summary.start_s,
        end_s=summary.end_s,
        lying_s=summary.lying_s,
        goal_s=summary.goal_s,
        reason=reason,
        exit=summary.exit,
        wiggles=summary.wiggles,
        counted=summary.counted,
        confirmed=summary.confirmed,
        paused_s=summary.paused_s,
    )


def _rounded(value: object) -> object:
    """Return value with every float rounded to DIGITS."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


def moment(wall_s: float | None) -> str | None:
    """Return a wall time in ISO 8601, to the second."""
    return None if wall_s is None else dt.datetime.fromtimestamp(round(wall_s), dt.UTC).isoformat()


def session_payload(
    summary: SessionSummary, *, session_id: str, event_id: str, seq: int, zero_wall_s: float | None, pain: bool
) -> bytes:
    """Return the JSON of a session; zero_wall_s is the wall time of frame time 0."""
    shown = summary if pain else without_pain(summary)
    start_s, end_s = (None if zero_wall_s is None else zero_wall_s + t_s for t_s in (shown.start_s, shown.end_s))
    return encode(
        SessionPayload(
            session_id=session_id,
            event_id=event_id,
            seq=seq,
            t=None if end_s is None else round(end_s, DIGITS),
            started_at=moment(start_s),
            ended_at=moment(end_s),
            duration_s=round(shown.end_s - shown.start_s, 1),
            lying_s=round(shown.lying_s, 1),
            paused_s=round(shown.paused_s, 1),
            goal_s=shown.goal_s,
            goal_reached=shown.lying_s >= shown.goal_s,
            reason=shown.reason,
            exit=shown.exit,
            wiggles=shown.wiggles,
            counted=shown.counted,
            confirmed=shown.confirmed,
            discomforts=shown.discomforts if pain else None,
            eased_s=shown.eased_s if pain else None,
            stop_advised=shown.stop_advised if pain else None,
        )
    )


def live_payload(tick: Tick, board: Board, seq: int, wall_s: float | None) -> bytes | None:
    """Return the JSON of the loads; None before taring."""
    signals = tick.signals
    if signals is None:
        return None
    cop = signals.cop_m
    return encode(
        LivePayload(
            seq=seq,
            t=None if wall_s is None else round(wall_s, DIGITS),
            mono_ms=round(MILLI * tick.t_s),
            kg=tuple(round(load_n / STANDARD_GRAVITY, 2) + 0.0 for load_n in signals.cells_n),
            load_kg=round(signals.load_n / STANDARD_GRAVITY, 2) + 0.0,
            cop=None if cop is None else (round(cop[0] / board.width_m, 3), round(cop[1] / board.length_m, 3)),
            q=tuple(signals.lost >> cell & 1 for cell in range(len(signals.cells_n))),
        )
    )


def info_payload(
    device: Device, board: Board, software: str, run_id: str, *, durable: bool = False, shares: tuple[str, ...] = ()
) -> bytes:
    """Return the JSON of the info topic."""
    return encode(
        InfoPayload(
            id=device.id,
            name=device.name,
            software=software,
            run=run_id,
            board=board.name,
            rows=board.rows,
            cols=board.cols,
            cells=tuple(cell.name for cell in board.cells),
            mat_mm=(round(1000 * board.width_m), round(1000 * board.length_m)),
            rate_hz=board.rate_hz,
            caps=tuple(topic.name for topic in TOPICS if not topic.name.startswith("/")),
            event_types=EVENT_TYPES,
            durable=durable,
            shares=shares,
        )
    )

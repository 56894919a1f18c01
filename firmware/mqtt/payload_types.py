"""The JSON objects of all topics but the state, one class each: the schemas and the documentation are made from these.

Every object has v, the schema version. Within a version keys are only added; consumers ignore unknown ones.
"""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

VERSION: Final = 1
Moment = Annotated[str | None, Meta(description="ISO 8601 in UTC; null while the clock of the mat was not set")]
UnixTime = Annotated[float | None, Meta(description="seconds since 1970; null while the clock of the mat is not set")]


class InfoPayload(msgspec.Struct, frozen=True):
    """Which mat this is."""

    id: Annotated[str, Meta(description="device id in topics")]
    name: Annotated[str, Meta(description="display name")]
    software: Annotated[str, Meta(description="version of the program")]
    run: Annotated[str, Meta(description="id of this run of the program, as in `event_id`")]
    board: Annotated[str, Meta(description="name of the board")]
    rows: Annotated[int, Meta(description="rows of cells, from base to head")]
    cols: Annotated[int, Meta(description="cells in a row, from left hand to right hand of a person lying on the back")]
    cells: Annotated[tuple[str, ...], Meta(description="names of the cells, in the order of `live.kg`")]
    mat_mm: Annotated[tuple[int, int], Meta(description="width and length of the field of cells")]
    rate_hz: Annotated[int, Meta(description="nominal rate of the converters")]
    caps: Annotated[tuple[str, ...], Meta(description="topics below the root that this mat uses")]
    event_types: Annotated[tuple[str, ...], Meta(description="all types of events")]
    durable: Annotated[bool, Meta(description="events survive power-off, and `seq` goes on after a restart")]
    shares: Annotated[tuple[str, ...], Meta(description="what the settings share: `pain`, `person`")]
    v: Annotated[int, Meta(description="schema version")] = VERSION


class SessionPayload(msgspec.Struct, frozen=True):
    """A session that has ended."""

    session_id: Annotated[str, Meta(description="unique for ever")]
    event_id: Annotated[str, Meta(description="unique for ever; the same id is the same message")]
    seq: Annotated[int, Meta(description="number of the message, shared with events")]
    t: UnixTime
    started_at: Moment
    ended_at: Moment
    duration_s: Annotated[float, Meta(description="from start to end")]
    lying_s: Annotated[float, Meta(description="of lying")]
    paused_s: Annotated[float, Meta(description="of pauses")]
    goal_s: Annotated[float, Meta(description="goal")]
    goal_reached: bool
    reason: Annotated[str, Meta(description="why it ended")]
    exit: Annotated[str, Meta(description="how the person got up")]
    wiggles: int
    counted: Annotated[bool, Meta(description="false: a mere attempt, or no evidence of a person")]
    confirmed: Annotated[bool, Meta(description="there was evidence of a person")]
    discomforts: Annotated[int | None, Meta(description="presses of it hurts; null unless `mqtt.share_pain`")] = None
    eased_s: Annotated[float | None, Meta(description="until it eased; null unless `mqtt.share_pain`")] = None
    stop_advised: Annotated[bool | None, Meta(description="null unless `mqtt.share_pain`")] = None
    v: Annotated[int, Meta(description="schema version")] = VERSION


class LivePayload(msgspec.Struct, frozen=True):
    """The loads at one moment."""

    seq: Annotated[int, Meta(description="counts the frames of this run")]
    t: UnixTime
    mono_ms: Annotated[int, Meta(description="milliseconds of frame time")]
    kg: Annotated[tuple[float, ...], Meta(description="load of each cell, row by row from the base, left hand first")]
    load_kg: Annotated[float, Meta(description="sum of all cells")]
    cop: Annotated[
        tuple[float, float] | None, Meta(description="centre of pressure, 0 to 1 across and along; null: no load")
    ]
    q: Annotated[tuple[int, ...], Meta(description="0: good, 1: this cell has no readings")]
    v: Annotated[int, Meta(description="schema version")] = VERSION


class DiagPayload(msgspec.Struct, frozen=True):
    """Figures of the program."""

    uptime_s: Annotated[int, Meta(description="since the start of the program")]
    frames_lost_s: Annotated[float | None, Meta(description="seconds without readings in the last minute")]
    rate_hz: Annotated[float | None, Meta(description="hops of 100 ms that were evaluated in each second")]
    worst_age_ms: Annotated[
        float | None, Meta(description="worst age of a reading beyond the usual, since the last message")
    ]
    frames_dropped: Annotated[int | None, Meta(description="frames that the sampler had to drop")]
    cpu_c: Annotated[float | None, Meta(description="temperature of the computer; null: not known")]
    undervoltage: Annotated[bool | None, Meta(description="supply too weak now or since power-on; null: not known")]
    rss_mb: Annotated[float, Meta(description="memory of the program")]
    outbox: Annotated[int, Meta(description="events that wait for the broker")]
    outbox_dropped: Annotated[int, Meta(description="events that the outbox had no room for; replay still has them")]
    refused: Annotated[int, Meta(description="messages that the broker refused")]
    reconnects: Annotated[int, Meta(description="connections after the first")]
    protocol: Annotated[str, Meta(description="MQTT 5 or MQTT 3.1.1")]
    first_seq: Annotated[int, Meta(description="oldest event that replay can send")]
    last_seq: Annotated[int, Meta(description="newest event")]
    v: Annotated[int, Meta(description="schema version")] = VERSION


class ResultPayload(msgspec.Struct, frozen=True):
    """The answer to a command."""

    id: Annotated[str | int | None, Meta(description="as in the command")]
    name: Annotated[str, Meta(description="name of the command")]
    ok: bool
    error: Annotated[str | None, Meta(description="why it was refused; null: it was obeyed")]
    t: UnixTime
    v: Annotated[int, Meta(description="schema version")] = VERSION


class CommandEnvelope(msgspec.Struct, forbid_unknown_fields=True):
    """A command with its id and time."""

    value: Annotated[bool | int | float | str | None, Meta(description="as in the table of commands")] = None
    id: (
        Annotated[str, Meta(max_length=64, description="repeated in the result; the same id is obeyed once")]
        | int
        | None
    ) = None
    t: Annotated[float | None, Meta(description="seconds since 1970; an old or future command is refused")] = None
    since_seq: Annotated[int | None, Meta(description="value of `replay`")] = None


class EventLabels(msgspec.Struct, frozen=True):
    """What every event has beside its own fields."""

    event_type: Annotated[str, Meta(description="type of the event")]
    event_id: Annotated[
        str, Meta(description="`<device id>-<run>-<seq>`, unique for ever; the same id is the same event")
    ]
    seq: Annotated[int, Meta(description="number of the event; counts on after a restart")]
    t: UnixTime
    session_id: Annotated[str | None, Meta(description="session it belongs to; null: none")]
    group: Annotated[str, Meta(description="session, posture, advice, system or log")]
    text: Annotated[str, Meta(description="the sentence for people; may be empty")]
    v: Annotated[int, Meta(description="schema version")] = VERSION
    late: Annotated[bool, Meta(description="only there when true: it happened more than a minute ago")] = False
    replayed: Annotated[bool, Meta(description="only there when true: sent again on request")] = False


Availability = Literal["online", "offline"]


def encode(payload: msgspec.Struct) -> bytes:
    """Return the JSON, v first."""
    fields: dict[str, Any] = msgspec.to_builtins(payload)
    return msgspec.json.encode({"v": fields.pop("v"), **fields})

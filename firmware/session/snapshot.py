"""The open session as bytes, so that it continues after a restart of the program."""

import msgspec

from firmware.enums import State
from firmware.session.open_session import OpenSession


class Snapshot(msgspec.Struct, forbid_unknown_fields=True):
    """The state of the machine at at_s; all times in seconds of the frame time of that run.

    expires_s and closes_s are None where the machine waits for no such time.
    """

    at_s: float
    state: State
    expires_s: float | None
    closes_s: float | None
    session: OpenSession


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return a snapshot as JSON."""
    return msgspec.json.encode(snapshot)


def decode_snapshot(data: bytes) -> Snapshot:
    """Return the snapshot of bytes. Raises ValueError when they are none, or contradict themselves."""
    try:
        snapshot = msgspec.json.decode(data, type=Snapshot)
    except RecursionError as error:
        raise ValueError("a snapshot that is nested too deeply") from error
    session = snapshot.session
    if not session.stages or not session.start_s <= session.part_s <= snapshot.at_s or session.banked_s < 0:
        raise ValueError("a snapshot whose times contradict each other")
    return snapshot


def shift_snapshot(snapshot: Snapshot, by_s: float) -> None:
    """Move all times of a snapshot to another origin of frame time."""
    session = snapshot.session
    snapshot.at_s += by_s
    snapshot.expires_s = None if snapshot.expires_s is None else snapshot.expires_s + by_s
    snapshot.closes_s = None if snapshot.closes_s is None else snapshot.closes_s + by_s
    session.start_s += by_s
    session.part_s += by_s
    session.end_s += by_s

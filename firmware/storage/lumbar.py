"""How much of the load the small of the back carried in a person's sessions, from their stored maps."""

import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

from firmware.storage import trace
from firmware.storage.history import USUAL_LEAST

if TYPE_CHECKING:
    from firmware.programme.people import People
    from firmware.storage.database import Database
    from hardware.board import Board

TOWEL_LEAST: Final = 3


def lumbar_shares(
    connection: sqlite3.Connection, cells: Sequence[int], *, person: str | None
) -> tuple[float, float] | None:
    """Return the share of the load on some cells with a towel under the mat and without, as means over sessions.

    None unless each was said of TOWEL_LEAST sessions.
    """
    text = (
        "SELECT map, json_extract(body, '$.lumbar') AS lumbar FROM session JOIN entry ON entry.session = session.id "
        "WHERE phase = 'before' AND json_valid(body) AND map IS NOT NULL "
        "AND session.person IS (SELECT id FROM person WHERE name = ?)"
    )
    shares: dict[bool, list[float]] = {True: [], False: []}
    for row in connection.execute(text, (person,)):
        if row["lumbar"] is not None:
            shares[bool(row["lumbar"])] += _share(row["map"], cells, None)
    if min(map(len, shares.values())) < TOWEL_LEAST:
        return None
    return statistics.mean(shares[True]), statistics.mean(shares[False])


def usual_lumbar_shares(database: "Database", board: "Board", people: "People") -> dict[str, float]:
    """Return the usual share over the lumbar rows, of those above the base, of each person with enough sessions."""
    lumbar = [cell.index for cell in board.cells if cell.row in board.lumbar_rows]
    above_base = [cell.index for cell in board.cells if cell.row > 0]
    base = database.read()
    if base is None or not lumbar:
        return {}
    with closing(base):
        shares = {one.name: usual_lumbar_share(base, lumbar, above_base, person=one.name) for one in people.persons}
    return {name: share for name, share in shares.items() if share is not None and 0.0 < share < 1.0}


def usual_lumbar_share(
    connection: sqlite3.Connection, cells: Sequence[int], above_base: Sequence[int], *, person: str
) -> float | None:
    """Return the middle share of some cells of the load above the base row, of a person's counted sessions.

    None before USUAL_LEAST of them are known.
    """
    text = (
        "SELECT map FROM session WHERE counted AND map IS NOT NULL AND person IS (SELECT id FROM person WHERE name = ?)"
    )
    shares = [share for row in connection.execute(text, (person,)) for share in _share(row["map"], cells, above_base)]
    return statistics.median(shares) if len(shares) >= USUAL_LEAST else None


def _share(stored: bytes, cells: Sequence[int], whole: Sequence[int] | None) -> Iterator[float]:
    """Yield the share of cells of a stored map; nothing for the map of a smaller board, or one without load."""
    newtons = trace.decode_pressure_map(stored)
    if newtons is None or len(newtons) <= max(cells):
        return
    all_n = float(newtons.sum() if whole is None else newtons[list(whole)].sum())
    if all_n > 0:
        yield float(newtons[list(cells)].sum()) / all_n

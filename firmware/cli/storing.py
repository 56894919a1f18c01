"""The database of `acumat run`: opened, watched, and the session that the last run left open."""

import logging
from typing import TYPE_CHECKING, Final

from firmware.storage.database import Database
from firmware.storage.session_store import Remembered, SessionStore
from firmware.storage.upkeep import Upkeep

if TYPE_CHECKING:
    from firmware import mat
    from firmware.clock import Clock
    from firmware.core import MatCore
    from firmware.dispatcher import CommandDispatcher
    from firmware.supervisor import Supervisor

RESUME_WITHIN_S: Final = 120.0

log = logging.getLogger(__name__)


def store_of(opened: "mat.Mat", clock: "Clock", *, simulated: bool = False) -> SessionStore:
    """Open the database of the state folder."""
    storage = opened.settings.storage
    database = Database(storage.state_dir, clock)
    database.idle = Upkeep(database.path, clock, sessions_kept=storage.traces_kept)
    return SessionStore(database, clock, cells=len(opened.board.cells), simulated=simulated)


def continue_session(store: SessionStore, core: "MatCore", clock: "Clock") -> None:
    """Continue the session that the last run left open, if that was less than RESUME_WITHIN_S ago; else close it.

    After a power cut how long it lasted is not known: the time since power-on counts, the least it can have been.
    """
    store.state_of, store.origin_ns = core.snapshot, core.origin_ns
    left = store.unfinished
    if left is None:
        return
    at_ns = left.at_ns if left.boot_id == store.boot_id else 0
    gap_s = (clock.boottime_ns() - at_ns) / 1e9
    if left.state is None or not 0 <= gap_s <= RESUME_WITHIN_S:
        store.close_unfinished()
        return
    try:
        core.restore(left.state, at_ns)
    except ValueError as error:
        log.warning("the session of the last run cannot be continued (%s): it is closed", error)
        store.close_unfinished()
        return
    store.resume()
    log.warning("the session of the last run continues after a gap of %.0f s, if the person still lies there", gap_s)


def join_store(store: SessionStore, dispatcher: "CommandDispatcher", supervisor: "Supervisor") -> None:
    """Connect a store with the dispatcher, and watch it."""

    def use_late(found: Remembered) -> None:
        store.remember(found)
        dispatcher.use_people(found.people, found.past)

    store.take_commands(dispatcher.submit)
    store.on_late = lambda found: dispatcher.call_soon(lambda: use_late(found))
    supervisor.watch("people", lambda: store.fault)
    supervisor.watch("database", store.database.current_fault)

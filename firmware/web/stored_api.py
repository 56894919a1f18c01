"""The routes of the past: sessions, one session, journal and trends."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec

from firmware.errors import StorageError
from firmware.storage import journal
from firmware.web import messages as m
from firmware.web.access import RefusedError
from firmware.web.routes import ApiRoute, Call, Param
from firmware.web.stored import Reader

if TYPE_CHECKING:
    from firmware.clock import Clock
    from firmware.storage.database import Database
    from firmware.web.loop_calls import LoopCalls

SAVED_S: Final = 5.0
Limit = Annotated[int, msgspec.Meta(ge=1, le=5000)]
Weeks = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredApi:
    """The handlers."""

    reader: Reader
    database: "Database"
    loop: "LoopCalls"
    clock: "Clock"

    def routes(self) -> Iterator[ApiRoute]:
        """Yield the rows of the table."""
        get = "GET"
        yield ApiRoute(
            get, "/api/sessions", "The sessions that were, newest first", m.Sessions, self.sessions,
            params=(Param("limit", Limit, 200, "How many at the most."),), may_fail=(503,),
        )  # fmt: skip
        yield ApiRoute(
            get, "/api/session/{number}", "One session in full", m.SessionDetail, self.session,
            params=(Param("number", Number, None, "Its id in the list."),), may_fail=(404, 503),
        )  # fmt: skip
        yield ApiRoute(get, "/api/journal", "What was noted", m.Journal, self.journal, may_fail=(503,))
        yield ApiRoute(
            "POST", "/api/journal", "Note something down", m.Done, self.write, takes=m.Written, may_fail=(409, 503)
        )
        yield ApiRoute(
            get, "/api/trends", "Some weeks at a glance", m.TrendsView, self.trends,
            params=(Param("weeks", Weeks, 12, "How many weeks back; 0 is all of them."),), may_fail=(503,),
        )  # fmt: skip

    async def sessions(self, call: Call) -> m.Sessions:
        """Return the list."""
        return await _read(self.reader.sessions, call.values["limit"])

    async def session(self, call: Call) -> m.SessionDetail:
        """Return one session."""
        found = await _read(self.reader.session, call.values["number"])
        if found is None:
            raise RefusedError(404, f"there is no session {call.values['number']}")
        return found

    async def journal(self, _call: Call) -> m.Journal:
        """Return the entries."""
        return await _read(self.reader.journal)

    async def write(self, call: Call) -> m.Done:
        """Store an entry; it is on the disk when the answer comes."""
        written: m.Written = call.body
        given = {name: value for name, value in msgspec.to_builtins(written.said).items() if value is not None}
        try:
            said = journal.answers(given, written.phase)
        except StorageError as error:
            raise RefusedError(409, str(error)) from error
        who, newest = await _read(self.reader.newest_session)
        session = None if written.phase == "before" else newest
        if written.phase != "before" and session is None:
            raise RefusedError(409, "there is no session yet: this is asked after one")
        at = self.database.boot_id, self.clock.boottime_ns()
        await self._store(journal.replace(at, written.phase, said, person=who, session=session))
        for name, command in journal.ONWARD.items():
            value = getattr(said, name)
            if written.phase == "after" and value is not None and who is not None:
                await self._onward(command, value)
        return m.Done()

    async def _store(self, writes: "list[Any]") -> None:
        loop = asyncio.get_running_loop()
        stored = asyncio.Event()

        def done() -> None:
            loop.call_soon_threadsafe(stored.set)

        self.database.write(*writes, done=done)
        try:
            await asyncio.wait_for(stored.wait(), SAVED_S)
        except TimeoutError:
            raise RefusedError(503, "not saved yet: the disk takes nothing just now") from None

    async def _onward(self, command: str, value: object) -> None:
        """Let the programme know; that it has no such session, or does not answer now, is no fault of the entry."""
        try:
            await self.loop.command(command, value)
        except RefusedError:
            return

    async def trends(self, call: Call) -> m.TrendsView:
        """Return the weeks."""
        advice, target = await self.loop.ask(
            lambda mat: (mat.plan.advice(mat.today), mat.plan.programme.rules.week_target)
        )
        done = 0 if advice is None else advice.week_sessions
        return await _read(self.reader.trends, call.values["weeks"], self.clock.wall_s(), done, target)


async def _read(ask: "Callable[..., T]", *values: object) -> T:
    try:
        return await asyncio.to_thread(ask, *values)
    except StorageError as error:
        raise RefusedError(503, str(error)) from error

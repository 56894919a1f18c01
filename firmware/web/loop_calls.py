"""From the thread of the page into the loop and back: commands, and questions about the plan."""

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

from firmware.commands import Request
from firmware.web.access import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.dispatcher import CommandDispatcher

PATIENCE_S: Final = 5.0

T = TypeVar("T")


class LoopCalls:
    """Asks the loop of the mat, which answers between two blocks of frames."""

    def __init__(self, dispatcher: "CommandDispatcher", patience_s: float = PATIENCE_S) -> None:
        self._dispatcher, self._patience_s = dispatcher, patience_s

    async def command(self, name: str, value: object) -> None:
        """Send a command. Raises RefusedError: 409 with the reason, 503 when the mat does not answer."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[str | None] = loop.create_future()

        def answer(reason: str | None) -> None:
            loop.call_soon_threadsafe(_settle, answered, reason)

        self._dispatcher.submit(Request(name, value, answer))
        reason = await self._within(answered)
        if reason is not None:
            raise RefusedError(409, reason)

    async def ask(self, question: "Callable[[CommandDispatcher], T]") -> T:
        """Return what a question finds between two blocks. Raises RefusedError 503 when the mat does not answer."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[T] = loop.create_future()

        def act() -> None:
            found = question(self._dispatcher)
            loop.call_soon_threadsafe(_settle, answered, found)

        self._dispatcher.call_soon(act)
        return await self._within(answered)

    async def _within(self, answered: "asyncio.Future[T]") -> T:
        try:
            return await asyncio.wait_for(answered, self._patience_s)
        except TimeoutError:
            raise RefusedError(503, "the mat reads no cells just now: nothing was changed") from None


def _settle(answered: "asyncio.Future[T]", value: T) -> None:
    if not answered.done():
        answered.set_result(value)

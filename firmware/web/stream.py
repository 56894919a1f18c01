"""The live stream: server-sent events to one reader, who is dropped when it does not take them."""

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from firmware.web.hub import Hub

SEND_S: Final = 5.0  # a reader that takes nothing for so long is dropped
QUIET_S: Final = 1.0  # a comment at least so often, so that the page notices a lost mat
HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)


class LiveStream:
    """An ASGI response without an end."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def __call__(self, _scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Send frames until the reader leaves or takes nothing for SEND_S."""
        self._hub.readers += 1
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            message = self._hub.message or b": waiting\n\n"
            while not leaving.done():
                async with asyncio.timeout(SEND_S):
                    await send({"type": "http.response.body", "body": message, "more_body": True})
                message = await self._hub.next_message(QUIET_S)
        except (TimeoutError, OSError, asyncio.CancelledError):
            pass  # the reader takes nothing, is gone, or the server ends: nobody is left to answer
        finally:
            self._hub.readers -= 1
            leaving.cancel()


async def _left(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

"""The page as a sink: a thread of its own with an HTTP server, restarted when it fails; the loop never waits for it."""

import asyncio
import logging
import socket
import threading
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from firmware.errors import PageError
from firmware.supervisor import Worker
from firmware.web.application import Application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firmware.view import Tick
    from firmware.web.access import Access
    from firmware.web.cell_watch import CellWatch
    from firmware.web.hub import Hub
    from firmware.web.routes import ApiRoute
    from firmware.web.wall_time import WallTime

BACKLOG: Final = 32
CONNECTIONS_MOST: Final = 64
UNSENT_MS: Final = 10_000  # the kernel drops a connection whose data was not taken for so long
SEND_BUFFER: Final = 32_768  # bytes in the kernel for one reader
UNSENT_MOST: Final = 8_192  # bytes for one reader that wait for the kernel before the next frame is left out
JOIN_S: Final = 2.5


def listen(address: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises PageError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        # Accepted sockets inherit these. Without NODELAY an answer of two parts waits for the reader's delayed ACK.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNSENT_MS)
        made.bind((address, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise PageError(
            f"the page cannot use {address}:{port} ({error.strerror}): another program has it, or this machine has no "
            "such address: change [web] address or port"
        ) from error
    return made


class PageProtocol(H11Protocol):
    """A connection that keeps little for a reader which does not take it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in its base
        """Bound what waits to be sent."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(UNSENT_MOST)


class WebServer:
    """A firmware.ports.Sink. The constructor starts the thread."""

    def __init__(
        self,
        listening: socket.socket,
        *,
        hub: "Hub",
        watch: "CellWatch",
        wall: "WallTime",
        access: "Access",
        api: "Iterable[ApiRoute]",
        pacer_s: "Callable[[], float | None]" = lambda: None,
    ) -> None:
        self._socket, self._hub, self._watch, self._wall, self._pacer_s = listening, hub, watch, wall, pacer_s
        self._application = Application(api, access, hub)
        self._stop = threading.Event()
        self._server: uvicorn.Server | None = None
        self._worker = Worker("page", self._run).start()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._socket.getsockname()[1])

    @property
    def fault(self) -> str | None:
        """Why the page is not served just now; None when it is."""
        return self._worker.fault

    def offer(self, tick: "Tick") -> None:
        """Take a tick. Never blocks."""
        self._wall.see(tick.t_s)
        self._watch.offer(tick)
        self._hub.offer(tick, self._pacer_s())

    def close(self) -> None:
        """End the server; readers are dropped."""
        self._stop.set()
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
        self._worker.close(JOIN_S)
        self._socket.close()

    def _run(self) -> None:
        if not self._stop.is_set():
            asyncio.run(self._serve())
        if not self._stop.is_set():
            raise PageError("the server of the page ended by itself")

    async def _serve(self) -> None:
        config = uvicorn.Config(
            self._application,
            http=PageProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level=logging.ERROR,
            access_log=False,
            server_header=False,
            date_header=False,
            limit_concurrency=CONNECTIONS_MOST,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        if self._stop.is_set():
            return
        frames = asyncio.create_task(self._hub.run())
        try:
            copy = self._socket.dup()  # the server closes what it is given; ours stays for a restart
            await self._server.serve(sockets=[copy])
        finally:
            frames.cancel()

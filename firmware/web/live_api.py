"""The routes of the present: the live frame, cells, commands, the first visit, help, and the speed of a simulation."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from firmware import words
from firmware.commands import COMMANDS
from firmware.signal.health import USABLE_SHARE, CellFault
from firmware.web import messages as m
from firmware.web import token as tokens
from firmware.web.access import Access, RefusedError
from firmware.web.live import Frame
from firmware.web.routes import Answer, ApiRoute, Call, Need

if TYPE_CHECKING:
    from firmware.cues.settings import OutputLevels
    from firmware.web.cell_watch import CellWatch
    from firmware.web.hub import Hub
    from firmware.web.loop_calls import LoopCalls
    from hardware.board import Board

COOKIE_S: Final = 400 * 86_400  # as long as browsers allow
SHOWN: Final = {None: "fine", CellFault.LOST: "no_answer"}


class SpeedControl(Protocol):
    """The pace of a simulated mat. A real one has none."""

    speed: float


@dataclass(frozen=True, slots=True)
class LiveApi:
    """The handlers. faults returns the fault of each cell, None for a sound one; levels how light and sound are set."""

    board: "Board"
    hub: "Hub"
    cells_at_rest: "CellWatch"
    access: Access
    loop: "LoopCalls"
    faults: "Callable[[], tuple[CellFault | None, ...]]"
    levels: "Callable[[], OutputLevels]"
    pace: SpeedControl | None = None

    def routes(self) -> Iterator[ApiRoute]:
        """Yield the rows of the table."""
        get, post, live = "GET", "POST", Need.LIVE
        yield ApiRoute(
            get, "/api/live", "The mat now; as text/event-stream, ten frames a second", Frame, self.live, live,
            may_fail=(503,), stream=True,
        )  # fmt: skip
        yield ApiRoute(get, "/api/cells", "The grid and the health of the cells", m.Cells, self.cells, live)
        yield ApiRoute(get, "/api/outputs", "How light and sound are set", m.Outputs, self.outputs, live)
        yield ApiRoute(get, "/api/help", "The words to read before use", m.HelpText, self.help, Need.NOTHING)
        yield ApiRoute(
            post, "/api/visit", "A first visit: the token of the address becomes a cookie", m.Done, self.visit,
            Need.NOTHING, takes=m.Visit, may_fail=(401,),
        )  # fmt: skip
        yield ApiRoute(get, "/api/commands", "Every command of the mat", m.Commands, self.commands, live)
        yield ApiRoute(
            post, "/api/commands", "Send a command; the answer is the mat's own", m.Done, self.command,
            takes=m.SentCommand, may_fail=(409, 503),
        )  # fmt: skip
        if self.pace is not None:
            yield ApiRoute(
                post, "/api/playback", "How fast the simulated person is played", m.Done, self.playback,
                takes=m.Playback,
            )  # fmt: skip

    async def live(self, _call: Call) -> Frame:
        """Return the newest frame."""
        self.hub.take()
        if self.hub.frame is None:
            raise RefusedError(503, "no frame yet: the mat has just been switched on")
        return self.hub.frame

    async def cells(self, _call: Call) -> m.Cells:
        """Return the grid with the health of each cell."""
        board, watch = self.board, self.cells_at_rest
        states = zip(board.cells, self.faults(), strict=True)
        return m.Cells(
            rows=board.rows,
            columns=board.cols,
            cells=tuple(
                m.CellInfo(
                    cell.name, cell.row, cell.col,
                    SHOWN.get(fault, fault.value if fault else "fine"), watch.flicker_g(cell.index),
                )
                for cell, fault in states
            ),
            needed=math.ceil(USABLE_SHARE * len(board.cells)),
            zeroed_s=watch.zeroed_s,
            steady=watch.steady,
        )  # fmt: skip

    async def outputs(self, _call: Call) -> m.Outputs:
        """Return how light and sound are set."""
        return m.Outputs(*self.levels())

    async def help(self, _call: Call) -> m.HelpText:
        """Return the words."""
        return m.HelpText(
            words.ASK_FIRST, words.ASK_FIRST_MORE, words.NOT_ON, words.STOP_WHEN, words.STOP_MORE, words.ON_AND_OFF,
            words.DISCLAIMER_PAGE, words.ACKNOWLEDGEMENT,
        )  # fmt: skip

    async def visit(self, call: Call) -> Answer:
        """Set the cookie of a browser that knows the token."""
        self.access.visit(call.body.token, call.client)
        cookie = f"{tokens.COOKIE}={call.body.token}; Max-Age={COOKIE_S}; Path=/; HttpOnly; SameSite=Strict"
        return Answer(m.Done(), (("set-cookie", cookie),))

    async def commands(self, _call: Call) -> m.Commands:
        """Return the table of commands."""
        return m.Commands(tuple(m.CommandInfo(row.name, row.does, row.value.text) for row in COMMANDS.values()))

    async def command(self, call: Call) -> m.Done:
        """Pass a command to the mat and wait for its answer."""
        value = call.body.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        await self.loop.command(call.body.name, value)
        return m.Done()

    async def playback(self, call: Call) -> m.Done:
        """Set the speed of the simulation."""
        assert self.pace is not None  # noqa: S101 - else there is no such route
        self.pace.speed = call.body.speed
        return m.Done()

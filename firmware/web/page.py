"""Puts the page of a mat together: the socket, the token, the routes and the server."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from firmware.clock import wall_clock_is_set
from firmware.web.access import Access, is_loopback
from firmware.web.calibration_api import CalibrationApi
from firmware.web.cell_watch import CellWatch
from firmware.web.follower import LiveFollower
from firmware.web.hub import Hub
from firmware.web.live_api import LiveApi, SpeedControl
from firmware.web.loop_calls import LoopCalls
from firmware.web.people_api import PeopleApi
from firmware.web.server import WebServer, listen
from firmware.web.stored import Reader
from firmware.web.stored_api import StoredApi
from firmware.web.token import load_token, visit_address
from firmware.web.wall_time import WallTime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firmware.clock import Clock
    from firmware.config import Web
    from firmware.core import MatCore
    from firmware.dispatcher import CommandDispatcher
    from firmware.storage.database import Database
    from firmware.web.calibrator import Calibrator
    from firmware.web.routes import ApiRoute
    from hardware.board import Board

ANYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - what a person has chosen in the settings
ELSEWHERE: Final = ("192.0.2.1", 9)  # an address that no packet is sent to: only the route to it is asked for


@dataclass(frozen=True, slots=True)
class PageParts:
    """What the page stands on. database None: nothing is kept, and the views of the past say so."""

    board: "Board"
    core: "MatCore"
    dispatcher: "CommandDispatcher"
    clock: "Clock"
    calibrator: "Calibrator"
    database: "Database | None" = None
    calibrated: bool = True
    pace: SpeedControl | None = None
    pacer_s: Callable[[], float | None] | None = None
    wall_is_set: Callable[[], bool] = wall_clock_is_set
    limited: bool = True


@dataclass(frozen=True, slots=True)
class ServedPage:
    """A page that is served. address is that of a first visit, with the token."""

    sink: WebServer
    address: str
    token: str


def serve_page(web: "Web", folder: "Path", parts: PageParts) -> ServedPage:
    """Start the page. Raises PageError when the address cannot be used, StorageError when the token cannot be kept."""
    token = load_token(folder)
    clock = parts.clock
    pace = parts.pace
    speed: Callable[[], float | None] = (lambda: None) if pace is None else (lambda: pace.speed)
    wall = WallTime(clock, parts.wall_is_set)
    follower = LiveFollower(parts.board, wall_at=wall.at, calibrated=parts.calibrated, speed=speed)
    watch, hub, loop = CellWatch(wall.at), Hub(follower), LoopCalls(parts.dispatcher)
    names = [*web.names.replace(",", " ").split(), *own_names(web.address)]
    loopback = is_loopback(web.address)
    access = Access(token, names, lambda: clock.boottime_ns() / 1e9, open_on_loopback=loopback, limited=parts.limited)
    core = parts.core
    live = LiveApi(parts.board, hub, watch, access, loop, lambda: core.cell_faults, lambda: core.output_levels, pace)

    def api() -> "Iterator[ApiRoute]":
        yield from live.routes()
        yield from PeopleApi(loop).routes()
        yield from CalibrationApi(parts.calibrator, hub).routes()
        if parts.database is not None:
            reader = Reader(parts.database.path, len(parts.board.cells), parts.dispatcher.plan.programme)
            yield from StoredApi(reader, parts.database, loop, clock).routes()

    listening = listen(web.address, web.port)
    pacer_s = parts.pacer_s or (lambda: parts.core.pacer_s)
    server = WebServer(listening, hub=hub, watch=watch, wall=wall, access=access, api=api(), pacer_s=pacer_s)
    return ServedPage(server, visit_address(shown_address(web.address), server.port, token), token)


def own_names(address: str) -> list[str]:
    """Return the names and addresses of this machine by which a page on an address may be opened."""
    if is_loopback(address):
        return [address]
    name = socket.gethostname().lower()
    found = [address, name, f"{name}.local", home_address()]
    return [one for one in found if one and one not in ANYWHERE]


def home_address() -> str:
    """Return the address of this machine in the home network, empty without one. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def shown_address(address: str) -> str:
    """Return what stands for an address that is listened on in a link."""
    return home_address() or socket.gethostname() if address in ANYWHERE else address

"""A whole mat with its page, without a network: hops by hand, the real dispatcher, database and application."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from firmware.config import Web
from firmware.core import MatCore
from firmware.dispatcher import CommandDispatcher
from firmware.programme.levels import shipped_programme
from firmware.programme.plan import Plan
from firmware.signal.calibration import Calibration
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from firmware.view import Tick
from firmware.web.calibrator import Calibrator
from firmware.web.frame_tap import FrameTap
from firmware.web.page import PageParts, ServedPage, serve_page
from hardware import board as boards
from tests.doubles.clock import ManualClock

BOARD = boards.load_board()


class NoFrames:
    """A source without frames: a calibration on it stays at its first step."""

    fault: str | None = None
    frames_dropped: int | None = 0

    def read(self, timeout_s: float) -> None:
        """Return nothing."""
        del timeout_s

    def close(self) -> None:
        """There is nothing to release."""


@dataclass
class ServedMat:
    """A mat that is served on a free loopback port. attend lets the dispatcher answer, as the loop does."""

    page: ServedPage
    dispatcher: CommandDispatcher
    database: Database
    clock: ManualClock
    core: MatCore
    pacer_s: float | None = None

    @property
    def base(self) -> str:
        """The address without token."""
        return f"http://127.0.0.1:{self.page.sink.port}"

    @property
    def bearer(self) -> dict[str, str]:
        """The header of a program that knows the token."""
        return {"Authorization": f"Bearer {self.page.token}"}

    @contextmanager
    def holding(self, tick: Tick) -> Iterator[None]:
        """Offer a tick again and again, as a mat on which nothing changes."""
        over = threading.Event()

        def hold() -> None:
            while not over.is_set():
                self.page.sink.offer(tick)
                over.wait(0.2)

        holder = threading.Thread(target=hold, name="holding")
        holder.start()
        try:
            yield
        finally:
            over.set()
            holder.join()

    def offer(self, tick: Tick) -> None:
        """Pass a tick to the page and the dispatcher."""
        self.dispatcher.offer(tick)
        self.page.sink.offer(tick)


@contextmanager
def served_mat(folder: Path, *, limited: bool = False, port: int = 0, calibrated: bool = True) -> Iterator[ServedMat]:
    """Serve a mat; a thread stands for the loop and answers commands."""
    clock = ManualClock()
    cells = len(BOARD.cells)
    core = MatCore(BOARD, Calibration((BOARD.counts_per_newton,) * cells, (0,) * cells))
    database = Database(folder, clock, boot_id="test", wall_is_set=lambda: True)
    store = SessionStore(database, clock, cells=cells)
    plan = Plan(shipped_programme(), store.people, store.past)
    dispatcher = CommandDispatcher(core, plan, clock, store=store, wall_is_set=lambda: True)
    parts = PageParts(
        BOARD,
        core,
        dispatcher,
        clock,
        Calibrator(BOARD, FrameTap(NoFrames()), folder, lambda: core.calibration, calibrated=calibrated, restart=None),
        database,
        calibrated=calibrated,
        wall_is_set=lambda: True,
        limited=limited,
        pacer_s=lambda: made.pacer_s,
    )
    made: ServedMat
    page = serve_page(Web(enabled=True, port=port), folder, parts)
    made = ServedMat(page, dispatcher, database, clock, core)
    stop = threading.Event()

    def attend() -> None:
        while not stop.wait(0.005):
            dispatcher.process_pending()

    loop = threading.Thread(target=attend, name="loop")
    loop.start()
    try:
        yield made
    finally:
        stop.set()
        loop.join()
        page.sink.close()
        store.close()

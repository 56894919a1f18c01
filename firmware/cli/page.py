"""The page among the sinks of a mat that runs."""

import logging
import sys
from typing import TYPE_CHECKING

from firmware.cli.page_address import announce
from firmware.clock import SystemClock
from firmware.errors import PageError, StorageError
from firmware.web.calibrator import Calibrator
from firmware.web.frame_tap import FrameTap
from firmware.web.page import PageParts, serve_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.core import MatCore
    from firmware.dispatcher import CommandDispatcher
    from firmware.mat import Mat
    from firmware.ports import Sink
    from firmware.storage.session_store import SessionStore
    from firmware.supervisor import Supervisor

log = logging.getLogger(__name__)


def page_sinks(
    opened: "Mat",
    core: "MatCore",
    dispatcher: "CommandDispatcher",
    store: "SessionStore | None",
    faults: "Supervisor",
    *,
    tap: FrameTap,
    restart: "Callable[[], None]",
) -> "list[Sink]":
    """Return the page. Where it cannot be served the mat works without it, and that stays a fault."""
    database = None if store is None else store.database
    folder = opened.settings.storage.state_dir
    calibrator = Calibrator(
        opened.board, tap, folder, lambda: core.calibration, calibrated=opened.calibrated, restart=restart
    )
    parts = PageParts(
        opened.board,
        core,
        dispatcher,
        SystemClock(),
        calibrator,
        database,
        calibrated=opened.calibrated,
    )
    try:
        served = serve_page(opened.settings.web, folder, parts)
    except (PageError, StorageError) as error:
        reason = str(error)
        log.warning("no page: %s", reason)
        faults.watch("page", lambda: reason)
        return []
    faults.watch("page", lambda: served.sink.fault)
    announce(opened.settings.web.address, served.address, sys.stderr)
    log.info("the page is served on port %d; `acumat doctor` prints the address of a first visit", served.sink.port)
    return [served.sink]

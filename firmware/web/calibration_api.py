"""The routes of a calibration from the page."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firmware import words
from firmware.web import messages as m
from firmware.web.access import RefusedError
from firmware.web.routes import ApiRoute, Call

if TYPE_CHECKING:
    from firmware.web.calibrator import Calibrator
    from firmware.web.hub import Hub


@dataclass(frozen=True, slots=True)
class CalibrationApi:
    """The handlers."""

    calibrator: "Calibrator"
    hub: "Hub"

    def routes(self) -> Iterator[ApiRoute]:
        """Yield the rows of the table."""
        yield ApiRoute("GET", "/api/calibration", "The guided calibration", m.CalibrationView, self.now)
        yield ApiRoute(
            "POST", "/api/calibration", "Start, stop or keep a calibration", m.CalibrationView, self.act,
            takes=m.CalibrationStep, may_fail=(409, 503),
        )  # fmt: skip

    async def now(self, _call: Call) -> m.CalibrationView:
        """Return what the person is to do now."""
        return self.calibrator.view()

    async def act(self, call: Call) -> m.CalibrationView:
        """Do one step; a start needs an empty mat."""
        step: m.CalibrationStep = call.body
        if step.action == "start":
            frame = self.hub.frame
            if frame is None or frame.occupied or frame.in_session:
                raise RefusedError(409, words.REFUSED["not_empty"])
            self.calibrator.start(tuple(step.masses_kg))
        elif step.action == "stop":
            await asyncio.to_thread(self.calibrator.stop)
        else:
            await asyncio.to_thread(self.calibrator.keep)
        return self.calibrator.view()

"""What keeps the threads of the program running, and the one list of what is wrong with it now.

- A `Worker` is a thread that outlives its defects: what ended it is logged, counted and shown as its fault; after a
  pause that doubles from 1 to 10 s it runs again. The fault is shown until it has run for STEADY_S.
- An error of our own tree is a known trouble, such as a full disk: it is logged once and tried again in the same way.
- The `Supervisor` asks every part for its fault: threads, database, broker, sampler. Nobody else keeps such a list.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from firmware.clock import Clock, SystemClock
from firmware.errors import AcumatError
from firmware.view import Fault

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 10.0
STEADY_S: Final = 10.0
TEXT_MOST: Final = 300  # characters of a fault: it goes into a retained message

log = logging.getLogger(__name__)


class Worker:
    """A thread that is started again when it fails. run returns only when its owner wants it to end."""

    def __init__(self, name: str, run: Callable[[], None], clock: Clock | None = None) -> None:
        self.name = name
        self.restarts = 0
        self._run, self._clock = run, clock or SystemClock()
        self._text: str | None = None
        self._steady_ns: int | None = None  # from when on the last failure counts as over; None while it waits
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name=name, daemon=True)

    def start(self) -> "Worker":
        """Start the thread; returns this worker."""
        self._thread.start()
        return self

    @property
    def alive(self) -> bool:
        """Whether the thread exists, running or waiting to run again."""
        return self._thread.is_alive()

    @property
    def fault(self) -> str | None:
        """Why it stands still, or stood still a moment ago; None when it runs."""
        over_ns = self._steady_ns
        return None if over_ns is not None and self._clock.boottime_ns() >= over_ns else self._text

    def close(self, timeout_s: float) -> None:
        """Wait for the end of run, which the owner has asked for; a worker that waits runs once more, to finish."""
        self._ending.set()
        if self.alive:
            self._thread.join(timeout_s)

    def _keep_running(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            began_ns, last = self._clock.boottime_ns(), self._ending.is_set()
            try:
                self._run()
            except Exception as error:  # noqa: BLE001 - nothing may end a thread silently
                if self._clock.boottime_ns() - began_ns >= STEADY_S * 1e9:
                    pause_s, self._text = FIRST_PAUSE_S, None
                self._fail(error, pause_s)
            else:
                self._text = None
                return
            if last:
                return
            self._ending.wait(pause_s)
            self.restarts += 1
            self._steady_ns = self._clock.boottime_ns() + round(STEADY_S * 1e9)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _fail(self, error: Exception, pause_s: float) -> None:
        known = isinstance(error, AcumatError)
        text = str(error) if known else f"defect in this program ({type(error).__name__}: {error}); please report it"
        if text != self._text:
            level, trace = (logging.WARNING, None) if known else (logging.ERROR, error)
            log.log(level, "%s: %s; trying again, next in %.0f s", self.name, text, pause_s, exc_info=trace)
        self._text, self._steady_ns = text, None


class Supervisor:
    """The parts of the program and what is wrong with each now. May be asked by any thread."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, Callable[[], str | None]]] = []

    def watch(self, name: str, fault: Callable[[], str | None]) -> None:
        """Ask this function for the fault of a part: one line with its remedy, None when the part is in order."""
        self._parts.append((name, fault))

    def current(self) -> tuple[Fault, ...]:
        """Return the present faults in the order of the parts."""
        found = ((name, self._text_of(fault)) for name, fault in tuple(self._parts))
        return tuple(Fault(name, " ".join(text.split())[:TEXT_MOST]) for name, text in found if text)

    @staticmethod
    def _text_of(fault: Callable[[], str | None]) -> str | None:
        try:
            return fault()
        except Exception as error:  # noqa: BLE001 - the loop asks: a defect in a part must not end it
            return f"its state cannot be read ({type(error).__name__})"

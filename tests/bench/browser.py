"""The page, measured through a real Chromium: frames, delays, slow readers, memory and processor time, and fuzzing."""

import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import click
import numpy as np
from playwright.sync_api import Browser

from firmware.clock import SystemClock
from firmware.enums import State
from firmware.events import StageChanged
from tests.bench.browser_load import fuzz, processes
from tests.bench.report import Row, publish, row
from tests.doubles.browser import chromium, watched
from tests.doubles.page_states import KG, lying
from tests.doubles.served import BOARD, ServedMat, served_mat
from tests.doubles.ticks import tick

WORDS: Final = (
    "The page is served by the real server and looked at by Debian's Chromium, headless, on the same machine. Delays "
    "are from handing a tick to the page until the browser has changed its document; the clock of both is the same. "
    "The mat behind it is simulated.\n\n"
    "A slow reader asks for the live stream and never takes a byte. Memory of a process is its resident set, that of "
    "all processes of the mat the proportional set size; the simulator is part of it, so a real daemon needs less. "
    "Processor time is that of the processes, whatever else the machine does. The fuzzing is schemathesis from the "
    "OpenAPI document, half of the requests with the token and half without."
)
CLOCK: Final = SystemClock()
STAGES: Final = (State.SETTLING, State.EASING, State.RESTING, State.CLOSING)
CHANGES: Final = "{childList: true, characterData: true, subtree: true}"
OBSERVE: Final = f"""() => {{
  window.seen = [];
  const node = document.querySelector('h1');
  new MutationObserver(() => seen.push([node.textContent, Date.now()])).observe(node, {CHANGES});
}}"""
OBSERVE_CELL: Final = f"""() => {{
  window.cells = [];
  for (const cell of document.querySelectorAll('[data-cell]')) {{
    const note = () => cells.push([cell.dataset.cell, cell.lastChild.textContent, Date.now()]);
    new MutationObserver(note).observe(cell, {CHANGES});
  }}
}}"""
WORDS_OF: Final = {"settling": "Settling", "easing": "Easing", "resting": "Resting", "closing": "Closing"}


def frames_a_second(browser: Browser, folder: Path, seconds: float) -> Row:
    """Return how many frames the page draws while ticks come ten times a second."""
    with served_mat(folder) as mat, watched(browser) as seen:
        mat.offer(lying(0.0, State.RESTING, 300.0))
        seen.bring(mat.page.address)
        seen.until("acumat.link === 'connected'")
        before, start_s = seen.js("acumat.frames"), CLOCK.wall_s()
        number = 1
        while (now_s := CLOCK.wall_s()) - start_s < seconds:
            mat.offer(lying(0.1 * number, State.RESTING, 300.0 + 0.1 * number))
            number += 1
            CLOCK.sleep_s(max(0.0, start_s + 0.1 * number - now_s))
        rate = (seen.js("acumat.frames") - before) / (CLOCK.wall_s() - start_s)
    return row(
        "frames drawn, a second", rate, "Hz", ">= 8", n=number, label="simulated", how="ticks at 10 Hz, live view"
    )


def stage_delays(browser: Browser, folder: Path, number: int) -> Row:
    """Return the longest delay from a change of the stage to its word on the page."""
    delays = []
    with served_mat(folder) as mat, watched(browser) as seen:
        mat.offer(lying(0.0, State.RESTING, 300.0))
        seen.bring(mat.page.address)
        seen.until("acumat.link === 'connected'")
        seen.js(OBSERVE)
        for turn in range(number):
            state = STAGES[turn % len(STAGES)]
            t_s = 10.0 + turn
            sent_s = CLOCK.wall_s()
            mat.offer(lying(t_s, state, 300.0 + turn)._replace(events=(StageChanged(t_s, state),)))
            seen.until(f"seen.length && seen.at(-1)[0] === '{WORDS_OF[state]}'")
            delays.append(seen.js("seen.at(-1)[1]") / 1000 - sent_s)
    return row(
        "a stage on the page, longest delay", max(delays), "s", "<= 0.3", n=number, label="simulated", how="h1 changed"
    )


def load_delays(browser: Browser, folder: Path, number: int) -> Row:
    """Return the 95th percentile of the delay from a load on a cell to its number on the page."""
    delays = []
    with served_mat(folder) as mat, watched(browser) as seen:
        mat.offer(tick(0.0))
        seen.bring(mat.page.address)
        seen.until("acumat.link === 'connected'")
        seen.js(OBSERVE_CELL)
        for turn in range(number):
            one = tick(1.0 + turn, load_n=20 * KG)
            assert one.signals is not None
            loads = [0.0] * len(BOARD.cells)
            loads[turn % len(loads)] = (5 + turn % 7) * KG
            sent_s = CLOCK.wall_s()
            mat.offer(one._replace(signals=one.signals._replace(cells_n=tuple(loads))))
            name, shown = BOARD.cells[turn % len(loads)].name, f"{5 + turn % 7}.0"
            seen.until(f"cells.some(([name, text]) => name === '{name}' && text === '{shown}')")
            delays.append(
                seen.js(f"cells.find(([name, text]) => name === '{name}' && text === '{shown}')[2]") / 1000 - sent_s
            )
            seen.js("cells.length = 0")
            CLOCK.sleep_s(0.15)
    # The front end holds a hop of 0.1 s before the core returns it, and a median of three frames.
    p95 = float(np.percentile(delays, 95)) + 0.1 + 3 / 80
    how = "a load on a cell to its number, with one hop and the median filter added"
    return row("from a load to the picture, 95 %", p95, "s", "<= 0.5", n=number, label="simulated", how=how)


def slow_readers(folder: Path, seconds: float) -> Iterator[Row]:
    """Yield what sixteen readers that take nothing cost."""
    with served_mat(folder) as mat:
        offer = _offering(mat)
        before_gaps = _gaps(mat, seconds / 4, offer)
        before_mb = _resident_mb()
        with ExitStack() as closing:
            for _ in range(16):
                one = closing.enter_context(socket.create_connection(("127.0.0.1", mat.page.sink.port)))
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.sendall(b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
            gaps = _gaps(mat, seconds, offer)
            grown_mb = _resident_mb() - before_mb
    how = f"16 readers that take nothing for {seconds:.0f} s, one that does"
    ratio = float(np.percentile(gaps, 99) / np.percentile(before_gaps, 99))
    yield row("slow readers, memory growth", grown_mb, "MB", "<= 5", n=16, label="simulated", how=how)
    yield row("slow readers, gaps between frames, 99 %", ratio, "x", "<= 1.1", n=len(gaps), label="simulated", how=how)


def _offering(mat: ServedMat) -> "Iterator[None]":
    number = 0
    while True:
        number += 1
        mat.offer(lying(0.1 * number, State.RESTING, 0.1 * number))
        yield


def _gaps(mat: ServedMat, seconds: float, offer: Iterator[None]) -> list[float]:
    """Return the seconds between frames that a reader gets while ticks come ten times a second."""
    arrived: list[float] = []
    with socket.create_connection(("127.0.0.1", mat.page.sink.port)) as reader:
        reader.sendall(b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        start_s, number = CLOCK.wall_s(), 0
        while (now_s := CLOCK.wall_s()) - start_s < seconds:
            reader.settimeout(max(0.001, start_s + 0.1 * number - now_s))
            if now_s >= start_s + 0.1 * number:
                next(offer)
                number += 1
            try:
                if b"data: " in reader.recv(65536):
                    arrived.append(CLOCK.wall_s())
            except TimeoutError:
                continue
    return np.diff(arrived).tolist()


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS")


def measure(*, small: bool) -> Iterator[Row]:
    """Yield every row."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        yield frames_a_second(browser, folder / "frames", 4 if small else 30)
        yield stage_delays(browser, folder / "stages", 8 if small else 100)
        yield load_delays(browser, folder / "loads", 12 if small else 200)
    with tempfile.TemporaryDirectory() as name:
        yield from slow_readers(Path(name) / "slow", 8 if small else 600)
        yield from processes(10 if small else 60)
        yield from fuzz(Path(name) / "fuzz", 300 if small else 100_000)


@click.command()
@click.option("--small", is_flag=True, help="Some seconds of everything.")
@click.option("--no-docs", is_flag=True, help="Leave docs/browser.md as it is.")
def main(*, small: bool, no_docs: bool) -> None:
    """Write build/browser.json and docs/browser.md; exit 1 when a row does not hold."""
    rows: Sequence[Row] = list(measure(small=small))
    sys.exit(publish("browser", "The page in a browser", WORDS, rows, docs=not no_docs))


if __name__ == "__main__":
    main()

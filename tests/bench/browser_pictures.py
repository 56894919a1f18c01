"""Delays of the page, measured through a real Chromium: frames, stages, and a person who lies down."""

from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import Browser

from firmware.clock import SystemClock
from firmware.core import MatCore
from firmware.enums import State
from firmware.events import StageChanged
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.acts import Lie, Lower, Sit, Wait
from sim.people.story import Story
from tests.bench.report import Row, row
from tests.doubles.browser import watched
from tests.doubles.page_states import KG, lying
from tests.doubles.served import BOARD, served_mat
from tests.doubles.ticks import tick

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
ARRIVAL: Final = Story("Arrives", acts=(Wait(seconds=2), Sit(seconds=2), Lower(seconds=2), Lie(seconds=4)))
LEAST_KG: Final = 0.8  # half of the load of a cell: below it the tenths of the page are too coarse
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


def picture_delays(browser: Browser, folder: Path, arrivals: int) -> Row:
    """Return the 95th percentile of the delay from the load on a cell to its number, while people lie down."""
    delays: list[float] = []
    for turn in range(arrivals):
        delays += _arrival(browser, folder / str(turn), turn)
    how = (
        f"{arrivals} simulated people lie down in real time: from the frame in which a cell bears half of its load to "
        "its number on the page reaching that, through filters, core, server and browser"
    )
    p95 = float(np.percentile(delays, 95))
    return row("from lying down to the picture, 95 %", p95, "s", "<= 0.5", n=len(delays), label="simulated", how=how)


def _arrival(browser: Browser, folder: Path, seed: int) -> list[float]:
    """Play one arrival in real time; return the delay of each cell that carries enough."""
    bench = Bench(ARRIVAL, BOARD, seed)
    blocks = list(blocks_from(FrameSource(bench)))
    t_s = np.concatenate([one.t_ns for one in blocks]) / 1e9
    scale, zero = bench.calibration.counts_per_newton, bench.calibration.zero_counts
    loads_kg = (np.concatenate([one.counts for one in blocks]) - zero) / scale / KG
    with served_mat(folder) as mat, watched(browser) as seen:
        core = MatCore(BOARD, bench.calibration)
        ticks = iter(blocks)
        for made in core.push(next(ticks)):
            mat.offer(made)
        mat.offer(tick(0.0))
        seen.bring(mat.page.address)
        seen.until("acumat.link === 'connected'")
        seen.js(OBSERVE_CELL)
        start_s = CLOCK.wall_s() - t_s[0]
        for block in ticks:
            CLOCK.sleep_s(max(0.0, start_s + block.t_ns[-1] / 1e9 - CLOCK.wall_s()))
            for made in core.push(block):
                mat.offer(made)
        seen.until(f"acumat.frame.t_s > {t_s[-1] - t_s[0] - 0.5}")
        shown = seen.js("cells")
    delays = []
    for cell in BOARD.cells:
        mine_kg = loads_kg[:, cell.index]
        half_kg = mine_kg.max() / 2
        if half_kg >= LEAST_KG:
            true_s = start_s + t_s[int(np.argmax(mine_kg >= half_kg))]
            reached = (at for name, text, at in shown if name == cell.name and text != "–" and float(text) >= half_kg)
            delays.append(next(reached) / 1000 - true_s)
    return delays

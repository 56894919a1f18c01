"""`make browser`: the page, measured through a real Chromium and over real HTTP. Parts are kept and joined."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
import msgspec
from playwright.sync_api import Browser

from tests.bench import browser_fuzz, browser_load, browser_matrix, browser_pictures, browser_slow
from tests.bench.browser_fuzz import Fuzzed
from tests.bench.report import ROOT, Row, publish
from tests.doubles.browser import chromium

WORDS: Final = """
What the page costs and how late it is, with Debian's Chromium, headless, on the machine that serves it.

`make browser`, or a part of it with `python -m tests.bench.browser PART`; the page joins the newest run of every part.
The mat is simulated; the server, the core, the dispatcher and the database are the real ones. Delays run until the
browser has changed its document; the clock of both is the same. Memory of all processes is the proportional set size.
Processor time is that of the processes, whatever else the machine does. The fuzzing is schemathesis from the OpenAPI
document, half of the requests with the token and half without.
"""
KEPT: Final = ROOT / "build" / "browser"
FUZZ: Final = {f"fuzz-{number}": number for number in range(1, 5)}
REQUESTS: Final = 25_000  # of each part of the fuzzing
PARTS: Final[dict[str, Callable[[float], list[Row]]]] = {
    "frames": lambda share: [_seen(lambda one, folder: browser_pictures.frames_a_second(one, folder, 60 * share))],
    "stages": lambda share: [_seen(lambda one, folder: browser_pictures.stage_delays(one, folder, round(200 * share)))],
    "arrivals": lambda share: [
        _seen(lambda one, folder: browser_pictures.picture_delays(one, folder, max(1, round(15 * share))))
    ],
    "slow": lambda share: browser_slow.rows(600 * share),
    "processes": lambda share: browser_load.rows(60 * share),
    "matrix": lambda _: browser_matrix.rows(),
}


def _seen(measured: Callable[[Browser, Path], Row]) -> Row:
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        return measured(browser, Path(name))


def _kept() -> list[Row]:
    """Return the rows of the newest run of each part."""
    files = [KEPT / f"{part}.json" for part in PARTS]
    rows = [one for file in files if file.exists() for one in msgspec.json.decode(file.read_bytes(), type=list[Row])]
    slices = [KEPT / f"{part}.json" for part in FUZZ]
    done = [msgspec.json.decode(file.read_bytes(), type=Fuzzed) for file in slices if file.exists()]
    return rows + (browser_fuzz.rows(done, 4 * REQUESTS) if done else [])


@click.command()
@click.option("--share", type=click.FloatRange(0.01, 10), default=1.0, show_default=True, help="Of the whole length.")
@click.argument("parts", nargs=-1, type=click.Choice([*PARTS, *FUZZ, "page"]))
def main(parts: tuple[str, ...], share: float) -> None:
    """Run parts, or all of them, and write the report of what was run so far; exit 1 when a row does not hold."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for part in parts or (*PARTS, *FUZZ):
        if part in FUZZ:
            with tempfile.TemporaryDirectory() as name:
                fuzzed = browser_fuzz.fuzz(Path(name), round(share * REQUESTS), FUZZ[part])
            (KEPT / f"{part}.json").write_bytes(msgspec.json.encode(fuzzed))
        elif part != "page":
            found = PARTS[part](share)
            load = f"load average {os.getloadavg()[1]:.1f}"
            named = [msgspec.structs.replace(one, how=f"{one.how}; {load}") for one in found]
            (KEPT / f"{part}.json").write_bytes(msgspec.json.encode(named))
    sys.exit(publish("browser", "The page in a browser", WORDS, _kept()))


if __name__ == "__main__":
    main()

"""Stored pictures of the page: comparing, and writing them: python -m tests.system.browser.pictures.

Tolerance: both pictures are halved in size, which hides the smoothing of edges; then at most 1 % of the pixels may
differ by more than 24 of 255 in any colour. A moved line of text, another colour or a missing part are far beyond it.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from tests.doubles.browser import Watched, chromium, watched
from tests.doubles.page_states import GOAL_S, STATES
from tests.doubles.served import served_mat

FOLDER: Final = Path(__file__).with_name("stored")
SIZES: Final = {"360": (360, 780), "768": (768, 1024), "1280": (1280, 800), "wall": (1920, 1080)}
TAKEN: Final = {  # each state in one size and screen; the richest one in all of them
    **dict.fromkeys(STATES, (("360", "light"), ("1280", "dark"))),
    "resting": tuple((size, screen) for size in SIZES for screen in ("light", "dark")),
}
CASES: Final = tuple((name, size, screen) for name, shots in TAKEN.items() for size, screen in shots)
NOW_S: Final = 1_800_001_384
DIFFERENT: Final = 24
SHARE_MOST: Final = 0.01


@contextmanager
def state_page(browser: Browser, folder: Path, name: str, size: str, screen: str) -> Iterator[Watched]:
    """Show a state of the live view."""
    state = STATES[name]
    width, height = SIZES[size]
    with (
        served_mat(folder, calibrated=state.calibrated) as mat,
        watched(browser, width, height, color_scheme=screen, reduced_motion="no-preference") as seen,
    ):
        seen.page.clock.set_fixed_time(NOW_S)
        mat.pacer_s = state.pacer_s
        mat.dispatcher.plan.choose_minutes(GOAL_S / 60)
        for tick in (*state.ticks, state.shown):
            mat.offer(tick)
        if state.offline:
            seen.bring(mat.page.address, "/?wall" if size == "wall" else "/")
            seen.page.wait_for_selector("text=This page lost the mat")
            yield seen
            return
        with mat.holding(state.shown):
            seen.bring(mat.page.address, "/?wall" if size == "wall" else "/")
            seen.page.wait_for_selector(".link[data-link=connected]")
            seen.until("acumat.frames > 2")
            seen.page.wait_for_timeout(400)  # the pacer glides to its place
            yield seen


def taken(seen: Watched) -> Image.Image:
    """Return the picture of a page without what moves by itself."""
    return Image.open(io.BytesIO(seen.page.screenshot(animations="disabled"))).convert("RGB")


def stored(name: str, size: str, screen: str) -> Path:
    """Return the place of a stored picture."""
    return FOLDER / f"{name}-{size}-{screen}.png"


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the share of pixels that differ, 1.0 for another size."""
    if one.size != other.size:
        return 1.0
    half = (one.width // 2, one.height // 2)
    first, second = (np.asarray(image.resize(half, Image.Resampling.BOX), np.int16) for image in (one, other))
    return float((np.abs(first - second).max(axis=2) > DIFFERENT).mean())


def write() -> None:
    """Take every picture and store it with 128 colours."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for case in CASES:
            with tempfile.TemporaryDirectory() as folder, state_page(browser, Path(folder), *case) as seen:
                taken(seen).quantize(128, dither=Image.Dither.NONE).save(stored(*case), optimize=True)


if __name__ == "__main__":
    write()

"""The live view in a real Chromium on a real mat without hardware: a story through the whole product."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser

from firmware.enums import State
from tests.doubles.browser import watched
from tests.doubles.served import BOARD, ServedMat, served_mat
from tests.doubles.ticks import tick
from tests.system.browser.conftest import story

if TYPE_CHECKING:
    from collections.abc import Iterator

KG = 9.80665
LUMINANCE = """(name) => {
  const [r, g, b] = getComputedStyle(document.querySelector(`[data-cell=${name}]`)).backgroundColor.match(/\\d+/g);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""


@pytest.fixture
def mat(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[ServedMat]":
    with served_mat(tmp_path_factory.mktemp("state")) as made:
        yield made


def test_a_story_reaches_the_page(browser: Browser) -> None:
    """The address that is printed opens it: the person lies down, the stages change, nothing else is asked for."""
    with story("session", 1) as address, watched(browser) as seen:
        seen.open(address)
        page = seen.page
        assert "visit" not in page.url
        for speed, stage in ((8, "Settling"), (60, "Easing"), (60, "Resting")):
            page.locator(f"#playback label:has-text('×{speed}') input").check()
            page.wait_for_selector(f"h1:text-is('{stage}')")
        assert page.locator(".breath").inner_text() in ("Breathe in", "Breathe out")
        seen.js("window.before = acumat.frames; true")
        seen.until("acumat.frames - before > 5")
        assert float(page.locator("[data-cell=A2] span").last.inner_text()) > 5
    base = address.split("/#")[0]
    assert seen.asked
    assert all(url.startswith(base) for url in seen.asked)
    assert not any("visit=" in url for url in seen.asked if "/api" in url)
    assert seen.said == []


@pytest.mark.parametrize(("scheme", "brightest"), [("dark", max), ("light", min)])
def test_the_loaded_cell_stands_out(browser: Browser, mat: ServedMat, scheme: str, brightest: object) -> None:
    """On a dark screen it is the lightest, on a light one the darkest; the number is its load."""
    with watched(browser, color_scheme=scheme) as seen:
        mat.offer(tick(1.0))
        seen.open(mat.base)
        for cell in BOARD.cells:
            loads = tuple(8.0 * KG if cell.index == one.index else 1.0 * KG for one in BOARD.cells)
            one = tick(2.0 + cell.index, State.RESTING, load_n=19 * KG, elapsed_s=301.0 + cell.index)
            assert one.signals is not None
            mat.offer(one._replace(signals=one.signals._replace(cells_n=loads)))
            seen.until(f"acumat.frame?.cells_kg?.[{cell.index}] === 8 && acumat.frame.number > {cell.index + 1}")
            shown = {other.name: seen.js(f"({LUMINANCE})('{other.name}')") for other in BOARD.cells}
            assert callable(brightest)
            assert brightest(shown, key=shown.__getitem__) == cell.name
            assert seen.page.locator(f"[data-cell={cell.name}]").inner_text().strip().endswith("8.0")


def test_right_is_left_on_the_screen(browser: Browser, mat: ServedMat) -> None:
    """Seen from above, a person on their back has their right hand on the screen's left, and the head at the top."""
    with watched(browser) as seen:
        mat.offer(tick(1.0))
        seen.open(mat.base)
        boxes = {cell.name: seen.page.locator(f"[data-cell={cell.name}]").bounding_box() for cell in BOARD.cells}
        for one in BOARD.cells:
            for other in BOARD.cells:
                here, there = boxes[one.name], boxes[other.name]
                assert here is not None
                assert there is not None
                if one.col > other.col:
                    assert here["x"] < there["x"]
                if one.row > other.row:
                    assert here["y"] < there["y"]


def test_a_lost_mat_is_said_and_found_again(browser: Browser, mat: ServedMat) -> None:
    """Three seconds without a frame: the clock freezes, nothing may be pressed; the next frame brings it back."""
    with watched(browser) as seen:
        mat.offer(tick(1.0, State.RESTING, load_n=300.0, elapsed_s=400.0))
        seen.open(mat.base)
        seen.page.wait_for_selector("text=This page lost the mat at")
        assert seen.page.locator(".link").inner_text() == "Offline"
        assert seen.page.locator("button:text-is('It hurts now')").is_disabled()
        mat.offer(tick(5.0, State.RESTING, load_n=300.0, elapsed_s=404.0))
        seen.page.wait_for_selector(".link:has-text('Connected')")
        assert seen.page.locator("button:text-is('It hurts now')").is_enabled()
        assert seen.page.locator("text=This page lost the mat").count() == 0

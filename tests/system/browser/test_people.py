"""The page for people who see, move and read in other ways: keyboard, large text, still pictures, forced colours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext

from firmware.enums import State
from tests.doubles.browser import Watched, watched
from tests.doubles.page_states import BEGUN, lying
from tests.doubles.served import ServedMat, served_mat
from tests.doubles.ticks import tick

FOCUSED: Final = """() => {
  const at = document.activeElement, style = getComputedStyle(at), next = at.nextElementSibling;
  const ring = (one) => one && getComputedStyle(one).outlineStyle !== 'none';
  const box = at.getBoundingClientRect();
  return {name: at.getAttribute('aria-label') ?? at.closest('label')?.textContent ?? at.textContent,
    tag: at.tagName, seen: style.outlineStyle !== 'none' || ring(next),
    shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
}"""
PRESSED: Final = "a[href], button, .pick label, summary, input[type=range], .key, .chip"
SMALL: Final = f"""() => [...document.querySelectorAll('{PRESSED}')]
  .filter((one) => one.checkVisibility() && !one.closest('.small, p') && one.className !== 'skip')
  .map((one) => [one.textContent || one.getAttribute('aria-label'), one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5).map(([name]) => name)"""
CUT: Final = """() => [...document.querySelectorAll('main *')]
  .filter((one) => one.checkVisibility() && !one.closest('.hidden, svg, .table, .face')
    && getComputedStyle(one).overflowX === 'visible' && one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
  .map((one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`)"""


@pytest.fixture
def mat(tmp_path: Path) -> Iterator[ServedMat]:
    """Somebody rests on it."""
    with served_mat(tmp_path) as made:
        made.pacer_s = 2.5
        made.offer(BEGUN)
        with made.holding(lying(384.0, State.RESTING, 384.0)):
            yield made


def walk(seen: Watched, most: int = 40) -> list[str]:
    """Press Tab until the walk is round; return the names of what had the focus, each of it visible."""
    names: list[str] = []
    for _ in range(most):
        seen.page.keyboard.press("Tab")
        at = seen.js(f"({FOCUSED})()")
        if at["tag"] == "BODY":
            return names
        assert at["seen"], at
        assert at["shown"], at
        names.append(at["name"].strip())
    return names


@pytest.mark.parametrize("path", ["/", "/set-up", "/journal"])
def test_everything_is_reached_by_the_keyboard(browser: Browser, mat: ServedMat, path: str) -> None:
    """The skip link first, then the header, then the view in reading order; the focus is always seen."""
    with watched(browser) as seen:
        seen.bring(mat.page.address, path)
        names = walk(seen)
        assert names[:2] == ["Skip to the content", "acumat, live view"]
        assert names[2:7] == ["Live", "Sessions", "Journal", "Trends", "Set-up"]
        assert names[7:9] == ["Screen: automatic", "Help"]
        if path == "/":
            assert names[9:12] == ["It hurts now", "It is easing", "End session"]
        if path == "/set-up":
            assert [one for one in names if one in ("Brightness of the light", "Loudness of the sound")]
        assert seen.js(f"({SMALL})()") == []
        seen.page.locator(".skip").focus()
        seen.page.keyboard.press("Enter")
        seen.page.keyboard.press("Tab")
        assert seen.js("document.activeElement.closest('main') !== null")
        assert seen.said == []


@pytest.mark.parametrize("path", ["/", "/sessions", "/journal", "/trends", "/set-up", "/help", "/welcome"])
def test_twice_as_large_text_is_not_cut(browser: Browser, mat: ServedMat, path: str) -> None:
    """At 200 % nothing is wider than the screen and no text leaves its box."""
    with watched(browser, 360, 780) as seen:
        seen.bring(mat.page.address, path)
        seen.js("document.documentElement.style.fontSize = '200%'")
        seen.js("new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(() => next(true))))")
        assert seen.js("document.documentElement.scrollWidth <= innerWidth")
        assert seen.js(f"({CUT})()") == []


def test_nothing_moves_for_who_wants_no_motion(browser: Browser, mat: ServedMat) -> None:
    """A still disc, ten dots that fill one a second, and the words."""
    with watched(browser, reduced_motion="reduce") as seen:
        seen.bring(mat.page.address)
        seen.until("acumat.frames > 2")
        assert seen.js("document.getAnimations().length") == 0
        assert not seen.page.locator(".disc").first.is_visible()
        assert seen.page.locator(".still").is_visible()
        assert seen.page.locator(".dots i.on").count() == 3
        assert seen.page.locator(".breath").inner_text() == "Breathe in"
        mat.pacer_s = 7.2
        seen.page.wait_for_selector("text=Breathe out")
        assert seen.page.locator(".dots i.on").count() == 8


def test_forced_colours_keep_what_colour_showed(browser: Browser, mat: ServedMat) -> None:
    """What is chosen has an outline, the ring and the cells can be seen, numbers stay."""
    with watched(browser, forced_colors="active") as seen:
        seen.bring(mat.page.address)
        seen.until("acumat.frames > 2")
        style = "getComputedStyle(document.querySelector('{}')).{}"
        assert seen.js(style.format(".tabs a[aria-current]", "outlineStyle")) == "solid"
        assert seen.js(style.format(".pick input:checked + span", "outlineStyle")) == "solid"
        assert seen.js(style.format(".cell", "borderTopStyle")) == "solid"
        assert seen.js(style.format(".ring .done", "stroke")) != seen.js(style.format(".ring .arc", "stroke"))
        assert seen.page.locator("[data-cell=A2]").inner_text().strip().endswith("2.9")


def test_the_installed_page_opens_without_the_mat(browser: Browser, tmp_path: Path) -> None:
    """From the home screen, with the mat away: the page is there, says what is lost, and every view can be opened."""
    with served_mat(tmp_path) as mat, watched(browser, 390, 844) as seen:
        base = mat.base
        with mat.holding(tick(1.0)):
            seen.bring(mat.page.address)
            seen.js("navigator.serviceWorker.ready.then(() => true)")
        context: BrowserContext = seen.page.context
        context.set_offline(True)
        seen.page.goto(base + "/")
        seen.page.wait_for_selector(".link[data-link=offline]")
        seen.page.wait_for_selector("text=This page cannot reach the mat")
        for path, title in (("sessions", "Sessions"), ("trends", "Trends"), ("help", "Help")):
            seen.page.locator(f"a[href='/{path}']").first.click()
            seen.page.wait_for_selector(f"main[data-ready='/{path}']")
            assert seen.page.locator("h1").count() == 1, title
        context.set_offline(False)
        seen.page.goto(base + "/")
        with mat.holding(tick(2.0)):
            seen.page.wait_for_selector(".link[data-link=connected]")


def test_a_first_visit_opens_the_three_steps(browser: Browser, tmp_path: Path) -> None:
    """Once, and not while somebody is on the mat; back leads to the live view."""
    with served_mat(tmp_path) as mat, watched(browser, first_visit=True) as seen:
        with mat.holding(tick(1.0)):
            seen.open(mat.page.address)
            assert seen.page.url == f"{mat.base}/welcome"
            assert seen.page.locator("h1").inner_text() == "Welcome"
            seen.page.go_back()
            seen.page.wait_for_selector("main[data-ready='/']")
            seen.open(mat.base)
            assert seen.page.url == f"{mat.base}/"
        with mat.holding(lying(3.0, State.SETTLING, 3.0)), watched(browser, first_visit=True) as other:
            other.page.wait_for_timeout(300)
            other.open(mat.page.address)
            assert other.page.url == f"{mat.base}/"

"""Debian's Chromium, driven by Playwright: nothing of it calls home, and what a page asks for or reports is kept."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM: Final = shutil.which("chromium")
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-quic", "--disable-lcd-text", "--font-render-hinting=none", "--force-color-profile=srgb",
)  # fmt: skip
FONTS: Final = Path(__file__).with_name("fonts.conf")
PATIENCE_MS: Final = 30_000
POLL_MS: Final = 25


@dataclass
class Watched:
    """A page and what it did: addresses it asked for, console messages, errors."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Open an address and wait until its view is drawn."""
        self.page.goto(address)
        self.page.wait_for_selector("main[data-ready]", timeout=PATIENCE_MS)

    def until(self, text: str) -> None:
        """Wait until an expression is true; the page's policy forbids what wait_for_function does."""
        for _ in range(PATIENCE_MS // POLL_MS):
            if self.js(text):
                return
            self.page.wait_for_timeout(POLL_MS)
        raise TimeoutError(text)

    def bring(self, address: str, path: str = "/") -> None:
        """Visit with the token, then open a view, and wait until the fonts are there."""
        base, _, token = address.partition("/#")
        self.open(f"{base}/#{token}")
        if path != "/":
            self.open(base + path)
        self.js("document.fonts.ready.then(() => true)")

    def js(self, text: str) -> Any:  # noqa: ANN401 - what the page returns
        """Return the value of an expression in the page."""
        return self.page.evaluate(text)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS), env=environment)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(
    browser: Browser,
    width: int = 1280,
    height: int = 800,
    *,
    first_visit: bool = False,
    **options: Any,  # noqa: ANN401 - options of a context
) -> Iterator[Watched]:
    """Open a window of this size; options are those of a browser context, such as color_scheme.

    first_visit: the page does not know this browser yet.
    """
    options.setdefault("color_scheme", "dark")
    options.setdefault("timezone_id", "UTC")
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, **options)
    made = Watched(context.new_page())
    made.page.set_default_timeout(PATIENCE_MS)
    if not first_visit:
        made.page.add_init_script("try { localStorage.setItem('visited', 'yes') } catch {}")
    made.page.on("request", lambda request: made.asked.append(request.url))
    made.page.on("console", lambda message: made.said.append(f"{message.type}: {message.text}"))
    made.page.on("pageerror", lambda error: made.said.append(f"error: {error}"))
    try:
        yield made
    finally:
        context.close()

"""Takes the pictures of the page for the README from a simulated session: python -m docs.page_pictures.

page-dark.png, page-light.png and page-phone.png are one moment each; page.webp is a whole session in half a minute.
"""

import io
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser

from tests.doubles.browser import Watched, chromium, watched
from tests.system.browser.conftest import story

FOLDER: Final = Path(__file__).parent
STILLS: Final = (
    ("page-dark", 1280, 800, "dark"),
    ("page-light", 1280, 800, "light"),
    ("page-phone", 390, 844, "light"),
)
MOMENT_S: Final = 330  # resting, with a movement behind it
ANIMATED: Final = (960, 600)
EVERY_S: Final = 12.0  # of the story
FRAME_MS: Final = 400
COLOURS: Final = 160


def _picture(seen: Watched) -> Image.Image:
    return Image.open(io.BytesIO(seen.page.screenshot())).convert("RGB")


def stills(browser: Browser) -> None:
    """Take one moment of a session in three windows."""
    with story("session", 30) as address:
        for name, width, height, screen in STILLS:
            with watched(browser, width, height, color_scheme=screen) as seen:
                seen.bring(address)
                seen.until(f"acumat.frame?.in_session && acumat.frame.elapsed_s > {MOMENT_S}")
                seen.page.locator("#playback label:has-text('×1') input").first.check()
                seen.page.wait_for_timeout(1500)
                _hide_controls(seen)
                _picture(seen).quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def animation(browser: Browser) -> None:
    """Take a whole session, one picture every twelve seconds of it."""
    pictures: list[Image.Image] = []
    with story("session", 1) as address, watched(browser, *ANIMATED, color_scheme="dark") as seen:
        seen.bring(address)
        seen.page.locator("#playback label:has-text('×8') input").check()
        _hide_controls(seen)
        while not seen.js("acumat.frame?.ended"):
            if seen.js("acumat.frame?.t_s ?? 0") >= EVERY_S * len(pictures):
                pictures.append(_picture(seen))
            seen.page.wait_for_timeout(100)
    first, *rest = pictures
    first.save(FOLDER / "page.webp", save_all=True, append_images=rest, duration=FRAME_MS, loop=0, quality=60, method=6)


def _hide_controls(seen: Watched) -> None:
    """Leave out what only a simulation has."""
    seen.js("document.getElementById('playback').style.visibility = 'hidden'")


def main() -> None:
    """Take them all."""
    with chromium() as browser:
        stills(browser)
        animation(browser)


if __name__ == "__main__":
    main()

"""The first-session card as it is printed: nothing is cut off, nothing is small, nothing is pale."""

import sys
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))  # docs is no package of the program
from docs import first_session  # noqa: E402 - needs the line above

POINTS: Final = 96 / 72  # pixels
CONTRAST: Final = 6.2
# Of each piece of text on a side: its size, its colour and that of the ground under it, and whether it fits.
TEXTS: Final = """side => {
  const found = [], walker = document.createTreeWalker(document.querySelector(side), NodeFilter.SHOW_TEXT);
  const box = document.querySelector(side).getBoundingClientRect();
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim()) continue;
    const range = document.createRange(); range.selectNodeContents(walker.currentNode);
    const own = range.getBoundingClientRect(), style = getComputedStyle(at);
    const block = at.closest(".step, .stop, .keys div, .stages div, .two > div, .side");
    const frame = block.getBoundingClientRect();
    let ground = at;
    while (ground && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
    found.push({
      text: walker.currentNode.data.trim(), px: parseFloat(style.fontSize), small: !!at.closest(".small, svg"),
      colour: at.closest("svg") ? style.fill : style.color, ground: getComputedStyle(ground).backgroundColor,
      fits: own.right <= box.right + 0.5 && own.bottom <= box.bottom && own.bottom <= frame.bottom + 0.5
        && own.right <= frame.right + 0.5 && own.top >= frame.top - 0.5});
  }
  return found;
}"""


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2) of rgb(r, g, b)."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.slow
def test_every_text_of_the_card_can_be_read(browser: Browser) -> None:
    """Front 10.8 pt, back 9.8 pt, small print 8.8 pt or more; contrast 6.2 to 1 or more; inside its box."""
    with browser.new_context(viewport={"width": 1123, "height": 794}) as context:
        shown = context.new_page()
        shown.set_content(first_session.page())
        for side, least_pt in ((".front", 10.8), (".back", 9.8)):
            texts = shown.evaluate(TEXTS, side)
            assert len(texts) > 15
            for one in texts:
                assert one["px"] >= (8.8 if one["small"] else least_pt) * POINTS - 0.01, one
                assert one["fits"], one
                low, high = sorted((luminance(one["colour"]), luminance(one["ground"])))
                assert (high + 0.05) / (low + 0.05) >= CONTRAST, one

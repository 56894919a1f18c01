"""The first-session card: one A4 sheet, to fold or to cut into A5, from words, the board and the first level.

docs/first-session.html is made by `make docs` from the template beside it; `python -m docs.first_session` takes its
picture too. The picture carries the digest of the page that it shows, so that a test finds a stale one.
"""

import hashlib
import io
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from firmware import words
from firmware.cues.table import shipped_cue_table
from firmware.enums import State
from firmware.programme.levels import shipped_programme
from firmware.session.stages import stages_before_goal
from firmware.words import card
from hardware import board as boards

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from hardware.board import Board

FOLDER: Final = Path(__file__).parent
TEMPLATE: Final = FOLDER / "first-session.template.html"
PAGE: Final = FOLDER / "first-session.html"
PICTURE: Final = FOLDER / "first-session.png"
DIGEST: Final = "made of"  # key in the picture
SIZE_PX: Final = (1123, 794)  # A4 across at 96 pixels an inch
SCALE: Final = 1.5
COLOURS: Final = 64


def page(board: "Board | None" = None) -> str:
    """Return the card for a board, None for the one that ships."""
    has_key = (board or boards.load_board()).button_bcm is not None
    first, breath = shipped_programme().level[0], shipped_cue_table().state[State.EASING]
    facts = {
        "minutes": f"{first.minutes:g}",
        "cover": words.COVER[first.cover],
        "surface": words.SURFACE[first.surface],
        "in_s": f"{breath.up_s:g}",
        "out_s": f"{breath.down_s:g}",
        "key": card.KEY_IN_HAND if has_key else "",
    }
    texts = {
        "title": card.TITLE, "line": card.LINE, "in_s": "{in_s}", "out_s": "{out_s}", "stages_title": card.STAGES,
        "stop_title": card.STOP, "stop_early": card.STOP_EARLY, "not_on_title": card.NOT_ON,
        "ask_first_title": card.ASK_FIRST, "left_out": words.BEFORE_YOU_USE_IT[2], "disclaimer": words.DISCLAIMER,
        "afterwards_title": card.AFTERWARDS,
        "afterwards": f"{words.STATE[State.AFTERCARE]} {words.BEFORE_YOU_USE_IT[3]}",
    }  # fmt: skip
    parts = {name: escape(text.format(**facts)) for name, text in texts.items()}
    for number, (title, text) in enumerate(card.STEPS, 1):
        filled = escape(text.format(**facts))
        parts[f"step_{number}"] = f"<div><h3><b>{number}</b> {title}</h3><p>{filled}</p></div>"
    parts["stages"] = "".join(_stages(60 * first.minutes))
    parts["key"] = _key() if has_key else ""
    lists = {"stop": words.STOP_WHEN, "not_on": words.NOT_ON, "ask_first": words.ASK_FIRST}
    parts |= {name: _list(points) for name, points in lists.items()}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def _stages(goal_s: float) -> list[str]:
    found = []
    for stage, end_s in stages_before_goal(goal_s):
        minute = card.UNTIL.get(stage.state, card.TO_MINUTE).format(minute=f"{end_s / 60:g}")
        text = f'<p class="soft">{minute}</p><p>{escape(words.STATE[stage.state])}</p>'
        found.append(f"<div><h3>{words.STAGE[stage.state]}</h3>{text}</div>")
    return found


def _key() -> str:
    presses = "".join(f"<div><b>{press}</b>{meaning}</div>" for press, meaning in card.PRESSES)
    return f'<section><h2>{card.KEY}</h2><div class="keys">{presses}</div></section>'


def _list(points: tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{escape(point)}</li>" for point in points) + "</ul>"


def digest(text: str) -> str:
    """Return what the picture carries of the page that it shows."""
    return hashlib.sha256(text.encode()).hexdigest()


def picture(browser: "Browser", text: str) -> bytes:
    """Return the picture of a card as PNG."""
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 - only where a picture is taken

    with browser.new_context(
        viewport={"width": SIZE_PX[0], "height": SIZE_PX[1]}, device_scale_factor=SCALE
    ) as context:
        shown = context.new_page()
        shown.set_content(text)
        taken = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    marks = PngImagePlugin.PngInfo()
    marks.add_text(DIGEST, digest(text))
    out = io.BytesIO()
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True, pnginfo=marks)
    return out.getvalue()


def main() -> None:
    """Write the card and take its picture."""
    from tests.doubles.browser import chromium  # noqa: PLC0415 - only where a picture is taken

    text = page()
    PAGE.write_text(text, encoding="utf-8")
    with chromium() as browser:
        PICTURE.write_bytes(picture(browser, text))


if __name__ == "__main__":
    main()

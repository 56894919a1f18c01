"""Regenerates everything in docs that is made from tables: python -m docs.generate.

Generated pages are written whole; of session.md only the parts between marks.
"""

from collections.abc import Callable
from pathlib import Path

from docs import configuration_page, first_session, mqtt_files
from docs.picture import demo_picture
from docs.states import state_diagram, state_table
from firmware.mqtt import reference
from tests import requirements

DOCS = Path(__file__).parent
SESSION = DOCS / "session.md"
PICTURE = DOCS / "demo.svg"
BLOCKS: dict[str, Callable[[], str]] = {"state diagram": state_diagram, "state table": state_table}


def session() -> str:
    """Return session.md with the parts between `<!-- made: NAME -->` and `<!-- end -->` regenerated.

    Raises:
        ValueError: a mark is missing or occurs more than once.
    """
    text = SESSION.read_text(encoding="utf-8")
    for name, make in BLOCKS.items():
        begin, end = f"<!-- made: {name} -->\n", "<!-- end -->"
        if text.count(begin) != 1:
            raise ValueError(f"{SESSION.name}: {begin.strip()} must occur once, not {text.count(begin)} times")
        before, _, after = text.partition(begin)
        text = f"{before}{begin}{make()}\n{end}{after.partition(end)[2]}"
    return text


PAGES: dict[str, Callable[[], str]] = {
    "session.md": session,
    "configuration.md": configuration_page.page,
    "mqtt.md": reference.reference_page,
    "requirements.md": requirements.page,
    "first-session.html": first_session.page,
}


def main() -> None:
    """Write all pages and the picture."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
    (DOCS / "mqtt").mkdir(exist_ok=True)
    for name, text in mqtt_files.files().items():
        (DOCS / "mqtt" / name).write_text(text, encoding="utf-8")
    PICTURE.write_text(demo_picture(), encoding="utf-8")


if __name__ == "__main__":
    main()

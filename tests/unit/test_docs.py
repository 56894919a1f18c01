"""The pages: links lead somewhere, what is made from the code is current, and the picture says that it is simulated."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware import words
from firmware.enums import State
from firmware.session.machine import TABLE

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # docs is no package of the program
from docs import generate  # noqa: E402 - needs the line above
from docs.picture import demo_picture  # noqa: E402 - as above
from docs.states import state_diagram  # noqa: E402 - as above

PAGES = sorted(path for path in ROOT.rglob("*.md") if not path.relative_to(ROOT).parts[0].startswith((".", "build")))


def links(page: Path) -> Iterator[str]:
    """Give the targets of the links and pictures of a page, code left out."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(page: Path) -> set[str]:
    """Give what a link may name behind #: the headings as GitHub writes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_leads_somewhere(page: Path) -> None:
    """Files and headings inside the repository; what is outside is not asked for here."""
    for link in links(page):
        if re.match(r"(https?|mailto):", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"


def test_the_architecture_page_is_current() -> None:
    """The rooms and the states are those of the code; `make docs` writes them."""
    assert generate.ARCHITECTURE.read_text(encoding="utf-8") == generate.architecture()


def test_every_state_and_every_move_is_in_the_diagram() -> None:
    """No state without an arrow that leads to it, and none without one that leads away."""
    arrows = re.findall(r"^ +([\w\[\]*]+) --> (\w+) : ", state_diagram(), flags=re.MULTILINE)
    groups = {"lying", "stages"}
    leads_to = {there for _, there in arrows} | {"idle"}
    for state in {state for state, _ in TABLE}:
        assert {str(state)} & leads_to or state in _lying(), state
    assert {here for here, _ in arrows} <= {str(state) for state in State} | groups


def _lying() -> set[State]:
    inside = re.search(r"state lying \{(.*?)\n    \}", state_diagram(), flags=re.DOTALL)
    assert inside is not None
    return {State(word) for word in re.findall(r"^\s+(\w+)$", inside[1], flags=re.MULTILINE)}


def test_the_picture_of_the_demo_says_what_it_is() -> None:
    """Simulated, in the picture and in its title; nothing is fetched from elsewhere to show it."""
    for text in (generate.PICTURE.read_text(encoding="utf-8"), demo_picture()):
        assert "SIMULATED" in text
        assert "simulated&#160;session" in text
        assert text.count("http") == text.count("http://www.w3.org/2000/svg")


def test_the_readme_has_the_two_commands() -> None:
    """Both are there as lines of their own, and the Makefile knows them."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    for command in ("make demo", "make test"):
        assert f"    {command}" in lines
        done = subprocess.run(["make", "-n", command.split()[1]], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_disclaimer_is_that_of_the_program() -> None:
    """Word for word, but for the line that points to the section it stands in."""
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    told = words.DISCLAIMER.replace('Read "Before you use it". ', "")
    assert told in readme
    for sentence in words.BEFORE_YOU_USE_IT:
        assert sentence in readme

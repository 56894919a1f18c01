"""The pages: links resolve, generated parts are current, and the picture is labelled as simulated."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware import words
from firmware.enums import State
from firmware.session.transitions import TABLE

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # docs is no package of the program
from docs import generate  # noqa: E402 - needs the line above
from docs.picture import demo_picture  # noqa: E402 - as above
from docs.states import state_diagram  # noqa: E402 - as above

PAGES = sorted(path for path in ROOT.rglob("*.md") if not path.relative_to(ROOT).parts[0].startswith((".", "build")))


def links(page: Path) -> Iterator[str]:
    """Yield the targets of the links and pictures of a page, code excluded."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: its headings in the form that GitHub uses."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_resolves(page: Path) -> None:
    """Files and headings inside the repository; addresses outside are not fetched."""
    for link in links(page):
        if re.match(r"(https?|mailto):", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"


def test_the_architecture_page_has_every_room_in_the_order_of_the_contracts() -> None:
    """A new room needs a row that says what belongs there; a removed room must not keep one."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = {tuple(one.get("containers", ())): one["layers"] for one in contracts["contracts"] if "layers" in one}
    inside = [room.strip(" ()") for layer in layers["firmware",] for room in layer.split("|")]
    rooms = [f"firmware.{room}" for room in inside if _exists(ROOT / "firmware" / room) and room != "__main__"]
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \**([a-z_.]+)\** \|", page, flags=re.MULTILINE)
    houses = {"firmware": rooms}
    expected = [room for house in layers[()] for room in houses.get(house, [house])]
    assert rows == ["room", "tests", *expected]


def _exists(room: Path) -> bool:
    return room.is_dir() or room.with_suffix(".py").exists()


def test_the_session_page_is_current() -> None:
    """The diagram and the table are those of the code; `make docs` writes them."""
    assert generate.SESSION.read_text(encoding="utf-8") == generate.session()


def test_every_state_and_every_transition_is_in_the_diagram() -> None:
    """Every state can be reached and left."""
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


def test_the_picture_of_the_demo_is_labelled() -> None:
    """Simulated, in the picture and in its title; nothing is fetched to show it."""
    for text in (generate.PICTURE.read_text(encoding="utf-8"), demo_picture()):
        assert "SIMULATED" in text
        assert "a simulated session" in text
        assert text.count("http") == text.count("http://www.w3.org/2000/svg")


def test_the_readme_has_the_two_commands() -> None:
    """Both are lines of their own and targets of the Makefile."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    for command in ("make demo", "make test"):
        assert f"    {command}" in lines
        done = subprocess.run(["make", "-n", command.split()[1]], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_disclaimer_is_that_of_the_program() -> None:
    """Word for word, except for the line that points to this section."""
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    disclaimer = words.DISCLAIMER.replace('Read "Before you use it". ', "")
    assert disclaimer in readme
    for sentence in words.BEFORE_YOU_USE_IT:
        assert sentence in readme

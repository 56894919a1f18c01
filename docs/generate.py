"""Regenerates everything in docs that is made from tables: python -m docs.generate.

Pages that have a test of their freshness are written as a whole; in architecture.md only what stands between marks.
"""

import ast
import tomllib
from collections.abc import Callable
from pathlib import Path

from docs import configuration_page
from docs.picture import demo_picture
from docs.states import state_diagram, state_table
from firmware.mqtt import reference
from tests import requirements

DOCS = Path(__file__).parent
ROOT = DOCS.parent
ARCHITECTURE = DOCS / "architecture.md"


def rooms() -> str:
    """Give the rooms of the house with their arrows, from the contracts of import-linter and the docstrings."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [contract for contract in contracts if contract["type"] == "layers"]
    folders = {prefix: contract["layers"] for contract in layers for prefix in contract.get("containers", [""])}
    lines = ["| room | what it is |", "|---|---|"]
    for house in folders[""]:
        lines.append(f"| **{house}** | {_says(ROOT / house)} |")
        rooms = [name.strip(" ()") for layer in folders.get(house, []) for name in layer.split("|")]
        paths = [(name, ROOT / house / name) for name in rooms if not name.startswith("__")]
        lines += [f"| {house}.{name} | {_says(path)} |" for name, path in paths if _file(path).exists()]
    return "\n".join(lines)


def _file(path: Path) -> Path:
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _says(path: Path) -> str:
    """Give the first line of a module's docstring."""
    told = ast.get_docstring(ast.parse(_file(path).read_text(encoding="utf-8"))) or ""
    return told.partition("\n")[0]


BLOCKS: dict[str, Callable[[], str]] = {"rooms": rooms, "state diagram": state_diagram, "state table": state_table}


def architecture() -> str:
    """Give architecture.md with the parts between `<!-- made: NAME -->` and `<!-- end -->` made anew."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    for name, make in BLOCKS.items():
        begin, end = f"<!-- made: {name} -->\n", "<!-- end -->"
        if text.count(begin) != 1:
            raise ValueError(f"{ARCHITECTURE.name}: {begin.strip()} stands there {text.count(begin)} times, not once")
        before, _, behind = text.partition(begin)
        text = f"{before}{begin}{make()}\n{end}{behind.partition(end)[2]}"
    return text


PAGES: dict[str, Callable[[], str]] = {
    "architecture.md": architecture,
    "configuration.md": configuration_page.page,
    "mqtt.md": reference.page,
    "requirements.md": requirements.page,
}
PICTURE = DOCS / "demo.svg"


def main() -> None:
    """Write all of it."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
    PICTURE.write_text(demo_picture(), encoding="utf-8")


if __name__ == "__main__":
    main()

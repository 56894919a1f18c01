"""Every sentence has a reader in the product: a table that nothing shows is a promise that nobody hears."""

import ast
from pathlib import Path
from types import ModuleType

import pytest

from firmware import words
from firmware.storage.journal import ASKED
from firmware.words import journal

FIRMWARE = Path(words.__file__).parents[1]


def names(module: ModuleType) -> list[str]:
    """Return the tables of a module."""
    return [name for name in vars(module) if name.isupper()]


def read_names() -> dict[str, set[str]]:
    """Return which attributes of each module of words the product uses, by what it imports them as."""
    found: dict[str, set[str]] = {"words": set(), "journal_words": set()}
    for path in FIRMWARE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in found:
                found[node.value.id].add(node.attr)
            if isinstance(node, ast.ImportFrom) and node.module == "firmware.words":
                found["words"] |= {one.name for one in node.names}
    found["words"] |= _used_inside(words)
    return found


def _used_inside(module: ModuleType) -> set[str]:
    """Return the tables that another table of the module is made of."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


@pytest.mark.parametrize(("module", "known_as"), [(words, "words"), (journal, "journal_words")])
def test_each_table_of_sentences_is_read_by_the_product(module: ModuleType, known_as: str) -> None:
    """Used somewhere in firmware, or part of a table that is."""
    read = read_names()[known_as]
    unread = [name for name in names(module) if name not in read]
    assert names(module)
    assert unread == []


def test_every_question_of_the_journal_is_asked_in_words() -> None:
    """A question without a sentence is asked by its name; the names are plain enough."""
    asked = {name for phase in ASKED.values() for name in phase}
    assert set(journal.ASK) <= asked

"""The words that this repository avoids: code, docs, docstrings and tests use the field's own terms.

Sentences for the person on the mat (firmware/words) are free; this file needs the words itself.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KINDS = {".py", ".md", ".toml", ".mk", ".sh", ".service", ".conf", ".path", ".sysusers", ".tmpfiles", ".scad", ".csv"}
NAMED = {"Makefile", "run"}
FREE = ("firmware/words", "tests/unit/test_language.py")

# A pattern and what to write instead. Letters next to a word make another word; an underscore does not.
PRIVATE = {
    r"anew": "again, new",
    r"mend(s|ed|ing|able)?": "correct, repair, remedy",
    r"whoever": "the part that, the caller",
    r"some(body|one) who": "a person who",
    r"(is|are|was|were|be) begun": "starts, started",
    r"tells?|told|telling": "returns, reports, logs, shows, distinguishes",
    r"says? whether": "returns whether",
    r"who (lies|sits|stands) there": "the person",
    r'"""(give|say|take a hop)\b[^\n]*': "Return ...",
}


def files() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every file of the repository that people write."""
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if not path.is_file() or (path.suffix not in KINDS and path.name not in NAMED):
            continue
        hidden = [part for part in name.split("/") if part.startswith(".") and part != ".ci"]
        if hidden or name.startswith(("build/", *FREE)) or ".egg-info/" in name:
            continue
        yield name, path.read_text(encoding="utf-8")


def private(text: str) -> list[str]:
    """Return the avoided words of a text, each with its line number and what to write instead."""
    found = []
    for pattern, instead in PRIVATE.items():
        for match in re.finditer(rf"(?<![a-z])({pattern})(?![a-z])", text, re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"line {line}: {match[1]!r}, write: {instead}")
    return found


def test_the_repository_avoids_its_private_words() -> None:
    """Every file is read, and every use is listed with its line."""
    read = dict(files())
    assert len(read) > 300
    found = {name: uses for name, text in read.items() if (uses := private(text))}
    assert not found, "\n".join(f"{name}: {use}" for name, uses in found.items() for use in uses)


@pytest.mark.parametrize(
    "text",
    [
        "It is begun anew.",
        "what to do to mend it",
        "Whoever waits for it.",
        "somebody who lies still",
        "Load is told once the zero is known.",
        "it tells one from the other",
        "_told = 3",
        "Say whether the mat is empty.",
        '"""Give the level."""',
        "the weight of who lies there",
    ],
)
def test_a_private_word_is_found(text: str) -> None:
    """Each word of the list, in prose or in a name."""
    assert private(text)


@pytest.mark.parametrize("text", ["recommend", "amendment", "toldeck", "What is given", '"""Given two cells."""'])
def test_other_words_are_left_alone(text: str) -> None:
    """Letters around a word make another word."""
    assert private(text) == []

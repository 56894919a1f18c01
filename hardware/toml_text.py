"""TOML files as plain tables, with errors that name file and fix, and the suggestion for a misspelt name."""

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class TomlError(ValueError):
    """A file cannot be read or is not TOML; the text is one line that names it."""


def read_text(path: Path) -> str:
    """Return the text of a file. Raises TomlError when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TomlError(f"{path}: cannot be read ({error.strerror}): name a file that exists and is yours") from error
    except UnicodeDecodeError as error:
        raise TomlError(f"{path}: is not UTF-8 text (byte {error.start}): save it as UTF-8") from error


def parse(text: str, origin: str) -> dict[str, Any]:
    """Return the tables of a TOML text. Raises TomlError, which starts with origin."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"{origin}: is not TOML: {error}") from error


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt word most likely means; None when none is close."""
    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the end of an error about an unknown name: the one that was probably meant, or all that are known."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else f"known are {', '.join(known)}"

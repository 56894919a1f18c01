"""The one way in for TOML files: size, nesting, numbers and keys are checked before anything is read from the tables.

Errors name file and fix. Also here: the suggestion for a misspelt name.
"""

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

SIZE_MAX: Final = 128 * 1024  # bytes; the board file that ships has 16 KB
VALUES_MAX: Final = 2_000  # in all tables together; the board file has 500
DEPTH_MAX: Final = 16
DOTS_MAX: Final = 500  # in a line: the reader of the standard library takes quadratic time for a dotted key
WHOLE_MAX: Final = 1 << 53  # larger whole numbers do not survive a conversion to float
WORD_MAX: Final = 64  # characters of a name that are compared or shown


class TomlError(ValueError):
    """A file cannot be read or is not TOML; the text is one line that names it."""


def read_text(path: Path) -> str:
    """Return the text of a file. Raises TomlError when it is too large or cannot be read as UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_MAX + 1)
    except OSError as error:
        raise TomlError(f"{path}: cannot be read ({error.strerror}): name a file that exists and is yours") from error
    if len(data) > SIZE_MAX:
        raise TomlError(f"{path}: is larger than {SIZE_MAX // 1024} KB: name a file of this program")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TomlError(f"{path}: is not UTF-8 text (byte {error.start}): save it as UTF-8") from error


def parse_toml(text: str, origin: str) -> dict[str, Any]:
    """Return the tables of a TOML text. Raises TomlError, one line that starts with origin."""
    if len(text) > SIZE_MAX:
        raise TomlError(f"{origin}: is larger than {SIZE_MAX // 1024} KB: name a file of this program")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > DOTS_MAX:
            raise TomlError(f"{origin}: line {number} has more than {DOTS_MAX} dots: shorten it")
    try:
        tables = tomllib.loads(text)
        _check(tables, DEPTH_MAX)
    except RecursionError as error:
        raise TomlError(f"{origin}: is nested too deeply: {DEPTH_MAX} levels are the most") from error
    except ValueError as error:  # tomllib.TOMLDecodeError, and numbers with thousands of digits
        raise TomlError(f"{origin}: is not TOML: {shorten_word(str(error), 200)}") from error
    return tables


def _check(value: object, depth: int, left: int = VALUES_MAX) -> int:
    """Return how many values may still follow. Raises ValueError for too many, RecursionError below depth."""
    if depth < 0:
        raise RecursionError
    if left <= 0:
        raise ValueError(f"more than {VALUES_MAX} values")
    if isinstance(value, int) and abs(value) > WHOLE_MAX:
        raise ValueError("a whole number beyond 2^53")
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            left = _check(part, depth - 1, left)
    return left - 1


def shorten_word(text: str, most: int = WORD_MAX) -> str:
    """Return a text for an error line: printable, and at most so many characters."""
    shown = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(letter if letter.isprintable() else "?" for letter in shown)


def nearest_word(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt word most likely means; None when none is close."""
    if len(word) > WORD_MAX:
        return None
    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of an error about an unknown name: the one that was probably meant, or all that are known."""
    near = nearest_word(word, known)
    return f"did you mean {near}?" if near else f"known are {', '.join(known)}"

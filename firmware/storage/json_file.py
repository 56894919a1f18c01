"""The one way in for our JSON files: size, nesting, numbers and text are checked by msgspec against a type."""

from pathlib import Path
from typing import Final, TypeVar

import msgspec

SIZE_MAX: Final = 1 << 20  # bytes; 20 calibrations of 96 cells have 60 KB

T = TypeVar("T")


class NotReadableError(ValueError):
    """The file has not the form of its type; the text is the reason, without the path."""


def read(path: Path, kind: type[T]) -> T:
    """Return the content of a file as a kind. Raises OSError, and NotReadableError for wrong content."""
    with path.open("rb") as file:
        data = file.read(SIZE_MAX + 1)
    if len(data) > SIZE_MAX:
        raise NotReadableError(f"larger than {SIZE_MAX >> 20} MB")
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError as error:
        raise NotReadableError("nested too deeply") from error
    except ValueError as error:  # msgspec's errors, and what a constructor of the type rejects
        raise NotReadableError(str(error)) from error

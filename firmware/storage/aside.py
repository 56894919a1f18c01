"""Files that cannot be read are kept for inspection, in the folder `damaged` beside them; none is overwritten."""

from pathlib import Path
from typing import Final

DAMAGED_FOLDER: Final = "damaged"
FILES_MAX: Final = 5  # of each name; the oldest goes first


def move_aside(path: Path) -> Path:
    """Move a file to damaged/NAME-N.SUFFIX with the next number. Returns the new path. Raises OSError."""
    folder = path.parent / DAMAGED_FOLDER
    folder.mkdir(exist_ok=True)
    numbers = sorted(_number(found) for found in folder.glob(f"{path.stem}-*{path.suffix}"))
    target = folder / f"{path.stem}-{numbers[-1] + 1 if numbers else 1}{path.suffix}"
    path.replace(target)
    for number in numbers[: max(0, len(numbers) + 1 - FILES_MAX)]:
        (folder / f"{path.stem}-{number}{path.suffix}").unlink(missing_ok=True)
    return target


def _number(path: Path) -> int:
    number = path.stem.rpartition("-")[2]
    return int(number) if number.isdecimal() and len(number) < 9 else 0  # noqa: PLR2004 - a file of another program

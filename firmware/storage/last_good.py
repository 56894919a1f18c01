"""The last good value of a file that people edit while the mat runs."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class LastGood(Generic[T]):
    """The newest valid value. parse(text, origin) returns it or raises ValueError with one line for each error."""

    def __init__(self, value: T, parse: Callable[[str, str], T]) -> None:
        self.value = value
        self._parse = parse

    def update(self, text: str, origin: str) -> tuple[str, ...]:
        """Parse a new text. Returns its errors, none when it is now the value in use."""
        try:
            self.value = self._parse(text, origin)
        except ValueError as error:
            return tuple(str(error).splitlines())
        return ()

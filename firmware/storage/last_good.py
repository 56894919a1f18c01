"""A file that people edit while the mat runs: the last good one stays in force."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class LastGood(Generic[T]):
    """Holds what was read last without fault. read makes it of (text, origin) and raises ValueError, a line a fault."""

    def __init__(self, value: T, read: Callable[[str, str], T]) -> None:
        self.value = value
        self._read = read

    def offer(self, text: str, origin: str) -> tuple[str, ...]:
        """Take a new text, or tell every fault of it and stay with what is in force."""
        try:
            self.value = self._read(text, origin)
        except ValueError as error:
            return tuple(str(error).splitlines())
        return ()

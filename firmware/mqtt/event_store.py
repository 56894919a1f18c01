"""Where events survive power-off: the interface to the database, and the stand-in for a mat without one."""

from collections.abc import Callable, Sequence
from typing import Protocol

Row = tuple[int, str, bytes]
"""seq, topic below the root, payload."""

Key = tuple[int, str]
"""seq and topic."""


Kept = tuple[Sequence[Row], int, str | None, bytes | None]
"""What the last run left: unacknowledged events, oldest first; the newest seq ever; open session; last session."""


class EventStore(Protocol):
    """The journal of events, and which of them the broker has not acknowledged. Nothing but read and since blocks."""

    @property
    def working(self) -> bool:
        """Whether what is added will be stored soon."""
        ...

    def read(self, most: int) -> Kept:
        """Return what the last run left: the newest pending events, at most so many."""
        ...

    def add(self, key: Key, payload: Callable[[], bytes], done: Callable[[], None]) -> None:
        """Store an event as pending, later and in another thread; done is called there once it is stored."""
        ...

    def remove(self, keys: Sequence[Key]) -> None:
        """Messages are no longer pending."""
        ...

    def note_session(self, session_id: str | None) -> None:
        """Store the id of the open session."""
        ...

    def since(self, seq: int, most: int) -> tuple[list[Row], int]:
        """Return the oldest events of the journal after a seq, and the seq of its first event; may take a moment."""
        ...


class NoStore:
    """Events live in memory only."""

    working = False

    def read(self, _most: int) -> Kept:
        """Nothing was left."""
        return (), 0, None, None

    def add(self, _key: Key, _payload: Callable[[], bytes], _done: Callable[[], None]) -> None:
        """Store nothing."""

    def remove(self, _keys: Sequence[Key]) -> None:
        """Nothing was stored."""

    def note_session(self, _session_id: str | None) -> None:
        """Store nothing."""

    def since(self, _seq: int, _most: int) -> tuple[list[Row], int]:
        """There is no journal."""
        return [], 0

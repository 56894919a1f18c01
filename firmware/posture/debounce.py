"""Debounce: a condition counts only when it has been true for so many hops in a row."""

from dataclasses import dataclass

from firmware.signal.frontend import HOP_S


@dataclass(slots=True)
class Debounce:
    """hops is for how many hops in a row the condition has been true."""

    needed: int
    hops: int = 0

    def step(self, *, true: bool) -> bool:
        """Return whether the condition has been true for long enough, this hop included."""
        self.hops = self.hops + 1 if true else 0
        return self.hops >= self.needed

    def reset(self) -> None:
        """Start counting from zero."""
        self.hops = 0


def debounce(seconds: float) -> Debounce:
    """Return a Debounce of so many seconds, of one hop at least."""
    return Debounce(max(1, round(seconds / HOP_S)))

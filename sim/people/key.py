"""The key in the person's hand: its edges come with the frames of their time."""

from typing import TYPE_CHECKING

from firmware.frames import ButtonEdge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firmware.frames import Frames
    from firmware.ports import Source
    from sim.people.scene import KeyPress


class KeyPressSource:
    """A firmware.ports.Source around another one that also presses the key."""

    def __init__(
        self, source: "Source", presses: "Iterable[KeyPress]", press: "Callable[[ButtonEdge], None]", start_ns: int = 0
    ) -> None:
        """Prepare the edges; press takes each one. start_ns is the time stamp of the beginning of the story."""
        self._source, self._press = source, press
        self._edges = [
            ButtonEdge(start_ns + round(at_s * 1e9), down)
            for one in presses
            for at_s, down in ((one.down_s, True), (one.up_s, False))
        ]

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block, after the edges that belong to it. Raises EOFError as the source does."""
        frames = self._source.read(timeout_s)
        while frames is not None and len(frames) and self._edges and self._edges[0].t_ns <= frames.t_ns[-1]:
            self._press(self._edges.pop(0))
        return frames

    def close(self) -> None:
        """Close the source."""
        self._source.close()

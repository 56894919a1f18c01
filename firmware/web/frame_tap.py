"""The frames of the running mat for a second reader: a calibration reads what the loop reads, which never waits."""

import queue
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from firmware.frames import Frames

BLOCKS_MOST: Final = 4096


class FaultySource(Protocol):
    """A source that knows what is wrong with it."""

    @property
    def fault(self) -> str | None:
        """What is wrong, None if nothing is."""
        ...

    @property
    def frames_dropped(self) -> int | None:
        """Frames that were read and lost on the way; None where that is not counted."""
        ...

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block."""
        ...

    def close(self) -> None:
        """Release everything."""
        ...


class FrameTap:
    """A firmware.ports.Source around another one; branch() gives a second reader the same blocks from now on."""

    def __init__(self, source: FaultySource) -> None:
        self._source = source
        self._branch: Branch | None = None

    @property
    def fault(self) -> str | None:
        """What is wrong with the source."""
        return self._source.fault

    @property
    def frames_dropped(self) -> int | None:
        """Frames that the source lost."""
        return self._source.frames_dropped

    @property
    def waiting(self) -> int:
        """How many blocks wait for the second reader."""
        return 0 if self._branch is None else self._branch.waiting

    def branch(self) -> "Branch":
        """Return a source with every block from now on, in place of an earlier one."""
        self._branch = made = Branch()
        return made

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block, and pass it to the branch."""
        frames = self._source.read(timeout_s)
        if frames is not None and self._branch is not None and not self._branch.take(frames):
            self._branch = None
        return frames

    def close(self) -> None:
        """Close the source and end the branch."""
        if self._branch is not None:
            self._branch.close()
        self._source.close()


class Branch:
    """A firmware.ports.Source of the blocks of a tap."""

    def __init__(self) -> None:
        self._blocks: queue.Queue[Frames] = queue.Queue(BLOCKS_MOST)
        self._closed = False

    def take(self, frames: "Frames") -> bool:
        """Take a block; return whether more are wanted. A reader that is too slow for the mat is given up."""
        try:
            self._blocks.put_nowait(frames)
        except queue.Full:
            self._closed = True
        return not self._closed

    def read(self, timeout_s: float) -> "Frames | None":
        """Return the next block; None when none comes in time. Raises EOFError at the end."""
        try:
            return self._blocks.get(timeout=timeout_s)
        except queue.Empty:
            if self._closed:
                raise EOFError from None
            return None

    @property
    def waiting(self) -> int:
        """How many blocks wait for the reader."""
        return self._blocks.qsize()

    def close(self) -> None:
        """Want no more."""
        self._closed = True

"""The process that clocks the chips and does nothing else: `python -m firmware.drivers.sampler FD PARENT BACKEND`.

In one process with the rest, a busy Python thread would hold the interpreter's lock for milliseconds in the middle of
a clock pulse, and the chips would switch themselves off. So this one has a single thread, no garbage collector, and,
where the system allows it, real-time priority and locked memory. It never waits for its reader: a frame that finds
the pipe full is counted and dropped. It ends with its parent, and when the lines went away: the next one may find them
again. The board comes as TOML on standard input.
"""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from firmware.drivers.factory import Wires, open_wires
from firmware.drivers.readout import Readout
from firmware.drivers.records import Handshake, Writer, error_line
from firmware.errors import AcumatError
from hardware import board as boards
from hardware.board import Board, BoardError

PRIORITY: Final = 50  # of 1..99 for SCHED_FIFO: above ordinary work, below the kernel's own threads of that kind
READ_S: Final = 0.5
LINES_GONE: Final = 69  # exit code: EX_UNAVAILABLE of sysexits.h
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_MCL_CURRENT_AND_FUTURE: Final = 3  # sys/mman.h

Opener = Callable[[Board, str], Wires]


class Memory(Protocol):
    """The C library, as far as it locks memory."""

    def mlockall(self, flags: int, /) -> int:
        """Lock; 0 when it was allowed."""
        ...


def take_realtime(schedule: Callable[[int, int, os.sched_param], None] = os.sched_setscheduler) -> bool:
    """Ask for real-time priority; False when the system does not allow it."""
    try:
        schedule(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        return False
    return True


def lock_memory(library: Memory | None = None) -> bool:
    """Ask that no page of this process is swapped out; False when the system does not allow it."""
    return not (library or ctypes.CDLL(None)).mlockall(_MCL_CURRENT_AND_FUTURE)


def die_with_parent(parent: int) -> bool:
    """Have the kernel end this process when its parent ends; False when the parent has ended already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent


class Sampler:
    """Frames from wires into a pipe until it is told to stop, or nobody holds the other end."""

    def __init__(self, board: Board, wires: Wires, pipe: int) -> None:
        self._wires = wires
        self._reader = wires.reader(board, self._record_high)
        self._writer = Writer(len(board.cells))
        self._pipe = pipe
        self._high_ns = 0
        self.dropped = 0
        self.running = True
        self.gone = False

    def stop(self, *_: object) -> None:
        """Stop after the frame that is being read."""
        self.running = False

    def run(self) -> None:
        """Sample. Clock lines are low afterwards, lines given back; gone tells that they were lost."""
        os.set_blocking(self._pipe, False)
        try:
            while self.running:
                frame = self._reader.read_frame(READ_S)
                if frame is not None:
                    self._writer.pack(frame, self.dropped, self._high_ns)
                    self._send()
                if self._reader.gone:
                    self.gone, self.running = True, False
        finally:
            self._wires.lines.close()

    def _send(self) -> None:
        try:
            os.write(self._pipe, self._writer.bytes)
        except BlockingIOError:
            self.dropped += 1
        except BrokenPipeError:
            self.running = False
        else:
            self._high_ns = 0

    def _record_high(self, readout: Readout) -> None:
        self._high_ns = max(self._high_ns, *readout.high_ns)


def main(arguments: Sequence[str], opener: Opener = open_wires) -> int:
    """Run the process; opener takes the lines. Exit code: 0 told to stop, 1 could not begin, 69 lines gone."""
    pipe, parent, backend = int(arguments[0]), int(arguments[1]), arguments[2]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends this one in order
    if not die_with_parent(parent):
        return 1
    try:
        board = boards.loads(sys.stdin.read())
        wires = opener(board, backend)
    except (AcumatError, BoardError) as error:
        os.write(pipe, error_line(error))
        return 1
    sampler = Sampler(board, wires, pipe)
    signal.signal(signal.SIGTERM, sampler.stop)
    choice = wires.choice
    handshake = Handshake(choice.backend, choice.reason, realtime=take_realtime(), locked=lock_memory())
    os.write(pipe, handshake.line())
    gc.collect()
    gc.freeze()
    gc.disable()
    sampler.run()
    return LINES_GONE if sampler.gone else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

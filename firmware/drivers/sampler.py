"""The process that only clocks the chips: `python -m firmware.drivers.sampler FD PARENT BACKEND`.

In the process of the daemon a busy Python thread could hold the interpreter lock for milliseconds in the middle of a
clock pulse, and the chips would power down. This process has a single thread, no garbage collector, and, where the
system allows it, real-time priority and locked memory. It never waits for the daemon: a frame is dropped and counted
when the pipe is full. It ends with its parent, and when the lines are gone: the next one may open them again. The board
is passed as TOML on standard input.
"""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from firmware.drivers.factory import OpenLines, open_lines
from firmware.drivers.readout import Readout
from firmware.drivers.records import FrameWriter, Handshake, error_line
from firmware.errors import AcumatError
from hardware import board as boards
from hardware.board import Board, BoardError

PRIORITY: Final = 50  # of 1..99 for SCHED_FIFO: above ordinary work, below the kernel's own threads of that kind
READ_S: Final = 0.5
HUNG_S: Final = 5  # without a round of the loop: the parent acts after SILENT_S, this is for the one without a parent
LINES_GONE: Final = 69  # exit code: EX_UNAVAILABLE of sysexits.h
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_MCL_TOUCHED: Final = 7  # sys/mman.h: current and future pages, each only once it was touched (MCL_ONFAULT, Linux 4.4)

Opener = Callable[[Board, str], OpenLines]


class Memory(Protocol):
    """The part of the C library that locks memory."""

    def mlockall(self, flags: int, /) -> int:
        """Lock memory; 0 on success."""
        ...


def take_realtime(schedule: Callable[[int, int, os.sched_param], None] = os.sched_setscheduler) -> bool:
    """Request real-time priority; False when the system denies it."""
    try:
        schedule(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        return False
    return True


def lock_memory(library: Memory | None = None) -> bool:
    """Lock the memory of this process; False when the system denies it."""
    return not (library or ctypes.CDLL(None)).mlockall(_MCL_TOUCHED)


def die_with_parent(parent: int) -> bool:
    """Let the kernel end this process with its parent; False when the parent has already ended."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent


class Sampler:
    """Writes frames into a pipe until stop is called or the other end is closed. alive is called in every round."""

    def __init__(self, board: Board, wires: OpenLines, pipe: int, alive: Callable[[], object] = lambda: None) -> None:
        self._wires, self._alive = wires, alive
        self._reader = wires.reader(board, self._record_high)
        self._writer = FrameWriter(len(board.cells))
        self._pipe = pipe
        self._high_ns = 0
        self.dropped = 0
        self.running = True
        self.gone = False

    def stop(self, *_: object) -> None:
        """Stop after the present frame."""
        self.running = False

    def run(self) -> None:
        """Sample. Afterwards the clock lines are low and released; gone: the lines failed."""
        os.set_blocking(self._pipe, False)
        try:
            while self.running:
                self._alive()
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


def main(arguments: Sequence[str], opener: Opener = open_lines) -> int:
    """Run the process; opener opens the lines. Exit code: 0 stopped, 1 could not start, 69 lines gone."""
    pipe, parent, backend = int(arguments[0]), int(arguments[1]), arguments[2]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process
    if not die_with_parent(parent):
        return 1
    try:
        board = boards.parse_board(sys.stdin.read())
        wires = opener(board, backend)
    except (AcumatError, BoardError) as error:
        os.write(pipe, error_line(error))
        return 1
    # A hung process never comes to its handler of SIGTERM and would keep the lines; SIGALRM, without one, ends it.
    sampler = Sampler(board, wires, pipe, lambda: signal.alarm(HUNG_S))
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

"""The end of the sampler pipe in the daemon: reads frames, and restarts a sampler that hangs or dies."""

import contextlib
import logging
import os
import select
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware.clock import Clock, SystemClock
from firmware.drivers.factory import AUTO
from firmware.drivers.hx711 import GONE
from firmware.drivers.records import Handshake, read_handshake, record_format
from firmware.drivers.sampler import LINES_GONE
from firmware.errors import DriverError
from firmware.frames import Frames
from hardware.board import Board

COMMAND: Final = (sys.executable, "-m", "firmware.drivers.sampler")
HANDSHAKE_TIMEOUT_S: Final = 20.0  # Python takes seconds to load from a slow card
SILENT_S: Final = 2.0  # frames come at least every 0.15 s, even with silent chips: a longer gap means that it hangs
FIRST_PAUSE_S: Final = 0.5  # before a restart, doubled each time
LONGEST_PAUSE_S: Final = 30.0
SHOWN_S: Final = 10.0  # how long the reason of a restart is shown
STEADY_S: Final = 60.0  # after running this long the back-off is reset
END_S: Final = 2.0
STANDARD_ERROR: Final = 2  # so that output of a package does no harm
NEVER_NS: Final = 1 << 62
PIPE_READ: Final = 1 << 16

log = logging.getLogger(__name__)

Records = npt.NDArray[np.void]


def record_dtype(cells: int) -> np.dtype[np.void]:
    """Return records.record_format as a dtype: what struct packs, numpy reads in blocks."""
    heads = [("seq", "<i8"), ("t_ns", "<i8"), ("dropped", "<u4"), ("high_ns", "<u4")]
    made = np.dtype([*heads, ("counts", "<i4", (cells,)), ("status", "u1", (cells,))])
    assert made.itemsize == record_format(cells).size  # noqa: S101 - both sides of the pipe must agree
    return made


@dataclass(frozen=True, slots=True)
class SamplerHealth:
    """State of sampling. dropped frames were lost to a full pipe; longest_high_us is of a clock pulse since the start.

    handshake is of the present sampler, None while it starts; fault is why the last one ended.
    """

    handshake: Handshake | None
    restarts: int
    dropped: int
    longest_high_us: float
    fault: str


class SampledSource:
    """A firmware.ports.Source whose chips are read by a separate process.

    Create it in a thread that lives as long as it does: the sampler ends with the thread that started it. on_records,
    if set, is called with the records (n,) of every block, for measurements.
    """

    def __init__(
        self,
        board: Board,
        backend: str = AUTO,
        *,
        command: Sequence[str] = COMMAND,
        clock: Clock | None = None,
        handshake_timeout_s: float = HANDSHAKE_TIMEOUT_S,
    ) -> None:
        """Start the sampler and wait for its handshake, for handshake_timeout_s at most.

        Raises:
            DriverError: the sampler cannot open the lines, or the handshake timed out; the text has the reason.
        """
        self._board, self._backend, self._command = board, backend, tuple(command)
        self._clock = clock or SystemClock()
        self._handshake_timeout_s = handshake_timeout_s
        self.on_records: Callable[[Records], None] | None = None
        self._layout = record_dtype(len(board.cells))
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe = -1
        self._handshake: Handshake | None = None
        self._buffer = bytearray()
        self._seq = self._seq_shift = 0
        self._restarts = self._dropped_before = self._dropped = self._high_ns = 0
        self._fault = ""
        self._pause_s = FIRST_PAUSE_S
        self._started_ns = self._received_ns = self._start_ns = 0
        self._start()
        while self._handshake is None:
            self._receive(self._handshake_timeout_s)
            if self._process is None:
                raise DriverError(self._fault)

    @property
    def health(self) -> SamplerHealth:
        """Snapshot of the state and counters."""
        return SamplerHealth(self._handshake, self._restarts, self.frames_dropped, self._high_ns / 1000, self._fault)

    @property
    def frames_dropped(self) -> int:
        """Frames that samplers read and the pipe had no room for, since the start."""
        return self._dropped_before + self._dropped

    @property
    def fault(self) -> str | None:
        """Why there are no frames now, or were none a moment ago; None while a sampler works."""
        back = self._handshake is not None and self._clock.boottime_ns() - self._started_ns > SHOWN_S * 1e9
        return None if back or not self._fault else f"{self._fault}; it was started again {self._restarts} times"

    @property
    def pid(self) -> int | None:
        """Process id of the sampler; None while none runs."""
        return None if self._process is None else self._process.pid

    def read(self, timeout_s: float) -> Frames | None:
        """Return the received frames; None on timeout. Frames in a block have no gap.

        Raises:
            DriverError: a sampler ended, and the next one cannot open the lines; the text has both reasons.
        """
        until_ns = self._clock.boottime_ns() + round(timeout_s * 1e9)
        while True:
            frames = self._next_block()
            now_ns = self._clock.boottime_ns()
            left_s, pause_s = (until_ns - now_ns) / 1e9, (self._start_ns - now_ns) / 1e9
            if frames is not None or left_s <= 0:
                return frames
            if self._process is None:
                if pause_s > 0:
                    self._clock.sleep_s(min(left_s, pause_s))
                    continue
                self._restarts += 1
                self._start()
            self._receive(left_s)

    def close(self) -> None:
        """End the sampler, so that the clock lines are low and the lines released."""
        process, self._process = self._process, None
        self._handshake = None
        self._start_ns = NEVER_NS
        if process is not None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_S)
            self._reap(process)

    def _start(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        arguments = (*self._command, str(writing), str(os.getpid()), self._backend)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                arguments, stdin=subprocess.PIPE, stdout=STANDARD_ERROR, pass_fds=(writing,), bufsize=0
            )
        except OSError as error:
            os.close(reading)
            raise DriverError(f"the sampler cannot be started ({error}): see that {arguments[0]} is there") from error
        finally:
            os.close(writing)
        self._process, self._pipe = process, reading
        self._started_ns = self._received_ns = self._clock.boottime_ns()
        self._handshake = None
        self._buffer.clear()
        with contextlib.suppress(BrokenPipeError):  # it ended at once; the end of its pipe is detected later
            process.stdin.write(self._board.text.encode())  # type: ignore[union-attr]
            process.stdin.close()  # type: ignore[union-attr]

    def _receive(self, timeout_s: float) -> None:
        """Wait for data from the sampler, and check its liveness."""
        limit_s = SILENT_S if self._handshake else self._handshake_timeout_s
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        came = poll.poll(max(1, round(min(timeout_s, limit_s) * 1000)))
        now_ns = self._clock.boottime_ns()
        if not came:
            if now_ns - self._received_ns > limit_s * 1e9:
                self._fail(f"the sampler was silent for {limit_s:g} s")
            return
        self._received_ns = now_ns
        part = os.read(self._pipe, PIPE_READ)
        if not part:
            self._fail(GONE if self._exit_code() == LINES_GONE else "the sampler ended by itself")
            return
        self._buffer += part
        if self._handshake is None and b"\n" in self._buffer:
            line, _, rest = bytes(self._buffer).partition(b"\n")
            try:
                self._handshake = read_handshake(line)
            except DriverError as error:
                fault = self._fault
                self._fail(str(error))
                raise DriverError(f"{fault}; then: {error}" if fault else str(error)) from None
            self._buffer[:] = rest
            self._seq_shift = self._seq
            rights = "with" if self._handshake.realtime and self._handshake.locked else "without"
            log.info("cells by %s, %s real-time rights: %s", self._handshake.backend, rights, self._handshake.reason)
            if self._fault:
                log.warning("%s; sampling continues", self._fault)

    def _next_block(self) -> Frames | None:
        """Decode the buffer into a block, up to the first gap."""
        count = len(self._buffer) // self._layout.itemsize if self._handshake else 0
        if not count:
            return None
        records = np.frombuffer(bytes(self._buffer[: count * self._layout.itemsize]), self._layout)
        gaps = np.flatnonzero(np.diff(records["seq"]) != 1)
        if len(gaps):
            records = records[: gaps[0] + 1]
        del self._buffer[: len(records) * self._layout.itemsize]
        if self.on_records is not None:
            self.on_records(records)
        self._dropped = int(records["dropped"][-1])
        self._high_ns = max(self._high_ns, int(records["high_ns"].max()))
        seq = self._seq_shift + int(records["seq"][0])
        self._seq = seq + len(records)
        if self._clock.boottime_ns() - self._started_ns > STEADY_S * 1e9:
            self._pause_s = FIRST_PAUSE_S
        return Frames(seq, records["t_ns"].copy(), records["counts"].copy(), records["status"].copy())

    def _fail(self, fault: str) -> None:
        """Reap a sampler and schedule the start of the next one."""
        process, self._process = self._process, None
        self._fault = fault
        self._handshake = None
        self._dropped_before += self._dropped
        self._dropped = 0
        if process is not None:
            self._reap(process)
        self._start_ns = self._clock.boottime_ns() + round(self._pause_s * 1e9)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _exit_code(self) -> int | None:
        """Exit code of a sampler whose pipe has ended; None when it does not exit in time."""
        assert self._process is not None  # noqa: S101 - a pipe exists only with a process
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(END_S)
        return None

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        os.close(self._pipe)

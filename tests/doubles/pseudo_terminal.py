"""A program in a pseudo terminal of 80 x 24: everything that it writes to a person."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Sequence
from typing import Final, Self

HIDE_CURSOR: Final = "\x1b[?25l"
SHOW_CURSOR: Final = "\x1b[?25h"
SILENCE_S: Final = 60.0  # a program that writes nothing for so long is ended


class PseudoTerminal:
    """Runs one program; use it as a context, which ends the program."""

    def __init__(self, command: Sequence[str]) -> None:
        self.text = ""
        self._screen, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        colours = ("NO_COLOR", "COLUMNS", "LINES")
        environment = {name: value for name, value in os.environ.items() if name not in colours}
        environment |= {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self._program = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env=environment)
        os.close(end)

    def read_until(self, text: str) -> None:
        """Read until a text was written. Raises EOFError when the program ends before, TimeoutError in silence."""
        while text not in self.text:
            if not self._read():
                raise EOFError(f"{text!r} was never written: {self.text[-200:]!r}")

    def interrupt(self) -> None:
        """Send what Ctrl-C sends."""
        self._program.send_signal(signal.SIGINT)

    def wait(self) -> int:
        """Read until the program ends; return its exit code."""
        while self._read():
            pass
        return self._program.wait(SILENCE_S)

    @property
    def cursor_shown(self) -> bool:
        """Whether the terminal shows its cursor after all that was written."""
        return self.text.rfind(SHOW_CURSOR) >= self.text.rfind(HIDE_CURSOR)

    def _read(self) -> bool:
        if not select.select([self._screen], [], [], SILENCE_S)[0]:
            raise TimeoutError(f"nothing was written for {SILENCE_S:g} s: {self.text[-200:]!r}")
        try:
            part = os.read(self._screen, 65536)
        except OSError:  # Linux: the other end was closed
            return False
        self.text += part.decode(errors="replace")
        return bool(part)

    def __enter__(self) -> Self:
        """Return the terminal."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the program if it still runs."""
        self._program.kill()
        self._program.wait(SILENCE_S)
        os.close(self._screen)

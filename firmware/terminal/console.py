"""Standard output for people and programs, and what happens when its reader goes away."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console


class Terminal(Console):
    """A console that raises BrokenPipeError as print does, instead of ending the program with an exit code of 1."""

    def on_broken_pipe(self) -> NoReturn:
        """Leave the end of the program to tolerate_closed_pipe."""
        self.quiet = True
        raise BrokenPipeError


@contextmanager
def tolerate_closed_pipe() -> Iterator[None]:
    """End with exit code 0 when the reader of standard output goes away, as in `| head -1`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The rest of the buffer would be flushed at exit, and fail again.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        raise SystemExit(0) from None

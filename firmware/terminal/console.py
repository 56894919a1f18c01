"""Where words for people and lines for programs go, and what happens when whoever read them goes away."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console


class Terminal(Console):
    """A console that raises BrokenPipeError as print does, instead of ending the program with an exit code of 1."""

    def on_broken_pipe(self) -> NoReturn:
        """Leave the end of the program to reader_may_leave."""
        self.quiet = True
        raise BrokenPipeError


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """End with exit code 0 when the reader of standard output goes away, as in `| head -1`: it has what it wanted."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would be flushed at exit, and fail again.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        raise SystemExit(0) from None

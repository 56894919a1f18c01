"""Standard output for people."""

from typing import NoReturn

from rich.console import Console


class Terminal(Console):
    """A console that raises BrokenPipeError as print does, instead of ending the program with an exit code of 1."""

    def on_broken_pipe(self) -> NoReturn:
        """Leave the end of the program to closed_pipe.tolerate_closed_pipe."""
        self.quiet = True
        raise BrokenPipeError

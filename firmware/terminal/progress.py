"""A bar for work that takes longer than a moment, on standard error, where that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

BAR = 30


@contextmanager
def progress_bar(what: str, console: Console | None = None) -> Iterator[Callable[[float], None]]:
    """Show a bar while the context lasts; yields a function that takes the share that is done, 0 to 1."""
    console = console or Console(stderr=True)
    columns = TextColumn(what), BarColumn(BAR, complete_style="blue", finished_style="bright_blue")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)

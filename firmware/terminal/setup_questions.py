"""The questions of `acumat setup` in a terminal."""

from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

BACK: Final = "<"
LEFT: Final = "\nStopped. What was answered is kept: `acumat setup` goes on from there."


class SetupQuestions:
    """Asks on a terminal; BACK as the answer is the way back."""

    def __init__(self, console: "Console") -> None:
        self._console = console

    def begin(self, number: int, count: int, title: str, text: str) -> None:
        """Show the number and title of a step, and what it is about."""
        self._console.print(Text(f"\n{number} of {count}  {title}", "bold"))
        self._console.print(Text(text))

    def ask(self, what: str, default: str, *, hidden: bool = False) -> str | None:
        """Return the answer, the default for an empty one, None for the way back."""
        shown = f"[{default}]" if default else ""
        try:
            answer = str(
                click.prompt(
                    f"{what} ({BACK} goes back) {shown}".rstrip(), default=default, hide_input=hidden,
                    show_default=False, prompt_suffix=": ",
                )
            )  # fmt: skip
        except click.Abort:
            click.echo(LEFT, err=True)
            raise
        return None if answer.strip() == BACK else answer

    def show(self, text: str) -> None:
        """Show a result."""
        self._console.print(Text(text))

"""How a procedure reports to the person who carries it out; terminal and page implement it."""

from typing import Protocol


class ProcedurePrompt(Protocol):
    """Shows the current instruction of a procedure."""

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Show what to do now, why it does not count yet (empty: nothing to add), and how much is done, 0 to 1."""
        ...

"""A command run on a plan alone, as the dispatcher runs it."""

from typing import TYPE_CHECKING, cast

from firmware.commands import COMMANDS, CommandContext

if TYPE_CHECKING:
    from firmware.core import MatCore
    from firmware.programme.plan import Plan, Today


def apply(plan: "Plan", name: str, value: object, today: "Today | None") -> None:
    """Run a command of the plan. Raises ValueError as its row does."""
    row = COMMANDS[name]
    row.run(CommandContext(cast("MatCore", None), plan, today), row.value.parse(value))

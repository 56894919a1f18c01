"""Types of words on a command line."""

from math import isfinite

import click


class Between(click.FloatRange):
    """A range of finite numbers; nan would pass every comparison of click's own range."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the text of an option as a number."""
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value} is not a number; give one like 7.5", param, ctx)
        return number

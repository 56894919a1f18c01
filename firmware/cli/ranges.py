"""Numbers on the command line: within bounds, and numbers."""

from math import isfinite

import click


class Between(click.FloatRange):
    """A range that refuses what is no number: of nan no comparison says that it is out of bounds."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Take the text of an option."""
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value} is no number; give one like 7.5", param, ctx)
        return number

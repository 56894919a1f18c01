"""Types of words on a command line, and the option that every live view has."""

from collections.abc import Callable
from math import isfinite

import click


class FiniteRange(click.FloatRange):
    """A range of finite numbers; nan would pass every comparison of click's own range."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the text of an option as a number."""
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value} is not a number; give one like 7.5", param, ctx)
        return number


def _is_cells(_ctx: click.Context, _option: click.Parameter, value: str) -> bool:
    return value == "cells"


def map_option(function: Callable[..., object]) -> Callable[..., object]:
    """Add --map to a verb; its parameter cells_map is true for flat cells."""
    return click.option(
        "--map",
        "cells_map",
        type=click.Choice(["smooth", "cells"]),
        default="smooth",
        show_default=True,
        callback=_is_cells,
        help="The body with a guess between the cells, or the cells alone.",
    )(function)

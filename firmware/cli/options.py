"""Options that several verbs share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

type_path = click.Path(path_type=Path)
Verb = Callable[..., object]


def config_option(function: Verb) -> Verb:
    """Add --config to a verb."""
    return click.option("--config", "config_file", type=type_path, help="Settings file; without it the defaults.")(
        function
    )


def _is_cells(_ctx: click.Context, _option: click.Parameter, value: str) -> Any:  # noqa: ANN401 - click's signature
    return value == "cells"


def map_option(function: Verb) -> Verb:
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

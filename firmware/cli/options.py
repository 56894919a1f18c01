"""Options that several verbs share."""

from collections.abc import Callable
from pathlib import Path

import click

type_path = click.Path(path_type=Path)


def config_option(function: Callable[..., object]) -> Callable[..., object]:
    """Add --config to a verb."""
    return click.option("--config", "config_file", type=type_path, help="Settings file; without it the defaults.")(
        function
    )

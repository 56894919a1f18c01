"""Options that several verbs share."""

from collections.abc import Callable
from pathlib import Path

import click

type_path = click.Path(path_type=Path)
Verb = Callable[..., object]


def config_option(function: Verb) -> Verb:
    """Add --config to a verb."""
    return click.option("--config", "config_file", type=type_path, help="Settings file; without it the defaults.")(
        function
    )

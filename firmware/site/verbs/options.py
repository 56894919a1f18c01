"""What several verbs share: the settings file, and errors of the database as one line."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
import psycopg

from firmware.errors import StorageError
from firmware.site.settings import DEFAULT_FILE, load_site

Given = ParamSpec("Given")
Result = TypeVar("Result")


def with_settings(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add --config to a verb, and give it the settings."""

    @functools.wraps(function)
    def run(config_file: Path, **given: object) -> Result:
        try:
            return function(settings=load_site(config_file), **given)
        except psycopg.Error as error:
            raise StorageError(f"database: {str(error).strip()}") from error

    return click.option(
        "--config", "config_file", type=click.Path(path_type=Path), default=DEFAULT_FILE, help="Settings of the site."
    )(run)

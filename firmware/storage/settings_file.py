"""The settings file as a program changes it: single keys of a section. Comments and all other keys stay."""

from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from firmware import config
from firmware.errors import ConfigError
from firmware.storage.atomic_write import atomic_write

SettingValue = str | bool | float | list[float] | None


def change_settings(path: Path, section: str, values: Mapping[str, SettingValue]) -> config.Settings:
    """Set keys of a section and return the new settings; None removes a key.

    Raises:
        ConfigError: the file, or what it would become, is not legal; nothing was changed.
    """
    try:
        document = tomlkit.parse(path.read_text("utf-8") if path.exists() else "")
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ConfigError(f"{path}: cannot be changed ({error}): correct it, then try again") from error
    table = document.setdefault(section, tomlkit.table())
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: {section} must be a section: write [{section}] on a line of its own")
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    text = tomlkit.dumps(document)
    trial = path.with_name(f".{path.name}")
    try:
        settings = config.load_settings(atomic_write(trial, text))
    except ConfigError as error:
        raise ConfigError(str(error).replace(str(trial), str(path))) from error
    finally:
        trial.unlink(missing_ok=True)
    atomic_write(path, text)
    return settings

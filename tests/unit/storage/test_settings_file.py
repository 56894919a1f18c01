"""The settings file as a program changes it: the owner's comments and keys stay, and nothing illegal is written."""

from pathlib import Path

import pytest

from firmware import config
from firmware.errors import ConfigError
from firmware.storage.settings_file import change_settings

OWN = """# my mat
[session]
goal_min = 12.0   # as I like it

[mqtt]
# the old broker
enabled = false
host = "old.lan"
"""


def test_only_the_named_keys_change(tmp_path: Path) -> None:
    """Comments, order and other sections are as before; a missing key and a missing section are added."""
    path = tmp_path / "acumat.toml"
    path.write_text(OWN)
    settings = change_settings(path, "mqtt", {"enabled": True, "host": "new.lan", "port": 8883})
    assert (settings.mqtt.host, settings.mqtt.port, settings.session.goal_min) == ("new.lan", 8883, 12.0)
    assert path.read_text().startswith(OWN.replace("enabled = false", "enabled = true").replace("old.lan", "new.lan"))
    assert change_settings(path, "device", {"id": "mat-2"}) == config.load_settings(path)
    assert "as I like it" in path.read_text()
    assert list(tmp_path.iterdir()) == [path]


def test_none_removes_a_key(tmp_path: Path) -> None:
    """Then the default applies."""
    path = tmp_path / "acumat.toml"
    path.write_text(OWN)
    assert change_settings(path, "mqtt", {"host": None, "port": None}).mqtt.host == "localhost"


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    """With the one section."""
    path = tmp_path / "acumat.toml"
    assert change_settings(path, "session", {"goal_min": 20.0}).session.goal_min == 20.0
    assert path.read_text() == "[session]\ngoal_min = 20.0\n"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (OWN, {"port": 0}), (OWN, {"nonsense": 1.0}), (OWN, {"username": None, "password_file": "p"}),
        ("mqtt = 3\n", {"port": 1883}), ("[mqtt\n", {"port": 1883}),
    ],
)  # fmt: skip
def test_what_is_not_legal_changes_nothing(tmp_path: Path, text: str, values: dict[str, str | float | None]) -> None:
    """The error names the file of the person, not the trial."""
    path = tmp_path / "acumat.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=str(path)):
        change_settings(path, "mqtt", values)
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]

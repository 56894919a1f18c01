"""The settings file: legal values, and the errors for all others."""

import dataclasses
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs import configuration_page
from firmware.config import SECTIONS, Mqtt, Outputs, Session, Settings, load_settings
from firmware.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def written(folder: Path, text: str) -> Path:
    path = folder / "acumat.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> list[str]:
    """Load a wrong file and give the lines of the refusal, without the file name that each must start with."""
    path = written(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def attempt(path: Path) -> Settings | ConfigError:
    try:
        return load_settings(path)
    except ConfigError as error:
        return error


def test_no_file_and_an_empty_file_both_give_the_defaults(tmp_path: Path) -> None:
    """A settings file is optional."""
    assert load_settings(None) == load_settings(written(tmp_path, "")) == Settings()
    assert load_settings(None).mqtt.enabled is False


def test_every_option_is_read_from_the_file(tmp_path: Path) -> None:
    """A person sets everything; nothing is left at its default."""
    settings = load_settings(
        written(
            tmp_path,
            """
            [device]
            id = "attic"
            name = "Mat under the roof"
            [board]
            file = "boards/mine.toml"
            [cells]
            backend = "gpiochip:/dev/gpiochip4"
            [session]
            goal_min = 7
            lumbar_hint = true
            programme_file = "programme.toml"
            [presence]
            on_delay_s = 1.5
            off_delay_s = 30
            [mqtt]
            enabled = true
            host = "192.168.1.9"
            port = 8883
            username = "mat"
            password_file = "/run/secret"
            tls = true
            tls_ca_file = "ca.pem"
            tls_cert_file = "mat.pem"
            tls_key_file = "mat.key"
            root = "home/mat"
            discovery = false
            discovery_prefix = "ha"
            birth_topic = "ha/status"
            share_pain = true
            share_person = true
            [storage]
            state_dir = "state"
            traces_kept = 50
            [outputs]
            brightness = 0.25
            volume = 0
            loudness = [0.1, 0.2, 0.4, 0.8]
            pacer_sound = true
            hardware_pwm = "red=pwmchip0:1"
            cue_file = "cues.toml"
            night_start = "21:30"
            night_end = "06:00"
            [web]
            enabled = true
            address = "0.0.0.0"
            port = 80
            names = "mat.home"
            """,
        )
    )
    for name in SECTIONS:
        given_, default = getattr(settings, name), getattr(Settings(), name)
        for item in dataclasses.fields(given_):
            assert getattr(given_, item.name) != getattr(default, item.name), f"{name}.{item.name}"
    assert settings.board.file == tmp_path / "boards/mine.toml"
    assert settings.mqtt.password_file == Path("/run/secret")
    assert settings.storage.state_dir == tmp_path / "state"
    assert (settings.session.goal_min, settings.outputs.volume) == (7.0, 0.0)
    assert settings.outputs.loudness == (0.1, 0.2, 0.4, 0.8)


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    """Five mistakes in one file are five lines, so that one edit corrects them."""
    lines = refusal(
        tmp_path,
        """
        [sesion]
        goal_min = 9
        [session]
        goal_min = 99
        [device]
        id = "Upper Case"
        nmae = "x"
        [mqtt]
        port = true
        """,
    )
    assert lines == [
        "[sesion]: unknown section; did you mean session?",
        "session.goal_min = 99: must be a number from 5 to 40",
        "device.id = 'Upper Case': must be up to 32 of a-z, 0-9 and -",
        "device.nmae: unknown key; did you mean name?",
        "mqtt.port = true: must be a whole number from 1 to 65535",
    ]


def test_missing_companions_are_reported_with_the_rest(tmp_path: Path) -> None:
    """A wrong host does not hide a password without a name; a name that is wrong or misspelt is reported once."""
    assert refusal(tmp_path, "[mqtt]\nhost = ''\npassword_file = 'p'\ntls_ca_file = 'c'") == [
        "mqtt.host = '': must be a host name or an address",
        "mqtt.password_file is set but username is empty: set both or neither",
        "mqtt.tls_ca_file is set but tls is false: set tls = true or leave tls_ca_file out",
    ]
    assert refusal(tmp_path, "[mqtt]\nusername = 7\npassword_file = 'p'") == [
        "mqtt.username = 7: must be up to 128 printable characters"
    ]
    assert refusal(tmp_path, "[mqtt]\nusrname = 'mat'\npassword_file = 'p'") == [
        "mqtt.usrname: unknown key; did you mean username?"
    ]
    with pytest.raises(ConfigError, match=r"Mqtt: host = '': must be .*\nMqtt: password_file is set but"):
        Mqtt(host="", password_file=Path("p"))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("session.goal_min = 4.9", "session.goal_min = 4.9: must be a number from 5 to 40"),
        ("session.goal_min = nan", "session.goal_min = nan: must be a number from 5 to 40"),
        ("session.goal_min = '20'", "session.goal_min = '20': must be a number from 5 to 40"),
        ("mqtt.port = 1883.0", "mqtt.port = 1883.0: must be a whole number from 1 to 65535"),
        ("mqtt.port = 0", "mqtt.port = 0: must be a whole number from 1 to 65535"),
        ("mqtt.enabled = 1", "mqtt.enabled = 1: must be true or false"),
        ("mqtt.host = ''", "mqtt.host = '': must be a host name or an address"),
        ("device.id = 'a_b'", "device.id = 'a_b': must be up to 32 of a-z, 0-9 and -"),
        ('device.name = "a\\nb"', "device.name = 'a\\nb': must be 1 to 64 printable characters"),
        ("storage.state_dir = ''", "storage.state_dir = '': must be a path in quotes"),
        ("outputs.volume = 1.1", "outputs.volume = 1.1: must be a number from 0 to 1"),
        *(
            (
                f"outputs.loudness = {wrong}",
                f"outputs.loudness = {wrong}: must be 4 rising numbers from 0.01 to 1, as in [0.25, 0.4, 0.63, 1.0]",
            )
            for wrong in ("0.5", "[0.1, 0.2, 0.3]", "[0.1, 0.3, 0.2, 0.4]", "[0, 0.1, 0.2, 0.3]", "[0.1, 0.2, 0.3, 2]")
        ),
        (
            "outputs.xyz = 1",
            f"outputs.xyz: unknown key; known are {', '.join(item.name for item in dataclasses.fields(Outputs))}",
        ),
        (
            "zzz = 1",
            "[zzz]: unknown section; known are device, board, cells, session, presence, mqtt, storage, outputs, web",
        ),
        ("mqtt = 1", "mqtt must be a section: write [mqtt] on a line of its own"),
        ("mqtt.password_file = 'p'", "mqtt.password_file is set but username is empty: set both or neither"),
        ("mqtt.tls_ca_file = 'c'", "mqtt.tls_ca_file is set but tls is false: set tls = true or leave tls_ca_file out"),
    ],
)
def test_a_wrong_value_is_named_with_its_bound(tmp_path: Path, text: str, error: str) -> None:
    """One mistake is one line: key, value, bound."""
    assert refusal(tmp_path, text) == [error]


def test_a_password_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    """Logs are shared for help; a password typed into the file must not travel with them."""
    lines = refusal(tmp_path, "mqtt.password = 'canary'\nmqtt.host = 'mqtt://me:canary@broker'")
    assert lines[0] == "mqtt.password: unknown key; did you mean password_file?"
    assert "canary" not in "".join(lines)


def test_a_file_that_is_not_settings_is_one_line(tmp_path: Path) -> None:
    """Missing, a folder, not TOML, not text: one line that starts with the file."""
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "broken.toml").write_text("[mqtt\n", encoding="utf-8")
    for name, error in [
        ("absent.toml", "cannot be read (No such file or directory)"),
        ("", "cannot be read (Is a directory)"),
        ("broken.toml", "is not TOML"),
        ("binary.toml", "is not UTF-8 text"),
    ]:
        with pytest.raises(ConfigError) as caught:
            load_settings(tmp_path / name)
        assert str(caught.value).startswith(f"{tmp_path / name}: {error}")
        assert "\n" not in str(caught.value)


def test_a_section_made_in_code_is_checked_too() -> None:
    """The bounds cannot be bypassed."""
    with pytest.raises(ConfigError, match="Session: goal_min = 60: must be"):
        Session(goal_min=60)
    with pytest.raises(ConfigError, match="Mqtt: tls_ca_file is set but tls is false"):
        Mqtt(tls_ca_file=Path("ca.pem"))


def test_the_sections_are_those_of_settings() -> None:
    """The table that load walks and the type that it fills cannot drift apart."""
    assert list(SECTIONS) == [item.name for item in dataclasses.fields(Settings)]
    assert all(isinstance(getattr(Settings(), name), kind) for name, kind in SECTIONS.items())


@given(
    st.dictionaries(
        st.sampled_from([*SECTIONS, "other"]),
        st.dictionaries(
            st.sampled_from([item.name for kind in SECTIONS.values() for item in dataclasses.fields(kind)]),
            st.one_of(st.booleans(), st.integers(), st.floats(), st.text(st.characters(codec="ascii"), max_size=5)),
            max_size=4,
        ),
    )
)
def test_any_file_loads_or_is_refused_with_lines(document: dict[str, dict[str, object]]) -> None:
    """Whatever stands in the file: legal settings, or a ConfigError with at least one line; nothing else."""

    def word(value: object) -> str:
        if isinstance(value, str):
            return '"' + "".join(f"\\u{ord(char):04x}" for char in value) + '"'
        return str(value).lower()

    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {word(value)}\n" for key, value in body.items())
        for name, body in document.items()
    )
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), text)
        outcome = attempt(path)
    if isinstance(outcome, Settings):
        assert 5 <= outcome.session.goal_min <= 40
    else:
        assert all(line.startswith(str(path)) for line in str(outcome).splitlines())


def test_the_page_in_docs_is_current() -> None:
    """docs/configuration.md is made from the table by `make docs`."""
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    assert page == configuration_page.page(), "stale: run make docs"

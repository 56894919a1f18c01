"""TOML -> Settings. The fields below are the one table of options: default, bound and meaning stand beside each name.

Every section is checked when it is constructed, so every Settings is valid. load reports all errors of a file at once.
Values of unknown keys are never shown: one may be a password in the wrong place.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, get_type_hints

from firmware.errors import ConfigError
from hardware import toml_text
from hardware.toml_text import TomlError, did_you_mean, nearest_word, shorten_word


@dataclass(frozen=True, slots=True)
class OptionBound:
    """Legal values of an option: words after "must be", and a function that raises ValueError for any other value."""

    words: str
    accept: Callable[[object], object]


def number_option(low: float, high: float, *, whole: bool = False) -> OptionBound:
    """A number from low to high; true, false and nan are rejected."""

    def accept(value: object) -> object:
        kinds = int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            raise ValueError
        return value if whole else float(value)

    return OptionBound(f"{'a whole number' if whole else 'a number'} from {low:g} to {high:g}", accept)


def text_option(pattern: str, words: str) -> OptionBound:
    """A string that matches a pattern as a whole; all its characters are printable."""

    def accept(value: object) -> object:
        if not isinstance(value, str) or not value.isprintable() or not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return OptionBound(words, accept)


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - a ValueError is what every bound raises
    return value


def _path(value: object) -> object:
    """A path: None or a Path from defaults and code, a string from a file."""
    if value is None or isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > PATH_MAX:
        raise ValueError
    return Path(value)


PATH_MAX = 4096  # bytes, on Linux

_CHANNEL = r"(red|green|blue|buzzer)=pwmchip\d{1,2}:\d{1,2}"
STEPS = 4  # of loudness


def _loudness(value: object) -> object:
    """Rising volumes of the steps, as a tuple."""
    if not isinstance(value, list | tuple) or len(value) != STEPS:
        raise ValueError
    accept = number_option(0.01, 1).accept
    steps = tuple(accept(step) for step in value)
    if list(steps) != sorted(steps):  # type: ignore[type-var] # all of them are floats
        raise ValueError
    return steps


LOUDNESS = OptionBound(f"{STEPS} rising numbers from 0.01 to 1, as in [0.25, 0.4, 0.63, 1.0]", _loudness)
TIME = text_option(r"([01]\d|2[0-3]):[0-5]\d", "a time of day from 00:00 to 23:59")
FLAG = OptionBound("true or false", _flag)
PATH = OptionBound("a path in quotes", _path)
TOPIC = text_option(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+){0,7}", "a topic of A-Z, a-z, 0-9, _, - and /, as in home/mat")


@dataclass(frozen=True)
class Section:
    """A section of the settings file. Raises ConfigError for values out of bounds."""

    def __post_init__(self) -> None:
        """Check every field, and the options that need each other."""
        values = vars(self)
        wrong = {
            name: problem
            for name, bound, _ in section_options(type(self))
            if (problem := _problem(name, bound, values[name]))
        }
        lines = [*wrong.values(), *_missing_companions(type(self), values, wrong)]
        if lines:
            raise ConfigError("\n".join(f"{type(self).__name__}: {line}" for line in lines))


@dataclass(frozen=True)
class Device(Section):
    """Which mat this is."""

    id: Annotated[
        str,
        text_option(r"[a-z0-9-]{0,32}", "up to 32 of a-z, 0-9 and -"),
        "Name of this mat in topics; empty: made from the id of this machine, so that no two mats share one.",
    ] = ""
    name: Annotated[str, text_option(".{1,64}", "1 to 64 printable characters"), "Name that a dashboard shows."] = (
        "Acupressure mat"
    )


@dataclass(frozen=True)
class BoardFile(Section):
    """The board file."""

    file: Annotated[Path | None, PATH, "Board file; without it the 4x3 board that comes with the program."] = None


@dataclass(frozen=True)
class Cells(Section):
    """The way to the converters of the cells."""

    backend: Annotated[
        str,
        text_option(
            r"auto|gpiochip(:/[^\x00-\x20]+)?|rpi-gpio|adafruit", "auto, gpiochip, gpiochip:PATH, rpi-gpio or adafruit"
        ),
        "Way to their wires; auto takes what fits. gpiochip:/dev/gpiochip4 names the GPIO device.",
    ] = "auto"


@dataclass(frozen=True)
class Session(Section):
    """The goal of a session."""

    # 40 minutes is the upper end of what how-to texts advise.
    goal_min: Annotated[float, number_option(5, 40), "Minutes on the mat for guests; people have the programme's."] = (
        10.0
    )
    lumbar_hint: Annotated[
        bool,
        FLAG,
        "A light in the first minutes when the small of your back rests much lighter than in most of your sessions.",
    ] = False
    programme_file: Annotated[Path | None, PATH, "Programme file; without it the one that comes with the program."] = (
        None
    )


@dataclass(frozen=True)
class Presence(Section):
    """When the mat counts as occupied."""

    on_delay_s: Annotated[float, number_option(0, 60), "Seconds of load before the mat is shown as occupied."] = 0.0
    off_delay_s: Annotated[float, number_option(0, 600), "Seconds without load before it is shown as not occupied."] = (
        0.0
    )


@dataclass(frozen=True)
class Mqtt(Section):
    """The broker of the dashboard."""

    enabled: Annotated[bool, FLAG, "Publish to a broker. Nothing leaves the mat while this is false."] = False
    host: Annotated[
        str, text_option(r"[A-Za-z0-9._:-]{1,253}", "a host name or an address"), "Broker to publish to."
    ] = "localhost"
    port: Annotated[int, number_option(1, 65535, whole=True), "Port of the broker; 8883 is usual with TLS."] = 1883
    username: Annotated[str, text_option(".{0,128}", "up to 128 printable characters"), "Empty: anonymous."] = ""
    password_file: Annotated[
        Path | None, PATH, "File whose first line is the password; read when the program starts."
    ] = None
    tls: Annotated[bool, FLAG, "Encrypt, and check the name and certificate of the broker."] = False
    tls_ca_file: Annotated[
        Path | None, PATH, "PEM file of the authority that signed the broker's certificate; else the system's."
    ] = None
    tls_cert_file: Annotated[Path | None, PATH, "PEM file of this mat's own certificate, for brokers that ask."] = None
    tls_key_file: Annotated[Path | None, PATH, "PEM file of the key of that certificate, without a passphrase."] = None
    root: Annotated[str, TOPIC, "First part of every topic of the mat."] = "acumat"
    discovery: Annotated[bool, FLAG, "Announce the mat to Home Assistant."] = True
    discovery_prefix: Annotated[str, TOPIC, "Discovery prefix of Home Assistant."] = "homeassistant"
    birth_topic: Annotated[str, TOPIC, "Where Home Assistant publishes that it has started."] = "homeassistant/status"
    share_pain: Annotated[
        bool, FLAG, "Publish what is about pain: presses, why to stop, marks, ratings, notes. Off: it stays on the mat."
    ] = False
    share_person: Annotated[
        bool, FLAG, "Publish who is on the mat, with level and offers. Off: names stay on the mat."
    ] = False


@dataclass(frozen=True)
class Storage(Section):
    """The folder that survives power-off."""

    state_dir: Annotated[Path, PATH, "Folder for calibration, sessions and recordings."] = Path("/var/lib/acumat")
    traces_kept: Annotated[
        int, number_option(10, 100_000, whole=True), "Newest sessions that keep their curves, about 4 kB each."
    ] = 4000


@dataclass(frozen=True)
class Outputs(Section):
    """Brightness and loudness of the pod."""

    brightness: Annotated[float, number_option(0, 1), "Factor on every light, 0 dark to 1 full."] = 0.5
    volume: Annotated[float, number_option(0, 1), "Factor on every sound, 0 silent to 1 full."] = 0.5
    loudness: Annotated[
        tuple[float, ...],
        LOUDNESS,
        "Volume of each of the four steps of loudness, times volume; `acumat outputs-test --listen` finds yours.",
    ] = (0.25, 0.4, 0.63, 1.0)
    pacer_sound: Annotated[
        bool,
        FLAG,
        "A very quiet tone that swells and sinks with the pacer until resting; none by night or when silent.",
    ] = False
    hardware_pwm: Annotated[
        str,
        text_option(
            rf"({_CHANNEL}(, ?{_CHANNEL})*)?",
            'parts of red, green, blue and buzzer with their channels, as in "red=pwmchip0:1, buzzer=pwmchip0:0"',
        ),
        "Parts of the pod that the kernel's PWM drives, where an overlay gives it (docs/install.md); empty: none.",
    ] = ""
    cue_file: Annotated[Path | None, PATH, "Cue table; without it the one that comes with the program."] = None
    night_start: Annotated[str, TIME, "Begin of the night: dim lights, almost no sound."] = "22:00"
    night_end: Annotated[str, TIME, "End of the night; the same time twice is no night."] = "07:00"


@dataclass(frozen=True)
class Web(Section):
    """The page in a browser."""

    enabled: Annotated[bool, FLAG, "Serve the page."] = False
    address: Annotated[
        str,
        text_option(r"[0-9a-f.:]{2,45}", "an IP address"),
        "Address to serve it on; 127.0.0.1 is this machine only, 0.0.0.0 the home network, where a token is needed.",
    ] = "127.0.0.1"
    port: Annotated[int, number_option(0, 65535, whole=True), "Port of the page; 0 takes a free one."] = 8437
    names: Annotated[
        str,
        text_option(r"[A-Za-z0-9., :-]{0,500}", "host names with blanks or commas between them"),
        "Further names of this machine by which the page may be opened.",
    ] = ""


@dataclass(frozen=True)
class Settings:
    """All settings. Settings() is the defaults."""

    device: Device = field(default_factory=Device)
    board: BoardFile = field(default_factory=BoardFile)
    cells: Cells = field(default_factory=Cells)
    session: Session = field(default_factory=Session)
    presence: Presence = field(default_factory=Presence)
    mqtt: Mqtt = field(default_factory=Mqtt)
    storage: Storage = field(default_factory=Storage)
    outputs: Outputs = field(default_factory=Outputs)
    web: Web = field(default_factory=Web)


HIDDEN = ("username",)  # texts that are never shown: a password may have been pasted with them
SECTIONS: dict[str, type[Section]] = get_type_hints(Settings)

# An option that needs another one of its section, and the error when that one is missing.
NEEDS: dict[type[Section], tuple[tuple[str, str, str], ...]] = {
    Mqtt: (
        ("password_file", "username", "password_file is set but username is empty: set both or neither"),
        ("tls_ca_file", "tls", "tls_ca_file is set but tls is false: set tls = true or leave tls_ca_file out"),
        ("tls_cert_file", "tls", "tls_cert_file is set but tls is false: set tls = true or leave tls_cert_file out"),
        ("tls_cert_file", "tls_key_file", "tls_cert_file is set but tls_key_file is not: set both or neither"),
        ("tls_key_file", "tls_cert_file", "tls_key_file is set but tls_cert_file is not: set both or neither"),
    ),
}


def section_options(kind: type[Section]) -> Iterator[tuple[str, OptionBound, str]]:
    """Yield name, bound and meaning of each option of a section."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        bound, meaning = hint.__metadata__
        yield name, bound, meaning


def load_settings(path: Path | None) -> Settings:
    """Read a settings file; None gives the defaults.

    Raises ConfigError: the file cannot be read or is not TOML (one line), or keys and values are wrong (one line each).
    """
    if path is None:
        return Settings()
    return Settings(**load_sections(path, SECTIONS))  # type: ignore[arg-type]  # each name has its type in SECTIONS


def load_sections(path: Path, kinds: Mapping[str, type[Section]]) -> dict[str, Section]:
    """Read the sections of a settings file; kinds are those that it may have. Raises ConfigError as load_settings."""
    try:
        document = toml_text.parse_toml(toml_text.read_text(path), str(path))
    except TomlError as error:
        raise ConfigError(str(error)) from error
    lines: list[str] = []
    read = {name: _section(name, body, path.absolute().parent, kinds, lines) for name, body in document.items()}
    if lines:
        raise ConfigError("\n".join(f"{path}: {line}" for line in lines))
    return {name: section for name, section in read.items() if section is not None}


def _section(
    name: str, body: object, folder: Path, kinds: Mapping[str, type[Section]], lines: list[str]
) -> Section | None:
    """Return a section; its errors are appended to lines."""
    kind = kinds.get(name)
    if kind is None:
        lines.append(f"[{shorten_word(name)}]: unknown section; {did_you_mean(name, kinds)}")
        return None
    if not isinstance(body, Mapping):
        lines.append(f"{name} must be a section: write [{name}] on a line of its own")
        return None
    known = {option: bound for option, bound, _ in section_options(kind)}
    wrong: dict[str, str] = {}
    values: dict[str, object] = {}
    for key, value in body.items():
        if key not in known:
            wrong[key] = f"{shorten_word(key)}: unknown key; {did_you_mean(key, known)}"
        elif problem := _problem(key, known[key], value):
            wrong[key] = problem
        else:
            accepted = known[key].accept(value)
            values[key] = folder / accepted if isinstance(accepted, Path) else accepted
    found = [
        *wrong.values(),
        *_missing_companions(kind, values, {*wrong, *filter(None, (nearest_word(key, known) for key in wrong))}),
    ]
    if not found:
        return kind(**values)
    lines += [f"{name}.{line}" for line in found]
    return None


def _missing_companions(kind: type[Section], values: Mapping[str, object], wrong: Container[str]) -> Iterator[str]:
    """Yield an error for each option whose companion is not set; a companion that is wrong has its own error."""
    for option, other, line in NEEDS.get(kind, ()):
        if values.get(option) is not None and not values.get(other) and other not in wrong:
            yield line


def _problem(name: str, bound: OptionBound, value: object) -> str | None:
    """Return the error of a value, or None."""
    try:
        bound.accept(value)
    except ValueError:
        shown = "(not shown)" if name in HIDDEN and isinstance(value, str) else _shown(value)
        return f"{name} = {shown}: must be {bound.words}"
    return None


def _shown(value: object) -> str:
    """A value as it was typed, short, and without the part before an @ (a password in an address)."""
    typed = str(value).lower() if isinstance(value, bool) else repr(value)
    *before, last = typed.split("@")
    return ("".join(_hidden(part) for part in before) + last)[:60]


def _hidden(part: str) -> str:
    """The part of an address before an @: its last word is a name or a password. Linear in its length."""
    word = max(part.rfind(end) for end in (" ", "'", '"', "/")) + 1
    return part[:word] + "***@"

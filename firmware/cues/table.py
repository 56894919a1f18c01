"""What is shown when: a table of data, read from TOML.

A table that exists is a legal one. A file with faults is refused as a whole, a line for each fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar

from firmware.cues.cue import DONE_LEVEL, SESSION_LEVEL, LightCue, SoundCue
from firmware.enums import State
from firmware.errors import ConfigError
from hardware import toml_text
from hardware.schema import read_table
from hardware.toml_text import TomlError, did_you_mean

Cue = TypeVar("Cue", LightCue, SoundCue)


class ShownCondition(StrEnum):
    """What is true for a while and worth showing, besides the state of the session."""

    STOP_ADVISED = "stop_advised"
    FAULT = "fault"  # too few cells, or the button is stuck
    DEGRADED = "degraded"  # some cells are lost, the rest is enough
    OFFLINE = "offline"  # a broker is asked for and not there


class AcknowledgedMoment(StrEnum):
    """What happens once and is acknowledged by light."""

    RESUMED = "resumed"
    WIGGLE = "wiggle"
    UNEVEN = "uneven"
    LUMBAR_LOW = "lumbar_low"
    STEADY = "steady"
    ZEROED = "zeroed"
    DISCOMFORT = "discomfort"
    EASED = "eased"
    END_ASKED = "end_requested"
    BUTTON_HELD = "button_held"
    SHOW_STATE = "show_state"
    SILENT_ON = "silent_on"
    SILENT_OFF = "silent_off"
    SHUTDOWN = "shutdown"
    CHOICE_1 = "choice_1"  # the number of what was chosen by the key or a command
    CHOICE_2 = "choice_2"
    CHOICE_3 = "choice_3"
    CHOICE_4 = "choice_4"
    CHOICE_5 = "choice_5"
    CHOICE_6 = "choice_6"


class Chime(StrEnum):
    """All that may ever sound, besides the pacer where the settings ask for it."""

    DONE = "done"
    OVERTIME = "overtime"
    STOP_ADVISED = "stop_advised"
    CHOICE = "choice"  # one note for each number of a choice, on an empty mat only


BRIGHT: Final = (State.DONE, State.OVERTIME)  # the only states that may be brighter than the rest


@dataclass(frozen=True, slots=True)
class CueTable:
    """A cue for every state, condition, moment and chime. Raises ConfigError when one is missing or too bright."""

    state: Mapping[State, LightCue]
    condition: Mapping[ShownCondition, LightCue]
    event: Mapping[AcknowledgedMoment, LightCue]
    sound: Mapping[Chime, SoundCue]

    def __post_init__(self) -> None:
        """Check what no cue can know by itself."""
        if lines := [*self._missing(), *self._too_bright()]:
            raise ConfigError("\n".join(lines))

    def _missing(self) -> list[str]:
        return [
            f"[{section}.{name}]: missing; add it"
            for section, names in _NAMES.items()
            for name in names
            if name not in getattr(self, section)
        ]

    def _too_bright(self) -> list[str]:
        lights = {f"state.{name}": light for name, light in self.state.items() if name not in BRIGHT}
        lights |= {f"condition.{name}": light for name, light in self.condition.items()}
        lights |= {f"event.{name}": light for name, light in self.event.items()}
        return [
            f"{where}.high = {light.high:g}: give at most {SESSION_LEVEL:g}; {DONE_LEVEL:g} is for done and overtime"
            for where, light in lights.items()
            if light.high > SESSION_LEVEL
        ]


_NAMES: Final[dict[str, type[StrEnum]]] = {
    "state": State,
    "condition": ShownCondition,
    "event": AcknowledgedMoment,
    "sound": Chime,
}


def parse_cue_table(text: str, origin: str = "cues.toml") -> CueTable:
    """Read a table from TOML text. Raises ConfigError: what is wrong, a line for each fault, each with the origin."""
    try:
        document = toml_text.parse_toml(text, origin)
    except TomlError as error:
        raise ConfigError(str(error)) from error
    problems = [
        f"[{section}]: unknown section; {did_you_mean(section, _NAMES)}"
        for section in sorted(document.keys() - _NAMES.keys())
    ]
    lights = {name: _section(document, name, LightCue, problems) for name in ("state", "condition", "event")}
    sounds = _section(document, "sound", SoundCue, problems)
    if not problems:
        try:
            return CueTable(**lights, sound=sounds)  # type: ignore[arg-type]  # _section looked the names up
        except ConfigError as error:
            problems = str(error).splitlines()
    raise ConfigError("\n".join(f"{origin}: {line}" for line in problems))


def _section(document: dict[str, object], section: str, kind: type[Cue], problems: list[str]) -> dict[StrEnum, Cue]:
    body = document.get(section, {})
    if not isinstance(body, dict):
        problems.append(f"{section}: must be a section; write [{section}.name] above its keys")
        return {}
    read: dict[StrEnum, Cue] = {}
    names = _NAMES[section]
    known: list[str] = list(names)
    for name, cue in body.items():
        where = f"{section}.{name}"
        if name not in known:
            problems.append(f"[{where}]: unknown; {did_you_mean(name, known)}")
        elif not isinstance(cue, dict):
            problems.append(f"{where}: must be a section; write [{where}] above its keys")
        elif (made := _cue(kind, cue, problems, f"{where}.")) is not None:
            read[names(name)] = made
    return read


def _cue(kind: type[Cue], body: dict[str, object], problems: list[str], where: str) -> Cue | None:
    try:
        return read_table(kind, body, problems, where)
    except ConfigError as error:
        problems += [f"{where}{line}" for line in str(error).splitlines()]
        return None


@cache
def shipped_cue_table() -> CueTable:
    """Return the table that comes with the firmware."""
    return parse_cue_table(files("firmware.cues").joinpath("cues.toml").read_text(encoding="utf-8"))

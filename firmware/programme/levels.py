"""The programme: levels that differ in one thing each, and the rules by which a step is offered.

Read from TOML; an instance is always valid. What a person is offered is in advice.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final, Literal

from firmware.errors import ConfigError
from hardware import toml_text
from hardware.schema import read_table
from hardware.toml_text import TomlError

MINUTES: Final = (5.0, 40.0)  # 40 is the most that how-to texts advise
COVERS: Final = ("double_towel", "thick_towel", "thin_towel", "t_shirt", "bare")  # from the mildest on
SURFACES: Final = ("bed", "floor")
MOST_LEVELS: Final = 30


class LengthPreset(StrEnum):
    """Length of a session, by choice of the person."""

    QUICK = "quick"
    NORMAL = "normal"
    LONG = "long"


def _between(low: float, high: float) -> Any:  # noqa: ANN401 - dataclasses.field has no public type
    return field(metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class Level:
    """A goal and how the person lies: what is between skin and points, and what the mat lies on."""

    cover: Literal["double_towel", "thick_towel", "thin_towel", "t_shirt", "bare"]
    surface: Literal["bed", "floor"]
    minutes: float = _between(*MINUTES)


@dataclass(frozen=True, slots=True)
class OfferRules:
    """When a step is offered; programme.toml describes each of them. Days are those of the calendar."""

    share: float = _between(0.5, 1.0)
    sessions: int = _between(1, 20)
    within_days: int = _between(1, 90)
    discomfort: int = _between(0, 10)
    eased_by_s: float = _between(60, 3600)
    apart_h: float = _between(24, 720)
    unfinished: int = _between(1, 10)
    of_last: int = _between(1, 10)
    away_days: int = _between(2, 365)
    far_away_days: int = _between(2, 365)
    hold_h: float = _between(12, 720)
    spacing_h: float = _between(0, 48)
    week_target: int = _between(3, 7)
    quick_min: float = _between(*MINUTES)
    rest_after_days: int = field(default=0, metadata={"bounds": (0, 90)})


@dataclass(frozen=True, slots=True)
class Programme:
    """Levels from 1 on, and the rules. Raises ConfigError with a line for each rule that is broken."""

    rules: OfferRules
    gentle: Level  # level 0, offered after a stop on the first
    level: tuple[Level, ...]

    def __post_init__(self) -> None:
        """Check what no level can know by itself."""
        if lines := [*self._rule_faults(), *self._ladder_faults()]:
            raise ConfigError("\n".join(lines))

    def _rule_faults(self) -> Iterator[str]:
        rules = self.rules
        if rules.unfinished > rules.of_last:
            yield f"rules.unfinished = {rules.unfinished}: is more than of_last = {rules.of_last}; give at most that"
        if rules.far_away_days <= rules.away_days:
            yield f"rules.far_away_days = {rules.far_away_days}: give more than away_days = {rules.away_days}"
        if rules.sessions > rules.within_days:
            yield f"rules.sessions = {rules.sessions}: on different days within {rules.within_days}; give at most that"

    def _ladder_faults(self) -> Iterator[str]:
        if not 1 <= len(self.level) <= MOST_LEVELS:
            yield f"level: there are {len(self.level)}; give 1 to {MOST_LEVELS}"
        for number, (below, above) in enumerate(pairwise(self.level), start=2):
            changed = [name for name in ("minutes", "cover", "surface") if getattr(below, name) != getattr(above, name)]
            if len(changed) != 1:
                what = " and ".join(changed) if changed else "nothing"
                yield f"level {number}: {what} changes from level {number - 1}; change one thing a step"
            elif _rank(above) < _rank(below):
                yield f"level {number}: {changed[0]} is milder than in level {number - 1}; levels only grow"

    def goal_s(self, level: int, preset: LengthPreset = LengthPreset.NORMAL) -> float:
        """Seconds of lying for a level (0 is the gentle one) and a preset; long is the next longer time there is."""
        minutes = (self.level[level - 1] if level else self.gentle).minutes
        if preset is LengthPreset.QUICK:
            return min(self.rules.quick_min, minutes) * 60.0
        if preset is LengthPreset.LONG:
            minutes = next((above.minutes for above in self.level[level:] if above.minutes > minutes), minutes)
        return minutes * 60.0


def _rank(level: Level) -> tuple[float, int, int]:
    return level.minutes, COVERS.index(level.cover), SURFACES.index(level.surface)


def parse_programme(text: str, origin: str = "programme.toml") -> Programme:
    """Read a programme from TOML text. Raises ConfigError: a line for each fault, each with the origin."""
    try:
        document = toml_text.parse_toml(text, origin)
    except TomlError as error:
        raise ConfigError(str(error)) from error
    problems: list[str] = []
    try:
        read = read_table(Programme, document, problems)
    except ConfigError as error:
        problems = str(error).splitlines()
        read = None
    if read is None:
        raise ConfigError("\n".join(f"{origin}: {line}" for line in problems))
    return read


@cache
def shipped_programme() -> Programme:
    """Return the programme that comes with the firmware."""
    return parse_programme(files("firmware.programme").joinpath("programme.toml").read_text(encoding="utf-8"))

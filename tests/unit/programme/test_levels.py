"""The ladder of levels: what ships, and what a file may not say."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from firmware import words
from firmware.errors import ConfigError
from firmware.programme.levels import (
    COVERS,
    MOST_LEVELS,
    SURFACES,
    LengthPreset,
    Level,
    Programme,
    parse_programme,
    shipped_programme,
)
from firmware.storage.last_good import LastGood

TEXT = files("firmware.programme").joinpath("programme.toml").read_text(encoding="utf-8")


def faults(text: str) -> list[str]:
    """Return the lines of the error that a text is rejected with."""
    with pytest.raises(ConfigError) as caught:
        parse_programme(text, "mine.toml")
    return str(caught.value).splitlines()


def with_rule(key: str, value: str) -> str:
    """Return the text that ships with one rule changed."""
    return re.sub(rf"^{key} = .*$", f"{key} = {value}", TEXT, count=1, flags=re.MULTILINE)


def with_levels(*levels: Level) -> Programme:
    """Return the programme that ships with other levels."""
    return replace(shipped_programme(), level=levels)


@pytest.mark.requirement("D01", "D02", "D03", "D28", "D29")
def test_nine_levels_lead_from_ten_minutes_on_a_thick_towel_to_forty_on_bare_skin() -> None:
    """The ladder of the two articles, merged: time and cover grow, one of them at a time."""
    ladder = [(level.minutes, level.cover, level.surface) for level in shipped_programme().level]
    assert ladder == [
        (10, "thick_towel", "bed"),
        (10, "thin_towel", "bed"),
        (15, "thin_towel", "bed"),
        (15, "thin_towel", "floor"),
        (15, "t_shirt", "floor"),
        (20, "t_shirt", "floor"),
        (20, "bare", "floor"),
        (30, "bare", "floor"),
        (40, "bare", "floor"),
    ]
    assert set(COVERS) == set(words.COVER)
    assert set(SURFACES) == set(words.SURFACE)


@pytest.mark.requirement("D24")
def test_presets_shorten_and_lengthen_a_session() -> None:
    """Quick is five minutes, normal the level's, long the next longer time on the ladder; the top has none."""
    programme = shipped_programme()
    assert [
        programme.goal_s(4, preset) / 60 for preset in (LengthPreset.QUICK, LengthPreset.NORMAL, LengthPreset.LONG)
    ] == [5, 15, 20]
    assert programme.goal_s(4) == 900.0
    assert [programme.goal_s(level, LengthPreset.LONG) / 60 for level in (1, 8, 9)] == [15, 40, 40]
    short = with_levels(Level("thick_towel", "bed", 5.0))
    assert parse_programme(with_rule("quick_min", "8")).goal_s(1, LengthPreset.QUICK) == 480.0
    assert replace(short, rules=replace(short.rules, quick_min=8.0)).goal_s(1, LengthPreset.QUICK) == 300.0


def test_every_fault_of_a_file_is_reported_at_once() -> None:
    """A rule out of bounds, a word that is none, a key too many and one too few: a line each, with file and key."""
    text = with_rule("share", "1.5").replace('cover = "bare"', 'cover = "nothing"', 1)
    text = text.replace('surface = "bed"\n', 'surface = "bed"\nmusic = true\n', 1).replace("minutes = 40.0\n", "")
    lines = faults(text)
    assert all(line.startswith("mine.toml: ") for line in lines)
    assert len(lines) == 4
    for part in (
        "rules.share: 1.5 is out of bounds; give 0.5 to 1",
        "level[6].cover: 'nothing' is not",
        "level[0].music: unknown key",
        "level[8].minutes: missing",
    ):
        assert any(part in line for line in lines), part


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("unfinished", "4", "rules.unfinished = 4: is more than of_last = 3"),
        ("far_away_days", "14", "rules.far_away_days = 14: give more than away_days = 14"),
        ("within_days", "2", "rules.sessions = 3: on different days within 2"),
        ("week_target", "8", "rules.week_target: 8 is out of bounds; give 3 to 7"),
        ("apart_h", "23", "rules.apart_h: 23 is out of bounds; give 24 to 720"),
    ],
)
def test_rules_that_contradict_each_other_are_rejected(key: str, value: str, fault: str) -> None:
    """One rule changed so that it can never hold, or holds too often: one line that names the fix."""
    lines = faults(with_rule(key, value))
    assert len(lines) == 1
    assert fault in lines[0]


@pytest.mark.parametrize(("key", "value"), [("unfinished", "3"), ("far_away_days", "15"), ("within_days", "3")])
def test_rules_at_their_bound_are_allowed(key: str, value: str) -> None:
    """What just fits is legal."""
    parse_programme(with_rule(key, value))


@pytest.mark.requirement("D31")
def test_a_step_changes_one_thing_and_never_back() -> None:
    """Two things at once, nothing at all, or a milder level above a harder one: rejected, with the number."""
    base = Level("thin_towel", "bed", 10.0)
    with pytest.raises(ConfigError, match="level 2: minutes and surface changes from level 1; change one thing"):
        with_levels(base, Level("thin_towel", "floor", 15.0))
    with pytest.raises(ConfigError, match="level 3: nothing changes from level 2"):
        with_levels(base, Level("thin_towel", "bed", 15.0), Level("thin_towel", "bed", 15.0))
    for milder in (Level("thin_towel", "bed", 5.0), Level("thick_towel", "bed", 10.0)):
        with pytest.raises(ConfigError, match=r"level 2: (minutes|cover) is milder than in level 1"):
            with_levels(base, milder)
    with pytest.raises(ConfigError, match="level 2: surface is milder"):
        with_levels(Level("bare", "floor", 10.0), Level("bare", "bed", 10.0))


def test_there_is_a_level_and_not_too_many() -> None:
    """No level at all is no programme; thirty are the most."""
    with pytest.raises(ConfigError, match="level: there are 0; give 1 to 30"):
        with_levels()
    many = tuple(Level("bare", "floor", 5.0 + number) for number in range(MOST_LEVELS + 1))
    with pytest.raises(ConfigError, match="level: there are 31"):
        with_levels(*many)
    assert len(with_levels(*many[:-1]).level) == MOST_LEVELS


def test_the_last_good_programme_stays_in_force() -> None:
    """A person makes the week target five, then writes nonsense: five stays."""
    programme = LastGood(shipped_programme(), parse_programme)
    assert programme.update(with_rule("week_target", "5"), "mine.toml") == ()
    assert programme.update("[rules", "mine.toml")[0].startswith("mine.toml: is not TOML")
    assert programme.value.rules.week_target == 5

"""The table of cues: what ships is legal, what is not is rejected with every fault at once."""

import re
from importlib.resources import files

import pytest

from firmware.cues.cue import COLOURS, LightCue, SoundCue
from firmware.cues.table import AcknowledgedMoment, Chime, CueTable, ShownCondition, parse_cue_table, shipped_cue_table
from firmware.enums import State
from firmware.errors import ConfigError
from firmware.storage.last_good import LastGood

TEXT = files("firmware.cues").joinpath("cues.toml").read_text(encoding="utf-8")


def faults(text: str) -> list[str]:
    """Return the lines of the error that a text is rejected with."""
    with pytest.raises(ConfigError) as caught:
        parse_cue_table(text, "mine.toml")
    return str(caught.value).splitlines()


def changed(section: str, key: str, value: str) -> str:
    """Return the text that ships with one value changed or added."""
    head = f"[{section}]"
    before, after = re.split(rf"^\[{re.escape(section)}\].*$", TEXT, maxsplit=1, flags=re.MULTILINE)
    body, rest = re.split(r"^(?=\[)", after, maxsplit=1, flags=re.MULTILINE) if "\n[" in after else (after, "")
    body = re.sub(rf"^{key} = .*\n", "", body, flags=re.MULTILINE)
    return f"{before}{head}\n{key} = {value}\n{body}{rest}"


def test_every_state_condition_moment_and_chime_has_a_cue() -> None:
    """The table that ships leaves nobody without an answer."""
    table = shipped_cue_table()
    assert set(table.state) == set(State)
    assert set(table.condition) == set(ShownCondition)
    assert set(table.event) == set(AcknowledgedMoment)
    assert set(table.sound) == set(Chime)


def test_the_light_keeps_the_promises_of_the_cue_language() -> None:
    """Settling to resting is a breath of 4 s and 6 s; resting goes dark in two minutes; done is white and rises."""
    state = shipped_cue_table().state
    for paced in (State.SETTLING, State.EASING, State.RESTING):
        assert (state[paced].pattern, state[paced].up_s, state[paced].down_s) == ("breathe", 4.0, 6.0)
    assert (state[State.EASING].colour, state[State.EASING].turns_to) == ("amber", "blue")
    assert state[State.RESTING].fade_s == 120.0
    assert (state[State.CLOSING].pattern, state[State.CLOSING].high) == ("pulse", 51)
    assert (state[State.DONE].pattern, state[State.DONE].high, state[State.DONE].over_s) == ("rise", 69, 30.0)
    assert shipped_cue_table().event[AcknowledgedMoment.WIGGLE].apart_s == 30.0


def test_no_colour_is_green() -> None:
    """Nobody has to report red from green: green is never the strongest part, red never stands alone."""
    for red, green, blue in COLOURS.values():
        assert green < max(red, blue)
        assert not (red > 0 and green == 0 and blue == 0)


def test_every_fault_of_a_file_is_reported_at_once_with_key_value_and_bound() -> None:
    """A person edits six things wrongly: six lines, each with the file, the key and the fix."""
    text = changed("state.settling", "up_s", "0.2")
    text = text.replace("[event.wiggle]", "[event.wigle]").replace('pattern = "rise"', 'pattern = "strobe"', 1)
    text = text.replace("notes_hz = [523.25, 392.0]", "notes_hz = [2000.0]").replace("times = 5", "times = 5\nloud = 1")
    text += "\n[lights]\nred = 1\n"
    lines = faults(text)
    assert all(line.startswith("mine.toml: ") for line in lines)
    for part in (
        "state.settling.up_s: 0.2 is out of bounds; give 1 to 30",
        "[event.wigle]: unknown; did you mean wiggle?",
        "state.lowering.pattern: 'strobe' is not",
        "sound.stop_advised.notes_hz = 2000: give 220 to 880, or 0 for a rest",
        "sound.overtime.loud: unknown key",
        "[lights]: unknown section; known are state, condition, event, sound",
    ):
        assert any(part in line for line in lines), part
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("section", "key", "value", "fault"),
    [
        ("event.uneven", "on_s", "[0.04]", "event.uneven.on_s = 0.04: a blink lasts 0.05 to 10"),
        ("event.wiggle", "on_s", "[]", "event.wiggle.on_s has 0 values: give 1 to 6"),
        ("event.wiggle", "on_s", "[1, 1, 1, 1, 1, 1, 1]", "event.wiggle.on_s has 7 values: give 1 to 6"),
        ("event.wiggle", "on_s", "[10.5]", "a blink lasts 0.05 to 10"),
        (
            "event.wiggle",
            "gap_s",
            "0.24",
            "event.wiggle.gap_s = 0.24 with on_s = 0.25: faster than 2 Hz; make both 0.5",
        ),
        ("event.wiggle", "every_s", "1.3", "event.wiggle.every_s = 1.3: the train takes 1.4"),
        (
            "event.wiggle",
            "every_s",
            "1.6",
            "event.wiggle.every_s = 1.6: leaves no room for another cue to begin; give at",
        ),
        ("event.wiggle", "only_in", '["resing"]', 'event.wiggle.only_in = "resing": no such state; known are idle'),
        ("event.wiggle", "high", "51.5", "event.wiggle.high = 51.5: give at most 51"),
        ("condition.fault", "high", "60", "condition.fault.high = 60: give at most 51"),
        ("state.settling", "high", "60", "state.settling.high = 60: give at most 51"),
        ("state.settling", "high", "14", "state.settling.high = 14: is below low = 15"),
        ("state.resting", "fade_s", "0.5", "state.resting.fade_s = 0.5: give 0 for no fading, or at least 1"),
        ("state.aftercare", "on_s", "[1.9]", "state.aftercare.on_s = 1.9: a pulse lasts 2 to 10"),
        ("state.done", "high", "70", "state.done.high: 70 is out of bounds; give 0 to 69"),
        ("sound.done", "every_s", "29.0", "sound.done.every_s = 29: give at least 30, or 0 for once"),
        ("sound.done", "every_s", "0.5", "sound.done.every_s = 0.5: give at least 30, or 0 for once"),
        ("sound.done", "notes_hz", "[]", "sound.done.notes_hz has 0 values: give 1 to 12"),
        ("sound.done", "notes_hz", "[219.0]", "sound.done.notes_hz = 219: give 220 to 880"),
        ("sound.done", "notes_hz", f"[{', '.join(['440.0'] * 13)}]", "sound.done.notes_hz has 13 values"),
        ("sound.stop_advised", "limit", "1", "sound.stop_advised.limit = 1: is below volume = 2"),
        ("sound.stop_advised", "volume", "5", "sound.stop_advised.volume: 5 is out of bounds; give 1 to 4"),
        ("sound.done", "note_s", "0.2", "sound.done.note_s: 0.2 is out of bounds; give 0.25 to 2"),
        ("event.wiggle", "touch", "[0.05]", "event.wiggle.touch = 0.05: a vibration lasts 0.1 to 1"),
        ("event.wiggle", "touch", "[1, 1, 1, 1, 1, 1, 1]", "event.wiggle.touch has 7 values: give at most 6"),
    ],
)
def test_each_rule_refuses_what_it_is_for(section: str, key: str, value: str, fault: str) -> None:
    """One value out of bounds in a file that is right otherwise: one line, and it names the fix."""
    lines = faults(changed(section, key, value))
    assert len(lines) == 1, lines
    assert fault in lines[0]


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("event.wiggle", "on_s", "[0.05, 10.0]"),
        ("event.wiggle", "on_s", "[1, 1, 1, 1, 1, 1]"),
        ("event.wiggle", "gap_s", "0.25"),
        ("event.wiggle", "every_s", "1.7"),
        ("state.aftercare", "every_s", "4.0"),
        ("event.wiggle", "high", "51"),
        ("state.settling", "high", "15"),
        ("state.resting", "fade_s", "1"),
        ("state.aftercare", "on_s", "[2.0]"),
        ("sound.done", "every_s", "30"),
        ("sound.done", "notes_hz", "[220.0, 880.0, 0, 440, 440, 440, 440, 440, 440, 440, 440, 440]"),
        ("sound.stop_advised", "limit", "2"),
    ],
)
def test_the_bounds_themselves_are_allowed(section: str, key: str, value: str) -> None:
    """What stands just on a bound is legal."""
    parse_cue_table(changed(section, key, value))


def test_a_file_that_is_no_table_is_reported_so() -> None:
    """Not TOML, values where sections belong, and a section that is missing."""
    assert faults("state = [") == [faults("state = [")[0]]
    assert "mine.toml: is not TOML" in faults("state = [")[0]
    assert any("state: must be a section; write [state.name] above its keys" in line for line in faults("state = 1"))
    assert any("write [state.idle]" in line for line in faults("[state]\nidle = 1"))
    assert faults(TEXT.replace("[sound.overtime]", "[sound.done2]"))[0].startswith("mine.toml: [sound.done2]: unknown")
    lines = faults(TEXT[: TEXT.index("[sound.overtime]")])
    names = ("overtime", "stop_advised", "choice")
    assert lines == [f"mine.toml: [sound.{name}]: missing; add it" for name in names]
    assert len(faults(TEXT[: TEXT.index("[sound.done]")])) == 4
    assert any("[event.qqq]: unknown; known are resumed, wiggle" in line for line in faults(f"{TEXT}\n[event.qqq]\n"))
    with pytest.raises(ConfigError, match=r"^cues\.toml: is not TOML"):
        parse_cue_table("[")


def test_the_last_good_table_stays_in_force() -> None:
    """A person tries a dimmer pacer, then a wrong one: the dimmer one goes on."""
    book = LastGood(shipped_cue_table(), parse_cue_table)
    assert book.update(changed("state.settling", "high", "38"), "mine.toml") == ()
    assert book.value.state[State.SETTLING].high == 38
    reported = book.update(changed("state.settling", "high", "90") + "\n[lights]\n", "mine.toml")
    assert len(reported) == 2
    assert book.value.state[State.SETTLING].high == 38


def test_a_table_made_in_code_keeps_the_same_rules() -> None:
    """No road leads to a cue that is too bright or too fast."""
    with pytest.raises(ConfigError, match="faster than 2 Hz"):
        LightCue("blink", on_s=(0.1,), gap_s=0.1)
    with pytest.raises(ConfigError, match=r"give at least 30, or 0 for once\nlimit = 1: is below volume = 2"):
        SoundCue((440.0,), every_s=5.0, volume=2, limit=1)
    with pytest.raises(ConfigError, match=r"give at least that\non_s has 0 values"):
        LightCue("blink", on_s=(), low=51)
    ships = shipped_cue_table()
    with pytest.raises(ConfigError, match=r"state.idle.high = 69"):
        CueTable({**ships.state, State.IDLE: LightCue("steady", high=69)}, ships.condition, ships.event, ships.sound)


def test_a_light_that_is_off_is_dark_and_a_train_knows_its_time() -> None:
    """The pattern off exists, so that a state may show nothing at all."""
    assert LightCue("off").level(3.0, 0.3) == 0.0
    assert LightCue("steady", high=38).level(3.0, 0.3) == 38
    assert LightCue("blink", on_s=(0.25, 0.25), gap_s=0.45).visible_s == pytest.approx(1.4)
    assert LightCue("breathe", lasts_s=30.0).visible_s == 30.0


def test_chimes_come_when_they_are_due_and_grow_to_a_limit() -> None:
    """The goal chimes after 15 s, then every two minutes, each a step louder up to three; overtime stops after five."""
    done, overtime = shipped_cue_table().sound[Chime.DONE], shipped_cue_table().sound[Chime.OVERTIME]
    assert [done.due_repeat(age_s) for age_s in (0, 14.9, 15, 134.9, 135, 1215)] == [None, None, 0, 0, 1, 10]
    assert [done.step(turn) for turn in range(5)] == [1, 2, 3, 3, 3]
    assert [done.repeat_due_s(turn) for turn in range(3)] == [15.0, 135.0, 255.0]
    assert [overtime.due_repeat(age_s) for age_s in (0, 60, 240, 299.9, 300)] == [0, 1, 4, 4, None]
    assert shipped_cue_table().sound[Chime.STOP_ADVISED].due_repeat(500.0) == 0


def test_every_light_that_lasts_has_words() -> None:
    """States and conditions are described to a person in at most 36 characters, the width of the live view."""
    table = shipped_cue_table()
    for light in (*table.state.values(), *table.condition.values()):
        assert 0 < len(light.words) <= 36

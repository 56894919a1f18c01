"""The evenings: a small part of `make evenings`, and the key points of the picture."""

import pytest

from firmware.cues.settings import CueSettings
from firmware.cues.voice import WAVE_HZ
from firmware.enums import State
from firmware.events import Hint, StopAdvised
from sim.people.acts import Lie
from tests.bench.evening import Evening, perceive
from tests.bench.evenings import ASLEEP, COME, GO, LUNCH, NO_CLOCK, PAIN, SMALL, perceived, rows


@pytest.mark.requirement("D17", "D27")
def test_a_small_part_holds_its_bounds() -> None:
    """Levels at night, ramps, notes, silence after frames stop, advice, hammering."""
    found = rows(SMALL)
    assert len(found) >= 13
    assert [one.name for one in found if not one.holds] == []


@pytest.mark.requirement("D34", "D35")
def test_up_early_at_lunch() -> None:
    """Up at 80 s: advice at once and again when sitting back; aftercare meanwhile; the session goes on to its goal."""
    found = perceived(LUNCH)
    kinds = [event.kind for event in found.events(Hint) if isinstance(event, Hint)]
    assert kinds[:2] == ["up_slowly", "steady"]
    assert found.within(State.AFTERCARE).any()
    assert [hertz for _, _, hertz in found.tones[:2]] == [440.0, 523.25]


@pytest.mark.requirement("D18")
def test_the_pacer_as_the_buzzer_gets_it() -> None:
    """Wanted: one low tone a breath, longer than a note, until resting; then nothing before the goal."""
    acts = (*COME, Lie(seconds=335), *GO[:1])
    found = perceive(Evening("pacer", acts, cues=CueSettings(pacer_sound=True)), rate_hz=10.0)
    resting_s = found.t_s[found.within(State.RESTING)][0]
    assert {hertz for _, _, hertz in found.tones} == {WAVE_HZ}
    assert len(found.tones) >= 25
    assert all(end_s - start_s > 2.0 for start_s, end_s, _ in found.tones[:-1])
    assert max(end_s for _, end_s, _ in found.tones) <= resting_s + 0.2


@pytest.mark.requirement("D40")
def test_growing_pain() -> None:
    """The advice is two falling notes, again at the next press; then no note of the goal, though it is reached."""
    found = perceived(PAIN)
    [advised] = [event for event in found.events(StopAdvised) if isinstance(event, StopAdvised)]
    notes = [hertz for start_s, _, hertz in found.tones if start_s > advised.t_s]
    assert notes == [523.25, 392.0, 523.25, 392.0]
    assert found.within(State.DONE).any()


@pytest.mark.requirement("D25", "D26")
def test_asleep_at_night_with_and_without_a_clock() -> None:
    """With a clock nothing sounds before overtime, the end is felt; without one the goal chimes softly three times."""
    night, unknown = perceived(ASLEEP), perceived(NO_CLOCK)
    done = night.t_s[night.within(State.DONE)]
    assert not [tone for tone in night.tones if done[0] <= tone[0] <= done[-1]]
    assert [touch for touch in night.touches if done[0] <= touch[0] <= done[0] + 5]
    assert night.strongest.max() <= 26.1
    done = unknown.t_s[unknown.within(State.DONE)]
    assert len([tone for tone in unknown.tones if done[0] <= tone[0] <= done[-1]]) == 6
    assert unknown.strongest.max() <= 38.1

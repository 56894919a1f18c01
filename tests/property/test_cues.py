"""Whatever happens in whatever order, the pod stays gentle."""

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware.cues.cue import DONE_LEVEL, SESSION_LEVEL
from firmware.cues.lightness import duty_of_lightness
from firmware.cues.player import CuePlayer
from firmware.cues.settings import SoundMode
from firmware.cues.table import ShownCondition
from firmware.cues.voice import LEAD_S
from firmware.enums import Command, HintKind, State, StopReason
from firmware.events import (
    ButtonHeld,
    ButtonStuck,
    CommandAccepted,
    Discomfort,
    Eased,
    Event,
    Hint,
    SensorBack,
    SensorLost,
    StopAdvised,
    Wiggle,
    Zeroed,
)
from firmware.view import Output, SessionView

DONE, SESSION = duty_of_lightness(DONE_LEVEL), duty_of_lightness(SESSION_LEVEL)
EVENTS: list[Event] = [
    Wiggle(0.0, 9.0),
    Discomfort(0.0, State.RESTING, 9.0),
    Eased(0.0, State.RESTING, 9.0),
    StopAdvised(0.0, StopReason.GROWING),
    CommandAccepted(0.0, Command.CARRY_ON),
    CommandAccepted(0.0, Command.SILENT),
    CommandAccepted(0.0, Command.SHOW_STATE),
    ButtonHeld(0.0, 2.0),
    ButtonStuck(0.0, stuck=True),
    ButtonStuck(0.0, stuck=False),
    Hint(0.0, HintKind.UNEVEN),
    SensorLost(0.0, 4095),
    SensorBack(0.0, 0),
    Zeroed(0.0, 1.0, "placed"),
]
OUTSIDE = (State.IDLE, State.SEATED, State.LOWERING, State.STANDING, State.AFTERCARE)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(State)),
        st.integers(1, 25),
        st.lists(st.sampled_from(EVENTS), max_size=2),
        st.sampled_from([None, *ShownCondition]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


def level(output: Output) -> float:
    """Return the brightest part of a light."""
    return max(output.red, output.green, output.blue)


@settings(deadline=None, max_examples=300)
@given(STEPS)
@example(  # a blink over steady blue was seen late, and the next one came too soon after it
    [
        (State.SEATED, 20, [Eased(0.0, State.RESTING, 9.0)], None, False),
        (State.IDLE, 5, [SensorLost(0.0, 4095)], None, False),
        (State.IDLE, 20, [Discomfort(0.0, State.RESTING, 9.0)], None, False),
    ]
)
def test_no_light_flashes_fast_or_glares_and_no_sound_comes_unbidden(
    steps: list[tuple[State, int, list[Event], ShownCondition | None, bool]],
) -> None:
    """States, events and conditions in any order and at any pace, seen fifty times a second.

    No two fast rises of light within half a second, never brighter than the cap, never green; sound only at the goal,
    in overtime, or within a second of advice to stop or of a press after it.
    """
    player = CuePlayer()
    hop, bright_s, advised_s = 0, -9.0, -9.0
    seen: list[tuple[float, float]] = []
    for state, hops, events, condition, on in steps:
        if condition is not None:
            player.set_condition(condition, on=on)
        for turn in range(hops):
            hop += 1
            t_s = hop / 10
            view = SessionView(state, True, 1, None if state in OUTSIDE else 0.0, t_s, 600.0, 0)  # noqa: FBT003
            now = tuple(events) if turn == 0 else ()
            player.step(t_s, view, now)
            if state in (State.DONE, State.OVERTIME):
                bright_s = t_s
            if any(isinstance(event, StopAdvised | Discomfort) for event in now):
                advised_s = t_s
            for part in range(5):
                at_s = t_s + part / 50
                output = player.output_at(at_s)
                seen.append((at_s, level(output)))
                assert level(output) <= (DONE if at_s - bright_s < 1.1 else SESSION) + 1e-9
                assert output.green <= max(output.red, output.blue)
                if output.tone_hz is not None:
                    assert state in (State.DONE, State.OVERTIME) or at_s - advised_s < 0.8 + LEAD_S
                    assert player.mode is not SoundMode.SILENT or at_s - t_s < 0.1 or at_s - advised_s < 0.8 + LEAD_S
    rises_s = [after_s for (_, before), (after_s, after) in itertools.pairwise(seen) if after - before > 0.0155]
    onsets_s = [at_s for n, at_s in enumerate(rises_s) if n == 0 or at_s - rises_s[n - 1] > 0.021]
    assert all(after - before > 0.45 for before, after in itertools.pairwise(onsets_s))

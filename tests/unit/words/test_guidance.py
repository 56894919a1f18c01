"""The sentence of guidance: what a screen or the home dashboard shows."""

import pytest

from firmware import words
from firmware.enums import State, StopReason
from firmware.view import SessionView
from firmware.words.guidance import guidance, guidance_reason


def view(state: State, *, stop_advised: bool = False, advice: StopReason | None = None) -> SessionView:
    """Return a view of a session."""
    plain = SessionView(state, occupied=True, number=1, start_s=0.0, elapsed_s=9.0, goal_s=600.0, wiggles=0)
    return plain._replace(stop_advised=stop_advised, advice=advice)


@pytest.mark.requirement("D20")
@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_sentence(state: State) -> None:
    """Each state has a sentence of its own; the stages have a reason too."""
    assert guidance(view(state)) == words.STATE[state]
    assert bool(guidance_reason(view(state))) is (state in words.WHY)


@pytest.mark.requirement("D40")
@pytest.mark.parametrize("state", [State.RESTING, State.DONE, State.OVERTIME])
def test_advice_to_stop_takes_the_place_of_praise(state: State) -> None:
    """Until it is answered: how to get up, and why. Afterwards, at the goal: no praise for staying."""
    advised = view(state, stop_advised=True, advice=StopReason.GROWING)
    assert guidance(advised) == f"{words.STOP_FIRST} {words.STOP_HOW}"
    assert guidance_reason(advised) == words.STOP[StopReason.GROWING]
    answered = guidance(view(state, stop_advised=True))
    assert answered == (words.STATE[state] if state is State.RESTING else words.DONE_AFTER_STOP)
    assert "Well done" not in answered

"""What a person asks for, and when stopping is advised."""

import pytest

from firmware import words
from firmware.enums import Command, Reason, State, StopReason
from firmware.events import CommandAccepted, Discomfort, Eased, EndRequested, Event, StopAdvised
from firmware.session.button import MENU, TimedCommand
from firmware.session.command_processor import CommandProcessor
from firmware.session.legality import refusal_in_state
from firmware.session.stages import StageSettings
from firmware.view import SessionView

EASE_S = StageSettings().ease_s


def view(state: State, lying_s: float, number: int = 1) -> SessionView:
    """Return the view of a session."""
    at_rest = state in (State.IDLE, State.SEATED, State.LOWERING, State.STANDING, State.AFTERCARE)
    return SessionView(state, True, number, None if at_rest else 100.0, lying_s, 600.0, 0)  # noqa: FBT003


def stage(lying_s: float) -> State:
    """Return the stage of a lying time."""
    return State.SETTLING if lying_s < 60 else State.EASING if lying_s < 300 else State.RESTING


def ask(commands: CommandProcessor, lying_s: float, command: Command, number: int = 1) -> list[Event]:
    """Return a command at a lying time; frame time began 100 s before."""
    asking = TimedCommand(100.0 + lying_s, command)
    return list(commands.step(100.0 + lying_s, [asking], view(stage(lying_s), lying_s, number), EASE_S))


def advised(*presses_s: float) -> list[StopReason | None]:
    """Return what follows from each press at these lying times."""
    commands = CommandProcessor()
    reported = [ask(commands, press_s, Command.DISCOMFORT) for press_s in presses_s]
    return [next((event.reason for event in events if isinstance(event, StopAdvised)), None) for events in reported]


def test_a_press_is_noted_with_stage_and_lying_time_of_the_moment_it_was_given() -> None:
    """The key went down half a second before the hop that knows what it meant."""
    commands = CommandProcessor()
    reported = list(commands.step(131.0, [TimedCommand(130.4, Command.DISCOMFORT)], view(State.SETTLING, 31.0), EASE_S))
    assert reported == [Discomfort(130.4, State.SETTLING, pytest.approx(30.4))]  # type: ignore[arg-type]
    reported = list(commands.step(131.0, [TimedCommand(132.0, Command.EASING)], view(State.SETTLING, 31.0), EASE_S))
    assert reported == [Eased(132.0, State.SETTLING, 31.0)]
    reported = list(commands.step(101.0, [TimedCommand(99.0, Command.EASING)], view(State.SETTLING, 1.0), EASE_S))
    assert reported == [Eased(99.0, State.SETTLING, 0.0)]


@pytest.mark.requirement("D22")
def test_presses_in_the_first_minutes_are_expected() -> None:
    """It hurts at 20 s and at 200 s: noted, no advice."""
    assert advised(20, 200) == [None, None]


@pytest.mark.requirement("D22", "D40")
def test_pain_that_stays_after_five_minutes_is_persistent() -> None:
    """Two presses half a minute apart after minute five; not closer, and not when one of them was before."""
    assert advised(310, 340) == [None, StopReason.PERSISTENT]
    assert advised(310, 339) == [None, None]
    assert advised(290, 340) == [None, None]
    assert advised(300, 340) == [None, None]
    assert advised(300.1, 330.2) == [None, StopReason.PERSISTENT]
    assert advised(310, 320, 350) == [None, None, StopReason.PERSISTENT]


@pytest.mark.requirement("D40")
def test_presses_that_come_closer_together_are_growing_pain() -> None:
    """Three presses with shrinking distances, in the first minute already; equal or growing distances are not."""
    assert advised(10, 30, 40) == [None, None, StopReason.GROWING]
    assert advised(10, 20, 30) == [None, None, None]
    assert advised(10, 20, 40) == [None, None, None]
    assert advised(10, 20, 40, 50) == [None, None, None, StopReason.GROWING]


def test_advice_is_given_once_until_it_is_answered() -> None:
    """After the advice more presses are only noted; after "carry on" or "it eases" new ones count again."""
    for answer in (Command.CARRY_ON, Command.EASING):
        commands = CommandProcessor()
        for press_s in (10.0, 30.0, 40.0, 45.0):
            reported = ask(commands, press_s, Command.DISCOMFORT)
            assert (len(reported) == 2) is (press_s == 40.0)
        ask(commands, 50.0, answer)
        assert [len(ask(commands, press_s, Command.DISCOMFORT)) for press_s in (60.0, 80.0, 90.0)] == [1, 1, 2]


def test_easing_without_advice_takes_nothing_back() -> None:
    """It hurts late, it eases, it hurts again half a minute later: that is persistent."""
    commands = CommandProcessor()
    assert len(ask(commands, 310.0, Command.DISCOMFORT)) == 1
    ask(commands, 320.0, Command.EASING)
    assert ask(commands, 345.0, Command.DISCOMFORT)[1] == StopAdvised(445.0, StopReason.PERSISTENT)


def test_a_new_session_begins_without_old_presses() -> None:
    """Two presses in one session and one in the next: nothing grows; and an end at five minutes is no discomfort."""
    commands = CommandProcessor()
    ask(commands, 10.0, Command.DISCOMFORT)
    ask(commands, 30.0, Command.DISCOMFORT)
    assert len(ask(commands, 40.0, Command.DISCOMFORT, number=2)) == 1
    assert ask(commands, 300.0, Command.END, number=3) == [EndRequested(400.0, Reason.USER)]


def test_why_a_session_was_ended_is_guessed_kindly() -> None:
    """Within a minute, or after saying that it hurts: discomfort. Else the person simply wanted to."""
    assert ask(CommandProcessor(), 59.9, Command.END) == [EndRequested(159.9, Reason.DISCOMFORT)]
    assert ask(CommandProcessor(), 60.0, Command.END) == [EndRequested(160.0, Reason.USER)]
    commands = CommandProcessor()
    ask(commands, 100.0, Command.DISCOMFORT)
    assert ask(commands, 400.0, Command.END) == [EndRequested(500.0, Reason.DISCOMFORT)]


SESSION_ONLY = {Command.DISCOMFORT, Command.EASING, Command.END, Command.CARRY_ON}
ALWAYS = {Command.SILENT, Command.SHOW_STATE}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("command", list(Command))
def test_every_command_in_every_state_is_taken_or_rejected_with_words(state: State, command: Command) -> None:
    """The full product: what fits gives an event, what does not gives none and a sentence that says why."""
    at_rest = view(state, 0.0).start_s is None
    fits = command in ALWAYS or (command in SESSION_ONLY) is not at_rest
    if command is Command.ZERO:
        fits = state is State.IDLE
    reported = list(CommandProcessor().step(200.0, [TimedCommand(200.0, command)], view(state, 100.0), EASE_S))
    why = refusal_in_state(command, state)
    if command is Command.SHUTDOWN or command in MENU.values():
        fits = at_rest
    assert (why is None) is fits
    assert bool(reported) is fits
    assert why is None or words.REFUSED[why]
    if fits and command not in SESSION_ONLY - {Command.CARRY_ON}:
        assert reported == [CommandAccepted(200.0, command)]

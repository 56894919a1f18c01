"""Gestures of the key by the times of its edges."""

from collections.abc import Sequence

import pytest

from firmware.enums import Command, State
from firmware.events import ButtonHeld, ButtonStuck
from firmware.session.button import MEANING, MENU, Gesture, KeyEdge, PressDecoder, PressSettings, TimedCommand
from firmware.session.legality import Situation

Emitted = TimedCommand | ButtonHeld | ButtonStuck


def press(*presses: tuple[float, float]) -> list[KeyEdge]:
    """Return the edges of presses, each (down, how long)."""
    return [edge for down_s, held_s in presses for edge in (KeyEdge(down_s, True), KeyEdge(down_s + held_s, False))]  # noqa: FBT003


def live(
    edges: Sequence[KeyEdge], until_s: float, state: State = State.RESTING, button: PressDecoder | None = None
) -> list[Emitted]:
    """Step through the hops up to a time with these edges."""
    key = button or PressDecoder()
    reported: list[Emitted] = []
    for hop in range(1, round(until_s * 10) + 1):
        now = [edge for edge in edges if (hop - 1) / 10 < edge.t_s <= hop / 10]
        reported += key.step(hop / 10, now, state)
    return reported


def asked(edges: Sequence[KeyEdge], until_s: float, state: State = State.RESTING) -> list[tuple[float, Command]]:
    """Return only the commands."""
    return [(one.t_s, one.command) for one in live(edges, until_s, state) if isinstance(one, TimedCommand)]


@pytest.mark.requirement("D40")
def test_a_short_press_means_that_it_hurts_at_the_moment_the_key_went_down() -> None:
    """One press in resting: reported once half a second has shown that no second follows."""
    edges = press((1.23, 0.2))
    assert asked(edges, 1.9) == []
    assert asked(edges, 9.0) == [(1.23, Command.DISCOMFORT)]


@pytest.mark.requirement("D21")
def test_two_presses_within_half_a_second_mean_that_it_eases() -> None:
    """Press, press: easing. A little more time between them: it hurts, twice."""
    assert asked(press((1.0, 0.2), (1.6, 0.2)), 4.0) == [(1.0, Command.EASING)]
    assert asked(press((1.0, 0.2), (1.7, 0.2)), 4.0) == [(1.0, Command.EASING)]
    assert asked(press((1.0, 0.2), (1.72, 0.2)), 4.0) == [(1.0, Command.DISCOMFORT), (1.72, Command.DISCOMFORT)]


def test_hammering_on_the_key_never_means_that_it_eases() -> None:
    """Three quick presses: each means that it hurts. At rest they say nothing."""
    hammered = press((1.0, 0.1), (1.3, 0.1), (1.6, 0.1))
    assert asked(hammered, 4.0) == [(time_s, Command.DISCOMFORT) for time_s in (1.0, 1.3, 1.6)]
    assert asked(hammered, 4.0, State.SEATED) == []
    endless = press(*((1.0 + 0.3 * turn, 0.1) for turn in range(40)))
    assert len(asked(endless, 15.0)) == 10


@pytest.mark.parametrize(
    ("held_s", "command"),
    [
        (0.59, Command.DISCOMFORT),
        (0.6, Command.DISCOMFORT),
        (1.99, Command.DISCOMFORT),
        (2.0, Command.END),
        (9.9, Command.END),
        (29.9, Command.END),
    ],
)
def test_how_long_the_key_is_down_decides_in_a_session(held_s: float, command: Command) -> None:
    """Short and slow presses mean that it hurts; from two seconds on the session is to end."""
    assert asked(press((1.0, held_s)), 40.0) == [(1.0, command)]


@pytest.mark.parametrize(
    ("held_s", "command"),
    [(0.3, Command.SHOW_STATE), (2.0, Command.SILENT), (9.9, Command.SILENT), (10.0, Command.SHUTDOWN)],
)
def test_at_rest_the_key_means_other_things(held_s: float, command: Command) -> None:
    """Nobody lies there: show yourself, sound off, switch off; two presses set to zero."""
    assert asked(press((1.0, held_s)), 40.0, State.IDLE) == [(1.0, command)]
    assert asked(press((1.0, 0.2), (1.5, 0.2)), 4.0, State.IDLE) == [(1.0, Command.ZERO)]


def test_a_person_who_sits_down_on_the_key_cannot_zero_or_switch_off() -> None:
    """Two presses or ten seconds while a person comes or has just gone do nothing."""
    for state in (State.SEATED, State.LOWERING, State.STANDING, State.AFTERCARE):
        assert asked(press((1.0, 0.2), (1.5, 0.2)), 4.0, state) == []
        assert asked(press((1.0, 12.0)), 20.0, state) == []
        assert asked(press((1.0, 3.0)), 20.0, state) == [(1.0, Command.SILENT)]


def test_every_place_and_gesture_has_a_meaning() -> None:
    """The table leaves nothing open."""
    assert set(MEANING) == {(situation, gesture) for situation in Situation for gesture in Gesture}


def test_a_hold_is_reported_when_letting_go_would_count() -> None:
    """Two seconds in a session; at rest again at ten, because there letting go means more."""
    held = [(round(one.t_s, 1), one.held_s) for one in live(press((1.0, 15.0)), 20.0) if isinstance(one, ButtonHeld)]
    assert held == [(3.0, 2.0)]
    rest = live(press((1.0, 15.0)), 20.0, State.IDLE)
    assert [(round(one.t_s, 1), one.held_s) for one in rest if isinstance(one, ButtonHeld)] == [
        (3.0, 2.0),
        (11.0, 10.0),
    ]


def test_each_hold_is_reported_again() -> None:
    """Held, let go, held again: reported twice."""
    reported = live(press((1.0, 3.0), (8.0, 3.0)), 15.0)
    assert [type(one) for one in reported] == [ButtonHeld, TimedCommand, ButtonHeld, TimedCommand]


def test_where_the_session_was_when_the_key_went_down_decides() -> None:
    """The key goes down in resting and comes up after the session: it still means the end, not silence."""
    button = PressDecoder()
    reported = live(press((1.0, 30.0))[:1], 2.0, State.RESTING, button)
    for hop in range(21, 60):
        edges = [KeyEdge(4.0, False)] if hop == 40 else []  # noqa: FBT003
        reported += button.step(hop / 10, edges, State.IDLE)
    assert [one for one in reported if isinstance(one, TimedCommand)] == [TimedCommand(1.0, Command.END)]


def test_a_stuck_key_is_reported_once_and_does_nothing() -> None:
    """Down for ten minutes, then free: one fault, one all-clear, no command; the next presses work."""
    reported = live(press((1.0, 600.0), (610.0, 0.2), (612.0, 1.0)), 615.0)
    assert reported == [
        ButtonHeld(3.0, 2.0),
        ButtonStuck(31.0, stuck=True),
        ButtonStuck(601.0, stuck=False),
        TimedCommand(610.0, Command.DISCOMFORT),
        TimedCommand(612.0, Command.DISCOMFORT),
    ]


def test_a_key_may_be_stuck_more_than_once() -> None:
    """Each time it is reported, and reported again when it comes free."""
    reported = live(press((1.0, 40.0), (50.0, 40.0)), 95.0)
    assert [one for one in reported if isinstance(one, ButtonStuck)] == [
        ButtonStuck(31.0, stuck=True),
        ButtonStuck(41.0, stuck=False),
        ButtonStuck(80.0, stuck=True),
        ButtonStuck(90.0, stuck=False),
    ]


def test_a_hold_that_nobody_watched_is_no_command() -> None:
    """No frames came for a minute: the key was down for longer than anybody presses, so it says nothing."""
    button = PressDecoder()
    assert live(press((1.0, 59.0))[:1], 1.5, State.RESTING, button) == []
    assert list(button.step(61.0, [KeyEdge(60.0, False)], State.RESTING)) == []  # noqa: FBT003


def test_a_contact_that_bounces_is_one_press() -> None:
    """Down and up a few times within milliseconds on both ends: one short press. A needle is none at all."""
    bounce = [KeyEdge(1.0 + part / 1000, part % 2 == 0) for part in range(5)]
    bounce += [KeyEdge(1.2 + part / 1000, part % 2 == 1) for part in range(5)]
    assert asked(bounce, 3.0) == [(1.004, Command.DISCOMFORT)]
    assert live([KeyEdge(1.0, True), KeyEdge(1.02, False)], 3.0) == []  # noqa: FBT003
    assert asked(press((1.0, 0.03)), 3.0) == [(1.0, Command.DISCOMFORT)]


def test_lost_edges_do_not_hang_the_key() -> None:
    """The queue ran over: two downs without an up, an up without a down. The next press works."""
    edges = [KeyEdge(1.0, False), KeyEdge(2.0, True), KeyEdge(2.5, True), KeyEdge(2.55, False), *press((5.0, 0.2))]  # noqa: FBT003
    assert asked(edges, 8.0) == [(2.0, Command.DISCOMFORT), (5.0, Command.DISCOMFORT)]


def test_a_second_press_that_is_held_ends_the_session_all_the_same() -> None:
    """A quick press, then a long one at once: it hurts, and now the end."""
    assert asked(press((1.0, 0.2), (1.5, 2.5)), 6.0) == [(1.0, Command.DISCOMFORT), (1.5, Command.END)]


def test_the_same_edges_at_any_hop_are_the_same_commands() -> None:
    """All edges of three seconds come in one late hop: the same is asked as when they come in time."""
    edges = press((1.0, 0.2), (1.5, 0.2), (2.9, 0.2))
    late = list(PressDecoder().step(5.0, edges, State.RESTING))
    assert [one for one in late if isinstance(one, TimedCommand)] == [
        TimedCommand(1.0, Command.EASING),
        TimedCommand(2.9, Command.DISCOMFORT),
    ]


def test_settings_that_make_no_sense_are_rejected() -> None:
    """Each length must be above the one before; the text has the values."""
    for wrong in ({"short_s": 2.0}, {"double_s": 0.6}, {"bounce_s": 0.0}, {"stuck_s": 10.0}):
        with pytest.raises(ValueError, match="give bounce < double < short < long < very_long < stuck"):
            PressSettings(**wrong)


@pytest.mark.parametrize(("presses", "command"), MENU.items())
def test_the_number_of_presses_on_an_empty_mat_is_a_menu(presses: int, command: Command) -> None:
    """Three to seven quick presses are one choice; eight mean nothing, and where a person sits neither does."""
    edges = press(*((1.0 + 0.4 * number, 0.1) for number in range(presses)))
    assert asked(edges, 6.0, State.IDLE) == [(1.0, command)]
    assert asked(edges, 6.0, State.SEATED) == []
    many = press(*((1.0 + 0.4 * number, 0.1) for number in range(8)))
    assert asked(many, 8.0, State.IDLE) == []

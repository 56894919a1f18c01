"""`acumat outputs-test`: every part of the pod once, off afterwards, and the key."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from firmware.diagnosis.outputs_test import KEY_S, PARTS, show_outputs, wait_for_key
from firmware.frames import ButtonEdge
from firmware.view import DARK, Output
from hardware import board as boards
from tests.doubles.clock import ManualClock

if TYPE_CHECKING:
    from collections.abc import Callable

BOARD = boards.load_board()


@dataclass
class Pod:
    """Records what is shown; each call of edges returns the next list."""

    shown: list[Output] = field(default_factory=list)
    presses: list[tuple[ButtonEdge, ...]] = field(default_factory=list)

    def set(self, output: Output) -> None:
        """Record it."""
        self.shown.append(output)

    def edges(self) -> tuple[ButtonEdge, ...]:
        """Return the next presses."""
        return self.presses.pop(0) if self.presses else ()


@dataclass
class Shown:
    """Records the instructions."""

    texts: list[str] = field(default_factory=list)

    def show(self, instruction: str, hint: str, share: float) -> None:
        """Record it."""
        del hint
        assert 0 <= share <= 1
        self.texts.append(instruction)


def never() -> bool:
    return False


def test_every_part_is_announced_shown_and_off_again() -> None:
    """A board with a motor has six; between two and at the end it is dark and silent."""
    pod, shown = Pod(), Shown()
    board = replace(BOARD, motor_bcm=26)
    assert show_outputs(board, pod, shown, ManualClock(), never) == len(PARTS) == len(shown.texts)
    assert pod.shown[-1] == DARK
    assert [one for one in pod.shown if one != DARK] == [output for _, _, output in PARTS]
    assert pod.shown[1:-1:2] == [DARK] * len(PARTS)


def test_parts_that_the_board_lacks_are_left_out() -> None:
    """No light at all: two tones."""
    board = replace(BOARD, red_bcm=None, green_bcm=None, blue_bcm=None, motor_bcm=None)
    pod = Pod()
    assert show_outputs(board, pod, Shown(), ManualClock(), never) == 2
    assert all(one.red == one.green == one.blue == 0 for one in pod.shown)


def test_it_is_dark_after_a_stop() -> None:
    """Ctrl-C in the middle."""
    pod = Pod()
    asked = iter([False, False, True])
    show_outputs(BOARD, pod, Shown(), ManualClock(), lambda: next(asked))
    assert pod.shown[-1] == DARK
    assert len(pod.shown) == 5


@pytest.mark.parametrize(
    ("presses", "came"),
    [
        ([(), (), (ButtonEdge(1, down=True),)], True),
        ([(ButtonEdge(0, down=True),)], False),  # before it was asked for
        ([(), (ButtonEdge(1, down=False),)], False),
        ([], False),
    ],
)
def test_key(presses: list[tuple[ButtonEdge, ...]], came: bool) -> None:
    """A press after the question counts; a release does not."""
    clock = ManualClock()
    begin_s = clock.now_s
    assert wait_for_key(BOARD, Pod(presses=presses), Shown(), clock, never) is came
    assert clock.now_s - begin_s <= KEY_S + 1


def test_a_board_without_a_key_waits_for_none() -> None:
    """There is nothing to press."""
    stop: Callable[[], bool] = never
    assert wait_for_key(replace(BOARD, button_bcm=None), Pod(), Shown(), ManualClock(), stop) is None

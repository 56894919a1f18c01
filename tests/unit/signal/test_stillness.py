"""Still and slow breathing: a minute without a move, and a slow breath that is known."""

import pytest

from firmware.signal.stillness import StillnessDetector


def after(seconds: float, *, rate: float | None = 8.0) -> tuple[StillnessDetector, bool | None]:
    watch, said = StillnessDetector(), None
    for _ in range(round(10 * seconds)):
        said = watch.step(rate, moving=False)
    return watch, said


def test_it_takes_a_minute_without_a_move() -> None:
    """One move, and the minute starts again."""
    assert after(59.9)[1] is False
    watch, said = after(60.0)
    assert said is True
    assert watch.step(8.0, moving=True) is False
    assert [watch.step(8.0, moving=False) for _ in range(600)][-2:] == [False, True]


@pytest.mark.parametrize(("rate", "said"), [(11.9, True), (12.0, False), (None, None)])
def test_the_breath_must_be_known_and_slow(rate: float | None, *, said: bool | None) -> None:
    """Twelve a minute is not slow; a breath that is not known says nothing."""
    assert after(90.0, rate=rate)[1] is said


def test_it_says_nothing_while_movements_are_not_known() -> None:
    """Somebody has just lain down, or is another one."""
    watch, _ = after(90.0)
    assert watch.step(8.0, moving=None) is None
    assert watch.step(8.0, moving=False) is False


def test_still_share_is_the_still_part_of_the_last_minute() -> None:
    """It grows through the first minute, falls with each move and forgets it after another minute."""
    assert StillnessDetector().still_share is None
    watch, _ = after(30.0)
    assert watch.still_share == pytest.approx(0.5)
    watch, _ = after(90.0)
    assert watch.still_share == 1.0
    for _ in range(60):
        watch.step(8.0, moving=True)
    assert watch.still_share == pytest.approx(0.9)
    for _ in range(600):
        watch.step(8.0, moving=False)
    assert watch.still_share == 1.0
    watch.step(8.0, moving=None)
    assert watch.still_share is None

"""The zero of the empty mat: taken only when nobody is there, followed slowly, and never a guess."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from firmware.signal.calibration import Calibration
from firmware.signal.zero_tracker import NewZero, Refusal, ZeroReason, ZeroTracker
from hardware.board import STANDARD_GRAVITY

CELLS = 12
SCALE = 1000.0
KG = STANDARD_GRAVITY
EVEN = np.full(CELLS, 1 / CELLS)
FEW = np.array([0, 0, 0, 0.2, 0.3, 0.2, 0, 0.2, 0.1, 0, 0, 0])  # where a light person lies


def keeper(zero: float | None = 50_000) -> ZeroTracker:
    return ZeroTracker(Calibration((SCALE,) * CELLS, None if zero is None else (int(zero),) * CELLS))


def codes(
    newtons: "np.ndarray[tuple[int], np.dtype[np.float64]] | float",
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return 50_000 + np.broadcast_to(np.asarray(newtons, dtype=float), (CELLS,)) * SCALE


def play(
    unit: ZeroTracker,
    load_n: "Callable[[int], np.ndarray[tuple[int], np.dtype[np.float64]]]",
    seconds: int,
    *,
    vacant: bool = True,
    missing: Sequence[int] = (),
) -> list[tuple[int, NewZero]]:
    """Step through seconds of a load (cells,) in newtons; give what was taken and when."""
    gone = np.isin(np.arange(CELLS), missing) if missing else None
    found = []
    for second in range(seconds):
        if not vacant:
            unit.occupied()
        elif (taken := unit.step(codes(load_n(second)), gone)) is not None:
            found.append((second, taken))
    return found


def shown_n(unit: ZeroTracker, load_n: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """What the mat would show in all, in newtons."""
    assert unit.zero is not None
    return float(((codes(load_n) - unit.zero) / SCALE).sum())


def started() -> ZeroTracker:
    """A keeper that has taken its zero at the start."""
    unit = keeper()
    assert [taken.why for _, taken in play(unit, lambda _: 0 * EVEN, 2)] == [ZeroReason.START]
    return unit


def test_an_empty_mat_is_zeroed_once_at_the_start() -> None:
    """Two still seconds within two kilograms of the zero that was kept: taken, with the change."""
    unit = keeper()
    [(second, taken)] = play(unit, lambda _: 15 * EVEN, 30)
    assert (second, taken.why) == (1, ZeroReason.START)
    assert sum(taken.offset_n) == pytest.approx(15)
    assert shown_n(unit, 15 * EVEN) == pytest.approx(0, abs=1e-6)
    assert unit.refusal is None


@pytest.mark.parametrize("mass_kg", [10.2, 14, 60])
@pytest.mark.parametrize("vacant", [True, False])
def test_power_up_with_a_person_on_the_mat_never_takes_a_zero(mass_kg: float, vacant: bool) -> None:
    """Even a light one who lies stock-still for an hour, and even if the session side were to miss them."""
    unit = keeper()
    assert play(unit, lambda _: mass_kg * KG * FEW, 3600, vacant=vacant) == []
    assert unit.zero is not None
    assert unit.zero.tolist() == [50_000.0] * CELLS
    assert unit.refusal is (Refusal.LOADED if vacant else Refusal.OCCUPIED)


def test_power_up_on_a_mat_that_lost_its_cover_with_a_person_on_it() -> None:
    """Twelve kilograms less everywhere and a person of fourteen: close to zero in sum, and still no zero."""
    unit = keeper()
    assert play(unit, lambda _: -12 * KG * EVEN + 14 * KG * FEW, 500) == []


def test_without_a_zero_nothing_is_guessed() -> None:
    """An empty mat without a zero stays without one, until a person says that it is empty."""
    unit = keeper(None)
    assert play(unit, lambda _: 0 * EVEN, 600) == []
    assert (unit.zero, unit.refusal) == (None, Refusal.NOT_ZEROED)
    unit.ask()
    [(second, taken)] = play(unit, lambda _: 3 * EVEN, 10)
    assert (second, taken) == (3, NewZero(ZeroReason.ASKED, (0.0,) * CELLS))
    assert shown_n(unit, 3 * EVEN) == pytest.approx(0, abs=0.2)


def test_a_first_zero_wants_stillness_and_every_cell() -> None:
    """Somebody breathes, or a cell does not answer: refused after the patience, with the reason."""
    unit = keeper(None)
    unit.ask()
    assert play(unit, lambda second: 2 * (second % 2) * FEW, 12) == []
    assert not unit.asked
    unit.ask()
    assert play(unit, lambda _: 0 * EVEN, 3, missing=[4]) == []
    assert unit.refusal is Refusal.CELLS
    unit = keeper(None)
    unit.ask()
    play(unit, lambda second: 2 * (second % 2) * FEW, 5)
    assert (unit.refusal, unit.stable.worst(), unit.asked) == (Refusal.MOVING, 4, True)


@pytest.mark.parametrize(("mass_kg", "after_s"), [(0.6, 9), (1.6, 9), (5.9, 9), (7.0, 599), (9.9, 599)])
def test_what_is_laid_on_the_mat_and_stays_becomes_part_of_it(mass_kg: float, after_s: int) -> None:
    """Mat and towel after ten seconds, heavier things after ten minutes."""
    unit = started()
    [(second, taken)] = play(unit, lambda _: mass_kg * KG * EVEN, 700)
    assert (second, taken.why) == (after_s, ZeroReason.PLACED)
    assert sum(taken.offset_n) == pytest.approx(mass_kg * KG, abs=0.001)
    assert shown_n(unit, mass_kg * KG * EVEN) == pytest.approx(0, abs=1e-3)


def test_what_is_taken_off_is_seen_sooner() -> None:
    """Less than zero cannot be a person."""
    unit = started()
    [(second, taken)] = play(unit, lambda _: -1.6 * KG * EVEN, 60)
    assert (second, taken.why) == (1, ZeroReason.LIFTED)


def test_a_cat_is_not_zeroed_away_while_it_breathes() -> None:
    """Five kilograms that move by 40 g on a cell every few seconds."""
    unit = started()
    assert play(unit, lambda second: 5 * KG * FEW + 0.4 * (second // 2 % 2) * (FEW == 0.3), 900) == []
    assert unit.refusal is Refusal.MOVING


@pytest.mark.parametrize("where", [EVEN, FEW, (np.arange(CELLS) == 7).astype(float)])
@pytest.mark.parametrize("sign", [1, -1])
def test_drift_of_ten_kilograms_an_hour_is_followed(
    where: "np.ndarray[tuple[int], np.dtype[np.float64]]", sign: int
) -> None:
    """For three hours, on all cells or on a single one: the mat never shows a kilogram, and no more at the end."""
    unit = started()
    worst = 0.0
    for second in range(3 * 3600):
        load_n = sign * 10 * KG * second / 3600 * where
        unit.step(codes(load_n), None)
        worst = max(worst, abs(shown_n(unit, load_n)))
    assert worst < 1 * KG


def test_while_somebody_is_there_nothing_moves_the_zero() -> None:
    """Half an hour of creep under a person, then the mat is empty: the change of each cell is reported and followed."""
    unit = started()
    crept = 1.2 * (np.arange(CELLS) == 4)
    assert play(unit, lambda second: 40 * KG * FEW + crept * second / 1800, 1800, vacant=False) == []
    assert unit.zero is not None
    assert unit.zero.tolist() == [50_000.0] * CELLS
    play(unit, lambda _: crept, 120)
    assert unit.crept_n is not None
    assert unit.crept_n[4] == pytest.approx(1.2, abs=0.1)
    assert abs(shown_n(unit, crept)) < 0.01


def test_what_was_left_behind_is_not_taken_for_creep() -> None:
    """A pillow of three kilograms says nothing about the cells."""
    unit = started()
    play(unit, lambda _: 40 * KG * FEW, 60, vacant=False)
    play(unit, lambda _: 3 * KG * EVEN, 5)
    assert unit.crept_n is None


def test_a_person_says_zero_now() -> None:
    """Eight kilograms of covers go at once; fourteen are somebody, whatever was said."""
    unit = started()
    unit.ask()
    [(second, taken)] = play(unit, lambda _: 8 * KG * EVEN, 10)
    assert (second, taken.why) == (2, ZeroReason.ASKED)
    unit.ask()
    assert play(unit, lambda _: 8 * KG * EVEN + 14 * KG * FEW, 20) == []
    assert (unit.refusal, unit.asked) == (Refusal.LOADED, False)


def test_an_exact_zero_can_be_asked_for_too() -> None:
    """Nothing to correct is no reason to leave the question open."""
    unit = started()
    unit.ask()
    assert [taken.why for _, taken in play(unit, lambda _: 0 * EVEN, 10)] == [ZeroReason.ASKED]


def test_a_lost_cell_keeps_its_zero() -> None:
    """The others are zeroed; when it comes back it still knows its own."""
    unit = keeper()
    [(_, taken)] = play(unit, lambda _: 12 * EVEN, 5, missing=[3])
    assert taken.offset_n[3] == 0.0
    assert unit.zero is not None
    assert unit.zero[3] == 50_000.0
    assert unit.zero[2] == pytest.approx(51_000)


def test_a_cell_that_comes_back_elsewhere_is_not_zeroed_away() -> None:
    """A cell that jumped by 12 kg looks like a load: only a person can say that it is none."""
    unit = started()
    jumped = 12 * KG * (np.arange(CELLS) == 2)
    assert play(unit, lambda _: jumped, 2000) == []
    assert unit.refusal is Refusal.LOADED

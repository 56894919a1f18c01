"""The rules of others, on loads that a child could draw: they do what their authors publish, good and bad."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.bench.peer_cases import EMPTY_S, LIE_S, OURS, WIGGLES, judge_still, seen_kg, study, table
from tests.bench.peers import PEERS, Delayed, changes
from tests.bench.report import row
from tests.bench.runs import SMALL, rng_of

COMES_S, GOES_S, END_S = 60.0, 120.0, 200.0


def somebody(t_s: float) -> float:
    return 48.0 if COMES_S <= t_s < GOES_S else 0.0


def said(name: str, load_kg: Callable[[float], float], length_s: float = END_S) -> list[tuple[float, bool]]:
    return list(changes(PEERS[name](), load_kg, length_s))


@pytest.mark.parametrize("name", PEERS)
def test_every_rule_sees_somebody_come_and_go_once(name: str) -> None:
    """Who lies down for a minute is seen by all of them, within ten seconds each way, and nobody is seen twice."""
    (came_s, came), (went_s, went) = said(name, somebody)
    assert (came, went) == (True, False)
    assert 0 <= came_s - COMES_S <= 10.5
    assert 0 <= went_s - GOES_S <= 10.5


@pytest.mark.parametrize(
    ("name", "after_h"), [("cwfrazier, ESPHome", 5 / 7.5), ("EverythingSmartHome", 10 / 7.5)], ids=["5 kg", "10 kg"]
)
def test_a_fixed_threshold_takes_drift_for_somebody(name: str, after_h: float) -> None:
    """The zero drifts by 7.5 kg an hour: who never corrects it believes in a visitor once the threshold is reached."""
    [(came_s, came)] = said(name, lambda t_s: 7.5 * t_s / 3600, 2 * 3600)
    assert came
    assert came_s / 3600 == pytest.approx(after_h, abs=0.02)


def test_a_zero_that_follows_holds_up_to_its_own_pace() -> None:
    """Ten counts five times a second are 8.7 kg an hour: 7.5 is followed for ever, 10 runs away after hours."""
    assert said("ESPHome-Smart-Scale", lambda t_s: 7.5 * t_s / 3600, 9 * 3600) == []
    assert said("ESPHome-Smart-Scale", lambda t_s: 10.0 * t_s / 3600, 9 * 3600)


def test_one_wild_reading_is_enough_for_a_mean_and_not_for_a_spread() -> None:
    """A reading of 400 kg lifts a mean of five over any threshold; who waits for stillness never hears of it."""

    def spike(t_s: float) -> float:
        return 400.0 if 59.9 < t_s <= 60.1 else 0.0

    assert said("Elevated Sensors, fast", spike) != []
    assert said("bedscale", spike) == []
    assert said("cat-scale", spike) == []


def test_a_short_change_is_not_reported() -> None:
    """Two seconds to come, five to go: three seconds away is nothing."""
    rule = Delayed(on_s=2.0, off_s=5.0)
    pattern = [True] * 4 + [False] * 3 + [True] * 2 + [False] * 7
    reported = [rule.step(float(second), true=true) for second, true in enumerate(pattern)]
    assert reported == [False] * 2 + [True] * 12 + [False] * 2


def test_bad_readings_are_as_frequent_as_asked_and_stay_inside_the_converter() -> None:
    """One reading in a hundred is one of the wrong codes of a broken read."""
    rng = rng_of(3, 1)
    seen = [seen_kg(48.0, 1000.0, 0.01, rng) for _ in range(20_000)]
    bad = [kg for kg in seen if abs(kg - 48.0) > 0.5]
    assert 120 < len(bad) < 280
    assert max(seen) <= (1 << 23) / 20_624.0


def test_a_change_without_a_cause_is_a_flip() -> None:
    """Somebody came after ten minutes and stays: what is said then is right, what is said before or after is not."""
    assert judge_still([(604.0, True)]) == 0
    assert judge_still([(300.0, True), (301.0, False), (604.0, True), (900.0, False)]) == 3


def test_all_rules_play_the_very_same_visit() -> None:
    """One trace each: every figure of every rule is there, and a slow mean is slower than a fast one."""
    traits = study(replace(SMALL, peer_traces=1, drift_hours=0.05), 4)
    assert set(traits) == {OURS, *PEERS}
    assert all(len(values) == 1 for one in traits.values() for values in one.figures.values())
    fast, slow = traits["Elevated Sensors, fast"].figures, traits["Elevated Sensors, slow"].figures
    assert fast["on"][0] < slow["on"][0] < EMPTY_S + LIE_S
    assert fast["off in wiggles"][0] >= slow["off in wiggles"][0]
    assert traits[OURS].figures["off in wiggles"][0] <= WIGGLES


def test_the_table_stands_only_beside_its_rows() -> None:
    """Without the peers' section there is no empty table."""
    assert table([row("something else", 1.0, "s", "", n=1, label="simulated", how="")]) == ""


def test_three_quarters_of_five_readings() -> None:
    """Bed Presence Mk1: 30 of 48 kg are nobody, 40 are somebody; four of five half-seconds have to be full."""
    assert said("Elevated Sensors, fast", lambda t_s: 30.0 if t_s > COMES_S else 0.0) == []
    assert [came for _, came in said("Elevated Sensors, fast", lambda t_s: 40.0 if t_s > COMES_S else 0.0)] == [True]
    [(came_s, _)] = said("Elevated Sensors, fast", lambda t_s: 48.0 if t_s > COMES_S else 0.0)
    assert came_s - COMES_S == pytest.approx(2.0)

"""The judges of the accuracy report: right is counted as right, wrong as wrong, and seeds repeat."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from firmware.enums import Exit
from firmware.events import Confirmed, Event, GetUp, LieDown, LyingSuspected, SensorLost
from sim.people import acts
from sim.people.household import Visit
from sim.people.story import Story
from tests.bench import accuracy, arrivals, breaths, household, maps, movement, weights
from tests.bench.recordings import Recorded, Truth
from tests.bench.runs import SMALL, FunctionStory, Run, percentile, rng_of

TINY = replace(SMALL, sessions=1, bodies=1, bursts=3, quiet_hours=1)


@pytest.fixture
def visit() -> Run:
    """Sit, lower, lie for half a minute, roll, leave."""
    down = (acts.Wait(seconds=5), acts.Sit(seconds=4), acts.Lower(seconds=3), acts.Lie(seconds=30))
    return Run.of(Story(title="visit", acts=(*down, acts.Roll(), acts.Leave(), acts.Wait(seconds=5))), 1)


def reported(
    run: Run, *, start_off_s: float = 0.1, end_off_s: float = 0.1, late_s: float = 0.4
) -> list[tuple[float, object]]:
    (lying,) = run.truth.lyings
    start_s, end_s = lying.start_s + start_off_s, lying.end_s + end_off_s
    return [
        (lying.start_s + late_s, LyingSuspected(0.0)),
        (lying.start_s + 3.0, LieDown(start_s - run.first_s, 0.0, 300.0)),
        (lying.end_s + late_s, GetUp(end_s - run.first_s, 0.0, Exit.ROLLED, "")),
    ]


def test_a_visit_that_was_reported_correctly_is_judged_correct(visit: Run) -> None:
    """Seen 0.4 s after the truth, made sure after three, 0.1 s off each way, rolled: nothing is wrong."""
    found = arrivals.Findings()
    arrivals.judge(visit, reported(visit), found)  # type: ignore[arg-type]
    assert found.seen == [pytest.approx(0.4)]
    assert found.sure == [pytest.approx(3.0)]
    assert found.start_error == [pytest.approx(0.1)]
    assert found.left == [pytest.approx(0.4)]
    assert found.end_error == [pytest.approx(0.1)]
    assert (found.missed_downs, found.missed_ups, found.exits_wrong, found.false_ends) == (0, 0, 0, 0)


def test_a_missed_or_early_report_counts_against_the_mat(visit: Run) -> None:
    """Nothing heard is a miss; an end in the middle is a false one, and then the true end was missed."""
    deaf = arrivals.Findings()
    arrivals.judge(visit, [], deaf)
    assert (deaf.missed_downs, deaf.missed_ups, deaf.seen) == (1, 0, [])
    hasty = arrivals.Findings()
    said = reported(visit)
    arrivals.judge(visit, [*said[:2], (visit.truth.lyings[0].start_s + 10, said[2][1])], hasty)  # type: ignore[list-item]
    assert (hasty.false_ends, hasty.missed_ups) == (1, 1)


def test_a_session_drawn_for_the_report_can_be_played() -> None:
    """What is drawn is a story in which exactly one person lies once, and the same seed draws the same one."""
    first, again = (arrivals.story_of(rng_of(11, 1)) for _ in range(2))
    assert first == again
    assert len(Run.of(first, 3).truth.lyings) == 1


def test_events_of_an_empty_hour_have_no_cause() -> None:
    """Nobody came: any lying and any lost sensor is false. In a used hour the same words beside the truth are right."""
    empty, found = Run.of(household.empty_hour(1), 1), household.Hours()
    household._judge(empty, [(5.0, LieDown(5.0, 5.0, 200.0)), (9.0, SensorLost(9.0, 1))], found)  # noqa: SLF001
    assert len(found.false) == 2
    used, found = Run.of(FunctionStory(title="used", write=household.used_hour), 1), household.Hours()
    starts_s = [lying.start_s for lying in used.truth.lyings]
    household._judge(used, [(at_s + 3, LieDown(at_s - used.first_s, at_s, 300.0)) for at_s in starts_s], found)  # noqa: SLF001
    assert (found.false, found.unnoticed, len(starts_s)) == ([], 0, 2)


def test_a_story_by_a_function_has_its_visits_too() -> None:
    """A person walks past during an hour that a function writes: it is in the load."""
    past = Visit(what="footfalls", start_s=2.0, seconds=2.0)
    run = Run.of(FunctionStory(title="past", visits=(past,), write=lambda script: script.stay(10)), 1)
    assert run.bench.scene.load_n(np.array([2.05])).sum() > 1.0
    assert run.bench.scene.load_n(np.array([8.0])).sum() == 0.0


def test_half_found_lies_between_the_sizes_around_it() -> None:
    """On a logarithmic line; nothing found at all is twice the largest size."""
    assert movement.half_n((0.5, 1.0, 2.0), (0.0, 0.5, 1.0)) == pytest.approx(1.0)
    assert 1.0 < movement.half_n((0.5, 1.0, 2.0), (0.0, 0.25, 1.0)) < 2.0
    assert movement.half_n((0.5, 1.0), (0.8, 1.0)) == 0.5
    assert movement.half_n((0.5, 1.0), (0.0, 0.1)) == 2.0


def test_large_bursts_are_found_and_tiny_ones_are_not() -> None:
    """A quarter of a newton drowns in six newtons of breath; four newtons do not."""
    shares = dict(zip(movement.SIZES_N, movement.shares_found(180.0, TINY, 2), strict=True))
    assert shares[0.25] < 0.5
    assert shares[4.0] == 1.0


def test_percentile_gives_a_value_that_was_seen() -> None:
    """The nearest rank: of twenty values the nineteenth is the 95th percentile."""
    assert percentile(list(range(1, 21)), 95) == 19
    assert percentile([7.0], 95) == 7.0
    assert percentile([], 95) == float("inf")


def test_an_even_load_stays_even_and_the_mat_is_found_on_the_sheet() -> None:
    """Bilinear joins equal tiles by a plane. A mat put down at (9, 4) of a sheet is found there by its twelve sums."""
    even = maps.bilinear(np.full((4, 3), 42.0))
    assert even == pytest.approx(np.ones((maps.HIGH, maps.WIDE)))
    sheet = np.random.default_rng(1).random((64, 32))
    sums = maps.tile_sums(sheet[9 : 9 + maps.HIGH, 4 : 4 + maps.WIDE])
    assert sums.sum() == pytest.approx(sheet[9 : 9 + maps.HIGH, 4 : 4 + maps.WIDE].sum())
    assert maps.place_of(sheet, sums) == (9, 4)


def test_foam_spreads_and_keeps_the_load() -> None:
    """A single hot sensel is a broken one and is gone; a broad load stays as heavy as it was."""
    hot, broad = np.zeros((2, 64, 32))
    hot[30, 15] = 9.0
    broad[20:40, 10:20] = 1.0
    seen = maps.through_foam(maps.repaired(np.stack([hot, broad])))
    assert seen[0].sum() == 0.0
    assert seen[1].sum() == pytest.approx(broad.sum() - 4)  # the median takes the four corners
    assert seen[1].max() <= 1.0 + 1e-9


def test_a_window_is_judged_by_its_last_answers(tmp_path: Path) -> None:
    """Nobody breathes on an empty recording: windows with a reference go unanswered, none is answered for nothing."""
    truth = Truth(1, 1.0, 2.0, 70.0, 66.0, "rolled", (12.0, None))
    windows = breaths.Windows()
    breaths.judge(_Silent(tmp_path, truth), windows, np.empty(0))
    assert (windows.known, windows.unknown, windows.answered_unknown, windows.errors) == (1, 0, 0, [])


@pytest.mark.parametrize(
    ("last", "answered"), [([14.0, 12.5, None, 13.0], True), ([None, 13.0], True), ([None, None, 13.0], False)]
)
def test_with_a_reference_or_without_a_window_is_answered_by_the_same_rule(
    last: list[float | None], *, answered: bool
) -> None:
    """A rate stood for at least half of the last seconds; the answer is the median."""
    windows = breaths.Windows()
    windows.note(12.0, last)
    windows.note(None, last, 13.5)
    assert windows.errors == ([1.0] if answered else [])
    assert windows.answered_unknown == answered
    assert windows.off_counted == ([0.5] if answered else [])
    assert (windows.known, windows.unknown, windows.touched_unknown, windows.ended_unknown) == (1, 1, 1, 1)


class _Silent(Recorded):
    """A recording in which nothing is heard."""

    def ticks(self):  # type: ignore[no-untyped-def] # noqa: ANN202
        """Return nothing."""
        return iter(())


def test_a_shift_of_the_body_is_followed() -> None:
    """One body that slides a few millimetres: the way of its centre of pressure is known to a millimetre or two."""
    lumbar, way_errors, ways = weights.study(1, 5)
    assert len(lumbar) == 2
    assert 0.5 < ways[0] < 20
    assert way_errors[0] < 2.0


def test_one_section_alone_is_printed_and_written_nowhere() -> None:
    """--only is for looking: no page, no JSON, the seed in front."""
    before = _stamp()
    done = CliRunner().invoke(accuracy.main, ["--small", "--seed", "5", "--only", "weights"])
    assert done.stdout.startswith("seed 5\n")
    assert "change of the centre of pressure" in done.stdout
    assert done.exit_code in (0, 1)
    assert _stamp() == before


def _stamp() -> str:
    path = Path(accuracy.__file__).parents[2] / "build" / "accuracy.json"
    return json.dumps([path.exists(), path.stat().st_mtime_ns if path.exists() else 0])


def test_a_person_counts_as_confirmed_only_after_lying_down() -> None:
    """Three people: one confirmed 19 s after lying down, one never, one with no lying before."""
    down, sure = LieDown(5.0, 6.0, 300.0), Confirmed(24.0, "breathing")
    lain = household.Lain()
    heard: list[list[Event]] = [[down, sure], [down], [sure]]
    for events in heard:
        lain.note(events)
    assert (lain.people, lain.missed, lain.after_s) == (3, 2, [19.0])
    reported = lain.row("people", "simulated", "")
    assert reported.value == pytest.approx(100 / 3)
    assert not reported.holds

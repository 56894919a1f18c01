"""Stories: every act happens as written, and the load does not depend on when it is computed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware import board as boards
from sim.people import story as stories
from sim.people.acts import Fall, Leave, Lie, Lower, Roll, RollBack, Shake, Sit, SitUp, Wait
from sim.people.scene import LoadScene
from sim.people.story import Story, StoryError
from sim.people.vitals import Vitals

BOARD = boards.load_board()
STILL = Vitals(breath_n=0, pulse_n=0, restless_n=0)


def play(*acts: object, vitals: Vitals | None = None, seed: int = 1) -> LoadScene:
    """Play acts by an average person."""
    return Story("test", acts=acts, vitals=vitals or Vitals()).scene(BOARD, seed)  # type: ignore[arg-type]


def load_at(scene: LoadScene, *times_s: float) -> list[float]:
    """Return the load of each moment, one after the other."""
    return [float(load_n) for load_n in scene.load_n(np.array(times_s)).sum(axis=1)]


@pytest.mark.parametrize("name", stories.story_names())
def test_every_story_can_be_played(name: str) -> None:
    """Each story that is listed plays on two seeds, never pulls the mat upwards, and says what it is."""
    loaded = stories.load_story(name)
    assert loaded.title
    for seed in (1, 2):
        scene = loaded.scene(BOARD, seed)
        assert scene.length_s > 60
        load_n = scene.load_n(np.arange(0, min(scene.length_s, 900), 0.05))
        assert np.isfinite(load_n).all()
        assert (load_n >= 0).all()


@pytest.mark.parametrize("name", ["session", "wiggly", "nap", "second_person", "household"])
def test_load_is_a_pure_function_of_time(name: str) -> None:
    """Asked for at once, in pieces, or in pieces of one, a story gives the same load to the last bit."""
    scene = stories.load_story(name).scene(BOARD, 3)

    @settings(max_examples=15, deadline=None)
    @given(start_s=st.floats(0, scene.length_s - 1), cuts=st.lists(st.integers(1, 199), max_size=4))
    def cut(start_s: float, cuts: list[int]) -> None:
        t_s = start_s + np.arange(200) / 80
        whole = scene.load_n(t_s)
        pieces = [scene.load_n(piece) for piece in np.split(t_s, sorted(set(cuts)))]
        assert np.array_equal(whole, np.concatenate(pieces))
        assert np.array_equal(whole[57:58], scene.load_n(t_s[57:58]))

    cut()


def test_seeds_are_different_people() -> None:
    """The same seed gives the same story, another seed another one."""
    t_s = np.arange(100, 120, 0.1)
    one, same, other = (stories.load_story("session").scene(BOARD, seed).load_n(t_s) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_truth_of_lying_down_and_leaving() -> None:
    """Start is where 90 % of the load has moved over, end where half of it has left: seen in the load itself."""
    scene = play(Wait(5), Sit(5), Lower(4), Lie(60), Leave(1.0), Wait(10), vitals=STILL)
    (lying,) = scene.truth.lyings
    assert 12.5 < lying.start_s < 14
    resting = scene.load_n(np.array([40.0]))[0]
    seated = scene.load_n(np.array([9.9]))[0]
    moved = (scene.load_n(np.array([lying.start_s]))[0] - seated) @ (resting - seated)
    assert moved / ((resting - seated) @ (resting - seated)) == pytest.approx(0.9, abs=0.02)
    assert load_at(scene, lying.end_s)[0] == pytest.approx(resting.sum() / 2, rel=0.05)
    assert lying.load_n == pytest.approx(resting.sum(), rel=0.01)


@pytest.mark.parametrize(
    ("ending", "exit_style"),
    [
        ((Roll(2.0), Leave(1.6)), "rolled"),
        ((SitUp(4.5), Leave(1.2)), "sat_up"),
        ((Leave(0.7),), "abrupt"),
        ((Roll(2.0), RollBack(), Lie(20), Leave(0.7)), "abrupt"),
    ],
)
def test_truth_of_the_ways_up(ending: tuple[object, ...], exit_style: str) -> None:
    """Rolled over, sat up or jumped: the truth knows; rolling back takes the roll back."""
    (lying,) = play(Wait(5), Sit(5), Lower(4), Lie(60), *ending, Wait(20)).truth.lyings
    assert lying.exit == exit_style


def test_sitting_up_in_between_is_two_lyings() -> None:
    """A person who sits up to look at a phone lies twice; both ends are in the truth."""
    first, second = stories.load_story("pause").scene(BOARD, 1).truth.lyings
    assert first.exit == "sat_up"
    assert second.start_s - first.end_s == pytest.approx(20, abs=4)


def test_power_comes_back_with_a_person_on_it() -> None:
    """Lying as the first act: the load is there from the first moment."""
    scene = stories.load_story("power_up_on").scene(BOARD, 1)
    assert load_at(scene, 0.0)[0] > 300
    assert scene.truth.lyings[0].start_s == 0


def test_who_lies_down_without_a_word_is_dropped_there() -> None:
    """Lie after a wait: the load is there within half a second, and the truth has it."""
    scene = play(Wait(5), Lie(60), vitals=STILL)
    assert load_at(scene, 5.0, 5.4)[1] > 300 > load_at(scene, 4.9)[0]
    assert scene.truth.lyings[0].start_s == pytest.approx(5.25, abs=0.1)
    assert scene.truth.lyings[0].exit == "unknown"


def test_a_wiggle_moves_what_it_says_and_adds_nothing() -> None:
    """A wiggle of 40 N moves 40 N to and fro at its height; the whole load stays."""
    scene = play(Wait(2), Sit(4), Lower(3), Lie(20), Shake(2.0, moved_n=40, rate_hz=2, step_m=0), Lie(20), vitals=STILL)
    (burst,) = scene.truth.wiggles
    t_s = np.arange(burst.start_s, burst.end_s, 0.005)
    load_n = scene.load_n(t_s)
    moved_n = np.abs(load_n - load_n[0]).sum(axis=1).max() / 2
    assert moved_n == pytest.approx(40, rel=0.06)
    assert np.ptp(load_n.sum(axis=1)) < 4
    assert burst.moved_n == 40


def test_breaths_come_at_the_rate_of_the_story() -> None:
    """12 breaths a minute of 4 N: as many in the truth, and the load along the body swings by 4 N."""
    scene = play(Lie(600), vitals=Vitals(breaths_per_min=12, breath_n=4, pulse_n=0, restless_n=0, sighs_per_hour=0))
    assert len(scene.truth.breaths_s) == pytest.approx(120, rel=0.08)
    load_n = scene.load_n(np.arange(100, 500, 0.05))
    swing = load_n - load_n.mean(axis=0)
    moved = np.abs(swing).sum(axis=1) / 2
    assert 1.5 < np.median([moved[start : start + 100].max() for start in range(0, 7900, 100)]) < 3.5
    assert np.ptp(load_n.sum(axis=1)) < 1.5


def test_a_fall_rings_and_a_slow_lowering_does_not() -> None:
    """Falling back overshoots the load that stays; lowering slowly hardly does."""
    over = []
    for act in (Fall(0.8), Lower(6)):
        scene = play(Wait(2), Sit(4), act, Lie(60), vitals=STILL)
        start_s = scene.truth.lyings[0].start_s
        after = scene.load_n(np.arange(start_s, start_s + 3, 0.01)).sum(axis=1)
        over.append(after.max() / after[-1])
    assert over[0] > 1.1
    assert over[1] < 1.05


def test_unknown_story_and_unknown_key(tmp_path: Path) -> None:
    """A misspelt name lists the stories; a misspelt key or an impossible value is named."""
    with pytest.raises(StoryError, match=r"no story 'sesion'.*session"):
        stories.load_story("sesion")
    path = tmp_path / "mine.toml"
    for text, word in (
        ('title = "x"\nacts = [{ do = "sit", second = 3 }]', "second"),
        ('title = "x"\nacts = [{ do = "dance", seconds = 3 }]', "dance"),
        ('title = "x"\nbody = { mass_kg = 900 }', "mass_kg is 900"),
        ('title = "x"\nvitals = { breaths_per_min = 0.5 }', "breaths_per_min is 0.5"),
        ("title = ", "story"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(StoryError, match=word):
            stories.load_story(str(path))


def test_a_story_of_ones_own(tmp_path: Path) -> None:
    """A path to a TOML file is a story like the others."""
    path = tmp_path / "mine.toml"
    path.write_text('title = "mine"\nacts = [{ do = "sit", seconds = 9 }, { do = "leave" }]', "utf-8")
    scene = stories.load_story(str(path)).scene(BOARD, 1)
    assert scene.length_s == pytest.approx(10.6)
    assert load_at(scene, 5.0)[0] > 400

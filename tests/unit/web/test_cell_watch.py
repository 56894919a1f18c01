"""The cells at rest: only an empty mat is looked at, and not the seconds in which somebody comes."""

import threading

import numpy as np

from firmware.enums import State
from firmware.events import Zeroed
from firmware.web.cell_watch import ARRIVAL_HOPS, HOPS, CellWatch
from tests.doubles.ticks import tick


def watched(noise_n: float, hops: int = 60, state: State = State.IDLE) -> CellWatch:
    watch, chance = CellWatch(lambda t_s: t_s), np.random.default_rng(1)
    for number in range(hops):
        watch.offer(tick(0.1 * number, state, load_n=12 * float(chance.normal(0, noise_n))))
    return watch


def test_flicker_is_known_after_some_seconds_of_an_empty_mat() -> None:
    """In grams; unknown before, and while a person lies there."""
    assert watched(0.05, 40).flicker_g(0) is None
    flicker_g = watched(0.05, 200).flicker_g(0)
    assert flicker_g is not None
    assert abs(flicker_g - 5.1) < 1.0
    assert watched(0.05, 200, State.RESTING).flicker_g(0) is None


def test_the_seconds_of_arriving_do_not_count() -> None:
    """The load of a person who sits down slowly is no flicker."""
    watch = watched(0.0, 100)
    for number in range(ARRIVAL_HOPS - 1):
        watch.offer(tick(10 + 0.1 * number, load_n=300.0 * number))
    watch.offer(tick(12.0, State.SEATED, load_n=600.0))
    for number in range(50):
        watch.offer(tick(60 + 0.1 * number))
    assert watch.flicker_g(0) == 0.0
    assert watch.steady


def test_a_silent_cell_has_no_flicker_and_a_zero_starts_again() -> None:
    """And its time is kept."""
    watch = watched(0.05, 200)
    lost = tick(30.0, lost=0b1)
    watch.offer(lost)
    assert watch.flicker_g(0) is None
    watch.offer(tick(31.0, events=(Zeroed(31.0, 0.1, "asked"),)))
    assert watch.zeroed_s == 31.0
    assert watch.flicker_g(1) is None
    assert not watch.steady


def test_it_may_be_asked_while_the_loop_goes_on() -> None:
    """Thousands of answers beside a thread that offers ticks: never an error."""
    watch, over = watched(0.05, HOPS + ARRIVAL_HOPS), threading.Event()

    def loop() -> None:
        one = tick(100.0, load_n=1.0)
        while not over.is_set():
            watch.offer(one)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        for _ in range(2000):
            assert watch.flicker_g(3) is not None
    finally:
        over.set()
        thread.join()

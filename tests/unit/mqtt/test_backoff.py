"""How often the mat tries a broker that is not reachable or rejects it."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from firmware.mqtt.backoff import ATTEMPTS_PER_MINUTE, Backoff, ConnectionFailure


def attempt_times(
    seconds: float, outcome: Callable[[float], tuple[ConnectionFailure, float]], name: str = "acumat-a"
) -> list[float]:
    """Times of all attempts; outcome returns how an attempt ends and how long its connection lasted."""
    backoff, now_s, times = Backoff(name), 0.0, []
    while now_s < seconds:
        times.append(now_s)
        backoff.attempted(now_s)
        failure, lasted_s = outcome(now_s)
        now_s += lasted_s
        backoff.failed(failure, now_s, lasted_s)
        now_s = max(now_s, backoff.next_s)
    return times


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(start <= time < start + 60 for time in times) for start in times)


def test_an_absent_broker_is_tried_after_1_2_4_up_to_30_seconds() -> None:
    """The broker is off for ten minutes; the wait grows and then stays, each up to a fifth longer."""
    times = attempt_times(600, lambda _: (ConnectionFailure.UNREACHABLE, 0.0))
    waits = [later - earlier for earlier, later in pairwise(times)]
    for wait_s, least_s in zip(waits, [1, 2, 4, 8, 16, 30, 30, 30], strict=False):
        assert least_s <= wait_s <= 1.2 * least_s
    assert max(waits) <= 36


def test_a_wrong_password_causes_no_storm() -> None:
    """An hour with a wrong password: at most twelve attempts, none within five minutes of another."""
    times = attempt_times(3600, lambda _: (ConnectionFailure.REFUSED, 0.01))
    assert 10 <= len(times) <= 12
    assert min(later - earlier for earlier, later in pairwise(times)) >= 300


@pytest.mark.parametrize("lasted_s", [0.0, 0.1, 1.0, 5.0, 9.9, 10.0, 11.0, 20.0])
@pytest.mark.parametrize(
    "failure", [ConnectionFailure.LOST, ConnectionFailure.TAKEN_OVER, ConnectionFailure.UNREACHABLE]
)
def test_a_flapping_broker_sees_at_most_six_attempts_in_any_minute(failure: ConnectionFailure, lasted_s: float) -> None:
    """Ten minutes of connections that end after a while, for each way to end."""
    assert most_in_a_minute(attempt_times(600, lambda _: (failure, lasted_s))) <= ATTEMPTS_PER_MINUTE


def test_a_broker_that_is_away_and_back_and_away_stays_within_the_bound() -> None:
    """A long connection shortens the wait again, but the bound of six a minute holds over the change."""
    long_ones = iter([0.0, 0.0, 12.0, 0.0, 0.0, 0.0, 15.0, 0.0, 0.0] * 50)
    times = attempt_times(600, lambda _: (ConnectionFailure.LOST, next(long_ones)))
    assert most_in_a_minute(times) <= ATTEMPTS_PER_MINUTE


def test_after_a_stable_hour_the_first_retry_is_at_once() -> None:
    """A broker restarts after an hour: the first attempt comes about one second later, whatever was before."""
    backoff = Backoff("acumat-a")
    for now_s in range(0, 300, 40):
        backoff.attempted(now_s)
        backoff.failed(ConnectionFailure.UNREACHABLE, now_s)
    backoff.attempted(400.0)
    assert 1.0 <= backoff.failed(ConnectionFailure.LOST, 4000.0, lasted_s=3600.0) <= 1.2


def test_a_shared_client_id_is_a_failure_however_long_the_connection_lasted() -> None:
    """Two mats with one client id disconnect each other: the waits grow, instead of a take-over every second."""
    times = attempt_times(600, lambda _: (ConnectionFailure.TAKEN_OVER, 12.0))
    waits = [later - earlier - 12.0 for earlier, later in pairwise(times)]
    assert waits[5] >= 30


def test_an_older_protocol_is_tried_at_once() -> None:
    """The fallback to 3.1.1 has no wait."""
    backoff = Backoff("acumat-a")
    backoff.attempted(5.0)
    assert backoff.failed(ConnectionFailure.UNSUPPORTED_VERSION, 5.0) == 0.0


def test_two_mats_do_not_reconnect_at_the_same_time() -> None:
    """After a power cut all mats start together; the jitter of their client ids separates them, reproducibly."""
    one, other, again = (
        attempt_times(300, lambda _: (ConnectionFailure.UNREACHABLE, 0.0), name)
        for name in ("acumat-a", "acumat-b", "acumat-a")
    )
    assert one == again
    assert all(abs(a - b) > 0.001 for a, b in zip(one[1:], other[1:], strict=False))

"""The queue between the loop and the publisher: what is kept, dropped and counted."""

import threading

from firmware.events import MatEmptied
from firmware.mqtt.outbox import Outbox
from tests.doubles.ticks import tick


def seqs(outbox: Outbox) -> list[int]:
    found = []
    while (item := outbox.next_event()) is not None:
        found.append(item.seq)
    return found


def test_telemetry_is_the_newest_tick_and_events_are_all_of_them() -> None:
    """100 ticks, ten with an event, before the publisher runs."""
    outbox = Outbox()
    for n in range(100):
        outbox.put(tick(n / 10, events=(MatEmptied(n / 10),) if n % 10 == 0 else ()), None)
    latest = outbox.latest()
    assert latest is not None
    assert latest.t_s == 9.9
    assert outbox.ticks_replaced == 99
    assert seqs(outbox) == list(range(1, 11))
    assert outbox.events_dropped == 0


def test_a_tick_that_was_read_is_not_counted_as_replaced() -> None:
    """One put, one read, again and again: nothing was missed."""
    outbox = Outbox()
    for n in range(5):
        outbox.put(tick(n), None)
        outbox.latest()
    assert outbox.ticks_replaced == 0


def test_the_oldest_events_are_dropped_and_counted() -> None:
    """The broker is away for ever: memory stays bounded, the newest events stay, numbers are unique."""
    outbox = Outbox(events_max=3)
    for n in range(10):
        outbox.put(tick(n, events=(MatEmptied(n),)), None)
    assert (len(outbox), outbox.events_dropped) == (3, 7)
    assert seqs(outbox) == [8, 9, 10]


def test_unacknowledged_events_are_requeued_in_front() -> None:
    """Two events were in flight when the connection broke; the next connection gets them first, in order."""
    outbox = Outbox()
    outbox.put(tick(events=(MatEmptied(0), MatEmptied(1), MatEmptied(2))), None)
    first, second = outbox.next_event(), outbox.next_event()
    assert first is not None
    assert second is not None
    outbox.put_back([first, second])
    assert seqs(outbox) == [1, 2, 3]


def test_requeueing_into_a_full_outbox_drops_the_oldest() -> None:
    """While they were in flight others filled the outbox: the bound holds."""
    outbox = Outbox(events_max=2)
    outbox.put(tick(events=(MatEmptied(0),)), None)
    item = outbox.next_event()
    assert item is not None
    outbox.put(tick(events=(MatEmptied(1), MatEmptied(2))), None)
    outbox.put_back([item])
    assert seqs(outbox) == [2, 3]
    assert outbox.events_dropped == 1


def test_two_threads_lose_nothing() -> None:
    """One puts 2000 events, one takes: each number comes out once, in order."""
    outbox = Outbox(events_max=2000)
    taken: list[int] = []

    def take() -> None:
        while len(taken) < 2000:
            taken.extend(seqs(outbox))

    taker = threading.Thread(target=take)
    taker.start()
    for n in range(2000):
        outbox.put(tick(n, events=(MatEmptied(n),)), None)
    taker.join(10)
    assert taken == list(range(1, 2001))

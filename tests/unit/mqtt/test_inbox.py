"""The place between the loop and the publisher: what is kept, what gives way, what is counted."""

import threading

from firmware.mqtt.inbox import Inbox
from firmware.types import Emptied
from sim.ticks import tick


def seqs(inbox: Inbox) -> list[int]:
    found = []
    while (item := inbox.next_event()) is not None:
        found.append(item.seq)
    return found


def test_telemetry_is_the_newest_tick_and_events_are_all_of_them() -> None:
    """The publisher sleeps through 100 ticks, ten of which carry an event."""
    inbox = Inbox()
    for n in range(100):
        inbox.put(tick(n / 10, events=(Emptied(n / 10),) if n % 10 == 0 else ()), None)
    latest = inbox.latest()
    assert latest is not None
    assert latest.t_s == 9.9
    assert inbox.ticks_replaced == 99
    assert seqs(inbox) == list(range(1, 11))
    assert inbox.events_dropped == 0


def test_a_tick_that_was_read_is_not_counted_as_replaced() -> None:
    """One put, one read, again and again: nothing was missed."""
    inbox = Inbox()
    for n in range(5):
        inbox.put(tick(n), None)
        inbox.latest()
    assert inbox.ticks_replaced == 0


def test_the_oldest_events_give_way_and_are_counted() -> None:
    """The broker is away for ever: memory stays bounded, the newest events stay, numbers are never given twice."""
    inbox = Inbox(events_max=3)
    for n in range(10):
        inbox.put(tick(n, events=(Emptied(n),)), None)
    assert (len(inbox), inbox.events_dropped) == (3, 7)
    assert seqs(inbox) == [8, 9, 10]


def test_what_did_not_arrive_goes_back_to_the_front() -> None:
    """Two events were on their way when the connection broke; the next connection gets them first, in order."""
    inbox = Inbox()
    inbox.put(tick(events=(Emptied(0), Emptied(1), Emptied(2))), None)
    first, second = inbox.next_event(), inbox.next_event()
    assert first is not None
    assert second is not None
    inbox.put_back([first, second])
    assert seqs(inbox) == [1, 2, 3]


def test_taking_back_into_a_full_inbox_gives_up_the_oldest() -> None:
    """While they were on their way others filled the place: the bound holds."""
    inbox = Inbox(events_max=2)
    inbox.put(tick(events=(Emptied(0),)), None)
    item = inbox.next_event()
    assert item is not None
    inbox.put(tick(events=(Emptied(1), Emptied(2))), None)
    inbox.put_back([item])
    assert seqs(inbox) == [2, 3]
    assert inbox.events_dropped == 1


def test_two_threads_lose_nothing() -> None:
    """One puts 2000 events, one takes: each number comes out once, in order."""
    inbox = Inbox(events_max=2000)
    taken: list[int] = []

    def take() -> None:
        while len(taken) < 2000:
            taken.extend(seqs(inbox))

    taker = threading.Thread(target=take)
    taker.start()
    for n in range(2000):
        inbox.put(tick(n, events=(Emptied(n),)), None)
    taker.join(10)
    assert taken == list(range(1, 2001))

"""Several people and a guest on one mat."""

from dataclasses import replace

import pytest

from firmware.programme.advice import Acknowledgement, Offer, OfferReason, Person, accept_offer
from firmware.programme.people import GUEST, MOST, People


@pytest.mark.requirement("D42")
def test_two_people_and_a_guest_keep_apart() -> None:
    """Anna takes a step while it is her turn; Ben and the guest stay where they are."""
    people = People().add("Anna").add("Ben").choose("anna")
    assert people.who.name == "Anna"
    people = people.put(accept_offer(people.who, Offer(2, OfferReason.READY), 100.0))
    assert (people.named("Anna").level, people.named("Ben").level, people.named("guest").level) == (2, 1, 1)


def test_without_a_choice_it_is_the_guest_and_the_guest_never_changes() -> None:
    """A friend borrows the mat and reads the text: the guest after them has to read it, too."""
    people = People().add("Anna")
    assert people.who is GUEST
    read = replace(GUEST, acknowledgement=Acknowledgement(1, "2026-05-01"))
    assert people.put(read).who is GUEST
    assert people.choose("Guest").who is GUEST


def test_who_is_let_go_is_gone_and_the_guest_takes_their_turn() -> None:
    """Anna goes while it is her turn; Ben goes while it is Anna's."""
    people = People().add("Anna").add("Ben").choose("Anna")
    gone = people.remove("ANNA")
    assert (gone.who, [person.name for person in gone.persons]) == (GUEST, ["Ben"])
    assert people.remove("Ben").who.name == "Anna"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("guest", "the guest is always there"),
        ("Guest", "the guest is always there"),
        ("", "1 to 32 printable characters"),
        (" Anna", "1 to 32 printable characters"),
        ("Anna\n", "1 to 32 printable characters"),
        ("A\x07a", "1 to 32 printable characters"),
        ("x" * 33, "1 to 32 printable characters"),
        ("ANNA", "two of that name"),
    ],
)
def test_names_that_cannot_be_reported_are_rejected(name: str, fault: str) -> None:
    """The guest's, empty, unprintable, too long, or a person's already."""
    with pytest.raises(ValueError, match=fault):
        People().add("Anna").add(name)


def test_short_and_long_names_of_any_tongue_are_taken() -> None:
    """One letter, 32 letters, with a space and beyond ASCII."""
    people = People().add("A").add("x" * 32).add("Zoë van Dam")
    assert len(people.persons) == 3


def test_there_is_an_end_to_a_household() -> None:
    """Twelve people are the most; nobody can be chosen who is not there; a second guest cannot be slipped in."""
    people = People(tuple(Person(f"p{number}") for number in range(MOST)))
    with pytest.raises(ValueError, match="13 people: 12 are the most"):
        people.add("one more")
    with pytest.raises(ValueError, match='"Carla": nobody of that name; known are Anna, guest'):
        People().add("Anna").choose("Carla")
    with pytest.raises(ValueError, match="the guest is always there"):
        People((Person("visitor", guest=True),))

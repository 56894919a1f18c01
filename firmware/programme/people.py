"""The people of a mat: a few with their own levels, and one guest whose sessions count for nobody.

The person is chosen, never guessed: the load on the mat is only a part of a body weight and depends on the posture.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from firmware.programme.advice import Person

GUEST: Final = Person("guest", guest=True)
MOST: Final = 12
_NAME: Final = re.compile(r"\S(?:[^\x00-\x1f\x7f]{0,30}\S)?")


@dataclass(frozen=True, slots=True)
class People:
    """The people and whose turn it is, the guest by default. Raises ValueError for names that are not distinct."""

    persons: tuple[Person, ...] = ()
    chosen: str = GUEST.name

    def __post_init__(self) -> None:
        """Check names, their number and the choice."""
        names = [person.name.casefold() for person in self.persons]
        for person in self.persons:
            if person.guest or person.name.casefold() == GUEST.name:
                raise ValueError(f'"{person.name}": the guest is always there, give another name')
            if not _NAME.fullmatch(person.name):
                raise ValueError(f'"{person.name}": give a name of 1 to 32 printable characters')
            if names.count(person.name.casefold()) > 1:
                raise ValueError(f'"{person.name}": there are two of that name, give another')
        if len(self.persons) > MOST:
            raise ValueError(f"{len(self.persons)} people: {MOST} are the most")
        if self.chosen.casefold() not in (*names, GUEST.name):
            raise ValueError(self._unknown(self.chosen))

    @property
    def who(self) -> Person:
        """The person whose turn it is."""
        return self.named(self.chosen)

    def named(self, name: str) -> Person:
        """Return a person by name; the guest for an unknown name."""
        return next((person for person in self.persons if person.name.casefold() == name.casefold()), GUEST)

    def choose(self, name: str) -> "People":
        """Return the people with another turn. Raises ValueError for an unknown name."""
        return replace(self, chosen=name)

    def add(self, name: str) -> "People":
        """Return the people with one more, on the first level, with the text still to be read."""
        return replace(self, persons=(*self.persons, Person(name)))

    def put(self, person: Person) -> "People":
        """Return the people with a new state of a known person; the guest's never changes."""
        return replace(self, persons=tuple(person if one.name == person.name else one for one in self.persons))

    def remove(self, name: str) -> "People":
        """Return the people without one; if it was their turn, it is the guest's. Raises ValueError as choose."""
        if self.named(name).guest:
            raise ValueError(self._unknown(name))
        left = tuple(one for one in self.persons if one.name.casefold() != name.casefold())
        return People(left, GUEST.name if self.chosen.casefold() == name.casefold() else self.chosen)

    def _unknown(self, name: str) -> str:
        known = ", ".join([*(person.name for person in self.persons), GUEST.name])
        return f'"{name}": nobody of that name; known are {known}'

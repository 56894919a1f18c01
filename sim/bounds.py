"""One rule for every table of numbers a story can set: a name outside its bounds is refused by name and value."""

from collections.abc import Mapping

Bounds = Mapping[str, tuple[float, float]]


def check(owner: object, bounds: Bounds) -> None:
    """Look at the attributes of owner that bounds names.

    Raises:
        ValueError: one lies outside; the text says which, its value and what is possible.
    """
    for name, (low, high) in bounds.items():
        value = getattr(owner, name)
        if not low <= value <= high:
            raise ValueError(f"{name} is {value}; {low:g} to {high:g} can be simulated")

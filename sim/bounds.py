"""Checks the numbers that a story can set: one outside its bounds is rejected with its name and value."""

from collections.abc import Mapping

Bounds = Mapping[str, tuple[float, float]]


def check_bounds(owner: object, bounds: Bounds) -> None:
    """Check the attributes of owner that bounds names.

    Raises:
        ValueError: one is out of bounds; the text has its name, value and bounds.
    """
    for name, (low, high) in bounds.items():
        value = getattr(owner, name)
        if not low <= value <= high:
            raise ValueError(f"{name} is {value}; {low:g} to {high:g} can be simulated")

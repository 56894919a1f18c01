"""The form of every report: rows in build/<target>.json, and from the same rows a page in docs/."""

import operator
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

ROOT: Final = Path(__file__).parents[2]
Label = Literal["simulated", "semi-real", "real", "measured"]

_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One figure. holds is worked out from value and bound; a figure without a bound always holds."""

    name: str
    value: float
    unit: str
    bound: str
    holds: bool
    n: int
    label: Label
    how: str


def row(name: str, value: float, unit: str, bound: str, *, n: int, label: Label, how: str) -> Row:
    """Make a row. bound is a comparison and a number, as in "<= 76", or empty for a figure that is only told.

    Raises:
        ValueError: the bound is not of that form.
    """
    return Row(name=name, value=value, unit=unit, bound=bound, holds=holds(value, bound), n=n, label=label, how=how)


def holds(value: float, bound: str) -> bool:
    """Say whether a value keeps a bound."""
    if not bound:
        return True
    sign, _, number = bound.partition(" ")
    if sign not in _COMPARE or not number:
        raise ValueError(f"bound {bound!r}: give {', '.join(_COMPARE)}, a blank and a number")
    return _COMPARE[sign](value, float(number))


def page(title: str, words: str, rows: Sequence[Row]) -> str:
    """Give a page of Markdown: words, then the table."""
    lines = [
        f"# {title}",
        "",
        words,
        "",
        "| figure | value | bound | holds | n | label | how |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.name} | {one.value:.6g} {one.unit} | {one.bound or '-'} | {'yes' if one.holds else '**NO**'} "
        f"| {one.n:,} | {one.label} | {one.how} |"
        for one in rows
    ]
    return "\n".join(lines) + "\n"


def publish(target: str, title: str, words: str, rows: Sequence[Row], *, root: Path = ROOT, docs: bool = True) -> int:
    """Write build/<target>.json and docs/<target>.md, print the rows; give 0, or 1 when one does not hold."""
    (root / "build").mkdir(exist_ok=True)
    (root / "build" / f"{target}.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(list(rows)), indent=1) + b"\n"
    )
    if docs:
        (root / "docs" / f"{target}.md").write_text(page(title, words, rows), encoding="utf-8")
    for one in rows:
        mark = "ok  " if one.holds else "FAIL"
        sys.stdout.write(f"{mark} {one.name}: {one.value:.6g} {one.unit} {one.bound and f'({one.bound})'} n={one.n}\n")
    return 0 if all(one.holds for one in rows) else 1

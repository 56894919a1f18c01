"""The form of every report: rows in build/<target>.json, and from the same rows a page in docs/."""

import math
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
    """One figure. holds is computed from value and bound; a figure without a bound always holds."""

    name: str
    value: float
    unit: str
    bound: str
    holds: bool
    n: int
    label: Label
    how: str

    @property
    def margin(self) -> float:
        """Distance from the bound as a share of it, negative when it does not hold; infinite without a bound."""
        if not self.bound:
            return math.inf
        sign, _, number = self.bound.partition(" ")
        bound = float(number)
        distance = bound - self.value if sign in ("<=", "<") else self.value - bound
        return (-abs(distance) if sign == "==" else distance) / (abs(bound) or 1.0)


def row(name: str, value: float, unit: str, bound: str, *, n: int, label: Label, how: str) -> Row:
    """Return a row. bound is a comparison and a number, as in "<= 76", or empty for a figure without a bound.

    Raises:
        ValueError: the bound is not of that form.
    """
    return Row(name=name, value=value, unit=unit, bound=bound, holds=holds(value, bound), n=n, label=label, how=how)


def holds(value: float, bound: str) -> bool:
    """Return whether a value is within a bound.

    Raises:
        ValueError: the bound is not a comparison, a blank and a number.
    """
    if not bound:
        return True
    sign, _, number = bound.partition(" ")
    if sign not in _COMPARE or not number:
        raise ValueError(f"bound {bound!r}: must be {', '.join(_COMPARE)}, a blank and a number")
    return _COMPARE[sign](value, float(number))


def page(title: str, words: str, rows: Sequence[Row]) -> str:
    """Return a page of Markdown: a summary for one minute, then the method and every figure in an appendix.

    The first paragraph of words stays at the top, the others are the method. The summary has the worst row of each
    family, which is all rows with a bound whose names agree up to the first comma.
    """
    opening, _, method = words.strip().partition("\n\n")
    lines = [f"# {title}", opening, "", _verdict(rows), ""]
    lines += ["| figure | worst value | bound | holds | rows | label |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {worst.name} | {worst.value:.4g} {worst.unit} | {worst.bound} | {_yes(worst)} | {n} | {worst.label} |"
        for worst, n in _summary(rows)
    ]
    if method.strip():
        lines += ["", "## Appendix: method", method.strip()]
    lines += ["", "## Appendix: all figures"]
    lines += ["| figure | value | bound | holds | n | label | how |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {one.name} | {one.value:.6g} {one.unit} | {one.bound or '-'} | {_yes(one)} "
        f"| {one.n:,} | {one.label} | {one.how} |"
        for one in rows
    ]
    return "\n".join(lines) + "\n"


def _yes(one: Row) -> str:
    return "yes" if one.holds else "**NO**"


def _verdict(rows: Sequence[Row]) -> str:
    bounded = [one for one in rows if one.bound]
    held = sum(one.holds for one in bounded)
    verdict = f"All {held} bounds hold" if held == len(bounded) else f"{held} of {len(bounded)} bounds hold"
    return f"**{verdict}.** Figures without a bound, in the appendix: {len(rows) - len(bounded)}."


def _summary(rows: Sequence[Row]) -> list[tuple[Row, int]]:
    """Return the row nearest to its bound of each family, with the number of rows in the family."""
    families: dict[tuple[str, str], list[Row]] = {}
    for one in rows:
        if one.bound:
            families.setdefault((one.name.partition(",")[0], one.unit), []).append(one)
    return [(min(family, key=lambda one: one.margin), len(family)) for family in families.values()]


def publish(target: str, title: str, words: str, rows: Sequence[Row], *, root: Path = ROOT, docs: bool = True) -> int:
    """Write build/<target>.json and docs/<target>.md and print the rows; return 1 when a row does not hold, else 0."""
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

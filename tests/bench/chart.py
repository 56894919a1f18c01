"""A bar chart as SVG, drawn with nothing but text: logarithmic, because the contenders are thousands apart."""

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10
from typing import Final

WIDTH, LABEL, BAR, GAP, TOP, BOTTOM, RIGHT = 920, 330, 20, 8, 56, 44, 70
OURS: Final = "#0b6e4f"
THEIRS: Final = "#9aa5b1"
FONT: Final = 'font-family="sans-serif" font-size="14"'
INK: Final = "#1f2933"


def bars(title: str, unit: str, values: Sequence[tuple[str, float, bool]]) -> str:
    """Draw (name, value, whether it is ours) from top to bottom."""
    low, high = floor(log10(min(value for _, value, _ in values))), ceil(log10(max(value for _, value, _ in values)))
    height = TOP + len(values) * (BAR + GAP) + BOTTOM
    span = WIDTH - LABEL - RIGHT

    def at(value: float) -> float:
        return LABEL + span * (log10(value) - low) / max(high - low, 1)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="16" y="30" font-size="18" fill="{INK}">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        x = at(10.0**power)
        lines.append(f'<path d="M{x:.1f} {TOP - 6}V{height - BOTTOM}" stroke="#e4e7eb"/>')
        lines.append(
            f'<text x="{x:.1f}" y="{height - BOTTOM + 20}" text-anchor="middle" fill="{INK}">{10.0**power:g}</text>'
        )
    middle = LABEL + span / 2
    lines.append(f'<text x="{middle}" y="{height - 6}" text-anchor="middle" fill="{INK}">{escape(unit)}</text>')
    for number, (name, value, ours) in enumerate(values):
        y = TOP + number * (BAR + GAP)
        base = y + BAR - 5
        lines.append(f'<text x="{LABEL - 10}" y="{base}" text-anchor="end" fill="{INK}">{escape(name)}</text>')
        colour = OURS if ours else THEIRS
        lines.append(
            f'<rect x="{LABEL}" y="{y}" width="{max(at(value) - LABEL, 1):.1f}" height="{BAR}" fill="{colour}"/>'
        )
        lines.append(f'<text x="{at(value) + 6:.1f}" y="{base}" fill="{INK}">{figure(value)}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def figure(value: float) -> str:
    """Write a figure to three digits, with no powers of ten."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"

"""A bar chart as SVG; the scale is logarithmic, because the contenders are thousands apart."""

import io
from collections.abc import Sequence
from typing import Final

OURS: Final = "#414d9e"
THEIRS: Final = "#aeb0c2"
INK: Final = "#22233a"
BAR_IN: Final = 0.3  # inches a bar


def bars(title: str, unit: str, values: Sequence[tuple[str, float, bool]]) -> str:
    """Return a chart of (name, value, whether it is ours) from top to bottom; the same values give the same text."""
    import matplotlib as mpl  # noqa: PLC0415 - only where a picture is drawn

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of a backend

    names = [name for name, _, _ in values]
    heights = [value for _, value, _ in values]
    with mpl.rc_context({"svg.hashsalt": "acumat", "svg.fonttype": "none", "font.size": 11, "text.color": INK}):
        figure, axis = plt.subplots(figsize=(9.2, 1.1 + BAR_IN * len(values)), constrained_layout=True)
        drawn = axis.barh(range(len(values)), heights, color=[OURS if ours else THEIRS for _, _, ours in values])
        axis.set_yticks(range(len(values)), names)
        axis.invert_yaxis()
        axis.set_xscale("log")
        axis.set_xlabel(unit)
        axis.set_title(title, loc="left")
        axis.bar_label(drawn, [written(value) for value in heights], padding=4)
        axis.margins(x=0.12)
        axis.grid(axis="x", color="#e4e7eb")
        axis.set_axisbelow(True)
        axis.spines[["top", "right", "left"]].set_visible(False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        plt.close(figure)
    return text.getvalue()


def written(value: float) -> str:
    """Return a number to three digits, with no powers of ten."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"

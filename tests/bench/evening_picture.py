"""The picture of the evenings: lightness, sound and touch over time."""

from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.events import Discomfort, Eased, StageChanged, StopAdvised

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.evening import Evening, Perceived

EVERY: Final = 20  # samples of 10 ms in one stroke
INK: Final = "#22233a"
FELT: Final = "#b03a6a"
APART: Final = 0.07  # share of the width that a label takes; nearer ones go to the next of ROWS
ROWS: Final = 3
STAGES: Final = {"settling", "easing", "resting", "closing", "done", "overtime", "paused", "aftercare"}


def draw(evenings: "Sequence[tuple[Evening, Perceived]]", path: "Path") -> None:
    """Write the picture."""
    import matplotlib as mpl  # noqa: PLC0415 - only where a picture is drawn

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of a backend
    from matplotlib.lines import Line2D  # noqa: PLC0415 - as above

    figure, axes = plt.subplots(len(evenings), 1, figsize=(11, 2.5 * len(evenings)), constrained_layout=True)
    for axis, (evening, found) in zip(np.atleast_1d(axes), evenings, strict=True):
        cut = len(found.t_s) // EVERY * EVERY
        minutes = found.t_s[:cut].reshape(-1, EVERY)[:, 0] / 60
        lights = found.strongest[:cut].reshape(-1, EVERY)
        colours = found.duties[:cut].reshape(-1, EVERY, 3).max(axis=1)
        shades = 0.15 + 0.8 * colours / np.maximum(colours.max(axis=1, keepdims=True), 1e-9)
        axis.vlines(minutes, lights.min(axis=1), lights.max(axis=1) + 0.5, colors=np.clip(shades, 0, 0.95), lw=1.2)
        for start_s, end_s, hertz in found.tones:
            axis.plot([start_s / 60, max(end_s, start_s + 4) / 60], [77 + hertz / 100] * 2, color=INK, lw=4)
        for start_s, end_s in found.touches:
            axis.plot([start_s / 60, max(end_s, start_s + 4) / 60], [76, 76], color=FELT, lw=4)
        _marks(axis, found)
        axis.set(title=evening.name, ylabel="L*", xlim=(0, found.t_s[-1] / 60), ylim=(0, 104))
        axis.title.set_fontsize(10)
    np.atleast_1d(axes)[-1].set_xlabel("minutes")
    figure.suptitle("Light, sound and touch as sent (simulated)", fontsize=11)
    kinds = [Line2D([], [], color=colour, lw=4, label=name) for name, colour in (("sound", INK), ("touch", FELT))]
    figure.legend(handles=kinds, loc="upper right", fontsize=8, ncols=2, frameon=False)
    figure.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(figure)


def _marks(axis: "object", found: "Perceived") -> None:
    apart_s, row, last_s = APART * found.t_s[-1], 0, -1e9
    for tick in found.ticks:
        for event in tick.events:
            if isinstance(event, StageChanged) and event.state in STAGES:
                row, last_s = (row + 1) % ROWS if tick.t_s - last_s < apart_s else 0, tick.t_s
                at_s, side = (found.t_s[-1], "right") if found.t_s[-1] - tick.t_s < apart_s else (tick.t_s, "left")
                axis.axvline(tick.t_s / 60, color="#c9c9d4", lw=0.7, zorder=0)  # type: ignore[attr-defined] # no types
                axis.text(at_s / 60, 102 - 6 * row, f" {event.state}", fontsize=6.5, color="#575870", va="top", ha=side)  # type: ignore[attr-defined]
            elif isinstance(event, Discomfort | Eased | StopAdvised):
                sign = {"Discomfort": "▲", "Eased": "∩", "StopAdvised": "stop advised"}[type(event).__name__]
                axis.text(tick.t_s / 60, 66 if sign == "stop advised" else 60, sign, fontsize=8, color=INK)  # type: ignore[attr-defined]

"""Where everything is: three layouts for 60, 80 and 100 columns. Unused slots stay blank, so nothing ever jumps."""

from dataclasses import dataclass
from typing import Final

from firmware.terminal.body_map import CharacterArea


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows and columns of the slots. Rows count from the band; None is a slot that this layout has not.

    text is the width of sentence and reason, value the column of facts, lamp that of the words of the light.
    bar is the width of a stage, bars_gap the blank between two. sentence_rows rows are kept for the sentence.
    """

    name: str
    cols: int
    rows: int
    terminal_rows: int  # the fewest rows of a terminal that it fits
    large: bool  # large figures
    band_rows: int
    figures: int
    text: int
    sentence: int
    sentence_rows: int
    reason: int | None
    bars: int
    bar: int
    minutes: bool
    light: int
    light_note: int | None
    breath: int
    load: int
    sides: int | None
    movement: int | None
    happened: int | None  # the heading
    events: tuple[int, ...]
    note: int
    note_rows: int
    value: int
    swatch: int
    lamp: int
    lamp_width: int
    facts: int
    facts_value: int
    doors: int
    stop: int
    stop_rows: int
    stop_stage: int
    map: CharacterArea
    head: int
    right: int  # first column of what is below the map
    right_width: int
    hands: int
    scale: int
    legend: tuple[int, ...]


SMALL: Final = Layout(
    name="60x20", cols=60, rows=19, terminal_rows=20, large=False, band_rows=1, figures=3, text=35, sentence=7,
    sentence_rows=3, reason=None, bars=4, bar=8, minutes=False, light=11, light_note=None, breath=12, load=13,
    sides=None, movement=None, happened=None, events=(16, 17, 18), note=16, note_rows=1, value=12, swatch=4, lamp=17,
    lamp_width=23, facts=11, facts_value=14, doors=16, stop=2, stop_rows=8, stop_stage=10,
    map=CharacterArea(2, 41, 15, 12), head=1, right=38, right_width=21, hands=14, scale=15, legend=(15,),
)  # fmt: skip
MEDIUM: Final = Layout(
    name="80x24", cols=80, rows=23, terminal_rows=24, large=True, band_rows=2, figures=3, text=48, sentence=7,
    sentence_rows=2, reason=9, bars=11, bar=11, minutes=True, light=15, light_note=None, breath=16, load=17,
    sides=None, movement=None, happened=19, events=(20, 21, 22), note=19, note_rows=2, value=12, swatch=5, lamp=18,
    lamp_width=34, facts=15, facts_value=14, doors=20, stop=3, stop_rows=5, stop_stage=9,
    map=CharacterArea(3, 55, 21, 16), head=2, right=52, right_width=27, hands=19, scale=20, legend=(20, 21, 22),
)  # fmt: skip
LARGE: Final = Layout(
    name="100x35", cols=100, rows=34, terminal_rows=35, large=True, band_rows=2, figures=4, text=60, sentence=9,
    sentence_rows=2, reason=11, bars=13, bar=14, minutes=True, light=17, light_note=18, breath=19, load=20, sides=21,
    movement=23, happened=28, events=(29, 30, 31), note=28, note_rows=2, value=12, swatch=5, lamp=18,
    lamp_width=46, facts=17, facts_value=15, doors=22, stop=4, stop_rows=5, stop_stage=10,
    map=CharacterArea(4, 68, 27, 22), head=3, right=65, right_width=33, hands=26, scale=28, legend=(29, 30, 31, 32),
)  # fmt: skip
LAYOUTS: Final = (LARGE, MEDIUM, SMALL)


def choose_layout(width: int, height: int) -> Layout | None:
    """Return the largest layout that fits a terminal; None when even the smallest does not."""
    fitting = (layout for layout in LAYOUTS if width >= layout.cols and height >= layout.terminal_rows)
    return next(fitting, None)

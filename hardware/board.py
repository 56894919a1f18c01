"""The board as the firmware sees it. A Board that exists has kept every rule of rules.py.

Axes: x from the left hand to the right hand of a person lying on the back, y from the base to the head; the
origin is the corner of the tile field at base and left hand. Seen from above, x therefore runs to the LEFT of
a drawing whose top is the head.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from hardware import ratings, toml_text
from hardware.rules import broken_rules
from hardware.schema import BoardSpec, read_table
from hardware.toml_text import TomlError

STANDARD_GRAVITY: Final = ratings.STANDARD_GRAVITY
CORNERS: Final = ("head, left hand", "head, right hand", "base, right hand", "base, left hand")  # of a tile
DEFAULT_PATH: Final = Path(__file__).with_name("board.toml")


class BoardError(ValueError):
    """A board file cannot be read or breaks rules; the text lists every one, a line each."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One tile with its load cell and converter.

    name is a letter for the row (A is the base) and a number for the column (1 is the left hand). x_m, y_m is the
    centre of the tile. bank is the place of its clock in Board.sck_bcm.
    """

    index: int
    name: str
    row: int
    col: int
    x_m: float
    y_m: float
    dout_bcm: int
    bank: int


@dataclass(frozen=True, slots=True)
class Board:
    """A whole mat. cells are row-major: cells[row * cols + col].

    rate_hz is nominal (chips run up to 17 % faster). counts_per_newton is nominal for the cell type, and
    counts_per_newton_range what a sound cell of it may really give. clip_n is the load of a tile above which a reading
    is not trusted. sensors_per_tile is 4 for a ring of half bridges, one at each of CORNERS. Light,
    buzzer, button and motor are None where there is none.
    text is the TOML this board came from; spec holds what only drawings need.
    """

    name: str
    rows: int
    cols: int
    width_m: float
    length_m: float
    cells: tuple[Cell, ...]
    sck_bcm: tuple[int, ...]
    rate_hz: int
    gain: int
    counts_per_newton: float
    counts_per_newton_range: tuple[float, float]
    clip_n: float
    red_bcm: int | None
    green_bcm: int | None
    blue_bcm: int | None
    buzzer_bcm: int | None
    button_bcm: int | None
    motor_bcm: int | None
    base_rows: tuple[int, ...]
    lumbar_rows: tuple[int, ...]
    cell_type: str
    sensors_per_tile: int
    text: str = field(repr=False)
    spec: BoardSpec = field(repr=False)

    @property
    def light_gain(self) -> float:
        """How many times the duty that a light without its dimmer needs; the current falls with the resistance."""
        pins = self.spec.pins
        return 1.0 + pins.dimmer_ohm / pins.series_ohm if pins.series_ohm else 1.0


def load_board(path: Path | None = None) -> Board:
    """Read a board file; None is the one that comes with the firmware.

    Raises:
        BoardError: the file cannot be read, or is not a board that can be built.
    """
    origin = path or DEFAULT_PATH
    try:
        text = toml_text.read_text(origin)
    except TomlError as error:
        raise BoardError(str(error)) from error
    return parse_board(text, str(origin))


def parse_board(text: str, origin: str = "board") -> Board:
    """Read a board from TOML text. origin is named in errors.

    Raises:
        BoardError: the text is not TOML, or not a board that can be built.
    """
    try:
        table = toml_text.parse_toml(text, origin)
    except TomlError as error:
        raise BoardError(str(error)) from error
    problems: list[str] = []
    spec = read_table(BoardSpec, table, problems)
    if spec is not None:
        problems = broken_rules(spec)
    if spec is None or problems:
        raise BoardError("\n".join(f"{origin}: {line}" for line in problems))
    return _board(spec, text)


@cache
def default_text() -> str:
    """Return the text of the board file that ships with the firmware."""
    return DEFAULT_PATH.read_text("utf-8")


def _board(spec: BoardSpec, text: str) -> Board:
    cell = spec.cell.types[spec.cell.use]
    pins = spec.pins
    counts_per_newton = cell.counts_per_kg(spec.adc.gain) / STANDARD_GRAVITY
    return Board(
        name=spec.name,
        rows=spec.mat.rows,
        cols=spec.mat.cols,
        width_m=spec.mat.width_m,
        length_m=spec.mat.length_m,
        cells=_cells(spec),
        sck_bcm=pins.sck,
        rate_hz=spec.adc.rate_hz,
        gain=spec.adc.gain,
        counts_per_newton=counts_per_newton,
        counts_per_newton_range=(counts_per_newton * cell.counts_low, counts_per_newton * cell.counts_high),
        clip_n=cell.clip_kg * STANDARD_GRAVITY,
        red_bcm=pins.red,
        green_bcm=pins.green,
        blue_bcm=pins.blue,
        buzzer_bcm=pins.buzzer,
        button_bcm=pins.button,
        motor_bcm=pins.motor,
        base_rows=spec.anatomy.base_rows,
        lumbar_rows=spec.anatomy.lumbar_rows,
        cell_type=spec.cell.use,
        sensors_per_tile=cell.sensors_per_tile,
        text=text,
        spec=spec,
    )


def _cells(spec: BoardSpec) -> tuple[Cell, ...]:
    mat, pins = spec.mat, spec.pins
    per_clock = mat.rows * mat.cols // len(pins.sck)
    cells = []
    for row in range(mat.rows):
        for col in range(mat.cols):
            place = row * mat.cols + col if pins.sck_order == "rows" else col * mat.rows + row
            cells.append(
                Cell(
                    index=row * mat.cols + col,
                    name=f"{chr(ord('A') + row)}{col + 1}",
                    row=row,
                    col=col,
                    x_m=round(col * (mat.tile_width_m + mat.gap_m) + mat.tile_width_m / 2, 6),
                    y_m=round(row * (mat.tile_length_m + mat.gap_m) + mat.tile_length_m / 2, 6),
                    dout_bcm=pins.dout[row][col],
                    bank=place // per_clock,
                )
            )
    return tuple(cells)

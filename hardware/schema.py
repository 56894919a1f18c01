"""The shape of a board file: one frozen class a table, one line a key, and a reader that reports all errors at once."""

import dataclasses
import math
import types
import typing
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from hardware.toml_text import did_you_mean, shorten_word

T = TypeVar("T")


def _num(low: float, high: float, default: Any = dataclasses.MISSING) -> Any:  # noqa: ANN401 - field has no public type
    """Return a dataclass field that accepts numbers from low to high."""
    return field(default=default, metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class MatTable:
    """The grid of tiles, in metres."""

    rows: int = _num(1, 12)
    cols: int = _num(1, 9)
    width_m: float = _num(0.1, 2.0)
    length_m: float = _num(0.1, 3.0)
    tile_width_m: float = _num(0.03, 1.0)
    tile_length_m: float = _num(0.03, 1.0)
    gap_m: float = _num(0.002, 0.02)


@dataclass(frozen=True, slots=True)
class Mechanics:
    """Plates and stops, in metres. base_parts is 2 for a folding base, hold_down_n the spring of a tile."""

    use_on: Literal["floor", "bed"]
    base_m: float = _num(0.003, 0.05)
    base_parts: int = _num(1, 2)
    tile_m: float = _num(0.003, 0.05)
    ply_mpa: float = _num(1, 1_000)
    border_m: float = _num(0, 0.1)
    sensor_inset_m: float = _num(0.005, 0.5)
    stop_gap_m: float = _num(0.0002, 0.005)
    holder_m: float = _num(0.03, 0.2, default=0.043)
    hold_down_n: float = _num(0, 100, default=0.0)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Rows of the grid by what lies on them; 0 is the base."""

    base_rows: tuple[int, ...]
    lumbar_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AdcTable:
    """The converter board of one cell."""

    part: str
    rate_hz: int = _num(1, 1_000)
    gain: int = _num(1, 1_024)
    noise_nv: float = _num(1, 10_000)
    supply_v: float = _num(1, 12)
    logic_v: float = _num(1, 12)
    feedback_top_ohm: float = _num(100, 1e6)
    feedback_bottom_ohm: float = _num(100, 1e6)
    current_ma: float = _num(0.1, 20)
    feedback_parallel_ohm: float | None = None
    feedback_tolerance: float = _num(0.0, 0.1, default=0.01)

    @property
    def avdd_v(self) -> float:
        """Bridge supply in volts: HX711 datasheet, 1.25 V reference over the feedback divider."""
        top = self.feedback_top_ohm
        if self.feedback_parallel_ohm is not None:
            top = top * self.feedback_parallel_ohm / (top + self.feedback_parallel_ohm)
        return 1.25 * (top + self.feedback_bottom_ohm) / self.feedback_bottom_ohm

    @property
    def avdd_range_v(self) -> tuple[float, float]:
        """Lowest and highest bridge supply in volts that resistors of this tolerance can give."""
        swing_v = (self.avdd_v - 1.25) * 2 * self.feedback_tolerance
        return self.avdd_v - swing_v, self.avdd_v + swing_v


@dataclass(frozen=True, slots=True)
class CellType:
    """A kind of load cell, as it stands under one tile.

    mv_per_v is that of the whole bridge with rated_kg spread over the tile. stop_kg is the load at which the stop of
    one of several sensors closes.
    """

    text: str
    stops: bool
    sensors_per_tile: int = _num(1, 8)
    rated_kg: float = _num(1, 5_000)
    safe_overload: float = _num(1, 10)
    mv_per_v: float = _num(0.05, 10)
    counts_low: float = _num(0.1, 1)
    counts_high: float = _num(1, 10)
    bridge_ohm: float = _num(50, 10_000)
    clip_kg: float = _num(1, 5_000)
    height_m: float = _num(0.001, 0.2)
    stop_kg: float | None = None

    def counts_per_kg(self, gain: int) -> float:
        """Codes for one kilogram; the supply cancels, because it is also the reference of the converter."""
        return self.mv_per_v * 1e-3 * gain * 2**24 / self.rated_kg

    def full_scale_kg(self, gain: int) -> float:
        """Load at which the converter reaches its last code, on the most sensitive cell of this type."""
        return 2**23 / (self.counts_per_kg(gain) * self.counts_high)


@dataclass(frozen=True, slots=True)
class CellTypes:
    """Which type is fitted, and all types that are known."""

    use: str
    types: dict[str, CellType]


@dataclass(frozen=True, slots=True)
class LoadCase:
    """A load case of one tile."""

    text: str
    tile_kg: float = _num(0.1, 5_000)
    on_one_sensor: float = _num(0.1, 1.0)

    def safety(self, cell: CellType) -> float:
        """Return the safety factor of the weakest sensor of the tile: safe load over load."""
        share = self.on_one_sensor if cell.sensors_per_tile > 1 else 1.0
        return cell.rated_kg / cell.sensors_per_tile * cell.safe_overload / (self.tile_kg * share)


@dataclass(frozen=True, slots=True)
class SensorSupply:
    """The supply of the converter boards."""

    regulator: str
    input_v: float = _num(1, 24)
    rail_v: float = _num(1, 12)
    limit_ma: float = _num(1, 5_000)
    dropout_v: float = _num(0, 3)
    use_at_most: float = _num(0.1, 1.0)
    stable_uf: tuple[float, ...] = (1.0, 200.0)
    line_uf: float = _num(0, 1000, default=10.0)


@dataclass(frozen=True, slots=True)
class PinTable:
    """BCM numbers. A light, buzzer, button or motor that is not there is left out of the file.

    motor drives the transistor of a vibration motor, with a diode across the motor; never the motor itself. series_ohm
    is in every clock, data and light line at the Pi, dimmer_ohm at each colour of the light besides, in the pod.
    """

    sck: tuple[int, ...]
    dout: tuple[tuple[int, ...], ...]
    dout_pull_up: bool
    keep_free: tuple[int, ...]
    series_ohm: int = _num(0, 10_000)
    dimmer_ohm: int = _num(0, 10_000, default=0)
    sck_order: Literal["rows", "columns"] = "rows"
    red: int | None = None
    green: int | None = None
    blue: int | None = None
    buzzer: int | None = None
    button: int | None = None
    motor: int | None = None


@dataclass(frozen=True, slots=True)
class CableLengths:
    """Lengths of cables in metres: mat to box, box to pod, and the shortest tail from a line board to a converter.

    A tail is as long as the places of both boards ask for, and never shorter than tail_m. The HAT of a pilot, its plugs
    and the cable of its line are those of the default board, whose first tile it becomes.
    """

    trunk_m: float = _num(0.2, 5)
    pod_m: float = _num(0.2, 5)
    tail_m: float = _num(0, 2, default=0.0)
    pilot: bool = False


CountedPer = Literal[
    "mat", "cell", "sensor", "corner", "line", "hat_line", "plug", "line_m", "tail_m", "pod_m", "series", "light",
    "base", "fold",
]  # fmt: skip
NeededWhen = Literal[
    "always", "zero_2_w", "3", "4", "5", "micro_usb", "usb_c", "rework", "one_supply", "two_supplies", "quad50",
    "bar50", "single100", "single_cell", "hold_down", "light", "dimmer", "buzzer", "button", "motor", "pod",
]  # fmt: skip
ShopKind = Literal["electronics", "marketplace", "hardware store", "fabric and foam", "printing", "tools"]


@dataclass(frozen=True, slots=True)
class BomPart:
    """A line of the bill of materials: count pieces (or metres) for each per, on boards that have what when names.

    sources: makers' part numbers or names to search for, any of them will do; empty for a part of any maker.
    """

    id: str
    text: str
    per: CountedPer
    used: Literal["wiring", "mechanics", "bench"]
    count: float = _num(0.01, 1_000)
    usd: float = _num(0, 10_000)
    unit: Literal["piece", "m"] = "piece"
    when: NeededWhen = "always"
    shop: ShopKind = "electronics"
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BomTable:
    """All parts that any board may need; priced is the month in which the prices were noted."""

    priced: str
    parts: tuple[BomPart, ...]


@dataclass(frozen=True, slots=True)
class PiTable:
    """The computer."""

    model: Literal["zero_2_w", "3", "4", "5"]


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """A whole board file before the rules are checked. A board without a bom uses that of board.toml."""

    name: str
    pi: PiTable
    mat: MatTable
    mechanics: Mechanics
    anatomy: Anatomy
    adc: AdcTable
    cell: CellTypes
    loads: tuple[LoadCase, ...]
    power: SensorSupply
    pins: PinTable
    wiring: CableLengths
    bom: BomTable | None = None


_PLAIN: dict[object, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), 'a text in "quotes"'),
}


def read_table(cls: type[T], table: dict[str, object], problems: list[str], where: str = "") -> T | None:
    """Return a cls made from a TOML table, or None with every error appended to problems, a line each."""
    before = len(problems)
    hints = typing.get_type_hints(cls)
    known = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(table.keys() - known.keys())
    problems += [f"{where}{shorten_word(key)}: unknown key; {did_you_mean(key, known)}" for key in unknown]
    values: dict[str, object] = {}
    for key, spec in known.items():
        if key in table:
            values[key] = _read(hints[key], table[key], problems, f"{where}{key}")
            _check_bounds(spec.metadata.get("bounds"), values[key], problems, f"{where}{key}")
        elif spec.default is dataclasses.MISSING:
            problems.append(f"{where}{key}: missing; add it, the file that ships shows how")
    return cls(**values) if len(problems) == before else None


def _check_bounds(bounds: tuple[float, float] | None, value: object, problems: list[str], where: str) -> None:
    if bounds and isinstance(value, int | float) and not bounds[0] <= value <= bounds[1]:
        problems.append(f"{where}: {value:g} is out of bounds; give {bounds[0]:g} to {bounds[1]:g}")


def _read(hint: Any, value: object, problems: list[str], where: str) -> object:  # noqa: ANN401 - hints have no type
    """Return a TOML value converted to the type of the hint; None if that is impossible."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:  # "or None": the key may be left out, so a value that is there has the first type
        return _read(args[0], value, problems, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_read(args[0], item, problems, f"{where}[{n}]") for n, item in enumerate(value))
    if origin is dict and isinstance(value, dict):
        return {key: _read(args[1], item, problems, f"{where}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return read_table(hint, value, problems, f"{where}.")  # type: ignore[arg-type]
    fits, words = _fits(hint, value)
    if not fits:
        problems.append(f"{where}: {shorten_word(repr(value))} is not {words}")
    return value if fits else None


def _fits(hint: Any, value: object) -> tuple[bool, str]:  # noqa: ANN401 - hints have no type
    """Return whether a plain value has the type of the hint, and that type in words."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return value in args, " or ".join(f'"{arg}"' for arg in args)
    if hint not in _PLAIN:
        return False, "a list in [brackets]" if origin is tuple else "a table"
    kinds, words = _PLAIN[hint]
    finite = not isinstance(value, float) or math.isfinite(value)
    return isinstance(value, kinds) and finite and (hint is bool) == isinstance(value, bool), words

"""Every rule that a board must satisfy. A rule yields one line per violation: the fact, then the remedy."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from hardware.pin_rules import PIN_RULES
from hardware.ratings import noise_g, rail_ma, rail_uf, supported_share, tile_mpa, tips_at_kg
from hardware.schema import BoardSpec, CellType

LEGAL_RATES_HZ: Final = (10, 80)
PI_PIN_MAX_V: Final = 3.3
AVDD_HEADROOM_V: Final = 0.1  # HX711 datasheet: VSUP at least AVDD + 100 mV
AVDD_MIN_V: Final = 2.6  # HX711 datasheet; below it the middle of the bridge leaves the input range
SAME_LENGTH_M: Final = 0.0005
NOISE_MAX_G: Final = 30.0  # a tenth of the smallest movement to detect, 300 g
STOP_LOAD_SPREAD: Final = 1.25  # a stop set with feeler gauges closes at up to so many times its load
SUPPORTED_SHARE_MIN: Final = 0.5
TIPS_MIN_KG: Final = 2.0  # a hand that leans on an edge
BED_BASE_M: Final = 0.012
BOM_WORDS: Final = ("regulator", "series", "dimmer", "parallel", "ways")


def _converter(spec: BoardSpec) -> Iterator[str]:
    adc = spec.adc
    if adc.part != "HX711":
        yield f"adc.part: there is no driver for {adc.part}; HX711 is the one"
    if adc.rate_hz not in LEGAL_RATES_HZ:
        yield f"adc.rate_hz: an HX711 does not run at {adc.rate_hz}; give 10 (RATE low) or 80 (RATE high)"
    if adc.gain != 128:  # noqa: PLR2004 - the rule is about this very number
        yield f"adc.gain: after a reset only 128 is sure, not {adc.gain}; set it to 128"
    if adc.logic_v > PI_PIN_MAX_V:
        yield f"adc.logic_v: data lines at {adc.logic_v:g} V destroy a Pi pin; feed DVDD with {PI_PIN_MAX_V:g} V"
    lowest_v, highest_v = adc.avdd_range_v
    if highest_v + AVDD_HEADROOM_V > adc.supply_v:
        yield (
            f"adc.supply_v: {adc.supply_v:g} V cannot feed a bridge set to {adc.avdd_v:.2f} V (0.1 V more is needed); "
            "solder a resistor across the top feedback resistor (adc.feedback_parallel_ohm), or feed VSUP from 5 V"
        )
    if lowest_v < AVDD_MIN_V:
        yield (
            f"adc.feedback_parallel_ohm: the bridge gets {lowest_v:.2f} V, an HX711 needs {AVDD_MIN_V:g} V or more; "
            "take a larger resistor, or resistors of less tolerance"
        )


def _cells(spec: BoardSpec) -> Iterator[str]:
    cell, gain = spec.cell.types[spec.cell.use], spec.adc.gain
    where = f"cell.types.{spec.cell.use}"
    if noise_g(spec.adc, cell) > NOISE_MAX_G:
        yield (
            f"{where}.mv_per_v: {cell.counts_per_kg(gain):.0f} codes for a kilogram drown in a noise of "
            f"{noise_g(spec.adc, cell):.0f} g; take a cell with more mV/V for its load ({NOISE_MAX_G:g} g are allowed)"
        )
    if cell.full_scale_kg(gain) <= cell.clip_kg:
        yield (
            f"{where}.clip_kg: the converter ends at {cell.full_scale_kg(gain):.0f} kg, before {cell.clip_kg:g} kg; "
            f"lower clip_kg, or take a cell with fewer mV/V for its load"
        )
    if cell.clip_kg > cell.rated_kg * cell.safe_overload:
        yield (
            f"{where}.clip_kg: {cell.clip_kg:g} kg is beyond the safe {cell.rated_kg * cell.safe_overload:g} kg "
            "of the cell; lower clip_kg"
        )
    yield from _sensor_overload(spec, cell, where)
    if not cell.stops:
        for load in spec.loads:
            if load.safety(cell) < 1:
                yield (
                    f"{where}.stops: {load.text} ({load.tile_kg:g} kg) is {1 / load.safety(cell):.1f} times what the "
                    "cell survives; fit stops, or a stronger cell"
                )


def _sensor_overload(spec: BoardSpec, cell: CellType, where: str) -> Iterator[str]:
    """Check a tile of several sensors: a load at one corner stands on a single sensor."""
    if cell.sensors_per_tile == 1:
        return
    safe_kg = cell.rated_kg * cell.safe_overload / cell.sensors_per_tile
    if cell.stop_kg is None or cell.stop_kg * STOP_LOAD_SPREAD > safe_kg:
        found = (
            "missing"
            if cell.stop_kg is None
            else f"{cell.stop_kg:g} kg, {STOP_LOAD_SPREAD:g} times that with errors of setting,"
        )
        yield (
            f"{where}.stop_kg: {found} and one sensor survives {safe_kg:g} kg; "
            f"let its stop close at {safe_kg / STOP_LOAD_SPREAD:.0f} kg or less"
        )
        return
    if cell.clip_kg > cell.stop_kg * cell.sensors_per_tile:
        yield (
            f"{where}.clip_kg: {cell.sensors_per_tile} stops that close at {cell.stop_kg:g} kg carry every load above "
            f"{cell.stop_kg * cell.sensors_per_tile:g} kg, not {cell.clip_kg:g} kg; lower clip_kg"
        )
    for load in spec.loads[:2]:
        if load.tile_kg * load.on_one_sensor > cell.stop_kg:
            yield (
                f"{where}.stop_kg: {load.text} puts {load.tile_kg * load.on_one_sensor:g} kg on one sensor and would "
                f"rest on a stop that closes at {cell.stop_kg:g} kg; raise it"
            )


def _support(spec: BoardSpec) -> Iterator[str]:
    """Check that a tile on four sensors does not tip, and that its holders have room."""
    mat, mech = spec.mat, spec.mechanics
    if spec.cell.types[spec.cell.use].sensors_per_tile == 1 or _meet(spec):
        return
    if supported_share(spec) < SUPPORTED_SHARE_MIN:
        yield (
            f"mechanics.sensor_inset_m: only {supported_share(spec):.0%} of a tile lies between its sensors, "
            f"{SUPPORTED_SHARE_MIN:.0%} is needed; move them outwards"
        )
    if tips_at_kg(spec) < TIPS_MIN_KG:
        yield (
            f"mechanics.hold_down_n: {tips_at_kg(spec):.1f} kg on its edge tip a tile, it should bear {TIPS_MIN_KG:g}; "
            "fit a stronger spring, or move the sensors outwards"
        )
    if 2 * mech.sensor_inset_m + mat.gap_m < mech.holder_m:
        yield (
            f"mechanics.holder_m: holders of {mech.holder_m * 1e3:g} mm overlap, their middles are "
            f"{(2 * mech.sensor_inset_m + mat.gap_m) * 1e3:g} mm apart; make them smaller, or move the sensors inwards"
        )


def _meet(spec: BoardSpec) -> bool:
    return min(spec.mat.tile_length_m, spec.mat.tile_width_m) <= 2 * spec.mechanics.sensor_inset_m


def _plates(spec: BoardSpec) -> Iterator[str]:
    mech = spec.mechanics
    if _meet(spec):
        yield (
            f"mechanics.sensor_inset_m: {mech.sensor_inset_m * 1e3:g} mm from both edges meet in the middle of a tile; "
            "give less than half a tile"
        )
        return
    for load in spec.loads:
        if tile_mpa(spec, load) > mech.ply_mpa:
            yield (
                f"mechanics.tile_m: {load.text} ({load.tile_kg:g} kg) bends a tile of {mech.tile_m * 1e3:g} mm with "
                f"{tile_mpa(spec, load):.0f} MPa, it bears {mech.ply_mpa:g}; take a thicker plate"
            )
    if mech.use_on == "bed" and mech.base_m < BED_BASE_M:
        yield (
            f"mechanics.base_m: {mech.base_m * 1e3:g} mm bend on a mattress and the tiles touch; "
            f'take {BED_BASE_M * 1e3:g} mm or more for use_on = "bed"'
        )


def _power(spec: BoardSpec) -> Iterator[str]:
    power = spec.power
    if spec.adc.supply_v not in (power.rail_v, power.input_v):
        yield (
            f"adc.supply_v: there is no {spec.adc.supply_v:g} V on this board; "
            f"give {power.rail_v:g} (power.rail_v) or {power.input_v:g} (power.input_v)"
        )
    allowed_ma = power.limit_ma * power.use_at_most
    if rail_ma(spec) > allowed_ma:
        yield (
            f"power.limit_ma: the chips and bridges draw {rail_ma(spec):.0f} mA, {power.regulator} may give "
            f"{allowed_ma:.0f} mA; take a larger regulator, or bridges of more ohm"
        )
    if power.rail_v + power.dropout_v > power.input_v:
        yield (
            f"power.dropout_v: {power.regulator} needs {power.rail_v + power.dropout_v:.2f} V to give "
            f"{power.rail_v:g} V and gets {power.input_v:g} V; take one with less dropout"
        )
    low_uf, high_uf = min(power.stable_uf), max(power.stable_uf)
    if not low_uf <= rail_uf(spec) <= high_uf:
        yield (
            f"power.stable_uf: {power.regulator} is stable with {low_uf:g} to {high_uf:g} uF and this rail has "
            f"{rail_uf(spec):g} uF; take another regulator, or change power.line_uf"
        )


def _tiles_fill_the_mat(spec: BoardSpec) -> Iterator[str]:
    mat = spec.mat
    for size, tile, whole, count in (
        ("width_m", mat.tile_width_m, mat.width_m, mat.cols),
        ("length_m", mat.tile_length_m, mat.length_m, mat.rows),
    ):
        field_m = count * tile + (count - 1) * mat.gap_m
        if abs(field_m - whole) > SAME_LENGTH_M:
            yield (
                f"mat.{size}: {count} tiles of {tile * 1e3:g} mm and {count - 1} gaps of {mat.gap_m * 1e3:g} mm make "
                f"{field_m * 1e3:g} mm, not {whole * 1e3:g} mm; correct one of them"
            )


def _anatomy(spec: BoardSpec) -> Iterator[str]:
    rows = spec.mat.rows
    for key in ("base_rows", "lumbar_rows"):
        listed = getattr(spec.anatomy, key)
        if not listed or not all(0 <= row < rows for row in listed):
            yield f"anatomy.{key}: {list(listed)} does not name rows of this mat; give some of 0 to {rows - 1}"
        elif any(b - a != 1 for a, b in pairwise(listed)):
            yield f"anatomy.{key}: {list(listed)} has a hole or is out of order; give neighbouring rows, base first"
    base = spec.anatomy.base_rows
    if base and rows > 1 and (base[0] != 0 or len(base) >= rows):
        yield f"anatomy.base_rows: {list(base)} must begin at row 0 and leave rows for the back; give [0] or [0, 1]"


def _bom(spec: BoardSpec) -> Iterator[str]:
    parts = spec.bom.parts if spec.bom else ()
    for name, times in Counter(part.id for part in parts).items():
        if times > 1:
            yield f"bom.parts: {name} is listed {times} times; give each part one line"
    for part in parts:
        for word in re.findall(r"\{(.*?)\}", part.text):
            if word not in BOM_WORDS:
                known = f"{', '.join(BOM_WORDS[:-1])} or {BOM_WORDS[-1]}"
                yield f"bom.parts: {part.id}: {{{word}}} cannot be filled in; use {known}"


_RULES: Final[tuple[Callable[[BoardSpec], Iterator[str]], ...]] = (
    *PIN_RULES,
    _converter,
    _cells,
    _power,
    _tiles_fill_the_mat,
    _support,
    _plates,
    _anatomy,
    _bom,
)


def broken_rules(spec: BoardSpec) -> list[str]:
    """Return one line for each broken rule; empty for a valid board."""
    if spec.cell.use not in spec.cell.types:
        return [f"cell.use: there is no cell.types.{spec.cell.use}; give one of {', '.join(spec.cell.types)}"]
    return [line for rule in _RULES for line in rule(spec)]

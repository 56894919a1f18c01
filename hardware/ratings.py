"""What follows from a board file by calculation: noise, stress and tipping of a tile, current of the rail."""

from typing import Final

from hardware.schema import AdcTable, BoardSpec, CellType, LoadCase

HEEL_M: Final = 0.05  # length of a heel on the ground
FINITE_ELEMENTS, BEAM = 26.0, 23.6  # MPa of the same tile under the same load, CalculiX 2.20 and the beam formula
PLYWOOD_KG_M3: Final = 680.0  # birch
STANDARD_GRAVITY: Final = 9.80665  # newtons that one kilogram weighs, by definition (CGPM 1901)
REGULATOR_UF: Final = 1.0


def noise_g(adc: AdcTable, cell: CellType) -> float:
    """Return the noise of a tile in grams: converter input noise over the bridge voltage of one gram."""
    nv_per_kg = cell.mv_per_v * 1e6 * adc.avdd_v / cell.rated_kg
    return 1e3 * adc.noise_nv / nv_per_kg


def supported_share(spec: BoardSpec) -> float:
    """Return the share of a tile that lies inside the polygon of its four sensors."""
    mat, inset_m = spec.mat, spec.mechanics.sensor_inset_m
    inside_m2 = (mat.tile_width_m - 2 * inset_m) * (mat.tile_length_m - 2 * inset_m)
    return inside_m2 / (mat.tile_width_m * mat.tile_length_m)


def tips_at_kg(spec: BoardSpec) -> float:
    """Return the load at the middle of the longer edge that lifts the far side of a tile, in kilograms.

    The weight of the tile and the spring of its hold-down act in its middle.
    """
    mat, mech = spec.mat, spec.mechanics
    tile_kg = mat.tile_width_m * mat.tile_length_m * mech.tile_m * PLYWOOD_KG_M3
    width_m = min(mat.tile_width_m, mat.tile_length_m)
    return (tile_kg + mech.hold_down_n / STANDARD_GRAVITY) * (width_m / 2 - mech.sensor_inset_m) / mech.sensor_inset_m


def tile_mpa(spec: BoardSpec, load: LoadCase) -> float:
    """Return the bending stress in MPa of a tile under a load at the middle of its longer edge.

    A beam on two corner supports, loaded over the length of a heel; half of the tile carries (our assumption). A plate
    of finite elements gave 26 MPa where the beam gives 23.6 (180 kg, inset 27 mm), so the beam is scaled by that.
    """
    mat, mech = spec.mat, spec.mechanics
    long_m, wide_m = max(mat.tile_length_m, mat.tile_width_m), min(mat.tile_length_m, mat.tile_width_m)
    span_m = long_m - 2 * mech.sensor_inset_m
    moment_nm = load.tile_kg * STANDARD_GRAVITY * (span_m / 4 - min(HEEL_M, span_m) / 8)
    section_m3 = wide_m / 2 * mech.tile_m**2 / 6
    return FINITE_ELEMENTS / BEAM * moment_nm / section_m3 / 1e6


def rail_ma(spec: BoardSpec) -> float:
    """Return the current of the sensor rail in mA: each chip, and its bridge if that is fed from the rail."""
    cell = spec.cell.types[spec.cell.use]
    on_rail = spec.adc.supply_v <= spec.power.rail_v
    bridge_ma = 1e3 * min(spec.adc.avdd_v, spec.power.rail_v) / cell.bridge_ohm if on_rail else 0.0
    return spec.mat.rows * spec.mat.cols * (spec.adc.current_ma + bridge_ma)


def rail_uf(spec: BoardSpec) -> float:
    """Return the capacitance of the sensor rail in uF: one capacitor at each line board, one at the regulator."""
    count = spec.mat.rows if spec.pins.sck_order == "rows" else spec.mat.cols
    return count * spec.power.line_uf + REGULATOR_UF

"""Each rule is broken on purpose, and answers with exactly its own line."""

import pytest

from hardware import board
from hardware.board import BoardError
from hardware.ratings import rail_ma


def broken(*changes: tuple[str, str]) -> list[str]:
    """Return the error lines of the default board with (old text, new text) replaced."""
    text = board.default_text()
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must occur once in board.toml"
        text = text.replace(old, new)
    with pytest.raises(BoardError) as caught:
        board.parse_board(text, "b")
    return str(caught.value).split("\n")


RULES = {
    "no such row in dout": (
        ("    [26, 20, 21],               # D: head\n", ""),
        "b: pins.dout: 3 + 3 + 3 data lines for 4 rows of 3; give one list of 3 for each row",
    ),
    "a row with two lines": (
        ("[10, 9, 25]", "[10, 9]"),
        "b: pins.dout: 3 + 2 + 3 + 3 data lines for 4 rows of 3; give one list of 3 for each row",
    ),
    "clocks that do not share out": (
        ("keep_free = [2, 3, 4, 14, 15]", "keep_free = []"),
        ("[17, 24, 11, 16]", "[17, 24, 11, 16, 14]"),
        "b: pins.sck: 5 clocks cannot share out 12 cells evenly; give 1, 4 (one per row) or 12 (one per cell)",
    ),
    "no clock": (
        ("[17, 24, 11, 16]", "[]"),
        "b: pins.sck: 0 clocks cannot share out 12 cells evenly; give 1, 4 (one per row) or 12 (one per cell)",
    ),
    "not on the header": (
        ("[10, 9, 25]", "[10, 9, 29]"),
        "b: pins.dout[1][2]: GPIO 29 is not on the header; free: 25",
    ),
    "HAT memory": (
        ("button = 5 ", "button = 1 "),
        "b: pins.button: GPIO 1 belongs to the HAT memory; free: 5",
    ),
    "kept free": (
        ("[10, 9, 25]", "[10, 9, 2]"),
        "b: pins.dout[1][2]: GPIO 2 is listed in pins.keep_free; take it off that list, or free: 25",
    ),
    "used twice": (
        ("[10, 9, 25]", "[10, 9, 27]"),
        "b: pins.dout[1][2]: GPIO 27 is already pins.dout[0][0]; free: 25",
    ),
    "clock on a pull-up pin": (
        ("keep_free = [2, 3, 4, 14, 15]", "keep_free = [2, 3, 14, 15]"),
        ("[17, 24, 11, 16]", "[4, 24, 11, 16]"),
        "b: pins.sck[0]: GPIO 4 is pulled up at reset and HX711 would sleep; free: 17",
    ),
    "light on a pull-up pin": (
        ("keep_free = [2, 3, 4, 14, 15]", "keep_free = [2, 3, 14, 15]"),
        ("red = 13", "red = 4"),
        "b: pins.red: GPIO 4 is pulled up at reset and light and sound must be off; free: 13",
    ),
    "button on a pull-down pin": (
        ("[17, 24, 11, 16]", "[17]"),
        ("button = 5 ", "button = 24 "),
        "b: pins.button: GPIO 24 is pulled down at reset and would look pressed; free: 5",
    ),
    "data lines without pull-up": (
        ("dout_pull_up = true", "dout_pull_up = false"),
        "b: pins.dout_pull_up: without it a missing chip reads as ready with code 0; set it to true",
    ),
    "another converter": (
        ('part = "HX711"', 'part = "ADS1232"'),
        "b: adc.part: there is no driver for ADS1232; HX711 is the one",
    ),
    "a rate that is not": (
        ("rate_hz = 80", "rate_hz = 40"),
        "b: adc.rate_hz: an HX711 does not run at 40; give 10 (RATE low) or 80 (RATE high)",
    ),
    "another gain": (
        ("gain = 128 ", "gain = 64 "),
        "b: adc.gain: after a reset only 128 is sure, not 64; set it to 128",
    ),
    "5 V on a Pi pin": (
        ("logic_v = 3.3 ", "logic_v = 5.0 "),
        "b: adc.logic_v: data lines at 5 V destroy a Pi pin; feed DVDD with 3.3 V",
    ),
    "the common board as sold, at 3.3 V": (
        ("feedback_parallel_ohm = 22_000.0 ", "# feedback_parallel_ohm "),
        ("b: adc.supply_v: 3.3 V cannot feed a bridge set to 4.30 V (0.1 V more is needed); solder a resistor across "
        "the top feedback resistor (adc.feedback_parallel_ohm), or feed VSUP from 5 V"),
    ),
    "added resistor too small": (
        ("feedback_parallel_ohm = 22_000.0 ", "feedback_parallel_ohm = 10_000.0 "),
        (
            "b: adc.feedback_parallel_ohm: the bridge gets 2.25 V, an HX711 needs 2.6 V or more; take a larger "
            "resistor, or resistors of less tolerance"
        ),
    ),
    "a supply that is not there": (
        ("supply_v = 3.3 ", "supply_v = 4.0 "),
        "b: adc.supply_v: there is no 4 V on this board; give 3.3 (power.rail_v) or 5 (power.input_v)",
    ),
    "a cell that is not described": (
        ('use = "quad50"', 'use = "quad500"'),
        "b: cell.use: there is no cell.types.quad500; give one of quad50, bar50, single100",
    ),
    "too few codes for a kilogram": (
        ("mv_per_v = 2.0                  # of", "mv_per_v = 0.15 # of"),
        (
            "b: cell.types.quad50.mv_per_v: 1611 codes for a kilogram drown in a noise of 42 g; take a cell with more "
            "mV/V for its load (30 g are allowed)"
        ),
    ),
    "the converter ends before the cell": (
        ("mv_per_v = 2.0                  # of", "mv_per_v = 8.0 # of"),
        ("b: cell.types.quad50.clip_kg: the converter ends at 65 kg, before 180 kg; lower clip_kg, or take a cell with "
        "fewer mV/V for its load"),
    ),
    "trusted beyond what the cell survives": (
        ("clip_kg = 180.0 ", "clip_kg = 260.0 "),
        "b: cell.types.quad50.clip_kg: 260 kg is beyond the safe 240 kg of the cell; lower clip_kg",
        (
            "b: cell.types.quad50.clip_kg: 4 stops that close at 45 kg carry every load above 180 kg, not 260 kg; "
            "lower clip_kg"
        ),
    ),
    "no stops": (
        ("stops = true                    # the rim", "stops = false                   # the rim"),
        (
            "b: cell.types.quad50.stops: kneeling on one knee (85 kg) is 1.1 times what the cell survives; fit stops, "
            "or a stronger cell"
        ),
        ("b: cell.types.quad50.stops: standing on one foot (120 kg) is 1.6 times what the cell survives; fit stops, or "
        "a stronger cell"),
        ("b: cell.types.quad50.stops: stepping on hard with one heel (180 kg) is 3.0 times what the cell survives; fit "
        "stops, or a stronger cell"),
    ),
    "a regulator too small": (
        ("limit_ma = 600.0", "limit_ma = 50.0"),
        ("b: power.limit_ma: the chips and bridges draw 35 mA, AP2112K-3.3 may give 30 mA; take a larger regulator, "
        "or bridges of more ohm"),
    ),
    "a regulator that starves": (
        ("dropout_v = 0.4 ", "dropout_v = 1.9 "),
        "b: power.dropout_v: AP2112K-3.3 needs 5.20 V to give 3.3 V and gets 5 V; take one with less dropout",
    ),
    "tiles too wide": (
        ("tile_width_m = 0.137", "tile_width_m = 0.140"),
        "b: mat.width_m: 3 tiles of 140 mm and 2 gaps of 4 mm make 428 mm, not 419 mm; correct one of them",
    ),
    "tiles too short": (
        ("tile_length_m = 0.167", "tile_length_m = 0.160"),
        "b: mat.length_m: 4 tiles of 160 mm and 3 gaps of 4 mm make 652 mm, not 680 mm; correct one of them",
    ),
    "a tile too thin": (
        ("tile_m = 0.012", "tile_m = 0.009"),
        (
            "b: mechanics.tile_m: standing on one foot (120 kg) bends a tile of 9 mm with 36 MPa, it bears 32; take a "
            "thicker plate"
        ),
        (
            "b: mechanics.tile_m: stepping on hard with one heel (180 kg) bends a tile of 9 mm with 54 MPa, it bears "
            "32; take a thicker plate"
        ),
    ),
    "a thin base on a mattress": (
        ('use_on = "floor"', 'use_on = "bed"  '),
        (
            "b: mechanics.base_m: 6 mm bend on a mattress and the tiles touch; take 12 mm or more for "
            'use_on = "bed"'
        ),
    ),
    "sensors that meet in the middle": (
        ("sensor_inset_m = 0.020", "sensor_inset_m = 0.070"),
        (
            "b: mechanics.sensor_inset_m: 70 mm from both edges meet in the middle of a tile; "
            "give less than half a tile"
        ),
    ),
    "a part listed twice": (
        ('id = "foot_pad"', 'id = "holder"'),
        "b: bom.parts: holder is listed 2 times; give each part one line",
    ),
    "a word in a part without a value": (
        ("resistor {parallel}", "resistor {paralel}"),
        (
            "b: bom.parts: parallel_resistor: {paralel} cannot be filled in; "
            "use regulator, series, dimmer, parallel or ways"
        ),
    ),
    "sensors too far inside: the tile tips": (
        ("sensor_inset_m = 0.020", "sensor_inset_m = 0.027"),
        (
            "b: mechanics.sensor_inset_m: only 41% of a tile lies between its sensors, 50% is needed; "
            "move them outwards"
        ),
        (
            "b: mechanics.hold_down_n: 1.5 kg on its edge tip a tile, it should bear 2; fit a stronger spring, or move "
            "the sensors outwards"
        ),
    ),
    "no hold-down": (
        ("hold_down_n = 8.0", "hold_down_n = 0.0"),
        (
            "b: mechanics.hold_down_n: 0.5 kg on its edge tip a tile, it should bear 2; fit a stronger spring, or move "
            "the sensors outwards"
        ),
    ),
    "holders that overlap": (
        ("holder_m = 0.043", "holder_m = 0.048"),
        (
            "b: mechanics.holder_m: holders of 48 mm overlap, their middles are 44 mm apart; make them smaller, or "
            "move the sensors inwards"
        ),
    ),
    "no stop for a single sensor": (
        ("stop_kg = 45.0 ", "# "),
        (
            "b: cell.types.quad50.stop_kg: missing and one sensor survives 60 kg; let its stop close at 48 kg or less"
        ),
    ),
    "a stop that closes too late for one sensor": (
        ("stop_kg = 45.0 ", "stop_kg = 55.0 "),
        (
            "b: cell.types.quad50.stop_kg: 55 kg, 1.25 times that with errors of setting, and one sensor survives "
            "60 kg; let its stop close at 48 kg or less"
        ),
    ),
    "a stop that closes while a person sits down": (
        ("stop_kg = 45.0 ", "stop_kg = 25.0 "),
        ("b: cell.types.quad50.clip_kg: 4 stops that close at 25 kg carry every load above 100 kg, not 180 kg; "
        "lower clip_kg"),
        ("b: cell.types.quad50.stop_kg: sitting down, one side first puts 30 kg on one sensor and would rest on a stop "
        "that closes at 25 kg; raise it"),
    ),
    "a regulator that oscillates": (
        ("stable_uf = [1.0, 200.0]", "stable_uf = [1.0, 22.0]"),
        (
            "b: power.stable_uf: AP2112K-3.3 is stable with 1 to 22 uF and this rail has 41 uF; take another "
            "regulator, or change power.line_uf"
        ),
    ),
    "a lumbar row beyond the mat": (
        ("lumbar_rows = [1]", "lumbar_rows = [4]"),
        "b: anatomy.lumbar_rows: [4] does not name rows of this mat; give some of 0 to 3",
    ),
    "no lumbar row": (
        ("lumbar_rows = [1]", "lumbar_rows = []"),
        "b: anatomy.lumbar_rows: [] does not name rows of this mat; give some of 0 to 3",
    ),
    "lumbar rows with a hole": (
        ("lumbar_rows = [1]", "lumbar_rows = [0, 2]"),
        "b: anatomy.lumbar_rows: [0, 2] has a hole or is out of order; give neighbouring rows, base first",
    ),
    "a base that is not the base": (
        ("base_rows = [0, 1]", "base_rows = [1, 2]"),
        "b: anatomy.base_rows: [1, 2] must begin at row 0 and leave rows for the back; give [0] or [0, 1]",
    ),
    "all base and no back": (
        ("base_rows = [0, 1]", "base_rows = [0, 1, 2, 3]"),
        "b: anatomy.base_rows: [0, 1, 2, 3] must begin at row 0 and leave rows for the back; give [0] or [0, 1]",
    ),
}  # fmt: skip


# Each broken rule gives exactly one line: the place, the fact and the remedy.
@pytest.mark.parametrize("case", RULES.values(), ids=RULES.keys())
def test_a_broken_rule_gives_exactly_its_line(case: tuple[tuple[str, str] | str, ...]) -> None:
    changes = [part for part in case if isinstance(part, tuple)]
    lines = [part for part in case if isinstance(part, str)]
    assert broken(*changes) == lines


SHAPES = {
    "unknown key": (
        ("gap_m = 0.004", "gpa_m = 0.004\ngap_m = 0.004"),
        "b: mat.gpa_m: unknown key; did you mean gap_m?",
    ),
    "unknown table": (
        ("[anatomy] ", "[weather]\nrain = true\n\n[anatomy] "),
        (
            "b: weather: unknown key; "
            "known are name, pi, mat, mechanics, anatomy, adc, cell, loads, power, pins, wiring, bom"
        ),
    ),
    "missing key": (("rate_hz = 80 ", "# "), "b: adc.rate_hz: missing; add it, the file that ships shows how"),
    "text for a number": (("rows = 4", 'rows = "four"'), "b: mat.rows: 'four' is not a whole number"),
    "yes for a number": (("cols = 3", "cols = true"), "b: mat.cols: True is not a whole number"),
    "number for yes": (("dout_pull_up = true", "dout_pull_up = 1"), "b: pins.dout_pull_up: 1 is not true or false"),
    "broken number for a pin": (("red = 13", "red = 13.5"), "b: pins.red: 13.5 is not a whole number"),
    "not finite": (("limit_ma = 600.0", "limit_ma = inf"), "b: power.limit_ma: inf is not a number"),
    "no list": (("[17, 24, 11, 16]", "17"), "b: pins.sck: 17 is not a list in [brackets]"),
    "a word in a list": (("[8, 7, 6]", '[8, "x", 6]'), "b: pins.dout[2][1]: 'x' is not a whole number"),
    "no table": (('[cell]\nuse = "quad50"', "[cell]\nuse = 3"), 'b: cell.use: 3 is not a text in "quotes"'),
    "word for an order": (('"rows"  ', '"diagonal"  '), "b: pins.sck_order: 'diagonal' is not \"rows\" or \"columns\""),
    "out of bounds": (("rows = 4", "rows = 40"), "b: mat.rows: 40 is out of bounds; give 1 to 12"),
    "below zero": (("limit_ma = 600.0", "limit_ma = -1"), "b: power.limit_ma: -1 is out of bounds; give 1 to 5000"),
    "a scalar where a table belongs": (
        ("[anatomy]                       # rows, 0 = base\nbase_rows = [0, 1] ", "[anatomy]\nbase_rows = 1 "),
        "b: anatomy.base_rows: 1 is not a list in [brackets]",
    ),
}  # fmt: skip


# A wrong key or value is reported with its place before any rule runs.
@pytest.mark.parametrize("case", SHAPES.values(), ids=SHAPES.keys())
def test_a_wrong_value_gives_exactly_its_line(case: tuple[tuple[str, str], str]) -> None:
    change, line = case
    assert broken(change) == [line]


# A file with three faults reports all three at once.
def test_all_faults_at_once() -> None:
    lines = broken(("rows = 4", "rows = 40"), ("red = 13", "rad = 13"), ("gain = 128 ", 'gain = "high" '))
    assert lines == [
        "b: mat.rows: 40 is out of bounds; give 1 to 12",
        "b: adc.gain: 'high' is not a whole number",
        "b: pins.rad: unknown key; did you mean red?",
    ]


# All broken rules are reported at once.
def test_all_broken_rules_at_once() -> None:
    lines = broken(("[10, 9, 25]", "[10, 9, 27]"), ("logic_v = 3.3 ", "logic_v = 5.0 "), ("gain = 128 ", "gain = 64 "))
    assert [line.split(":")[1].strip() for line in lines] == ["pins.dout[1][2]", "adc.gain", "adc.logic_v"]


# Twelve chips of 1.5 mA and twelve rings of 2 k at 2.85 V.
def test_current_of_the_sensor_rail() -> None:
    assert rail_ma(board.load_board().spec) == pytest.approx(12 * (1.5 + 1.423), abs=0.1)


# Safety factors for 120 kg on one tile: a quad has 80 % of it on one sensor of 50 kg, the others have one cell.
def test_safety_factors() -> None:
    spec = board.load_board().spec
    standing = next(load for load in spec.loads if load.tile_kg == 120)
    factors = {name: round(standing.safety(cell), 2) for name, cell in spec.cell.types.items()}
    assert factors == {"quad50": 0.62, "bar50": 0.5, "single100": 1.25}

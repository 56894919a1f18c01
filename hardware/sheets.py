"""Wiring sheets as data: one overview, one sheet for each line, one for the sensors under a tile.

Every box and cable names its line of the bill of materials, so that a test can hold the two against each other.
What is drawn again on another sheet has no part there.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hardware.board import Board, Cell
from hardware.bom import board_conditions
from hardware.lines import MatCable, built_into, mat_cables, supply_wires, tail_m
from hardware.tables import POD_COLOURS, header_place, output_pins

SENSOR_RING: Final = {  # corner of a tile -> pad of each wire; red is the middle of a half-bridge
    "HEAD LEFT": {"RD": "E+", "WH": "N1", "BK": "N4"},
    "HEAD RIGHT": {"RD": "A+", "WH": "N1", "BK": "N2"},
    "BASE RIGHT": {"RD": "E-", "WH": "N3", "BK": "N2"},
    "BASE LEFT": {"RD": "A-", "WH": "N3", "BK": "N4"},
}
BRIDGE_COLOURS: Final = {"E+": "RD", "E-": "BK", "A-": "WH", "A+": "GN"}
CELL_PART: Final = {"bar50": "bar_cell", "single100": "platform_cell"}


@dataclass(frozen=True, slots=True)
class WiringBox:
    """Something with pins. parts: what it is and carries, as (id in the bill of materials, how many)."""

    name: str
    text: str
    pins: tuple[str, ...]
    parts: tuple[tuple[str, int], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class WiringCable:
    """Wires between two boxes: (pin here, colour, pin there). length_m is 0 for leads that belong to a part."""

    name: str
    start: str
    end: str
    wires: tuple[tuple[str, str, str], ...]
    part: str | None = None
    length_m: float = 0.0


@dataclass(frozen=True, slots=True)
class WiringSheet:
    """One drawing; copies says how often what it shows is built."""

    file: str
    title: str
    boxes: tuple[WiringBox, ...]
    cables: tuple[WiringCable, ...]
    copies: int = 1


def wiring_sheets(board: Board) -> tuple[WiringSheet, ...]:
    """Return all wiring sheets of a board."""
    found = [_overview(board), *(_line(board, line) for line in mat_cables(board))]
    if board.cell_type == "quad50":
        found.append(_ring(board))
    return tuple(found)


def parts_in_wiring(board: Board) -> dict[str, float]:
    """Return the number of pieces (or metres) shown on the sheets, by the ids of the bill of materials."""
    count: Counter[str] = Counter()
    length_m: dict[str, float] = {}
    for sheet in wiring_sheets(board):
        for box in sheet.boxes:
            for part, pieces in box.parts:
                count[part] += pieces * sheet.copies
        for cable in sheet.cables:
            if cable.part:
                length_m[cable.part] = length_m.get(cable.part, 0.0) + cable.length_m * sheet.copies
    return {**count, **length_m}


def _overview(board: Board) -> WiringSheet:
    """Draw the HAT as the hub: supply and computer on its left, everything that is plugged in on its right."""
    made = [_supply(board), *(_line_cable(line) for line in mat_cables(board)), *_pod(board), *_motor(board)]
    pins = tuple(pin for _, _, plugged in made for pin in plugged)
    note = f"built for all lines of {built_into(board).name}" if board.spec.wiring.pilot else ""
    hat = WiringBox("HAT", "on the header of the Pi", pins, _hat_parts(board), note)
    boxes = [box for box, _, _ in made]
    return WiringSheet(
        "overview", f"{board.name}: overview", (boxes[0], hat, *boxes[1:]), tuple(cable for _, cable, _ in made)
    )


PluggedIn = tuple[
    WiringBox, WiringCable, tuple[str, ...]
]  # what is plugged in, by which cable, and the pins of the HAT it takes


def _hat_parts(board: Board) -> tuple[tuple[str, int], ...]:
    lights = sum(bcm is not None for bcm in (board.red_bcm, board.green_bcm, board.blue_bcm))
    whole = built_into(board)
    parts = [("hat", 1), ("hat_socket", len(mat_cables(whole))), ("polyfuse", 1), ("regulator", 1), ("cap_1u", 2)]
    parts += [("series_resistor", len(whole.cells) + len(whole.sck_bcm) + lights)]
    parts += [("enable_resistor", 1)]
    parts += [("buzzer_resistor", 1), ("buzzer_bleeder", 1)] if board.buzzer_bcm is not None else []
    parts += [("button_resistor", 1)] if board.button_bcm is not None else []
    parts += [("tvs_array", 1)] if "pod" in board_conditions(board) else []
    if board.motor_bcm is not None:
        ids = ("motor_transistor", "motor_base_resistor", "motor_off_resistor", "motor_resistor")
        parts += [(part, 1) for part in ids]
    return tuple(parts)


def _supply(board: Board) -> PluggedIn:
    model = board.spec.pi.model
    psu = "psu_micro" if model in ("zero_2_w", "3") else "psu_c"
    box = WiringBox("PI", "with its supply", ("5V pin 2", "GND pin 6"), ((f"pi_{model}", 1), ("sd_card", 1), (psu, 1)))
    wires = (("5V pin 2", "RD", "5V pin 2"), ("GND pin 6", "BK", "GND pin 6"))
    return box, WiringCable("header", "PI", "HAT", wires), box.pins


def _line_cable(line: MatCable) -> PluggedIn:
    pins = tuple(
        f"{line.name} way {way} {wire.signal if wire.bcm is None else header_place(wire.bcm)}"
        for way, wire in enumerate(line.ways, 1)
    )
    spare = range(len(line.wires) + 1, len(line.ways) + 1)
    signals = (*(wire.signal for wire in line.wires), *(f"spare, way {way}" for way in spare))
    parts = (("line_board", 1), ("line_plug", 2), ("line_socket", 1), ("cap_10u", 1), ("cap_100n", 1))
    wires = tuple((pin, wire.colour, to) for pin, wire, to in zip(pins, line.ways, signals, strict=True))
    box = WiringBox(f"LINE {line.name}", "line board, in the mat", signals, parts)
    return box, WiringCable(f"CABLE {line.name}", "HAT", box.name, wires, "line_cable", line.length_m), pins


def _pod(board: Board) -> Iterator[PluggedIn]:
    pod = [(name, bcm) for name, _, bcm in output_pins(board) if bcm is not None]
    if pod:
        names = ("GND", *(name for name, _ in pod))
        pins = ("pod way 1 GND", *(f"pod way {way} {header_place(bcm)}" for way, (_, bcm) in enumerate(pod, 2)))
        colours = ("BK", *(POD_COLOURS[name] for name, _ in pod))
        lights = sum(name.startswith("LED") for name, _ in pod)
        box = WiringBox("POD", "held in the hand", names, (("pod_plug", 1), *_pod_parts(board, lights=lights)))
        wires = tuple(zip(pins, colours, names, strict=True))
        yield box, WiringCable("CABLE POD", "HAT", "POD", wires, "pod_cable", board.spec.wiring.pod_m), pins


def _motor(board: Board) -> Iterator[PluggedIn]:
    """Yield the vibration motor: its transistor sits on the HAT, so two wires go to the pod."""
    if board.motor_bcm is not None:
        pins = ("motor M+ 5 V behind 27 Ω", f"motor M- by transistor, {header_place(board.motor_bcm)}")
        box = WiringBox("MOTOR", "in the pod", ("M+", "M-"), (("motor", 1), ("motor_diode", 1), ("motor_plug", 1)))
        wires = ((pins[0], "RD", "M+"), (pins[1], "BK", "M-"))
        yield box, WiringCable("CABLE MOTOR", "HAT", "MOTOR", wires, "motor_cable", board.spec.wiring.pod_m), pins


def _pod_parts(board: Board, *, lights: int) -> tuple[tuple[str, int], ...]:
    parts = [("pod_board", 1)]
    parts += [("rgb_led", 1)] if lights else []
    parts += [("dimmer_resistor", lights)] if lights and board.spec.pins.dimmer_ohm else []
    parts += [("piezo", 1)] if board.buzzer_bcm is not None else []
    parts += [("push_button", 1), ("cap_button", 1)] if board.button_bcm is not None else []
    return tuple(parts)


def _line(board: Board, line: MatCable) -> WiringSheet:
    boxes = [WiringBox(f"LINE {line.name}", "line board, see overview", tuple(wire.signal for wire in line.wires))]
    cables: list[WiringCable] = []
    for cell in line.cells:
        for box, cable in _channel(board, line, cell):
            boxes.append(box)
            cables.append(cable)
    return WiringSheet(
        f"{board.spec.pins.sck_order[:-1]}-{line.name.lower()}",
        f"{board.name}: line {line.name}",
        tuple(boxes),
        tuple(cables),
    )


def _channel(board: Board, line: MatCable, cell: Cell) -> Iterator[tuple[WiringBox, WiringCable]]:
    """Yield the converter of a cell with its tail, then the bridge with its cable."""
    spec = board.spec
    two = len(supply_wires(board)) > 2  # noqa: PLR2004 - 5 V beside 3.3 V and ground
    clock = next(wire for wire in line.wires if wire.bcm == board.sck_bcm[cell.bank])
    data = next(wire for wire in line.wires if wire.bcm == cell.dout_bcm)
    feed = (("3V3S", "RD", "VDD"), ("5VS", "OG", "VCC")) if two else (("3V3S", "RD", "VCC"),)
    tail = (*feed, ("GND", "BK", "GND"), (clock.signal, clock.colour, "SCK"), (data.signal, data.colour, "DT"))
    rework = (("parallel_resistor", 1),) if spec.adc.feedback_parallel_ohm is not None else ()
    adc = WiringBox(
        f"ADC {cell.name}",
        f"HX711 of tile {cell.name}",
        (*(pin for _, _, pin in tail), *BRIDGE_COLOURS),
        (("hx711_two" if two else "hx711", 1), *rework),
        "RATE high for 80 Hz" if spec.adc.rate_hz > 10 else "RATE low: 10 Hz",  # noqa: PLR2004 - the slow rate
    )
    yield adc, WiringCable(f"TAIL {cell.name}", f"LINE {line.name}", adc.name, tail, "tail_cable", tail_m(board, cell))
    bridge = tuple((pin, colour, pin) for pin, colour in BRIDGE_COLOURS.items())
    if board.cell_type == "quad50":
        ring = WiringBox(f"TILE {cell.name}", "ring board, see ring", tuple(BRIDGE_COLOURS))
        yield ring, WiringCable(f"BRIDGE {cell.name}", adc.name, ring.name, bridge, "bridge_cable", 0.1)
    else:
        single = WiringBox(f"CELL {cell.name}", "load cell", tuple(BRIDGE_COLOURS), ((CELL_PART[board.cell_type], 1),))
        yield single, WiringCable(f"LEAD {cell.name}", adc.name, single.name, bridge)


def _ring(board: Board) -> WiringSheet:
    pads = ("E+", "A+", "E-", "A-", "N1", "N2", "N3", "N4")
    boxes = [
        WiringBox("RING BOARD", "one under each tile", pads, (("ring_board", 1),), "E+ E- A- A+ go on to the HX711")
    ]
    cables = []
    for corner, wires in SENSOR_RING.items():
        boxes.append(WiringBox(corner, "50 kg sensor", tuple(wires), (("half_bridge", 1),)))
        cables.append(
            WiringCable(
                f"LEAD {corner}", corner, "RING BOARD", tuple((colour, colour, pad) for colour, pad in wires.items())
            )
        )
    return WiringSheet(
        "ring", f"{board.name}: sensors of one tile", tuple(boxes), tuple(cables), copies=len(board.cells)
    )

"""The circuits of the two boards, and where each part sits: what board.toml says becomes parts and nets.

Places are in millimetres from the upper left corner, seen from the side of the parts. On the tile board the head of
the mat is up, so the left hand is on the right, as everywhere when a mat is seen from above.
"""

from hardware.board import Board
from hardware.bom import resistance_text
from hardware.header import HEADER_PIN, SUPPLY_PIN
from hardware.lines import mat_cables
from hardware.pcb.circuit import Circuit, CircuitPart, two_pin_part
from hardware.sheets import SENSOR_RING
from hardware.tables import output_pins


def tile_board(board: Board) -> Circuit:
    """Return the board under one tile: ring of four sensors, converter, its regulator, wires to the line."""
    adc = board.spec.adc
    top_ohm = adc.feedback_top_ohm
    if adc.feedback_parallel_ohm is not None:
        top_ohm = round(1 / (1 / top_ohm + 1 / adc.feedback_parallel_ohm) / 100) * 100
    chip = {
        "1": "3V3S",
        "2": "BASE",
        "3": "E+",
        "4": "VFB",
        "5": "GND",
        "6": "VBG",
        "7": "INA-",
        "8": "INA+",
        "9": "GND",
        "10": "GND",
        "11": "SCK",
        "12": "DT",
        "14": "GND",
        "15": "RATE",
        "16": "3V3S",
    }
    parts = [
        CircuitPart("U1", "HX711", "SOP-16", "HX711", chip, (26, 14.5, 0), "HX711 (Avia Semiconductor), SOP-16"),
        CircuitPart(
            "Q1",
            "PNP",
            "SOT-23",
            "MMBT4403",
            {"1": "BASE", "2": "3V3S", "3": "E+"},
            (17, 5.5, 180),
            "MMBT4403-7-F; or S8550",
        ),
        two_pin_part("R1", f"{resistance_text(top_ohm)} 1 %", "E+", "VFB", (17.5, 10, 0)),
        two_pin_part("R2", f"{resistance_text(adc.feedback_bottom_ohm)} 1 %", "VFB", "GND", (17.5, 12.8, 180)),
        two_pin_part("R3", "100 Ω", "A-", "INA-", (17.5, 18.4, 0)),
        two_pin_part("R4", "100 Ω", "A+", "INA+", (17.5, 23.6, 0)),
        two_pin_part("C1", "10 µF", "3V3S", "GND", (25, 4.6, 0)),
        two_pin_part("C2", "10 µF", "E+", "GND", (12.6, 8.2, 90)),
        two_pin_part("C3", "100 nF", "E+", "GND", (12.6, 13, 90)),
        two_pin_part("C4", "100 nF", "VBG", "GND", (17.5, 15.6, 0)),
        two_pin_part("C5", "100 nF", "INA-", "INA+", (21.2, 22, 90)),
        two_pin_part("C6", "100 nF", "3V3S", "GND", (33.5, 8.2, 0)),
        CircuitPart(
            "JP1",
            "JUMPER3",
            "JUMPER-3",
            "RATE",
            {"1": "3V3S", "2": "RATE", "3": "GND"},
            (34, 12, 0),
            label="80 RATE 10",
        ),
        CircuitPart(
            "J1",
            "WIRES4",
            "WIRES-4",
            "LINE",
            {"1": "3V3S", "2": "GND", "3": "SCK", "4": "DT"},
            (30.5, 29, 0),
            label="3V3S GND SCK DT",
        ),
    ]
    corners = {"HEAD LEFT": (46.5, 7), "HEAD RIGHT": (3.5, 7), "BASE RIGHT": (3.5, 25), "BASE LEFT": (46.5, 25)}
    for number, (corner, (x, y)) in enumerate(corners.items(), 2):
        pads = SENSOR_RING[corner]
        nets = {"1": pads["WH"], "2": pads["RD"], "3": pads["BK"]}
        nets = {pin: "GND" if net == "E-" else net for pin, net in nets.items()}
        parts.append(CircuitPart(f"J{number}", "WIRES3", "WIRES-3", corner, nets, (x, y, 270), label="WH RD BK"))
    holes = ((8.2, 7), (8.2, 25), (41.8, 7), (41.8, 25), (21.5, 29.2), (39.5, 29.2))
    parts += [CircuitPart(f"H{n}", "HOLE", "HOLE_2.2", "cable tie", {}, (x, y, 0)) for n, (x, y) in enumerate(holes, 1)]
    words = (
        ("acumat tile", 37.5, 16.5, 1.2),
        ("not tried on real parts", 38.2, 18.6, 0.8),
        ("head ^", 36, 20.8, 1.0),
        ("80", 31.2, 12, 1.0),
        ("10", 36.8, 12, 1.0),
        ("RATE", 34, 14, 0.9),
        ("3V3S", 25.2, 26.8, 0.9),
        ("GND", 28.8, 26.8, 0.9),
        ("SCK", 32.2, 26.8, 0.9),
        ("DT", 35.8, 26.8, 0.9),
        ("head right", 5.8, 1.3, 0.9),
        ("head left", 44.4, 1.3, 0.9),
        ("base right", 5.8, 31.8, 0.9),
        ("base left", 44.4, 31.8, 0.9),
        *(
            (w, x, y + dy, 0.8)
            for x, y in ((5.9, 7), (5.9, 25), (44.1, 7), (44.1, 25))
            for w, dy in (("W", -3.2), ("R", 0), ("B", 3.2))
        ),
    )
    return Circuit("tile_board", f"{board.name}: tile board, one under each tile", (50, 33), tuple(parts), words)


def hat(board: Board) -> Circuit:
    """Return the HAT: header, regulator, series resistors, sockets of lines and pod, ID memory, protection."""
    spec = board.spec
    parts = [
        CircuitPart(
            "F1",
            "FUSE",
            "F_1206",
            "500 mA polyfuse",
            {"1": "5V", "2": "5VF"},
            (6.5, 22, 90),
            "MF-NSMF050-2 (Bourns); or 1206L050YR (Littelfuse)",
        ),
        two_pin_part("C1", "1 µF", "5VF", "GND", (9.8, 22, 270)),
        CircuitPart(
            "U1",
            "LDO",
            "SOT-23-5",
            spec.power.regulator,
            {"1": "5VF", "2": "GND", "3": "3V3", "5": "3V3S"},
            (14, 22, 0),
            "AP2112K-3.3TRG1 (Diodes); or TLV75533PDBVR (TI)",
        ),
        two_pin_part("C2", "1 µF", "3V3S", "GND", (18.2, 22, 270)),
        two_pin_part("R1", "100 kΩ", "3V3", "GND", (14, 26.4, 0)),
        CircuitPart(
            "U2",
            "EEPROM",
            "SOIC-8",
            "CAT24C32",
            {"1": "GND", "2": "GND", "3": "GND", "4": "GND", "5": "ID_SD", "6": "ID_SC", "7": "WP", "8": "3V3"},
            (37, 22.5, 0),
            "CAT24C32WI-GT3 (onsemi); or AT24C32D-SSHM (Microchip)",
        ),
        two_pin_part("R2", "3.9 kΩ", "3V3", "ID_SD", (43, 20, 0)),
        two_pin_part("R3", "3.9 kΩ", "3V3", "ID_SC", (43, 22.5, 0)),
        two_pin_part("R4", "10 kΩ", "3V3", "WP", (43, 25, 0)),
        CircuitPart("JP1", "JUMPER3", "JUMPER-3", "WP", {"1": "WP", "2": "GND"}, (37, 28, 0), label="write ID"),
    ]
    parts.append(_header_part(board))
    parts += _line_parts(board)
    parts += _pod_parts(board)
    holes = ((3.5, 3.5), (61.5, 3.5), (3.5, 52.5), (61.5, 52.5))
    parts += [CircuitPart(f"H{n}", "HOLE", "HOLE_2.7", "M2.5", {}, (x, y, 0)) for n, (x, y) in enumerate(holes, 1)]
    words = [("acumat HAT, not tried on real parts", 32.5, 30.6, 1.0)]
    words += [(f"line {line.name}", x, 54, 1.1) for line, x in zip(mat_cables(board), SOCKET_X, strict=False)]
    words += [("pod", SOCKET_X[len(mat_cables(board))], 54, 1.1)]
    return Circuit("hat", f"{board.name}: HAT", (65, 56), tuple(parts), tuple(words))


SOCKET_X = (9.5, 20.5, 31.5, 42.5, 53.5)
SOCKET_Y = 42.0
SLOTS = [(round(8.37 + 2.54 * col, 2), y) for y in (9.4, 14.4) for col in range(20)]


def _gpio(bcm: int) -> str:
    return f"GPIO{bcm}"


def _used(board: Board) -> dict[int, str]:
    """Return the net behind the series resistor of each GPIO in use."""
    found = {
        wire.bcm: wire.signal.replace(" ", "_")
        for line in mat_cables(board)
        for wire in line.wires
        if wire.bcm is not None
    }
    found |= {bcm: name.replace(" ", "_").upper() for name, _, bcm in output_pins(board) if bcm is not None}
    return found


def _header_part(board: Board) -> CircuitPart:
    nets = {str(pin): name for pin, name in SUPPLY_PIN.items()}
    nets |= {str(HEADER_PIN[bcm]): _gpio(bcm) for bcm in _used(board)}
    nets |= {str(HEADER_PIN[0]): "ID_SD", str(HEADER_PIN[1]): "ID_SC"}
    return CircuitPart(
        "J1", "HEADER40", "HEADER_2x20", "to the Pi", nets, (32.5, 3.5, 0), "2x20 stacking socket, on the back"
    )


def _line_parts(board: Board) -> list[CircuitPart]:
    """Return the series resistors, each as near to its header pin as there is room, and the sockets of the lines."""
    series = {"BUZZER": "220 Ω", "BUTTON": "1 kΩ"}
    free = list(SLOTS)
    parts: list[CircuitPart] = []
    for number, (bcm, net) in enumerate(sorted(_used(board).items(), key=lambda item: HEADER_PIN[item[0]]), 10):
        pin_x = 8.37 + 2.54 * ((HEADER_PIN[bcm] - 1) // 2)
        slot = min(free, key=lambda at: (abs(at[0] - pin_x) * 2 + (at[1] > SLOTS[0][1]), at))
        free.remove(slot)
        parts.append(
            two_pin_part(
                f"R{number}",
                series.get(net, resistance_text(board.spec.pins.series_ohm)),
                _gpio(bcm),
                net,
                (*slot, 270),
            )
        )
    for number, (line, x) in enumerate(zip(mat_cables(board), SOCKET_X, strict=False), 2):
        nets = {str(way): wire.signal.replace(" ", "_") for way, wire in enumerate(line.wires, 1)}
        count = len(line.wires)
        parts.append(
            CircuitPart(
                f"J{number}",
                f"XH{count}",
                f"XH-{count}",
                f"line {line.name}",
                nets,
                (x, SOCKET_Y, 270),
                f"JST B{count}B-XH-A",
            )
        )
    return parts


def _pod_parts(board: Board) -> list[CircuitPart]:
    names = [name.replace(" ", "_").upper() for name, _, bcm in output_pins(board) if bcm is not None]
    if not names:
        return []
    socket = len(mat_cables(board))
    nets = {"1": "GND"} | {str(way): name for way, name in enumerate(names, 2)}
    count = len(nets)
    parts = [
        CircuitPart(
            f"J{socket + 2}",
            f"XH{count}",
            f"XH-{count}",
            "pod",
            nets,
            (SOCKET_X[socket], SOCKET_Y, 270),
            f"JST B{count}B-XH-A",
        )
    ]
    protect = dict(zip(("1", "3", "4", "6"), names[-4:], strict=False))
    parts.append(
        CircuitPart(
            "U3",
            "TVS4",
            "SOT-23-6",
            "USBLC6-4SC6",
            protect | {"2": "GND", "5": "3V3"},
            (60.4, 30, 90),
            "USBLC6-4SC6 (ST); or SRV05-4 (Littelfuse)",
        )
    )
    if "BUZZER" in names:
        parts.append(two_pin_part("R5", "47 kΩ", "BUZZER", "GND", (60.6, 42, 90)))
    return parts

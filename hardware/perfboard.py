"""The HAT on perfboard: which leg sits in which hole, which holes a wire joins, and the drawing of both.

Seen from the side of the parts, the header at the top and the microSD card to the left. Holes are 2.54 mm apart, named
by a letter (row) and a number (column), as in D5. What has to be joined comes from the circuit of the ordered HAT
without its ID memory, so the two ways of building it cannot differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from hardware.board import Board
from hardware.header import SUPPLY_PIN
from hardware.lines import mat_cables
from hardware.pcb.circuit import CircuitPart
from hardware.pcb.circuits import hat

ROWS, COLS = 22, 25
FIRST_HEADER_COL: Final = 4  # pins 1 and 2
SLOTS: Final = (3, 7)  # rows of the upper legs of the series resistors: one or two below each pair of pins
SOCKET_ROW, SOCKET_COLS = 14, (3, 8, 13, 18, 23)
RESISTOR_HOLES: Final = 2  # a resistor stands: its legs are two holes apart
ADAPTER_HOLES: Final = 3  # U1 and U3 sit on adapter boards of one width, 7.62 mm from row to row of legs
LEFT_OUT: Final = frozenset({"U2", "R2", "R3", "R4", "JP1"})  # the ID memory of the ordered board
SUPPLY_PINS: Final = frozenset({1, 2, 6})  # 3.3 V, 5 V and ground: one pin of each is enough
Hole = tuple[int, int]
"""Row and column, from 0 and from 1."""

# The other parts: the hole of each leg. The adapter boards have legs 1, 2, 3 to the left.
PLACES: Final[dict[str, dict[str, Hole]]] = {
    "F1": {"1": (11, 2), "2": (13, 2)},
    "C1": {"1": (11, 4), "2": (13, 4)},
    "U1": {"1": (11, 6), "2": (12, 6), "3": (13, 6), "5": (11, 6 + ADAPTER_HOLES)},
    "C2": {"1": (11, 11), "2": (13, 11)},
    "R1": {"1": (11, 13), "2": (13, 13)},
    "R5": {"1": (11, 16), "2": (13, 16)},
    "U3": {
        "1": (11, 19),
        "2": (12, 19),
        "3": (13, 19),
        "6": (11, 19 + ADAPTER_HOLES),
        "5": (12, 19 + ADAPTER_HOLES),
        "4": (13, 19 + ADAPTER_HOLES),
    },
}
COLOURS: Final = {"GND": "#222222", "3V3S": "#d62728", "5V": "#ff7f0e", "5VF": "#ff7f0e", "3V3": "#e377c2"}
LINE_COLOURS: Final = ("#b8860b", "#2ca02c", "#1f77b4", "#9467bd", "#8c564b")


@dataclass(frozen=True, slots=True)
class Layout:
    """legs: the hole of each leg (part, leg); nets: what each hole belongs to; wires: pairs of holes to join."""

    parts: tuple[CircuitPart, ...]
    legs: dict[tuple[str, str], Hole]
    nets: dict[Hole, str]
    wires: tuple[tuple[Hole, Hole], ...]


def _name(hole: Hole) -> str:
    """Return the name of a hole, such as D5."""
    return f"{chr(ord('A') + hole[0])}{hole[1]}"


def _parts_list(made: Layout) -> Iterator[str]:
    """Yield each part with the holes of its legs; header and sockets are named in the drawing."""
    for part in made.parts:
        holes = {leg: _name(hole) for (ref, leg), hole in made.legs.items() if ref == part.ref}
        if part.ref.startswith("U"):
            yield f"{part.ref} {part.value}: 1 in {holes['1']}"
        elif not part.ref.startswith("J"):
            yield f"{part.ref} {part.value.replace(' polyfuse', '')}: {' – '.join(holes.values())}"


def layout(board: Board) -> Layout:
    """Return where everything sits. Raises ValueError when two legs would share a hole."""
    parts = tuple(part for part in hat(board).parts if part.nets and part.ref not in LEFT_OUT)
    header = next(part for part in parts if part.ref == "J1")
    legs: dict[tuple[str, str], Hole] = {}
    for pin in header.nets:
        if int(pin) in SUPPLY_PIN.keys() - SUPPLY_PINS or header.nets[pin].startswith("ID_"):
            continue
        legs["J1", pin] = (int(pin) % 2, FIRST_HEADER_COL + (int(pin) - 1) // 2)
    by_net = {net: pin for pin, net in header.nets.items()}
    taken: dict[int, int] = {}
    sockets = iter(SOCKET_COLS)
    for part in parts:
        if part.ref in PLACES:
            legs |= {(part.ref, leg): PLACES[part.ref][leg] for leg in part.nets}
        elif part.symbol.startswith("XH"):
            column = next(sockets)
            legs |= {(part.ref, way): (SOCKET_ROW + int(way) - 1, column) for way in part.nets}
        elif part.ref != "J1":  # a series resistor: below its pin
            column = legs["J1", by_net[part.nets["1"]]][1]
            row = SLOTS[taken.setdefault(column, 0)]
            taken[column] += 1
            legs |= {(part.ref, "1"): (row, column), (part.ref, "2"): (row + RESISTOR_HOLES, column)}
    if len(set(legs.values())) != len(legs):
        raise ValueError(f"{board.name}: two legs share a hole of the perfboard")
    nets = {hole: next(part for part in parts if part.ref == ref).nets[leg] for (ref, leg), hole in legs.items()}
    return Layout(parts, legs, nets, tuple(_wires(nets)))


def _wires(nets: dict[Hole, str]) -> Iterator[tuple[Hole, Hole]]:
    """Yield the wires: each net is one tree, each hole joined to the nearest one that is already in it."""
    for net in dict.fromkeys(nets.values()):
        left = sorted(hole for hole, name in nets.items() if name == net)
        joined = [left.pop(0)]
        while left:
            start, end = min(((a, b) for a in joined for b in left), key=lambda ends: (_distance(*ends), ends))
            yield start, end
            joined.append(end)
            left.remove(end)


def _distance(a: Hole, b: Hole) -> float:
    return float((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)


# --- the drawing -----------------------------------------------------------------------------------
PITCH: Final = 30.0
TOP, SIDE = 110.0, 60.0
STYLE: Final = (
    "text{font-family:sans-serif;fill:#222;text-anchor:middle}.t{font-size:26px;font-weight:bold}"
    ".n{font-size:15px}.s{font-size:13px}.l{font-size:15px;text-anchor:start}"
)
WIRES_NOTE: Final = (
    "wires run below the board, insulated where they cross; U1, U3: adapters, rows of legs "
    f"{ADAPTER_HOLES * 2.54:g} mm apart; not tried on real parts"
)


def perfboard_svg(board: Board) -> str:
    """Return the drawing of the HAT on perfboard, with the list of its wires."""
    made = layout(board)
    listed = [
        *_parts_list(made),
        *(f"{made.nets[a].replace('_', ' ')}: {_name(a)} – {_name(b)}" for a, b in made.wires),
    ]
    rows = -(-len(listed) // 4)
    board_h = TOP + ROWS * PITCH + 30
    width, height = 2 * SIDE + COLS * PITCH + 60, board_h + 60 + rows * 21
    body = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Made by `python -m hardware.drawing` from the board file: change that one, not this drawing. -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
        _text(width / 2, 34, f"{board.name}: HAT on perfboard, from the side of the parts", "t"),
        _text(width / 2, 58, WIRES_NOTE, "n"),
        *_board(),
        *_bodies(made),
        *(_wire(made.nets[a], a, b, board) for a, b in made.wires),
        *_legs(made),
        _text(width / 2, board_h + 28, "Parts, then wires, by their holes", "t"),
        *(
            _text(SIDE - 20 + (n // rows) * 222, board_h + 58 + (n % rows) * 21, words, "l")
            for n, words in enumerate(listed)
        ),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _at(hole: Hole) -> tuple[float, float]:
    return SIDE + hole[1] * PITCH, TOP + hole[0] * PITCH


def _text(x: float, y: float, words: str, css: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{css}">{escape(words)}</text>'


def _board() -> Iterator[str]:
    left, top = _at((0, 1))
    yield (
        f'<rect x="{left - 22:g}" y="{top - 22:g}" width="{(COLS - 1) * PITCH + 44:g}" '
        f'height="{(ROWS - 1) * PITCH + 44:g}" rx="12" fill="#f4ead2" stroke="#a08c5a"/>'
    )
    for row in range(ROWS):
        yield _text(left - 38, _at((row, 1))[1] + 5, chr(ord("A") + row), "n")
        for col in range(1, COLS + 1):
            x, y = _at((row, col))
            yield f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="#d2c193"/>'
    for col in range(1, COLS + 1):
        yield _text(_at((0, col))[0], top - 28, str(col), "s")


def _bodies(made: Layout) -> Iterator[str]:
    """Draw each part as a box around its legs, with its name and value."""
    for part in made.parts:
        places = [_at(hole) for (ref, _), hole in made.legs.items() if ref == part.ref]
        left, right = min(x for x, _ in places) - 10, max(x for x, _ in places) + 10
        top, bottom = min(y for _, y in places) - 10, max(y for _, y in places) + 10
        yield (
            f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}" rx="5" '
            'fill="#dfe7ee" fill-opacity="0.85" stroke="#5b6b7a"/>'
        )
        words = {"J1": "to the Pi, pins 1 to 39 in row B, 2 to 40 in row A"}.get(part.ref, part.value)
        if part.symbol.startswith("XH"):
            yield _text((left + right) / 2, bottom + 18, words, "n")
        elif part.ref == "J1":
            yield _text((left + right) / 2, bottom + 17, words, "s")
        elif part.ref in PLACES:
            yield _text((left + right) / 2, top - 5, part.ref, "s")


def _wire(net: str, a: Hole, b: Hole, board: Board) -> str:
    (x1, y1), (x2, y2) = _at(a), _at(b)
    colour = COLOURS.get(net)
    if colour is None:
        names = [line.name for line in mat_cables(board) for wire in line.wires if wire.signal.replace(" ", "_") == net]
        index = ord(names[0][0]) % len(LINE_COLOURS) if names else len(LINE_COLOURS) - 1
        colour = LINE_COLOURS[index]
    return (
        f'<path d="M{x1:g},{y1:g} L{x2:g},{y2:g}" stroke="{colour}" stroke-width="3" stroke-opacity="0.75" '
        'stroke-linecap="round"/>'
    )


def _legs(made: Layout) -> Iterator[str]:
    for (name, leg), hole in made.legs.items():
        x, y = _at(hole)
        yield f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="#c9a227" stroke="#333"/>'
        part = next(part for part in made.parts if part.ref == name)
        if part.symbol.startswith("XH"):
            yield _text(x + 36, y + 5, made.nets[hole].replace("_", " "), "s")
        elif name in ("U1", "U3"):
            yield _text(x, y - 8, leg, "s")

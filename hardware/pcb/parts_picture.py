"""The annotated picture of a board: where each part goes, its value, which way round, and what each way of a socket is.

References are not printed on the boards: this picture is what a person solders by, beside the list of parts.
"""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from hardware.pcb.circuit import Circuit, CircuitPart
from hardware.pcb.places import pad_places, rotated

SCALE: Final = 19.0  # pixels for a millimetre
SIDE, TOP, LINE = 40.0, 96.0, 24.0
NARROW_PX: Final = 36.0  # a reference on a narrower part is turned
COLOURS: Final = (
    "#9ecae1", "#fdae6b", "#a1d99b", "#bcbddc", "#fc9272", "#ffd92f", "#e5c494", "#80b1d3", "#d9d9d9", "#b3de69",
    "#fccde5", "#66c2a5", "#e7cba9", "#c7e9ff",
)  # fmt: skip
ONE_WAY_ROUND: Final = ("U", "Q")
NOTES: Final = {
    "tile_board": (
        "A red dot marks pin 1; other small parts fit either way. JP1: bridge the middle pad with 80.",
        "J2 to J5: leads of the sensors, W white, R red, B black, tied to the hole beside them. J1: the tail.",
    ),
    "hat": (
        "A red dot marks pin 1; other small parts fit either way. J1 comes from the back, its square pad is pin 1.",
        "J2 to J6: way 1 is the square pad, the wider side of the socket is at the left, as drawn.",
        "JP1 stays open. The memory (U2, R2, R3, R4) may be left out: nothing needs it.",
    ),
}
STYLE: Final = (
    "text{font-family:sans-serif;fill:#1b1b1b}.t{font-size:26px;font-weight:bold}.n{font-size:17px}"
    ".r{font-size:15px;font-weight:bold;text-anchor:middle}.w{font-size:14px}.s{fill:#7b8a80;text-anchor:middle}"
)


def parts_svg(circuit: Circuit) -> str:
    """Return the picture of a board with its parts, and below it what each colour is."""
    kinds = kinds_to_solder(circuit)
    colours = dict(zip((refs[0] for _, refs in kinds), COLOURS, strict=False))
    fill = {ref: colours[refs[0]] for _, refs in kinds for ref in refs}
    width, height = circuit.size_mm[0] * SCALE + 2 * SIDE, circuit.size_mm[1] * SCALE
    listed = [("", note) for note in NOTES[circuit.name]]
    listed += [(colours[refs[0]], f"{kind}: {' '.join(refs)}") for kind, refs in kinds]
    below = TOP + height + 46
    whole = below + len(listed) * LINE
    body = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Made by `python -m hardware.pcb` from board.toml: change that one, not this drawing. -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {whole:g}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width:g}" height="{whole:g}" fill="#fff"/>',
        f'<text x="{SIDE:g}" y="36" class="t">{escape(circuit.title)}: where each part goes</text>',
        f'<text x="{SIDE:g}" y="64" class="n">seen from the parts; never ordered, not tried on real parts</text>',
        f'<g transform="translate({SIDE:g},{TOP:g})">',
        f'<rect width="{circuit.size_mm[0] * SCALE:g}" height="{height:g}" rx="8" fill="#e7f0e9" stroke="#5c7a66"/>',
        *_words(circuit),
        *(line for part in circuit.parts for line in _part(part, fill.get(part.ref, "#f6f6f6"))),
        "</g>",
    ]
    for n, (colour, words) in enumerate(listed):
        y = below + n * LINE
        if colour:
            body.append(f'<rect x="{SIDE:g}" y="{y - 15:g}" width="26" height="18" fill="{colour}" stroke="#555"/>')
        body.append(f'<text x="{SIDE + (36 if colour else 0):g}" y="{y:g}" class="n">{escape(words)}</text>')
    return "\n".join([*body, "</svg>"]) + "\n"


def kinds_to_solder(circuit: Circuit) -> list[tuple[str, list[str]]]:
    """Return the parts that look alike and are not: (value, references); not sockets, wires and jumpers."""
    groups: dict[str, list[str]] = {}
    for part in circuit.parts:
        if part.symbol != "HOLE" and not part.ref.startswith("J"):
            groups.setdefault(part.value, []).append(part.ref)
    return list(groups.items())


def _words(circuit: Circuit) -> Iterator[str]:
    """Yield the words that are printed on the board."""
    for text, x_mm, y_mm, size_mm in circuit.words:
        px = max(13.0, size_mm * SCALE)
        yield (
            f'<text x="{x_mm * SCALE:g}" y="{y_mm * SCALE + px / 3:g}" class="s" '
            f'font-size="{px:g}">{escape(text)}</text>'
        )


def _part(part: CircuitPart, fill: str) -> Iterator[str]:
    """Yield a part: its body, its pads, pin 1 where it matters, its reference, and the ways of a socket."""
    x_mm, y_mm, degrees = part.place
    left, top, width, height = part.footprint.body_mm
    corners = [rotated(x, y, degrees) for x in (left, left + width) for y in (top, top + height)]
    xs, ys = [(x_mm + x) * SCALE for x, _ in corners], [(y_mm + y) * SCALE for _, y in corners]
    if part.symbol == "HOLE":
        radius = part.footprint.pads[0].drill_mm / 2 * SCALE
        yield (f'<circle cx="{x_mm * SCALE:g}" cy="{y_mm * SCALE:g}" r="{radius:g}" fill="#fff" stroke="#5c7a66"/>')
        return
    yield (
        f'<rect x="{min(xs):g}" y="{min(ys):g}" width="{max(xs) - min(xs):g}" height="{max(ys) - min(ys):g}" rx="3" '
        f'fill="{fill}" stroke="#444"><title>{escape(f"{part.ref} {part.value}")}</title></rect>'
    )
    for pad, at_x, at_y in pad_places(part):
        yield from _pad(part, pad.number, pad.size_mm, at_x * SCALE, at_y * SCALE, through=pad.drill_mm > 0)
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2 + 5
    if part.footprint.through:
        y = max(ys) + 17  # pads are in the way
    turn = f' transform="rotate(-90 {x:g} {y - 5:g})"' if max(xs) - min(xs) < NARROW_PX and y < max(ys) else ""
    yield f'<text x="{x:g}" y="{y:g}" class="r"{turn}>{part.ref}</text>'


def _pad(
    part: CircuitPart, number: str, size_mm: tuple[float, float], x: float, y: float, *, through: bool
) -> Iterator[str]:
    if part.ref.startswith(ONE_WAY_ROUND) and number == "1":
        yield f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="#c62828"/>'
    elif through:
        shape = 0 if number == "1" else size_mm[0] * SCALE / 2
        side = size_mm[0] * SCALE * 0.8
        yield (
            f'<rect x="{x - side / 2:g}" y="{y - side / 2:g}" width="{side:g}" height="{side:g}" rx="{shape:g}" '
            'fill="#d9b13b" stroke="#6b5518"/>'
        )
    if part.symbol.startswith("XH"):
        name = part.nets[number].removeprefix("LED_").replace("_", " ")
        yield f'<text x="{x + 52:g}" y="{y + 5:g}" class="w">{escape(name)}</text>'

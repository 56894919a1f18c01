"""Writes a circuit as a KiCad 9 board: land patterns, tracks from the router, copper pours of ground on both sides."""

from collections.abc import Iterator
from typing import Final

from hardware.pcb.circuit import Circuit, CircuitPart
from hardware.pcb.library import FOOTPRINTS, Footprint, Pad
from hardware.pcb.router import DRILL_MM, TRACK_MM, VIA_MM, Route
from hardware.pcb.schematic_file import quoted, uid

LAYERS: Final = (
    '(0 "F.Cu" signal) (2 "B.Cu" signal) (1 "F.Mask" user) (3 "B.Mask" user) (5 "F.SilkS" user "F.Silkscreen") '
    '(7 "B.SilkS" user "B.Silkscreen") (9 "F.Adhes" user) (11 "B.Adhes" user) (13 "F.Paste" user) (15 "B.Paste" user) '
    '(17 "Dwgs.User" user) (19 "Cmts.User" user) (25 "Edge.Cuts" user) (27 "Margin" user) (29 "B.CrtYd" user) '
    '(31 "F.CrtYd" user) (33 "B.Fab" user) (35 "F.Fab" user)'
)
MARGIN_MM: Final = 0.25
FONT: Final = "(effects (font (size {0:g} {0:g}) (thickness {1:g})))"


def net_numbers(circuit: Circuit) -> dict[str, int]:
    """Return the number of each net of the board file; 0 is no net."""
    return {net: number for number, net in enumerate(["", *sorted(circuit.netlist())])}


def footprint_text(shape: Footprint, part: CircuitPart | None, circuit: Circuit | None) -> str:
    """Return a land pattern: of the library where part is None, else placed on a board."""
    name = f"acumat:{shape.name}" if part else shape.name
    ref, value, (x, y, angle) = (part.ref, part.value, part.place) if part else ("REF**", shape.name, (0, 0, 0))
    numbers = net_numbers(circuit) if circuit else {}
    me = (circuit.name, part.ref) if circuit and part else ("library", shape.name)
    head = f'(layer "F.Cu") (uuid "{uid(*me, "footprint")}") (at {x:g} {y:g} {angle})' if part else '(layer "F.Cu")'
    left, top, width, height = shape.body_mm
    version = "" if part else '(version 20241229) (generator "acumat") '
    out = [f"(footprint {quoted(name)} {version}{head}\n"]
    for key, text, layer in (("Reference", ref, "F.Fab"), ("Value", value, "F.Fab")):
        hide = " (hide yes)" if key == "Value" else ""
        out.append(
            f'(property "{key}" {quoted(text)} (at 0 {0 if key == "Reference" else 1.5} 0) (layer "{layer}"){hide} '
            f'(uuid "{uid(*me, key)}") {FONT.format(0.8, 0.12)})\n'
        )
    if part and circuit:
        out.append(f'(path "/{uid(circuit.name, part.ref)}") (sheetname "/") (sheetfile "{circuit.name}.kicad_sch")\n')
    out.append(f"(attr {'through_hole' if shape.through else 'smd'})\n")
    for layer, grow, stroke in (("F.Fab", 0.0, 0.1), ("F.CrtYd", MARGIN_MM, 0.05)):
        out.append(
            f"(fp_rect (start {left - grow:g} {top - grow:g}) (end {left + width + grow:g} {top + height + grow:g}) "
            f'(stroke (width {stroke}) (type solid)) (fill no) (layer "{layer}") (uuid "{uid(*me, layer)}"))\n'
        )
    for number, pad in enumerate(shape.pads):
        out.append(_pad(pad, number, part, numbers, me, angle=angle))
    out.append("(embedded_fonts no))\n")
    return "".join(out)


def _pad(
    pad: Pad, number: int, part: CircuitPart | None, numbers: dict[str, int], me: tuple[str, ...], *, angle: float
) -> str:
    where = f"(at {pad.x_mm:g} {pad.y_mm:g} {angle:g})" if angle else f"(at {pad.x_mm:g} {pad.y_mm:g})"
    size = f"(size {pad.size_mm[0]:g} {pad.size_mm[1]:g})"
    me_pad = f'(uuid "{uid(*me, "pad", number)}")'
    if not pad.number:
        return (
            f'(pad "" np_thru_hole circle {where} {size} (drill {pad.drill_mm:g}) (layers "*.Cu" "*.Mask") {me_pad})\n'
        )
    net = ""
    if part:
        pin = next(pin for pin in part.pins if pin.number == pad.number)
        name = part.net(pin)
        label = f' (pinfunction "{pin.name}")' if pin.name != "~" else ""
        net = f"(net {numbers[name]} {quoted(name)}){label} (pintype {quoted(_pin_type(part, pin.kind, pin.number))}) "
    if pad.drill_mm:
        hole = f"thru_hole {pad.shape} {where} {size} (drill {pad.drill_mm:g})"
        return f'(pad "{pad.number}" {hole} (layers "*.Cu" "*.Mask") {net}{me_pad})\n'
    ratio = " (roundrect_rratio 0.25)" if pad.shape == "roundrect" else ""
    return (
        f'(pad "{pad.number}" smd {pad.shape} {where} {size} (layers "F.Cu" "F.Mask" "F.Paste"){ratio} {net}{me_pad})\n'
    )


def _pin_type(part: CircuitPart, kind: str, number: str) -> str:
    return kind if number in part.nets or kind == "no_connect" else f"{kind}+no_connect"


def board_text(circuit: Circuit, routes: tuple[Route, ...]) -> str:
    """Return the board with these tracks."""
    width, height = circuit.size_mm
    numbers = net_numbers(circuit)
    out = [
        '(kicad_pcb (version 20241229) (generator "acumat") (generator_version "9.0")\n(general (thickness 1.6))\n',
        f'(paper "A4")\n(title_block (title {quoted(circuit.title)}) (comment 1 "Not tried on real parts yet"))\n',
        f"(layers {LAYERS})\n(setup (pad_to_mask_clearance 0) (allow_soldermask_bridges_in_footprints no))\n",
    ]
    out += [f"(net {number} {quoted(net)})\n" for net, number in numbers.items()]
    out += [footprint_text(part.footprint, part, circuit) for part in circuit.parts]
    out.append(
        f"(gr_rect (start 0 0) (end {width:g} {height:g}) (stroke (width 0.1) (type solid)) (fill no) "
        f'(layer "Edge.Cuts") (uuid "{uid(circuit.name, "edge")}"))\n'
    )
    for n, (text, x, y, size) in enumerate(circuit.words):
        out.append(
            f'(gr_text {quoted(text)} (at {x:g} {y:g} 0) (layer "F.SilkS") (uuid "{uid(circuit.name, "text", n)}") '
            f"{FONT.format(size, max(0.12, size * 0.13))})\n"
        )
    for n, route in enumerate(routes):
        out += _track(circuit, numbers[route.net], route, n)
    corners = "".join(
        f"(xy {x:g} {y:g})"
        for x, y in ((0.4, 0.4), (width - 0.4, 0.4), (width - 0.4, height - 0.4), (0.4, height - 0.4))
    )
    for layer in ("F.Cu", "B.Cu"):
        out.append(
            f'(zone (net {numbers["GND"]}) (net_name "GND") (layer "{layer}") '
            f'(uuid "{uid(circuit.name, "zone", layer)}") '
            f"(hatch edge 0.5) (connect_pads (clearance 0.25)) (min_thickness 0.25) "
            f"(fill yes (thermal_gap 0.3) (thermal_bridge_width 0.4)) (polygon (pts {corners})))\n"
        )
    out.append("(embedded_fonts no))\n")
    return "".join(out)


def _track(circuit: Circuit, net: int, route: Route, number: int) -> Iterator[str]:
    for n, (start, end, layer) in enumerate(route.segments):
        yield (
            f"(segment (start {start[0]:g} {start[1]:g}) (end {end[0]:g} {end[1]:g}) (width {TRACK_MM}) "
            f'(layer "{("F.Cu", "B.Cu")[layer]}") (net {net}) (uuid "{uid(circuit.name, "segment", number, n)}"))\n'
        )
    for n, (x, y) in enumerate(route.vias):
        yield (
            f'(via (at {x:g} {y:g}) (size {VIA_MM}) (drill {DRILL_MM}) (layers "F.Cu" "B.Cu") (net {net}) '
            f'(uuid "{uid(circuit.name, "via", number, n)}"))\n'
        )


def footprint_library() -> dict[str, str]:
    """Return the files of the library of land patterns, by name."""
    return {f"{name}.kicad_mod": footprint_text(shape, None, None) for name, shape in sorted(FOOTPRINTS.items())}

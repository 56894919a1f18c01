"""Reads a KiCad board back: nets and places, to be compared with the circuit of board.toml. No KiCad is needed."""

import re
from pathlib import Path
from typing import Final

from hardware.pcb.circuit import Circuit
from hardware.pcb.router import Route

_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([()])|([^\s()]+)')
Tree = list["str | Tree"]


def parse(text: str) -> Tree:
    """Return an s-expression as nested lists of texts."""
    stack: list[Tree] = [[]]
    for word in _TOKEN.finditer(text):
        if word[2] == "(":
            stack.append([])
        elif word[2] == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(word[1] if word[3] is None else word[3])
    first = stack[0][0]
    if isinstance(first, str):
        raise ValueError("not a file of KiCad: it does not begin with a bracket")  # noqa: TRY004 - the value is wrong
    return first


def child_lists(tree: Tree, name: str) -> list[Tree]:
    """Return the lists below a list that begin with name."""
    return [item for item in tree if isinstance(item, list) and item and item[0] == name]


def board_nets(path: Path) -> dict[str, frozenset[tuple[str, str]]]:
    """Return the pads (reference, number) of each net of a board file."""
    found: dict[str, set[tuple[str, str]]] = {}
    for footprint in child_lists(parse(path.read_text("utf-8")), "footprint"):
        [ref] = [str(item[2]) for item in child_lists(footprint, "property") if item[1] == "Reference"]
        for pad in child_lists(footprint, "pad"):
            for net in child_lists(pad, "net"):
                found.setdefault(str(net[2]), set()).add((ref, str(pad[1])))
    return {net: frozenset(pads) for net, pads in found.items()}


def board_places(path: Path) -> dict[str, tuple[float, ...]]:
    """Return the place (x, y in mm, degrees) of each part of a board file."""
    found: dict[str, tuple[float, ...]] = {}
    for footprint in child_lists(parse(path.read_text("utf-8")), "footprint"):
        [ref] = [str(item[2]) for item in child_lists(footprint, "property") if item[1] == "Reference"]
        [at] = child_lists(footprint, "at")
        x, y, degrees = (*[float(str(value)) for value in at[1:]], 0.0)[:3]
        found[ref] = (x, y, degrees % 360)
    return found


def board_tracks(path: Path) -> tuple[Route, ...]:
    """Return the tracks and vias of a board file, by net."""
    tree = parse(path.read_text("utf-8"))
    names = {str(net[1]): str(net[2]) for net in child_lists(tree, "net")}
    segments: dict[str, list[tuple[tuple[float, float], tuple[float, float], int]]] = {}
    vias: dict[str, list[tuple[float, float]]] = {}

    def value(item: Tree, name: str) -> list[str]:
        return [str(word) for word in child_lists(item, name)[0][1:]]

    def point(item: Tree, name: str) -> tuple[float, float]:
        x, y = value(item, name)[:2]
        return float(x), float(y)

    for item in child_lists(tree, "segment"):
        layer = ("F.Cu", "B.Cu").index(value(item, "layer")[0])
        net = names[value(item, "net")[0]]
        segments.setdefault(net, []).append((point(item, "start"), point(item, "end"), layer))
    for item in child_lists(tree, "via"):
        vias.setdefault(names[value(item, "net")[0]], []).append(point(item, "at"))
    return tuple(
        Route(net, tuple(segments.get(net, ())), tuple(vias.get(net, ())))
        for net in sorted(segments.keys() | vias.keys())
    )


def board_differences(circuit: Circuit, path: Path) -> list[str]:
    """Return what differs between a board file and the circuit: nets, then parts that sit elsewhere."""
    nets, wanted = board_nets(path), circuit.netlist()
    wrong = [f"net {net}" for net in sorted(nets.keys() | wanted.keys()) if nets.get(net) != wanted.get(net)]
    places = board_places(path)
    for part in circuit.parts:
        x, y, degrees = part.place
        if places.get(part.ref) != (x, y, float(degrees % 360)):
            wrong.append(f"part {part.ref}")
    return wrong

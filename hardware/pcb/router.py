"""A router for small boards of two layers: shortest paths on a grid, nets in the way are ripped up and routed again.

Negotiated congestion (McMurchie and Ebeling 1995, PathFinder): every net takes its cheapest way, places that several
nets want become dearer from round to round until each place has one net.
"""

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hardware.pcb.places import pad_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hardware.pcb.circuit import Circuit

STEP_MM: Final = 0.2
TRACK_MM: Final = 0.2
CLEARANCE_MM: Final = 0.2
VIA_MM: Final = 0.6
DRILL_MM: Final = 0.3
EDGE_MM: Final = 0.6
VIA_COST: Final = 8.0
BACK_COST: Final = 1.15  # the front is preferred, the back stays a plane of ground
ROUNDS: Final = 60

Node = tuple[int, int, int]  # layer, row, column
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """The copper of a net: straight pieces (start, end, layer) and vias, in mm."""

    net: str
    segments: tuple[tuple[Point, Point, int], ...]
    vias: tuple[Point, ...]


class UnroutableError(ValueError):
    """A board whose nets do not fit, with the nets that are still in conflict."""


class _Grid:
    """Which net each place belongs to: 0 free, a net from 1, -1 none. via has the larger distance of a via."""

    def __init__(self, circuit: "Circuit", numbers: dict[str, int]) -> None:
        width, height = circuit.size_mm
        self.shape = (2, round(height / STEP_MM) + 1, round(width / STEP_MM) + 1)
        self.owner, self.via = (np.zeros(self.shape, np.int32) for _ in range(2))
        self.pads: dict[str, list[tuple[Node, ...]]] = {}
        for grid, half_mm in ((self.owner, TRACK_MM / 2), (self.via, VIA_MM / 2)):
            edge = int(np.ceil((EDGE_MM + half_mm) / STEP_MM))
            grid[:, :edge], grid[:, -edge:], grid[:, :, :edge], grid[:, :, -edge:] = -1, -1, -1, -1
        for part in circuit.parts:
            nets = {pin.number: part.net(pin) for pin in part.pins}
            for pad, x_mm, y_mm in pad_places(part):
                size = pad.size_mm[::-1] if part.place[2] % 180 else pad.size_mm
                layers = (0, 1) if pad.drill_mm else (0,)
                net = numbers[nets[pad.number]] if pad.number else -1
                for grid, half_mm in ((self.owner, TRACK_MM / 2), (self.via, VIA_MM / 2)):
                    grow = half_mm + (CLEARANCE_MM if pad.number else 0.3)
                    # A via also keeps away from surface pads of its own net: solder would run into it.
                    self._claim(
                        grid, layers if grid is self.owner else (0, 1), (x_mm, y_mm), size, grow_mm=grow, net=net
                    )
                if pad.number:
                    row, col = round(y_mm / STEP_MM), round(x_mm / STEP_MM)
                    self.pads.setdefault(nets[pad.number], []).append(tuple((layer, row, col) for layer in layers))
        self.owner_rows, self.via_rows = self.owner.tolist(), self.via.tolist()

    def _claim(
        self, grid: "np.ndarray", layers: "Iterable[int]", at_mm: Point, size_mm: Point, *, grow_mm: float, net: int
    ) -> None:
        left, top = (at - size / 2 - grow_mm for at, size in zip(at_mm, size_mm, strict=True))
        right, bottom = (at + size / 2 + grow_mm for at, size in zip(at_mm, size_mm, strict=True))
        rows = slice(max(0, int(np.ceil(top / STEP_MM - 1e-9))), int(np.floor(bottom / STEP_MM + 1e-9)) + 1)
        cols = slice(max(0, int(np.ceil(left / STEP_MM - 1e-9))), int(np.floor(right / STEP_MM + 1e-9)) + 1)
        for layer in layers:
            part = grid[layer, rows, cols]
            part[(part != 0) & (part != net)] = -1
            part[part == 0] = net


def route(circuit: "Circuit") -> tuple[Route, ...]:
    """Return tracks for every net of at least two pads.

    Raises:
        UnroutableError: there is no room.
    """
    names = sorted(circuit.netlist())
    numbers = {net: number for number, net in enumerate(names, 1)}
    grid = _Grid(circuit, numbers)
    nets = [net for net in names if len(grid.pads.get(net, ())) > 1]
    nets.sort(key=lambda net: (net == "GND", _span(grid.pads[net])))
    history = np.zeros(grid.shape, np.float32)
    found: dict[str, list[list[Node]]] = {}
    use: dict[str, np.ndarray] = {}
    middle: dict[str, np.ndarray] = {}
    total = np.zeros(grid.shape, np.int16)
    for turn in range(ROUNDS):
        for net in nets:
            if net in use:
                if turn and not (total[middle[net]] > 1).any():
                    continue
                total[use[net]] -= 1
            found[net] = _tree(grid, numbers[net], grid.pads[net], history + 1.2 * 1.35**turn * total)
            use[net], middle[net] = _occupied(grid.shape, found[net])
            total[use[net]] += 1
        left = [net for net in nets if (total[middle[net]] > 1).any()]
        if not left:
            return tuple(_copper(net, found[net]) for net in nets)
        for net in left:
            history[middle[net] & (total > 1)] += 1.0
    raise UnroutableError(f"{circuit.name}: no room for {', '.join(left)}; move parts apart")


def _span(pads: list[tuple[Node, ...]]) -> int:
    rows, cols = [pad[0][1] for pad in pads], [pad[0][2] for pad in pads]
    return max(rows) - min(rows) + max(cols) - min(cols)


def _occupied(shape: tuple[int, int, int], paths: list[list[Node]]) -> "tuple[np.ndarray, np.ndarray]":
    """Return where the middle of other tracks may not be, and where the middle of this net's copper is."""
    mask, middle = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    track = int(np.ceil((TRACK_MM + CLEARANCE_MM) / STEP_MM - 1e-9)) - 1
    via = int(np.ceil((VIA_MM + CLEARANCE_MM) / STEP_MM - 1e-9)) - 1
    for path in paths:
        for n, (layer, row, col) in enumerate(path):
            reach = track
            middle[layer, row, col] = True
            if n and path[n - 1][0] != layer:
                reach = via
                mask[1 - layer, max(0, row - via) : row + via + 1, max(0, col - via) : col + via + 1] = True
            mask[layer, max(0, row - reach) : row + reach + 1, max(0, col - reach) : col + reach + 1] = True
    return mask, middle


def _tree(grid: _Grid, net: int, pads: list[tuple[Node, ...]], price: "np.ndarray") -> list[list[Node]]:
    """Join the pads of a net one after the other, each by the cheapest way to what is joined already."""
    joined: set[Node] = set(pads[0])
    extra = price.tolist()
    left = list(pads[1:])
    paths = []
    while left:
        path = _path(grid, net, joined, {node: n for n, pad in enumerate(left) for node in pad}, extra)
        reached = path[-1]
        number = next(n for n, pad in enumerate(left) if reached in pad)
        joined.update(path)
        joined.update(left.pop(number))
        paths.append(path)
    return paths


def _path(
    grid: _Grid,
    net: int,
    start: set[Node],
    goals: dict[Node, int],
    extra: list[list[list[float]]],
) -> list[Node]:
    """Return the cheapest path from start to one of the goals (A*, with the distance to the goals' box)."""
    owner, via = grid.owner_rows, grid.via_rows
    height, width = grid.shape[1:]
    rows, cols = [node[1] for node in goals], [node[2] for node in goals]
    low_r, high_r, low_c, high_c = min(rows), max(rows), min(cols), max(cols)

    def rest(row: int, col: int) -> float:
        return max(low_r - row, 0, row - high_r) + max(low_c - col, 0, col - high_c)

    best: dict[Node, float] = dict.fromkeys(start, 0.0)
    came: dict[Node, Node] = {}
    queue = [(rest(node[1], node[2]), 0.0, node) for node in start]
    heapq.heapify(queue)
    while queue:
        _, cost, node = heapq.heappop(queue)
        if cost > best[node]:
            continue
        if node in goals:
            path = [node]
            while node in came:
                node = came[node]
                path.append(node)
            return path[::-1]
        layer, row, col = node
        steps = [(layer, row, col + 1), (layer, row, col - 1), (layer, row + 1, col), (layer, row - 1, col)]
        if via[0][row][col] in (0, net) and via[1][row][col] in (0, net) and node not in start:
            steps.append((1 - layer, row, col))
        for there in steps:
            level, y, x = there
            if not (0 <= y < height and 0 <= x < width) or owner[level][y][x] not in (0, net):
                continue
            price = VIA_COST if there[0] != layer else (BACK_COST if layer else 1.0)
            price += extra[level][y][x]
            sum_cost = cost + price
            if sum_cost < best.get(there, 1e18):
                best[there] = sum_cost
                came[there] = node
                heapq.heappush(queue, (sum_cost + rest(there[1], there[2]), sum_cost, there))
    raise UnroutableError(f"net {net}: a pad cannot be reached; move parts apart")


def _copper(net: str, paths: list[list[Node]]) -> Route:
    """Join the steps of paths to straight pieces."""
    segments: list[tuple[Point, Point, int]] = []
    vias: list[Point] = []

    def at(node: Node) -> Point:
        return round(node[2] * STEP_MM, 4), round(node[1] * STEP_MM, 4)

    for path in paths:
        start = path[0]
        for before, node, after in zip(path, path[1:], [*path[2:], path[-1]], strict=False):
            if node[0] != before[0]:
                vias.append(at(node))
                start = node
                continue
            straight = after[0] == node[0] and (after[1] - node[1], after[2] - node[2]) == (
                node[1] - before[1],
                node[2] - before[2],
            )
            if not straight:
                segments.append((at(start), at(node), node[0]))
                start = node
    return Route(net, tuple(segments), tuple(vias))

"""A picture for each step of ASSEMBLY.md: OpenSCAD draws steps.scad, and labels with lines are written beside it.

A label names a point of the model in millimetres; where that is in the picture follows from the camera. OpenSCAD looks
straight on (no perspective) from a distance d at 2 d tan(11.25 degrees) of height (its manual, "orthogonal").
"""

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from hardware.board import Board
from hardware.layout import converter_place, line_board_place, sensor_places

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HALF_FIELD: Final = math.tan(math.radians(11.25))
WIDTH_PX, HEIGHT_PX, MARGIN_PX = 1000, 860, 420
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """Words at one side of the picture, and the point they are about."""

    text: str
    at_mm: Point
    left: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A picture: the camera of OpenSCAD (target in mm, tilt and turn in degrees, distance in mm), and its labels."""

    name: str
    title: str
    target_mm: Point
    tilt_deg: float
    turn_deg: float
    distance_mm: float
    labels: tuple[Label, ...]

    @property
    def camera(self) -> tuple[float, ...]:
        """The seven numbers of --camera."""
        return (*self.target_mm, self.tilt_deg, 0, self.turn_deg, self.distance_mm)

    def pixel(self, at_mm: Point) -> tuple[float, float]:
        """Return where a point is in the picture, in pixels from its upper left corner."""
        tilt, turn = math.radians(self.tilt_deg), math.radians(self.turn_deg)
        right = np.array([math.cos(turn), math.sin(turn), 0.0])
        up = np.array([-math.sin(turn) * math.cos(tilt), math.cos(turn) * math.cos(tilt), math.sin(tilt)])
        from_target = np.subtract(at_mm, self.target_mm)
        scale = HEIGHT_PX / (2 * self.distance_mm * HALF_FIELD)
        return WIDTH_PX / 2 + scale * float(from_target @ right), HEIGHT_PX / 2 - scale * float(from_target @ up)


def steps(board: Board) -> tuple[Step, ...]:
    """Return the pictures of a board with four sensors a tile."""
    mat = board.spec.mat
    wide, long = mat.tile_width_m * 1e3, mat.tile_length_m * 1e3
    mat_wide, mat_long = mat.width_m * 1e3, mat.length_m * 1e3
    base_right, head_right, base_left, head_left = ((at.x_mm, at.y_mm) for at in sensor_places(board))
    middle = (wide / 2, long / 2, 0.0)
    top = 9.8 + board.spec.mechanics.tile_m * 1e3
    edge = board.spec.mechanics.border_m * 1e3
    lies, line = converter_place(board), line_board_place(board, board.cells[: board.cols])
    board_at = (lies.x_mm, lies.y_mm, 3.0)
    return (
        Step("converter", "Check a converter board", (17, 6, 4), 38, 12, 112, (
            Label("red probe on GND", (2, 5.2, 2), left=True),
            Label("side of the Pi, four pads:\nGND, DT, SCK, VCC", (2, 11.6, 2), left=True),
            Label("pin 1 of the chip: the dot", (13.3, 7.3, 3), left=True),
            Label("black probe on E-:\nbelow 1 Ω", (32, 14, 2)),
            Label("side of the sensors, six pads:\nE+, E-, A-, A+, B-, B+", (32, 8.6, 2)),
            Label("203 and 822 hang on pin 4:\n22 kΩ goes across 203", (17.8, 2.6, 2)),
        )),
        Step("base", "Base of one tile", (wide / 2, long / 2, 0), 42, 24, 560, (
            Label("arrow: to the head", (wide / 2, long - 30, 0), left=True),
            Label("notch 10 × 8 mm\nfor the cable, at the\nright hand", (-edge, long / 2, 4), left=True),
            Label("frame of strips", (wide / 2, -edge, 6), left=True),
            Label("a crossing: here sits\na holder", (*head_left, 0)),
            Label("5.5 mm hole, T-nut\nfrom below", middle),
            Label("rubber pad under\neach crossing", (*base_left, -8)),
        )),
        Step("sensor", "A sensor, its holder, its foot", (0, 0, 24), 62, 205, 215, (
            Label("foot, recess down:\nglued to the tile later", (14, 0, 45), left=True),
            Label("frame on the ledge", (16, 10, 27), left=True),
            Label("inner edge of the rim:\nthe overload stop", (18, 10, 9), left=True),
            Label("button up", (0, 4, 33)),
            Label("three wires, through the slot", (0, 28, 27)),
            Label("slot", (-3, 20, 6)),
            Label("two screws, heads flush", (-9, 0, 2)),
        )),
        Step("wires", "Holders, board and wires of one tile", (wide / 2 - 8, long / 2, 0), 36, 14, 560, (
            Label("head, right hand", (*head_right, 9), left=True),
            Label("cable of the row: six wires", (-edge - 18, long / 2, 4), left=True),
            Label("line board, its socket lying,\ntowards the notch", (line.x_mm, line.y_mm + 14, 3), left=True),
            Label("tail: 3V3S, GND, SCK, DT\nto the pads of these names", (lies.x_mm + 5.5, lies.y_mm - 12.5, 3)),
            Label("slots towards the middle,\nalong the mat", (base_right[0], base_right[1] + 21, 7), left=True),
            Label("base, right hand", (*base_right, 9), left=True),
            Label("head, left hand", (*head_left, 9)),
            Label("tile board, foam tape,\narrow to the head", board_at),
            Label("white, red, black to the pads\nof this corner", (base_left[0], base_left[1] + 32, 3)),
            Label("keep the middle free:\nhold-down", (wide / 2, long / 2, 0)),
        )),
        Step("feet", "Feet and tile", (wide / 2, long / 2, 26), 66, 24, 560, (
            Label("tile, chamfered edges up", (0, 0, 62), left=True),
            Label("epoxy on the back of\neach foot", (*base_right, 25), left=True),
            Label("recess down, on the button", (*base_left, 22)),
            Label("nothing higher than 9 mm,\nno wire on a holder", (wide, long / 2, 4)),
        )),
        Step("hold_down", "Hold-down, cut open", (0, 0, 46), 72, 24, 400, (
            Label("screw M4 × 25 mm", (0, 0, 100), left=True),
            Label("spring, around the shoulder\nof the sleeve", (-8, 0, 52), left=True),
            Label("base, 5.5 mm", (-30, 0, -2), left=True),
            Label("sleeve: stands on the base\nwhen the screw is tight", (3, 0, 70)),
            Label("tile: 20 mm wide, 8 mm deep\nfrom above, then 11 mm", (30, 0, 30)),
            Label("T-nut, pressed in from below", (7, 0, -19)),
        )),
        Step("gauge", "Gap without load", (wide / 2 + 34, 40, 8), 70, 20, 470, (
            Label("nothing on the tile", (30, 40, top), left=True),
            Label("hold-down in place", (wide / 2, long / 2, top), left=True),
            Label("feeler gauge between tile and\nrim: 0.60 to 0.95 mm", (wide + 14, base_left[1], 9.4)),
        )),
        Step("stop", "Deflection under 20 kg", (wide / 2 + 10, 50, 46), 72, 20, 520, (
            Label("bucket of water, weighed:\n20 kg", (base_left[0] - 34, base_left[1], top + 80), left=True),
            Label("block of wood 3 × 3 cm\nover this foot", (base_left[0] - 15, base_left[1], top + 15), left=True),
            Label("the gap again, at the same place", (wide + 14, base_left[1], 9.4)),
            Label("never a person", (base_left[0] + 36, base_left[1], top + 60)),
        )),
        Step("corner_test", "Corner test of the calibration", (wide / 2, long / 2, 12), 46, 24, 560, (
            Label("nothing else on the tile", (*base_right, top), left=True),
            Label("then here", (*head_right, top), left=True),
            Label("5 kg over one corner,\nas the display asks", (head_left[0], head_left[1], top + 30)),
            Label("and here, then in the middle", (*base_left, top)),
        )),
        Step("cables", "Line boards and cables", (mat_wide / 2 - 50, mat_long / 2 + 60, 0), 34, 16, 2250, (
            Label("electronics box, beside\nthe mat", (-90, mat_long + 90, 40), left=True),
            Label("cables leave through the\nnotches at the right hand", (-edge - 14, mat_long * 0.37, 3), left=True),
            Label("row A: base, where hips lie", (mat_wide * 0.2, 40, 3), left=True),
            Label("row D: to the head", (mat_wide * 0.8, mat_long - 60, 3)),
            Label("tail of four wires to\neach converter", (1.5 * wide + 4, 1.5 * (long + 4) - 32, 3)),
            Label("line board of a row", (line.x_mm, line.y_mm, 3)),
        )),
        Step("pod", "The pod, open", (0, 0, 14), 62, 40, 330, (
            Label("LED", (0, 38, 44)),
            Label("button", (0, 24, 43), left=True),
            Label("holes: the disc is glued\nbehind them", (0, -16, 40), left=True),
            Label("perfboard 22 × 90 mm", (8, 10, 21)),
            Label("tie the cable inside", (0, -52, 4)),
        )),
        Step("box", "The box", (50, 40, 42), 56, -32, 470, (
            Label("a slot and a tie for each cable", (0, 30, 36), left=True),
            Label("window of the supply", (74, 0, 14)),
            Label("HAT on the Pi", (60, 60, 20)),
        )),
        Step("cover", "Cover and surround", (mat_wide / 2, mat_long / 2 + 20, 0), 44, 20, 2150, (
            Label("channel for the cables in\nthe lower inner edge", (-edge - 4, mat_long * 0.3, 10), left=True),
            Label("cover, loose: it must not\npull tiles together", (mat_wide * 0.4, mat_long * 0.6, top), left=True),
            Label("hook-and-loop tape:\nsoft half here", (mat_wide - 12, mat_long * 0.48, top + 2)),
            Label("foam 2 mm away from the skirt,\nas high as the tiles", (mat_wide + edge + 60, mat_long * 0.2, top)),
        )),
    )  # fmt: skip


def annotate(step: Step, drawing: Path, picture: Path) -> None:
    """Write a picture from a drawing of OpenSCAD: its title above it and its labels at both sides."""
    import matplotlib  # noqa: ICN001, PLC0415 - a development tool, absent on a Pi
    from matplotlib.figure import Figure  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    width, head = WIDTH_PX + 2 * MARGIN_PX, 70
    with matplotlib.rc_context({"font.family": "DejaVu Sans", "svg.hashsalt": "acumat"}):
        figure = Figure(figsize=(width / 100, (HEIGHT_PX + head) / 100), dpi=100, facecolor="#f8f8f8")
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(-MARGIN_PX, WIDTH_PX + MARGIN_PX)
        axes.set_ylim(HEIGHT_PX, -head)
        axes.axis("off")
        axes.imshow(np.asarray(Image.open(drawing).convert("RGB")), extent=(0, WIDTH_PX, HEIGHT_PX, 0), zorder=0)
        axes.set_xlim(-MARGIN_PX, WIDTH_PX + MARGIN_PX)
        axes.set_ylim(HEIGHT_PX, -head)
        axes.set_aspect("auto")
        axes.text(WIDTH_PX / 2, -head / 2, step.title, fontsize=22, weight="bold", ha="center", va="center")
        for left in (True, False):
            _column(axes, step, [label for label in step.labels if label.left == left], left=left)
        plain = io.BytesIO()
        figure.savefig(plain, format="png", dpi=100)
    Image.open(plain).convert("RGB").quantize(128).save(picture, optimize=True)


def _column(axes: "Axes", step: Step, labels: list[Label], *, left: bool) -> None:
    """Write the labels of one side from top to bottom, in the order of their points, so that no lines cross."""
    ordered = sorted(labels, key=lambda label: step.pixel(label.at_mm)[1])
    x = -MARGIN_PX + 20 if left else WIDTH_PX + MARGIN_PX - 20
    for n, label in enumerate(ordered):
        y = HEIGHT_PX * (n + 0.5) / len(ordered)
        axes.annotate(
            label.text,
            xy=step.pixel(label.at_mm),
            xytext=(x, y),
            fontsize=18,
            ha="left" if left else "right",
            va="center",
            zorder=3,
            arrowprops={"arrowstyle": "-|>", "color": "#b3261e", "linewidth": 1.6, "shrinkA": 6, "shrinkB": 0},
            bbox={"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": "#c8c8c8"},
        )

"""The pictures of the steps of assembly: labels point into the picture, and the page shows each of them."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from hardware import board as boards
from hardware.drawing import HERE
from hardware.steps import HEIGHT_PX, WIDTH_PX, Label, Step, annotate, steps

BOARD = boards.load_board()


# Seen from above, x is to the right and y upwards; the target is in the middle, half the field from it is the edge.
def test_a_point_in_the_picture() -> None:
    above = Step("any", "", (10, 20, 0), 0, 0, 1000, ())
    assert above.pixel((10, 20, 5)) == pytest.approx((WIDTH_PX / 2, HEIGHT_PX / 2))
    assert above.pixel((11, 20, 0))[0] > WIDTH_PX / 2
    half_field_mm = 1000 * 0.198912  # tan(11.25 degrees)
    assert above.pixel((10, 20 + half_field_mm, 0))[1] == pytest.approx(0, abs=0.01)
    front = Step("any", "", (0, 0, 0), 90, 0, 1000, ())
    assert front.pixel((0, 0, half_field_mm))[1] == pytest.approx(0, abs=0.01)


# Each label names a point that is in its picture.
@pytest.mark.parametrize("step", steps(BOARD), ids=lambda step: step.name)
def test_labels_point_into_the_picture(step: Step) -> None:
    assert step.labels
    for label in step.labels:
        x, y = step.pixel(label.at_mm)
        assert 0 < x < WIDTH_PX, label
        assert 0 < y < HEIGHT_PX, label


# The page of assembly shows every picture, and no other.
def test_page_shows_every_step() -> None:
    page = (HERE / "ASSEMBLY.md").read_text("utf-8")
    shown = {part.split(".png")[0] for part in page.split("mechanics/steps/")[1:]}
    assert shown == {step.name for step in steps(BOARD)}


# Title and labels are added around the drawing.
@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is not installed (extra `dev`)")
def test_annotate(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - comes with matplotlib

    Image.new("RGB", (WIDTH_PX, HEIGHT_PX), "white").save(tmp_path / "drawing.png")
    step = Step("any", "A title", (0, 0, 0), 0, 0, 1000, (Label("words", (0, 0, 0)),))
    annotate(step, tmp_path / "drawing.png", tmp_path / "picture.png")
    picture = Image.open(tmp_path / "picture.png").convert("L")
    assert picture.width > WIDTH_PX
    beside = np.asarray(picture)[70:, -400:]
    assert beside.min() < 100

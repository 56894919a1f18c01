"""The board file becomes a Board, and the Board holds every position and pin."""

import pickle
import time
from pathlib import Path

import pytest

from hardware import board
from hardware.board import Board, BoardError

SMALL = Path(board.DEFAULT_PATH).parent / "boards" / "mat_3x2.toml"


def one_clock(text: str) -> str:
    """Put all chips of the default board on one clock."""
    return text.replace("sck = [17, 24, 11, 16] ", "sck = [17]")


def clock_per_cell(text: str) -> str:
    """Return the default board text with a clock for each chip; no pin is left for light, sound and button."""
    text = text.replace("sck = [17, 24, 11, 16] ", f"sck = {list(range(16, 28))}")
    text = text.replace(
        "[27, 22, 23],               # A: base\n"
        "    [10, 9, 25],                # B\n"
        "    [8, 7, 6],                  # C\n"
        "    [26, 20, 21],               # D: head\n",
        "[4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14, 15],\n",
    )
    text = text.replace("keep_free = [2, 3, 4, 14, 15]", "keep_free = [2, 3]")
    outputs = ("red", "green", "blue", "buzzer", "button")
    return "\n".join(line for line in text.splitlines() if line.split(" ")[0] not in outputs)


# The board that comes with the firmware: four rows of three, a clock for each row, quad50 cells.
def test_default_board() -> None:
    mat = board.load_board()
    assert (mat.name, mat.rows, mat.cols, len(mat.cells)) == ("mat_4x3", 4, 3, 12)
    assert (mat.width_m, mat.length_m) == (0.419, 0.680)
    assert mat.sck_bcm == (17, 24, 11, 16)
    assert [cell.bank for cell in mat.cells] == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert (mat.rate_hz, mat.gain, mat.cell_type) == (80, 128, "quad50")
    assert mat.base_rows == (0, 1)
    assert mat.lumbar_rows == (1,)
    assert (mat.red_bcm, mat.green_bcm, mat.blue_bcm, mat.buzzer_bcm, mat.button_bcm) == (13, 19, 18, 12, 5)


# A ring of four 1 mV/V half bridges gives 2 mV/V at 200 kg: with gain 128 and 24 bits 21,475 codes a kilogram.
def test_codes_per_newton() -> None:
    mat = board.load_board()
    assert mat.counts_per_newton == pytest.approx(21_474.8 / 9.80665, rel=1e-5)
    assert mat.clip_n == pytest.approx(180 * 9.80665)


# A sound ring of four may give from 0.65 to 1.5 times the nominal codes: calibration takes its bounds from here.
def test_range_of_a_sound_cell() -> None:
    mat = board.load_board()
    low, high = mat.counts_per_newton_range
    assert (low, high) == pytest.approx((0.65 * mat.counts_per_newton, 1.5 * mat.counts_per_newton))


# A1 lies at the left hand of the base, D3 at the right hand of the head end, tiles centred in their place.
def test_cells_lie_in_rows_from_the_base() -> None:
    cells = board.load_board().cells
    assert [cell.name for cell in cells[:4]] == ["A1", "A2", "A3", "B1"]
    assert [cell.index for cell in cells] == list(range(12))
    assert (cells[0].x_m, cells[0].y_m) == (0.0685, 0.0835)
    assert (cells[-1].name, cells[-1].x_m, cells[-1].y_m) == ("D3", 0.3505, 0.5965)
    assert (cells[1].row, cells[1].col, cells[1].dout_bcm) == (0, 1, 22)


# The far edges of the last tile are the edges of the mat.
@pytest.mark.parametrize("path", [None, SMALL])
def test_tiles_end_at_the_edge(path: Path | None) -> None:
    mat = board.load_board(path)
    last = mat.cells[-1]
    assert last.x_m + mat.spec.mat.tile_width_m / 2 == pytest.approx(mat.width_m)
    assert last.y_m + mat.spec.mat.tile_length_m / 2 == pytest.approx(mat.length_m)


# All chips on one clock, or each on its own: the same file with another list.
def test_one_clock_and_a_clock_per_cell() -> None:
    text = board.default_text()
    assert {cell.bank for cell in board.parse_board(one_clock(text)).cells} == {0}
    mat = board.parse_board(clock_per_cell(text))
    assert [cell.bank for cell in mat.cells] == list(range(12))
    assert [mat.sck_bcm[cell.bank] for cell in mat.cells] == list(range(16, 28))
    assert (mat.red_bcm, mat.buzzer_bcm, mat.button_bcm) == (None, None, None)


# The small board has three rows of two and one clock for each side.
def test_small_board() -> None:
    mat = board.load_board(SMALL)
    assert (mat.rows, mat.cols, mat.base_rows) == (3, 2, (0,))
    assert [cell.name for cell in mat.cells] == ["A1", "A2", "B1", "B2", "C1", "C2"]
    assert [cell.bank for cell in mat.cells] == [0, 1, 0, 1, 0, 1]
    assert (mat.rate_hz, mat.cell_type) == (10, "single100")


# A recording carries the board as text: reading that text gives the same board.
def test_text_makes_the_same_board() -> None:
    mat = board.load_board()
    assert mat.text == board.default_text()
    assert board.parse_board(mat.text) == mat


# The sampler is another process: a board has to travel there.
def test_a_board_can_be_sent_to_another_process() -> None:
    mat = board.load_board()
    copy = pickle.loads(pickle.dumps(mat))  # noqa: S301 - our own bytes
    assert isinstance(copy, Board)
    assert copy == mat


# Every program start reads the board: it must not delay it (bound 50 ms, seen about 2 ms).
def test_reading_is_quick() -> None:
    start = time.thread_time()
    board.load_board()
    assert time.thread_time() - start < 0.05


# A path that leads nowhere, or to a folder, or to bytes: one line that names the path.
def test_unreadable_files(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, why in ((tmp_path / "none.toml", "No such file"), (tmp_path, "Is a directory"), (binary, "not UTF-8")):
        with pytest.raises(BoardError) as caught:
            board.load_board(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert why in str(caught.value)
        assert "\n" not in str(caught.value)


# Text that is not TOML says in which line it stops being TOML.
def test_not_toml() -> None:
    with pytest.raises(BoardError, match=r"^mine: is not TOML: .*line 2.*$"):
        board.parse_board('name = "x"\nrows 4\n', "mine")

"""The code of an address: as tall as it is wide, with the three corners that a camera looks for."""

from firmware.terminal.qr import qr_lines

CORNER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
HALVES = {" ": "00", "▀": "10", "▄": "01", "█": "11"}


def test_the_modules_of_a_code_can_be_read_back() -> None:
    """Two modules a character; a light border on every side."""
    lines = [line.plain for line in qr_lines("http://mat.local:8437/#visit=a-token-of-24-characters")]
    rows = ["".join(HALVES[half][part] for half in line) for line in lines for part in (0, 1)]
    size = len(rows[0]) - 4
    assert {len(row) for row in rows} == {size + 4}
    assert [row[2:9] for row in rows[2:9]] == CORNER
    assert [row[2 + size - 7 : 2 + size] for row in rows[2:9]] == CORNER
    assert [row[2:9] for row in rows[2 + size - 7 : 2 + size]] == CORNER
    assert set(rows[0]) == set(rows[1]) == {"0"}
    assert len(lines) <= 24

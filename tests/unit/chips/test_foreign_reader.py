"""The virtual chip read by a package of others: simulator and driver cannot be wrong together."""

from tests.doubles.foreign_reader import foreign_reader, one_chip, wrong_values

READS = 300


def test_a_package_of_others_reads_every_value_right() -> None:
    """hx711 1.1.2.3 of the Python index, unmodified, through the virtual RPi.GPIO: every value is one that came."""
    board, lines = one_chip()
    with foreign_reader(board, lines) as reader:
        values = [value for _ in range(READS // 100) for value in reader.get_raw_data(100)]
    assert len(values) == READS == len(set(values))
    assert wrong_values(values, lines) == 0


def test_a_wrong_bit_would_show() -> None:
    """The comparison notices one changed bit, and two values in the wrong order."""
    board, lines = one_chip()
    with foreign_reader(board, lines) as reader:
        values = reader.get_raw_data(20)
    assert wrong_values([*values[:5], values[5] ^ 1, *values[6:]], lines) == 1
    assert wrong_values([values[1], values[0], *values[2:]], lines) == 1

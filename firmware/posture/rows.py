"""Loads of hops as an array, row by row: a tuple packed into memory takes a third of the time of one assigned to it."""

from collections.abc import Iterable
from struct import Struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firmware.signal.seconds import Cells


class Rows:
    """all (rows, cells) is the array; nothing is in it to begin with but zeros."""

    def __init__(self, rows: int, cells: int) -> None:
        row = Struct(f"{cells}d")
        self._memory = bytearray(rows * row.size)
        self._pack, self._size = row.pack_into, row.size
        self.all: Cells = np.frombuffer(self._memory, np.float64).reshape(rows, cells)

    def set(self, row: int, cells_n: tuple[float, ...]) -> None:
        """Write one hop (cells,) into a row."""
        self._pack(self._memory, row * self._size, *cells_n)

    def put(self, first: int, hops: Iterable[tuple[float, ...]]) -> None:
        """Write hops, each (cells,), from a row on; behind the last row it goes on at the first."""
        pack, memory, size, end = self._pack, self._memory, self._size, len(self._memory)
        at = first * size % end
        for cells_n in hops:
            pack(memory, at, *cells_n)
            at += size
            if at == end:
                at = 0

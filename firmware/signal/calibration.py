"""Counts to newtons. Tare (the zero now) and calibration (counts per newton) are two things."""

import math
from dataclasses import dataclass

import numpy as np

from firmware.errors import CalibrationError
from firmware.frames import Counts

CODE_LIMIT = (1 << 23) - 1  # 24-bit two's complement; the rails themselves are never a reading


@dataclass(frozen=True, slots=True)
class Calibration:
    """counts_per_newton for each cell, zero_counts for each cell or None before the first zero.

    Raises CalibrationError for a scale that is not a positive number, a zero outside the range of the converter, or
    lists of unequal length.
    """

    counts_per_newton: tuple[float, ...]
    zero_counts: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        for cell, scale in enumerate(self.counts_per_newton):
            if not (math.isfinite(scale) and scale > 0):
                raise CalibrationError(
                    f"counts_per_newton of cell {cell} is {scale}, but must be a positive number: "
                    "calibrate again; if it is negative, swap A+ and A- of that cell"
                )
        if self.zero_counts is not None and len(self.zero_counts) != len(self.counts_per_newton):
            raise CalibrationError(
                f"zero_counts has {len(self.zero_counts)} cells, counts_per_newton has {len(self.counts_per_newton)}: "
                "take both from the same mat"
            )
        for cell, zero in enumerate(self.zero_counts or ()):
            if abs(zero) > CODE_LIMIT:
                raise CalibrationError(
                    f"zero_counts of cell {cell} is {zero}, but a converter of 24 bits gives -{CODE_LIMIT} to "
                    f"{CODE_LIMIT}: calibrate again"
                )

    def limits(self, clip_n: float) -> tuple[Counts, Counts]:
        """Lowest and highest count (cells,) int32 of a tile under -clip_n..clip_n newtons.

        Without a zero only the rails of the converter are excluded.
        """
        scale = np.array(self.counts_per_newton)
        zero = np.zeros(len(scale)) if self.zero_counts is None else np.array(self.zero_counts, dtype=float)
        reach = np.full(len(scale), float(CODE_LIMIT)) if self.zero_counts is None else clip_n * scale
        low = np.maximum(zero - reach, -CODE_LIMIT).astype(np.int32)
        high = np.minimum(zero + reach, CODE_LIMIT - 1).astype(np.int32)
        return low, high

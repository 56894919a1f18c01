"""Randomness that depends on a key and a moment only, never on the number or order of the calls."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]


def scramble_keys(keys: Keys) -> Keys:
    """Scramble 64-bit keys: the finisher of SplitMix64 (Steele, Lea, Flood 2014)."""
    z = keys + np.uint64(0x9E3779B97F4A7C15)
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z


def fold_key(*numbers: int) -> int:
    """Fold whole numbers into one 64-bit key."""
    key = 0
    for number in numbers:
        key = int(scramble_keys(np.array([(key ^ number) & 0xFFFFFFFFFFFFFFFF], np.uint64))[0])
    return key


def normal_noise(keys: Keys) -> Floats:
    """Turn scrambled keys into normal numbers, mean 0, spread 1, none above 6.7 (Box and Muller 1958)."""
    high = (keys >> np.uint64(32)).astype(np.float64)
    low = (keys & np.uint64(0xFFFFFFFF)).astype(np.float64)
    high += 0.5
    high *= 2.0**-32
    np.log(high, out=high)
    high *= -2.0
    np.sqrt(high, out=high)
    low *= 2 * np.pi * 2.0**-32
    np.cos(low, out=low)
    high *= low
    return high


def uniform_noise(keys: Keys) -> Floats:
    """Turn scrambled keys into numbers from 0 to 1, 1 excluded."""
    return (keys >> np.uint64(11)).astype(np.float64) * 2.0**-53


def smooth_noise(t_s: Floats, step_s: float, key: int) -> Floats:
    """Draw a smooth random line through one normal number every step_s seconds; mean 0, spread about 0.8."""
    place = t_s / step_s
    knot = np.floor(place)
    part = place - knot
    first = knot.astype(np.int64).astype(np.uint64) ^ np.uint64(key)
    second = (knot.astype(np.int64) + 1).astype(np.uint64) ^ np.uint64(key)
    here, there = normal_noise(scramble_keys(first)), normal_noise(scramble_keys(second))
    blend = part * part * (3 - 2 * part)
    return here + (there - here) * blend

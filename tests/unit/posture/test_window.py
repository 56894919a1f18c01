"""The last hops of cell loads and the ways between them, against plain loops."""

from itertools import combinations

import numpy as np
import pytest

from firmware.posture.window import Window

HOPS = 6


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_distances_and_detours_are_those_of_plain_loops(seed: int) -> None:
    """Asked at every hop, after some, and after more than there is room for, in any mixture."""
    chance = np.random.default_rng(seed)
    window, last = Window(HOPS), list[tuple[float, ...]]()
    for _ in range(60):
        hops = [tuple(chance.normal(0, 10, 4).tolist()) for _ in range(int(chance.choice([1, 1, 1, 2, 5, 9])))]
        if len(hops) == 1:
            window.add(hops[0])
        else:
            window.extend(np.array(hops))
        last = [*last, *hops][-HOPS:]
        asked = int(chance.integers(3))
        if asked:
            assert window.spread_n() == pytest.approx(max(apart(last[-1], one) for one in last))
        if asked == 2 and len(last) > 2:
            detours = [apart(a, b) + apart(b, c) - apart(a, c) for a, b, c in combinations(last, 3)]
            assert window.detour_n() == pytest.approx(max(detours))
        assert window.swings_n() == pytest.approx(np.ptp(np.array(last), axis=0))
        if chance.random() < 0.05:
            window.clear()
            last = []
            window.add((0.0,) * 4)
            last.append((0.0,) * 4)


def test_two_hops_make_no_detour() -> None:
    """There and nowhere else; nor is there any after all was forgotten."""
    window = Window(HOPS)
    window.extend(np.array([(0.0, 1.0), (5.0, 1.0)]))
    assert window.spread_n() == 5.0
    assert window.detour_n() == 0.0
    window.add((0.0, 1.0))
    window.spread_n()
    assert window.detour_n() == 10.0
    window.clear()
    window.add((3.0, 3.0, 3.0))
    assert window.spread_n() == 0.0
    assert window.detour_n() == 0.0

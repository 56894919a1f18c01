"""The posture detector: empty, present or lying. Everything that affects the phase lives in this file.

Decisions depend on how the load is distributed, never on the total alone: the total falls when a sitter lies down.
- empty -> present: 10 kg above the baseline.
- present -> lying: the load reaches the upper half over at least three rows and is steady. A light person with the
  hips beside the mat hardly loads the upper half; there the load must have moved and fallen since sitting. The start is
  back-dated to when the load had moved nine tenths of the way from sitting to the reference pattern.
- lying -> present: half of the reference load has left, or the load is back over the base rows. Back-dated too.
- present -> empty: no more than 2 kg above the baseline; an object that stays becomes part of the baseline.
Shares and loads are taken over the cells that are available; with too few of them nothing is decided.
"""

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from firmware.events import Event, GetUp, LieDown, Lowering, LyingSuspected, MatEmptied, Seated
from firmware.frames import Signals
from firmware.posture.availability import CellAvailability
from firmware.posture.baseline import Baseline
from firmware.posture.debounce import Debounce, debounce
from firmware.posture.getting_up import GettingUp, Rise
from firmware.posture.history import LAG_S, Loads
from firmware.posture.reference import ReferencePattern
from firmware.posture.settings import PostureSettings
from firmware.posture.shape import Shape
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from hardware.board import Board


CALM_HOPS = 20
SECOND_HOPS, THREE_SECONDS_HOPS = 10, 30


class Phase(Enum):
    """What the detector believes."""

    EMPTY = "empty"
    PRESENT = "present"
    LYING = "lying"


class PostureDetector:
    """Signals in, posture events out, one `step` a hop."""

    def __init__(self, board: "Board", settings: PostureSettings | None = None) -> None:
        self._set = chosen = settings or PostureSettings()
        cells = len(board.cells)
        self._shape = Shape(board, chosen.shape)
        self._cells = CellAvailability(cells, chosen)
        self._loads = Baseline(cells, chosen.heavy_object_s)
        self._reference = ReferencePattern(cells, chosen.adapt_s)
        self._rise = GettingUp(chosen, self._shape, self._loads, self._reference)
        self.phase = Phase.EMPTY
        self._t_s = 0.0
        self._seat: Loads | None = None  # the loads when the person last sat still
        self._seated = self._lowering = self._suspected = False
        self._lay_s: float | None = None  # when the reference pattern was last there
        self._up_s = 0.0  # when the person last got up: the next lying starts later
        self._present, self._gone = debounce(chosen.present_debounce_s), debounce(chosen.empty_debounce_s)
        self._lie, self._direct = debounce(chosen.lie_debounce_s), debounce(chosen.direct_debounce_s)
        self._sit, self._back = debounce(1.0), debounce(1.0)
        self._new_posture = debounce(chosen.new_posture_s)
        self._calm = Debounce(CALM_HOPS + 1)

    @property
    def blind(self) -> bool:
        """Whether too few cells are available to decide anything."""
        return self._cells.blind

    def step(self, signals: Signals) -> Iterator[Event]:
        """Yield the events of this hop."""
        self._t_s = signals.t_s
        self._loads.push(signals.cells_n)
        yield from self._check_cells(signals)
        if not self._cells.enough:
            return
        above = self._loads.ago(0)
        load_n = float(above @ self._cells.usable)
        if self.phase is Phase.LYING:
            yield from self._while_lying(above, load_n)
        elif self.phase is Phase.PRESENT:
            yield from self._while_present(above, load_n)
        else:
            self._while_empty(load_n)

    def rezero(self, offset_n: tuple[float, ...]) -> None:
        """Continue as if the zero had always been offset_n (cells,) newtons higher."""
        self._loads.shift(offset_n)

    def _check_cells(self, signals: Signals) -> Iterator[Event]:
        before = self._cells.usable
        yield from self._cells.step(signals)
        if self._cells.usable is not before:
            self._loads.usable = self._cells.usable
            self._reference.use(self._cells.usable)
        if self._cells.blind and self.phase is Phase.LYING:  # lying has to be detected again
            self.phase, self._lay_s = Phase.PRESENT, self._t_s

    # --- empty ---------------------------------------------------------------------------------
    def _while_empty(self, load_n: float) -> None:
        if self._present.step(true=load_n >= self._set.present_n):
            self.phase = Phase.PRESENT
            self._seat, self._lay_s = None, None
            self._seated = self._lowering = self._suspected = False
            self._calm.reset()
        elif self._calm.step(true=load_n < self._set.empty_n):
            # The load of two seconds ago, before the first grams of an arrival.
            self._loads.follow(CALM_HOPS)
        elif load_n >= self._set.empty_n and self._loads.still(self._set.object_s, self._set.still_n):
            self._loads.take_all()

    # --- present -------------------------------------------------------------------------------
    def _while_present(self, above: Loads, load_n: float) -> Iterator[Event]:
        if self._gone.step(true=load_n < self._set.empty_n):
            self.phase = Phase.EMPTY
            yield MatEmptied(self._t_s, f"load below {self._set.empty_n:.0f} N for {self._set.empty_debounce_s:g} s")
            return
        object_s = self._set.object_s if load_n < self._set.present_n else self._set.heavy_object_s
        if self._loads.still(object_s, self._set.still_n):
            self._loads.take(above)
            self.phase = Phase.EMPTY
            yield MatEmptied(self._t_s, f"{load_n:.0f} N lay as still as an object for {object_s:g} s")
            return
        if load_n < self._set.present_n:
            self._lie.reset()
            self._direct.reset()
            return
        shares = above / load_n
        lies = self._lies(shares, load_n)
        direct = not lies and self._seat is None and self._shape.reaches_up(shares)
        steady = (lies or direct) and self._steady(above, load_n)
        detected = self._lie.step(true=lies and steady), self._direct.step(true=direct and steady)
        if self._returned(above, load_n) or any(detected):
            yield self._lies_down()
            return
        if not self._suspected and lies and self._change(shares, 3) < self._set.suspected_change:
            self._suspected = True
            yield LyingSuspected(self._t_s)
        yield from self._follow_sitter(shares, load_n, lies=lies)

    def _lies(self, shares: Loads, load_n: float) -> bool:
        if self._shape.spread_out(shares):
            return True
        return self._seat is not None and self._shape.lain_back(shares, load_n, self._seat)

    def _follow_sitter(self, shares: Loads, load_n: float, *, lies: bool) -> Iterator[Event]:
        sits = load_n >= self._set.seat_n and not lies and self._shape.seated(shares)
        still = self._change(shares, SECOND_HOPS) < self._set.steady_1s
        if self._sit.step(true=sits and still):
            self._seat = self._loads.last(SECOND_HOPS).mean(axis=0)
            if not self._seated or self._lowering:
                self._seated, self._lowering, self._suspected = True, False, False
                yield Seated(self._t_s)
        elif (
            self._seated and not self._lowering and self._seat is not None and self._shape.left_seat(shares, self._seat)
        ):
            self._lowering = True
            yield Lowering(self._t_s)

    def _steady(self, above: Loads, load_n: float) -> bool:
        if len(self._loads) <= THREE_SECONDS_HOPS:
            return False
        shares = above / load_n
        return (
            self._change(shares, SECOND_HOPS) < self._set.steady_1s
            and self._change(shares, THREE_SECONDS_HOPS) < self._set.steady_3s
            and abs(float(self._loads.ago(THREE_SECONDS_HOPS).sum()) / load_n - 1) < self._set.steady_load
        )

    def _change(self, shares: Loads, hops: int) -> float:
        return self._loads.moved(shares, hops, self._set.empty_n)

    def _returned(self, above: Loads, load_n: float) -> bool:
        """Return whether the person lies again as before a lift."""
        if self._lay_s is None or self._t_s - self._lay_s > self._set.return_s:
            return False
        alike = self._reference.moved(above / load_n) < 2 * self._set.steady_3s
        return self._back.step(true=alike and abs(load_n / self._reference.load_n - 1) < 2 * self._set.steady_load)

    def _lies_down(self) -> LieDown:
        self.phase, self._lay_s = Phase.LYING, self._t_s
        self._reference.take(self._loads.last(SECOND_HOPS).mean(axis=0))
        self._rise.start()
        for condition in (self._new_posture, self._lie, self._direct, self._back):
            condition.reset()
        seat = np.zeros_like(self._reference.loads) if self._seat is None else self._seat
        crossed = self._loads.since_travelled(
            seat, self._reference.loads, self._set.start_progress, self._set.start_rearm
        )
        return LieDown(max(self._t_s - crossed, self._up_s), self._t_s, self._reference.load_n)

    # --- lying ---------------------------------------------------------------------------------
    def _while_lying(self, above: Loads, load_n: float) -> Iterator[Event]:
        reference = self._reference
        rise = self._rise.left(self._t_s, load_n)
        if rise is not None:
            yield self._gets_up(rise, None)
            return
        if load_n <= self._set.empty_n:
            return
        shares = above / load_n
        if reference.moved(shares) < self._set.steady_3s:
            self._new_posture.reset()
            self._rise.lies_as_before()
            if abs(load_n / reference.load_n - 1) < self._set.steady_load:
                self._lay_s = self._t_s
                reference.follow(above)
            yield from self._rise.rolled_back(self._t_s)
            return
        yield from self._rise.roll(self._t_s, above, shares)
        rise = self._rise.sat_up(self._t_s, above, shares)
        if rise is not None:
            yield self._gets_up(rise, above)
        elif self._new_posture.step(true=self._lies(shares, load_n) and self._steady(above, load_n)):
            reference.take(self._loads.last(THREE_SECONDS_HOPS).mean(axis=0))
            yield from self._rise.rolled_back(self._t_s)

    def _gets_up(self, rise: Rise, seat: Loads | None) -> GetUp:
        """Return the event; seat is how the person sits now, None when the load has left."""
        ago_s, style, why = rise
        assert self._lay_s is not None  # noqa: S101 - set by lying down
        self.phase = Phase.PRESENT
        self._seat, self._up_s = seat, max(self._t_s - ago_s, self._lay_s - LAG_S - HOP_S / 2)
        self._seated = self._lowering = False
        self._lay_s = self._t_s
        for condition in (self._gone, self._lie, self._direct, self._back, self._sit):
            condition.reset()
        return GetUp(self._up_s, self._t_s, style, why)

"""Who is on the mat and how: empty, present, lying. Everything that affects that lives in this file.

Decisions rest on how the load is distributed, never on its total alone: the total falls when a sitter lies down.
- empty -> present: 10 kg more than what lay there before.
- present -> lying: the load reaches the upper half over at least three rows and stays as it is; a light person with
  the hips beside the mat hardly reaches it, and is told by the load that moved and fell since they sat. The start is
  back-dated to when the load had moved nine tenths of the way from the seated pattern to the settled one.
- lying -> present: half of the person's own settled load has left, or the load is back over the base. Back-dated too.
- present -> empty: no more than 2 kg above what lay there before; an object that stays becomes part of that.
Shares and loads are taken over the cells that answer; with too few of them nothing is decided.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from firmware.enums import Exit
from firmware.events import (
    Event,
    GetUp,
    LieDown,
    Lowering,
    LyingSuspected,
    MatEmptied,
    RolledAside,
    RolledBack,
    Seated,
    SensorBack,
    SensorLost,
)
from firmware.frames import Signals
from firmware.posture.baseline import Baseline
from firmware.posture.history import LAG_S, Debounce, Loads, debounce, since_crossing
from firmware.posture.reference import ADAPT_HOPS, ReferencePattern
from firmware.posture.room import NO_ROOM_N, Seen, changed_n
from firmware.posture.settings import PostureSettings
from firmware.posture.shape import Shape
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from hardware.board import Board


CALM_HOPS = 20
MEDIAN_AWAY = 1.5  # of three numbers the second largest is at most half of their sum


class Phase(Enum):
    """What the detector believes."""

    EMPTY = "empty"
    PRESENT = "present"
    LYING = "lying"


class PostureDetector:
    """Signals in, posture events out, one `step` a hop."""

    def __init__(self, board: "Board", settings: PostureSettings | None = None) -> None:
        chosen = settings or PostureSettings()
        self._set = chosen
        self._shape = Shape(board, chosen.shape)
        self._usable_needed = chosen.usable_share * len(board.cells)
        self._ground = Baseline(len(board.cells), chosen.heavy_object_s)
        self._lost_bits, self._too_few = 0, False
        self.phase = Phase.EMPTY
        self.blind = False
        self._seat: Loads | None = None
        self._seated = False
        self._lowering = False
        self._seen = False
        self._settled = ReferencePattern(len(board.cells), chosen.adapt_s)
        self._settled_s: float | None = None  # when the settled pattern was last seen
        self._rolled_s: float | None = None
        self._on_side: Loads | None = None  # the loads when they last lay on the side
        self._aside = False  # told that they rolled aside, and not back yet
        self._up_s = 0.0  # when somebody last got up: nobody lies down again before that
        self._t_s = 0.0
        self._present = debounce(chosen.present_hold_s)
        self._lie, self._direct = debounce(chosen.lie_hold_s), debounce(chosen.direct_hold_s)
        self._half, self._upright = debounce(chosen.end_hold_s), debounce(chosen.sat_up_hold_s)
        self._gone, self._rolling = debounce(chosen.empty_hold_s), debounce(chosen.roll_hold_s)
        self._resettle, self._back = debounce(chosen.resettle_s), debounce(1.0)
        self._lost, self._sit = debounce(chosen.lost_hold_s), debounce(1.0)
        self._calm = Debounce(CALM_HOPS + 1)
        self.room_n = NO_ROOM_N  # how far a hop may be from this one, summed over the cells, to be skipped

    def step(self, signals: Signals) -> Iterator[Event]:
        """Yield what happened in this hop."""
        self._t_s = signals.t_s
        self._ground.push(signals.cells_n)
        self.room_n = NO_ROOM_N
        if signals.lost != self._lost_bits or self._too_few or self.blind:
            yield from self._watch_cells(signals)
            if self.blind or self._lost.hops:  # too few cells, whether that has been told yet or not
                return
        above, load_n = self._ground.now()
        if self.phase is Phase.LYING:
            yield from self._while_lying(above, load_n, changed_n(signals))
        elif self.phase is Phase.PRESENT:
            yield from self._while_present(above, load_n)
        else:
            self._while_empty(load_n)

    @property
    def keep(self) -> int:
        """How many hops may be skipped at most: in the next one the pattern follows."""
        return ADAPT_HOPS - 1 - self._settled.hops

    def skip(self, hops: Sequence[Seen], loads: Loads) -> None:
        """Take hops that changed too little to look at, with their loads (hops, cells), of who lies as settled."""
        self._ground.extend(loads)
        self._settled.hops += len(hops)
        self._t_s = self._settled_s = hops[-1][0]

    def rezero(self, offset_n: tuple[float, ...]) -> None:
        """Go on as if the zero had always been offset_n (cells,) newtons higher."""
        self._ground.shift(offset_n)

    def _watch_cells(self, signals: Signals) -> Iterator[Event]:
        lost = signals.lost
        if lost != self._lost_bits:
            self._lost_bits = lost
            usable = self._ground.use(lost)
            self._too_few = float(usable.sum()) < self._usable_needed
            self._settled.use(usable)
        too_few = self._too_few
        if self._lost.step(true=too_few) and not self.blind:
            self.blind = True
            if self.phase is Phase.LYING:  # whether they still lie has to be seen anew
                self.phase, self._settled_s = Phase.PRESENT, self._t_s
            yield SensorLost(self._t_s, lost)
        if self.blind and not too_few:
            self.blind = False
            yield SensorBack(self._t_s, lost)

    # --- empty ---------------------------------------------------------------------------------
    def _while_empty(self, load_n: float) -> None:
        if self._present.step(true=load_n >= self._set.present_n):
            self.phase = Phase.PRESENT
            self._seat, self._seated, self._lowering, self._settled_s = None, False, False, None
            self._seen = False
            self._calm.hops = 0
        elif self._calm.step(true=load_n < self._set.empty_n):
            # Before the first grams of an arrival: as it was two seconds ago.
            self._ground.follow(CALM_HOPS)
        elif load_n >= self._set.empty_n and self._ground.still(self._set.object_s, self._set.still_n):
            self._ground.take_all()

    # --- present -------------------------------------------------------------------------------
    def _while_present(self, above: Loads, load_n: float) -> Iterator[Event]:
        if self._gone.step(true=load_n < self._set.empty_n):
            self.phase = Phase.EMPTY
            yield MatEmptied(self._t_s, f"load below {self._set.empty_n:.0f} N for {self._set.empty_hold_s:g} s")
            return
        object_s = self._set.object_s if load_n < self._set.present_n else self._set.heavy_object_s
        if self._ground.still(object_s, self._set.still_n):
            self._ground.take(above)
            self.phase = Phase.EMPTY
            yield MatEmptied(self._t_s, f"{load_n:.0f} N lay as still as an object for {object_s:g} s")
            return
        if load_n < self._set.present_n:
            self._lie.hops = self._direct.hops = 0
            return
        shares = above / load_n
        lies = self._lies(shares, load_n)
        direct = not lies and self._seat is None and self._shape.reaches_up(shares)
        steady = (lies or direct) and self._steady(above, load_n)
        # Each of the three is counted anew in every hop.
        if any(
            [
                self._lie.step(true=lies and steady),
                self._direct.step(true=direct and steady),
                self._returned(above, load_n),
            ]
        ):
            yield self._lies_down()
            return
        if not self._seen and lies and self._change(shares, 3) < self._set.seen_change:
            self._seen = True
            yield LyingSuspected(self._t_s)
        yield from self._follow_sitter(shares, load_n, lies=lies)

    def _lies(self, shares: Loads, load_n: float) -> bool:
        if self._shape.spread_out(shares):
            return True
        return self._seat is not None and self._shape.lain_back(shares, load_n, self._seat)

    def _follow_sitter(self, shares: Loads, load_n: float, *, lies: bool) -> Iterator[Event]:
        sits = load_n >= self._set.seat_n and not lies and self._shape.seated(shares)
        still = self._change(shares, 10) < self._set.steady_1s
        if self._sit.step(true=sits and still):
            self._seat = self._ground.last(10).mean(axis=0)
            if not self._seated or self._lowering:
                self._seated, self._lowering, self._seen = True, False, False
                yield Seated(self._t_s)
        elif (
            self._seated and not self._lowering and self._seat is not None and self._shape.left_seat(shares, self._seat)
        ):
            self._lowering = True
            yield Lowering(self._t_s)

    def _steady(self, above: Loads, load_n: float) -> bool:
        if len(self._ground) <= 30:  # noqa: PLR2004 - three seconds of hops
            return False
        shares = above / load_n
        return (
            self._change(shares, 10) < self._set.steady_1s
            and self._change(shares, 30) < self._set.steady_3s
            and abs(float(self._ground.ago(30).sum()) / load_n - 1) < self._set.steady_load
        )

    def _change(self, shares: Loads, hops: int) -> float:
        return self._ground.moved(shares, hops, self._set.empty_n)

    def _returned(self, above: Loads, load_n: float) -> bool:
        """After a lift: the person is back as they lay."""
        if self._settled_s is None or self._t_s - self._settled_s > self._set.return_s:
            return False
        alike = self._settled.moved(above / load_n) < 2 * self._set.steady_3s
        return self._back.step(true=alike and abs(load_n / self._settled.load_n - 1) < 2 * self._set.steady_load)

    def _lies_down(self) -> LieDown:
        self.phase, self._settled_s = Phase.LYING, self._t_s
        self._settled.take(self._ground.last(10).mean(axis=0))
        self._rolled_s, self._on_side, self._aside = None, None, False
        for held in (self._half, self._upright, self._rolling, self._resettle, self._lie, self._direct, self._back):
            held.hops = 0
        seat = np.zeros_like(self._settled.loads) if self._seat is None else self._seat
        crossed = self._ground.since_travelled(
            seat, self._settled.loads, self._set.start_progress, self._set.start_rearm
        )
        return LieDown(max(self._t_s - crossed, self._up_s), self._t_s, self._settled.load_n)

    # --- lying ---------------------------------------------------------------------------------
    def _while_lying(self, above: Loads, load_n: float, unseen_n: float) -> Iterator[Event]:
        settled = self._settled
        if self._half.step(true=load_n <= self._set.end_load * settled.load_n):
            yield self._gets_up(*self._how_load_left())
            return
        if load_n <= self._set.empty_n:
            return
        shares = above / load_n
        moved = settled.moved(shares)
        if moved < self._set.steady_3s:
            self._resettle.hops = self._upright.hops = self._rolling.hops = 0
            if abs(load_n / settled.load_n - 1) < self._set.steady_load:
                self._settled_s = self._t_s
                settled.follow(above)
                self.room_n = (self._room(moved, load_n) - unseen_n) / MEDIAN_AWAY
            if self._aside:
                yield from self._lies_again()
            return
        yield from self._watch_roll(above, shares)
        if self._upright.step(true=self._shape.upright(shares, settled.shares)):
            yield self._gets_up(*self._sat_up(above))
        elif self._resettle.step(true=self._lies(shares, load_n) and self._steady(above, load_n)):
            self._settled.take(self._ground.last(30).mean(axis=0))
            yield from self._lies_again()

    def _room(self, moved: float, load_n: float) -> float:
        """How far from now loads may be, in newtons summed over the cells, before anything can come of a look.

        Where that is p, the load is no more than p away, and no more than p / load_n of the shares are elsewhere.
        moved is the part elsewhere now; a pattern that has followed since is no farther away. But loads are medians of
        three hops: this one, and so where p is counted from, is no farther from its hop than the hop before it was
        (unseen_n), and medians of hops that are all within p of a hop are within MEDIAN_AWAY times that.
        """
        settled = self._settled
        return min(
            (self._set.steady_3s - moved) * load_n,
            self._set.steady_load * settled.load_n - abs(load_n - settled.load_n),
            load_n - max(self._set.end_load * settled.load_n, self._set.empty_n),
        )

    def _lies_again(self) -> Iterator[Event]:
        if self._aside:
            self._aside = False
            yield RolledBack(self._t_s)

    def _watch_roll(self, above: Loads, shares: Loads) -> Iterator[Event]:
        if self._rolling.step(true=self._shape.aside(shares, self._settled.shares)):
            self._rolled_s = self._t_s
            if not self._upright.hops:
                self._on_side = above.copy()
            if not self._aside:
                self._aside = True
                yield RolledAside(self._t_s)

    def _sat_up(self, above: Loads) -> tuple[float, Exit, str, Loads | None]:
        ago_s = self._ground.since_travelled(self._settled.loads * self._ground.usable, above, self._set.end_load)
        style = Exit.ROLLED if self._rolled_within(ago_s) else Exit.SAT_UP
        if style is Exit.ROLLED and self._on_side is not None:  # who lies on the side has not sat up yet
            ago_s = self._ground.since_travelled(self._on_side, above, self._set.end_load)
        why = f"the load was back over the base rows for {self._set.sat_up_hold_s:g} s"
        return ago_s, style, why, above.copy()

    def _rolled_within(self, ago_s: float) -> bool:
        return self._rolled_s is not None and self._t_s - ago_s - self._rolled_s <= self._set.roll_memory_s

    def _how_load_left(self) -> tuple[float, Exit, str, Loads | None]:
        loads, settled = self._ground.last(len(self._ground)), self._settled
        end_n = self._set.end_load * settled.load_n
        ago_s = since_crossing(-loads.sum(axis=1), -end_n)
        why = f"load below {end_n:.0f} N, half of what settled, for {self._set.end_hold_s:g} s"
        if self._rolled_within(ago_s):
            return ago_s, Exit.ROLLED, why, None
        # Who still lay as settled, with nearly the whole load, a moment ago, has got up all at once.
        recent = loads[-round(self._set.abrupt_s / HOP_S) :]
        lay = settled.held_in(recent, part=self._set.abrupt_load, moved=self._set.steady_3s)
        return ago_s, Exit.ABRUPT if lay else Exit.UNKNOWN, why, None

    def _gets_up(self, ago_s: float, style: Exit, why: str, seat: Loads | None) -> GetUp:
        """Note it. From seat lying down again would begin: how the person sits now, None when the load has left."""
        self.phase = Phase.PRESENT
        assert self._settled_s is not None  # noqa: S101 - set by lying down
        self._seat, self._up_s = seat, max(self._t_s - ago_s, self._settled_s - LAG_S - HOP_S / 2)
        self._seated = self._lowering = False
        self._settled_s = self._t_s
        for held in (self._gone, self._lie, self._direct, self._back, self._sit):
            held.hops = 0
        return GetUp(self._up_s, self._t_s, style, why)

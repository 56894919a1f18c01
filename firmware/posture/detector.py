"""The posture detector: empty, present or lying. Everything that affects the phase lives in this file.

- empty -> present, and back: the mat is occupied, by the load above the baseline alone (occupancy.py).
- present -> lying: the load has the shape of lying for 3 s (shape.py). The start is back-dated, and corrected once the
  person lies steadily: it is nine tenths of the way from sitting (backdating.py).
- lying -> present: the load has no longer the shape of lying but the weight of sitting, or it stays away for longer
  than a lift, or the mat is no longer occupied. Back-dated too, and corrected when the person has sat up slowly.
- Load that is added to a seated pose, which stays as it is, is a second person and not lying.
Shapes and loads are taken over the cells that are available; with too few of them nothing is decided.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from firmware.enums import Exit
from firmware.events import (
    EndCorrected,
    Event,
    GetUp,
    LieDown,
    Lowering,
    LyingReversed,
    LyingSuspected,
    MatEmptied,
    MatOccupied,
    Seated,
    StartCorrected,
)
from firmware.frames import Signals
from firmware.posture import backdating
from firmware.posture.availability import CellAvailability
from firmware.posture.baseline import Baseline
from firmware.posture.debounce import debounce
from firmware.posture.getting_up import RollDetector, way_up
from firmware.posture.history import Loads
from firmware.posture.occupancy import OccupancyDetector
from firmware.posture.settings import PostureSettings
from firmware.posture.shape import Shape, Shapes
from firmware.posture.steady import SteadyRun, calm, moved
from firmware.signal.frontend import HOP_S

if TYPE_CHECKING:
    from hardware.board import Board

SECOND_HOPS = 10
CORRECTION_S = 0.05  # half a hop: less is not worth a correction


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
        self._shapes = Shapes(board, chosen.shape)
        self._cells = CellAvailability(cells, chosen)
        self._loads = Baseline(cells, chosen.memory_s)
        self._occupancy = OccupancyDetector(self._loads, chosen.occupancy)
        self._steady = SteadyRun(chosen.near, chosen.near_load)
        self._roll = RollDetector(chosen)
        self.phase = Phase.EMPTY
        self._t_s = 0.0
        self._hops = 0  # of this visit
        self._suspect, self._lie = debounce(chosen.suspect_s), debounce(chosen.lie_s)
        self._up, self._gone = debounce(chosen.up_s), debounce(chosen.gone_s)
        self._direct, self._back = debounce(chosen.direct_s), debounce(chosen.back_s)
        self._forget_visit()

    def _forget_visit(self) -> None:
        self._hops = 0
        self._suspected = self._seated = self._lowering = False
        self._seat: Shape | None = None  # the heaviest compact load of this visit
        self._pose: Loads | None = None  # the last pose held that was not lying
        self._lying: Loads | None = None  # how the person lies, or lay last
        self._lying_shape: Shape | None = None
        self._start_s: float | None = None  # of lying, while it is not final
        self._end_s: float | None = None  # of lying by sitting up, while it is not final
        self._lay_s = self._up_noticed_s = 0.0  # when lying was detected, when sitting up was
        self._up_s = 0.0  # when the person last got up: the next lying starts later
        self._steady.reset()
        self._restart()

    def _restart(self) -> None:
        for condition in (self._suspect, self._lie, self._direct, self._back, self._up, self._gone):
            condition.reset()

    @property
    def blind(self) -> bool:
        """Whether too few cells are available to decide anything."""
        return self._cells.blind

    @property
    def occupied(self) -> bool:
        """Whether the mat is occupied, with the delays of the settings; as before while too few cells are available."""
        return self._occupancy.shown

    def rezero(self, offset_n: tuple[float, ...]) -> None:
        """Continue as if the zero had always been offset_n (cells,) newtons higher."""
        self._loads.shift(offset_n)

    def step(self, signals: Signals, *, person: bool = False, stands: bool = False) -> Iterator[Event]:
        """Yield the events of this hop; person: there is evidence of a person in this visit; stands: on two feet."""
        self._t_s = signals.t_s
        yield from self._cells.step(signals)
        self._loads.push(signals.cells_n if self._cells.enough else None, self._cells.usable)
        if self._cells.blind and self.phase is Phase.LYING:  # lying has to be detected again
            self.phase, self._start_s = Phase.PRESENT, None
            self._restart()
        if not self._cells.enough:
            return
        above = self._loads.ago(0)
        load_n = float(above @ self._cells.usable)
        lay, present = self._lying_shape, self.phase is Phase.PRESENT
        left = present and lay is not None and load_n < 0.5 * lay.load_n
        if changes := self._occupancy.step(self._t_s, above, load_n, person=person, left=left):
            yield from self._occupy(changes)
        if not self._occupancy.occupied:
            return
        self._hops += 1
        shape = self._shapes.of(above)
        if self.phase is Phase.LYING:
            if self._hops % SECOND_HOPS == 0:
                yield from self._settle(shape)
            yield from self._while_lying(shape)
        else:
            yield from self._while_present(above, shape, stands=stands)

    def _lies(self, shape: Shape) -> bool:
        """Return whether the load is spread as when lying; the length is enough while lying with the hips off."""
        if self._shapes.lying(shape, self._seat):
            return True
        lay = self._lying_shape if self.phase is Phase.LYING else None
        beside = lay is not None and (self._seat is None or not self._shapes.spread(lay))
        return beside and self._shapes.reaching(shape)

    def _occupy(self, events: Sequence[Event]) -> Iterator[Event]:
        """Yield the events of the occupancy, each behind the end of lying that it brings."""
        for event in events:
            if isinstance(event, MatOccupied):
                self._forget_visit()
                self.phase = Phase.PRESENT
            elif isinstance(event, MatEmptied):
                if self.phase is Phase.LYING:
                    yield self._leaves()
                yield from self._end_is_final()
                self.phase = Phase.EMPTY
            yield event

    def _settle(self, shape: Shape) -> Iterator[Event]:
        """Take the mean of a second of lying: is the pose steady, and what does that make final."""
        self._steady.step(self._loads.last(SECOND_HOPS).mean(axis=0))
        if not self._lies(shape):
            return
        pose, seconds = self._steady.pose, self._steady.seconds
        if self._start_s is not None:
            yield from self._correct_start(pose, seconds)
        elif seconds >= self._set.new_pose_s:
            self._lies_like(pose)

    def _while_present(self, above: Loads, shape: Shape, *, stands: bool) -> Iterator[Event]:
        if self._end_s is not None and self._t_s - self._up_noticed_s >= self._set.sat_up_final_s:
            yield from self._end_is_final()
        if self._shapes.compact(shape) and (self._seat is None or shape.load_n > self._seat.load_n):
            self._seat = shape
        shaped, added = self._lies(shape), self._added(above, shape.load_n)
        lies = shaped and not added and not stands
        held = moved(above, self._loads.ago(SECOND_HOPS)) <= self._set.near
        if held and not shaped and not added:
            self._pose = above
        # Never seen sitting, and with the hips beside the mat perhaps.
        direct = self._seat is None and not stands and self._shapes.direct(shape)
        suspected = self._suspect.step(true=lies or (direct and self._shapes.central(shape)))
        long_enough = self._lie.step(true=lies), self._direct.step(true=direct)
        sure = any(long_enough) and calm(self._loads.last(SECOND_HOPS), 2 * self._set.near)
        if self._returned(above, shape.load_n) or sure:
            yield from self._end_is_final()
            yield from self._lies_down()
            return
        yield from self._sits(shape, held=held, lies=lies)
        if suspected and not self._suspected:
            self._suspected = True
            yield LyingSuspected(self._t_s)

    def _returned(self, above: Loads, load_n: float) -> bool:
        """Return whether the person lies again as before a lift."""
        pose, lay = self._lying, self._lying_shape
        if pose is None or lay is None:
            return False
        near, near_n = 2 * self._set.near, 2 * self._set.near_load * lay.load_n
        return self._back.step(true=abs(load_n - lay.load_n) <= near_n and moved(above, pose) <= near)

    def _added(self, above: Loads, load_n: float) -> bool:
        more = self._seat is None or load_n > self._seat.load_n  # than the one who sat here
        return more and self._pose is not None and self._shapes.added(above, load_n, self._pose)

    def _sits(self, shape: Shape, *, held: bool, lies: bool) -> Iterator[Event]:
        sits = (
            not lies
            and held
            and shape.load_n >= self._set.seat_n
            and self._shapes.compact(shape)
            and (shape.base >= self._shapes.seat_base or self._shapes.filled(shape))
        )
        if sits and (not self._seated or self._lowering):
            self._seated, self._lowering, self._suspected = True, False, False
            yield Seated(self._t_s)
            return
        left = self._seat is not None and self._shapes.moved_along(shape, self._seat, part=0.5)
        if self._seated and not self._lowering and (lies or left):
            self._lowering = True
            yield Lowering(self._t_s)

    def _lies_down(self) -> Iterator[Event]:
        self.phase = Phase.LYING
        pose = self._loads.last(SECOND_HOPS).mean(axis=0)
        lay = self._lies_like(pose)
        ago_s, _ = backdating.since_start(self._visit(), pose)
        self._start_s, self._lay_s = max(self._t_s - ago_s, self._up_s), self._t_s
        self._roll.reset()
        self._steady.reset()
        self._restart()
        yield LieDown(self._start_s, self._t_s, lay.load_n)
        if self._seat is not None and self._seat.y_m > lay.y_m:
            yield LyingReversed(self._t_s)

    def _lies_like(self, pose: Loads) -> Shape:
        self._lying, self._lying_shape = pose, self._shapes.of(pose)
        return self._lying_shape

    def _visit(self) -> Loads:
        """Return the loads (n, cells) since the visit began, with the second before it, as far back as is known."""
        return self._loads.last(self._hops + SECOND_HOPS)

    def _since_lying(self) -> Loads:
        """Return the loads (n, cells) since lying was detected, as far back as is known."""
        return self._loads.last(round((self._t_s - self._lay_s) / HOP_S) + 1)

    def _correct_start(self, pose: Loads, seconds: int) -> Iterator[Event]:
        """Make the start final once the pose has been steady for long enough, by the way that led to it."""
        ago_s, way_s = backdating.since_start(self._visit(), pose)
        if seconds < min(max(self._set.settle_s, way_s / 2), self._set.settle_longest_s):
            return
        self._lies_like(pose)
        start_s, before_s = max(self._t_s - ago_s, self._up_s), self._start_s
        self._start_s = None
        if before_s is not None and abs(start_s - before_s) > CORRECTION_S:
            yield StartCorrected(self._t_s, start_s)

    def _while_lying(self, shape: Shape) -> Sequence[Event]:
        lying, lay = self._lying, self._lying_shape
        assert lying is not None and lay is not None  # noqa: PT018, S101 - set by lying down
        rolled, lies = self._roll.step(self._t_s, shape, lay), self._lies(shape)
        if self._up.step(true=not lies and shape.load_n >= self._set.up_load * lay.load_n):
            why = f"the load was no longer spread as when lying for {self._set.up_s:g} s"
            ago_s = backdating.since_sitting_up(self._since_lying(), lying)
            self._end_s, self._up_noticed_s = self._t_s - ago_s, self._t_s
            return (*rolled, self._gets_up(ago_s, Exit.SAT_UP, why))
        if self._gone.step(true=not lies or shape.load_n < 0.5 * lay.load_n):
            return (*rolled, self._leaves())
        return rolled

    def _leaves(self) -> GetUp:
        """Return the event for a load that has left."""
        pose, lay = self._lying, self._lying_shape
        assert pose is not None and lay is not None  # noqa: PT018, S101 - set by lying down
        ago_s = backdating.since_half_left(self._since_lying(), lay.load_n)
        until = len(self._loads) - round(ago_s / HOP_S)
        before = self._loads.last(len(self._loads))[max(0, until - round(self._set.exit_s / HOP_S)) : until]
        why = f"load below {0.5 * lay.load_n:.0f} N, half of that when lying"
        return self._gets_up(ago_s, way_up(before, pose, self._shapes, self._set), why)

    def _gets_up(self, ago_s: float, style: Exit, why: str) -> GetUp:
        self.phase = Phase.PRESENT
        self._up_s = self._t_s - ago_s
        rolled_s = self._roll.last_s
        if rolled_s is not None and self._up_s - rolled_s <= self._set.exit_s:
            style = Exit.ROLLED
        self._suspected = self._seated = self._lowering = False
        self._pose, self._start_s = None, None
        self._restart()
        return GetUp(self._up_s, self._t_s, style, why)

    def _end_is_final(self) -> Iterator[Event]:
        """Correct the end of lying by sitting up: the person sits now, which is the end of the way."""
        before_s, self._end_s = self._end_s, None
        if before_s is None or self._lying is None:
            return
        end_s = self._t_s - backdating.since_sitting_up(self._since_lying(), self._lying)
        if abs(end_s - before_s) > CORRECTION_S:
            self._up_s = end_s
            yield EndCorrected(self._t_s, end_s)

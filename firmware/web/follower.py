"""What the page remembers of the ticks, and the frame that is made of it. Everything that is kept is bounded."""

from collections import deque
from typing import TYPE_CHECKING, Final

from firmware import events as t
from firmware import words
from firmware.enums import HintKind, State
from firmware.session.machine import SessionSettings
from firmware.session.stages import stages_before_goal
from firmware.signal.sides import right_share
from firmware.web.live import Advice, Frame, MovementMark, Note, StageBar, Summary
from firmware.words.event_lines import ARRIVING, LYING, set_bits
from firmware.words.guidance import BREATH_VALID_S, HINT_SHOWN_S, guidance, guidance_reason
from firmware.words.quantities import joined_names, kilograms

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.frames import Signals
    from firmware.view import SessionView, Tick
    from hardware.board import Board

BUCKET_S: Final = 5.0
BUCKETS: Final = 60
RECENT_S: Final = BUCKET_S * BUCKETS
MARKS_MOST: Final = 60
OUTLINE_S: Final = 2.0  # how long a moved cell is outlined
PACED: Final = (State.SETTLING, State.EASING, State.RESTING)
MARKED: Final = {t.Wiggle: "wiggle", t.Repositioned: "repositioned", t.Discomfort: "discomfort", t.Eased: "eased"}


class LiveFollower:
    """Takes every tick of one mat; frame() returns the newest moment.

    begun_s returns the wall time of a frame time, None while the clock is not set. speed is None for a real mat.
    """

    def __init__(
        self,
        board: "Board",
        *,
        wall_at: "Callable[[float], float | None]" = lambda _: None,
        calibrated: bool = True,
        speed: "Callable[[], float | None]" = lambda: None,
    ) -> None:
        self._board, self._wall_at, self._speed = board, wall_at, speed
        self.calibrated = calibrated
        self._names = tuple(cell.name for cell in board.cells)
        self._resume_s = SessionSettings().resume_s
        self._tick: Tick | None = None
        self._pacer_s: float | None = None
        self._number = 0
        self._movement: deque[float] = deque([0.0] * BUCKETS, maxlen=BUCKETS)
        self._bucket = 0
        self._marks: deque[tuple[float, str]] = deque(maxlen=MARKS_MOST)
        self._moved: tuple[float, tuple[int, ...]] = (0.0, ())
        self._hint: tuple[HintKind, float] | None = None
        self._breath: tuple[float, float] | None = None
        self._paused_at_s: float | None = None
        self._too_few = False
        self._moves = self._lifts = 0
        self._ended: Summary | None = None

    def offer(self, tick: "Tick", pacer_s: float | None = None) -> None:
        """Take a tick, and the phase of the pacer at that moment."""
        if tick.signals is None and self._tick is not None and self._tick.signals is not None:
            tick = tick._replace(signals=self._tick.signals)  # the last tick of a source only closes the session
        for event in tick.events:
            self._note(event, tick)
        self._tick, self._pacer_s = tick, pacer_s
        self._number += 1
        while self._bucket < int(tick.t_s / BUCKET_S):
            self._bucket += 1
            self._movement.append(0.0)
        while self._marks and tick.t_s - self._marks[0][0] > RECENT_S:
            self._marks.popleft()
        if tick.signals is not None and tick.view.state in LYING:
            self._movement[-1] = max(self._movement[-1], tick.signals.motion)
            if tick.signals.breaths_per_min is not None:
                self._breath = tick.signals.breaths_per_min, tick.t_s

    def _note(self, event: t.Event, tick: "Tick") -> None:
        if (kind := MARKED.get(type(event))) is not None:
            self._marks.append((event.t_s, kind))
        match event:
            case t.LieDown() if tick.view.elapsed_s < BUCKET_S:
                self._moves = self._lifts = 0
                self._breath = None
            case t.Wiggle(cells=cells):
                self._moves += 1
                self._moved = event.t_s, cells
            case t.Repositioned():
                self._lifts += 1
            case t.Hint(kind=hint):
                self._hint = hint, event.t_s
            case t.SensorLost() | t.SensorBack():
                self._too_few = isinstance(event, t.SensorLost)
            case t.StageChanged() | t.SessionEnded():
                self._note_session(event)
            case _:
                pass

    def _note_session(self, event: "t.StageChanged | t.SessionEnded") -> None:
        if isinstance(event, t.StageChanged):
            if event.state is State.PAUSED:
                self._paused_at_s = event.t_s
            elif event.state in LYING:
                self._paused_at_s = None
            if event.state in ARRIVING:
                self._ended = None
        elif event.summary.confirmed:  # laundry and cats have no summary
            summary, self._hint = event.summary, None
            text = words.ENDED_AFTER_STOP if summary.stop_advised else words.ENDED[summary.reason]
            self._ended = Summary(summary.lying_s, text, summary.counted)

    def frame(self) -> Frame | None:
        """Return the newest moment; None before the first tick."""
        tick = self._tick
        if tick is None:
            return None
        view, signals, state = tick.view, tick.signals, tick.view.state
        paused_s = 0.0 if self._paused_at_s is None else tick.t_s - self._paused_at_s
        breaths, breaths_text = self._breaths(tick)
        lying = state in LYING
        return Frame(
            number=self._number,
            t_s=round(tick.t_s, 1),
            state=state.value,
            stage=words.STAGE[state],
            sentence=self._sentence(tick),
            reason=self._reason(view, paused_s),
            in_session=view.start_s is not None,
            lying=lying,
            occupied=view.occupied,
            elapsed_s=round(view.elapsed_s, 1),
            goal_s=view.goal_s,
            begun_s=None if view.start_s is None else self._wall_at(view.start_s),
            stages=stage_bars(view.goal_s),
            pacer_s=self._pacer_s if state in PACED and view.advice is None else None,
            pause_left_s=max(0.0, self._resume_s - paused_s) if state is State.PAUSED else None,
            advice=_advice(view),
            note=self._notice(view, signals),
            cells_kg=self._cells(signals),
            lost=tuple(self._names[number] for number in set_bits(view.lost)),
            moved=self._outlined(tick.t_s),
            centre=self._centre(view, signals),
            load_kg=None if signals is None or not self.calibrated else max(round(kilograms(signals.load_n), 1), 0.0),
            at_least=bool(view.lost),
            right_share=None if view.lost or signals is None else self._right(signals),
            breaths_per_min=breaths,
            breaths_text=breaths_text,
            movement=tuple(round(share, 1) for share in self._movement),
            marks=tuple(MovementMark(kind, round(tick.t_s - at_s, 1)) for at_s, kind in self._marks),
            moves=self._moves,
            lifts=self._lifts,
            ended=self._ended,
            mode=tick.mode,
            speed=self._speed(),
        )

    # --- words -----------------------------------------------------------------------------------
    def _sentence(self, tick: "Tick") -> str:
        if tick.signals is None:
            return words.NO_ZERO
        if self._too_few and tick.view.start_s is None:
            return words.TOO_FEW_PAGE
        if self._hint is not None and tick.t_s - self._hint[1] < HINT_SHOWN_S and tick.view.advice is None:
            return words.HINT[self._hint[0]]
        # The panel with the advice has the words then.
        return guidance(tick.view) if tick.view.advice is None else ""

    def _reason(self, view: "SessionView", paused_s: float) -> str:
        if view.state is State.OVERTIME:
            over_min = max(1, round((view.elapsed_s - view.goal_s) / 60))
            return words.PAST_GOAL.format(over_min=over_min, goal_min=view.goal_s / 60)
        if view.advice is not None:
            return ""
        reason = guidance_reason(view) or words.REASON.get(view.state, "")
        return reason.format(ago_s=max(paused_s, 2.0))

    def _notice(self, view: "SessionView", signals: "Signals | None") -> Note | None:
        if signals is None:
            return Note("no_zero", words.NO_ZERO, words.NO_ZERO_REASON)
        if self._too_few:
            answering = len(self._names) - view.lost.bit_count()
            return Note(
                "too_few", words.TOO_FEW_PAGE, words.ANSWERING.format(answering=answering, cells=len(self._names))
            )
        if view.lost:
            lost = [self._names[number] for number in set_bits(view.lost)]
            title = words.DO_NOT_ANSWER[len(lost) == 1].format(cells=joined_names(lost))
            return Note("cells", title, words.STILL_RIGHT)
        if not self.calibrated:
            return Note("not_calibrated", words.NOT_CALIBRATED, words.NOT_CALIBRATED_TEXT)
        return None

    def _breaths(self, tick: "Tick") -> tuple[float | None, str]:
        if tick.view.state not in LYING:
            return None, words.BREATHS_NOBODY
        if self._breath is not None and tick.t_s - self._breath[1] <= BREATH_VALID_S:
            return round(self._breath[0], 1), words.BREATHS_ABOUT
        moving = tick.signals is not None and tick.signals.moving
        return None, words.BREATHS_MOVING if moving else words.BREATHS_WAIT

    # --- the map ---------------------------------------------------------------------------------
    def _cells(self, signals: "Signals | None") -> tuple[float | None, ...] | None:
        if signals is None or not self.calibrated:
            return None
        return tuple(
            None if signals.lost >> number & 1 else max(round(kilograms(load_n), 1), 0.0)
            for number, load_n in enumerate(signals.cells_n)
        )

    def _centre(self, view: "SessionView", signals: "Signals | None") -> tuple[float, float] | None:
        if signals is None or signals.cop_m is None or view.lost:
            return None
        across, along = signals.cop_m[0] / self._board.width_m, signals.cop_m[1] / self._board.length_m
        return round(across, 3), round(along, 3)

    def _right(self, signals: "Signals") -> float | None:
        share = right_share(self._board, signals)
        return None if share is None else round(share, 3)

    def _outlined(self, t_s: float) -> tuple[str, ...]:
        at_s, cells = self._moved
        return tuple(self._names[number] for number in cells) if cells and t_s - at_s < OUTLINE_S else ()


def _advice(view: "SessionView") -> Advice | None:
    if view.advice is None:
        return None
    first, _, rest = words.STOP[view.advice].partition(". ")
    return Advice(f"{first}.", f"{rest} {words.STOP_HOW}")


def stage_bars(goal_s: float) -> tuple[StageBar, ...]:
    """Return the stages before the goal."""
    return tuple(
        StageBar(stage.state.value, words.STAGE[stage.state], stage.start_s, end_s)
        for stage, end_s in stages_before_goal(goal_s)
    )

"""Every state of the live view as a scene: made by the real follower and composer from ticks written by hand."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from firmware import events as t
from firmware.enums import Command, Exit, HintKind, Reason, State, StopReason, WiggleGrade
from firmware.frames import Signals
from firmware.signal.health import USABLE_SHARE
from firmware.terminal.composer import Composer
from firmware.terminal.follower import LiveViewMemory
from firmware.terminal.scene import LabelledFact, Scene
from firmware.view import DARK, Output, SessionView, Tick
from hardware import board as boards
from hardware.board import STANDARD_GRAVITY

BOARD: Final = boards.load_board()
LYING_KG: Final = (3.4, 8.2, 3.2, 1.5, 3.4, 1.4, 3.6, 6.3, 3.5, 1.3, 2.7, 1.4)
SEATED_KG: Final = (10.9, 22.8, 11.2, 1.4, 3.0, 1.3, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0)
EMPTY_KG: Final = (0.0,) * 12
START_S: Final = 16.8
AMBER: Final = Output(0.15, 0.063, 0.0)
BLUE: Final = Output(0.015, 0.0375, 0.15)
WHITE: Final = Output(0.3, 0.255, 0.21)
DOORS: Final = (
    LabelledFact("If it hurts", "make demo STORY=pain"),
    LabelledFact("All stories", ".venv/bin/acumat-sim --list"),
)
Step = tuple[float, State, tuple[t.Event, ...]]


def signals(t_s: float, cells_kg: tuple[float, ...], lost: int = 0, breaths: float | None = None) -> Signals:
    """Signals of cells in kg; the centre of load follows from them."""
    cells_n = tuple(0.0 if lost >> cell & 1 else load_kg * STANDARD_GRAVITY for cell, load_kg in enumerate(cells_kg))
    load_n = sum(cells_n)
    cop_m = None
    if load_n > 1.0:
        cop_m = (
            sum(cell.x_m * cells_n[cell.index] for cell in BOARD.cells) / load_n,
            sum(cell.y_m * cells_n[cell.index] for cell in BOARD.cells) / load_n,
        )
    return Signals(t_s, cells_n, lost, load_n, cop_m, (0.25,) * 4, 0.95, 0.5, breaths_per_min=breaths)


def tick(
    lying_s: float | None,
    state: State,
    *events: t.Event,
    cells_kg: tuple[float, ...] | None = LYING_KG,
    lost: int = 0,
    goal_s: float = 600.0,
    breaths: float | None = 10.2,
    output: Output = BLUE,
    advice: StopReason | None = None,
) -> Tick:
    """A tick of a session of ten minutes; lying_s None is before it, cells_kg None before the zero."""
    t_s = 10.0 if lying_s is None else START_S + lying_s
    start_s = None if lying_s is None else START_S
    view = SessionView(state, state is not State.IDLE, 1, start_s, lying_s or 0.0, goal_s, 0, lost, advice=advice)
    heard = None if cells_kg is None else signals(t_s, cells_kg, lost, breaths)
    return Tick(t_s, heard, events, view, output)


def empty(*events: t.Event, lost: int = 0) -> Tick:
    """A tick of the empty mat."""
    return tick(None, State.IDLE, *events, cells_kg=EMPTY_KG, lost=lost, breaths=None, output=DARK)


def session(until_s: float, *more: Tick) -> list[Tick]:
    """The ticks of an ordinary session up to a lying time, then more."""
    changes = ((0.0, State.SETTLING), (60.0, State.EASING), (300.0, State.RESTING), (540.0, State.CLOSING),
               (600.0, State.DONE))  # fmt: skip
    ticks = [
        empty(t.Zeroed(1.9, 0.0, "start")),
        tick(None, State.SEATED, t.Seated(7.0), t.StageChanged(7.0, State.SEATED), cells_kg=SEATED_KG, output=BLUE),
        tick(0.0, State.SETTLING, t.Lowering(14.0), t.LyingSuspected(16.0), t.LieDown(START_S, 20.0, 392.0),
             t.Lowered(START_S, 4.9, 0.12), t.StageChanged(START_S, State.SETTLING), output=AMBER, breaths=None),
    ]  # fmt: skip
    happened: list[tuple[float, Callable[[float], t.Event]]] = [
        (19.0, lambda at_s: t.Confirmed(at_s, "breathing moves 2 N m")),
        (62.0, lambda at_s: t.Settled(at_s, 62.0)),
        (252.0, lambda at_s: t.Wiggle(at_s, 92.0, WiggleGrade.STRONG, (0, 1, 8))),
    ]
    for lying_s in range(1, int(until_s) + 1):
        state = [state for begins_s, state in changes if begins_s <= lying_s][-1]
        events: list[t.Event] = [make(START_S + at_s) for at_s, make in happened if at_s == lying_s]
        events += [t.StageChanged(START_S + at_s, new) for at_s, new in changes[1:] if at_s == lying_s]
        ticks.append(tick(float(lying_s), state, *events, output=AMBER if lying_s < 200 else BLUE))
    return [*ticks, *more]


def ended(lying_s: float, reason: Reason, how: Exit, *, moves: int = 1, **more: object) -> t.SessionEnded:
    """The end of the session."""
    summary = t.SessionSummary(
        1,
        START_S,
        START_S + lying_s,
        lying_s,
        600.0,
        reason,
        how,
        moves,
        counted=True,
        **more,  # type: ignore[arg-type]
    )
    return t.SessionEnded(START_S + lying_s + 2, summary)


def _press(lying_s: float, *more: t.Event, state: State = State.EASING) -> Tick:
    return tick(lying_s, state, t.Discomfort(START_S + lying_s, state, lying_s), *more, output=AMBER)


def _stopped(reason: StopReason) -> list[Tick]:
    advice = t.StopAdvised(START_S + 170.0, reason)
    return [
        *session(98),
        _press(100.0),
        _press(144.0),
        _press(170.0, advice),
        tick(171.0, State.EASING, output=AMBER, advice=reason),
    ]


def stories() -> Iterator[tuple[str, list[Tick]]]:
    """Yield the name and the ticks of each state; the last tick is the one that is drawn."""
    needed = int(USABLE_SHARE * len(BOARD.cells))
    too_many = (1 << len(BOARD.cells) - needed + 1) - 1
    paused = t.StageChanged(START_S + 395, State.PAUSED)
    got_up = t.GetUp(START_S + 395, START_S + 397, Exit.SAT_UP, "the load fell")
    resumed = tick(
        396.0,
        State.RESTING,
        t.LieDown(START_S + 420, START_S + 422, 390.0),
        t.StageChanged(START_S + 420, State.RESTING),
    )
    yield "empty", [empty(t.Zeroed(1.9, 0.0, "start"))]
    yield "no_zero", [tick(None, State.IDLE, cells_kg=None, output=DARK)]
    yield "seated", session(0)[:2]
    lowering = tick(None, State.LOWERING, t.Lowering(14.0), cells_kg=SEATED_KG)
    yield "lowering", [*session(0)[:2], lowering]
    yield "standing", [empty(), tick(None, State.STANDING, t.StandingStarted(9.0), cells_kg=SEATED_KG)]
    yield "settling", session(38)
    yield "easing", session(200)
    yield "resting", session(409)
    yield "closing", session(570)
    yield "done", session(624)
    yield "overtime", session(600, tick(2460.0, State.OVERTIME, t.StageChanged(START_S + 2400, State.OVERTIME)))
    rolling = tick(630.0, State.ROLLING, t.RolledAside(START_S + 630), t.StageChanged(START_S + 630, State.ROLLING))
    yield "rolling", session(624, rolling)
    yield "leaving", session(624, tick(636.0, State.LEAVING, t.StageChanged(START_S + 636, State.LEAVING)))
    yield "paused", session(394, tick(395.0, State.PAUSED, got_up, paused, cells_kg=SEATED_KG, breaths=None))
    yield "resumed", session(394, tick(395.0, State.PAUSED, got_up, paused), resumed)
    uncertain = t.StageChanged(START_S + 300, State.UNCERTAIN)
    yield "uncertain", session(299, tick(300.0, State.UNCERTAIN, t.SensorLost(START_S + 300, too_many), uncertain))
    yield "hint", session(100, tick(101.0, State.EASING, t.Hint(START_S + 101, HintKind.UNEVEN)))
    yield "stop_growing", _stopped(StopReason.GROWING)
    yield "stop_persistent", _stopped(StopReason.PERSISTENT)
    carry_on = t.CommandAccepted(START_S + 180, Command.CARRY_ON)
    yield "stop_answered", [*_stopped(StopReason.GROWING), tick(180.0, State.EASING, carry_on)]
    yield "gaps", session(361, tick(362.0, State.RESTING, lost=0b001010000))
    yield "too_few", [empty(), empty(t.SensorLost(9.0, too_many), lost=too_many)]
    got_up = t.GetUp(START_S + 636, START_S + 637, Exit.ROLLED, "the load fell")
    whole = tick(636.0, State.AFTERCARE, got_up, ended(636.0, Reason.GOAL_REACHED, Exit.ROLLED), cells_kg=EMPTY_KG)
    yield "ended", session(624, whole, empty(t.MatEmptied(START_S + 640)))
    early = ended(150.0, Reason.LEFT_EARLY, Exit.ABRUPT, moves=0)
    yield "ended_early", session(150, tick(150.0, State.AFTERCARE, early, cells_kg=EMPTY_KG))
    for reason in Reason:
        closed = tick(300.0, State.AFTERCARE, ended(300.0, reason, Exit.SAT_UP), cells_kg=EMPTY_KG)
        yield f"ended_{reason}", session(300, closed)
    stop = ended(184.0, Reason.DISCOMFORT, Exit.ROLLED, moves=0, discomforts=3, stop_advised=True)
    yield "ended_stop", [*_stopped(StopReason.GROWING), tick(184.0, State.AFTERCARE, stop, cells_kg=EMPTY_KG)]


@cache
def scenes(pacer_s: float = 6.2) -> dict[str, Scene]:
    """Return every state by its name, and the last picture of a run without a session."""
    made: dict[str, Scene] = {}
    composer = Composer(BOARD, doors=DOORS)
    for name, ticks in stories():
        follower = LiveViewMemory(BOARD)
        for one in ticks:
            follower.offer(one)
        made[name] = composer.scene(ticks[-1], follower, pacer_s)
    nobody = LiveViewMemory(BOARD)
    nobody.offer(empty(t.Zeroed(1.9, 0.0, "start")))
    made["no_session"] = composer.last(empty(), nobody)
    return made

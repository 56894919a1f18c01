"""Signals and ticks as the core would return them, for tests of what only consumes them."""

from firmware.enums import State
from firmware.events import Event
from firmware.frames import Signals
from firmware.view import DARK, SessionView, Tick


def signals(
    t_s: float = 0.0,
    load_n: float = 0.0,
    evenness: float | None = None,
    lost: int = 0,
    cop_m: tuple[float, float] | None = None,
) -> Signals:
    """Twelve cells that carry the same; the centre of pressure is set by hand."""
    return Signals(
        t_s=t_s,
        cells_n=(load_n / 12,) * 12,
        lost=lost,
        load_n=load_n,
        cop_m=cop_m,
        row_shares=(0.25,) * 4,
        evenness=evenness,
        motion=0.0,
    )


def tick(
    t_s: float = 0.0,
    state: State = State.IDLE,
    *,
    load_n: float | None = 0.0,
    events: tuple[Event, ...] = (),
    elapsed_s: float = 0.0,
    goal_s: float = 1200.0,
    evenness: float | None = None,
    lost: int = 0,
) -> Tick:
    """A tick of a session that started at 0; load_n None: the zero is not known yet."""
    idle = state is State.IDLE
    return Tick(
        t_s=t_s,
        signals=None if load_n is None else signals(t_s, load_n, evenness, lost),
        events=events,
        view=SessionView(
            state=state,
            occupied=not idle,
            number=1,
            start_s=None if idle else 0.0,
            elapsed_s=elapsed_s,
            goal_s=goal_s,
            wiggles=0,
        ),
        output=DARK,
    )

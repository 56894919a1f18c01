"""A tick as the core would give it, without a core: for those who only listen to ticks."""

from firmware.enums import State
from firmware.events import Event
from firmware.frames import Signals
from firmware.view import DARK, SessionView, Tick


def signals(t_s: float = 0.0, load_n: float = 0.0, evenness: float | None = None, lost: int = 0) -> Signals:
    """Twelve cells that carry the same."""
    return Signals(
        t_s=t_s,
        cells_n=(load_n / 12,) * 12,
        lost=lost,
        load_n=load_n,
        cop_m=None,
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
    """A moment of a session that began at 0; load_n None: the zero is not known yet."""
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

"""The last picture: how a session went, with the average load."""

from typing import TYPE_CHECKING, Final

from firmware import words
from firmware.enums import Exit, Reason
from firmware.terminal import legend
from firmware.terminal.legend import LegendKind
from firmware.terminal.scene import LabelledFact, Scene
from firmware.terminal.stage_bars import stage_bars
from firmware.words.event_lines import QUICK_S
from firmware.words.quantities import clock_text, duration_text, times_text

if TYPE_CHECKING:
    from firmware.terminal.follower import EndedSession, LiveViewMemory
    from hardware.board import Board

SUMMARY_FACTS_MAX: Final = 4
TIMES_LISTED_MAX: Final = 4
GOT_UP: Final = {Exit.ROLLED: "rolled to your side", Exit.SAT_UP: "sat up straight", Exit.ABRUPT: "quickly"}


def no_session_scene(board: "Board", known: "LiveViewMemory", doors: tuple[LabelledFact, ...]) -> Scene:
    """Return the last picture when no session was timed."""
    return Scene(
        "",
        "",
        "",
        "No session",
        words.NO_SESSION,
        words.NO_SESSION_REASON,
        (),
        legend.body_with_legend(board, (), kind=LegendKind.NOTHING),
        ended=True,
        happened=tuple(known.lines),
        doors=doors,
    )


def summary_scene(board: "Board", ended: "EndedSession", doors: tuple[LabelledFact, ...]) -> Scene:
    """Return the last picture of a session."""
    closed, session = ended.summary, ended.session
    reason = words.ENDED_AFTER_STOP if closed.stop_advised else words.ENDED[closed.reason]
    if closed.reason is Reason.END_OF_RECORDING:
        reason = words.ENDED_HERE
    rested = session.resting.cells_n
    planned = "" if closed.stop_advised else f", {duration_text(closed.goal_s)} planned"
    return Scene(
        clock_text(closed.lying_s),
        f"on the mat{planned}",
        "on the mat" if closed.stop_advised else f"of {duration_text(closed.goal_s)}",
        "Your session has ended.",
        words.STATE["aftercare"],
        reason,
        stage_bars(closed.goal_s, closed.lying_s),
        legend.body_with_legend(
            board, rested or session.lying.cells_n or (), kind=LegendKind.RESTED if rested else LegendKind.LAY
        ),
        short_stage="Ended",
        ended=True,
        facts=tuple(_facts(ended))[:SUMMARY_FACTS_MAX],
        doors=doors,
    )


def _facts(ended: "EndedSession") -> list[LabelledFact]:
    closed, session = ended.summary, ended.session
    facts = []
    if session.hurt_s:
        at = ", ".join(clock_text(seconds) for seconds in session.hurt_s[:TIMES_LISTED_MAX])
        facts.append(LabelledFact("It hurt", f"{times_text(closed.discomforts)}: {at}", times_text(closed.discomforts)))
    if closed.eased_s is not None:
        facts.append(LabelledFact("Felt easier", f"after {duration_text(closed.eased_s)}"))
    elif not closed.stop_advised:
        facts.append(LabelledFact("Felt easier", "not marked (press the key twice)", "not marked"))
    if session.lowering_s is not None and session.lowering_s < QUICK_S:
        facts.append(LabelledFact("Came down", f"quickly, in {session.lowering_s:.1f} s"))
    moved = times_text(session.moves)
    if session.moves == 1:
        moved += f", at {clock_text(session.moved_s[0])}"
    facts.append(LabelledFact("Moved", moved))
    if closed.exit is not Exit.UNKNOWN:
        praise = ": the gentle way" if closed.exit is Exit.ROLLED and not closed.stop_advised else ""
        how = GOT_UP[closed.exit]
        facts.append(LabelledFact("Got up", how + praise, how))
    if closed.stop_advised:
        facts.append(LabelledFact("Next", "the programme rests for a day", "rest for a day"))
    elif session.breaths_per_min is not None:
        rate = f"about {session.breaths_per_min:.0f} a minute"
        facts.append(LabelledFact("Breath", f"{rate} at the end", rate))
    return facts

"""From a tick and what is remembered to one picture: the words and values of every state."""

import math
from typing import TYPE_CHECKING, Final

from firmware import words
from firmware.cues.table import ShownCondition, shipped_cue_table
from firmware.enums import State
from firmware.signal.health import USABLE_SHARE
from firmware.signal.sides import right_share
from firmware.terminal import lamp, legend
from firmware.terminal.follower import LYING_STATES, MOVEMENT_BUCKETS
from firmware.terminal.legend import LegendKind
from firmware.terminal.scene import LabelledFact, PacerDots, Scene, ShownLamp
from firmware.terminal.stage_bars import stage_bars
from firmware.terminal.summary import no_session_scene, summary_scene
from firmware.words.event_lines import set_bits
from firmware.words.guidance import guidance, guidance_reason
from firmware.words.quantities import clock_text, duration_text, joined_names, kilograms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firmware.cues.table import CueTable
    from firmware.enums import StopReason
    from firmware.frames import Signals
    from firmware.terminal.follower import LiveViewMemory
    from firmware.view import Fault, SessionView, Tick
    from hardware.board import Board

PACED_STATES: Final = (State.SETTLING, State.EASING, State.RESTING)
BREATHE_IN_S, PACER_DOTS = 4, 10  # of the pacer: seconds in, and in and out
LEAST_SECONDS_AGO: Final = 2.0  # the words are in the plural


class Composer:
    """Makes pictures for one board and one cue table. doors are commands to show below a summary."""

    def __init__(self, board: "Board", cues: "CueTable | None" = None, doors: "Sequence[LabelledFact]" = ()) -> None:
        self._board, self._cues = board, cues or shipped_cue_table()
        self._doors = tuple(doors)
        self._names = tuple(cell.name for cell in board.cells)
        self._needed = math.ceil(USABLE_SHARE * len(board.cells))

    def last(self, tick: "Tick", known: "LiveViewMemory") -> Scene:
        """Return the picture that stays when the program ends: a summary wherever there is something to sum up."""
        if known.ended is not None:
            return summary_scene(self._board, known.ended, self._doors)
        return self.scene(tick, known) if known.counted else no_session_scene(self._board, known, self._doors)

    def scene(self, tick: "Tick", known: "LiveViewMemory", pacer_s: float | None = None) -> Scene:
        """Return the picture of a tick."""
        if known.ended is not None:
            return summary_scene(self._board, known.ended, self._doors)
        view, signals = tick.view, tick.signals
        if signals is None:
            return self._no_zero(tick, known)
        if known.too_few and view.start_s is None:
            return self._not_ready(tick, known)
        stop = () if view.advice is None else self._stop(view.advice)
        sentence, reason = self._guidance(tick, known)
        figures, caption, short_caption = _figures(view)
        return Scene(
            figures,
            caption,
            short_caption,
            words.STAGE[view.state],
            sentence,
            reason,
            stage_bars(view.goal_s, view.elapsed_s if view.start_s is not None else None),
            legend.body_with_legend(self._board, signals.cells_n, view.lost, signals.cop_m),
            short_stage=words.STAGE_SHORT.get(view.state, ""),
            under=self._under(view, known, tick.t_s),
            pacer=None if stop else self._pacer(view.state, pacer_s, tick, known),
            stop=stop,
            lamp=self._lamp(tick, known),
            facts=(LabelledFact("Breath", *_breath(tick, known)), LabelledFact("Load", *_load(view, signals))),
            sides=None if view.lost else right_share(self._board, signals),
            movement=tuple(known.movement),
            marks=tuple(place for mark in known.marks if (place := MOVEMENT_BUCKETS - 1 - known.bucket + mark) >= 0),
            note=self._note(tick),
            happened=tuple(known.lines),
        )

    # --- states ---------------------------------------------------------------------------------
    def _no_zero(self, tick: "Tick", known: "LiveViewMemory") -> Scene:
        return Scene(
            "", "", "", "Getting ready", words.NO_ZERO, words.NO_ZERO_REASON,
            stage_bars(tick.view.goal_s, None),
            legend.body_with_legend(self._board, None, tick.view.lost, kind=LegendKind.NO_ZERO),
            lamp=self._lamp(tick, known),
            facts=(
                LabelledFact("Breath", "not known before the zero"),
                LabelledFact("Load", "not known before the zero"),
            ),
            happened=tuple(known.lines),
        )  # fmt: skip

    def _not_ready(self, tick: "Tick", known: "LiveViewMemory") -> Scene:
        cells = len(self._names)
        answering = cells - tick.view.lost.bit_count()
        loads_n = () if tick.signals is None else tick.signals.cells_n
        reason = words.TOO_FEW_REASON.format(answering=answering, cells=cells, needed=self._needed)
        return Scene(
            "", "", "", "Not ready", words.TOO_FEW, reason,
            stage_bars(tick.view.goal_s, None),
            legend.body_with_legend(self._board, loads_n, tick.view.lost, kind=LegendKind.TOO_FEW),
            lamp=self._lamp(tick, known),
            facts=(LabelledFact("Breath", "not known"), LabelledFact("Load", "not known")),
            happened=tuple(known.lines),
        )  # fmt: skip

    def _guidance(self, tick: "Tick", known: "LiveViewMemory") -> tuple[str, str]:
        hint = known.hint_now(tick.t_s)
        sentence = guidance(tick.view) if hint is None else words.HINT[hint]
        reason = guidance_reason(tick.view) or words.REASON.get(tick.view.state, "")
        return sentence, reason.format(ago_s=max(known.paused_s(tick.t_s), LEAST_SECONDS_AGO))

    @staticmethod
    def _stop(why: "StopReason") -> tuple[str, ...]:
        first, _, rest = words.STOP[why].partition(". ")
        return f"{first}.", rest, words.STOP_HOW, words.STOP_END

    def _under(self, view: "SessionView", known: "LiveViewMemory", t_s: float) -> str:
        if view.state is not State.PAUSED:
            return ""
        return f"{max(0.0, known.resume_s - known.paused_s(t_s)):.0f} s to lie back"

    def _pacer(self, state: State, pacer_s: float | None, tick: "Tick", known: "LiveViewMemory") -> PacerDots | None:
        if pacer_s is None or state not in PACED_STATES:
            return None
        fade_s = self._cues.state[state].fade_s
        if fade_s and tick.t_s - known.state_since_s >= fade_s:
            return None
        return PacerDots("Breathe in" if pacer_s < BREATHE_IN_S else "Breathe out", min(int(pacer_s) + 1, PACER_DOTS))

    def _lamp(self, tick: "Tick", known: "LiveViewMemory") -> ShownLamp:
        state = tick.view.state
        if tick.view.advice is not None:
            cue = self._cues.condition[ShownCondition.STOP_ADVISED]
        elif known.too_few and state is State.IDLE:
            cue = self._cues.condition[ShownCondition.FAULT]
        else:
            cue = self._cues.state[state]
        text = cue.words or f"{cue.colour}, {cue.pattern}"
        if cue.fade_s and tick.t_s - known.state_since_s >= cue.fade_s:
            text = words.LIGHT_OFF
        return lamp.perceived_lamp(tick.output, text)

    def _note(self, tick: "Tick") -> tuple[str, str] | None:
        if not tick.view.lost:
            return _fault_note(tick.faults)
        cells = [self._names[number] for number in set_bits(tick.view.lost)]
        return words.DO_NOT_ANSWER[len(cells) == 1].format(cells=joined_names(cells)), words.STILL_RIGHT


def _fault_note(faults: "tuple[Fault, ...]") -> tuple[str, str] | None:
    if not faults:
        return None
    names = list(dict.fromkeys(fault.name for fault in faults))
    return words.NOT_IN_ORDER.format(parts=joined_names(names)), words.NOT_IN_ORDER_HELP


def _figures(view: "SessionView") -> tuple[str, str, str]:
    """Return the time, what it is, and that for a narrow terminal."""
    goal = duration_text(view.goal_s)
    if view.start_s is None:
        return clock_text(view.goal_s), "goal for today", "goal for today"
    if view.elapsed_s >= view.goal_s:
        return (
            f"+{clock_text(view.elapsed_s - view.goal_s)}",
            f"past your {goal.replace('min', 'minutes')}",
            f"past {goal}",
        )
    return clock_text(math.ceil(view.goal_s - view.elapsed_s)), f"left of {goal}", f"left of {goal}"


WHY_BREATH_UNKNOWN: Final = {
    State.IDLE: "nobody on the mat",
    State.AFTERCARE: "nobody on the mat",
    State.STANDING: "not known while you stand",
    State.SEATED: "not known while you sit",
    State.LOWERING: "not known while you sit",
    State.PAUSED: "not known while you sit",
}


def _breath(tick: "Tick", known: "LiveViewMemory") -> tuple[str, str]:
    """Return the breathing rate in words, and a short form."""
    state = tick.view.state
    rate = known.breath(tick.t_s)
    if state in WHY_BREATH_UNKNOWN:
        return WHY_BREATH_UNKNOWN[state], ""
    if state in LYING_STATES and rate is not None:
        return f"about {rate:.0f} a minute", ""
    if state not in LYING_STATES or (tick.signals is not None and tick.signals.moving):
        return "not known: you move", ""
    return "not known yet: needs 30 s of lying still", "not known yet"


def _load(view: "SessionView", signals: "Signals") -> tuple[str, str]:
    """Return the load in words, and a short form."""
    load_kg = f"{max(kilograms(signals.load_n), 0.0):.1f} kg"
    if view.lost:
        return f"at least {load_kg}", ""
    if view.state in (State.SEATED, State.PAUSED, State.LEAVING):
        return f"{load_kg}, as you sit", ""
    if view.state is State.STANDING:
        return f"{load_kg}, as you stand", ""
    return (f"{load_kg} of you are on the mat", load_kg) if view.start_s is not None else (load_kg, "")

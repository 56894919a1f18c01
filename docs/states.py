"""The session machine as a diagram and as a table, from firmware.session.transitions.TABLE."""

import re
from itertools import pairwise

from firmware.enums import State
from firmware.session.stages import StageSettings, stage_schedule
from firmware.session.transitions import LYING, NEXT, STAGE, STAGES, TABLE, MachineInput

STAYS, CANNOT = "stays", ""
SHORT: dict[str, str] = {STAGE: "*its stage*", NEXT: "*next stage*"}
GROUPS = {"lying": LYING, "stages": STAGES}  # the larger one first; a transition of the whole group is drawn once
IN_ORDER = tuple(state for state in State if any(known is state for known, _ in TABLE))
SCHEDULE = tuple(stage.state for stage in stage_schedule(StageSettings()))


def state_table() -> str:
    """Return the whole table in Markdown. An empty field is an input that cannot occur in that state."""
    inputs = tuple(on for on in MachineInput if any(known is on for _, known in TABLE))
    lines = [f"| | {' | '.join(inputs)} |", "|---" * (len(inputs) + 1) + "|"]
    lines += [f"| **{state}** | {' | '.join(_field(state, on) for on in inputs)} |" for state in IN_ORDER]
    return "\n".join(lines)


def _field(state: State, on: MachineInput) -> str:
    to = TABLE.get((state, on), CANNOT)
    return STAYS if to == state else SHORT.get(to, str(to))


def state_diagram() -> str:
    """Return the table as a Mermaid diagram. A transition to the same state is not drawn."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, on), to in TABLE.items():
        for there in () if to == state else _targets(state, to):
            words = arrows.setdefault((_from(state, on, to), there), [])
            if on not in words:
                words.append(on)
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> idle", "    state lying {", "        state stages {"]
    lines += [f"            {state}" for state in STAGES]
    lines += ["        }", *(f"        {state}" for state in LYING if state not in STAGES), "    }"]
    lines += [f"    {here} --> {there} : {', '.join(words)}" for (here, there), words in arrows.items()]
    return "\n".join([*lines, "```"])


def _from(state: State, on: MachineInput, to: State | str) -> str:
    """Return the largest group whose states all have this transition, or else the state itself."""
    if to == NEXT:
        return str(state)
    for name, group in GROUPS.items():
        if state in group and all(TABLE.get((one, on)) == to for one in group):
            return name
    return str(state)


def _targets(state: State, to: State | str) -> tuple[str, ...]:
    """Return the targets of a field of the table; a field in words has each state that it names."""
    if to == STAGE:
        return ("lying",)
    if to == NEXT:
        return tuple(str(there) for here, there in pairwise(SCHEDULE) if here is state)
    return tuple(str(one) for one in State if re.search(rf"\b{one}\b", to))

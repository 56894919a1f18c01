"""Our presence beside that of six other projects, on the very same loads: on, off, wiggles, bad readings, drift."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from hardware.board import STANDARD_GRAVITY
from sim.people.body import Body
from sim.sensors.cell_model import CellModel
from tests.bench.peers import COUNTS_PER_KG, PEERS, changes
from tests.bench.report import Row, row
from tests.bench.runs import Effort, FunctionStory, Run, rng_of

if TYPE_CHECKING:
    from sim.people.script import VisitScript

SECTION: Final = 9
OURS: Final = "acumat"
BODY: Final = Body(mass_kg=92.0)  # 48 kg of it on the mat
EMPTY_S, LIE_S, LOWER_S, RISE_S, AFTER_S = 30.0, 60.0, 3.0, 2.0, 60.0
WIGGLES: Final = 6
STILL_S: Final = 600.0
NEAR_S: Final = 20.0  # after somebody came or went a rule may still be making up its mind
BAD: Final = (0.01, 0.05)
DRIFTS_KG_PER_H: Final = (7.5, 10.0)
PEER_HOURS: Final = 8.0
NOISE_KG: Final = 0.02
NEVER: Final = 999.0

Changes = Sequence[tuple[float, bool]]
FIGURES: Final = (
    ("on", "s", "<= 1.0", "after the start of lowering, median"),
    ("off", "s", "<= 1.5", "after the start of rising, median"),
    ("off in wiggles", "times", "== 0", f"in {WIGGLES} wiggles that unload 40-75 % for 1-5 s, mean of all traces"),
    ("flips, 1 % bad", "per 20 min", "== 0", "10 minutes empty, 10 lying still"),
    ("flips, 5 % bad", "per 20 min", "== 0", "10 minutes empty, 10 lying still"),
    ("false, 7.5 kg/h", "times", "== 0", "empty mat, drifting"),
    ("false, 10 kg/h", "times", "== 0", "empty mat, drifting"),
)


@dataclass(slots=True)
class Traits:
    """Figures of one rule, a list for each line of FIGURES."""

    figures: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name, *_ in FIGURES})


def visit(script: "VisitScript") -> None:
    """Come and lie within three seconds, wiggle hard six times, leave within two."""
    poses, lower = script.poses, LOWER_S
    script.stay(EMPTY_S)
    script.lie(lambda: script.move(lower, poses.propped(), poses.half_down(), script.lying_pose()))
    script.stay(LIE_S)
    for _ in range(WIGGLES):
        lying, light = script.pose, 1 - float(script.rng.uniform(0.4, 0.75))
        seconds = float(script.rng.uniform(1, 5))
        script.move(0.3, lying * light)
        script.stay(seconds - 0.6)
        script.move(0.3, lying)
        script.stay(25)
    script.get_up("abrupt", lambda: script.move(RISE_S, poses.nobody()))
    script.stay(AFTER_S)


def still(script: "VisitScript") -> None:
    """Leave the mat alone, then lie still on it."""
    script.stay(STILL_S)
    script.lie(lambda: script.move(LOWER_S, script.lying_pose()))
    script.stay(STILL_S)


def ours(run: Run) -> Changes:
    """Return when the occupancy on a dashboard changes."""
    said, found = False, []
    for tick in run.ticks():
        if tick.view.occupied != said:
            said = tick.view.occupied
            found.append((tick.t_s + run.first_s, said))
    return found


def theirs(run: Run, name: str, bad: float, rng: np.random.Generator, drift_kg_per_h: float = 0.0) -> Changes:
    """Return when a rule changes its result on the same load, read by one converter."""
    scene = run.bench.scene
    zero = float(rng.uniform(-500_000, 500_000))
    grid_s = np.arange(0, scene.length_s, 0.05)
    load_kg = scene.load_n(grid_s).sum(axis=1) / STANDARD_GRAVITY

    def reading_kg(t_s: float) -> float:
        true_kg = load_kg[min(int(t_s / 0.05), len(load_kg) - 1)] + drift_kg_per_h * t_s / 3600
        return seen_kg(float(true_kg), zero, bad, rng)

    return list(changes(PEERS[name](), reading_kg, scene.length_s))


def seen_kg(true_kg: float, zero: float, bad: float, rng: np.random.Generator) -> float:
    """Read a load once: noise, and with the probability bad one of the wrong codes of a broken read."""
    code = round(zero + (true_kg + float(rng.normal(0, NOISE_KG))) * COUNTS_PER_KG)
    if bad and rng.random() < bad:
        wrong = ((1 << int(rng.integers(12, 24))) - 1, 0, code >> 1, code << 1)
        code = wrong[int(rng.integers(len(wrong)))]
    return (min(max(code, -(1 << 23)), (1 << 23) - 1) - zero) / COUNTS_PER_KG


def judge_visit(found: Changes, run: Run, traits: Traits) -> None:
    """Take the changes of a rule in a visit apart."""
    rise_s = run.bench.scene.length_s - AFTER_S - RISE_S
    ons = [t_s for t_s, said in found if said and t_s > EMPTY_S]
    offs = [t_s for t_s, said in found if not said]
    figures = traits.figures
    figures["on"].append(ons[0] - EMPTY_S if ons and ons[0] < EMPTY_S + LIE_S else NEVER)
    figures["off"].append(next((t_s - rise_s for t_s in offs if t_s > rise_s), NEVER))
    figures["off in wiggles"].append(sum(EMPTY_S + LIE_S < t_s <= rise_s for t_s in offs))


def judge_still(found: Changes) -> int:
    """Count the changes that have no cause."""
    return sum(not STILL_S <= t_s <= STILL_S + NEAR_S for t_s, _ in found)


def study(effort: Effort, seed: int) -> dict[str, Traits]:
    """Play the same traces to all."""
    traits = {name: Traits() for name in (OURS, *PEERS)}
    rng = rng_of(seed, SECTION)
    for number in range(effort.peer_traces):
        run = Run.of(FunctionStory(title="visit", body=BODY, write=visit), seed + number)
        judge_visit(ours(run), run, traits[OURS])
        for name in PEERS:
            judge_visit(theirs(run, name, 0.0, rng), run, traits[name])
    for bad in BAD:
        for number in range(max(1, effort.peer_traces // 2)):
            still_story = FunctionStory(title="still", body=BODY, cells=CellModel(glitch_share=bad), write=still)
            run = Run.of(still_story, seed + number)
            _note(traits, f"flips, {100 * bad:.0f} % bad", run, partial(theirs, bad=bad, rng=rng), judge_still)
    for drift in DRIFTS_KG_PER_H:
        drift_story = drifting(drift, effort.drift_hours)
        traits[OURS].figures[f"false, {drift:g} kg/h"].append(len(ours(Run.of(drift_story, seed, rate_hz=10.0))))
        short = Run.of(drifting(drift, min(PEER_HOURS, effort.drift_hours)), seed)
        for name in PEERS:
            found = theirs(short, name, 0.0, rng, drift)
            traits[name].figures[f"false, {drift:g} kg/h"].append(len(found))
    return traits


def drifting(kg_per_h: float, hours: float) -> FunctionStory:
    """Leave a mat alone whose cells drift together."""
    cells = CellModel(drift_n_per_h=kg_per_h * STANDARD_GRAVITY / 12, drift_spread_n_per_h=0.2)
    return FunctionStory(title="drift", cells=cells, write=lambda script: script.stay(3600 * hours))


def _note(
    traits: dict[str, Traits],
    figure: str,
    run: Run,
    play: "Callable[[Run, str], Changes]",
    judge: "Callable[[Changes], int]",
) -> None:
    traits[OURS].figures[figure].append(judge(ours(run)))
    for name in PEERS:
        traits[name].figures[figure].append(judge(play(run, name)))


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield our rows with bounds, then theirs for comparison."""
    studied = study(effort, seed)
    offs = studied[OURS].figures["off"]
    how = "after the start of rising"
    yield row(f"{OURS}: off, worst", max(offs), "s", "<= 1.7", n=len(offs), label="simulated", how=how)
    for name, traits in studied.items():
        for figure, unit, bound, how in FIGURES:
            values = traits.figures[figure]
            value = median(values) if unit == "s" else sum(values) / len(values)
            hours = effort.drift_hours if name == OURS else min(PEER_HOURS, effort.drift_hours)
            details = f"{how}, {hours:g} h" if "kg/h" in figure else how
            shown = bound if name == OURS else ""
            yield row(f"{name}: {figure}", value, unit, shown, n=len(values), label="simulated", how=details)


def table(rows: "Sequence[Row]") -> str:
    """Return the same figures side by side."""
    figures = {(name, figure): one for one in rows for name, _, figure in [one.name.partition(": ")]}
    if (OURS, "on") not in figures:
        return ""
    heads = [f"{name} ({unit})" for name, unit, *_ in FIGURES]
    lines = [
        "",
        "Presence beside others, simulated, on the very same loads. Their rules are reimplemented from what they",
        "publish (`tests/bench/peers.py`), each with one converter for the whole load; 999 s is never.",
        "",
        f"| rule | {' | '.join(heads)} |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for name in (OURS, *PEERS):
        values = [figures[name, figure].value for figure, *_ in FIGURES]
        lines.append(f"| {name} | {' | '.join(f'{value:.3g}' for value in values)} |")
    return "\n".join([*lines, ""])

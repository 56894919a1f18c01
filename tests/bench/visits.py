"""Comings and goings of many people and poses, hop by hop: times, second sessions, sitters, light people, episodes."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.events import EndCorrected, GetUp, LieDown, SessionEnded, StartCorrected
from firmware.posture.occupancy import OccupancySettings
from sim.people.acts import Act, Leave, Lie, Lower, Roll, Sit, SitUp, Wait
from sim.people.body import Body
from sim.people.story import Story
from sim.people.vitals import Vitals
from tests.bench import recordings
from tests.bench.hop_runs import HopRun
from tests.bench.report import Row, row
from tests.bench.runs import Effort, FunctionStory, percentile, rng_of

if TYPE_CHECKING:
    from firmware.events import Event
    from sim.people.script import VisitScript
    from sim.sensors.tiles import Newtons

SECTION: Final = 14
OCCUPIED_N: Final = OccupancySettings().occupied_n
NEAR_S: Final = 10.0  # an event further from the truth belongs to something else
NEVER_S: Final = 99.0
EPISODES: Final = recordings.DATA / "bed_adl_timeline" / "bed_adl_dev.csv"
DRAWN: Final = "38-150 kg, hips on or off, centred or 8 cm off, floor or bed, a wiggle a minute; hop by hop"


def drawn(rng: np.random.Generator, least_kg: float = 38.0, most_kg: float = 150.0) -> dict[str, Body | Vitals]:
    """Return a body and its vitals."""
    body = Body(
        mass_kg=float(rng.uniform(least_kg, most_kg)),
        hips_on=bool(rng.random() < 0.5),
        knees_up=bool(rng.random() < 0.3),
        offset_m=float(rng.choice([-0.08, 0.0, 0.08])),
        surface="bed" if rng.random() < 0.3 else "floor",
    )
    breath_n = float(rng.uniform(1, 6))
    return {
        "body": body,
        "vitals": Vitals(breaths_per_min=float(rng.uniform(6, 16)), breath_n=breath_n, wiggles_per_min=1.0),
    }


def ways_up(rng: np.random.Generator, seconds: float) -> list[Act]:
    """Return one of three ways of getting up, so slow."""
    half_s = max(0.5, seconds / 2)
    ways: dict[str, list[Act]] = {
        "roll": [Roll(seconds=half_s), Leave(seconds=half_s)],
        "straight": [Leave(seconds=seconds)],
        "sat_up": [SitUp(seconds=seconds + 3, rise_s=seconds), Leave(seconds=1.2)],
    }
    return ways[str(rng.choice(list(ways)))]


def coming(rng: np.random.Generator) -> Story:
    """Draw a visit: sits of 0.3 to 60 s, lowering of 0.8 to 10 s, getting up of 0.5 to 10 s."""
    sit_s = 1.2 + float(np.exp(rng.uniform(np.log(0.3), np.log(60))))
    down = [Sit(seconds=sit_s), Lower(seconds=float(rng.uniform(0.8, 10)))]
    up = ways_up(rng, float(rng.uniform(0.5, 10)))
    acts = (Wait(seconds=5), *down, Lie(seconds=30), *up, Wait(seconds=15))
    return Story(title="coming", acts=acts, **drawn(rng))  # type: ignore[arg-type]


def lowering(rng: np.random.Generator) -> Story:
    """Draw a person who lowers over 30 to 90 s."""
    acts = (Wait(seconds=5), Sit(seconds=5), Lower(seconds=float(rng.uniform(30, 90))), Lie(seconds=75), Leave())
    return Story(title="slow", acts=(*acts, Wait(seconds=5)), **drawn(rng))  # type: ignore[arg-type]


def again(rng: np.random.Generator) -> Story:
    """Draw a person who sits up for longer than the grace time and lies down again."""
    first = (Wait(seconds=5), Sit(seconds=4), Lower(seconds=4), Lie(seconds=90))
    second = (SitUp(seconds=float(rng.uniform(60, 200))), Lower(seconds=4), Lie(seconds=90))
    acts = (*first, *second, Leave(), Wait(seconds=60))
    return Story(title="again", acts=acts, **drawn(rng, 45))  # type: ignore[arg-type]


def lying(rng: np.random.Generator, least_kg: float, most_kg: float, *, hips_on: bool | None) -> Story:
    """Draw a person who sits and lies; hips_on None is drawn too."""
    chosen = drawn(rng, least_kg, most_kg)
    body = chosen["body"]
    if hips_on is not None and isinstance(body, Body):
        chosen["body"] = Body(body.mass_kg, hips_on=hips_on, offset_m=body.offset_m, surface=body.surface)
    acts = (Wait(seconds=4), Sit(seconds=float(rng.uniform(2, 8))), Lower(seconds=float(rng.uniform(2, 6))))
    return Story(title="light", acts=(*acts, Lie(seconds=20)), **chosen)  # type: ignore[arg-type]


@dataclass(slots=True)
class Times:
    """Seconds off, a figure for each visit, corrections taken; seconds with the right occupancy."""

    start_s: list[float] = field(default_factory=list)
    end_s: list[float] = field(default_factory=list)
    right: int = 0
    hops: int = 0

    def note(self, run: HopRun) -> None:
        """Play a visit with one time of lying."""
        events = list(self.occupied(run))
        (true,) = run.truth.lyings
        starts, ends = starts_s(events), ends_s(events)
        self.start_s.append(min((abs(at_s - true.start_s) for at_s in starts), default=NEVER_S))
        self.end_s.append(min((abs(at_s - true.end_s) for at_s in ends), default=NEVER_S))

    def occupied(self, run: HopRun) -> "Iterator[Event]":
        """Yield the events, and count the hops in which occupied is what the true load is."""
        hops_s = np.arange(1, int(run.scene.length_s * 10) + 1) / 10
        true = (run.scene.load_n(hops_s).sum(axis=1) >= OCCUPIED_N).tolist()
        for there, (_, occupied, events) in zip(true, run.play(), strict=False):
            self.hops += 1
            self.right += there == occupied
            yield from events

    def rows(self, name: str, how: str, worst_s: float | None) -> Iterator[Row]:
        """Yield the p95 of both ends, and the share within a second."""
        for what, off_s in (("start", self.start_s), ("end", self.end_s)):
            if worst_s is not None or what == "start":
                bound = "<= 0.3" if worst_s is not None else "<= 1"
                title, n = f"{what} of lying, p95 error, {name}", len(off_s)
                detail = f"{how}; worst {max(off_s):.2f} s (99 s: not found)"
                yield row(title, percentile(off_s, 95), "s", bound, n=n, label="simulated", how=detail)
            if worst_s is not None:
                within = 100 * sum(one_s <= worst_s for one_s in off_s) / len(off_s)
                title = f"{what} of lying within {worst_s:g} s, {name}"
                yield row(title, within, "%", ">= 99", n=len(off_s), label="simulated", how=how)

    def occupied_row(self, name: str, how: str, bound: str) -> Row:
        """Return the row of the occupancy."""
        share, seconds = 100 * self.right / self.hops, self.hops // 10
        return row(f"occupied right, {name}", share, "% of seconds", bound, n=seconds, label="simulated", how=how)


def starts_s(events: "Iterable[Event]") -> list[float]:
    """Return when lying started, each as it was corrected last."""
    found: list[float] = []
    for event in events:
        if isinstance(event, LieDown):
            found.append(event.t_s)
        elif isinstance(event, StartCorrected):
            found[-1] = event.start_s
    return found


def ends_s(events: "Iterable[Event]") -> list[float]:
    """Return when lying ended, each as it was corrected last."""
    found: list[float] = []
    for event in events:
        if isinstance(event, GetUp):
            found.append(event.t_s)
        elif isinstance(event, EndCorrected):
            found[-1] = event.end_s
    return found


def seated(script: "VisitScript", kind: str) -> "list[Newtons]":
    """Return the poses, one after the other, of a person who never lies."""
    poses = script.poses
    flipped = poses.seated().reshape(4, 3)[::-1].ravel()
    return {
        "cross-legged": [poses.cross_legged(0.30)],
        "on a cushion": [poses.cross_legged(0.20)],
        "two sitters": [poses.seated(), poses.seated() + 0.9 * flipped],
        "kneeling": [poses.kneeling()],
        "on all fours": [poses.on_all_fours()],
    }[kind]


KINDS: Final = ("cross-legged", "on a cushion", "two sitters", "kneeling", "on all fours")


def sitting(kind: str, seconds: float, sway_n: float) -> Callable[["VisitScript"], None]:
    """Return a visit of a person who sits or kneels."""

    def write(script: "VisitScript") -> None:
        script.stay(5)
        for pose in seated(script, kind):
            script.move(1.5, pose)
            start_s = script.now_s
            script.stay(seconds)
            script.sway(start_s, script.now_s, sway_n, 0.8)
        script.move(1.2, script.poses.nobody())
        script.stay(5)

    return write


def sitters(effort: Effort, rng: np.random.Generator, seed: int) -> Iterator[Row]:
    """Yield how many of them are taken for lying, and how many are counted as a session."""
    provisional: dict[str, int] = defaultdict(int)
    counted = n = 0
    for number in range(effort.sitters):
        for kind in KINDS:
            body = Body(mass_kg=float(rng.uniform(45, 110)))
            write = sitting(kind, float(rng.uniform(60, 120)), float(rng.uniform(0.5, 4)))
            events = [
                event
                for _, event in HopRun.of(FunctionStory(title=kind, body=body, write=write), seed + number).heard()
            ]
            provisional[kind] += any(isinstance(event, LieDown) for event in events)
            counted += any(isinstance(event, SessionEnded) and event.summary.counted for event in events)
            n += 1
    how = "cross-legged in the middle and on a cushion, two sitters, kneeling, on all fours; sway 0.5-4 N, 45-110 kg"
    yield row("sitters and kneelers counted as a session", counted, "visits", "== 0", n=n, label="simulated", how=how)
    share = 100 * sum(provisional.values()) / n
    kinds = ", ".join(f"{kind} {provisional[kind]}" for kind in KINDS)
    detail = f"provisional by kind: {kinds}"
    yield row("sitters and kneelers, provisional lying", share, "%", "<= 5", n=n, label="simulated", how=detail)


def found(stories: Iterable[Story], seed: int) -> tuple[int, int]:
    """Return how many people were found lying, and of how many."""
    heard = [HopRun.of(story, seed + number).heard() for number, story in enumerate(stories)]
    return sum(any(isinstance(event, LieDown) for _, event in one) for one in heard), len(heard)


def episodes(effort: Effort, rng: np.random.Generator, seed: int) -> Iterator[Row]:
    """Yield the occupancy of labelled episodes of real people on a bed: sit, lie, leave in their order and timing."""
    trials: dict[str, list[tuple[str, float]]] = defaultdict(list)
    with EPISODES.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            seconds = float(line["t_end_s"]) - float(line["t_start_s"])
            trials[f"{line['room']} {line['trial']}"].append((line["label"], seconds))
    times = Times()
    for name in rng.permutation(sorted(trials))[: effort.episodes]:
        story = FunctionStory(title=name, write=episode(trials[name]), **drawn(rng, 45, 120))  # type: ignore[arg-type]
        for _ in times.occupied(HopRun.of(story, seed)):
            pass
    yield times.occupied_row("labelled episodes", "order and timing of real people, loads simulated", ">= 99.5")


def episode(labels: "Sequence[tuple[str, float]]") -> Callable[["VisitScript"], None]:
    """Return the visit of a trial."""

    def write(script: "VisitScript") -> None:
        script.stay(5)
        for label, seconds in labels:
            start_s = script.now_s
            if label == "lying":
                Lower(seconds=min(4.0, seconds / 2)).play(script)
                Lie(seconds=max(0.5, seconds - (script.now_s - start_s))).play(script)
            elif label == "sit_on_bed" and script.lying:
                SitUp(seconds=max(2.5, seconds)).play(script)
            elif label == "sit_on_bed":
                Sit(seconds=max(1.5, seconds)).play(script)
            else:
                Leave(seconds=min(1.6, seconds / 2)).play(script)
                script.stay(seconds - (script.now_s - start_s))
        Leave().play(script)
        script.stay(5)

    return write


def rows(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield the rows of all of them."""
    rng = rng_of(seed, SECTION)
    times = Times()
    for number in range(effort.comings):
        times.note(HopRun.of(coming(rng), seed + number))
    how = f"sits of 0.3-60 s, lowering of 0.8-10 s, getting up of 0.5-10 s; {DRAWN}"
    yield from times.rows("comings and goings", how, 1.0)
    short = "visits of a minute or two, against a true load of 10 kg and more"
    yield times.occupied_row("comings and goings", short, "")
    slow = Times()
    for number in range(effort.slow):
        slow.note(HopRun.of(lowering(rng), seed + number))
    yield from slow.rows("lowering over 30-90 s", DRAWN, None)
    confirmed = 0
    for number in range(effort.slow):
        events = HopRun.of(again(rng), seed + number).heard()
        confirmed += sum(isinstance(one, SessionEnded) and one.summary.counted for _, one in events) == 2
    how = f"sits up for 60-200 s, lies for 90 s again; {DRAWN}"
    title = "second sessions confirmed and counted"
    yield row(title, 100 * confirmed / effort.slow, "%", ">= 100", n=effort.slow, label="simulated", how=how)
    yield from sitters(effort, rng, seed)
    lay, n = found([lying(rng, 38, 150, hips_on=None) for _ in range(effort.comings)], seed)
    yield row("lying found, 38-150 kg", 100 * lay / n, "%", ">= 100", n=n, label="simulated", how=DRAWN)
    lay, n = found([lying(rng, 30, 38, hips_on=False) for _ in range(effort.slow)], seed)
    yield row("lying found, 30-38 kg, hips off", 100 * lay / n, "%", ">= 95", n=n, label="simulated", how=DRAWN)
    if recordings.present():
        yield from episodes(effort, rng, seed)

"""Breathing on semi-real recordings: real lying people, real belts, one newton; and when to say nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.people.acts import Lie, Lower, Sit, Wait
from sim.people.story import Story
from sim.people.vitals import Vitals
from tests.bench.recordings import DATA, PEOPLE, Recorded, make
from tests.bench.report import Row, row
from tests.bench.runs import Effort, Run, percentile, rng_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sim.sensors.noise import Floats

SECTION, SIMULATED_SECTION = 6, 10
DEPTHS_N: Final = (1.0, 3.0, 6.0)
FIRST_S: Final = 80.0  # by then the window of the meter holds nothing but lying
WINDOW_S: Final = 60.0
EVERY_S: Final = 30.0
BELT_HZ: Final = 20.0
LINES: Final = 32_768  # of the transform of a belt
AGREES_PER_MIN: Final = 1.0
LATE_S: Final = 15.0  # the answers of the last seconds of a window speak of it
ANSWERED: Final = "Answered: a rate stood for at least half of the last 15 s, with a reference or without"


@dataclass(slots=True)
class Windows:
    """Breaths a minute: how far off in each window answered; how many windows with a reference and without.

    A window, with a reference or without, is answered when a rate stood for at least half of its last seconds; the
    answer is the median of what stood there.
    """

    errors: list[float] = field(default_factory=list)
    known: int = 0
    unknown: int = 0
    answered_unknown: int = 0
    touched_unknown: int = 0  # a rate stood at some moment of the last seconds
    ended_unknown: int = 0  # and at the very last
    off_counted: list[float] = field(default_factory=list)  # answers without a reference, from the belt's own breaths

    def note(self, reference: float | None, last: "Sequence[float | None]", counted: float | None = None) -> None:
        """Take a window: its reference, what stood in its last seconds, and the rate of the breaths on its belt."""
        reported = [rate for rate in last if rate is not None]
        answered = len(reported) * 2 >= max(len(last), 1)
        if reference is not None:
            self.known += 1
            self.errors += [abs(median(reported) - reference)] if answered else []
            return
        self.unknown += 1
        self.answered_unknown += answered
        self.off_counted += [abs(median(reported) - counted)] if answered and counted is not None else []
        self.touched_unknown += bool(reported)
        self.ended_unknown += bool(last) and last[-1] is not None


def judge(recorded: Recorded, windows: Windows, breaths_s: "Floats", belt: "Floats | None" = None) -> None:
    """Compare what is said in the last seconds of each window with its belt, whose breaths were drawn at breaths_s.

    With the belt (n,) at BELT_HZ, a window counts only where its rate agrees with the strongest line of the belt.
    """
    answers: list[tuple[float, float | None]] = [
        (tick.t_s, tick.signals.breaths_per_min) for tick in recorded.ticks() if tick.signals is not None
    ]
    for number, reference in enumerate(recorded.truth.breath_rate_ref_bpm):
        end_s = recorded.truth.t_lie_s + EVERY_S * number + WINDOW_S
        if end_s > recorded.truth.t_leave_s:
            break
        last = [rate for t_s, rate in answers if end_s - LATE_S < t_s <= end_s]
        within = (breaths_s >= EVERY_S * number) & (breaths_s <= EVERY_S * number + WINDOW_S)
        if reference is not None and belt is not None:
            part = belt[round(BELT_HZ * EVERY_S * number) :][: round(BELT_HZ * WINDOW_S)]
            if abs(reference - strongest_per_min(part)) > AGREES_PER_MIN:
                continue
        windows.note(reference, last, _rate(breaths_s[within]))


def strongest_per_min(belt: "Floats") -> float:
    """Rate of the strongest line of a belt (n,) at BELT_HZ, between 4.6 and 33 a minute."""
    places = np.arange(len(belt))
    flat = belt - np.polyval(np.polyfit(places, belt, 1), places)
    power = np.abs(np.fft.rfft(flat * np.hanning(len(belt)), LINES)) ** 2
    per_min = 60.0 * np.fft.rfftfreq(LINES, 1.0 / BELT_HZ)
    inside = (per_min >= 4.6) & (per_min <= 33.0)
    return float(per_min[inside][power[inside].argmax()])


def _rate(breaths_s: "Floats") -> float | None:
    return 60.0 * (len(breaths_s) - 1) / float(breaths_s[-1] - breaths_s[0]) if len(breaths_s) > 1 else None


def study(folder: "Path", effort: Effort, seed: int, belts: str) -> Windows:
    """Make the recordings and judge them."""
    windows, rng = Windows(), rng_of(seed, SECTION)
    people = ",".join(str(person) for person in PEOPLE)
    overnight = np.load(DATA / "resp_overnight" / "resp_overnight_dev.npz")
    breaths_s, resp = overnight["breath_times_s"], overnight["resp"].astype(float)
    for number in range(effort.belts):
        words = ("--breath-n", "1", "--belts", belts, "--people", people, "--seed", str(int(rng.integers(1, 10_000))))
        for recorded in make(folder / f"{belts}{number}", *words):
            judge(recorded, windows, breaths_s[recorded.truth.belt_segment], resp[recorded.truth.belt_segment])
    return windows


def simulated(effort: Effort, seed: int) -> Iterator[Row]:
    """Yield how often a rate is reported and its error, for simulated people who never lie quite still."""
    rng = rng_of(seed, SIMULATED_SECTION)
    for depth_n in DEPTHS_N:
        errors, asked = [], 0
        for number in range(max(2, effort.bodies // 4)):
            rate = float(rng.uniform(6, 16))
            vitals = Vitals(breaths_per_min=rate, breath_n=depth_n)
            acts = (Wait(seconds=5), Sit(seconds=4), Lower(seconds=4), Lie(seconds=300))
            run = Run.of(Story(title="breath", vitals=vitals, acts=acts), seed + number)
            breaths_s = run.truth.breaths_s
            for tick in run.ticks():
                if tick.signals is None or tick.t_s < FIRST_S or round(10 * tick.t_s) % 100:
                    continue
                asked += 1
                reported = tick.signals.breaths_per_min
                near = [one for one in breaths_s if tick.t_s - WINDOW_S < one <= tick.t_s]
                if reported is not None:
                    errors.append(abs(reported - 60 * (len(near) - 1) / (near[-1] - near[0])))
        share, off = 100 * len(errors) / asked, fmean(errors) if errors else 0.0
        how = f"mean error {off:.2f} /min where reported; restless by 0.5 N all the time, 6-16 breaths a minute; median"
        title = f"breathing, moments with a reported rate, {depth_n:g} N deep"
        bound = ">= 70" if depth_n == DEPTHS_N[1] else ""
        yield row(title, share, "%", bound, n=asked, label="simulated", how=how)


def rows(folder: "Path", effort: Effort, seed: int) -> Iterator[Row]:
    """Yield the error, how often a rate is reported, and how often without a reason."""
    how = (
        f"1 N belts, windows of {WINDOW_S:.0f} s every {EVERY_S:.0f} s. {ANSWERED}; windows whose belt agrees with "
        "its own spectrum"
    )
    for belts in ("quiet", "movement"):
        windows = study(folder, effort, seed, belts)
        bounds = ("<= 0.2", "<= 1.5", ">= 92") if belts == "quiet" else ("<= 0.25", "", ">= 78")
        answered = len(windows.errors)
        figures = (
            (f"breathing, mean error, {belts} belts", fmean(windows.errors) if answered else 99.0, "/min"),
            (f"breathing, p95 error, {belts} belts", min(percentile(windows.errors, 95), 99.0), "/min"),
            (
                f"breathing, windows with a reference answered, {belts} belts",
                100 * answered / max(windows.known, 1),
                "%",
            ),
        )
        for (name, value, unit), bound in zip(figures, bounds, strict=True):
            n = windows.known if unit == "%" else answered
            yield row(name, value, unit, bound, n=n, label="semi-real", how=how)
        yield _unknown(windows, belts)


def _unknown(windows: Windows, belts: str) -> Row:
    """Yield in how many windows without a reference a rate was reported."""
    per = 100 / max(windows.unknown, 1)
    how = (
        f"{ANSWERED}. Any rate at all in these 15 s: {per * windows.touched_unknown:.0f} %; at the last moment: "
        f"{per * windows.ended_unknown:.0f} %. A reference is missing where the belt was not trusted, which is not the "
        "same as no breath"
    )
    if windows.off_counted:
        how += f": the reported rate is {max(windows.off_counted):.1f} /min at most from the belt's own breaths"
    title = f"breathing, windows without a trustworthy reference answered all the same, {belts} belts"
    bound = "<= 12" if belts == "movement" else ""  # the quiet ones have hardly any, most of them even breathing
    share = per * windows.answered_unknown
    return row(title, share, "%", bound, n=windows.unknown, label="semi-real", how=how)

"""A site under load, kills and a year of history: `make site`, docs/site-figures.md. CI runs the tests of the site."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Final

import click
import msgspec

from tests.bench.report import ROOT, Row, page, publish, row
from tests.bench.site_runs import Outcome, cut, drain_s, kills, run, site, year
from tests.system.site.conftest import RunningSite

TITLE: Final = "A site with many mats"
WORDS: Final = (
    "One site with the real mosquitto, PostgreSQL 15 and VictoriaMetrics of Debian on the loopback of one computer, "
    "and `acumat-sim swarm` beside them. Everything shares {cores} processors, the swarm too.\n\n"
    "Where the swarm gets too little of them it sends fewer live frames than ten a second; a row says how many. "
    "The mats are simulated; what is counted and measured is real. A message is a live frame or an event. Processor "
    "time of a collector is from /proc, its memory the highest since its start. The time from event to row is from the "
    "time in the event to the commit of its transaction (track_commit_timestamp). In the growth rows the cost of an "
    "idle collector, measured first, is taken off. The network cut is the end of a virtual cable between the broker "
    "and mats (in a network namespace) and the collector, switched off."
)
FULL: Final = {"mats": 1000, "rate": 10.0, "events": 20, "seconds": 300.0}
SMALL: Final = {"mats": 50, "rate": 10.0, "events": 16, "seconds": 10.0}


def load(outcome: Outcome) -> Iterator[Row]:
    """Yield the rows of the great load."""
    totals, mats = outcome.sent.totals, len(outcome.sent.mats)
    frames, events = totals["frames"], totals["events"]
    how = f"{mats} mats, {outcome.seconds:.0f} s, load average {outcome.load_average:.1f} at the end"
    wrong = len(outcome.wrong)
    yield row(
        "load, mats whose rows differ from what they sent", wrong, "", "== 0", n=events, label="simulated", how=how
    )
    yield row("load, processor of the collector", outcome.cores, "cores", "<= 1", n=frames, label="measured", how=how)
    yield row("load, memory of the collector", outcome.peak_mb, "MB", "<= 150", n=1, label="measured", how=how)
    yield row("load, event to committed row p99", outcome.latency_s, "s", "<= 1", n=events, label="measured", how=how)
    yield row(
        "live frames a second that the mats sent",
        frames / outcome.seconds,
        "/s",
        "",
        n=frames,
        label="simulated",
        how=how,
    )
    share = 100 * outcome.frames_stored / max(frames, 1)
    yield row("live frames counted in the measures", share, "%", "", n=frames, label="measured", how=how + "; QoS 0")
    yield row(
        "live frames that the mats dropped", totals["frames_dropped"], "", "", n=frames, label="simulated", how=how
    )


def growth(running: RunningSite, sizes: tuple[int, ...], seconds: float) -> Iterator[Row]:
    """Yield the cost of a message for each number of mats."""
    idle = run(running, mats=1, rate=0, events=8, seconds=seconds)
    costs = {}
    for mats in sizes:
        outcome = run(running, mats=mats, rate=10, events=8, seconds=seconds)
        messages = outcome.sent.totals["frames"] + outcome.sent.totals["events"]
        costs[mats] = 1e6 * (outcome.collector_s - idle.cores * outcome.seconds) / messages
        how = f"{seconds:.0f} s at 10 frames/s each, load average {outcome.load_average:.1f}"
        yield row(f"cost of a message with {mats} mats", costs[mats], "us", "", n=messages, label="measured", how=how)
    ratio = costs[sizes[-1]] / min(costs.values())
    how = f"{sizes[-1]} mats against the cheapest of {', '.join(map(str, sizes))}"
    yield row("growth, cost of a message", ratio, "x", "<= 1.3", n=len(sizes), label="measured", how=how)


def two(running: RunningSite, events: int) -> Iterator[Row]:
    """Yield how much faster two collectors are."""
    one_s, two_s = (drain_s(running, count, events) for count in (1, 2))
    cores = os.cpu_count() or 1
    # Broker, database and two collectors need a processor each before a second collector can show what it brings.
    bound = ">= 1.7" if cores >= 6 else ""
    how = f"{50 * events} events that wait at the broker; {cores} processors for all parts together"
    yield row("two collectors against one", one_s / two_s, "x", bound, n=2, label="measured", how=how)
    yield row(
        "events a second of one collector", 50 * events / one_s, "/s", "", n=50 * events, label="measured", how=how
    )


def faults(running: RunningSite, each: int, cut_s: float) -> Iterator[Row]:
    """Yield what is left after kills and a cut."""
    killed = kills(running, each)
    how = f"{each} SIGKILL each of {', '.join(killed.kills)}, {killed.events} events, {killed.replays} replays asked"
    wrong = len(killed.wrong)
    yield row(
        "kills, mats whose rows differ from what they sent", wrong, "", "== 0", n=4 * each, label="simulated", how=how
    )
    yield row("kills, from the last event to the last row", killed.settle_s, "s", "", n=1, label="measured", how=how)
    if os.geteuid() == 0:
        was = cut(cut_s)
        how = f"{cut_s:.0f} s without a network between broker and collector, {was.events} events"
        yield row(
            "cut, mats whose rows differ from what they sent",
            len(was.wrong),
            "",
            "== 0",
            n=1,
            label="simulated",
            how=how,
        )
        yield row("cut, from the last event to the last row", was.settle_s, "s", "", n=1, label="measured", how=how)


def history(running: RunningSite, mats: int) -> Iterator[Row]:
    """Yield what a year in the report takes."""
    spent_s, sessions, size = year(running, mats)
    how = f"{mats} mats, two sessions a day, {sessions} sessions in partitions of a month"
    yield row("a year in the report", spent_s, "s", "<= 2", n=sessions, label="simulated", how=how)
    yield row("disk of a session", size, "bytes", "", n=sessions, label="measured", how=how + "; with its indexes")


PARTS: Final[dict[str, Callable[[RunningSite, bool], Iterator[Row]]]] = {
    "load": lambda running, small: load(run(running, **(SMALL if small else FULL))),  # type: ignore[arg-type]  # numbers
    "growth": lambda running, small: growth(running, (5, 50) if small else (10, 100, 1000), 10 if small else 40),
    "two": lambda running, small: two(running, 20 if small else 300),
    "faults": lambda running, small: faults(running, 1 if small else 5, 10 if small else 60),
    "history": lambda running, small: history(running, 20 if small else 1000),
}


@click.command()
@click.option("--small", is_flag=True, help="A small load, one kill each; writes no page.")
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="Parts to run; the others as they were.")
def main(*, small: bool, only: tuple[str, ...]) -> None:
    """Run the parts, each on a fresh site, and report all that were run."""
    folder, rows = ROOT / "build/site", []
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in PARTS.items():
        path = folder / f"{name}{'-small' if small else ''}.json"
        if not only or name in only:
            with site() as running:
                path.write_bytes(msgspec.json.encode(list(part(running, small))))
        if path.exists():
            rows += msgspec.json.decode(path.read_bytes(), type=list[Row])
    words = WORDS.format(cores=os.cpu_count())
    if not small:  # docs/site.md is the page for people
        (ROOT / "docs/site-figures.md").write_text(page(TITLE, words, rows), encoding="utf-8")
    sys.exit(publish("site", TITLE, words, rows, docs=False))


if __name__ == "__main__":
    main()

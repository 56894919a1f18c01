"""`make shell`: what comes from outside, and what breaks below, does not stop the mat. Parts are kept and joined."""

import os
import sys
from collections.abc import Callable
from typing import Final

import click
import msgspec

from tests.bench import shell_damage, shell_disks, shell_kills, shell_start, shell_verbs
from tests.bench.report import ROOT, Row, publish
from tests.bench.shell_damage import RANDOM, SINGLE
from tests.bench.shell_verbs import RUNS

KILLS: Final = 50
KEPT: Final = ROOT / "build" / "shell"
PARTS: Final[dict[str, Callable[[float], list[Row]]]] = {
    "start": lambda _: shell_start.rows(),
    "damage": lambda share: shell_damage.rows(round(share * SINGLE), round(share * RANDOM)),
    "kills": lambda share: shell_kills.rows(round(share * KILLS)),
    "disks": lambda _: shell_disks.rows(),
    "verbs": lambda share: shell_verbs.rows(round(share * RUNS)),
}
WORDS: Final = """
Damaged files, kills in mid-session, full and failing disks, hostile input of the verbs, and the time and memory that a
start takes.

`make shell`, or a part of it with `python -m tests.bench.shell PART`; the page joins the newest run of every part. The
daemon is the real `acumat run` as a process of its own, with database, supervisor and status file; its sampler is the
real process on virtual chips that play a simulated person in real time. The truth of a session is what the undisturbed
core makes of the same frames. Nothing was run on a Raspberry Pi.
"""


@click.command()
@click.option(
    "--share", type=click.FloatRange(0.02, 10), default=1.0, show_default=True, help="Of the numbers of cases."
)
@click.argument("parts", nargs=-1, type=click.Choice([*PARTS, "page"]))
def main(parts: tuple[str, ...], share: float) -> None:
    """Run parts, or all of them, and write the report of what was run so far."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for part in parts or PARTS:
        if part != "page":
            found = PARTS[part](share)
            load = f"load average {os.getloadavg()[1]:.1f}"
            named = [msgspec.structs.replace(one, how=f"{one.how}; {load}") for one in found]
            (KEPT / f"{part}.json").write_bytes(msgspec.json.encode(named))
    files = [KEPT / f"{part}.json" for part in PARTS]
    rows = [one for file in files if file.exists() for one in msgspec.json.decode(file.read_bytes(), type=list[Row])]
    sys.exit(publish("shell", "A hard shell", WORDS, rows))


if __name__ == "__main__":
    main()

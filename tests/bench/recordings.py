"""The recordings of real people beside the checkout: where they are, and the semi-real files made from them."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware.core import CoreSettings, MatCore
from firmware.session.machine import with_goal
from firmware.storage import recordings
from tests.bench.report import ROOT
from tests.bench.runs import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.view import Tick

DATA: Final = ROOT.parent / "shared" / "data"
MAKER: Final = DATA / "real_recordings.py"
PEOPLE: Final = (1, 3, 5, 7, 9, 11)
WHY_NOT: Final = (
    "no recordings of real people beside this checkout (../shared/data): real and semi-real figures skipped"
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What the maker of a semi-real file knows about it; seconds from its first frame."""

    person: int
    t_start_s: float
    t_lie_s: float
    t_end_s: float
    t_leave_s: float
    exit: str
    breath_rate_ref_bpm: tuple[float | None, ...]
    belt_segment: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """One semi-real file."""

    path: Path
    truth: Truth

    def ticks(self) -> "Iterator[Tick]":
        """Play it through a core."""
        record = recordings.load(self.path)
        core = MatCore(record.board, record.calibration, CoreSettings(machine=with_goal(600)))
        for frames in record.blocks(BLOCK):
            yield from core.push(frames)
        yield from core.finish()


def present() -> bool:
    """Return whether the recordings are available."""
    return MAKER.exists()


def make(folder: Path, *words: str) -> list[Recorded]:
    """Make semi-real files with these options of their maker."""
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, str(MAKER), str(folder), *words], check=True, capture_output=True)
    return [Recorded(path, _truth(path)) for path in sorted(folder.glob("*.npz"))]


def _truth(path: Path) -> Truth:
    table = json.loads(path.with_name(path.name.removesuffix(".npz") + ".truth.json").read_text("utf-8"))
    table["breath_rate_ref_bpm"] = tuple(table["breath_rate_ref_bpm"])
    return Truth(**{name: table[name] for name in Truth.__slots__})

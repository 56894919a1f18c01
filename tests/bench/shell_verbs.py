"""Exit codes of the verbs under hostile files: 0, 1, 2 or 75 and one line, never a traceback."""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from firmware.storage.connection import NAME
from tests.bench.report import Row, row
from tests.bench.shell_damage import a_state
from tests.fuzz.boundaries import boundaries
from tests.fuzz.inputs import mutated

SIZE_MAX: Final = 64 * 1024
DOCUMENTED: Final = (0, 1, 2, 75)
RUNS: Final = 120
LONGEST_S: Final = 60.0
# The verb, its words, and the file of the folder that is hostile, with the boundary whose example it grows from.
CALLS: Final = (
    (("config", "check", "--config", "acumat.toml"), "acumat.toml", "settings"),
    (("outputs-off", "--config", "acumat.toml"), "acumat.toml", "settings"),
    (("run", "--config", "acumat.toml"), "acumat.toml", "settings"),
    (("config", "check", "--config", "board_here.toml"), "board.toml", "board"),
    (("outputs-off", "--config", "board_here.toml"), "board.toml", "board"),
    (("replay", "a.npz", "--jsonl"), "a.npz", "recording"),
    (("tare", "--config", "sound.toml"), "calibration.json", "calibration"),
    (("sessions", "--config", "sound.toml", "--json"), NAME, "database"),
    (("trends", "--config", "sound.toml"), NAME, "database"),
    (("export", "--config", "sound.toml"), NAME, "database"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a verb: its words, exit code and what it wrote to standard error."""

    words: tuple[str, ...]
    code: int
    errors: str

    @property
    def traceback(self) -> bool:
        """Whether it ended with an unexpected exception."""
        return "Traceback" in self.errors


def call(number: int, seed: int) -> Call:
    """Run one verb on one hostile file."""
    words, hostile, boundary = CALLS[number % len(CALLS)]
    chance = Random(f"{seed} {number}")  # noqa: S311 - reproducible
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        a_state(folder)
        (folder / "sound.toml").write_text('[storage]\nstate_dir = "."\n')
        (folder / "board_here.toml").write_text('[storage]\nstate_dir = "."\n[board]\nfile = "board.toml"\n')
        examples = {one.name: one.example for one in boundaries()}
        example = (folder / NAME).read_bytes() if boundary == "database" else examples[boundary]
        (folder / hostile).write_bytes(mutated(example, chance, SIZE_MAX))
        return run_verb(words, folder)


def run_verb(words: tuple[str, ...], folder: Path) -> Call:
    """Run one verb in a folder, as a process."""
    command = [sys.executable, "-m", "firmware", *words]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        return Call(words, -1, f"longer than {LONGEST_S:.0f} s")
    return Call(words, done.returncode, done.stderr.decode("utf-8", "replace"))


def rows(count: int = RUNS, seed: int = 1) -> list[Row]:
    """Return the rows of the report."""
    with ThreadPoolExecutor(2) as pool:
        calls = list(pool.map(lambda number: call(number, seed), range(count)))
    wrong = [one for one in calls if one.code not in DOCUMENTED or one.traceback]
    how = "real processes; " + ", ".join(sorted({one.words[0] for one in calls})) + "; files grown from valid ones"
    how += "".join(f"; {' '.join(one.words)}: {one.code} {one.errors[-200:]!r}" for one in wrong[:3])
    return [
        row("verbs with a traceback or another exit code", len(wrong), "", "== 0", n=count, label="measured", how=how)
    ]

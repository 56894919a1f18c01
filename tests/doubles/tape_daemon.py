"""The real `acumat run`, whose sampler plays a tape: `python -m tests.doubles.tape_daemon TAPE NS run --config ...`.

Two things are not as in the product: the sampler's lines are virtual, and the pins keep only their last state. NS is
when the tape begins, since power-on.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as firmware/__main__.py

from firmware.cli.doors import Doors
from firmware.cli.main import acumat
from firmware.drivers.sampled import SampledSource
from firmware.frames import ButtonEdge
from firmware.view import DARK, Output

if TYPE_CHECKING:
    from firmware.mat import Mat


class LastPins:
    """Pins of the pod that keep the last output only, however long they are used."""

    def __init__(self) -> None:
        self.output = DARK
        self.fault: str | None = None

    def set(self, output: Output) -> None:
        """Keep it."""
        self.output = output

    def edges(self) -> tuple[ButtonEdge, ...]:
        """Nobody presses the key."""
        return ()

    def close(self) -> None:
        """Everything off."""
        self.output = DARK


def main(tape: str, origin_ns: str, *words: str) -> None:
    """Run a verb."""
    command = (sys.executable, "-m", "tests.doubles.tape_sampler", tape, origin_ns)

    def source(mat: "Mat") -> SampledSource:
        made = SampledSource(mat.board, mat.settings.cells.backend, command=command)
        if stamps := os.environ.get("STAMPS"):  # the time stamps of all frames, on a disk that is not under test
            file = Path(stamps).open("ab", buffering=0)  # noqa: SIM115 - as long as the process
            made.on_records = lambda records: (file.write(records["t_ns"].tobytes()), None)[1]
        return made

    doors = Doors(source=source, pod=lambda *_: LastPins())
    acumat(words, prog_name="acumat", obj=doors)


if __name__ == "__main__":
    main(*sys.argv[1:])

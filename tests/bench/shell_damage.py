"""Damaged bytes in database, calibration and zero: the mat starts, stores the next session, and reports the damage."""

import logging
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from firmware import mat
from firmware.enums import Exit, Reason, State
from firmware.events import SessionEnded, SessionSummary, Zeroed
from firmware.signal.calibration import Calibration
from firmware.storage import backups
from firmware.storage import calibration as calibrations
from firmware.storage import zero as zeros
from firmware.storage.connection import NAME, read_only
from firmware.storage.database import Database
from firmware.storage.session_store import SessionStore
from firmware.storage.zero import ZeroStore
from hardware import board as boards
from tests.bench.report import Row, row
from tests.doubles.clock import ManualClock
from tests.doubles.ticks import tick

SINGLE: Final = 1_000
RANDOM: Final = 600
SESSIONS: Final = 40
BOARD: Final = boards.load_board()
CELLS: Final = len(BOARD.cells)
SCALE: Final = Calibration((987.0,) * CELLS, tuple(range(CELLS)))
FILES: Final = (NAME, calibrations.NAME, zeros.NAME)
LONGEST: Final = 4096  # of a random damage, bytes


@dataclass
class Tally:
    """What came of the damages. silent: the content changed unnoticed (no file has a checksum)."""

    failed: list[str] = field(default_factory=list)
    lost: int = 0
    unreported: int = 0
    reported: int = 0
    silent: int = 0


def summary(number: int) -> SessionSummary:
    """Return a session of ten minutes."""
    return SessionSummary(number, 10.0, 650.0, 640.0, 600.0, Reason.GOAL_REACHED, Exit.ROLLED, 2, counted=True)


def a_state(folder: Path) -> None:
    """Make the files of a mat in use: sessions, one of them in a backup; calibration and zero."""
    for number in range(SESSIONS):
        store_one(folder, number)
    backups.make_backup(folder / NAME)
    calibrations.save(folder, SCALE)
    zeros.save(folder, tuple(range(5, 5 + CELLS)), 1)
    (folder / "acumat.toml").write_text('[storage]\nstate_dir = "."\n')


def store_one(folder: Path, number: int) -> Database:
    """Start the stores of a mat, let a session happen, and stop; returns the closed database."""
    clock = ManualClock(now_s=1000.0 + 1000.0 * number)
    database = Database(folder, clock, boot_id="one", wall_is_set=lambda: True)
    store = SessionStore(database, clock, cells=CELLS)
    store.close_unfinished()
    for hop in range(5):
        store.offer(tick(20.0 + hop, State.RESTING, elapsed_s=20.0 + hop, load_n=400.0))
    store.offer(tick(651.0, events=(SessionEnded(651.0, summary(number)),)))
    store.close()
    return database


def damaged(data: bytes, chance: Random, *, single: bool) -> bytes:
    """Return data with one byte changed, or with up to LONGEST random bytes somewhere, or cut short."""
    spoiled = bytearray(data)
    place = chance.randrange(len(spoiled))
    if single:
        spoiled[place] ^= chance.randrange(1, 256)
    elif chance.random() < 0.1:
        del spoiled[place:]
    else:
        for offset in range(min(chance.choice((2, 16, 512, LONGEST)), len(spoiled))):
            spoiled[(place + offset) % len(spoiled)] = chance.randrange(256)
    return bytes(spoiled)


def start(folder: Path, name: str, tally: Tally, sound: mat.Mat) -> None:
    """Start on a damaged file, let the next session happen, and judge."""
    logging.disable(logging.CRITICAL)
    try:
        opened = mat.load_for_service(folder / "acumat.toml")
        database = store_one(folder, SESSIONS)
        in_use = Calibration(opened.calibration.counts_per_newton, (7,) * CELLS)
        keeper = ZeroStore(folder, lambda: in_use, opened.number)
        keeper.offer(tick(1.0, events=(Zeroed(1.0, 0.0, "placed"),)))
        keeper.close()
        base = read_only(folder / NAME)
        count = base.execute("SELECT count(*), max(start_ns) FROM session WHERE end_ns IS NOT NULL").fetchone()
        base.close()
    except Exception as error:  # noqa: BLE001 - every one is a mat that does not start
        tally.failed.append(f"{name}: {type(error).__name__}: {error}")
        return
    finally:
        logging.disable(logging.NOTSET)
    tally.lost += count[1] <= 1000.0 * SESSIONS * 1e9  # the newest session is not that of this start
    report = database.restored or database.fault or opened.faults
    if name == NAME:
        changed = database.restored is not None
        tally.unreported += count[0] != SESSIONS + 1 and not report
    else:
        changed = opened.calibration != sound.calibration
        replaced = opened.calibrated != sound.calibrated or (name == zeros.NAME and zeros.fault(folder) is not None)
        tally.unreported += replaced and not report
        tally.silent += changed and not report
    tally.reported += bool(report)


def damages(single: int, mixed: int, seed: int) -> Tally:
    """Damage the files in turn."""
    chance, tally = Random(seed), Tally()  # noqa: S311 - reproducible
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name) / "whole"
        whole.mkdir()
        a_state(whole)
        sound = mat.load_for_service(whole / "acumat.toml")
        for number in range(single + mixed):
            folder = Path(name) / "spoiled"
            shutil.copytree(whole, folder)
            file = FILES[number % len(FILES)]
            data = (whole / file).read_bytes()
            (folder / file).write_bytes(damaged(data, chance, single=number < single))
            start(folder, file, tally, sound)
            shutil.rmtree(folder)
    return tally


def rows(single: int = SINGLE, mixed: int = RANDOM, seed: int = 1) -> list[Row]:
    """Return the rows of the report."""
    tally, n = damages(single, mixed, seed), single + mixed
    how = (
        f"{single:,} single bytes, {mixed:,} times 2 to {LONGEST:,} random bytes or a cut; database, calibration, zero"
    )
    how += f" in turn; seed {seed}" + "".join(f"; {text}" for text in tally.failed[:3])
    return [
        row("starts that failed, damaged files", len(tally.failed), "starts", "== 0", n=n, label="measured", how=how),
        row("next sessions lost, damaged files", tally.lost, "sessions", "== 0", n=n, label="measured", how=how),
        row("noticed but not reported, damaged files", tally.unreported, "", "== 0", n=n, label="measured", how=how),
        row("reported, damaged files", tally.reported, "", "", n=n, label="measured", how=how),
        row("scale or zero changed and not noticed", tally.silent, "", "", n=n, label="measured",
            how="a digit that became another one: the files have no checksum"),
    ]  # fmt: skip

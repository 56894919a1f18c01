"""The procedure of `acumat calibrate`: counts per newton of each tile, by weights or by a person who walks about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from firmware import clock, ports
from firmware.errors import CalibrationError
from firmware.signal.body_weight import BodyWeightCalibration
from firmware.signal.calibration import Calibration
from firmware.signal.fit import WALK_NOISE, WEIGHT_NOISE, Fit, Placement, fit, refusal
from firmware.signal.frontend import FrontEnd
from firmware.signal.known_weights import KG, Newest, Weighing
from firmware.signal.seconds import Cells, Seconds
from firmware.storage import calibration as calibrations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firmware.diagnosis.prompt import ProcedurePrompt
    from firmware.ports import Source
    from hardware.board import Board

CALIBRATION_TIMEOUT_S: Final = 120.0


class CalibrationGuide(Protocol):
    """Leads through a calibration: signal.known_weights and signal.body_weight."""

    hint: str
    failed: str

    @property
    def zero(self) -> Cells | None:
        """The counts (cells,) of the empty mat."""
        ...

    @property
    def wanted(self) -> str:
        """What the person is to do now."""
        ...

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        ...

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        ...

    @property
    def placements(self) -> list[Placement]:
        """The loads so far."""
        ...

    def step(self, second: Seconds, newest: Newest) -> None:
        """Take a second."""
        ...


@dataclass(frozen=True, slots=True)
class CalibrationMethod:
    """One way to calibrate. scale_share is the possible error of the known mass itself, a share of it."""

    text: str
    guide: CalibrationGuide
    least_noise: float
    scale_share: float


def weights_method(
    board: "Board",
    masses_kg: tuple[float, ...],
    off_kg: float | None,
    known: Calibration | None,
    *,
    corners: bool = True,
) -> CalibrationMethod:
    """Return the method of weights on one tile after the other; kitchen scales are good to half a percent.

    corners: the lightest mass goes over each sensor of a tile first, which finds a sensor that is wired wrongly.
    """
    masses_kg = tuple(sorted(masses_kg))
    off_share = 0.005 if off_kg is None else off_kg / masses_kg[-1]
    words = " and ".join(f"{mass_kg:g} kg" for mass_kg in masses_kg)
    return CalibrationMethod(
        f"weights of {words}", Weighing(board, masses_kg, known, corners=corners), WEIGHT_NOISE, off_share
    )


def body_method(
    board: "Board", body_kg: float, off_kg: float | None, known: Calibration | None, *, corners_passed: bool
) -> CalibrationMethod:
    """Return the method of a person on their feet; bathroom scales are good to a kilogram.

    Raises CalibrationError when a tile of this board cannot bear that, and when a tile of several sensors has not
    passed the corner test: feet do not find a sensor that is wired the wrong way round.
    """
    if board.clip_n < body_kg * KG:
        raise CalibrationError(
            f"a tile of this board ({board.cell_type}) is not trusted above {board.clip_n / KG:.0f} kg, "
            f"so {body_kg:g} kg on its feet are too much: use weights with --mass"
        )
    if board.sensors_per_tile > 1 and not corners_passed:
        raise CalibrationError(
            "a body does not test the corners of the tiles, so a sensor wired the wrong way round stays unseen: "
            "calibrate with --mass, which tests them; add --no-corners only if that test passed before and no sensor "
            "was touched since"
        )
    off_share = (1.0 if off_kg is None else off_kg) / body_kg
    return CalibrationMethod(
        f"a body of {body_kg:g} kg", BodyWeightCalibration(board, body_kg, known), WALK_NOISE, off_share
    )


def run_calibration(
    source: "Source",
    board: "Board",
    guide: CalibrationGuide,
    prompt: "ProcedurePrompt",
    stop: "Callable[[], bool]",
    *,
    patience_s: float = CALIBRATION_TIMEOUT_S,
) -> None:
    """Read the source until the guide has finished; the source is closed.

    Raises CalibrationError: no progress for patience_s of frame time (with the newest hint), the guide has failed, or
    stop() or the end of the source comes first.
    """
    cells = len(board.cells)
    front_end = FrontEnd(*Calibration((board.counts_per_newton,) * cells).limits(board.clip_n))
    second, progress_s, share, hint, wanted = Seconds(), 0.0, -1.0, "", ""
    try:
        for frames in ports.blocks_of(source, stop):
            for hop in front_end.push(frames):
                second.push(hop.means, hop.lost)
                if not hop.ends_second or not second.close():
                    continue
                guide.step(second, front_end.newest)
                prompt.show(guide.wanted, guide.hint, guide.share)
                if guide.failed:
                    raise CalibrationError(guide.failed)
                if guide.finished:
                    return
                hint = guide.hint or (hint if guide.wanted == wanted else "")
                wanted = guide.wanted
                if guide.share > share:
                    share, progress_s = guide.share, hop.t_s
                elif hop.t_s - progress_s > patience_s:
                    raise CalibrationError(f"no progress for {patience_s:.0f} s: {hint or guide.wanted}")
    finally:
        source.close()
    raise CalibrationError("ended before it was done; nothing was changed")


def measure_placements(
    source: "Source", board: "Board", method: CalibrationMethod, prompt: "ProcedurePrompt", stop: "Callable[[], bool]"
) -> tuple[Fit, tuple[int, ...]]:
    """Return the fit and the zero (cells,) in counts; the source is closed. validate checks the fit."""
    run_calibration(source, board, method.guide, prompt, stop)
    found = fit(method.guide.placements, board.counts_per_newton, method.least_noise)
    assert method.guide.zero is not None  # noqa: S101 - the zero is the first step of every guide
    return found, tuple(np.rint(method.guide.zero).astype(int).tolist())


def validate_fit(board: "Board", found: Fit) -> None:
    """Raise CalibrationError with the reasons when the fit is no valid calibration of this board."""
    reasons = refusal(board, found)
    if reasons:
        raise CalibrationError(f"refused: {reasons}")


def accuracy_text(found: Fit, method: CalibrationMethod) -> str:
    """Return the accuracy in words, and what it rests on."""
    dropped = f", {found.dropped} dropped that fit with none" if found.dropped else ""
    return (
        f"By {method.text}: {found.used} loads{dropped}, they fit to {found.residual_share:.1%}, the worst to "
        f"{found.worst_share:.1%}.\n"
        f"One tile against another: about ±{max(found.error_share):.1%} (one standard error). All tiles together: "
        f"±{method.scale_share:.1%} more, because the known mass itself may be off.\n"
        "These figures were checked with simulated cells only; they were never compared with real ones."
    )


def save_calibration(folder: "Path", found: Fit, zero: tuple[int, ...], method: CalibrationMethod, note: str) -> "Path":
    """Add it to the calibrations of the mat and return the file; it is dated only by a clock that was set."""
    made_s = clock.SystemClock().wall_s() if clock.wall_clock_is_set() else None
    provenance = calibrations.Provenance(method.text, made_s, max(found.error_share), note)
    return calibrations.save(folder, Calibration(found.counts_per_newton, zero), provenance)

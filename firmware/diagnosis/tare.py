"""The procedure of `acumat tare`: the zero of the empty mat, as the button takes it while the service runs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from firmware import ports
from firmware.errors import CalibrationError
from firmware.signal.chain import SignalChain
from firmware.signal.zero_tracker import Refusal, ZeroSettings
from hardware.board import STANDARD_GRAVITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.diagnosis.prompt import ProcedurePrompt
    from firmware.frames import Signals
    from firmware.ports import Source
    from firmware.signal.calibration import Calibration
    from hardware.board import Board

TARE_TIMEOUT_S: Final = ZeroSettings().patience_s
WARM_UP_S: Final = 3.0  # the chips settle and their rate is learned
TARE_INSTRUCTION: Final = "Clear the mat and do not touch it."
TARE_REFUSED: Final = {
    Refusal.MOVING: "the mat is not still: nobody may touch it, and it must stand firmly; then try again",
    Refusal.CELLS: "{cells}: see `acumat doctor`, then try again",
    Refusal.LOADED: (
        "{load_kg:.0f} kg seem to lie on the mat, most of it on {tile}: clear it and try again; "
        "if it is empty, a cell has shifted: `acumat calibrate --rewired`"
    ),
}


@dataclass(frozen=True, slots=True)
class TareResult:
    """A zero that was taken: the calibration with it, the change of the sum in newtons, and faulty cells."""

    calibration: "Calibration"
    offset_n: float
    faults: tuple[str, ...]


def tare(
    source: "Source", board: "Board", calibration: "Calibration", prompt: "ProcedurePrompt", stop: "Callable[[], bool]"
) -> TareResult:
    """Take the zero and close the source. A cell without readings keeps its old zero.

    Raises CalibrationError with the reason when the zero is refused, or when stop() or the end of the source comes
    first.
    """
    chain = SignalChain(board, calibration)
    requested_s: float | None = None
    latest: Signals | None = None
    reason = Refusal.MOVING
    try:
        for frames in ports.blocks_of(source, stop):
            for t_s, signals in chain.push(frames):
                latest = signals or latest
                taken = chain.take_zero()
                if taken is not None and requested_s is not None:
                    return TareResult(chain.calibration, sum(taken.offset_n), _faults(chain, board))
                if requested_s is None and t_s >= WARM_UP_S:
                    requested_s = t_s
                    chain.ask_zero()
                elif requested_s is not None and t_s > requested_s + TARE_TIMEOUT_S + 1:
                    raise CalibrationError(_refusal_text(reason, chain, board, latest))
                elif requested_s is not None and t_s < requested_s + TARE_TIMEOUT_S:
                    reason = chain.zero_refusal or reason
                if round(10 * t_s) % 10 == 0:
                    share = 0.0 if requested_s is None else min((t_s - requested_s) / TARE_TIMEOUT_S, 1.0)
                    prompt.show(TARE_INSTRUCTION, "", share)
    finally:
        source.close()
    raise CalibrationError("ended before the zero was taken; nothing was changed")


def _refusal_text(reason: Refusal, chain: SignalChain, board: "Board", signals: "Signals | None") -> str:
    loads_n = (0.0,) * len(board.cells) if signals is None else signals.cells_n
    heaviest = board.cells[loads_n.index(max(loads_n))].name
    return TARE_REFUSED[reason].format(
        cells=", ".join(_faults(chain, board)), load_kg=sum(loads_n) / STANDARD_GRAVITY, tile=heaviest
    )


def _faults(chain: SignalChain, board: "Board") -> tuple[str, ...]:
    states = zip(board.cells, chain.faults, strict=True)
    return tuple(f"{cell.name} is {fault}" for cell, fault in states if fault is not None)

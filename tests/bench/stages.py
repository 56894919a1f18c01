"""Where the time goes: each stage of the pipeline alone, on the very input it gets in the whole."""

from functools import partial
from typing import TYPE_CHECKING, Final

from firmware.cues.player import CuePlayer
from firmware.posture.detector import PostureDetector
from firmware.posture.detectors import Detectors
from firmware.posture.liveness import LivenessDetector
from firmware.posture.standing import StandingDetector
from firmware.posture.wiggle import WiggleDetector
from firmware.session.machine import SessionMachine
from firmware.signal.breathing import BreathingEstimator
from firmware.signal.chain import SignalChain
from firmware.signal.frontend import FrontEnd
from tests.bench.pipelines import LIVE, REPLAY, Course, pieces
from tests.bench.timing import Timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from firmware.events import Event
    from firmware.frames import Frames, Signals


class Stages:
    """Every stage behind the chain, brought to where somebody lies."""

    def __init__(self, course: Course, arrival: "Iterable[Signals]") -> None:
        self._occupancy, self._person = PostureDetector(course.board), LivenessDetector(course.board)
        self._standing, self._wiggle, self._breathing = (
            StandingDetector(course.board),
            WiggleDetector(),
            BreathingEstimator(),
        )
        self._machine, self._player, self._watches = SessionMachine(), CuePlayer(), Detectors(course.board)
        for signals in arrival:
            happened = tuple(self._occupancy.step(signals))
            _take(self._person.step(signals, happened))
            _take(self._machine.step(signals.t_s, happened))
            _take(self._watches.step(signals))

    def breathing(self, signals: "Signals") -> None:
        """Take the load for a moment: the work is the same."""
        self._breathing.step(round(1e9 * signals.load_n))

    def watches(self, signals: "Signals") -> None:
        """Let everybody look who has to."""
        _take(self._watches.step(signals))

    def posture(self, signals: "Signals") -> None:
        """Look who is there and how."""
        _take(self._occupancy.step(signals))

    def standing(self, signals: "Signals") -> None:
        """Look whether somebody stands there."""
        _take(self._standing.step(signals, (), may_stand=False))

    def person(self, signals: "Signals") -> None:
        """Look whether it is a person."""
        _take(self._person.step(signals, ()))

    def wiggles(self, signals: "Signals") -> None:
        """Look for wiggles."""
        _take(self._wiggle.step(signals))

    def session(self, signals: "Signals") -> None:
        """Run the session and show it."""
        _take(self._machine.step(signals.t_s, ()))
        self._machine.view(signals.t_s, signals.lost)

    def cues(self, signals: "Signals") -> None:
        """Play light and sound."""
        self._player.step(signals.t_s, self._machine.view(signals.t_s, signals.lost), ())


STEPS: Final = {
    "breathing": Stages.breathing,
    "all who look at a hop, when they have to": Stages.watches,
    "posture, at every hop": Stages.posture,
    "standing, at every hop": Stages.standing,
    "evidence of a person, at every hop": Stages.person,
    "wiggles, at every hop": Stages.wiggles,
    "session machine": Stages.session,
    "light and sound, with a view": Stages.cues,
}


def stages(course: Course) -> list[Timed]:
    """Make a contender of every stage: the front end on frames, the rest on hops, counted per frame."""
    arrival, said = _said(course)
    behind = Stages(course, arrival)
    hops = [_stage(name, partial(step, behind), said, course) for name, step in STEPS.items()]
    return [_front(course, "front end, live", LIVE), _front(course, "front end, replay", REPLAY), *hops]


def _front(course: Course, name: str, block: int) -> Timed:
    front_end = FrontEnd(*course.calibration.limits(course.board.clip_n))
    _feed(front_end, course.before)
    rounds = course.cut(block)
    return Timed(name, lambda number: _feed(front_end, rounds[number % len(rounds)]))


def _take(events: "Iterable[Event]") -> None:
    for _ in events:
        pass


def _stage(name: str, step: "Callable[[Signals], None]", said: "Sequence[Sequence[Signals]]", course: Course) -> Timed:
    def play(number: int) -> int:
        for signals in said[number % len(said)]:
            step(signals)
        return len(course.rounds[number % len(course.rounds)])

    return Timed(name, play)


def _feed(front_end: FrontEnd, blocks: "Iterable[Frames]") -> int:
    frames = 0
    for block in blocks:
        frames += len(block)
        if not front_end.absorb(block):
            for _ in front_end.feed(block):
                pass
    return frames


def _said(course: Course) -> "tuple[list[Signals], list[list[Signals]]]":
    """Give the signals of the arrival, and those of each round."""
    chain = SignalChain(course.board, course.calibration)
    found: list[list[Signals]] = []
    for whole in (*course.before, *course.rounds):
        found.append([])
        for piece in pieces(whole, REPLAY):
            for _, signals in chain.feed(piece):
                chain.note_vacant(vacant=False)
                if signals is not None:
                    found[-1].append(signals)
    arrival = [signals for part in found[: len(course.before)] for signals in part]
    return arrival, found[len(course.before) :]

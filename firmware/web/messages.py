"""The JSON of the API beside live frames: what a request gives, and what an answer has."""

from typing import Annotated, Literal

import msgspec

from firmware.cues.settings import SoundMode
from firmware.storage.journal import JournalAnswers

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Factor = Annotated[float, msgspec.Meta(ge=0, le=1)]
Scalar = str | float | bool | None


class Problem(msgspec.Struct, frozen=True):
    """Why a request was refused."""

    error: str


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of the address of a first visit."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Done(msgspec.Struct, frozen=True):
    """Nothing more to say than that it was done."""

    done: bool = True


class Outputs(msgspec.Struct, frozen=True):
    """How light and sound are set: what may sound, and the factors on all light and all sound."""

    mode: SoundMode
    brightness: Factor
    volume: Factor


class SentCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command of /api/commands, with its value where it has one."""

    name: Name
    value: Scalar = None


class CommandInfo(msgspec.Struct, frozen=True):
    """One command: what it does, and what its value must be."""

    name: str
    does: str
    value: str


class Commands(msgspec.Struct, frozen=True):
    """Every command of the mat."""

    commands: tuple[CommandInfo, ...]


class CellInfo(msgspec.Struct, frozen=True):
    """One cell. row counts from the hips, column from the left hand of a person on their back.

    state is fine, noisy, no_answer or another fault; flicker_g is the noise at rest, null while it is not known.
    """

    name: str
    row: int
    column: int
    state: str
    flicker_g: float | None


class Cells(msgspec.Struct, frozen=True):
    """The grid, the cells and their health. needed is how many must answer to time a session."""

    rows: int
    columns: int
    cells: tuple[CellInfo, ...]
    needed: int
    zeroed_s: float | None
    steady: bool


class SessionLine(msgspec.Struct, frozen=True):
    """One session in the list."""

    id: int
    start_s: float | None
    lying_s: float
    goal_s: float
    reason: str
    counted: bool
    simulated: bool
    level: int | None
    cover: str | None
    surface: str | None


class Sessions(msgspec.Struct, frozen=True):
    """Sessions, newest first."""

    sessions: tuple[SessionLine, ...]


class Mark(msgspec.Struct, frozen=True):
    """Something that happened at_s seconds after the start."""

    at_s: float
    kind: str


class Curve(msgspec.Struct, frozen=True):
    """Values over the seconds of a session; null where it is not known."""

    t_s: tuple[float, ...]
    values: tuple[float | None, ...]


class StoredMap(msgspec.Struct, frozen=True):
    """Kilograms of each cell, the mean of the half minute that ends at at_s."""

    at_s: float
    cells_kg: tuple[float | None, ...]


class SessionDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One session in full."""

    session: SessionLine
    stages: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    load_kg: Curve
    maps: tuple[StoredMap, ...]
    eased_s: float | None
    moves: int
    lifts: int
    exit: str
    ended: str
    earlier: int | None
    later: int | None
    said: dict[str, JournalAnswers]


class Entry(msgspec.Struct, frozen=True):
    """What was said at one moment. phase is before, after or morning."""

    at_s: float | None
    phase: str
    session: int | None
    said: JournalAnswers


class Journal(msgspec.Struct, frozen=True):
    """The newest entries, and how the person lay last time."""

    entries: tuple[Entry, ...]
    as_last_time: JournalAnswers
    about: SessionLine | None


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry to store, in place of the one of the same phase and session that was written just before."""

    phase: Literal["before", "after", "morning"]
    said: JournalAnswers


class WeekBar(msgspec.Struct, frozen=True):
    """One week."""

    start_s: float
    minutes: float
    sessions: int


class PainPair(msgspec.Struct, frozen=True):
    """Back pain around one session, 0 to 10."""

    start_s: float
    before: int
    after: int


class EasedPoint(msgspec.Struct, frozen=True):
    """Seconds until it felt easier in one session."""

    start_s: float
    seconds: float


class TrendsView(msgspec.Struct, frozen=True):
    """Weeks of the person whose turn it is, oldest first."""

    weeks: tuple[WeekBar, ...]
    pain: tuple[PainPair, ...]
    eased: tuple[EasedPoint, ...]
    sessions: int
    day: int
    week_sessions: int
    week_target: int
    simulated: bool


class PersonInfo(msgspec.Struct, frozen=True):
    """One person. read: the date on which the text before use was read, null when it was not."""

    name: str
    guest: bool
    chosen: bool
    level: int
    read: str | None


class PeopleView(msgspec.Struct, frozen=True):
    """Who may lie here; the guest is always the first."""

    people: tuple[PersonInfo, ...]


class OfferInfo(msgspec.Struct, frozen=True):
    """A step that is offered."""

    level: int
    text: str
    minutes: float | None


class ProgrammeView(msgspec.Struct, frozen=True):
    """Where the person stands, and the next session."""

    person: str
    guest: bool
    level: int
    goal_min: float
    quick_min: float
    cover: str
    surface: str
    offer: OfferInfo | None
    hold: str | None
    needs_acknowledgement: bool
    acknowledgement_version: int
    spacing: str | None


class HelpText(msgspec.Struct, frozen=True):
    """The words that a person reads before use."""

    ask_first: tuple[str, ...]
    ask_first_more: str
    not_on: tuple[str, ...]
    stop_when: tuple[str, ...]
    stop_more: str
    on_and_off: tuple[str, ...]
    what_this_is: str
    acknowledgement: str


class Playback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How fast a simulated person is played, in times of real time."""

    speed: Annotated[float, msgspec.Meta(ge=0.5, le=200)]


Mass = Annotated[float, msgspec.Meta(ge=1, le=60)]


class CalibrationStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step: start with one or two known masses in kg, stop and keep the old one, or keep what was measured."""

    action: Literal["start", "stop", "keep"]
    masses_kg: Annotated[list[Mass], msgspec.Meta(min_length=1, max_length=2)] = msgspec.field(
        default_factory=lambda: [5.0]
    )


class CalibratedCell(msgspec.Struct, frozen=True):
    """One cell of a calibration: to_do, now or done."""

    name: str
    state: str


class CalibrationView(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration: idle, running or measured. wanted is what the person is to do, hint why it does not count yet."""

    state: str
    wanted: str
    hint: str
    share: float
    outcome: str
    calibrated: bool
    columns: int
    cells: tuple[CalibratedCell, ...]

"""What the page gets of a moment: the types of one frame, as they leave the program."""

import msgspec


class StageBar(msgspec.Struct, frozen=True):
    """One stage before the goal: its state, its word and its lying seconds."""

    state: str
    word: str
    start_s: float
    end_s: float


class MovementMark(msgspec.Struct, frozen=True):
    """A movement of the last five minutes: kind is wiggle, repositioned, discomfort or eased."""

    kind: str
    ago_s: float


class Advice(msgspec.Struct, frozen=True):
    """Advice to stop that waits for an answer: a heading, and what to do."""

    title: str
    text: str


class Note(msgspec.Struct, frozen=True):
    """A notice above everything: kind is cells, too_few, no_zero, not_calibrated or object."""

    kind: str
    title: str
    text: str


class Summary(msgspec.Struct, frozen=True):
    """The session that has just ended, until the next person comes."""

    lying_s: float
    text: str
    counted: bool


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """The mat at one moment. Lengths in seconds, loads in kilograms, places as shares of the mat; null is unknown.

    cells_kg is in the order of /api/cells, null for a cell that does not answer; all of it is null before the zero.
    centre is (across from the left hand, along from the hips). pacer_s counts 0..10 through a breath: in until 4.
    movement is the largest motion of each five seconds of five minutes, in percent of the load, oldest first.
    """

    number: int
    t_s: float
    state: str
    stage: str
    sentence: str
    reason: str
    in_session: bool
    lying: bool
    occupied: bool
    elapsed_s: float
    goal_s: float
    begun_s: float | None
    stages: tuple[StageBar, ...]
    pacer_s: float | None
    pause_left_s: float | None
    advice: Advice | None
    note: Note | None
    cells_kg: tuple[float | None, ...] | None
    lost: tuple[str, ...]
    moved: tuple[str, ...]
    centre: tuple[float, float] | None
    load_kg: float | None
    at_least: bool
    right_share: float | None
    breaths_per_min: float | None
    breaths_text: str
    movement: tuple[float, ...]
    marks: tuple[MovementMark, ...]
    moves: int
    lifts: int
    ended: Summary | None
    mode: str
    speed: float | None

"""What a screen or a dashboard shows of the plan: one immutable value, for any thread."""

from typing import NamedTuple

from firmware.programme.advice import OfferReason, SkinMarks
from firmware.programme.levels import LengthPreset


class PlanView(NamedTuple):
    """The plan now. goal_s, preset and minutes are those of the next session; minutes None: by level and preset.

    has_session: the person has a session that answers can be added to; discomfort and marks are its answers so far.
    """

    person: str
    guest: bool
    people: tuple[str, ...]
    level: int
    offer: OfferReason | None
    preset: LengthPreset
    minutes: float | None
    goal_s: float
    week_target: int
    has_session: bool = False
    discomfort: int | None = None
    marks: SkinMarks | None = None

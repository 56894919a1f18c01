"""What one picture of the live view shows, without places, colours and widths."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageBar:
    """One stage: its name, its length, the share that is done, and whether it is the current one."""

    name: str
    length: str
    done: float
    current: bool


@dataclass(frozen=True, slots=True)
class ShownLamp:
    """The light of the pod as it is perceived.

    weights are the shares of amber, blue and white in its hue; lightness is CIE L* 0..100 of what is sent.
    """

    weights: tuple[float, float, float]
    lightness: float
    words: str


@dataclass(frozen=True, slots=True)
class PacerDots:
    """The breath to follow: the words, and how many of the 4 + 6 dots are filled."""

    words: str
    filled: int


@dataclass(frozen=True, slots=True)
class LabelledFact:
    """A labelled value. short is for narrow terminals, empty where the text fits."""

    label: str
    text: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event of the list; at is minutes on the mat, empty before lying down."""

    at: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownBody:
    """The map. cells_kg is None before the zero; lost is a bit mask; centre is x, y as shares of the mat.

    legend are the lines below the map, wide the sentence of a wide terminal, narrow the lines of a narrow one. scale:
    the scale of colours is shown too.
    """

    cells_kg: tuple[float, ...] | None
    lost: int
    centre: tuple[float, float] | None
    legend: tuple[str, ...]
    wide: str
    narrow: tuple[str, ...]
    scale: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture. Texts are empty and values None where there is nothing to show.

    under is a text below the stage. stop replaces figures and sentence. doors are commands for what comes next.
    movement is the motion of the last five minutes, oldest first, with the positions of the marks.
    """

    figures: str
    caption: str
    short_caption: str
    stage: str
    sentence: str
    reason: str
    bars: tuple[StageBar, ...]
    body: ShownBody
    short_stage: str = ""
    ended: bool = False
    under: str = ""
    pacer: PacerDots | None = None
    stop: tuple[str, ...] = ()
    lamp: ShownLamp | None = None
    facts: tuple[LabelledFact, ...] = ()
    sides: float | None = None
    movement: tuple[float, ...] = ()
    marks: tuple[int, ...] = ()
    note: tuple[str, str] | None = None
    happened: tuple[ShownEvent, ...] = ()
    doors: tuple[LabelledFact, ...] = ()

"""Stories: TOML tables of people and things on the mat and what they do, from sim/people/stories or from a path.

The format is described in docs/stories.md.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from firmware.errors import AcumatError
from hardware import toml_text
from hardware.toml_text import TomlError
from sim.people.acts import AnyAct
from sim.people.body import Body, Poses
from sim.people.household import VISITORS, Visit
from sim.people.scene import LoadScene, build_scene
from sim.people.script import VisitScript
from sim.people.vitals import Vitals
from sim.sensors.cell_model import CellModel
from sim.sensors.clocks import OscillatorModel
from sim.sensors.mishaps import AnyMishap
from sim.sensors.tiles import Tiles

if TYPE_CHECKING:
    from hardware.board import Board

STORIES = Path(__file__).parent / "stories"
Group = Literal["", "sessions", "getting on and off", "household", "faults", "people"]
GROUPS: Final[tuple[Group, ...]] = ("sessions", "getting on and off", "household", "faults", "people")
BED_CUTOFF_HZ = {"floor": 0.0, "bed": 4.0}  # a soft bed passes 2 to 6 Hz


class StoryError(AcumatError, ValueError):
    """A story cannot be read or cannot happen."""


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One story.

    acts are what the person does, one after the other; visits are other weights, each at its own time; mishaps are what
    breaks. cells and clocks say how good the sensors are. goal_min is how long the person wants to lie; 0 leaves the
    product's own goal. seconds 0 is as long as acts and visits take. night: light and sound are those of the night.
    """

    title: str
    group: Group = ""
    night: bool = False
    goal_min: float = 0.0
    seconds: float = 0.0
    body: Body = Body()
    vitals: Vitals = Vitals()
    cells: CellModel = CellModel()
    clocks: OscillatorModel = OscillatorModel()
    acts: tuple[AnyAct, ...] = ()
    visits: tuple[Visit, ...] = ()
    mishaps: tuple[AnyMishap, ...] = ()

    def scene(self, board: "Board", seed: int) -> LoadScene:
        """Play the story on a board: the load as a function of time, and the truth about it."""
        tiles = Tiles(board)
        script = VisitScript(Poses(self.body, tiles), self.vitals, seed)
        for act in self.acts:
            act.play(script)
        layers = script.finish()
        for number, visit in enumerate(self.visits):
            layers += visit.layers(tiles, seed, number)
        length_s = self.seconds or max(script.now_s, *(one.start_s + one.seconds for one in self.visits), 0.0)
        hz = BED_CUTOFF_HZ[self.body.surface]
        return build_scene(length_s, tiles.cells, layers, script.truth, hz, presses=tuple(script.presses))


def story_names() -> tuple[str, ...]:
    """List the stories that come with the simulator: the files, then the household's visitors by their kind."""
    files = sorted(path.stem for path in STORIES.glob("*.toml"))
    return (*files, *(what for what in VISITORS if what not in files))


def load_story(name: str) -> Story:
    """Read a story by its name, or from a TOML file. The name of a household's visitor is a story of its visit.

    Raises:
        StoryError: no such story or file, or one with unknown keys or impossible values; the text says which.
    """
    if name in VISITORS and not (STORIES / f"{name}.toml").exists():
        visit = Visit(what=name, start_s=20, seconds=180)  # type: ignore[arg-type]
        title = f"A visit of three minutes: {name.replace('_', ' ')}"
        return Story(title=title, group="household", seconds=260, visits=(visit,))
    path = Path(name) if name.endswith(".toml") else STORIES / f"{name}.toml"
    if not name.endswith(".toml") and not path.exists():
        near = toml_text.nearest_word(name, story_names())
        meant = f"did you mean {near}?" if near else "acumat-sim --list shows all."
        raise StoryError(f"no story {name!r}; {meant} A story of your own is a .toml file (docs/stories.md)")
    try:
        return msgspec.toml.decode(toml_text.read_text(path), type=Story)
    except TomlError as error:
        raise StoryError(str(error)) from error
    except msgspec.MsgspecError as error:
        raise StoryError(f"story {name!r}: {error}") from error


def stories_by_group() -> dict[str, list[tuple[str, str]]]:
    """Return (name, title) of every story by its group, in the order of GROUPS."""
    groups: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for name in story_names():
        story = load_story(name)
        groups[story.group].append((name, story.title))
    return groups

"""The states of the page by the stories that lead to them, as docs/page.md lists them."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firmware.core import CoreSettings, MatCore
from firmware.session.machine import with_goal
from firmware.web.follower import LiveFollower
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.key import KeyPressSource
from sim.people.story import load_story, story_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.web.live import Frame

PAGE = Path(__file__).parents[2] / "docs" / "page.md"
STATES: "dict[str, tuple[str, Callable[[Frame], bool]]]" = {
    "empty": ("session", lambda frame: frame.state == "idle" and not frame.in_session),
    "cells silent": ("silent_cells", lambda frame: frame.note is not None and frame.note.kind == "cells"),
    "paused": ("pause", lambda frame: frame.pause_left_s is not None),
    "stop advised": ("pain", lambda frame: frame.advice is not None),
    "done": ("session", lambda frame: frame.state == "done"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_story_leads_to_the_state(state: str) -> None:
    """Played as `acumat-sim STORY` plays it, with the presses of the key."""
    name, reached = STATES[state]
    board, story = boards.load_board(), load_story(name)
    bench = Bench(story, board, 1)
    settings = CoreSettings(machine=with_goal((story.goal_min or 10) * 60))
    core, follower = MatCore(board, bench.calibration, settings), LiveFollower(board)
    for block in blocks_from(KeyPressSource(FrameSource(bench), bench.scene.presses, core.press)):
        for tick in core.push(block):
            follower.offer(tick)
        frame = follower.frame()
        if frame is not None and reached(frame):
            return
    pytest.fail(f"{name} never shows {state}")


def test_the_page_about_the_page_names_stories_that_exist() -> None:
    """Each state of the table above, with its story; no story that is not there."""
    rows = dict(re.findall(r"^\| ([a-z ]+) \| `acumat-sim (\w+) --page`", PAGE.read_text("utf-8"), re.MULTILINE))
    assert {name: rows[name] for name in STATES} == {name: one for name, (one, _) in STATES.items()}
    assert set(rows.values()) <= set(story_names())

"""The light of the pod as a person perceives it: hue and CIE lightness from what is sent."""

from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.cues.cue import COLOURS
from firmware.cues.lightness import lightness_of_duty
from firmware.terminal.scene import Lamp

if TYPE_CHECKING:
    from firmware.view import Output

BASIS: Final = np.array([COLOURS[name] for name in ("amber", "blue", "white")]).T  # (rgb, colour)
OFF: Final = 1e-4


def perceived(output: "Output", words: str) -> Lamp:
    """Return the light of an output. Its hue is a mixture of the three colours of the cue table."""
    rgb = np.array([output.red, output.green, output.blue])
    weights = np.maximum(np.linalg.solve(BASIS, rgb), 0.0)
    level = float(weights.sum())
    if level < OFF:
        return Lamp((0.0, 0.0, 0.0), 0.0, words)
    amber, blue, white = (float(weight) / level for weight in weights)
    return Lamp((amber, blue, white), lightness_of_duty(min(level, 1.0)), words)

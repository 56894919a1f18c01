"""The light of the pod as a person perceives it: hue and CIE lightness from what is sent."""

from typing import TYPE_CHECKING, Final

import numpy as np

from firmware.cues.cue import COLOURS
from firmware.cues.lightness import lightness_of_duty
from firmware.terminal.scene import ShownLamp

if TYPE_CHECKING:
    from firmware.view import Output

LED_COLOURS: Final = np.array([COLOURS[name] for name in ("amber", "blue", "white")]).T  # (rgb, colour)
DARKEST_SHOWN: Final = 1e-4


def perceived_lamp(output: "Output", words: str) -> ShownLamp:
    """Return the light of an output. Its hue is a mixture of the three colours of the cue table."""
    rgb = np.array([output.red, output.green, output.blue])
    weights = np.maximum(np.linalg.solve(LED_COLOURS, rgb), 0.0)
    level = float(weights.sum())
    if level < DARKEST_SHOWN:
        return ShownLamp((0.0, 0.0, 0.0), 0.0, words)
    amber, blue, white = (float(weight) / level for weight in weights)
    return ShownLamp((amber, blue, white), lightness_of_duty(min(level, 1.0)), words)

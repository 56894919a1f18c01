"""The light of the pod as a patch of colour: hue as sent, brightness as lightness, and brighter than it is."""

from typing import TYPE_CHECKING, Final

from rich.color import Color
from rich.style import Style

from firmware.cues.cue import DONE_LEVEL
from firmware.terminal.theme import ColourRole, mix_colours

if TYPE_CHECKING:
    from firmware.terminal.scene import ShownLamp
    from firmware.terminal.theme import Rgb, Theme

DISPLAY_DARK: "Final[tuple[Rgb, Rgb, Rgb]]" = ((0xF2, 0xB1, 0x5C), (0x8E, 0xA0, 0xFF), (0xF6, 0xEF, 0xE2))
DISPLAY_LIGHT: "Final[tuple[Rgb, Rgb, Rgb]]" = ((0xA8, 0x62, 0x0C), (0x3F, 0x55, 0xCF), (0xFF, 0xFF, 0xFF))
SWATCH_LEVELS: Final = 5


def light_swatch(lamp: "ShownLamp", theme: "Theme", width: int) -> tuple[str, Style]:
    """Return the characters and the style of the patch; dashes for off, blocks by lightness where no colour is."""
    glyphs = theme.glyphs
    if not lamp.lightness:
        return glyphs.dash * width, theme.style(ColourRole.INK2)
    share = min(lamp.lightness / DONE_LEVEL, 1.0)
    if not theme.painted:
        full = max(1, round(share * width))
        return (glyphs.full * full).ljust(width, glyphs.dim), theme.style(ColourRole.INK)
    display = DISPLAY_LIGHT if theme.light else DISPLAY_DARK
    red, green, blue = (
        round(sum(weight * colour[channel] for weight, colour in zip(lamp.weights, display, strict=True)))
        for channel in range(3)
    )
    strength = 0.80 + 0.20 * share if theme.light else 0.55 + 0.45 * share
    colour = Color.from_rgb(*mix_colours(theme.rgb("ground"), (red, green, blue), strength))
    return glyphs.full * width, Style.from_color(colour, theme.colour("ground"))

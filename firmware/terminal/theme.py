"""Colours of the live view for every kind of terminal, and the characters that it may use.

Truecolor and 256 colours: the view paints its own ground, so that every contrast is known. With 16 colours or NO_COLOR
the palette is unknown: only bold and reverse are used, on the ink and ground of the terminal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from rich.color import Color
from rich.console import Console
from rich.style import Style

Rgb = tuple[int, int, int]


class Palette(StrEnum):
    """How colours are drawn."""

    DARK = "dark"
    LIGHT = "light"
    DARK_256 = "dark_256"
    LIGHT_256 = "light_256"
    PLAIN = "plain"  # 16 colours or NO_COLOR: bold and reverse only
    ASCII = "ascii"  # no UTF-8: as plain, with characters of ASCII only


TRUE_COLOUR_PALETTES: Final = (Palette.DARK, Palette.LIGHT)
INDEXED_PALETTES: Final = (Palette.DARK_256, Palette.LIGHT_256)
LIGHT_PALETTES: Final = (Palette.LIGHT, Palette.LIGHT_256)


class ColourRole(StrEnum):
    """What a text or a line is for."""

    INK = "ink"
    INK2 = "ink2"  # labels and reasons
    ACCENT = "accent"  # the stage, what is done
    NOW = "now"  # rest of the current stage
    EDGE = "edge"  # stages to come, axes
    NOTE = "note"  # badge, faults
    STOP = "stop"  # the stop panel


# role -> ink and ground; the ground of the picture where there is only one.
_HEX: Final[Mapping[Palette, Mapping[str, str]]] = {
    Palette.DARK: {
        "ground": "10121b", "band": "181b27", "ink": "ece8df", "ink2": "aeb0c2", "accent": "b3bcf5", "now": "5a649f",
        "edge": "747b97", "note": "2c2820", "note_ink": "f1e2c4", "stop": "ece8df", "stop_ink": "191b29",
    },
    Palette.LIGHT: {
        "ground": "f6f1e8", "band": "fffdf8", "ink": "22233a", "ink2": "575870", "accent": "414d9e", "now": "7a83cc",
        "edge": "857c70", "note": "f6e8cf", "note_ink": "3a2c12", "stop": "22233a", "stop_ink": "fdf8ee",
    },
}  # fmt: skip
_INDEX: Final[Mapping[Palette, Mapping[str, int]]] = {
    Palette.DARK_256: {
        "ground": 233, "band": 234, "ink": 254, "ink2": 249, "accent": 147, "now": 61, "edge": 243, "note": 236,
        "note_ink": 223, "stop": 254, "stop_ink": 234,
    },
    Palette.LIGHT_256: {
        "ground": 255, "band": 231, "ink": 235, "ink2": 240, "accent": 61, "now": 104, "edge": 243, "note": 223,
        "note_ink": 235, "stop": 235, "stop_ink": 255,
    },
}  # fmt: skip
_RAMP_HEX: Final[Mapping[Palette, tuple[str, ...]]] = {
    Palette.DARK: ("202538", "37406b", "61568c", "97698f", "cd8a83", "ecb983", "fbe9bd"),
    Palette.LIGHT: ("f3ecdf", "f0d0a6", "e0a18d", "b97c98", "83639c", "4d4f8d", "242d62"),
}
# Chosen by hand: the nearest of 256 would turn the dark end grey and break the order of lightness.
_RAMP_INDEX: Final[Mapping[Palette, tuple[int, ...]]] = {
    Palette.DARK_256: (235, 238, 60, 96, 132, 174, 216, 223),
    Palette.LIGHT_256: (255, 223, 180, 138, 96, 60, 18),
}
RAMP_STEPS: Final = 256
INK_SWITCH: Final = 0.179  # relative luminance above which black letters have the higher contrast


def _rgb(text: str) -> Rgb:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def luminance(colour: Rgb) -> float:
    """Return the relative luminance 0..1 of an sRGB colour (WCAG 2.2)."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - IEC 61966-2-1

    red, green, blue = (linear(value) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(first: Rgb, second: Rgb) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def mix_colours(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return the colour between two in sRGB; share 0 is the first."""
    red, green, blue = (round(low + (high - low) * share) for low, high in zip(first, second, strict=True))
    return red, green, blue


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a palette, each one column wide."""

    bar: str = "━"  # done, and the rest of the current stage
    thin: str = "─"  # to come
    dash: str = "╌"  # light off
    hatch: str = "╱"
    dot: str = "·"
    unknown: str = "–"
    full: str = "█"
    dim: str = "░"
    filled: str = "●"
    empty: str = "○"
    centre: str = "◎"
    times: str = "×"
    shades: str = " ░▒▓█"
    sparks: str = "▁▂▃▄▅▆▇█"


UNICODE_GLYPHS: Final = Glyphs()
ASCII_GLYPHS: Final = Glyphs(
    bar="=", thin="-", dash="-", hatch="/", dot=".", unknown="-", full="#", dim=".", filled="#", empty=".", centre="@",
    times="x", shades=" .:-=+*#", sparks="_.-~=+*#",
)  # fmt: skip
# Marks of events in UTF-8 and in ASCII.
ASCII_MARKS: Final[Mapping[str, str]] = {"·": "-", "◆": "*", "○": "o", "▲": "!", "∩": "~"}


@dataclass(frozen=True, slots=True)
class Theme:
    """Styles and characters of one palette."""

    palette: Palette

    @property
    def glyphs(self) -> Glyphs:
        """The characters that may be used."""
        return ASCII_GLYPHS if self.palette is Palette.ASCII else UNICODE_GLYPHS

    @property
    def painted(self) -> bool:
        """Whether the view paints its own ground."""
        return self.palette in TRUE_COLOUR_PALETTES or self.palette in INDEXED_PALETTES

    @property
    def light(self) -> bool:
        """Whether the ground is light."""
        return self.palette in LIGHT_PALETTES

    def colour(self, token: str) -> Color:
        """Return the colour of a token, as in terminal.md section 5."""
        if self.palette in TRUE_COLOUR_PALETTES:
            return Color.from_rgb(*_rgb(_HEX[self.palette][token]))
        return Color.from_ansi(_INDEX[self.palette][token])

    def rgb(self, token: str) -> Rgb:
        """Return the red, green and blue of a token."""
        return rgb_of(self.colour(token))

    def style(self, role: ColourRole, *, bold: bool = False, band: bool = False) -> Style:
        """Return the style of a role; band is for the top rows."""
        if not self.painted:
            return Style(bold=bold, reverse=role in (ColourRole.NOTE, ColourRole.STOP) or None)
        if role in (ColourRole.NOTE, ColourRole.STOP):
            ink, ground = self.colour(f"{role}_ink"), self.colour(str(role))
        else:
            ink, ground = self.colour(str(role)), self.colour("band" if band else "ground")
        return Style(bold=bold) + Style.from_color(ink, ground)

    def ramp(self, share: float) -> Color:
        """Return the colour of a load, share 0 to 1 of the top of the scale; above 1 the last one."""
        return _ramp(self.palette, round(min(max(share, 0.0), 1.0) * RAMP_STEPS))


@cache
def _ramp(palette: Palette, step: int) -> Color:
    share = step / RAMP_STEPS
    if palette in TRUE_COLOUR_PALETTES:
        stops = _RAMP_HEX[palette]
        place = share * (len(stops) - 1)
        before = min(int(place), len(stops) - 2)
        return Color.from_rgb(*mix_colours(_rgb(stops[before]), _rgb(stops[before + 1]), place - before))
    steps = _RAMP_INDEX[palette]
    return Color.from_ansi(steps[min(int(share * len(steps)), len(steps) - 1)])


def rgb_of(colour: Color) -> Rgb:
    """Return the red, green and blue of a colour."""
    triplet = colour.get_truecolor()
    return triplet.red, triplet.green, triplet.blue


def readable_ink(ground: Color) -> Color:
    """Return black or white, whichever is read better on a colour."""
    value = 0 if luminance(rgb_of(ground)) > INK_SWITCH else 255
    return Color.from_rgb(value, value, value)


def palette_of(console: Console, environment: Mapping[str, str]) -> Palette:
    """Return the palette of a terminal: its encoding, its colours, and COLORFGBG or ACUMAT_THEME for the ground."""
    if not console.encoding.lower().startswith("utf") or environment.get("TERM") == "linux":
        return Palette.ASCII
    if console.no_color or console.color_system not in ("truecolor", "256"):
        return Palette.PLAIN
    light = _light_ground(environment)
    if console.color_system == "truecolor":
        return Palette.LIGHT if light else Palette.DARK
    return Palette.LIGHT_256 if light else Palette.DARK_256


def _light_ground(environment: Mapping[str, str]) -> bool:
    chosen = environment.get("ACUMAT_THEME", "")
    if chosen in ("light", "dark"):
        return chosen == "light"
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return ground in ("7", "15")  # xterm: white and bright white

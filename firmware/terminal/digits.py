"""Large figures: 3 x 5 pixels a digit, two pixels a character."""

from typing import Final

DIGIT_ROWS: Final = 3
_SHAPES: Final = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": ("## ", " # ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "),
    "+": ("   ", " # ", "###", " # ", "   "),
}
_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def large_digits(text: str) -> tuple[str, ...]:
    """Return the rows of a text of digits, colons and a plus, one column between its characters."""
    pixels = [" ".join(_SHAPES[char][row] for char in text) for row in range(5)] + [""]
    width = len(pixels[0])
    return tuple(
        "".join(
            _HALVES[upper == "#", lower == "#"]
            for upper, lower in zip(pixels[row], pixels[row + 1].ljust(width), strict=True)
        )
        for row in range(0, 2 * DIGIT_ROWS, 2)
    )

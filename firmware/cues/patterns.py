"""Shapes of light over time: each returns a level from the pattern's own age in seconds.

No shape changes faster than full scale in a second, but for blinks, which are short on purpose and come at most
twice a second. Colours are (red, green, blue) from 0 to 1.
"""

import math

from firmware.cues.lightness import duty_of_lightness, lightness_of_duty

Rgb = tuple[float, float, float]

RISE, FALL, FLOOR = 0.2, 0.4, 0.3  # of a note: shares of its length, and of its loudness


def raised_cosine(share: float) -> float:
    """Go from 0 to 1 without corners while share goes from 0 to 1 (raised cosine); outside it stays."""
    return 0.5 - 0.5 * math.cos(math.pi * min(1.0, max(0.0, share)))


def mix_colours(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return the colour between two, share 0 the first and 1 the second."""
    return (
        first[0] + (second[0] - first[0]) * share,
        first[1] + (second[1] - first[1]) * share,
        first[2] + (second[2] - first[2]) * share,
    )


def blend_lights(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return the light between two, in steps that look equal; share 0 the first and 1 the second."""
    before, after = map(lightness_of_duty, first), map(lightness_of_duty, second)
    red, green, blue = (duty_of_lightness(old + (new - old) * share) for old, new in zip(before, after, strict=True))
    return red, green, blue


def breathe(phase: float, low: float, high: float, up: float) -> float:
    """Swell from low to high in the share up of a breath, sink back in the rest; phase 0..1."""
    share = phase / up if phase < up else (1.0 - phase) / (1.0 - up)
    return low + (high - low) * raised_cosine(share)


def rise(age_s: float, low: float, high: float, over_s: float) -> float:
    """Go from low to high within over_s and stay."""
    return low + (high - low) * raised_cosine(age_s / over_s)


def fade(age_s: float, over_s: float) -> float:
    """Factor that takes any shape from full to nothing within over_s."""
    return 1.0 - raised_cosine(age_s / over_s)


def pulse(age_s: float, high: float, on_s: float) -> float:
    """Swell and sink once, half of on_s each."""
    return breathe(age_s / on_s, 0.0, high, 0.5) if 0 <= age_s < on_s else 0.0


def blink(age_s: float, high: float, on_s: float, edge_s: float) -> float:
    """Be on for on_s, with edges of edge_s inside that time."""
    return (
        high * min(raised_cosine(age_s / edge_s), raised_cosine((on_s - age_s) / edge_s)) if 0 <= age_s < on_s else 0.0
    )


def beat(age_s: float, lengths_s: tuple[float, ...], gap_s: float, every_s: float) -> tuple[float, float] | None:
    """Return the beat of a train at an age: its age and its length in seconds; None in a pause.

    A train is the lengths with gap_s of pause after each. It comes again every every_s; 0 is once. Below 0 is no beat.
    """
    if age_s < 0:
        return None
    at_s = age_s % every_s if every_s else age_s
    for length_s in lengths_s:
        if at_s < length_s:
            return at_s, length_s
        at_s -= length_s + gap_s
        if at_s < 0:
            return None
    return None


def onset_before(age_s: float, lengths_s: tuple[float, ...], gap_s: float, every_s: float) -> float:
    """Age at which the last beat began, never later than age_s."""
    round_s = age_s - age_s % every_s if every_s else 0.0
    onset_s = 0.0
    for length_s in lengths_s[:-1]:
        if round_s + onset_s + length_s + gap_s > age_s:
            break
        onset_s += length_s + gap_s
    return round_s + onset_s


def melody_note(age_s: float, notes_hz: tuple[float, ...], note_s: float) -> tuple[float, float] | None:
    """Return what a melody sounds at an age: frequency in hertz and loudness 0..1; None in a rest or when it is over.

    Each note lasts note_s: it rises for a fifth of it, falls for two fifths, and is never below FLOOR, so that its
    whole length can be heard. 0 Hz is a rest.
    """
    which = math.floor(age_s / note_s)
    if not 0 <= which < len(notes_hz) or not notes_hz[which]:
        return None
    share = age_s / note_s - which
    return notes_hz[which], FLOOR + (1.0 - FLOOR) * min(1.0, share / RISE, (1.0 - share) / FALL)

"""The window of the night, by the minute."""

import pytest

from firmware.cues.night import NightHours


def minute(time: str) -> int:
    """Return the minute of the day."""
    return int(time[:2]) * 60 + int(time[3:])


@pytest.mark.parametrize(
    ("hours", "time", "quiet"),
    [
        (NightHours(), "21:59", False),
        (NightHours(), "22:00", True),
        (NightHours(), "23:59", True),
        (NightHours(), "00:00", True),
        (NightHours(), "06:59", True),
        (NightHours(), "07:00", False),
        (NightHours("13:00", "15:30"), "12:59", False),
        (NightHours("13:00", "15:30"), "13:00", True),
        (NightHours("13:00", "15:30"), "15:30", False),
        (NightHours("13:00", "13:00"), "13:00", False),
    ],
)
def test_the_window_holds_from_its_first_minute_to_before_its_last(hours: NightHours, time: str, quiet: bool) -> None:
    """Over midnight, within a day, and a window of nothing."""
    assert hours.at(minute(time)) is quiet


@pytest.mark.parametrize("wrong", ["24:00", "7:00", "22:60", "22.00", "", "22:00 "])
def test_what_is_no_time_of_day_is_rejected(wrong: str) -> None:
    """The text has the value and what to give."""
    with pytest.raises(ValueError, match="give a time of day from 00:00 to 23:59"):
        NightHours(start=wrong)
    with pytest.raises(ValueError, match=f'end is "{wrong}"'):
        NightHours(end=wrong)

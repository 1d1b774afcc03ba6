"""Opening hours as people write them."""

import pytest

from heliodesk.calendars.hours import HoursError, Window, parse_days, parse_week, parse_windows


@pytest.mark.parametrize(
    ("texts", "windows"),
    [
        (["09:00-17:00"], (Window(540, 1020),)),
        (["13:00-17:00", "09:00-12:00"], (Window(540, 720), Window(780, 1020))),
        (["22:00-06:00"], (Window(1320, 1800),)),
        (["00:00-24:00"], (Window(0, 1440),)),
        (["18:00-00:00"], (Window(1080, 1440),)),
        ([], ()),
    ],
)
def test_windows(texts: list[str], windows: tuple[Window, ...]) -> None:
    assert parse_windows(texts) == windows


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("9-17", "not a window"),
        ("09:00-25:00", "not a window"),
        ("09:00-24:30", "24:00"),
        ("24:00-09:00", "24:00"),
        ("09:00-09:00", "same minute"),
    ],
)
def test_unreadable_window_says_why(text: str, says: str) -> None:
    with pytest.raises(HoursError, match=says):
        parse_windows([text])


def test_overlapping_windows_are_refused() -> None:
    with pytest.raises(HoursError, match="overlap"):
        parse_windows(["09:00-13:00", "12:00-17:00"])


def test_days() -> None:
    assert parse_days("mon-fri") == (0, 1, 2, 3, 4)
    assert parse_days("sat-mon") == (5, 6, 0)
    assert parse_days("wed") == (2,)
    with pytest.raises(HoursError, match="not a day"):
        parse_days("monday")


def test_a_day_named_twice_is_refused() -> None:
    with pytest.raises(HoursError, match="wed is named twice"):
        parse_week({"mon-fri": ["09:00-17:00"], "wed": ["09:00-12:00"]})

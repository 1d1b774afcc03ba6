"""Opening hours as people write them: ``mon-fri: ["09:00-17:00"]``."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
_WINDOW = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*-\s*([01]\d|2[0-4]):([0-5]\d)")


class HoursError(ValueError):
    """Opening hours that cannot be read; the text says why."""


class Window(NamedTuple):
    """One opening on a day, in minutes of wall time after its midnight.

    ``closes`` passes 1440 when the window ends on the following day.
    """

    opens: int
    closes: int


Week = tuple[tuple[Window, ...], ...]


def parse_window(text: str) -> Window:
    """Read ``"22:00-06:00"``: an end at or before the start means the next morning."""
    found = _WINDOW.fullmatch(text.strip())
    if not found:
        raise HoursError(f"{text!r} is not a window such as 09:00-17:00")
    opens_h, opens_m, closes_h, closes_m = map(int, found.groups())
    opens, closes = opens_h * 60 + opens_m, closes_h * 60 + closes_m
    if opens >= DAY_MINUTES or closes > DAY_MINUTES:
        raise HoursError(f"{text!r} passes midnight: the last closing of a day is 24:00")
    if opens == closes:
        raise HoursError(f"{text!r} opens and closes at the same minute; all day is 00:00-24:00")
    return Window(opens, closes if closes > opens else closes + DAY_MINUTES)


def parse_windows(texts: Sequence[str]) -> tuple[Window, ...]:
    """Read the windows of one day, in order of opening; two that overlap are refused."""
    windows = tuple(sorted(parse_window(text) for text in texts))
    for earlier, later in pairwise(windows):
        if later.opens < earlier.closes:
            raise HoursError(f"two windows of one day overlap in {list(texts)}")
    return windows


def parse_days(text: str) -> range | tuple[int, ...]:
    """Read ``"mon"`` or ``"mon-fri"`` or ``"fri-mon"`` as day numbers, Monday 0."""
    first, _, last = text.strip().lower().partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise HoursError(f"{text!r} is not a day or a span of days such as mon-fri")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple(day % 7 for day in range(start, end + 1 if end >= start else end + 8))


def parse_week(hours: Mapping[str, Sequence[str]]) -> Week:
    """Read a week of hours; days not named are closed, and no day may be named twice."""
    week: dict[int, tuple[Window, ...]] = {}
    for days, texts in hours.items():
        for day in parse_days(days):
            if day in week:
                raise HoursError(f"{DAYS[day]} is named twice")
            week[day] = parse_windows(texts)
    return tuple(week.get(day, ()) for day in range(7))


def write_week(week: Week) -> dict[str, list[str]]:
    """A week of hours as people write it; neighbouring days with the same hours in one span."""
    written: dict[str, list[str]] = {}
    first = 0
    for day in range(1, 8):
        if day < 7 and week[day] == week[first]:
            continue
        if week[first]:
            name = DAYS[first] if first == day - 1 else f"{DAYS[first]}-{DAYS[day - 1]}"
            written[name] = write_windows(week[first])
        first = day
    return written


def write_windows(windows: Sequence[Window]) -> list[str]:
    """The windows of one day as people write them: ``["09:00-17:00"]``."""
    return [f"{_wall(w.opens)}-{_wall(_last(w.closes))}" for w in windows]


def _last(closes: int) -> int:
    return closes if closes <= DAY_MINUTES else closes - DAY_MINUTES


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"

"""The open hours of a calendar as UTC intervals with their running sum.

All instants here are whole microseconds since 1970 in UTC, so that a deadline is two
bisections and one addition.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000


def micros(at: datetime) -> int:
    """An aware instant as microseconds since 1970."""
    gap = at - EPOCH
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def instant(value: int) -> datetime:
    """Microseconds since 1970 as an aware instant in UTC."""
    return EPOCH + timedelta(microseconds=value)


class Interval(NamedTuple):
    """Open time from an instant up to, not including, another; both aware, UTC."""

    start: datetime
    end: datetime


class Timeline:
    """Open intervals of a span of years, merged, ascending, with cumulative open time."""

    __slots__ = ("ends", "first_year", "last_year", "starts", "sums")

    def __init__(self, spans: Iterable[tuple[int, int]], first_year: int, last_year: int) -> None:
        self.first_year, self.last_year = first_year, last_year
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.sums: list[int] = []
        for start, end in _merged(spans):
            self.starts.append(start)
            self.ends.append(end)
        total = 0
        for start, end in zip(self.starts, self.ends, strict=True):
            total += end - start
            self.sums.append(total)

    def next_index(self, at: int) -> int:
        """The interval that holds ``at``, or else the next one; may be one past the last."""
        return bisect_right(self.ends, at)

    def after(self, at: int, need: int) -> int | None:
        """The instant when ``need`` of open time has passed since ``at``; None if past the end."""
        index = bisect_right(self.ends, at)
        if index == len(self.ends):
            return None
        start = max(at, self.starts[index])
        if need == 0:
            return start
        target = self.sums[index] - self.ends[index] + start + need
        last = bisect_left(self.sums, target, index)
        if last == len(self.sums):
            return None
        return self.ends[last] - (self.sums[last] - target)

    def open_until(self, at: int) -> int:
        """Open time from the beginning of these years up to ``at``."""
        index = bisect_right(self.ends, at)
        done = self.sums[index - 1] if index else 0
        if index < len(self.starts) and self.starts[index] < at:
            done += at - self.starts[index]
        return done

    def clipped(self, start: int, end: int) -> list[Interval]:
        """The open intervals between two instants."""
        found = []
        for index in range(bisect_right(self.ends, start), len(self.starts)):
            if self.starts[index] >= end:
                break
            opens, closes = max(start, self.starts[index]), min(end, self.ends[index])
            found.append(Interval(instant(opens), instant(closes)))
        return found


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

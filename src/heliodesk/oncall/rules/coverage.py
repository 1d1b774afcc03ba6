"""When which region is awake, as UTC: wall times in each zone, whatever clocks do there.

An opening in a missing hour is the end of the gap; in a repeated hour an opening is the first
pass and a closing the second (C24).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from heliodesk.calendars.wall import closing_instant, opening_instant

DAY = timedelta(days=1)


class Span(NamedTuple):
    """A half-open stretch of time, both ends aware."""

    start: datetime
    end: datetime


def never_closed(day: date) -> bool:
    """The holidays of a region whose people are on call on all of them."""
    return False


@dataclass(frozen=True)
class Waking:
    """Daily hours on some weekdays; minutes after midnight, bit 0 of the mask is Monday.

    A closing at or before the opening is on the next day.
    """

    weekdays: int
    opens: int
    closes: int
    on_holidays: bool = True


@dataclass(frozen=True)
class Awake:
    """A region as coverage sees it; of several that are awake the first in order holds P1."""

    code: str
    zone: str
    waking: tuple[Waking, ...]
    closed_on: Callable[[date], bool] = field(default=never_closed, compare=False)


class Hold(NamedTuple):
    """A region holds P1 from one instant to another."""

    start: datetime
    end: datetime
    region: str


def awake(region: Awake, start: datetime, end: datetime) -> list[Span]:
    """When the region is awake between two instants, in UTC, joined and in order."""
    zone = ZoneInfo(region.zone)
    day, last = start.astimezone(zone).date() - 2 * DAY, end.astimezone(zone).date() + DAY
    spans = []
    while day <= last:
        for hours in region.waking:
            if hours.weekdays >> day.weekday() & 1 and (
                hours.on_holidays or not region.closed_on(day)
            ):
                spans.append(_span(day, hours, zone))
        day += DAY
    return clipped(joined(spans), start, end)


def _span(day: date, hours: Waking, zone: ZoneInfo) -> Span:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (wall time on purpose)
    closes = hours.closes if hours.closes > hours.opens else hours.closes + 1440
    return Span(
        opening_instant(midnight + timedelta(minutes=hours.opens), zone),
        closing_instant(midnight + timedelta(minutes=closes), zone),
    )


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time as the fewest spans, in order."""
    result: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def clipped(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of the spans between two instants."""
    cut = (Span(max(span.start, start), min(span.end, end)) for span in spans)
    return [span for span in cut if span.start < span.end]


def holds(regions: Sequence[Awake], start: datetime, end: datetime) -> list[Hold]:
    """Which region holds P1 when: at each instant the first in order that is awake.

    Spans do not overlap; where nobody is awake there is none.
    """
    waking = [(region.code, awake(region, start, end)) for region in regions]
    edges = sorted({edge for _, spans in waking for span in spans for edge in span})
    result: list[Hold] = []
    for left, right in pairwise(edges):
        code = next((code for code, spans in waking if _covers(spans, left, right)), None)
        if code is None:
            continue
        if result and result[-1].region == code and result[-1].end == left:
            result[-1] = Hold(result[-1].start, right, code)
        else:
            result.append(Hold(left, right, code))
    return result


def _covers(spans: Sequence[Span], left: datetime, right: datetime) -> bool:
    """Whether one of these spans, joined and in order, holds all of a stretch."""
    index = bisect_right(spans, left, key=lambda span: span.start) - 1
    return index >= 0 and right <= spans[index].end


def gaps(covered: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The time between two instants that no span covers."""
    missing, at = [], start
    for span in clipped(joined(covered), start, end):
        if span.start > at:
            missing.append(Span(at, span.start))
        at = span.end
    if at < end:
        missing.append(Span(at, end))
    return missing


def share(covered: Iterable[Span], start: datetime, end: datetime) -> float:
    """The covered share of the time between two instants, from 0 to 1."""
    lost = sum((gap.end - gap.start for gap in gaps(covered, start, end)), timedelta())
    return 1 - lost / (end - start)

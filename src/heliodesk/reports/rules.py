"""How figures are counted: bands of time, medians, shares, periods. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Measure(StrEnum):
    """What is counted of a day; the band of each says more."""

    #: New cases; the band is the hour (UTC).
    OPENED = "opened"
    #: Cases that stopped being open: resolved, closed or cancelled.
    ENDED = "ended"
    #: Ended cases that became open again.
    REOPENED = "reopened"
    #: First answers of a person; the band is the time since the case was opened.
    RESPONDED = "responded"
    #: Those of them that came after their target.
    RESPONDED_LATE = "responded_late"
    #: Cases resolved; the band is the time since the case was opened.
    RESOLVED = "resolved"
    #: Targets missed; the band is the metric, see ``METRICS``.
    BREACHED = "breached"
    #: Ratings by customers; the band is the score.
    RATED = "rated"


#: The bands of ``BREACHED``, in order.
METRICS = ("first_response", "next_response", "update", "resolution")
#: Upper edges in minutes of the bands of time: each a quarter longer than the one before, so that
#: a median is true to within a tenth. The last band is open: six weeks and more.
EDGES = tuple(round(1.25**n, 2) for n in range(50))


@dataclass(frozen=True)
class Span:
    """Days that a report covers; ``end`` is not part of it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.start).days

    def before(self) -> "Span":
        """The span as long as this one that ends where this one begins."""
        return Span(self.start - timedelta(days=self.days), self.start)

    def each(self) -> list[date]:
        """The days, first to last."""
        return [self.start + timedelta(days=n) for n in range(self.days)]


class Every(StrEnum):
    """How often a report is mailed; it covers the whole period that has just ended."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def span_ended(every: Every, today: date) -> Span:
    """The last whole day, week (from Monday) or month before ``today``."""
    if every is Every.DAY:
        return Span(today - timedelta(days=1), today)
    if every is Every.WEEK:
        monday = today - timedelta(days=today.weekday())
        return Span(monday - timedelta(days=7), monday)
    first = today.replace(day=1)
    return Span((first - timedelta(days=1)).replace(day=1), first)


def next_sending(every: Every, after: datetime, hour: int) -> datetime:
    """The first ``hour`` o'clock after this instant, in its zone, on which a period has ended."""
    moment = after.replace(hour=hour, minute=0, second=0, microsecond=0)
    if moment <= after:
        moment += timedelta(days=1)
    if every is Every.WEEK:
        moment += timedelta(days=-moment.weekday() % 7)
    if every is Every.MONTH and moment.day != 1:
        moment = (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
    return moment


def quantile(bands: Mapping[int, int], share: float = 0.5) -> float | None:
    """Minutes below which this share of the counted times lies; none when nothing was counted.

    Within a band times are taken to be spread evenly.
    """
    total = sum(bands.values())
    if not total:
        return None
    wanted, passed = total * share, 0
    for band in sorted(bands):
        if passed + bands[band] >= wanted:
            low = EDGES[band - 1] if band else 0.0
            high = EDGES[min(band, len(EDGES) - 1)]
            return low + (high - low) * (wanted - passed) / bands[band]
        passed += bands[band]
    return EDGES[-1]


def percent(part: int, whole: int) -> float | None:
    """The share in percent; none of nothing."""
    return 100 * part / whole if whole else None


def open_at_ends(now: int, opened: Sequence[int], ended: Sequence[int]) -> list[int]:
    """How many cases were open at the end of each day, counted back from how many are now."""
    found = []
    for came, went in zip(reversed(opened), reversed(ended), strict=True):
        found.append(now)
        now -= came - went
    return [max(0, n) for n in reversed(found)]


def nice_top(most: int) -> int:
    """The top of an axis with four even steps that holds ``most``."""
    step = 1
    while step * 4 < most:
        text = str(step)
        step = int({"1": "2", "2": "5", "5": "10"}[text[0]] + text[1:])
    return step * 4

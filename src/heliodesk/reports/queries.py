"""Figures of a span, by what they are grouped and filtered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from heliodesk.kernel import reading
from heliodesk.reports.models import Subscription
from heliodesk.reports.rules import Measure, Span, percent, quantile

#: What figures can be grouped and filtered by.
GROUPS = ("region", "package", "queue", "priority")


@dataclass(frozen=True)
class Only:
    """Which cases count; empty fields are all."""

    region: str = ""
    package: str = ""
    queue: str = ""
    priority: str = ""

    def condition(self) -> tuple[str, list[object]]:
        """As SQL over ``reports_figure``."""
        chosen = [(name, getattr(self, name)) for name in GROUPS if getattr(self, name)]
        return (
            "".join(f" and {name} = %s" for name, _ in chosen),
            [value for _, value in chosen],
        )


@dataclass
class Counts:
    """What happened, added up."""

    n: Counter[str] = field(default_factory=Counter)
    #: Of measures with bands: band -> how often.
    bands: dict[str, Counter[int]] = field(default_factory=dict)

    def add(self, measure: str, band: int, n: int) -> None:
        """Take one figure in."""
        self.n[measure] += n
        self.bands.setdefault(measure, Counter())[band] += n

    def times(self, measure: Measure) -> Counter[int]:
        """The bands of a measure."""
        return self.bands.get(measure, Counter())

    @property
    def met(self) -> float | None:
        """First responses within their target, in percent."""
        responded = self.n[Measure.RESPONDED]
        return percent(responded - self.n[Measure.RESPONDED_LATE], responded)

    @property
    def response(self) -> float | None:
        """Median minutes to the first response."""
        return quantile(self.times(Measure.RESPONDED))

    @property
    def response_most(self) -> float | None:
        """Minutes within which nine of ten first responses came."""
        return quantile(self.times(Measure.RESPONDED), 0.9)

    @property
    def resolution(self) -> float | None:
        """Median minutes to resolution."""
        return quantile(self.times(Measure.RESOLVED))

    @property
    def reopened(self) -> float | None:
        """Reopened cases to a hundred that ended."""
        return percent(self.n[Measure.REOPENED], self.n[Measure.ENDED])

    @property
    def satisfaction(self) -> float | None:
        """The mean score of ratings; none without any."""
        scores = self.times(Measure.RATED)
        total = sum(scores.values())
        return sum(score * n for score, n in scores.items()) / total if total else None


def by(group: str, span: Span, only: Only) -> dict[str, Counts]:
    """Counts of each region, package, queue or priority, the one with most new cases first."""
    if group not in GROUPS:
        raise ValueError(f"figures are not kept by {group}")
    found: dict[str, Counts] = {}
    for key, measure, band, n in _rows(f"{group}, measure, band", span, only):
        found.setdefault(key, Counts()).add(measure, band, n)
    return dict(sorted(found.items(), key=lambda item: (-item[1].n[Measure.OPENED], item[0])))


def total(span: Span, only: Only) -> Counts:
    """Counts of the whole span."""
    counts = Counts()
    for measure, band, n in _rows("measure, band", span, only):
        counts.add(measure, band, n)
    return counts


def by_day(span: Span, only: Only) -> dict[date, Counts]:
    """Counts of each day, days without any included."""
    found = {day: Counts() for day in span.each()}
    for day, measure, band, n in _rows("day, measure, band", span, only):
        found[day].add(measure, band, n)
    return found


def coming(span: Span, only: Only, zone: ZoneInfo) -> list[list[int]]:
    """New cases by weekday (Monday first) and hour of this zone."""
    grid = [[0] * 24 for _ in range(7)]
    for day, band, n in _rows("day, band", span, only, Measure.OPENED):
        moment = datetime(day.year, day.month, day.day, band, tzinfo=UTC).astimezone(zone)
        grid[moment.weekday()][moment.hour] += n
    return grid


def choices(span: Span) -> dict[str, list[str]]:
    """What figures of this span can be filtered by."""
    found = reading.rows(
        connection,
        """select array_agg(distinct region), array_agg(distinct package), array_agg(distinct queue)
           from reports_figure where day >= %s and day < %s""",
        [span.start, span.end],
    )[0]
    return {name: sorted(values or []) for name, values in zip(GROUPS[:3], found, strict=True)}


def counted() -> bool:
    """Whether there are any figures yet."""
    return bool(reading.rows(connection, "select exists (select from reports_figure)")[0][0])


def subscriptions_of(user_id: int) -> Sequence[Subscription]:
    """What a person gets by mail."""
    return list(Subscription.objects.filter(user_id=user_id).order_by("id"))


def lines(span: Span, only: Only) -> list[tuple[object, ...]]:
    """A line a day, region, package, queue and priority, for a sheet."""
    where, params = only.condition()
    measures = ", ".join(
        f"coalesce(sum(n) filter (where measure = '{measure}'), 0)::bigint as {measure}"
        for measure in Measure
    )
    counts = ", ".join(f"coalesce({measure}, 0)" for measure in Measure)
    days = [span.start, span.end, *params]
    return reading.rows(
        connection,
        f"""with happened as (
                select day, region, package, queue, priority, {measures} from reports_figure
                where day >= %s and day < %s{where} group by 1, 2, 3, 4, 5),
            worked as (
                select day, region, package, queue, priority, sum(minutes)::bigint as minutes
                from ({_WORKED}) w where day >= %s and day < %s{where} group by 1, 2, 3, 4, 5)
            select day, region, package, queue, priority, {counts}, coalesce(minutes, 0)
            from happened full join worked using (day, region, package, queue, priority)
            order by 1, 2, 3, 4, 5""",
        [*days, *days],
        prepare=False,
    )


#: Time that people entered, on the day on which they worked.
_WORKED = """
select t.on_day as day, a.region, c.package, c.queue, c.priority, t.minutes
from cases_timespent t join cases_case c on c.id = t.case_id
join customers_account a on a.id = c.account_id
"""


def worked(group: str, span: Span, only: Only) -> dict[str, int]:
    """Minutes worked in the span, by region, package, queue or priority."""
    if group not in GROUPS:
        raise ValueError(f"time is not kept by {group}")
    where, params = only.condition()
    found = reading.rows(
        connection,
        f"""select {group}, sum(minutes)::bigint from ({_WORKED}) w
            where day >= %s and day < %s{where} group by 1""",
        [span.start, span.end, *params],
        prepare=False,
    )
    return dict(found)


def _rows(columns: str, span: Span, only: Only, measure: str = "") -> list[tuple[Any, ...]]:
    where, params = only.condition()
    if measure:
        where, params = f"{where} and measure = %s", [*params, measure]
    return reading.rows(
        connection,
        f"""select {columns}, sum(n)::bigint from reports_figure
            where day >= %s and day < %s{where} group by {columns}""",
        [span.start, span.end, *params],
        prepare=False,
    )


def last_days(today: date, days: int) -> Span:
    """The span of this many days that ends with today."""
    return Span(today - timedelta(days=days - 1), today + timedelta(days=1))

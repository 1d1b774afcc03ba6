"""Figures for programs: what the reports show, by region, package, queue or priority."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from heliodesk.api.door import Answer, Asked
from heliodesk.api.problems import Problem
from heliodesk.api.shapes import Said
from heliodesk.reports import queries
from heliodesk.reports.queries import Counts, Only
from heliodesk.reports.rules import Measure, Span

#: Days that one question may cover.
MOST_DAYS = 731
_USUAL_DAYS = 28


@dataclass(frozen=True)
class Figures:
    """What happened in a span; times are medians in minutes, shares are in percent."""

    opened: int
    resolved: int
    ended: Annotated[int, Said("Resolved, closed or cancelled.")]
    reopened: int
    breached: Annotated[int, Said("Targets missed.")]
    first_response_minutes: float | None
    resolution_minutes: float | None
    first_response_met: Annotated[float | None, Said("First responses within target, percent.")]
    reopen_rate: Annotated[float | None, Said("Reopened cases to a hundred that ended.")]
    satisfaction: Annotated[float | None, Said("Mean score of ratings, 1 to 5.")]


@dataclass(frozen=True)
class Group:
    """The figures of one region, package, queue or priority."""

    key: str
    figures: Figures


@dataclass(frozen=True)
class Report:
    """Figures of a span of days, altogether and by group."""

    start: date
    end: Annotated[date, Said("The last day; it is part of the span.")]
    total: Figures
    by: Annotated[str, Said("What the groups are.")]
    groups: list[Group]


def figures(request: Asked) -> Answer:
    """Figures of a span of days."""
    query, today = request.query, request.at.date()
    end = query["end"] or today
    start = query["start"] or end - timedelta(days=_USUAL_DAYS - 1)
    if not 0 <= (end - start).days < MOST_DAYS:
        raise Problem(422, f"Ask for 1 to {MOST_DAYS} days, “start” before “end”.")
    span = Span(start, end + timedelta(days=1))
    only = Only(*(query[name] or "" for name in queries.GROUPS))
    groups = [Group(key, _figures(counts)) for key, counts in
              queries.by(query["by"], span, only).items()]  # fmt: skip
    total = _figures(queries.total(span, only))
    return Answer(Report(start, end, total, query["by"], groups))


def _figures(counts: Counts) -> Figures:
    return Figures(
        opened=counts.n[Measure.OPENED],
        resolved=counts.n[Measure.RESOLVED],
        ended=counts.n[Measure.ENDED],
        reopened=counts.n[Measure.REOPENED],
        breached=counts.n[Measure.BREACHED],
        first_response_minutes=_rounded(counts.response),
        resolution_minutes=_rounded(counts.resolution),
        first_response_met=_rounded(counts.met),
        reopen_rate=_rounded(counts.reopened),
        satisfaction=_rounded(counts.satisfaction, 2),
    )


def _rounded(value: float | None, places: int = 1) -> float | None:
    return None if value is None else round(value, places)

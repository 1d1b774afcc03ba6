"""Figures of a period, charts with their tables, the same as a sheet."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_noop as _

from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.reports import board, mailing, queries, rules
from heliodesk.reports.queries import GROUPS, Only
from heliodesk.reports.rules import METRICS, Measure, Span
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.reports import charts
from heliodesk.web.spent import spent

#: The periods offered, as days.
PERIODS = {"7": _("7 days"), "14": _("14 days"), "84": _("12 weeks"), "364": _("12 months")}
GROUPED = {
    "region": _("Region"),
    "package": _("Package"),
    "queue": _("Team queue"),
    "priority": _("Priority"),
}
#: Longest span that may be asked for, in days.
MOST_DAYS = 1100


def _span(request: PersonRequest) -> tuple[str, Span]:
    """What was asked for: a period that ends today, or the days ``from`` to ``to``."""
    given, today = request.GET, clock.now().astimezone(UTC).date()
    if given.get("from") or given.get("to"):
        try:
            start = date.fromisoformat(given.get("from", ""))
            end = date.fromisoformat(given["to"]) if given.get("to") else today
        except ValueError as error:
            raise Http404 from error
        if not timedelta() <= end - start <= timedelta(days=MOST_DAYS):
            raise Http404
        return "", Span(start, end + timedelta(days=1))
    days = given.get("days", "14")
    if days not in PERIODS:
        raise Http404
    return days, queries.last_days(today, int(days))


def only_of(request: PersonRequest) -> Only:
    """The cases that were asked for."""
    return Only(**{name: request.GET.get(name, "")[:60] for name in GROUPS})


@needs(May.SEE_REPORTS)
def show(request: PersonRequest) -> HttpResponse:
    """The figures of a period beside those of the period before."""
    days, span = _span(request)
    only = only_of(request)
    group = request.GET.get("by", "region")
    if group not in GROUPED:
        raise Http404
    each = queries.by_day(span, only)
    open_now = sum(one.open for one in board.load(request.person, clock.now()))
    responded = [counts.n[Measure.RESPONDED] for counts in each.values()]
    late = [counts.n[Measure.RESPONDED_LATE] for counts in each.values()]
    opened = [counts.n[Measure.OPENED] for counts in each.values()]
    ended = [counts.n[Measure.ENDED] for counts in each.values()]
    to_today = span.end > clock.now().astimezone(UTC).date()
    open_each = rules.open_at_ends(open_now, opened, ended) if only == Only() and to_today else []
    zone = ZoneInfo(request.person.zone)
    coming = queries.coming(span, only, zone)
    return page(
        request,
        "reports/figures.html",
        area="reports",
        tab="figures",
        days=days,
        span=span,
        last=span.end - timedelta(days=1),
        periods=PERIODS,
        only=only,
        choices=queries.choices(span),
        counted=queries.counted(),
        group=group,
        groups=GROUPED,
        now_=queries.total(span, only),
        before=queries.total(span.before(), only),
        p1=queries.total(span, replace(only, priority="P1")),
        by=queries.by(group, span, only),
        worked=queries.worked(group, span, only),
        spent=spent,
        each=each,
        Measure=Measure,
        responses=charts.bars(
            list(each), [r - b for r, b in zip(responded, late, strict=True)], late
        ),
        flow=charts.bars(list(each), opened, [0] * len(opened)),
        open_each=dict(zip(each, open_each, strict=True)) if open_each else {},
        open_line=charts.line(list(each), open_each) if open_each else None,
        coming=coming,
        fields=charts.weekdays(coming),
        zone=request.person.zone,
        minutes=mailing.minutes,
        metrics=METRICS,
        asked=request.GET.urlencode(),
    )


@needs(May.SEE_REPORTS)
def sheet(request: PersonRequest) -> HttpResponse:
    """The same figures as CSV."""
    _days, span = _span(request)
    answer = HttpResponse(mailing.sheet(span, only_of(request)), content_type="text/csv")
    name = f"figures-{span.start}-{span.end - timedelta(days=1)}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""P1s per account and month (R74): how many, how fast, and against all cases."""

import csv
import io
from datetime import UTC, datetime, timedelta

from django.http import HttpResponse

from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.oncall import looking
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page

MOST_MONTHS = 24


def _span(request: PersonRequest, now: datetime) -> tuple[datetime, datetime, int]:
    asked = request.GET.get("months", "6")
    count = min(max(int(asked) if asked.isdigit() else 6, 1), MOST_MONTHS)
    month = now.year * 12 + now.month - 1 - (count - 1)
    start = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return start, now + timedelta(seconds=1), count


@needs(May.SEE_REPORTS)
def show(request: PersonRequest) -> HttpResponse:
    """The report as a page."""
    start, end, count = _span(request, clock.now())
    rates = looking.rates(start, end)
    return page(
        request,
        "p1/report.html",
        area="p1",
        months=looking.months(request.person, start, end),
        rates=rates,
        most=max((rate.p1s for rate in rates), default=0) or 1,
        count=count,
    )


@needs(May.SEE_REPORTS)
def sheet(request: PersonRequest) -> HttpResponse:
    """The report as a sheet."""
    start, end, count = _span(request, clock.now())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "month",
            "account",
            "package",
            "p1s",
            "taken_s",
            "reached_s",
            "resolved_s",
            "pages",
            "missed",
        ]
    )
    for row in looking.months(request.person, start, end):
        writer.writerow(
            [f"{row.month:%Y-%m}", _plain(row.account), row.package, row.p1s, _whole(row.taken),
             _whole(row.reached), _whole(row.resolved), row.pages, row.missed]
        )  # fmt: skip
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="p1-{count}-months.csv"'
    return answer


def _whole(seconds: float | None) -> str:
    return "" if seconds is None else str(round(seconds))


def _plain(text: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text

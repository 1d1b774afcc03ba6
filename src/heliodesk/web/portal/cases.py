"""My cases: found, narrowed down, and saved as a sheet."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from heliodesk.cases import front
from heliodesk.cases.front import SHOWN, Row
from heliodesk.kernel import clock
from heliodesk.web import keyset
from heliodesk.web.portal import frame, words
from heliodesk.web.portal.door import CustomerRequest, signed_in
from heliodesk.web.translation import translated as _

_KEY = (datetime, int)
#: A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@signed_in
def cases(request: CustomerRequest) -> HttpResponse:
    """The list."""
    asked = _asked(request)
    after = keyset.read(request.GET.get("after", ""), _KEY)
    rows = front.mine(request.customer, **asked, after=after)
    shown = rows[: front.PAGE]
    query = {name: request.GET.get(name, "") for name in ("show", "q", "own", "account")}
    older = ""
    if len(rows) > front.PAGE:
        older = keyset.address(request.path, **query, after=keyset.write(front.key(shown[-1])))
    return frame.framed(
        request,
        "portal/cases.html",
        area="cases",
        script="cases",
        rows_found=shown,
        older=older,
        first=keyset.address(request.path, **query) if after else "",
        given=query,
        asked=asked,
        lists=list(SHOWN),
        managed=request.customer.managed,
        sheet=keyset.address(request.path + "export.csv", **query),
    )


def _asked(request: CustomerRequest) -> dict[str, Any]:
    account = request.GET.get("account", "")
    known = {str(place.account_id) for place in (request.customer.place, *request.customer.managed)}
    chosen = request.GET.get("show", "")
    return {
        "shown": chosen if chosen in SHOWN else "open",
        "own": request.GET.get("own") == "1",
        "account_id": int(account) if account in known else None,
        "text": request.GET.get("q", ""),
    }


@require_safe
@signed_in
def export(request: CustomerRequest) -> StreamingHttpResponse:
    """The list as a sheet, with the same filters (CSV, UTF-8)."""
    rows = front.mine(request.customer, **_asked(request), size=front.MOST)[: front.MOST]
    today = clock.now().date().isoformat()
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{today}.csv"'
    response["Cache-Control"] = "no-store"
    return response


class _Echo:
    """Hands each written line on."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: list[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    head = [
        _("Reference"), _("Subject"), _("State"), _("Priority"), _("Kind"), _("Account"),
        _("Raised by"), _("Opened"), _("Last change"), _("Closed"),
    ]  # fmt: skip
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([_safe(cell) for cell in _cells(row)])


def _cells(row: Row) -> list[str]:
    return [
        row.ref,
        row.title,
        words.state(row.state).word,
        row.priority,
        words.kind(row.kind),
        row.account,
        row.contact,
        _written(row.opened_at),
        _written(row.last_activity_at),
        _written(row.closed_at),
    ]


def _written(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

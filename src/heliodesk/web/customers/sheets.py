"""Import of sheets with a dry run first, and export."""

from dataclasses import replace
from io import StringIO
from typing import BinaryIO, cast

from django.http import Http404, HttpResponse

from heliodesk.customers.exports import export_sheet
from heliodesk.customers.imports import COLUMNS, KINDS, Report, import_sheet
from heliodesk.customers.sheets import Unreadable
from heliodesk.entitlements.customer_rules import customer_rules
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page

#: Lines of a report that the page shows.
MOST_SHOWN = 100


@needs(May.EDIT_CUSTOMERS)
def bring(request: PersonRequest) -> HttpResponse:
    """Choose a sheet, see what it would do, then let it."""
    report: Report | None = None
    trouble = ""
    kind = request.POST.get("kind") or request.GET.get("kind") or "accounts"
    if kind not in KINDS:
        raise Http404
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or not file.size:
            trouble = "Choose a CSV file first."
        else:
            try:
                report = import_sheet(
                    kind,
                    cast("BinaryIO", file),
                    rules=replace(customer_rules(), offshore=request.person.offshore),
                    dry_run=request.POST.get("how") != "now",
                    skip_bad=bool(request.POST.get("skip_bad")),
                    by=request.person.by,
                    at=clock.now(),
                )
            except Unreadable as error:
                trouble = str(error)
    return page(
        request,
        "customers/sheets.html",
        status=409 if trouble else 200,
        area="accounts",
        kind=kind,
        columns={name: [c.name for c in COLUMNS[name]] for name in KINDS},
        report=report,
        trouble=trouble,
        most=MOST_SHOWN,
        given=request.POST,
    )


@needs(May.EDIT_CUSTOMERS)
def export(request: PersonRequest, kind: str) -> HttpResponse:
    """All accounts, contacts or partner relations that this person may see, as a sheet."""
    if kind not in KINDS:
        raise Http404
    out = StringIO(newline="")
    export_sheet(kind, out, on=clock.now().date(), offshore=request.person.offshore)
    response = HttpResponse(
        out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response

"""The list of incidents: those that are open, and the past ones; and all as a sheet."""

import csv
from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse

from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.incidents import queries
from heliodesk.incidents.queries import Row
from heliodesk.kernel import clock
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.incidents import words

_CHUNK = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = (
    "number", "title", "severity", "stage", "service", "regions", "declared_by", "lead",
    "declared_at", "resolved_at", "minutes", "published", "cases", "accounts", "p1s", "updates",
    "resolution",
)  # fmt: skip


@needs(May.WORK_CASES)
def show(request: PersonRequest) -> HttpResponse:
    """The list."""
    key = keyset.read(request.GET.get("after", ""), (int,))
    rows = queries.past_rows(request.person, below=int(str(key[0])) if key else None)
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    older = keyset.address(request.path, after=keyset.write((shown[-1].id,))) if more else ""
    return page(
        request,
        "incidents/list.html",
        area="incidents",
        running=queries.open_rows(request.person) if key is None else [],
        ended=shown,
        older=older,
        first=request.path if key else "",
        runs=queries.may_lead(request.person),
        says=words,
    )


@needs(May.WORK_CASES)
def sheet(request: PersonRequest) -> StreamingHttpResponse:
    """Every incident as a sheet (CSV, UTF-8)."""
    answer = StreamingHttpResponse(_lines(request.person), content_type="text/csv; charset=utf-8")
    today = clock.now().date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="incidents-{today}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


class _Echo:
    def write(self, line: str) -> str:
        """Hand a written line on."""
        return line


def _lines(person: Person) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(_HEAD)
    below: int | None = None
    while rows := queries.all_rows(person, below=below, size=_CHUNK):
        yield "".join(writer.writerow([_plain(cell) for cell in _cells(row)]) for row in rows)
        below = rows[-1].id


def _cells(row: Row) -> list[str]:
    ended = row.resolved_at
    return [
        str(row.id),
        row.title,
        row.severity,
        row.stage,
        row.service,
        " ".join(row.regions),
        row.opened_by,
        row.lead,
        row.opened_at.isoformat(timespec="seconds"),
        ended.isoformat(timespec="seconds") if ended else "",
        str(round((ended - row.opened_at).total_seconds() / 60)) if ended else "",
        "yes" if row.published else "no",
        str(row.cases),
        str(row.accounts),
        str(row.p1s),
        str(row.updates),
        row.resolution,
    ]


def _plain(text: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text

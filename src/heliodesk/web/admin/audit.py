"""The audit log: searched, and taken away as a sheet."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, StreamingHttpResponse

from heliodesk.identity.rules import May
from heliodesk.reports import audit
from heliodesk.reports.audit import Happened, Wanted
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.admin import audit_words
from heliodesk.web.answer import page

_COLUMNS = ("at", "by", "by_kind", "verb", "what", "kind", "subject", "subject_id", "data")


class _Line:
    """Gives each line back as it is written."""

    def write(self, line: str) -> str:
        return line


def _wanted(request: PersonRequest) -> tuple[Wanted, str]:
    """What is looked for, and what is wrong with it."""
    given, zone = request.GET, ZoneInfo(request.person.zone)
    try:
        since, until = (
            datetime.combine(date.fromisoformat(given[name]), time(), zone)
            if given.get(name)
            else None
            for name in ("since", "until")
        )
    except ValueError:
        return Wanted(), "A day is written like 2026-01-31."
    return (
        Wanted(
            tuple(audit_words.codes(given.get("verb", "")[:60])),
            given.get("kind", "")[:20],
            given.get("by", "").strip()[:100],
            since,
            until + timedelta(days=1) if until else None,
        ),
        "",
    )


@needs(May.SEE_AUDIT)
def show(request: PersonRequest) -> HttpResponse:
    """What everybody did, the latest first."""
    wanted, trouble = _wanted(request)
    after = request.GET.get("after", "")
    key = keyset.read(after, (int,)) if after else (0,)
    if key is None or int(str(key[0])) < 0:
        raise Http404
    asked: dict[str, Any] = {name: request.GET.get(name, "") for name in
                             ("verb", "kind", "by", "since", "until")}  # fmt: skip
    found = audit.search(request.person, wanted, below=int(str(key[0])))
    return page(
        request,
        "admin/audit.html",
        status=409 if trouble else 200,
        area="settings",
        tab="audit",
        events=found.events,
        older=keyset.address(request.path, after=str(found.below), **asked) if found.below else "",
        first=keyset.address(request.path, **asked) if after else "",
        asked=asked,
        kinds=sorted((audit_words.kind(code), code) for code in audit.kinds()),
        kind_said=audit_words.kind,
        said=audit_words.said,
        trouble=trouble,
        stretch=audit.STRETCH,
        sheet=keyset.address("/settings/audit.csv", **asked),
    )


@needs(May.SEE_AUDIT)
def sheet(request: PersonRequest) -> StreamingHttpResponse | HttpResponse:
    """The same as CSV, sent as it is read."""
    wanted, trouble = _wanted(request)
    if trouble:
        return HttpResponse(trouble, status=409, content_type="text/plain")
    answer = StreamingHttpResponse(
        _lines(audit.sheet(request.person, wanted)), content_type="text/csv"
    )
    answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def _lines(events: Iterator[Happened]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(_COLUMNS)
    for e in events:
        data = json.dumps(e.data, ensure_ascii=False, sort_keys=True)
        what = audit_words.said(e.verb)
        row = (
            e.at.isoformat(), e.by, e.by_kind, e.verb, what, e.kind, e.subject, e.subject_id, data,
        )  # fmt: skip
        yield writer.writerow([_safe(value) for value in row])


def _safe(value: object) -> str:
    """No cell that a spreadsheet would run as a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

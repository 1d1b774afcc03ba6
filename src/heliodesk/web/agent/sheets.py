"""Any list of cases as a sheet, sent as it is read."""

import csv
from collections.abc import Iterable, Iterator, Mapping

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_noop as _

from heliodesk.cases import asked as understanding
from heliodesk.cases import fields, search, sheet, tags
from heliodesk.cases.rules import Refused
from heliodesk.cases.sheet import Line
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import dates, words
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import lists
from heliodesk.web.agent.views import listing_of
from heliodesk.web.translation import translated

_HEAD = (
    _("Reference"),
    _("Title"),
    _("State"),
    _("Priority"),
    _("Kind"),
    _("Package"),
    _("Account"),
    _("Account ID"),
    _("Contact"),
    _("Owner"),
    _("Queue"),
    _("Region"),
    _("Channel"),
    _("Tags"),
    _("Opened (UTC)"),
    _("Last active (UTC)"),
    _("Due (UTC)"),
    _("First response (UTC)"),
    _("Resolved (UTC)"),
    _("Closed (UTC)"),
    _("Minutes worked"),
)
#: Characters of a search, and how often it is asked for more: some ten thousand cases.
_LONGEST = 400
_STEPS = 20
Lines = Iterable[tuple[Line, Mapping[str, str]]]


class _Sink:
    """Gives each line back as it is written."""

    def write(self, line: str) -> str:
        return line


@needs(May.WORK_CASES)
def cases(request: PersonRequest) -> HttpResponse | StreamingHttpResponse:
    """The cases of a queue, a view, a filter or a search, in the order in which it is seen."""
    given, person = request.GET, request.person
    code = given.get("list", "")
    if code == "search":
        return sent(_found(person, given.get("q", "").strip()[:_LONGEST]), "cases-found")
    listing = listing_of(person, code, given.get("f", ""))
    if code == "filter" and not given.get("f"):
        raise Http404
    try:
        view = listing.view(person, lists.taste(request, code).order, clock.now())
    except Refused as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain")
    return sent(sheet.lines(person, view), f"cases-{code}")


def _found(person: Person, query: str) -> Iterator[tuple[Line, dict[str, str]]]:
    """What a search finds, the newest cases first, as far back as its patience goes."""
    at = clock.now()
    asked = understanding.read(query, today=at.astimezone(dates.zone(person.zone)).date())
    below: int | None = None
    for _step in range(_STEPS):
        hits = search.cases(person, asked, at=at, limit=sheet.CHUNK, below=below)
        yield from sheet.of_cases(person, [one.id for one in hits.cases])
        below = hits.further
        if below is None:
            return


def sent(lines: Lines, name: str) -> StreamingHttpResponse:
    """These cases as a sheet that is saved."""
    answer = StreamingHttpResponse(_rows(lines), content_type="text/csv; charset=utf-8")
    stamp = f"{clock.now():%Y-%m-%d}"
    answer["Content-Disposition"] = f'attachment; filename="{name}-{stamp}.csv"'
    return answer


def _rows(lines: Lines) -> Iterator[str]:
    """The sheet line by line; one that is given up half-way says so in its last line."""
    known = fields.fields()
    writer = csv.writer(_Sink())
    head = [*(translated(name) for name in _HEAD), *(field.label for field in known)]
    yield "\ufeff" + writer.writerow([safe(name) for name in head])
    codes = [field.code for field in known]
    try:
        for line, held in lines:
            cells = (*_cells(line), *(held.get(code, "") for code in codes))
            yield writer.writerow([safe(cell) for cell in cells])
    except Refused as refusal:
        yield writer.writerow([translated("The sheet ends here: %s") % refusal])


def _cells(line: Line) -> tuple[object, ...]:
    return (
        line.ref,
        line.title,
        words.state(line.state).word,
        line.priority,
        words.kind(line.kind),
        line.package,
        line.account,
        line.account_id or "",
        line.contact or "",
        line.owner or "",
        line.queue,
        line.region,
        line.channel,
        ", ".join(tag.name for tag in tags.of(line.tags)),
        line.opened_at.strftime("%Y-%m-%d %H:%M"),
        line.last_activity_at.strftime("%Y-%m-%d %H:%M"),
        "" if dates.is_never(line.due_at) else line.due_at.strftime("%Y-%m-%d %H:%M"),
        *(
            at.strftime("%Y-%m-%d %H:%M") if at else ""
            for at in (line.first_response_at, line.resolved_at, line.closed_at)
        ),
        line.minutes,
    )


def safe(value: object) -> str:
    """No cell that a spreadsheet would run as a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@") or text[:1] in tuple("\t\r\n") else text

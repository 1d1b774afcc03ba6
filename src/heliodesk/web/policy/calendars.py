"""Calendars: the list, a year at a glance, holidays confirmed, days closed, hours changed."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.calendars import actions, book, queries
from heliodesk.calendars.models import BusinessCalendar
from heliodesk.calendars.rules import is_open
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.policy.frame import policy_page
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
def calendars(request: PersonRequest) -> HttpResponse:
    """Every calendar: hours, whether it is open now, holidays that wait for a look."""
    now = clock.now()
    kept = book.calendars(book.stamp())
    rows = [
        (
            row,
            is_open(kept[row.code].calendar, now),
            f"{now.astimezone(ZoneInfo(row.zone)):%H:%M}",
            _hours(row),
        )
        for row in queries.all_calendars()
        if row.code in kept
    ]
    return policy_page(request, "policy/calendars.html", "calendars", rows=rows)


@needs(May.WORK_CASES)
def show(request: PersonRequest, code: str) -> HttpResponse:
    """A calendar with a year at a glance."""
    return _shown(request, code)


def _shown(request: PersonRequest, code: str, *, trouble: str = "") -> HttpResponse:
    row = _row(code)
    now = clock.now().astimezone(ZoneInfo(row.zone))
    asked = request.GET.get("year") or request.POST.get("year") or ""
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else now.year
    year = min(max(year, 1901), 2197)
    calendar = book.calendars(book.stamp())[code].calendar
    return policy_page(
        request,
        "policy/calendar.html",
        "calendars",
        calendar=row,
        hours=_hours(row),
        year=year,
        today=now.date(),
        local=f"{now:%H:%M}",
        months=queries.year_of(calendar, year),
        holidays=queries.holidays_in(row, year),
        days=queries.days_in(row, year),
        trouble=trouble,
    )


@needs(May.EDIT_POLICY)
@require_POST
def decide(request: PersonRequest, code: str) -> HttpResponse:
    """Confirm the holidays that are ticked; the others of the form are working days."""
    row = _row(code)
    offered = [int(word) for word in request.POST.getlist("offered") if word.isdigit()]
    ticked = {int(word) for word in request.POST.getlist("closed") if word.isdigit()}
    return _done(
        request,
        code,
        lambda at: actions.decide_holidays(
            row,
            confirm=[id for id in offered if id in ticked],
            reject=[id for id in offered if id not in ticked],
            by=request.person.by,
            at=at,
        ),
        _("Holidays saved."),
    )


@needs(May.EDIT_POLICY)
@require_POST
def set_day(request: PersonRequest, code: str) -> HttpResponse:
    """Close a date, or give it other hours."""
    row, post = _row(code), request.POST

    def save(at: datetime) -> None:
        actions.set_day(
            row,
            day=_date(post.get("day", "")),
            hours=_list(post.get("hours", "")),
            name=post.get("name", ""),
            by=request.person.by,
            at=at,
        )

    return _done(request, code, save, _("The day is set."))


@needs(May.EDIT_POLICY)
@require_POST
def add_holiday(request: PersonRequest, code: str) -> HttpResponse:
    """A holiday that the source does not know."""
    row, post = _row(code), request.POST
    return _done(
        request,
        code,
        lambda at: actions.add_holiday(
            row,
            day=_date(post.get("day", "")),
            name=post.get("name", ""),
            by=request.person.by,
            at=at,
        ),
        _("The holiday is added."),
    )


@needs(May.EDIT_POLICY)
@require_POST
def change_place(request: PersonRequest, code: str) -> HttpResponse:
    """Import the public holidays of another country or part of one."""
    row, post = _row(code), request.POST
    return _done(
        request,
        code,
        lambda at: actions.change_place(
            row,
            country=post.get("country", "").strip().upper(),
            subdivision=post.get("subdivision", "").strip().upper(),
            by=request.person.by,
            at=at,
        ),
        _("The holidays are imported. Look at them and confirm."),
    )


@needs(May.EDIT_POLICY)
@require_POST
def drop_day(request: PersonRequest, code: str) -> HttpResponse:
    """Let a date follow the week again."""
    row = _row(code)
    return _done(
        request,
        code,
        lambda at: actions.drop_day(
            row, day=_date(request.POST.get("day", "")), by=request.person.by, at=at
        ),
        _("The day follows the week again."),
    )


@needs(May.EDIT_POLICY)
@require_POST
def change_hours(request: PersonRequest, code: str) -> HttpResponse:
    """Set the week: a line for each span of days."""
    row, post = _row(code), request.POST
    hours = {}
    for line in post.get("hours", "").splitlines():
        days, _colon, windows = line.partition(":")
        if days.strip():
            hours[days.strip()] = _list(windows)
    return _done(
        request,
        code,
        lambda at: actions.change_hours(
            row, zone=post.get("zone", ""), hours=hours, by=request.person.by, at=at
        ),
        _("Hours saved. Open deadlines are counted anew."),
    )


def _done(
    request: PersonRequest, code: str, do: Callable[[datetime], object], said: str
) -> HttpResponse:
    try:
        do(clock.now())
    except actions.Refused as error:
        return _shown(request, code, trouble=str(error))
    tell(request, said)
    year = request.POST.get("year", "")
    address = redirect("policy_calendar", code)
    if year.isdigit():
        address["Location"] += f"?year={year}"
    return address


def _row(code: str) -> BusinessCalendar:
    try:
        return queries.calendar_of(code)
    except queries.Missing as error:
        raise Http404 from error


def _hours(row: BusinessCalendar) -> list[tuple[str, str]]:
    return [(days, ", ".join(windows)) for days, windows in row.hours.items()]


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise actions.Refused(_("Choose a day.")) from error

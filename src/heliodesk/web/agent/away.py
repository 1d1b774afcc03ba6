"""Out of the office: one's own absences, and for leads everybody's."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_POST

from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.routing import absences, queries
from heliodesk.web import rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
def show(request: PersonRequest) -> HttpResponse:
    """Who is away and who will be; a form for one more."""
    person, at, given, trouble = request.person, clock.now(), request.POST, ""
    others = person.may(May.SEE_REPORTS)
    if request.method == "POST":
        user = queries.user_of(_whose(given.get("user", ""), person.id) if others else person.id)
        if user is None:
            raise Http404
        try:
            absences.be_away(
                user,
                starts_at=_moment(given.get("from", ""), person.zone),
                ends_at=_moment(given.get("to", ""), person.zone),
                note=given.get("note", ""),
                by=person.by,
                at=at,
            )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            absences.settle(at)
            rail.forget()
            tell(request, translated("The absence is noted."))
            return redirect("away")
    local = at.astimezone(ZoneInfo(person.zone)).replace(second=0, microsecond=0, tzinfo=None)
    return page(
        request,
        "agent/away.html",
        status=409 if trouble else 200,
        area="more",
        absences=queries.absences(at, 0 if others else person.id),
        others=others,
        people=queries.people() if others else [],
        given=given,
        trouble=trouble,
        start=given.get("from") or local.isoformat(timespec="minutes"),
        end=given.get("to") or (local + timedelta(days=7)).isoformat(timespec="minutes"),
    )


@needs(May.WORK_CASES)
@require_POST
def end(request: PersonRequest, id: int) -> HttpResponse:
    """Back already, or not going."""
    absence = queries.absence_of(id)
    own = absence is not None and absence.user_id == request.person.id
    if absence is None or not (own or request.person.may(May.SEE_REPORTS)):
        raise Http404
    absences.come_back(absence, by=request.person.by, at=clock.now())
    rail.forget()
    tell(request, translated("The absence is over; cases that nobody took are back."))
    return redirect("away")


def _whose(text: str, own: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else own


def _moment(text: str, zone: str) -> datetime:
    """A local time as a form sends it."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except ValueError as error:
        raise Refused("Give both times, as day and hour.") from error

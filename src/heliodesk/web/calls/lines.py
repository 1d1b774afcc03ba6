"""Telephones of the desk and the numbers that customers call."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.cases.rules import Refused
from heliodesk.entitlements import packs
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.telephony import queries
from heliodesk.telephony.actions import lines as actions
from heliodesk.telephony.models import Line
from heliodesk.telephony.prompts import languages
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
def mine(request: PersonRequest) -> HttpResponse:
    """My telephones; for administrators also everybody's, and the numbers."""
    return _page(request)


def _page(request: PersonRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    pack = packs.active().policy.pack
    known = {row.e164: row for row in queries.numbers()}
    listed = [
        (number.e164, region.label) for region in pack.regions.values() for number in region.numbers
    ]
    admin = request.person.may(May.EDIT_USERS)
    lines = queries.lines_for(request.person)
    return page(
        request,
        "calls/lines.html",
        status=status,
        area="calls",
        trouble=trouble,
        mine=[line for line in lines if line.user_id == request.person.id],
        others=[line for line in lines if line.user_id != request.person.id] if admin else [],
        admin=admin,
        numbers=list(known.values()),
        unlisted=[(e164, label) for e164, label in listed if e164 not in known],
        languages=languages(),
        regions=[(code, region.label) for code, region in pack.regions.items()],
        given=request.POST,
    )


@needs(May.WORK_CASES)
def change(request: PersonRequest, verb: str) -> HttpResponse:
    """Add, switch or remove a telephone or a number."""
    if request.method != "POST":
        return redirect("/calls/lines/")
    try:
        words = _change(request, verb)
    except Refused as refusal:
        return _page(request, trouble=str(refusal), status=409)
    tell(request, words)
    return redirect("/calls/lines/")


def _change(request: PersonRequest, verb: str) -> str:
    form, person, at = request.POST, request.person, clock.now()
    if verb == "add":
        strangers = bool(form.get("takes_strangers"))
        actions.add_line(
            user_id=person.id, target=form.get("target", ""), strangers=strangers,
            by=person.by, at=at,
        )  # fmt: skip
        return _("The telephone is added. It rings from now on.")
    if verb in {"ready", "away", "remove"}:
        line = _line(request)
        if verb == "remove":
            actions.remove_line(line, by=person.by, at=at)
            return _("The telephone is removed.")
        actions.switch_line(line, ready=verb == "ready", by=person.by, at=at)
        return _("It rings again.") if verb == "ready" else _("It does not ring until you say so.")
    if verb == "number":
        if not person.may(May.EDIT_USERS):
            raise Refused(_("Only administrators change the numbers."))
        actions.put_number(
            e164=form.get("e164", ""), label=form.get("label", ""), region=form.get("region", ""),
            language=form.get("language", "en"), active=bool(form.get("active")),
            recorded=bool(form.get("recorded")),
            by=person.by, at=at,
        )  # fmt: skip
        return _("The number is saved.")
    raise Refused(_("There is nothing to do by that name."))


def _line(request: PersonRequest) -> Line:
    """A line of mine, or anybody's for an administrator."""
    given = request.POST.get("line", "")
    row = next((one for one in queries.lines_for(request.person) if str(one.pk) == given), None)
    if row is None:
        raise Refused(_("There is no such telephone of yours."))
    return row

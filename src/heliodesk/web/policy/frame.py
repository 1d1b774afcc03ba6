"""What all pages of the policy share: the pack in view, and the ways between them."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from heliodesk.calendars import book
from heliodesk.entitlements import packs, queries
from heliodesk.entitlements.models import PolicyPack
from heliodesk.entitlements.pack.model import Pack
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.identity.rules import May
from heliodesk.web.access import PersonRequest
from heliodesk.web.answer import page


def row_in_view(request: PersonRequest) -> PolicyPack:
    """The row of the pack that the page is about: ``?pack=…``, else the one in force."""
    asked = request.GET.get("pack", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 15:
        return pack_row(int(asked))
    try:
        return pack_row(packs.active().id)
    except packs.NoActivePack as error:
        raise Http404 from error


def pack_row(pack_id: int) -> PolicyPack:
    """The row of a pack; a page that is not there if there is none."""
    try:
        return queries.pack_by_id(pack_id)
    except queries.Missing as error:
        raise Http404 from error


def pack_in_view(row: PolicyPack) -> Pack:
    """The pack of a row, with the desk's own calendars."""
    pack = read_pack(row.source, str(row)) if row.state == "draft" else packs.pack_of(row.pk)
    return packs.with_calendars(pack, book.stamp())


def policy_page(
    request: PersonRequest, template: str, tab: str, row: PolicyPack | None = None, **context: Any
) -> HttpResponse:
    """A page of the policy with its ways."""
    tail = f"?pack={row.pk}" if row and row.state != "active" else ""
    tabs = [
        ("simulator", _("Packages and simulator"), f"/policy/{tail}"),
        ("targets", _("Targets and settings"), f"/policy/targets/{tail}"),
        ("calendars", _("Calendars"), "/policy/calendars/"),
        ("numbers", _("Numbers and addresses"), f"/policy/numbers/{tail}"),
        ("teams", _("Teams and queues"), "/policy/teams/"),
        ("packs", _("Versions"), "/policy/packs/"),
        ("review", _("To review"), f"/policy/review/{tail}"),
    ]
    return page(
        request,
        template,
        area="policy",
        tab=tab,
        tabs=tabs,
        row=row,
        may_edit=request.person.may(May.EDIT_POLICY),
        **{"trouble": "", "faults": (), **context},
    )

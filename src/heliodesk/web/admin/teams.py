"""Teams: who they are, which queues they work, and what they may see."""

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated

from heliodesk.identity import actions
from heliodesk.identity.actions import Refused
from heliodesk.identity.models import Team
from heliodesk.identity.rules import May
from heliodesk.kernel import clock, reading
from heliodesk.web import rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.EDIT_USERS)
def everything(request: PersonRequest) -> HttpResponse:
    """Teams stand with their queues and hours, on the page of the policy."""
    return redirect("policy_teams")


@needs(May.EDIT_USERS)
def new(request: PersonRequest) -> HttpResponse:
    """A new team."""
    return _form(request, None)


@needs(May.EDIT_USERS)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """A team; a POST changes it."""
    return _form(request, get_object_or_404(Team, pk=id))


def _form(request: PersonRequest, team: Team | None) -> HttpResponse:
    trouble = ""
    if request.method == "POST":
        post = request.POST
        name, offshore = post.get("name", ""), "offshore" in post
        queues, regions = _words(post.get("queues", "")), _words(post.get("regions", ""))
        by, at = request.person.by, clock.now()
        try:
            if team is None:
                actions.open_team(
                    name=name, queues=queues, regions=regions, offshore=offshore, by=by, at=at
                )
            else:
                actions.change_team(
                    team, name=name, queues=queues, regions=regions, offshore=offshore, by=by, at=at
                )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            rail.forget()
            tell(request, translated("The team is saved."))
            return redirect("policy_teams")
    shown = {
        "name": team.name if team else "",
        "queues": "\n".join(team.queues) if team else "",
        "regions": " ".join(team.regions) if team else "",
        "offshore": team.offshore if team else False,
    }
    return page(
        request,
        "admin/team.html",
        status=409 if trouble else 200,
        area="settings",
        tab="teams",
        team=team,
        given=request.POST if trouble else shown,
        unserved=_unserved(),
        trouble=trouble,
    )


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _unserved() -> list[str]:
    """Queues that hold open cases and that no team works."""
    sql = (
        "select distinct c.queue from cases_case c"
        " where c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')"
        " and not exists (select 1 from identity_team t where c.queue = any(t.queues))"
        " order by 1 limit 20"
    )
    return [name for (name,) in reading.rows(connection, sql)]

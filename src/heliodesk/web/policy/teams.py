"""Teams, queues and routing: who works what and when, and where new cases go."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.calendars.queries import all_calendars
from heliodesk.cases.rules import Refused
from heliodesk.entitlements import packs
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.routing import actions, queries
from heliodesk.routing.rules import Rule
from heliodesk.web import words
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.policy.frame import policy_page
from heliodesk.web.told import tell

_KINDS = ("technical", "email_tracking", "how_to", "implementation")


@needs(May.WORK_CASES)
def teams(request: PersonRequest) -> HttpResponse:
    """Teams with who is at work, queues with what waits, and the routing rules."""
    return _shown(request)


def _shown(request: PersonRequest, *, trouble: str = "") -> HttpResponse:
    now = clock.now()
    rows = queries.teams(now)
    worked = {queue for row in rows for queue in row.team.queues}
    waiting = queries.queues(request.person)
    idle = sorted(worked - {row.queue for row in waiting})
    pack = packs.active().policy.pack
    anything = [("", _("any"))]
    return policy_page(
        request,
        "policy/teams.html",
        "teams",
        trouble=trouble,
        teams=rows,
        queues=[(row, [t.team.name for t in rows if row.queue in t.team.queues])
                for row in waiting],
        idle=idle,
        rules=queries.rules(),
        calendars=[("", _("every hour"))] + [(c.code, c.code) for c in all_calendars()],
        regions=anything + [(code, region.label) for code, region in pack.regions.items()],
        kinds=anything + [(kind, words.kind(kind)) for kind in _KINDS],
        priorities=anything + [(s.code, f"{s.code} {s.label}") for s in pack.severities],
        packages=anything + [(p.code, p.label) for p in pack.packages],
        given=request.POST,
    )  # fmt: skip


@needs(May.EDIT_POLICY)
@require_POST
def add_rule(request: PersonRequest) -> HttpResponse:
    """A routing rule after all others."""
    fields = ("name", "region", "kind", "priority", "package", "queue", "skill")
    rule = Rule(**{name: request.POST.get(name, "") for name in fields})
    return _done(
        request,
        lambda at: actions.add_rule(rule, by=request.person.by, at=at),
        _("The rule counts for new cases."),
    )


@needs(May.EDIT_POLICY)
@require_POST
def drop_rule(request: PersonRequest, rule_id: int) -> HttpResponse:
    """A routing rule less."""
    rule = queries.rule_of(rule_id)
    if rule is None:
        raise Http404
    return _done(
        request,
        lambda at: actions.drop_rule(rule, by=request.person.by, at=at),
        _("The rule is gone."),
    )


@needs(May.EDIT_POLICY)
@require_POST
def set_team(request: PersonRequest, team_id: int) -> HttpResponse:
    """A team's calendar and skills."""
    team, post = queries.team_of(team_id), request.POST
    if team is None:
        raise Http404
    return _done(
        request,
        lambda at: actions.set_team(
            team,
            calendar=post.get("calendar", ""),
            skills=post.get("skills", "").split(","),
            by=request.person.by,
            at=at,
        ),
        _("Saved."),
    )


@needs(May.EDIT_POLICY)
@require_POST
def set_person(request: PersonRequest, user_id: int) -> HttpResponse:
    """A person's own week and skills."""
    user, post = queries.user_of(user_id), request.POST
    if user is None:
        raise Http404
    hours = {}
    for line in post.get("hours", "").splitlines():
        days, _colon, windows = line.partition(":")
        if days.strip():
            hours[days.strip()] = [part.strip() for part in windows.split(",") if part.strip()]
    return _done(
        request,
        lambda at: actions.set_person(
            user,
            hours=hours,
            skills=post.get("skills", "").split(","),
            by=request.person.by,
            at=at,
        ),
        _("Saved."),
    )


def _done(request: PersonRequest, do: Callable[[datetime], object], said: str) -> HttpResponse:
    try:
        do(clock.now())
    except Refused as error:
        return _shown(request, trouble=str(error))
    tell(request, said)
    return redirect("policy_teams")

"""The people of the desk: added, changed, kept out."""

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.identity import actions, queries
from heliodesk.identity.actions import Refused
from heliodesk.identity.models import User
from heliodesk.identity.rules import STAFF, May, Role
from heliodesk.kernel import clock
from heliodesk.web import rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

ROLES = [role.value for role in STAFF]


@needs(May.EDIT_USERS)
def everybody(request: PersonRequest) -> HttpResponse:
    """Everybody who works here, and who did."""
    return page(
        request,
        "admin/people.html",
        area="settings",
        tab="people",
        users=queries.everybody(),
    )


@needs(May.EDIT_USERS)
def new(request: PersonRequest) -> HttpResponse:
    """Somebody new."""
    trouble = ""
    if request.method == "POST":
        post, by, at = request.POST, request.person.by, clock.now()
        try:
            with transaction.atomic():
                user = actions.add_user(
                    email=post.get("email", ""),
                    name=post.get("name", ""),
                    role=_role(post.get("role", "")),
                    password=post.get("password", ""),
                    zone=post.get("zone") or "Europe/London",
                    by=by,
                    at=at,
                )
                actions.put_in_teams(
                    user, teams=queries.teams_of(post.getlist("teams")), by=by, at=at
                )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("%(name)s may sign in now.") % {"name": user.name})
            return redirect("/settings/people/")
    return page(
        request,
        "admin/new_person.html",
        status=409 if trouble else 200,
        area="settings",
        tab="people",
        teams=queries.all_teams(),
        roles=ROLES,
        given=request.POST,
        chosen=request.POST.getlist("teams"),
        trouble=trouble,
    )


@needs(May.EDIT_USERS)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """One person."""
    return _answer(request, get_object_or_404(User.staff, pk=id))


def _answer(
    request: PersonRequest, user: User, *, trouble: str = "", failed: str = ""
) -> HttpResponse:
    return page(
        request,
        "admin/person.html",
        status=409 if trouble else 200,
        area="settings",
        tab="people",
        user=user,
        held={team.pk for team in user.teams.all()},
        teams=queries.all_teams(),
        roles=ROLES,
        given=request.POST,
        trouble=trouble,
        failed=failed,
    )


@needs(May.EDIT_USERS)
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Do a verb on a person."""
    deed = DEEDS.get(verb)
    if deed is None or request.method != "POST":
        raise Http404
    user = get_object_or_404(User.staff, pk=id)
    work, done = deed
    try:
        work(request, user)
    except Refused as refusal:
        user.refresh_from_db()
        return _answer(request, user, trouble=str(refusal), failed=verb)
    rail.forget()
    tell(request, translated(done))
    return redirect(f"/settings/people/{id}/")


def _describe(request: PersonRequest, user: User) -> None:
    name, zone = request.POST.get("name", ""), request.POST.get("zone", "")
    actions.describe_user(user, name=name, zone=zone, by=request.person.by, at=clock.now())


def _change_role(request: PersonRequest, user: User) -> None:
    role = _role(request.POST.get("role", ""))
    actions.change_role(user, role=role, by=request.person.by, at=clock.now())


def _put_in_teams(request: PersonRequest, user: User) -> None:
    teams = queries.teams_of(request.POST.getlist("teams"))
    actions.put_in_teams(user, teams=teams, by=request.person.by, at=clock.now())


def _set_password(request: PersonRequest, user: User) -> None:
    password = request.POST.get("password", "")
    actions.set_password(user, password=password, by=request.person.by, at=clock.now())


def _deactivate(request: PersonRequest, user: User) -> None:
    if user.pk == request.person.id:
        raise Refused(translated("You cannot deactivate yourself; ask another administrator."))
    actions.deactivate_user(user, by=request.person.by, at=clock.now())


def _activate(request: PersonRequest, user: User) -> None:
    actions.activate_user(user, by=request.person.by, at=clock.now())


def _role(text: str) -> Role:
    if text not in ROLES:
        raise Refused(translated("Choose what they may do."))
    return Role(text)


Work = Callable[[PersonRequest, User], None]
DEEDS: dict[str, tuple[Work, str]] = {
    "describe": (_describe, _("The details are saved.")),
    "role": (_change_role, _("The role is changed.")),
    "teams": (_put_in_teams, _("The teams are saved.")),
    "password": (_set_password, _("The password is set; they are signed out everywhere.")),
    "deactivate": (_deactivate, _("They are signed out and can no longer sign in.")),
    "activate": (_activate, _("They may sign in again.")),
}

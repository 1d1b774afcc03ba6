"""The people of the desk: invited, changed, handed over, kept out."""

import csv
import io
from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.cases.actions.handing_on import HandedOn, hand_on, owned
from heliodesk.identity import actions, queries, roles, ways_in
from heliodesk.identity.actions import Refused
from heliodesk.identity.models import StaffRole, User
from heliodesk.identity.rules import STAFF, May, Role
from heliodesk.kernel import clock
from heliodesk.oncall import looking
from heliodesk.oncall.queries import open_p1s
from heliodesk.web import rail, words
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.admin.inviting import DAYS, by_mail, invite
from heliodesk.web.answer import page
from heliodesk.web.devices import device
from heliodesk.web.told import tell

_SHIPPED = {role.value for role in STAFF}
#: What a spreadsheet would run as a formula begins with one of these.
_RUN = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("name", "email", "role", "teams", "zone", "active", "second factor", "since")


@needs(May.EDIT_USERS)
def everybody(request: PersonRequest) -> HttpResponse:
    """Everybody who works here, and who did."""
    return page(
        request,
        "admin/people.html",
        area="settings",
        tab="people",
        users=queries.everybody(),
        factors=queries.with_second_factor(),
    )


@needs(May.EDIT_USERS)
def sheet(request: PersonRequest) -> HttpResponse:
    """Everybody as CSV."""
    kept, proven = io.StringIO(), queries.with_second_factor()
    writer = csv.writer(kept)
    writer.writerow(_COLUMNS)
    for user in queries.everybody():
        teams = ", ".join(team.name for team in user.teams.all())
        row = (
            user.name, user.email, _role_words(user), teams, user.zone,
            "yes" if user.is_active else "no", "yes" if user.pk in proven else "no",
            user.created_at.date().isoformat(),
        )  # fmt: skip
        writer.writerow([f"'{text}" if text.startswith(_RUN) else text for text in row])
    answer = HttpResponse(kept.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer


@needs(May.EDIT_USERS)
def new(request: PersonRequest) -> HttpResponse:
    """Somebody new."""
    trouble = ""
    if request.method == "POST":
        post, by, at = request.POST, request.person.by, clock.now()
        try:
            with transaction.atomic():
                role, own = _role(post.get("role", ""))
                user = actions.add_user(
                    email=post.get("email", ""),
                    name=post.get("name", ""),
                    role=role,
                    own=own,
                    password=post.get("password", ""),
                    zone=post.get("zone") or "Europe/London",
                    by=by,
                    at=at,
                )
                actions.put_in_teams(
                    user, teams=queries.teams_of(post.getlist("teams")), by=by, at=at
                )
                link = "" if post.get("password") else invite(request, user)
        except Refused as refusal:
            trouble = str(refusal)
        else:
            if link:
                return _answer(request, user, link=link)
            said = _("%(name)s may sign in now.")
            if not post.get("password"):
                said = _("%(name)s is sent a link by which they choose a password.")
            tell(request, translated(said) % {"name": user.name})
            return redirect(f"/settings/people/{user.pk}/")
    return page(
        request,
        "admin/new_person.html",
        status=409 if trouble else 200,
        area="settings",
        tab="people",
        teams=queries.all_teams(),
        roles=_choices(request),
        by_mail=by_mail(),
        days=DAYS,
        given=request.POST,
        chosen=request.POST.getlist("teams"),
        trouble=trouble,
    )


@needs(May.EDIT_USERS)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """One person."""
    return _answer(request, get_object_or_404(User.staff, pk=id))


def _answer(
    request: PersonRequest, user: User, *, trouble: str = "", failed: str = "", link: str = ""
) -> HttpResponse:
    at = clock.now()
    answer = page(
        request,
        "admin/person.html",
        status=409 if trouble else 200,
        area="settings",
        tab="people",
        user=user,
        held={team.pk for team in user.teams.all()},
        teams=queries.all_teams(),
        roles=_choices(request),
        has_role=str(user.own_role_id or user.role),
        role_words=_role_words(user),
        kinds=ways_in.kinds(user),
        sessions=[(device(s.user_agent), s.ip, s.created_at) for s in ways_in.sessions(user)],
        cases=owned(user.pk, most=200),
        p1s=sum(p1.owner_id == user.pk for p1 in open_p1s()),
        shifts=len(looking.own_shifts(user.pk, at)),
        colleagues=[one for one in queries.everybody() if one.is_active and one.pk != user.pk],
        by_mail=by_mail(),
        days=DAYS,
        link=link,
        given=request.POST,
        trouble=trouble,
        failed=failed,
    )
    if link:
        answer["Cache-Control"] = "no-store"
    return answer


@needs(May.EDIT_USERS)
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Do a verb on a person."""
    if request.method != "POST":
        raise Http404
    user = get_object_or_404(User.staff, pk=id)
    if verb == "invite":
        return _invited(request, user)
    if verb not in DEEDS:
        raise Http404
    work, done = DEEDS[verb]
    try:
        work(request, user)
    except Refused as refusal:
        user.refresh_from_db()
        return _answer(request, user, trouble=str(refusal), failed=verb)
    rail.forget()
    tell(request, translated(done))
    return redirect(f"/settings/people/{id}/")


def _invited(request: PersonRequest, user: User) -> HttpResponse:
    """Another link to choose a password: mailed, or shown this once."""
    try:
        link = invite(request, user)
    except Refused as refusal:
        return _answer(request, user, trouble=str(refusal), failed="invite")
    if link:
        return _answer(request, user, link=link)
    tell(request, translated("They are sent a link by which they choose a password."))
    return redirect(f"/settings/people/{user.pk}/")


def _describe(request: PersonRequest, user: User) -> None:
    name, zone = request.POST.get("name", ""), request.POST.get("zone", "")
    actions.describe_user(user, name=name, zone=zone, by=request.person.by, at=clock.now())


def _change_role(request: PersonRequest, user: User) -> None:
    role, own = _role(request.POST.get("role", ""))
    actions.change_role(user, role=role, own=own, by=request.person.by, at=clock.now())


def _put_in_teams(request: PersonRequest, user: User) -> None:
    teams = queries.teams_of(request.POST.getlist("teams"))
    actions.put_in_teams(user, teams=teams, by=request.person.by, at=clock.now())


def _set_password(request: PersonRequest, user: User) -> None:
    password = request.POST.get("password", "")
    actions.set_password(user, password=password, by=request.person.by, at=clock.now())


def _sign_out(request: PersonRequest, user: User) -> None:
    actions.sign_out_everywhere(user, by=request.person.by, at=clock.now())


def _reset_factors(request: PersonRequest, user: User) -> None:
    actions.reset_second_factors(user, by=request.person.by, at=clock.now())


def _hand_on(request: PersonRequest, user: User) -> None:
    heir = request.POST.get("heir", "")
    done = hand_on(
        user.pk, to=int(heir) if heir.isdecimal() else None, by=request.person.by, at=clock.now()
    )
    if done != HandedOn():
        said = translated("%(given)s cases were handed on, %(back)s went back to their queues.")
        tell(request, said % {"given": done.given, "back": done.put_back})


def _deactivate(request: PersonRequest, user: User) -> None:
    if user.pk == request.person.id:
        raise Refused(translated("You cannot deactivate yourself; ask another administrator."))
    actions.deactivate_user(user, by=request.person.by, at=clock.now())
    _hand_on(request, user)


def _activate(request: PersonRequest, user: User) -> None:
    actions.activate_user(user, by=request.person.by, at=clock.now())


def _role(text: str) -> tuple[Role, StaffRole | None]:
    """A shipped role by its code, or one made here by its id."""
    if text in _SHIPPED:
        return Role(text), None
    own = queries.made_here(text)
    if own is None:
        raise Refused(translated("Choose what they may do."))
    return Role(own.base), own


def _choices(request: PersonRequest) -> list[tuple[str, str, str, bool]]:
    """Every role: its code or id, its words, what it is for, and whether it may be given."""
    return [
        (
            row.code or str(row.pk),
            words.role(row.code) if row.code else row.name,
            row.about,
            roles.held(row) <= request.person.permissions,
        )
        for row in roles.every_role()
    ]


def _role_words(user: User) -> str:
    return user.own_role.name if user.own_role else words.role(user.role)


Work = Callable[[PersonRequest, User], None]
DEEDS: dict[str, tuple[Work, str]] = {
    "describe": (_describe, _("The details are saved.")),
    "role": (_change_role, _("The role is changed.")),
    "teams": (_put_in_teams, _("The teams are saved.")),
    "password": (_set_password, _("The password is set; they are signed out everywhere.")),
    "sign-out": (_sign_out, _("They are signed out everywhere.")),
    "factors": (_reset_factors, _("Their passkeys and codes are gone; they sign in by password.")),
    "hand-on": (_hand_on, _("Their open cases are handed on.")),
    "deactivate": (_deactivate, _("They are signed out and can no longer sign in.")),
    "activate": (_activate, _("They may sign in again.")),
}

"""Roles: what each may do in one table, and roles made here of permissions."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.identity import queries, roles
from heliodesk.identity.models import StaffRole
from heliodesk.identity.roles import Refused
from heliodesk.identity.rules import ABOUT, May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.EDIT_USERS)
def everything(request: PersonRequest) -> HttpResponse:
    """Every role beside every permission."""
    return _table(request)


@needs(May.EDIT_USERS)
def new(request: PersonRequest) -> HttpResponse:
    """A role of one's own."""
    return _form(request, None)


@needs(May.EDIT_USERS)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """A role made here; a POST changes it."""
    role = get_object_or_404(StaffRole, pk=id, code__isnull=True)
    return _form(request, role)


@needs(May.EDIT_USERS)
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Ask a role for a second factor or no longer, or take one made here away."""
    deed = DEEDS.get(verb)
    if deed is None or request.method != "POST":
        raise Http404
    role = get_object_or_404(StaffRole, pk=id)
    work, done = deed
    try:
        work(request, role)
    except Refused as refusal:
        return _table(request, trouble=str(refusal))
    tell(request, translated(done))
    return redirect("/settings/roles/")


def _table(request: PersonRequest, *, trouble: str = "") -> HttpResponse:
    rows = roles.every_role()
    return page(
        request,
        "admin/roles.html",
        status=409 if trouble else 200,
        area="settings",
        roles=[(role, roles.held(role)) for role in rows],
        holders=queries.holders(),
        permissions=ABOUT,
        trouble=trouble,
    )


def _form(request: PersonRequest, role: StaffRole | None) -> HttpResponse:
    trouble, post = "", request.POST
    name = post.get("name", "") if post else (role.name if role else "")
    about = post.get("about", "") if post else (role.about if role else "")
    wanted = post.getlist("may") if post else (role.permissions if role else [May.WORK_CASES])
    leads = "leads" in post if post else bool(role and role.base == "lead")
    if request.method == "POST":
        by, at = request.person.by, clock.now()
        try:
            if role is None:
                roles.add_role(name=name, about=about, wanted=wanted, leads=leads, by=by, at=at)
            else:
                roles.change_role(
                    role, name=name, about=about, wanted=wanted, leads=leads, by=by, at=at
                )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("The role is saved; it holds at once."))
            return redirect("/settings/roles/")
    return page(
        request,
        "admin/role.html",
        status=409 if trouble else 200,
        area="settings",
        role=role,
        given={"name": name, "about": about, "leads": leads},
        chosen=set(wanted),
        permissions=ABOUT,
        trouble=trouble,
    )


def _ask(request: PersonRequest, role: StaffRole) -> None:
    roles.ask_second_factor(role, asked=True, by=request.person.by, at=clock.now())


def _let_be(request: PersonRequest, role: StaffRole) -> None:
    roles.ask_second_factor(role, asked=False, by=request.person.by, at=clock.now())


def _remove(request: PersonRequest, role: StaffRole) -> None:
    roles.drop_role(role, by=request.person.by, at=clock.now())


Work = Callable[[PersonRequest, StaffRole], None]
DEEDS: dict[str, tuple[Work, str]] = {
    "ask-factor": (_ask, _("Whoever has this role sets up a second factor before anything else.")),
    "drop-factor": (_let_be, _("A second factor is up to each person with this role.")),
    "remove": (_remove, _("The role is gone.")),
}

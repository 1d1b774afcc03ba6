"""Checklists: the steps that cases of a type and priority are worked by."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_POST

from heliodesk.cases import playbooks
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import ListPlan
from heliodesk.cases.models import Checklist
from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.admin.case_types import every_kind
from heliodesk.web.answer import page
from heliodesk.web.told import tell

PRIORITIES = ("P1", "P2", "P3", "P4")


@needs(May.EDIT_POLICY)
def everything(request: PersonRequest) -> HttpResponse:
    """All checklists."""
    return page(
        request,
        "admin/checklists.html",
        area="settings",
        tab="checklists",
        rows=playbooks.everything(),
    )


@needs(May.EDIT_POLICY)
def new(request: PersonRequest) -> HttpResponse:
    """A checklist that does not exist yet."""
    return _form(request, None)


@needs(May.EDIT_POLICY)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """A checklist; a POST changes it."""
    return _form(request, get_object_or_404(Checklist, pk=id))


def _form(request: PersonRequest, row: Checklist | None) -> HttpResponse:
    trouble, plan = "", _stands(row)
    steps = playbooks.written(row) if row else ""
    if request.method == "POST":
        plan, steps = _plan(request.POST, new=row is None), request.POST.get("steps", "")
        try:
            setting_up.write_checklist(row, plan, by=request.person.by, at=clock.now())
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("The checklist is saved."))
            return redirect("checklists")
    return page(
        request,
        "admin/checklist.html",
        status=409 if trouble else 200,
        area="settings",
        tab="checklists",
        row=row,
        plan=plan,
        steps=steps,
        kinds=every_kind(),
        priorities=PRIORITIES,
        trouble=trouble,
    )


def _stands(row: Checklist | None) -> ListPlan:
    if row is None:
        return ListPlan(name="", steps=[])
    return ListPlan(
        name=row.name, steps=[], kinds=row.kinds, priorities=row.priorities,
        automatic=row.automatic, holds=row.holds, active=row.active,
    )  # fmt: skip


def _plan(given: QueryDict, *, new: bool) -> ListPlan:
    return ListPlan(
        name=given.get("name", ""),
        steps=playbooks.read(given.get("steps", "")),
        kinds=given.getlist("kinds"),
        priorities=given.getlist("priorities"),
        automatic="automatic" in given,
        holds="holds" in given,
        active=new or "active" in given,
    )


@needs(May.EDIT_POLICY)
@require_POST
def raise_up(request: PersonRequest, id: int) -> HttpResponse:
    """Show a checklist one place earlier."""
    setting_up.raise_up(get_object_or_404(Checklist, pk=id), by=request.person.by, at=clock.now())
    return redirect("checklists")

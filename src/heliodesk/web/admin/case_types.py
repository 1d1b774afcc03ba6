"""Types of cases and the fields that they have."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST

from heliodesk.cases import fields, kinds
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import FieldPlan
from heliodesk.cases.models import CaseField, CaseType
from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import words
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

#: What a field may hold, in words.
VALUES = {
    "text": _("Text"),
    "number": _("Number"),
    "date": _("Day"),
    "choice": _("One of a list"),
    "yes_no": _("Yes or no"),
    "url": _("Web address"),
}


@needs(May.EDIT_POLICY)
def everything(request: PersonRequest) -> HttpResponse:
    """The types of cases and all their fields."""
    return page(
        request,
        "admin/case_types.html",
        area="settings",
        tab="case_types",
        of_policy=_of_policy(),
        own=kinds.added(),
        fields=fields.fields(retired=True),
        values=VALUES,
    )


def _of_policy() -> list[tuple[str, str]]:
    return [(code, words.kind(code)) for code in kinds.OF_POLICY]


def every_kind() -> list[tuple[str, str]]:
    """All types with their names, the retired ones left out."""
    return [(code, words.kind(code)) for code in kinds.offered()]


@needs(May.EDIT_POLICY)
def new_type(request: PersonRequest) -> HttpResponse:
    """A type that does not exist yet."""
    return _type(request, None)


@needs(May.EDIT_POLICY)
def edit_type(request: PersonRequest, id: int) -> HttpResponse:
    """A type; a POST changes it."""
    return _type(request, get_object_or_404(CaseType, pk=id))


def _type(request: PersonRequest, row: CaseType | None) -> HttpResponse:
    given, trouble = request.POST, ""
    if request.method == "POST":
        try:
            _save_type(request, row)
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("The type is saved."))
            return redirect("case_types")
    stands = {
        "name": row.name if row else "",
        "treated_as": row.treated_as if row else "technical",
        "active": row.active if row else True,
        "for_customers": row.for_customers if row else False,
    }
    return page(
        request,
        "admin/case_type.html",
        status=409 if trouble else 200,
        area="settings",
        tab="case_types",
        row=row,
        given=given if trouble else stands,
        of_policy=_of_policy(),
        trouble=trouble,
    )


def _save_type(request: PersonRequest, row: CaseType | None) -> None:
    given, by, at = request.POST, request.person.by, clock.now()
    name, treated_as = given.get("name", ""), given.get("treated_as", "")
    theirs = "for_customers" in given
    if row is None:
        setting_up.add_type(name=name, treated_as=treated_as, for_customers=theirs, by=by, at=at)
        return
    setting_up.change_type(
        row,
        name=name,
        treated_as=treated_as,
        active="active" in given,
        for_customers=theirs,
        by=by,
        at=at,
    )


@needs(May.EDIT_POLICY)
@require_POST
def raise_type(request: PersonRequest, id: int) -> HttpResponse:
    """Show a type one place earlier."""
    setting_up.raise_up(get_object_or_404(CaseType, pk=id), by=request.person.by, at=clock.now())
    return redirect("case_types")


@needs(May.EDIT_POLICY)
def new_field(request: PersonRequest) -> HttpResponse:
    """A field that does not exist yet."""
    return _field(request, None)


@needs(May.EDIT_POLICY)
def edit_field(request: PersonRequest, id: int) -> HttpResponse:
    """A field; a POST changes it."""
    return _field(request, get_object_or_404(CaseField, pk=id))


def _field(request: PersonRequest, row: CaseField | None) -> HttpResponse:
    trouble, plan = "", _stands(row)
    if request.method == "POST":
        plan = _plan(request.POST, new=row is None)
        by, at = request.person.by, clock.now()
        try:
            if row is None:
                setting_up.add_field(plan, by=by, at=at)
            else:
                setting_up.change_field(row, plan, by=by, at=at)
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("The field is saved."))
            return redirect("case_types")
    return page(
        request,
        "admin/case_field.html",
        status=409 if trouble else 200,
        area="settings",
        tab="case_types",
        row=row,
        plan=plan,
        kinds=every_kind(),
        values=[(code, translated(word)) for code, word in VALUES.items()],
        trouble=trouble,
    )


def _stands(row: CaseField | None) -> FieldPlan:
    if row is None:
        return FieldPlan(label="", value="text")
    return FieldPlan(
        label=row.label, value=row.value, help=row.help, choices=row.choices, kinds=row.kinds,
        required=row.required, asked=row.asked, active=row.active,
    )  # fmt: skip


def _plan(given: QueryDict, *, new: bool) -> FieldPlan:
    return FieldPlan(
        label=given.get("label", ""),
        value=given.get("value", ""),
        help=given.get("help", ""),
        choices=given.get("choices", "").splitlines(),
        kinds=given.getlist("kinds"),
        required="required" in given,
        asked="asked" in given,
        active=new or "active" in given,
    )


@needs(May.EDIT_POLICY)
@require_POST
def raise_field(request: PersonRequest, id: int) -> HttpResponse:
    """Show a field one place earlier."""
    setting_up.raise_up(get_object_or_404(CaseField, pk=id), by=request.person.by, at=clock.now())
    return redirect("case_types")

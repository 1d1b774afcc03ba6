"""What an administrator sets up: types of cases, their fields, and checklists."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Model

from heliodesk.cases import kinds
from heliodesk.cases.models import CaseField, CaseType, Checklist, ChecklistStep
from heliodesk.cases.rules import Refused, Value
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable

MOST_TYPES, MOST_FIELDS, MOST_LISTS, MOST_STEPS, MOST_CHOICES = 100, 200, 100, 60, 100
_NO_WORD = re.compile(r"[^a-z0-9]+")


def add_type(
    *, name: str, treated_as: str, for_customers: bool = False, by: By, at: datetime
) -> CaseType:
    """A new type of case.

    Args:
        treated_as: the kind of the policy that counts for it.
        for_customers: customers may choose it on their forms.

    Raises:
        Refused: it has no name, another has it, or the policy has no such kind.
    """
    name = _name(name, "Give the type a name.")
    _check_treated(treated_as)
    with transaction.atomic():
        rows = list(CaseType.objects.select_for_update())
        _check_room(len(rows), MOST_TYPES)
        if name.lower() in {row.name.lower() for row in rows}:
            raise Refused(f"There is a type “{name}” already.")
        code = _code(name, 30, {*kinds.OF_POLICY, *(row.code for row in rows)})
        row = CaseType(
            code=code,
            name=name,
            treated_as=treated_as,
            for_customers=for_customers,
            place=_next(CaseType),
        )
        row.save()
        _tell("case_type_added", "case_type", row.pk, name, by=by, at=at)
    kinds.forget()
    return row


def change_type(
    row: CaseType,
    *,
    name: str,
    treated_as: str,
    active: bool,
    for_customers: bool | None = None,
    by: By,
    at: datetime,
) -> None:
    """Other words for a type, or retire it; cases of it stay what they are.

    Args:
        for_customers: customers may choose it on their forms; none leaves it as it is.

    Raises:
        Refused: as for a new one.
    """
    name = _name(name, "Give the type a name.")
    _check_treated(treated_as)
    if CaseType.objects.exclude(pk=row.pk).filter(name__iexact=name).exists():
        raise Refused(f"There is a type “{name}” already.")
    with transaction.atomic():
        row.name, row.treated_as, row.active = name, treated_as, active
        if for_customers is not None:
            row.for_customers = for_customers
        row.save()
        offered = {"active": active, "for_customers": row.for_customers}
        _tell("case_type_changed", "case_type", row.pk, name, by=by, at=at, **offered)
    kinds.forget()


@dataclass(frozen=True, kw_only=True)
class FieldPlan:
    """A field as an administrator wants it."""

    label: str
    value: str
    help: str = ""
    choices: Sequence[str] = ()
    kinds: Collection[str] = ()
    required: bool = False
    asked: bool = False
    active: bool = True


def add_field(plan: FieldPlan, *, by: By, at: datetime) -> CaseField:
    """A new field.

    Raises:
        Refused: it has no label, another has it, or a choice has nothing to choose from.
    """
    plan = _checked(plan)
    with transaction.atomic():
        rows = list(CaseField.objects.select_for_update())
        _check_room(len(rows), MOST_FIELDS)
        _check_label(plan.label, rows)
        code = _code(plan.label, 40, {row.code for row in rows})
        row = CaseField(code=code, place=_next(CaseField), value=plan.value)
        _set(row, plan)
        _tell("case_field_added", "case_field", row.pk, row.label, by=by, at=at)
    return row


def change_field(row: CaseField, plan: FieldPlan, *, by: By, at: datetime) -> None:
    """Change a field, or retire it; what cases hold of it stays.

    Raises:
        Refused: as for a new one; or the kind of value changes, which would lose what is held.
    """
    plan = _checked(plan)
    if plan.value != row.value and row.values.exists():
        raise Refused("Cases hold values of this field. Retire it and add another kind of field.")
    _check_label(plan.label, list(CaseField.objects.exclude(pk=row.pk)))
    with transaction.atomic():
        row.value = plan.value
        _set(row, plan)
        _tell(
            "case_field_changed", "case_field", row.pk, row.label, by=by, at=at, active=row.active
        )


def _set(row: CaseField, plan: FieldPlan) -> None:
    row.label, row.help, row.choices = plan.label, plan.help, list(plan.choices)
    row.kinds, row.required = sorted(plan.kinds), plan.required
    row.asked, row.active = plan.asked, plan.active
    row.save()


def _checked(plan: FieldPlan) -> FieldPlan:
    label = _name(plan.label, "Give the field a label.")
    if plan.value not in {value.value for value in Value}:
        raise Refused("Choose what the field holds.")
    choices = [one_line(storable(choice), 120) for choice in plan.choices]
    choices = list(dict.fromkeys(choice for choice in choices if choice))
    if plan.value != Value.CHOICE:
        choices = []
    elif not choices:
        raise Refused("Write what can be chosen, one a line.")
    if len(choices) > MOST_CHOICES:
        raise Refused(f"A field has at most {MOST_CHOICES} choices.")
    help = one_line(storable(plan.help), 200)
    return FieldPlan(
        label=label, value=plan.value, help=help, choices=choices, kinds=_kinds(plan.kinds),
        required=plan.required, asked=plan.asked, active=plan.active,
    )  # fmt: skip


def _check_label(label: str, others: Sequence[CaseField]) -> None:
    if label.lower() in {row.label.lower() for row in others if row.active}:
        raise Refused(f"There is a field “{label}” already.")


@dataclass(frozen=True, kw_only=True)
class ListPlan:
    """A checklist as an administrator wants it; each step with whether it is required."""

    name: str
    steps: Sequence[tuple[str, bool]]
    kinds: Collection[str] = ()
    priorities: Collection[str] = ()
    automatic: bool = False
    holds: bool = False
    active: bool = True


def write_checklist(row: Checklist | None, plan: ListPlan, *, by: By, at: datetime) -> Checklist:
    """A new checklist, or other words for one; cases keep it as it was put on them.

    Raises:
        Refused: it has no name or no steps, or another has its name.
    """
    name = _name(plan.name, "Give the checklist a name.", most=120)
    steps = [(one_line(storable(text), 300), required) for text, required in plan.steps]
    steps = [(text, required) for text, required in steps if text]
    if not steps:
        raise Refused("Write the steps, one a line.")
    if len(steps) > MOST_STEPS:
        raise Refused(f"A checklist has at most {MOST_STEPS} steps; make two of it.")
    new = row is None
    with transaction.atomic():
        rows = list(Checklist.objects.select_for_update())
        _check_room(len(rows), MOST_LISTS + (0 if new else 1))
        others = [other for other in rows if other.active and (row is None or other.pk != row.pk)]
        if name.lower() in {other.name.lower() for other in others}:
            raise Refused(f"There is a checklist “{name}” already.")
        row = row or Checklist(place=_next(Checklist))
        row.name, row.kinds = name, sorted(_kinds(plan.kinds))
        row.priorities = sorted({"P1", "P2", "P3", "P4"} & set(plan.priorities))
        row.automatic, row.holds, row.active = plan.automatic, plan.holds, plan.active
        row.save()
        row.steps.all().delete()
        ChecklistStep.objects.bulk_create(
            ChecklistStep(checklist=row, place=place, text=text, required=required)
            for place, (text, required) in enumerate(steps)
        )
        verb = "checklist_added" if new else "checklist_changed"
        _tell(verb, "checklist", row.pk, name, by=by, at=at, active=row.active)
    return row


def raise_up(row: CaseType | CaseField | Checklist, *, by: By, at: datetime) -> None:
    """Show it one place earlier."""
    model: Any = type(row)
    with transaction.atomic():
        rows = list(model.objects.select_for_update().order_by("place", "pk"))
        at_place = next(n for n, other in enumerate(rows) if other.pk == row.pk)
        if at_place == 0:
            return
        rows.insert(at_place - 1, rows.pop(at_place))
        for place, other in enumerate(rows):
            if other.place != place:
                model.objects.filter(pk=other.pk).update(place=place)
        _tell("moved_up", _SUBJECTS[model], row.pk, str(row), by=by, at=at)
    kinds.forget()


_SUBJECTS: dict[type[Model], str] = {
    CaseType: "case_type",
    CaseField: "case_field",
    Checklist: "checklist",
}


def _name(text: str, trouble: str, most: int = 80) -> str:
    name = one_line(storable(text), most)
    if not name:
        raise Refused(trouble)
    return name


def _kinds(given: Collection[str]) -> list[str]:
    known = set(kinds.offered())
    return [code for code in given if code in known]


def _check_treated(code: str) -> None:
    if code not in kinds.OF_POLICY:
        raise Refused("Choose how the policy treats such cases.")


def _check_room(count: int, most: int) -> None:
    if count >= most:
        raise Refused(f"{most} are as many as a desk may have. Change one that is retired.")


def _code(words: str, most: int, taken: Collection[str]) -> str:
    """A code of these words that no other has."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    code = _NO_WORD.sub("_", plain).strip("_")[:most] or "field"
    tried, n = code, 2
    while tried in taken:
        tail = f"_{n}"
        tried, n = code[: most - len(tail)] + tail, n + 1
    return tried


def _next(model: type[CaseType] | type[CaseField] | type[Checklist]) -> int:
    last: int | None = model.objects.aggregate(last=Max("place"))["last"]
    return 0 if last is None else last + 1


def _tell(
    verb: str, kind: str, id: int, name: str, *, by: By, at: datetime, **data: object
) -> None:
    record([Happening(verb, kind, id, {"name": name, **data})], by=by, at=at)

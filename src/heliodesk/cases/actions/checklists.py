"""Checklists on cases: put on by hand or by their type, ticked, taken off."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions.step import actor_of, aside
from heliodesk.cases.models import Case, CaseChecklist, CaseStep
from heliodesk.cases.rules import Actor, Refused, Verb
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel import sql

_PUT = """
with put as (
    insert into cases_casechecklist (case_id, checklist_id, name, holds, put_at, put_by_id)
    select c.id, l.id, l.name, l.holds, %(at)s, %(by)s
      from cases_case c join cases_checklist l on l.active and {which}
     where c.id = any(%(cases)s)
    on conflict do nothing returning id, case_id, checklist_id, name),
steps as (
    insert into cases_casestep (on_id, place, text, required)
    select p.id, s.place, s.text, s.required
      from put p join cases_checkliststep s on s.checklist_id = p.checklist_id)
select case_id, name from put order by case_id, id
"""
_BY_TYPE = """l.automatic and (l.kinds = '{}' or c.kind = any(l.kinds))
    and (l.priorities = '{}' or c.priority = any(l.priorities))
    and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')"""


def put_checklist(case: Case, *, checklist_id: int, by: By, at: datetime) -> Case:
    """Work this case by a checklist, too; its steps are copied as they are now.

    Raises:
        Refused: there is no such checklist, or it is on the case already.
    """
    with transaction.atomic():
        values = {"at": at, "by": by.id, "cases": [case.pk], "list": checklist_id}
        with sql.prepared(connection) as cursor:
            cursor.execute(_PUT.format(which="l.id = %(list)s"), values)
            put = cursor.fetchall()
        if not put:
            raise Refused("Choose a checklist that is not on the case yet.")
        return aside(case, Verb.CHECKLIST, by=by, at=at, data={"name": put[0][1]})


def put_by_type(case_ids: Collection[int], *, at: datetime) -> None:
    """Put on these cases what their type and priority ask for, where it is not there yet."""
    values = {"at": at, "by": None, "cases": sorted(case_ids)}
    with sql.prepared(connection) as cursor:
        cursor.execute(_PUT_BY_TYPE, values)
        put = cursor.fetchall()
    told = [Happening(Verb.CHECKLIST, "case", id, {"name": name}) for id, name in put]
    record(told, by=SYSTEM, at=at)


_PUT_BY_TYPE = _PUT.format(which=_BY_TYPE)


def tick(case: Case, *, step_id: int, done: bool, by: By, at: datetime) -> Case:
    """Say that a step is done, or that it is not after all.

    Raises:
        Refused: the step is not on this case, or the table forbids it.
    """
    with transaction.atomic():
        found = CaseStep.objects.select_for_update(of=("self",)).select_related("on")
        row = found.filter(pk=step_id, on__case=case).first()
        if row is None:
            raise Refused("This step is on the case no more. Look at the checklist again.")
        if (row.done_at is not None) == done:
            return case
        row.done_at, row.done_by_id = (at, by.id) if done else (None, None)
        row.save(update_fields=["done_at", "done_by"])
        data = {"step": row.text, "checklist": row.on.name, "done": done}
        return aside(case, Verb.TICK, by=by, at=at, data=data)


def take_checklist_off(case: Case, *, checklist_id: int, by: By, at: datetime) -> None:
    """Work the case without this checklist; what was ticked stays in the history.

    Args:
        checklist_id: of the checklist as it is on the case.

    Raises:
        Refused: its required steps hold the case, and only a lead may let it go; or the table
            forbids it.
    """
    with transaction.atomic():
        row = CaseChecklist.objects.filter(pk=checklist_id, case=case).first()
        if row is None:
            return
        _check_may_go(row, by)
        aside(case, Verb.CHECKLIST, by=by, at=at, data={"name": row.name, "off": True})
        row.delete()


def _check_may_go(row: CaseChecklist, by: By) -> None:
    if not row.holds or actor_of(by) is Actor.LEAD:
        return
    if row.steps.filter(required=True, done_at__isnull=True).exists():
        raise Refused(
            f"“{row.name}” holds the case until its required steps are done. "
            "A lead can take it off."
        )

"""The demo's types, fields and checklists, and two cases that were worked by them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from heliodesk.cases import actions, playbooks
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import FieldPlan, ListPlan
from heliodesk.cases.models import Case, CaseStep, Checklist
from heliodesk.config.demo import scripts
from heliodesk.config.demo.open import World
from heliodesk.journal.record import By

#: How long ago the administrator set it up, and an engineer worked by it.
_BEGAN, _WORKED = timedelta(days=39), timedelta(minutes=12)


def set_up(world: World, *, at: datetime) -> None:
    """Add the types, fields and checklists of the script."""
    script, by, began = scripts.shape(), world.by("imogen"), at - _BEGAN
    for row in script["types"]:
        setting_up.add_type(**row, by=by, at=began)
    for row in script["fields"]:
        setting_up.add_field(FieldPlan(**row), by=by, at=began)
    for row in script["checklists"]:
        steps = playbooks.read("\n".join(row["steps"]))
        setting_up.write_checklist(None, ListPlan(**{**row, "steps": steps}), by=by, at=began)


def work(world: World, *, at: datetime) -> None:
    """Fill in, tick, enter time and call for help as the script has it."""
    for row in scripts.shape()["cases"]:
        by, then = world.by(row["who"]), at - _WORKED
        case = _case(row["title"])
        actions.fill(case, row["fields"], by=by, at=then)
        _tick(case, row, by, then)
        for minutes in row["minutes"]:
            note, day = row["note"], then.date()
            actions.log_time(case, minutes=minutes, note=note, on_day=day, by=by, at=then)
        for title in row.get("children", []):
            actions.put_under(_case(title), parent=case, by=by, at=then)
        if call := row.get("escalate"):
            to = world.users[call["to"]].pk
            actions.escalate(case, reason=call["reason"], user_id=to, by=by, at=then)


def _tick(case: Case, row: Mapping[str, Any], by: By, at: datetime) -> None:
    if "checklist" not in row:
        return
    if not case.checklists.filter(name=row["checklist"]).exists():
        wanted = Checklist.objects.get(name=row["checklist"])
        actions.put_checklist(case, checklist_id=wanted.pk, by=by, at=at)
    steps = CaseStep.objects.filter(on__case=case, on__name=row["checklist"])
    for step in steps[: row["ticks"]]:
        actions.tick(case, step_id=step.pk, done=True, by=by, at=at)


def _case(title: str) -> Case:
    """The case whose title begins so."""
    return Case.objects.get(title__startswith=title)

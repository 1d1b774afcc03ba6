"""What fields and notes of time say of a person goes with everything else."""

import pytest

from heliodesk.cases import actions, fields, forgetting
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import FieldPlan
from heliodesk.cases.models import Case
from heliodesk.journal.record import SYSTEM, By
from heliodesk.kernel.blanking import Blank
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    for label, value, asked in (("Told by", "text", True), ("Seats", "number", False)):
        plan = FieldPlan(label=label, value=value, asked=asked)
        setting_up.add_field(plan, by=SYSTEM, at=NOW)
    account = make.account()
    case = make.case(account, make.contact(account, name="Mara Lind"), text="It is late.")
    user = make.user()
    by = By("user", user.pk, user.name, user.role)
    actions.fill(case, {"told_by": "Mara Lind", "seats": "4"}, by=by, at=NOW)
    actions.log_time(case, minutes=5, note="Rang Mara Lind", on_day=NOW.date(), by=by, at=NOW)
    return case


def test_an_emptied_case_holds_no_values_and_keeps_its_minutes(case: Case) -> None:
    forgetting.empty([case.pk], by=SYSTEM, at=NOW)
    assert fields.values(case.pk) == {}
    entry = case.time_spent.get()
    assert (entry.minutes, entry.note) == (5, "")


@pytest.mark.parametrize("erase", [False, True])
def test_a_person_is_taken_out_of_fields_and_notes(case: Case, erase: bool) -> None:
    words = Blank(names=("Mara Lind",), addresses=(), numbers=(), name="Somebody")
    forgetting.blank([case.pk], case.contact_id or 0, [], words, erase=erase)
    held = fields.values(case.pk)
    assert held.get("seats") == "4"
    assert ("told_by" in held) is not erase
    assert "Mara" not in held.get("told_by", "") + case.time_spent.get().note


def test_an_export_has_what_the_customer_was_asked(case: Case) -> None:
    (told,) = forgetting.told_of([case.pk])
    assert told["fields"] == {"Told by": "Mara Lind"}

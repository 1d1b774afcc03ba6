"""Types, fields and checklists are administered without a shell."""

import pytest

from heliodesk.cases.models import CaseField, CaseType, Checklist
from heliodesk.journal.models import Event
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
TYPES = "/settings/case-types/"
LISTS = "/settings/checklists/"


def test_a_type_is_added_renamed_and_retired(browser: Browser) -> None:
    admin = browser(role="admin")
    assert "Technical question" in admin.get(TYPES).content.decode()
    given = {"name": "Hardware return", "treated_as": "how_to"}
    assert admin.post(f"{TYPES}new/", given).status_code == 302
    row = CaseType.objects.get()
    assert (row.code, row.treated_as) == ("hardware_return", "how_to")
    wrong = admin.post(f"{TYPES}new/", {"name": "hardware return", "treated_as": "how_to"})
    assert (wrong.status_code, "already" in wrong.content.decode()) == (409, True)
    case = make.case()
    assert "Hardware return" in admin.get(f"/cases/{case.ref}/classify/").content.decode()
    admin.post(f"/cases/{case.ref}/classify/", {"kind": "hardware_return"})
    assert "Hardware return" in admin.get(f"/cases/{case.ref}/").content.decode()
    admin.post(f"{TYPES}{row.pk}/", {"name": "Return", "treated_as": "technical"})
    assert "retired" in admin.get(TYPES).content.decode()
    assert "Return" not in admin.get(f"/cases/{case.ref}/classify/").content.decode()


def test_a_field_is_added_changed_and_put_in_order(browser: Browser) -> None:
    admin = browser(role="admin")
    assert "No fields yet" in admin.get(TYPES).content.decode()
    choice = {"label": "Plan", "value": "choice", "choices": "Small\r\nLarge\r\n", "asked": "1"}
    assert admin.post(f"{TYPES}fields/new/", choice).status_code == 302
    number = {"label": "Seats", "value": "number", "kinds": ["how_to"], "required": "1"}
    assert admin.post(f"{TYPES}fields/new/", number).status_code == 302
    plan, seats = CaseField.objects.order_by("place")
    assert (plan.choices, plan.asked, plan.active) == (["Small", "Large"], True, True)
    assert (seats.kinds, seats.required) == (["how_to"], True)
    admin.post(f"{TYPES}fields/{seats.pk}/up/")
    assert [f.label for f in CaseField.objects.order_by("place")] == ["Seats", "Plan"]
    admin.post(f"{TYPES}fields/{plan.pk}/", {**choice, "label": "Tariff"})
    plan.refresh_from_db()
    assert (plan.label, plan.code, plan.active) == ("Tariff", "plan", False)
    wrong = admin.post(f"{TYPES}fields/new/", {"label": "", "value": "choice"})
    assert wrong.status_code == 409
    told = Event.objects.filter(subject_kind="case_field").order_by("id")
    verbs = [event.verb for event in told]
    assert verbs == ["case_field_added", "case_field_added", "moved_up", "case_field_changed"]


def test_a_checklist_is_written_changed_and_retired(browser: Browser) -> None:
    admin = browser(role="admin")
    assert "No checklists yet" in admin.get(LISTS).content.decode()
    given = {
        "name": "P1 playbook", "steps": "* Call the customer\r\n\r\nWrite it down",
        "priorities": ["P1"], "automatic": "1", "holds": "1",
    }  # fmt: skip
    assert admin.post(f"{LISTS}new/", given).status_code == 302
    row = Checklist.objects.get()
    assert [(s.text, s.required) for s in row.steps.all()] == [
        ("Call the customer", True),
        ("Write it down", False),
    ]
    page = admin.get(f"{LISTS}{row.pk}/").content.decode()
    assert "* Call the customer\nWrite it down" in page
    admin.post(f"{LISTS}{row.pk}/", {**given, "steps": "Only this"})
    row.refresh_from_db()
    assert ([s.text for s in row.steps.all()], row.active) == (["Only this"], False)
    assert admin.post(f"{LISTS}new/", {"name": "Empty", "steps": " "}).status_code == 409
    assert "retired" in admin.get(LISTS).content.decode()


@pytest.mark.parametrize("path", [TYPES, f"{TYPES}new/", f"{TYPES}fields/new/", LISTS])
def test_agents_do_not_administer(browser: Browser, path: str) -> None:
    assert browser().get(path).status_code == 403

"""Fields that an administrator has customers asked for: on the form, in the case, seen by both."""

import pytest
from django.test import Client

from heliodesk.cases import actions, fields
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import FieldPlan
from heliodesk.cases.models import Case
from heliodesk.channels.models import Outbound
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM
from heliodesk.web.portal import brand
from tests import make
from tests.intake.conftest import World, world
from tests.web.portal.test_pages import browser, form, mara, northwind, text_of
from tests.web.public.test_get_support import send

__all__ = ["browser", "mara", "northwind", "world"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    brand.forget()


def add(label: str, value: str, **more: object) -> None:
    plan = FieldPlan(label=label, value=value, **{"asked": True, **more})  # type: ignore[arg-type]  # fields of it by name
    setting_up.add_field(plan, by=SYSTEM, at=make.NOW)


def test_visitors_are_asked_and_the_case_holds_it(world: World, client: Client) -> None:
    add("Console version", "text", kinds=["technical"])
    add("Seats", "number")
    add("Root cause", "text", asked=False)
    add("Go-live", "date", kinds=["implementation"])
    page = client.get("/get-support/").content.decode()
    assert 'name="f_console_version"' in page
    assert 'data-kinds="implementation"' in page
    assert "Root cause" not in page
    wrong = send(client, f_seats="many")
    assert wrong.status_code == 422
    assert "This is a number" in wrong.content.decode()
    assert 'value="many"' in wrong.content.decode()
    given = {
        "f_console_version": "12.4", "f_seats": "3,5", "f_root_cause": "You",
        "f_go_live": "2026-01-01", "f_no_such": "x",
    }  # fmt: skip
    assert send(client, **given).status_code == 302
    case = Case.objects.get()
    assert fields.values(case.pk) == {"console_version": "12.4", "seats": "3.5"}
    assert "Console version: 12.4\nSeats: 3.5" in case.messages.get().text
    assert "Console version: 12.4" in Outbound.objects.get(kind="acknowledgement").text
    assert Event.objects.filter(subject_kind="case", verb="fill").count() == 1


def test_contacts_see_what_they_are_asked_and_nothing_else(browser: Client) -> None:
    add("Console version", "text")
    add("Root cause", "text", asked=False)
    assert 'name="f_console_version"' in text_of(browser, "/support/")
    browser.post("/support/", form(f_console_version="12.4"))
    case = Case.objects.get()
    setting = {"root_cause": "A loose cable"}
    actions.fill(case, setting, by=SYSTEM, at=make.NOW)
    page = text_of(browser, f"/support/cases/{case.ref}/")
    assert "<dt>Console version</dt><dd>12.4</dd>" in page
    assert "loose cable" not in page
    row = setting_up.add_type(name="Hardware return", treated_as="how_to", by=SYSTEM, at=make.NOW)
    Case.objects.filter(pk=case.pk).update(kind=row.code)
    assert "<dd>Hardware return</dd>" in text_of(browser, f"/support/cases/{case.ref}/")


def test_types_of_the_desk_are_offered_to_customers_with_their_fields(
    world: World, client: Client
) -> None:
    row = setting_up.add_type(
        name="Hardware return", treated_as="how_to", for_customers=True, by=SYSTEM, at=make.NOW
    )
    setting_up.add_type(name="Bug hunt", treated_as="technical", by=SYSTEM, at=make.NOW)
    add("Serial number", "number", kinds=[row.code])
    page = client.get("/get-support/").content.decode()
    assert f'value="{row.code}" id="kind-{row.code}"' in page
    assert "Hardware return" in page
    assert "Bug hunt" not in page
    assert send(client, kind="bug-hunt").status_code == 422
    assert send(client, kind=row.code, f_serial_number="many").status_code == 422
    assert send(client, kind=row.code, f_serial_number="42").status_code == 302
    case = Case.objects.get()
    assert (case.kind, fields.values(case.pk)) == (row.code, {"serial_number": "42"})
    assert case.decision and case.decision.request["case_type"] == "how_to"
    said = "What it is about: Hardware return\nSerial number: 42"
    assert said in case.messages.get().text
    assert said in Outbound.objects.get(kind="acknowledgement").text


def test_contacts_choose_them_too_and_are_asked_for_the_message_to_trace(browser: Client) -> None:
    row = setting_up.add_type(
        name="Lost mail", treated_as="email_tracking", for_customers=True, by=SYSTEM, at=make.NOW
    )
    assert "data-traces" in text_of(browser, "/support/")
    browser.post("/support/", form(kind=row.code, trace_from="a@b.example"))
    case = Case.objects.get()
    assert case.kind == row.code
    assert "From: a@b.example" in case.messages.get().text
    setting_up.change_type(
        row, name="Lost mail", treated_as="email_tracking", active=False, by=SYSTEM, at=make.NOW
    )
    assert "data-traces" not in text_of(browser, "/support/")
    assert browser.post("/support/", form(kind=row.code)).status_code == 422

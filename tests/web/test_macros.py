"""Macros: written, previewed, put into an answer, carried out when it is sent."""

from typing import Any

import pytest

from heliodesk.automation.models import Macro
from heliodesk.automation.phrases import fill, unknown
from heliodesk.identity.rules import Role
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def text(page: Any) -> str:
    return str(page.content.decode())


def macro(**fields: Any) -> Macro:
    given = {"name": "Thanks", "text": "Hello {{ first_name }}", "changed_at": make.NOW} | fields
    return Macro.objects.create(changed_by="Imogen", **given)


def test_variables_are_filled_in_and_unknown_ones_named() -> None:
    assert fill("Dear {{contact}}, {{ nobody }}!", {"contact": "Ann"}) == "Dear Ann, !"
    assert unknown("{{ contact }} {{ nobody }} {{}}") == ["nobody", ""]
    assert fill("{{ contact }}", {"contact": "{{ title }}"}) == "{{ title }}"


def test_agents_write_their_own_and_administrators_everybodys(browser: Browser) -> None:
    agent, admin = browser(), browser(role=Role.ADMIN)
    sent = {"name": "Thanks", "text": "Thank you, {{ first_name }}.", "whose": "all"}
    agent.post("/macros/new/", sent)
    assert Macro.objects.get().owner == agent.person  # type: ignore[attr-defined]  # ours, on the client
    admin.post("/macros/new/", sent)
    shared = Macro.objects.get(owner=None)
    assert agent.get(f"/macros/{shared.pk}/").status_code == 404
    assert agent.post(f"/macros/{shared.pk}/delete/").status_code == 404
    page = text(admin.get(f"/macros/{shared.pk}/"))
    assert "Thank you, Priya." in page
    other = browser()
    listed = text(other.get("/macros/"))
    assert listed.count("Thanks") == 1 and "everybody&#39;s" in listed
    admin.post(f"/macros/{shared.pk}/delete/")
    assert not Macro.objects.filter(owner=None).exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": " "}, "Give the macro a name"),
        ({"text": ""}, "Write its text, or say what it does"),
        ({"text": "Dear {{ nobody }}"}, "stands for nothing"),
        ({"do": ["prioritise"], "do_value": ["P1"]}, "only a call makes a P1"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    browser: Browser, change: dict[str, Any], why: str
) -> None:
    page = browser().post("/macros/new/", {"name": "Thanks", "text": "Kept words"} | change)
    assert page.status_code == 409 and why in text(page)
    assert not Macro.objects.exists()


def test_a_name_is_taken_once_for_each(browser: Browser) -> None:
    agent = browser()
    for status in (302, 409):
        answer = agent.post("/macros/new/", {"name": "Thanks", "text": "x"})
        assert answer.status_code == status
    assert "already" in text(answer)


def test_a_macro_is_offered_where_it_belongs_and_filled_for_the_case(browser: Browser) -> None:
    account = make.account(name="Brass Ltd")
    case = make.case(account, make.contact(account, name="Priya Raman"), queue="emea")
    here, there = macro(queues=["emea"]), macro(name="Elsewhere", queues=["apac"])
    agent = browser()
    offered = text(agent.get(f"/cases/{case.ref}/macros/offered/"))
    assert here.name in offered and there.name not in offered
    assert agent.get(f"/cases/{case.ref}/macros/{here.pk}/").json() == {"text": "Hello Priya"}
    others = macro(name="Private", owner=make.user())
    assert agent.get(f"/cases/{case.ref}/macros/{others.pk}/").status_code == 404
    hidden = make.case(offshore=True)
    assert agent.get(f"/cases/{hidden.ref}/macros/{here.pk}/").status_code == 404


def test_it_does_its_things_once_the_message_is_sent(browser: Browser) -> None:
    agent, case = browser(), make.case()
    used = macro(deeds=[{"do": "move", "value": "second-line"}, {"do": "assign", "value": "999"},
                        {"do": "prioritise", "value": "P4"}])  # fmt: skip
    sent = {"text": "Over to the second line.", "version": case.version, "macro": str(used.pk)}
    page = agent.post(f"/cases/{case.ref}/note/", sent, follow=True)
    case.refresh_from_db()
    assert case.queue == "second-line" and case.messages.count() == 1
    assert "not active" in text(page) and "Macro “Thanks”" in text(page)


def test_a_macro_of_another_person_does_nothing(browser: Browser) -> None:
    agent, case = browser(), make.case()
    theirs = macro(owner=make.user(), deeds=[{"do": "move", "value": "second-line"}])
    agent.post(f"/cases/{case.ref}/note/", {"text": "x", "macro": [str(theirs.pk), "x"]})
    case.refresh_from_db()
    assert case.queue == "emea"

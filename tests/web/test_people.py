"""People and roles of the desk on their pages: invited, given a role, handed over, kept out."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.channels.models import Outbound
from heliodesk.identity.models import Session, StaffRole, User
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
LINK = re.compile(r'id="link">http[^<]*?(/password/new/[^<]+)<')


def text(page: Any) -> str:
    return str(page.content.decode())


def invited(admin: Client, **fields: str) -> Any:
    return admin.post(
        "/settings/people/new/",
        {"name": "Ann", "email": "ann@desk.example", "role": "agent", **fields},
    )


def test_somebody_is_invited_by_a_link_that_is_shown_once_and_works_once(
    browser: Browser, client: Client, settings: Any
) -> None:
    settings.MAIL_OUTBOUND = "capture"
    admin = browser(role="admin")
    shown = invited(admin)
    link = LINK.search(text(shown))
    assert link and shown["Cache-Control"] == "no-store"
    ann = User.objects.get(email="ann@desk.example")
    assert not ann.has_usable_password() and not Outbound.objects.exists()
    assert LINK.search(text(admin.get(f"/settings/people/{ann.pk}/"))) is None
    assert link[1] not in str(list(Event.objects.values_list("data", flat=True)))
    form = client.get(link[1], follow=True)
    path = form.redirect_chain[-1][0]
    client.post(path, {"password1": make.PASSWORD, "password2": make.PASSWORD})
    ann.refresh_from_db()
    assert ann.check_password(make.PASSWORD)
    again = Client().get(link[1], follow=True)
    assert "password1" not in text(again)
    verbs = list(Event.objects.filter(subject_kind="user").values_list("verb", flat=True))
    assert verbs[:2] == ["added", "invited"]


def test_where_mail_goes_out_the_link_is_mailed_and_never_shown(
    browser: Browser, settings: Any
) -> None:
    settings.MAIL_OUTBOUND = "smtp"
    make.mailbox(address="help@desk.example")
    admin = browser(role="admin")
    answer = invited(admin)
    assert answer.status_code == 302
    mail = Outbound.objects.get()
    assert mail.to == ["ann@desk.example"] and "/password/new/" in mail.text
    assert mail.kind == "sign_in" and mail.text.startswith("Hello Ann,")
    again = admin.post(f"{answer['Location']}invite/")
    assert again.status_code == 302 and Outbound.objects.count() == 2


def test_who_leaves_hands_their_open_cases_over(browser: Browser) -> None:
    admin = browser(role="admin")
    leaver, heir = make.user(), make.user(name="Heir")
    for n in range(3):
        cases.take(make.case(ref=f"C-{n}"), by=By("user", leaver.pk, "L", "agent"), at=make.NOW)
    waits = Case.objects.order_by("pk").last()
    assert waits is not None
    cases.await_customer(waits, by=By("user", leaver.pk, "L", "agent"), at=make.NOW)
    page = text(admin.get(f"/settings/people/{leaver.pk}/"))
    assert "3 open cases are theirs" in page
    cases.assign(waits, owner_id=heir.pk, by=By("user", 1, "L", "agent"), at=make.NOW)
    admin.post(f"/settings/people/{leaver.pk}/deactivate/", {"heir": heir.pk})
    assert set(Case.objects.values_list("owner_id", flat=True)) == {heir.pk}
    Case.objects.update(offshore=True)
    admin.post(f"/settings/people/{heir.pk}/hand-on/", {"heir": make.user().pk})
    assert set(Case.objects.values_list("owner_id", "state")) == {(None, "new")}
    assert not User.objects.get(pk=leaver.pk).is_active


def test_sessions_and_second_factors_are_taken_away(browser: Browser) -> None:
    admin, colleague = browser(role="admin"), browser()
    user = colleague.person  # type: ignore[attr-defined]  # ours, on the client
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    base = f"/settings/people/{user.pk}/"
    assert "an app that makes codes" in text(admin.get(base))
    admin.post(f"{base}sign-out/")
    assert not Session.objects.filter(user=user).exists()
    assert colleague.get("/mine/")["Location"].startswith("/sign-in/")
    admin.post(f"{base}factors/")
    assert not Authenticator.objects.exists()


def test_people_are_taken_away_as_a_sheet(browser: Browser) -> None:
    admin = browser(role="admin", name="Root", email="root@desk.example")
    make.user(name="=cmd()", email="x@desk.example", is_active=False)
    sheet = admin.get("/settings/people.csv")
    lines = text(sheet).splitlines()
    assert sheet["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("name,email,role,teams")
    assert lines[1].startswith("Root,root@desk.example,Administrator,,Europe/London,yes,no,")
    assert lines[2].startswith("'=cmd(),")


def test_a_role_is_made_given_changed_and_taken_away(browser: Browser) -> None:
    admin, agent = browser(role="admin"), browser()
    form = {"name": "Writer", "about": "Words", "may": ["work_cases", "edit_templates"]}
    admin.post("/settings/roles/new/", form)
    role = StaffRole.objects.get(name="Writer")
    assert agent.get("/settings/words/").status_code == 403
    base = f"/settings/people/{agent.person.pk}/"  # type: ignore[attr-defined]  # ours, on the client
    admin.post(f"{base}role/", {"role": role.pk})
    assert agent.get("/settings/words/").status_code == 200
    assert agent.get("/held/").status_code == 403
    assert ">Writer<" in text(agent.get("/"))
    assert "/held/" not in text(agent.get("/"))
    table = text(admin.get("/settings/roles/"))
    assert "1 person" in table and "Words" not in table
    admin.post(f"/settings/roles/{role.pk}/", {**form, "may": ["work_cases", "see_reports"]})
    assert agent.get("/settings/words/").status_code == 403
    assert agent.get("/reports/").status_code == 200
    refused = admin.post(f"/settings/roles/{role.pk}/remove/")
    assert refused.status_code == 409 and "have this role" in text(refused)
    admin.post(f"{base}role/", {"role": "agent"})
    assert admin.post(f"/settings/roles/{role.pk}/remove/").status_code == 302
    assert agent.get("/reports/").status_code == 403
    events = list(Event.objects.filter(subject_kind="role").order_by("id").values_list("verb"))
    assert events == [("added",), ("changed",), ("removed",)]
    shipped = StaffRole.objects.get(code="lead")
    assert admin.get(f"/settings/roles/{shipped.pk}/").status_code == 404
    assert admin.post("/settings/roles/new/", {**form, "name": ""}).status_code == 409


def test_who_keeps_people_cannot_climb_by_their_pages(browser: Browser) -> None:
    admin, keeper = browser(role="admin"), browser()
    admin.post("/settings/roles/new/", {"name": "Keeper", "may": ["edit_users", "see_audit"]})
    role = StaffRole.objects.get(name="Keeper")
    own = f"/settings/people/{keeper.person.pk}/"  # type: ignore[attr-defined]  # ours, on the client
    admin.post(f"{own}role/", {"role": role.pk})
    for path, form in (
        (f"{own}role/", {"role": "admin"}),
        (f"/settings/people/{admin.person.pk}/password/", {"password": make.PASSWORD}),  # type: ignore[attr-defined]  # ours, on the client
        (f"/settings/people/{admin.person.pk}/invite/", {}),  # type: ignore[attr-defined]  # ours, on the client
        (f"/settings/roles/{role.pk}/", {"name": "Keeper", "may": ["edit_users", "edit_policy"]}),
    ):
        assert keeper.post(path, form).status_code == 409, path
    assert "You cannot give it" in text(keeper.get(own))


def test_an_administrator_asks_a_role_for_a_second_factor(browser: Browser) -> None:
    admin, agent = browser(role="admin"), browser()
    role = StaffRole.objects.get(code="agent")
    admin.post(f"/settings/roles/{role.pk}/ask-factor/")
    assert agent.get("/mine/")["Location"] == "/me/security/"
    admin.post(f"/settings/roles/{role.pk}/drop-factor/")
    assert agent.get("/mine/").status_code == 200

"""Retention and a person's data on their pages."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.cases.models import Case
from heliodesk.channels.models import Inbound
from heliodesk.journal.models import Event
from heliodesk.privacy import jobs
from heliodesk.privacy.models import Hold, Retention, Task
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
KEEP = {"cases": "24", "raw_mail": "", "calls": "", "audit": ""}
HX = {"HX-Request": "true"}


def text(page: Any) -> str:
    return str(page.content.decode())


def work() -> None:
    while jobs.work(make.NOW):
        pass


def test_retention_is_set_counted_and_carried_out(browser: Browser) -> None:
    admin = browser(role="admin")
    old = make.NOW - timedelta(days=4000)
    make.case(text="Long ago", opened_at=old, state="closed", resolved_at=old, closed_at=old)
    assert "for ever" in text(admin.get("/settings/retention/"))
    count = "/settings/retention/cases/count/"
    assert "1 would go now" in text(admin.get(count, {"cases": "24"}, headers=HX))
    assert "kept for ever" in text(admin.get(count, {"cases": ""}, headers=HX))
    assert "number of months" in text(admin.get(count, {"cases": "1"}, headers=HX))
    assert admin.get("/settings/retention/dragons/count/").status_code == 404
    refused = admin.post("/settings/retention/cases/run/")
    assert refused.status_code == 409 and "kept for ever" in text(refused)
    bad = admin.post("/settings/retention/", {**KEEP, "audit": "2"})
    assert bad.status_code == 409 and "from 7 to 240" in text(bad) and 'value="24"' in text(bad)
    assert not Retention.objects.exists()
    admin.post("/settings/retention/", KEEP)
    assert Retention.objects.get(months__isnull=False).months == 24
    admin.post("/settings/retention/cases/run/")
    assert "every 3s" in text(admin.get("/settings/retention/runs/", headers=HX))
    work()
    shown = text(admin.get("/settings/retention/"))
    assert ">done<" in shown and "every 3s" not in shown
    assert Case.objects.get().flags == ["emptied"]


def test_a_hold_is_put_and_lifted(browser: Browser) -> None:
    admin = browser(role="admin")
    account = make.account()
    case, ada = make.case(), make.contact(account, address="ada@byron.example")
    put = "/settings/retention/holds/"
    for subject in (case.ref, "ada@byron.example", account.identifiers.get().value):
        answer = admin.post(put, {"subject": subject, "reason": "Court"})
        assert answer.status_code == 302, subject
    kinds = set(Hold.objects.values_list("subject_kind", "subject_id"))
    assert kinds == {("case", case.pk), ("contact", ada.pk), ("account", account.pk)}
    for wrong in ({"subject": "nothing", "reason": "x"}, {"subject": case.ref, "reason": ""}):
        assert admin.post(put, wrong).status_code == 409
    far = make.case(account=make.account(offshore=True), offshore=True)
    assert admin.post(put, {"subject": far.ref, "reason": "x"}).status_code == 409
    for hold in Hold.objects.all():
        admin.post(f"/settings/retention/holds/{hold.pk}/lift/")
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


def test_somebody_is_found_exported_and_erased(browser: Browser) -> None:
    admin, other = browser(role="admin"), browser(role="admin")
    ada = make.contact(make.account(), name="Ada Byron", address="ada@byron.example")
    base = f"/settings/privacy/{ada.pk}/"
    assert base in text(admin.get("/settings/privacy/?q=byron"))
    assert "Nobody like it" in text(admin.get("/settings/privacy/?q=dragon"))
    admin.post(f"{base}export/")
    work()
    task = Task.objects.get()
    fetch = f"{base}exports/{task.pk}/"
    assert fetch in text(admin.get(base)) and fetch not in text(other.get(base))
    assert other.post(fetch).status_code == 409 and admin.get(fetch).status_code == 405
    got = admin.post(fetch)
    assert got["Content-Type"] == "application/zip" and got.content[:2] == b"PK"
    assert admin.post(fetch).status_code == 409
    wrong = admin.post(f"{base}erase/", {"typed": "Ada"})
    assert wrong.status_code == 409 and 'value="Ada"' in text(wrong)
    admin.post(f"{base}erase/", {"typed": "Ada Byron"})
    work()
    shown = text(admin.get(base))
    assert "They were forgotten" in shown and "Byron" not in shown
    assert "Byron" not in str(list(Event.objects.values_list("data", "by_name")))
    assert admin.post(f"{base}dance/").status_code == 404


def test_what_stands_in_the_way_is_shown_instead_of_the_buttons(browser: Browser) -> None:
    admin = browser(role="admin")
    ada = make.contact(make.account(), name="Ada Byron")
    case = make.case(contact=ada)
    shown = text(admin.get(f"/settings/privacy/{ada.pk}/"))
    assert case.ref in shown and "Erase</button>" not in shown
    far = make.contact(make.account(offshore=True))
    assert admin.get(f"/settings/privacy/{far.pk}/").status_code == 404


def test_a_mail_whose_bytes_are_gone_is_not_saved_as_an_empty_file(browser: Browser) -> None:
    admin = browser(role="admin")
    mail = Inbound.objects.create(
        channel="smtp", received_at=make.NOW, raw=b"", size=9, state="filed"
    )  # fmt: skip
    message = make.message(make.case(), inbound=mail)
    for path in (f"/messages/{message.pk}/raw/", f"/received/{mail.pk}/raw/"):
        answer = admin.get(path)
        assert answer.status_code == 409 and "was removed" in text(answer), path

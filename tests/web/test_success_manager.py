"""The person who looks after an account: named on its page, shown where the package says so."""

from typing import Any

import pytest

from heliodesk.entitlements.actions import activate_shipped
from heliodesk.journal.models import Event
from heliodesk.oncall.models import AccountManager
from tests import make
from tests.web.conftest import Browser, Portal

pytestmark = pytest.mark.django_db


def text(page: Any) -> str:
    return str(page.content.decode())


@pytest.mark.parametrize(("package", "shown"), [("gold", True), ("silver", False)])
def test_a_manager_is_named_and_shown_where_the_package_promises_one(
    browser: Browser, portal: Portal, package: str, shown: bool
) -> None:
    activate_shipped(at=make.NOW)
    lead, nora = browser(role="lead"), make.user(name="Nora Quist", email="nora@desk.example")
    account = make.account()
    make.contract(account, package=package)
    ada = portal(make.contact(account))
    assert "Nora Quist" not in text(ada.get("/support/account/"))
    base = f"/accounts/{account.pk}/"
    assert lead.post(f"{base}name_manager/", {"manager": nora.pk}).status_code == 302
    assert AccountManager.objects.get().person == nora
    page = text(lead.get(base))
    assert "Nora Quist" in page
    assert ("Customers see the name" in page) is shown
    assert ("nora@desk.example" in text(ada.get("/support/account/"))) is shown
    assert lead.post(f"{base}name_manager/", {"manager": "9999"}).status_code == 409
    lead.post(f"{base}name_manager/", {"manager": ""})
    assert not AccountManager.objects.exists()
    verbs = Event.objects.filter(subject_kind="account", subject_id=account.pk)
    assert list(verbs.values_list("verb", flat=True)).count("manager_named") == 2


def test_who_left_looks_after_nobody(browser: Browser) -> None:
    lead, gone = browser(role="lead"), make.user(name="Gone Away", is_active=False)
    account = make.account()
    AccountManager.objects.create(account=account, person=gone)
    assert "Gone Away" not in text(lead.get(f"/accounts/{account.pk}/"))
    form = {"manager": str(gone.pk)}
    assert lead.post(f"/accounts/{account.pk}/name_manager/", form).status_code == 409

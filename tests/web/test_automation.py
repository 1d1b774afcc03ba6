"""Pages of rules: written, tried, switched, followed."""

from typing import Any

import pytest

from heliodesk.automation.models import AutomationRule
from heliodesk.identity.rules import Role
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
SENT = {
    "name": "Outages to the front", "moment": "opened",
    "all_fact": ["title", ""], "all_comparison": ["contains", "is"], "all_value": ["outage", ""],
    "any_fact": [""], "any_comparison": ["is"], "any_value": [""],
    "do": ["move", ""], "do_value": ["urgent", ""],
}  # fmt: skip


def text(page: Any) -> str:
    return str(page.content.decode())


@pytest.mark.parametrize("address", ["", "new/", "log/"])
def test_rules_are_for_administrators(browser: Browser, address: str) -> None:
    assert browser(role=Role.LEAD).get(f"/settings/rules/{address}").status_code == 403
    assert browser(role=Role.ADMIN).get(f"/settings/rules/{address}").status_code == 200


def test_a_rule_is_tried_written_switched_and_deleted(browser: Browser) -> None:
    admin = browser(role=Role.ADMIN)
    make.case(title="Big outage")
    tried = admin.post("/settings/rules/new/", SENT | {"how": "try"})
    assert "It fits 1 case" in text(tried) and "Big outage" in text(tried)
    assert not AutomationRule.objects.exists()
    saved = admin.post("/settings/rules/new/", SENT, follow=True)
    assert "This rule rests" in text(saved) and 'value="outage"' in text(saved)
    row = AutomationRule.objects.get()
    assert row.all == [{"fact": "title", "comparison": "contains", "value": "outage"}]
    assert row.deeds == [{"do": "move", "value": "urgent"}] and not row.active
    admin.post(f"/settings/rules/{row.pk}/on/")
    assert AutomationRule.objects.get().active
    assert "Switch off" in text(admin.get("/settings/rules/"))
    admin.post(f"/settings/rules/{row.pk}/delete/")
    assert "No rules yet" in text(admin.get("/settings/rules/"))


def test_what_is_wrong_is_said_and_what_was_typed_stays(browser: Browser) -> None:
    admin = browser(role=Role.ADMIN)
    for how in ("save", "try"):
        page = admin.post("/settings/rules/new/", SENT | {"do_value": ["", ""], "how": how})
        assert page.status_code == 409 and "Say what to move." in text(page)
        assert 'value="outage"' in text(page) and "Outages to the front" in text(page)
    assert admin.get("/settings/rules/999/").status_code == 404
    assert admin.post("/settings/rules/new/", SENT | {"all_comparison": []}).status_code == 409

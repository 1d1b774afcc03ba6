"""Out of the office, by page."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.identity.rules import Role
from heliodesk.kernel import clock
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def text(page: Any) -> str:
    return str(page.content.decode())


def times() -> dict[str, str]:
    now = clock.now()
    return {
        "from": (now - timedelta(minutes=2)).isoformat(timespec="minutes")[:16],
        "to": (now + timedelta(days=3)).isoformat(timespec="minutes")[:16],
    }


def test_an_agent_goes_and_comes_back(browser: Browser) -> None:
    agent = browser(zone="UTC")
    case = make.case(owner=agent.person, state="assigned")  # type: ignore[attr-defined]  # ours, on the client
    assert "You are here" in text(agent.get("/away/"))
    page = agent.post("/away/", times() | {"note": "Dentist"}, follow=True)
    assert "Dentist" in text(page) and "Is back" in text(page)
    case.refresh_from_db()
    assert case.owner is None
    row = agent.person.absences.get()  # type: ignore[attr-defined]  # ours, on the client
    agent.post(f"/away/{row.pk}/end/")
    case.refresh_from_db()
    assert case.owner == agent.person  # type: ignore[attr-defined]  # ours, on the client


def test_only_leads_send_others_away(browser: Browser) -> None:
    other = make.user(name="Bea")
    agent = browser(zone="UTC")
    agent.post("/away/", times() | {"user": str(other.pk)})
    assert not other.absences.exists() and agent.person.absences.exists()  # type: ignore[attr-defined]  # ours, on the client
    lead = browser(role=Role.LEAD, zone="UTC")
    assert "Bea" in text(lead.post("/away/", times() | {"user": str(other.pk)}, follow=True))
    row = other.absences.get()
    assert agent.post(f"/away/{row.pk}/end/").status_code == 404
    assert lead.post(f"/away/{row.pk}/end/").status_code == 302


def test_times_that_cannot_be_are_told(browser: Browser) -> None:
    page = browser().post("/away/", {"from": "soon", "to": "", "note": "Kept words"})
    assert page.status_code == 409 and "Give both times" in text(page)
    assert "Kept words" in text(page)

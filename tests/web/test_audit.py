"""The audit log: everything, searched a stretch at a time, as a sheet too."""

from typing import Any

import pytest

from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.reports import audit
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def text(page: Any) -> str:
    assert page.status_code == 200
    return str(page.content.decode())


def happened(
    verb: str, *, kind: str = "case", subject: int = 0, by: str = "Ann", **data: Any
) -> None:
    Event.objects.create(
        at=make.NOW, by_kind="user", by_name=by, verb=verb, subject_kind=kind,
        subject_id=subject, data=data,
    )  # fmt: skip


@pytest.mark.parametrize("address", ["/settings/audit/", "/settings/audit.csv"])
def test_the_log_is_for_administrators(browser: Browser, address: str) -> None:
    assert browser(role=Role.LEAD).get(address).status_code == 403


def test_events_are_found_by_who_what_when_and_to_what(browser: Browser) -> None:
    admin, case = browser(role=Role.ADMIN, zone="UTC"), make.case()
    happened("prioritise", subject=case.pk, reason="A ship at sea.")
    happened("deactivated", kind="user", subject=admin.person.pk, by="Bob_1")  # type: ignore[attr-defined]
    page = text(admin.get("/settings/audit/"))
    assert "A ship at sea." in page and f"/cases/{case.ref}/" in page and "deactivated" in page
    for query, there in {
        "verb=prioritise": (True, False), "by=bob_": (False, True), "by=Bob%251": (False, False),
        "kind=user": (False, True), "since=2026-11-23&until=2026-11-23": (True, True),
        "until=2026-11-22": (False, False),
    }.items():  # fmt: skip
        page = text(admin.get(f"/settings/audit/?{query}"))
        assert ("A ship at sea." in page, "deactivated" in page) == there, query
    refused = admin.get("/settings/audit/?since=yesterday")
    assert refused.status_code == 409 and "written like" in refused.content.decode()
    assert admin.get("/settings/audit/?after=x").status_code == 404


def test_the_data_boundary_holds_here_too(browser: Browser) -> None:
    happened("note", subject=make.case(offshore=True).pk, secret="over there")
    assert "over there" not in text(browser(role=Role.ADMIN).get("/settings/audit/"))
    assert "over there" in text(browser(role=Role.ADMIN, offshore=True).get("/settings/audit/"))


def test_a_long_log_is_walked_in_stretches(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "STRETCH", 50)
    happened("rare")
    for _ in range(120):
        happened("note")
    admin = browser(role=Role.ADMIN)
    page, looks = text(admin.get("/settings/audit/?verb=rare")), 1
    while "Look further back" in page:
        page = text(
            admin.get(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
        )
        looks += 1
    assert '<th scope="row">rare</th>' in page and looks == 3


def test_the_log_is_a_sheet_without_formulas(browser: Browser) -> None:
    happened("note", by="=cmd()")
    answer = browser(role=Role.ADMIN).get("/settings/audit.csv?kind=case")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "at,by,by_kind,verb,kind,subject,subject_id,data"
    assert lines[1].split(",")[1] == "'=cmd()"

"""The audit log: everything, searched a stretch at a time, as a sheet too."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from heliodesk.cases.rules import Happened as Moment
from heliodesk.cases.rules import Verb
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.reports import audit
from heliodesk.web.admin import audit_words
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
    happened("deactivated", kind="user", subject=admin.person.pk, by="Bob_1")  # type: ignore[attr-defined]  # ours, on the client
    page = text(admin.get("/settings/audit/"))
    assert "A ship at sea." in page and f"/cases/{case.ref}/" in page and ">Deactivated<" in page
    for query, there in {
        "verb=prioritise": (True, False), "verb=Priority": (True, False),
        "verb=priority+changed": (True, False), "verb=activat": (False, True),
        "by=bob_": (False, True), "by=Bob%251": (False, False),
        "kind=user": (False, True), "since=2026-11-23&until=2026-11-23": (True, True),
        "until=2026-11-22": (False, False),
    }.items():  # fmt: skip
        page = text(admin.get(f"/settings/audit/?{query}"))
        assert ("A ship at sea." in page, ">Deactivated<" in page) == there, query
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
    assert '<th scope="row" title="rare">Rare</th>' in page and looks == 3


def test_the_log_is_a_sheet_without_formulas(browser: Browser) -> None:
    happened("note", by="=cmd()")
    answer = browser(role=Role.ADMIN).get("/settings/audit.csv?kind=case")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # of the answer as Django gives it
    assert lines[0] == "at,by,by_kind,verb,what,kind,subject,subject_id,data"
    assert lines[1].split(",")[1] == "'=cmd()"
    assert lines[1].split(",")[3:5] == ["note", "Note written"]


def test_every_code_of_a_case_has_words() -> None:
    assert set(audit.kinds()) <= set(audit_words.KINDS)
    codes = {*(verb.value for verb in Verb), *(verb.value for verb in Moment)}
    assert codes - set(audit_words.WORDS) == set()


def test_every_code_that_is_written_out_has_words() -> None:
    """What is recorded under a code that stands in the source is told in plain words."""
    found = set[str]()
    for path in Path(audit.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            place = _place(node.func) if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
                found |= set(_constants(node.args[place]))
    assert len(found) > 90
    assert found - set(audit_words.WORDS) == set()


def _place(called: ast.expr) -> int | None:
    """Which argument of a call is a code of the journal."""
    name = called.id if isinstance(called, ast.Name) else ""
    if name in {"_changed", "_change"}:
        return 1
    return 0 if name in {"Happening", "tell_account", "tell_contact", "edited", "_tell"} else None


def _constants(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_constants(node.body), *_constants(node.orelse)]
    value = node.value if isinstance(node, ast.Constant) else None
    return [value] if isinstance(value, str) and re.fullmatch("[a-z0-9_]+", value) else []

"""Lists as sheets: streamed, in the list's order, with nothing that a spreadsheet would run."""

import csv
import io
from typing import Any

import pytest

from heliodesk.cases import sheet, tags
from heliodesk.cases.models import CaseField, CaseValue, Tag
from heliodesk.web.agent import lists
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    tags.forget()
    lists.forget()


def read(answer: Any) -> list[dict[str, str]]:
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_queue_as_a_sheet(browser: Browser) -> None:
    field = CaseField.objects.create(code="serial", label="Serial", value="text")
    account = make.account(name="=HYPERLINK(1)", identifier="10-0000-0000001")
    case = make.case(account, make.contact(account, name="Mara"), title=" +1 day", state="new",
                     tags=[Tag.objects.create(name="billing").pk])  # fmt: skip
    CaseValue.objects.create(case=case, field=field, text="@SUM")
    make.case(state="closed", resolved_at=make.NOW, closed_at=make.NOW)
    answer = browser().get("/cases.csv?list=open")
    assert "cases-open-" in answer["Content-Disposition"]
    (row,) = read(answer)
    assert row["Reference"] == case.ref
    assert row["Account"] == "'=HYPERLINK(1)"
    assert row["Title"] == "' +1 day"
    assert row["Serial"] == "'@SUM"
    assert (row["State"], row["Contact"], row["Tags"]) == ("New", "Mara", "billing")
    assert row["Account ID"] == "10-0000-0000001"
    assert row["Opened (UTC)"] == "2026-11-23 09:00"
    assert row["Due (UTC)"] == ""


def test_it_is_read_in_pieces(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "CHUNK", 3)
    account = make.account()
    cases = [make.case(account, urgency=60 + n % 2) for n in range(10)]
    rows = read(browser().get("/cases.csv?list=needs_us"))
    assert sorted(row["Reference"] for row in rows) == sorted(case.ref for case in cases)
    assert len({row["Reference"] for row in rows}) == 10


def test_a_filter_as_a_sheet(browser: Browser) -> None:
    client = browser()
    wanted = make.case(package="silver")
    make.case(package="gold")
    form = {"scope": "all", "g-0-match": "all", "c-0-0-fact": "package", "c-0-0-was": "package",
            "c-0-0-how": "is", "c-0-0-value": ["silver"]}  # fmt: skip
    word = client.post("/views/filter/", form)["Location"].partition("f=")[2]
    rows = read(client.get(f"/cases.csv?list=filter&f={word}"))
    assert [row["Reference"] for row in rows] == [wanted.ref]


@pytest.mark.parametrize("asked", ["", "?list=no", "?list=v99999", "?list=filter"])
def test_no_list_is_no_sheet(browser: Browser, asked: str) -> None:
    assert browser().get(f"/cases.csv{asked}").status_code == 404


def test_a_search_as_a_sheet(browser: Browser) -> None:
    wanted = make.case(text="The quokka is gone.", title="Quokka")
    make.case(text="Nothing of the kind.")
    rows = read(browser().get("/cases.csv?list=search&q=quokka"))
    assert [row["Reference"] for row in rows] == [wanted.ref]


def test_offshore_cases_are_in_no_sheet(browser: Browser) -> None:
    make.case(offshore=True)
    assert read(browser().get("/cases.csv?list=open")) == []
    assert len(read(browser(offshore=True).get("/cases.csv?list=open"))) == 1

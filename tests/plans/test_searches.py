"""Searches by operators, similar cases, and lists of the API: each by an index, few statements."""

import pytest
from django.test import Client

from heliodesk.cases import frequency, tags
from heliodesk.cases.models import Case, Tag
from heliodesk.identity import tokens
from heliodesk.identity.rules import Role
from heliodesk.journal.record import SYSTEM
from heliodesk.kernel import clock
from tests import make
from tests.plans.watching import Watch
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
#: Every operator by itself, and those that change where a search begins together with words.
SEARCHES = (
    "account:northwind", "account:northwind quokka", "account:customer zaro", "from:mara",
    "from:mara zaro", "owner:ada", "owner:ada is:open", "owner:nobody is:open quokka",
    "status:waiting", "status:closed quokka", "is:late", "is:merged", "is:open", "-is:open",
    "priority:p2", "package:gold,silver", "region:uk", "region:uk zaro", "queue:support",
    "tag:renewal", "tag:renewal quokka", "-tag:renewal", "has:attachment", "-has:attachment",
    "before:2020", "after:7d", "after:1y quokka", "-quokka", "zaro -vepe",
    "account:northwnd", "nobodyiscalledso",
)  # fmt: skip


@pytest.fixture
def case(crowd: None) -> Case:
    """A case among many."""
    frequency.forget()
    tags.forget()
    account = make.account(name="Northwind", package="gold", identifier="10-2233-0012345")
    contact = make.contact(account, name="Mara", address="mara@northwind.example")
    return make.case(
        account,
        contact,
        title="Journal quokka stops",
        text="Please add the quokka.",
        owner=make.user(name="Ada Quill"),
        state="assigned",
        tags=[Tag.objects.create(name="Renewal").pk],
    )


@pytest.mark.parametrize("text", SEARCHES)
def test_a_search(browser: Browser, case: Case, watch: Watch, text: str) -> None:
    client = browser()
    client.get("/search/", {"q": text})
    watch.begin()
    assert client.get("/search/", {"q": text}).status_code == 200
    assert watch.count <= 24, [one.query for one in watch.asked]
    assert watch.read_whole() == []


@pytest.mark.parametrize("typed", ["account:nor", "from:ma", "owner:a", "tag:r", "quo"])
def test_suggestions(browser: Browser, case: Case, watch: Watch, typed: str) -> None:
    client = browser()
    client.get("/search/suggest/", {"q": typed})
    watch.begin()
    assert client.get("/search/suggest/", {"q": typed}).status_code == 200
    assert watch.count <= 4, [one.query for one in watch.asked]
    assert watch.read_whole() == []


def test_similar_cases(browser: Browser, case: Case, watch: Watch) -> None:
    client = browser()
    client.get(f"/cases/{case.ref}/similar/")
    watch.begin()
    assert client.get(f"/cases/{case.ref}/similar/").status_code == 200
    assert watch.count <= 7, [one.query for one in watch.asked]
    assert watch.read_whole() == []


@pytest.mark.parametrize(
    "path",
    ["/cases", "/cases?q=quokka", "/cases?q=is:open", "/cases/{ref}", "/cases/{ref}/messages",
     "/accounts?q=north", "/contacts?q=mara"],
)  # fmt: skip
def test_what_programs_read(case: Case, watch: Watch, path: str) -> None:
    user = make.user(role=Role.LEAD)
    _, secret = tokens.make(
        user.pk, name="x", scopes=["read"], days=None, by=SYSTEM, at=clock.now()
    )
    client = Client(headers={"authorization": f"Bearer {secret}"})
    address = "/api/v1" + path.format(ref=case.ref)
    client.get(address)
    watch.begin()
    assert client.get(address).status_code == 200
    assert watch.count <= 8, [one.query for one in watch.asked]
    assert watch.read_whole() == []

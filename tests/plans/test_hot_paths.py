"""What is asked for most: few statements, each by an index, however many cases there are."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from heliodesk.cases.models import Case, Direction
from heliodesk.sla import jobs
from tests import make
from tests.intake import post
from tests.plans.watching import Watch
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
LISTS = ("/", "/mine/", "/unassigned/", "/waiting/", "/engineering/", "/open/", "/closed/")


@pytest.fixture
def case(crowd: None) -> Case:
    """A case among many."""
    account = make.account(name="Northwind", package="gold", identifier="10-2233-0012345")
    contact = make.contact(account, name="Mara", address="mara@northwind.example")
    row = make.case(account, contact, text="Please add the quokka.", mailbox=make.mailbox())
    make.message(row, direction=Direction.OUT, by=make.user(), text="Which one?")
    return row


@pytest.mark.parametrize("address", LISTS)
def test_a_list(browser: Browser, case: Case, watch: Watch, address: str) -> None:
    _page(browser, watch, address, most=2)


def test_a_case(browser: Browser, case: Case, watch: Watch) -> None:
    _page(browser, watch, f"/cases/{case.ref}/", most=5)


def test_a_search_for_words(browser: Browser, case: Case, watch: Watch) -> None:
    _page(browser, watch, "/search/?q=quokka", most=7)


def _page(browser: Browser, watch: Watch, address: str, *, most: int) -> None:
    client = browser()
    client.get(address)
    watch.begin()
    assert client.get(address).status_code == 200
    assert watch.count <= most, [one.query for one in watch.asked]
    assert watch.read_whole() == []


def test_an_answer(browser: Browser, case: Case, watch: Watch) -> None:
    client = browser()
    _writes(
        watch,
        lambda: client.post(f"/cases/{case.ref}/reply/", {"text": "The second."}).status_code,
        most=22,
    )


def test_a_new_case(browser: Browser, case: Case, watch: Watch) -> None:
    client = browser()
    form = {
        "account": case.account_id, "contact": case.contact_id, "channel": "phone",
        "severity": "P3", "title": "Lyon", "text": "Please add it.", "acknowledge": "on",
    }  # fmt: skip
    _writes(watch, lambda: client.post("/cases/new/", form).status_code, most=30)


def _writes(watch: Watch, act: Callable[[], int], *, most: int) -> None:
    act()
    watch.begin()
    assert act() == 302
    assert watch.count <= most, (watch.count, [one.query for one in watch.asked])
    assert watch.read_whole() == []


def test_mail_costs_as_many_statements_for_one_as_for_many(case: Case, watch: Watch) -> None:
    def file(count: int) -> int:
        for _ in range(count):
            post.arrive(post.mail(sender="mara@northwind.example"))
            post.arrive(post.mail(sender="mara@northwind.example", subject=f"Re: {case.ref}"))
        watch.begin()
        post.file()
        return watch.count

    file(1)
    one = file(1)
    assert watch.read_whole() == []
    assert file(12) == one


@pytest.mark.parametrize("work", [jobs.sweep, jobs.recount, jobs.act_on_patience])
def test_looking_for_what_is_due(case: Case, watch: Watch, work: Callable[..., object]) -> None:
    post.send(post.mail(sender="mara@northwind.example"))
    watch.begin()
    work(make.NOW + timedelta(days=30))
    assert watch.count
    assert watch.read_whole() == []

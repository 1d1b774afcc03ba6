"""What is asked for most: few statements, each by an index, however many cases there are."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from heliodesk.automation import jobs as automation
from heliodesk.cases import views
from heliodesk.cases.filters import Condition, Group, Plan
from heliodesk.cases.models import Case, Direction, WaitingLetter
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.kernel import clock
from heliodesk.reports import counting
from heliodesk.sla import jobs
from tests import make
from tests.intake import post
from tests.plans.watching import Watch
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
LISTS = (
    "/", "/mine/", "/teams/", "/unassigned/", "/waiting/", "/engineering/", "/soon/", "/open/",
    "/closed/",
)  # fmt: skip
#: Conditions of views whose cases an index finds, in the order that each is seen in.
VIEWS = [
    ("open", "due", Condition("priority", "is", ("P2",))),
    ("open", "newest", Condition("owner", "is", ("nobody",))),
    ("done", "activity", Condition("package", "is", ("gold",))),
    ("all", "activity", Condition("opened", "in_the_last", ("7", "days"))),
    ("all", "newest", Condition("tags", "has_any", ("1",))),
]


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


@pytest.mark.parametrize(("scope", "by", "one"), VIEWS)
def test_a_view(crowd: None, watch: Watch, scope: str, by: str, one: Condition) -> None:
    user = make.user()
    person = Person(user.pk, user.name, user.email, Role.AGENT, "UTC")
    plan = Plan(scope, (Group("all", (one,)),))
    view = views.listed("v", plan, by, person, make.NOW)
    watch.begin()
    views.page(person, view)
    assert watch.count
    # A count may come across any case: it stops at its bound, or by the clock.
    assert watch.read_whole() == []


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


def test_who_is_here_and_the_commands(browser: Browser, case: Case, watch: Watch) -> None:
    client = browser()
    path = f"/cases/{case.ref}/here/"
    client.post(path, {"writes": ""})
    watch.begin()
    assert client.post(path, {"writes": ""}).status_code == 200
    assert watch.count <= 5, [one.query for one in watch.asked]
    assert watch.read_whole() == []
    _page(browser, watch, f"/palette/?case={case.ref}", most=9)


def test_a_letter_that_waits_is_sent(browser: Browser, case: Case, watch: Watch) -> None:
    client = browser()
    for text in ("The first.", "The second."):
        form = {"text": text, "hold": "1"}
        assert client.post(f"/cases/{case.ref}/reply/", form).status_code == 302
    WaitingLetter.objects.update(seen_message=2**40)
    later = clock.now() + timedelta(seconds=11)
    watch.begin()
    assert automation.send_letters(later) == 2
    assert watch.count <= 80, (watch.count, [one.query for one in watch.asked])
    assert watch.read_whole() == []


def test_the_figures_of_a_day(case: Case, watch: Watch) -> None:
    today = clock.now().date()
    watch.begin()
    counting.count(counting.Span(today - timedelta(days=1), today + timedelta(days=1)))
    assert watch.read_whole() == []

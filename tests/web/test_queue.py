"""The queue: the right cases, in the right order, page by page, each list from its own index."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from heliodesk.cases import queries
from heliodesk.cases.rules import Stage, urgency
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
INDEXES = {
    "needs_us": "case_needs_us",
    "mine": "case_open_of_owner",
    "teams": "case_open",
    "soon": "case_open",
    "unassigned": "case_open_unowned",
    "waiting": "case_open_in_state",
    "engineering": "case_open_in_state",
    "open": "case_open",
    "closed": "case_done_by_activity",
}


def shown(page: bytes) -> list[str]:
    """The references on a page, from the top."""
    return re.findall(r'class="qrow[^"]*" href="/cases/(\d+)/"', page.decode())


def person(user: object = None) -> Person:
    row = user or make.user()
    return Person(row.pk, row.name, row.email, Role.AGENT, "UTC")  # type: ignore[attr-defined]  # a row of users


def test_each_view_shows_its_cases(browser: Browser) -> None:
    client = browser()
    me = client.person  # type: ignore[attr-defined]  # ours, on the client
    states = {
        "new": make.case(state="new"),
        "mine": make.case(state="assigned", owner=me),
        "waiting": make.case(state="pending_customer", owner=make.user()),
        "engineering": make.case(state="pending_vendor", owner=make.user()),
        "closed": make.case(state="resolved", resolved_at=make.NOW),
    }
    expected = {
        "/": ["new", "mine"],
        "/mine/": ["mine"],
        "/unassigned/": ["new"],
        "/waiting/": ["waiting"],
        "/engineering/": ["engineering"],
        "/open/": ["new", "mine", "waiting", "engineering"],
        "/closed/": ["closed"],
    }
    for address, names in expected.items():
        found = shown(client.get(address).content)
        assert sorted(found) == sorted(states[name].ref for name in names), address


def test_p1_then_late_then_the_better_package_then_the_sooner_due(browser: Browser) -> None:
    hour = timedelta(hours=1)
    running = make.case(urgency=urgency(Stage.RUNNING, 4), due_at=make.NOW + hour)
    sooner = make.case(urgency=urgency(Stage.RUNNING, 4), due_at=make.NOW)
    lower = make.case(urgency=urgency(Stage.RUNNING, 1), due_at=make.NOW - hour)
    late = make.case(urgency=urgency(Stage.MISSED, 0))
    p1 = make.case(urgency=urgency(Stage.P1, 0), priority="P1", channel="phone")
    expected = [case.ref for case in (p1, late, sooner, running, lower)]
    page = browser().get("/").content
    assert shown(page) == expected
    headings = re.findall(r'class="qgroup"[^>]*>([^<]+)<', page.decode())
    assert headings == ["P1 Critical", "Late", "In good time"]


def test_paging_shows_every_case_once_even_while_cases_move(browser: Browser) -> None:
    account = make.account()
    cases = [make.case(account, urgency=60 + n % 3) for n in range(130)]
    client, address, seen = browser(), "/", []
    while address:
        page = client.get(address).content
        seen += shown(page)
        if len(seen) == 50:
            make.case(account, urgency=0)  # sorts before what was shown: is not shown twice
            first = queries.VIEWS["needs_us"]
            assert len(queries.page(person(), first, size=200)) == 131
        older = re.search(r'rel="next" href="([^"]+)"', page.decode())
        address = older[1].replace("&amp;", "&") if older else ""
    assert sorted(seen) == sorted(case.ref for case in cases)
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("word", ["x", "1~2", "1~2~3~4", "a~b~c", "1~99999999999999999999999~1"])
def test_a_page_address_that_was_tampered_with_is_no_page(browser: Browser, word: str) -> None:
    assert browser().get("/", {"after": word}).status_code == 404


def test_a_row_says_all_that_an_agent_needs(browser: Browser) -> None:
    account = make.account(name="Northwind Freight")
    case = make.case(
        account,
        make.contact(account, name="Mara Lind"),
        title="Lyon office",
        text="Please add\n\nan address",
        owner=make.user(name="Ines Carvalho"),
        state="assigned",
        package="gold",
        channel="phone",
    )
    page = browser().get("/").content.decode()
    spoken = f"{case.ref[:4]} {case.ref[4:]}"
    for words in (
        "Northwind Freight", "Mara Lind", "Lyon office", "Please add", "Assigned", "Gold", spoken,
        'title="Ines Carvalho"', "#i-phone", "P3", "opened",
    ):  # fmt: skip
        assert words in page, words


def test_counts_stop_counting(browser: Browser) -> None:
    account = make.account()
    for _ in range(7):
        make.case(account)
    found = queries.counts(person(), most=5)
    assert found["needs_us"] == found["unassigned"] == 5
    assert found["mine"] == found["closed"] == 0


@pytest.mark.parametrize("code", list(queries.VIEWS))
@pytest.mark.parametrize("paged", [False, True])
def test_each_list_reads_its_index(code: str, *, paged: bool) -> None:
    """With many cases, of which the list holds some, it walks one index from its beginning."""
    _many_cases()
    view = queries.VIEWS[code]
    after = (50, make.NOW, 5) if view.by == "due" else (make.NOW, 5)
    sql = queries._list_sql(view, "not c.offshore", 51, paged=paged)
    me = replace(person(), id=1, queues=("emea",))
    params = [*view.params(me), *(after if paged else ())]
    with connection.cursor() as cursor:
        cursor.execute("explain " + sql, params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"using {INDEXES[code]}" in plan, plan
    assert "Seq Scan" not in plan.split("Limit")[1].split("->  Index Scan")[0], plan


def _many_cases() -> None:
    account = make.account()
    owner = make.user()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into cases_case (ref, account_id, owner_id, channel, title, kind, severity,
                priority, state, queue, package, flags, offshore, urgency, due_at, resolution,
                version, opened_at, last_activity_at, resolved_at, closed_at)
            select 'x' || n, %s, case when n %% 7 = 0 then %s end, 'email', 'x', 'technical', 'P3',
                'P3', (array['new', 'assigned', 'pending_customer', 'pending_vendor', 'closed',
                'closed'])[1 + n %% 6], 'emea', 'gold', '{}', false, 60 + n %% 5,
                now() + n * interval '1 min', '', 1, now(), now() - n * interval '1 min', now(),
                now()
            from generate_series(1, 4000) n
            """,
            [account.pk, owner.pk],
        )
        cursor.execute("analyze cases_case")
        cursor.execute("analyze customers_account")

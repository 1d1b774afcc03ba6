"""Search: references jump, words and names are found, and nothing is ever counted or ranked."""

import psycopg
import pytest
from django.db import connection

from heliodesk.cases import search
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from tests import make
from tests.web.conftest import Browser
from tests.web.test_queue import shown

pytestmark = pytest.mark.django_db
ANYBODY = Person(1, "x", "x@desk.example", Role.AGENT, "UTC")


@pytest.mark.parametrize("written", ["{0}", "#{0}", " {1} ", "#{1}"])
def test_a_reference_jumps_to_its_case(browser: Browser, written: str) -> None:
    ref = make.case().ref
    query = written.format(ref, f"{ref[:4]} {ref[4:]}")
    answer = browser().get("/search/", {"q": query})
    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{ref}/"


def test_a_wrong_reference_is_only_words(browser: Browser) -> None:
    ref = make.case().ref
    wrong = ref[:-1] + str((int(ref[-1]) + 1) % 10)
    assert browser().get("/search/", {"q": wrong}).status_code == 200


def test_words_are_found_in_titles_and_messages_the_newest_first(browser: Browser) -> None:
    account = make.account()
    old = make.case(account, title="Journal connector", text="stops after renewal")
    new = make.case(account, title="Other", text="the CONNECTOR again")
    make.case(account, title="Nothing", text="to see")
    client = browser()
    assert shown(client.get("/search/?q=connector").content) == [new.ref, old.ref]
    assert shown(client.get("/search/", {"q": "connector again"}).content) == [new.ref]
    assert shown(client.get("/search/", {"q": '"connector again"'}).content) == [new.ref]
    assert shown(client.get("/search/", {"q": "connector -again"}).content) == [old.ref]
    assert "<mark>CONNECTOR</mark>" in client.get("/search/?q=connector").content.decode()


@pytest.mark.parametrize(
    "query", ["", " ", "'", '"', "((", "a & | !b", "\\", "%", "\0", "-", "é" * 300]
)
def test_any_query_is_answered(browser: Browser, query: str) -> None:
    make.case(text="hello")
    assert browser().get("/search/", {"q": query}).status_code == 200


def test_accounts_and_people_are_found_with_their_cases(browser: Browser) -> None:
    account = make.account(name="Northwind Freight", identifier="10-2233-0012345")
    contact = make.contact(account, name="Mara Lind", address="mara@northwind.example")
    case = make.case(account, contact, title="Lyon")
    client = browser()
    for query in ("northwind", "10-2233-0012345", "mara", "mara@northwind.example"):
        page = client.get("/search/", {"q": query}).content
        assert case.ref in shown(page), query
        assert b"Northwind Freight" in page, query


def test_it_looks_wider_only_while_it_has_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    account = make.account()
    cases = [make.case(account, text="needle") for _ in range(6)]
    # Buckets are by id; these rows stand for cases of long ago and of now.
    with connection.cursor() as cursor:
        for case, bucket in zip(cases, (0, 3, 15, 18, 19, 20), strict=True):
            cursor.execute(
                "update cases_message set bucket = %s where case_id = %s", [bucket, case.pk]
            )
    monkeypatch.setattr(search, "_newest_bucket", lambda: 20)
    newest_first = [case.pk for case in reversed(cases)]
    assert [row.id for row in search.by_words(ANYBODY, "needle", limit=50)] == newest_first
    assert [row.id for row in search.by_words(ANYBODY, "needle", limit=2)] == newest_first[:3]
    assert [list(step) for step in search._steps(20)] == [[20, 19], list(range(18, 10, -1)), []]
    assert [list(step) for step in search._steps(9)] == [[9, 8], list(range(7, -1, -1))]
    assert [list(step) for step in search._steps(0)] == [[0]]


def test_common_words_are_walked_from_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_CANDIDATES", 5)
    account = make.account()
    cases = [make.case(account, text="hello") for _ in range(9)]
    found = search.by_words(ANYBODY, "hello", limit=3)
    assert [row.id for row in found] == [case.pk for case in reversed(cases)][:4]


def test_the_search_reads_its_index() -> None:
    make.case(text="needle")
    sql = search._step_sql(2)
    with psycopg.Cursor(_raw()) as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain " + sql, search._step_params("needle", [3, 2]))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("Bitmap Index Scan on message_search") == 2, plan
    assert "Index Cond: ((bucket = 3) AND (search @@" in plan, plan
    assert "Filter" not in plan, plan


def _raw() -> psycopg.Connection[tuple[str]]:
    connection.ensure_connection()
    raw: psycopg.Connection[tuple[str]] = connection.connection
    return raw

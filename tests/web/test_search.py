"""Search: references jump, words and names are found, and nothing is ever counted or ranked."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from heliodesk.cases import asked, frequency, looking, search, tags
from heliodesk.cases.actions import write
from heliodesk.cases.actions.naming import name_older_files
from heliodesk.cases.asked import Asked
from heliodesk.cases.models import Attachment, Case, Tag, UnnamedFiles
from heliodesk.cases.new import NewAttachment, NewMessage
from heliodesk.entitlements.actions import activate_shipped
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


def found(text: str, *, limit: int = 50, below: int | None = None) -> list[int]:
    """The ids of the cases that a search shows."""
    return [row.id for row in hits(text, limit=limit, below=below).cases]


def hits(text: str, *, limit: int = 50, below: int | None = None) -> search.Hits:
    understood = asked.read(text, today=make.NOW.date())
    return search.cases(ANYBODY, understood, at=make.NOW, limit=limit, below=below)


def test_it_looks_wider_only_while_it_has_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    account = make.account()
    cases = [make.case(account, text="needle") for _ in range(6)]
    # Buckets are by id; these rows stand for cases of long ago and of now.
    with connection.cursor() as cursor:
        for case, bucket in zip(cases, (0, 3, 15, 18, 19, 20), strict=True):
            cursor.execute(
                "update cases_message set bucket = %s where case_id = %s", [bucket, case.pk]
            )
    monkeypatch.setattr(looking, "newest_bucket", lambda: 20)
    newest_first = [case.pk for case in reversed(cases)]
    assert found("needle") == newest_first
    some = hits("needle", limit=2)
    assert [row.id for row in some.cases] == newest_first[:2]
    assert some.further == newest_first[1]
    begin = [[20, 19], [18, 17], list(range(16, 10, -1))]
    assert [list(step) for step in looking._steps(20)] == [*begin, []]
    assert [list(step) for step in looking._steps(9)] == [[9, 8], [7, 6], list(range(5, -1, -1))]
    assert [list(step) for step in looking._steps(9, 5)] == [[9, 8], [7, 6], [5]]
    assert [list(step) for step in looking._steps(0)] == [[0]]


def test_what_many_say_of_late_is_not_tried_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    account = make.account()
    cases = [make.case(account, text="needle") for _ in range(8)]
    with connection.cursor() as cursor:
        for case, bucket in zip(cases, (2, 9, *range(11, 17)), strict=True):
            cursor.execute(
                "update cases_message set bucket = %s where case_id = %s", [bucket, case.pk]
            )
    monkeypatch.setattr(looking, "newest_bucket", lambda: 20)
    asked_for: list[int] = []
    wide = looking.step_sql
    monkeypatch.setattr(
        looking, "step_sql", lambda n, **given: asked_for.append(n) or wide(n, **given)
    )
    newest_first = [case.pk for case in reversed(cases)]
    assert (found("needle"), asked_for) == (newest_first, [2, 2, 6, 0])
    monkeypatch.setattr(looking, "_CANDIDATES", 8)
    asked_for.clear()
    assert (found("needle"), asked_for) == (newest_first, [2, 2, 6, 8, 3])


def test_common_words_are_walked_from_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_CANDIDATES", 5)
    account = make.account()
    cases = [make.case(account, text="hello", priority=("P3", "P2")[n % 2]) for n in range(9)]
    newest = [case.pk for case in reversed(cases)]
    assert found("hello", limit=3) == newest[:3]
    assert found("hello priority:P2") == [case.pk for case in reversed(cases[1::2])]
    assert found("hello account:x") == []


def test_a_long_way_back_is_gone_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_WALKED", 2)
    monkeypatch.setattr(looking, "_WALKS", 2)
    account = make.account()
    cases = [make.case(account, priority="P2" if n == 0 else "P3") for n in range(9)]
    below, stretches, seen = None, 0, []
    while stretches == 0 or below is not None:
        some = hits("priority:P2", below=below)
        seen += [row.id for row in some.cases]
        assert (some.looked_to is None) == (some.further is None)
        below, stretches = some.further, stretches + 1
    assert seen == [cases[0].pk]
    assert stretches > 1


def test_the_search_reads_its_index() -> None:
    make.case(text="needle")
    sql = looking.step_sql(2)
    with psycopg.Cursor(_raw()) as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain " + sql, looking.step_params("needle", [3, 2]))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("Bitmap Index Scan on message_search") == 2, plan
    assert "Index Cond: ((bucket = 3) AND (search @@" in plan, plan
    assert "Filter" not in plan, plan


def _raw() -> psycopg.Connection[tuple[str]]:
    connection.ensure_connection()
    raw: psycopg.Connection[tuple[str]] = connection.connection
    return raw


@pytest.fixture
def world(db: None) -> dict[str, Case]:
    """Cases that differ in all that operators ask for."""
    tags.forget()
    activate_shipped(at=make.NOW)
    north = make.account(name="Northwind Freight", identifier="10-2233-0012345", region="UK")
    south = make.account(name="Southbank Hotels", region="ZA")
    mara = make.contact(north, name="Mara Lind", address="mara@northwind.example")
    ada = make.user(name="Ada Quill", email="ada@desk.example")
    long_ago = make.NOW - timedelta(days=90)
    renewal = Tag.objects.create(name="Renewal")
    made = {
        "open": make.case(north, mara, text="quokka one", package="gold"),
        "old": make.case(
            south, text="quokka two", opened_at=long_ago, state="closed", package="silver",
            resolved_at=long_ago, closed_at=long_ago,
        ),
        "ada": make.case(
            south, text="quokka three", owner=ada, state="assigned", priority="P2", queue="apac",
            package="platinum",
            tags=[renewal.pk],
        ),
        "waiting": make.case(
            north, text="quokka four", owner=ada, state="pending_customer", package="gold"
        ),
        "late": make.case(
            south, text="nothing", due_at=make.NOW - timedelta(hours=1), package="bronze"
        ),
    }  # fmt: skip
    make.attachment(made["late"].messages.get(), name="quokka_report.pdf")
    return made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("account:northwind", "open waiting"),
        ("account:10-2233-0012345 quokka", "open waiting"),
        ("account:northwind -quokka", ""),
        ("-account:northwind quokka", "old ada"),
        ("account:northwind,southbank quokka", "open old ada waiting"),
        ("from:mara", "open"),
        ("from:mara@northwind.example is:open", "open"),
        ("owner:ada", "ada waiting"),
        ("owner:quill status:waiting", "waiting"),
        ("owner:nobody is:open", "open late"),
        ("owner:nobody,ada is:open", "open ada waiting late"),
        ("status:closed", "old"),
        ("status:new,closed", "open old late"),
        ("-is:open", "old"),
        ("is:late", "late"),
        ("is:unassigned quokka", "open"),
        ("priority:p2", "ada"),
        ("package:gold", "open waiting"),
        ("package:Silver,bronze", "old late"),
        ("region:za", "old ada late"),
        ("queue:APAC", "ada"),
        ("tag:renewal", "ada"),
        ("-tag:renewal quokka is:open", "open waiting"),
        ("tag:renewal quokka", "ada"),
        ("has:attachment", "late"),
        ("-has:attachment is:open", "open ada waiting"),
        ("before:2m", "old"),
        ("after:2m quokka", "open ada waiting"),
        ("-before:2m -after:today", ""),
        ("-quokka", "late"),
        ("is:open -quokka", "late"),
        ("is:merged", ""),
    ],
)
def test_operators_narrow(world: dict[str, Case], text: str, names: str) -> None:
    by_id = {case.pk: name for name, case in world.items()}
    assert [by_id[id] for id in sorted(found(text))] == names.split()


def test_is_mine_is_the_asker_s(world: dict[str, Case], browser: Browser) -> None:
    ada = world["ada"].owner
    for text in ("is:mine", "owner:me"):
        assert set(shown(browser(user=ada).get("/search/", {"q": text}).content)) == {
            world["ada"].ref,
            world["waiting"].ref,
        }


def test_hints_keep_the_text(world: dict[str, Case], browser: Browser) -> None:
    page = browser().get("/search/", {"q": "quokka before:yesteryear colour:red"}).content.decode()
    assert "Not everything was understood" in page
    assert "“yesteryear” is not a day" in page
    assert "“colour:” is no operator" in page
    assert 'value="quokka before:yesteryear colour:red"' in page


def test_names_with_a_slip_are_asked_back(world: dict[str, Case], browser: Browser) -> None:
    client = browser()
    page = client.get("/search/", {"q": "account:nortwind quokka"}).content.decode()
    assert "Did you mean" in page
    assert "/search/?q=account%3A%22Northwind+Freight%22+quokka" in page
    assert "Ada Quill" in client.get("/search/", {"q": "owner:qill"}).content.decode()
    assert "tag:Renewal" in client.get("/search/", {"q": "tag:renewl"}).content.decode()
    page = client.get("/search/", {"q": "nortwnd"}).content.decode()
    assert "<b>Northwind Freight</b>" in page
    assert "Mara Lind" in client.get("/search/", {"q": "marra lnd"}).content.decode()


def test_a_reference_with_a_slip_is_asked_back(browser: Browser) -> None:
    ref = make.case(title="Lyon").ref
    client = browser()
    swapped = next(
        ref[:n] + ref[n + 1] + ref[n] + ref[n + 2 :]
        for n in range(len(ref) - 1)
        if ref[n] != ref[n + 1]
    )
    wrong = ref[:4] + str((int(ref[4]) + 3) % 10) + ref[5:]
    for slip in (swapped, wrong, f"#{wrong[:4]} {wrong[4:]}", ref[:3] + ref[4:], ref + "0"):
        page = client.get("/search/", {"q": slip}).content.decode()
        assert f"/cases/{ref}/" in page, slip
        assert "Did you mean" in page


def test_what_a_person_may_not_see_is_not_offered(browser: Browser) -> None:
    account = make.account(name="Faraway Island", offshore=True)
    ref = make.case(account, title="Secret", offshore=True).ref
    client = browser()
    for text in ("farawy iland", "account:farawy", ref[:-1] + str((int(ref[-1]) + 1) % 10)):
        page = client.get("/search/", {"q": text}).content.decode()
        assert "Secret" not in page
        assert "Faraway Island" not in page


def test_a_page_after_the_first(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heliodesk.web.agent.search.LIMIT", 2)
    account = make.account()
    refs = [make.case(account, text="wombat").ref for _ in range(5)]
    client, address, seen = browser(), "/search/?q=wombat", []
    while address:
        page = client.get(address).content.decode()
        seen += shown(page.encode())
        older = page.partition('rel="next" href="')[2].partition('"')[0]
        address = older.replace("&amp;", "&")
    assert seen == refs[::-1]


@pytest.mark.parametrize("below", ["x", "-1", "0", "9" * 40, "1~2"])
def test_a_forged_place_in_the_list(browser: Browser, below: str) -> None:
    make.case(text="wombat")
    assert browser().get("/search/", {"q": "wombat", "below": below}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", "account:"),
        ("quokka st", "quokka status:"),
        ("status:wai", "status:waiting "),
        ("-status:clo", "-status:closed "),
        ("is:", "is:unassigned "),
        ("account:north", "account:&#34;Northwind Freight&#34; "),
        ('account:"northwind fr', "account:&#34;Northwind Freight&#34; "),
        ("from:ma", "from:&#34;Mara Lind&#34; "),
        ("owner:qui", "owner:&#34;Ada Quill&#34; "),
        ("owner:", "owner:me "),
        ("tag:ren", "tag:Renewal "),
        ("package:go", "package:gold "),
        ("priority:", "priority:P1 "),
        ("has:", "has:attachment "),
        ("before:tod", "before:today "),
    ],
)
def test_suggestions(world: dict[str, Case], browser: Browser, typed: str, offered: str) -> None:
    page = browser().get("/search/suggest/", {"q": typed}).content.decode()
    assert f'data-put="{offered}"' in page, page


def test_frequent_words_are_known() -> None:
    frequency.forget()
    account = make.account()
    for n in range(60):
        make.case(account, text="hello there" if n else "hello quokka")
    with connection.cursor() as cursor:
        cursor.execute("analyze cases_message")
        cursor.execute("analyze cases_case")
    assert frequency.part_of("hello") > 0.9
    assert frequency.rare(["hello", "quokka"])
    frequency.forget()


def test_nothing_is_asked_for_nothing() -> None:
    assert search.cases(ANYBODY, Asked(), at=datetime.now(UTC)).cases == []


def test_the_names_of_files_are_found_and_shown(browser: Browser) -> None:
    case = make.case(make.account(), text="see the file")
    with connection.cursor() as cursor:
        said = NewMessage(
            channel="email",
            at=make.NOW,
            author_name="Mara",
            text="Here is what the connector wrote.",
            attachments=(
                NewAttachment("Connector_Trace-2026.LOG", "text/plain", 5, "0" * 64),
                NewAttachment("umsatz größe.pdf", "application/pdf", 5, "0" * 64),
            ),
        )
        write.messages(cursor, [(case.pk, said)])
    client = browser()
    for text in ("trace", "Connector_Trace-2026.LOG", "größe", "connector -absent", "2026 trace"):
        page = client.get("/search/", {"q": text}).content
        assert shown(page) == [case.ref], text
    assert (
        "Connector_<mark>Trace</mark>-2026.LOG" in client.get("/search/?q=trace").content.decode()
    )


def test_files_of_earlier_times_are_named_by_and_by() -> None:
    case = make.case(text="see the file")
    message = case.messages.get()
    for n in range(5):
        make.attachment(message, name=f"trace_{n}.log")
    UnnamedFiles.objects.update(below=Attachment.objects.latest("id").pk + 1)
    assert found("trace") == []
    assert [name_older_files(most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert found("trace") == [case.pk]
    assert found("trace_0.log see") == [case.pk]
    assert UnnamedFiles.objects.get().below == 1 or name_older_files(most=2) == 0

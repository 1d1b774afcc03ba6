"""Views on pages: built, shown, shared, copied, deleted and brought back; columns; the rail."""

import re

import pytest

from heliodesk.cases import tags, views
from heliodesk.cases.models import CaseField, CaseValue, SavedView, Tag
from heliodesk.web import rail
from heliodesk.web.agent import lists
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
SILVER = {
    "scope": "open",
    "order": "due",
    "g-0-match": "all",
    "c-0-0-fact": "package",
    "c-0-0-was": "package",
    "c-0-0-how": "is",
    "c-0-0-value": ["silver"],
}


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    tags.forget()
    lists.forget()


def shown(page: bytes) -> list[str]:
    return re.findall(r'class="qrow[^"]*" href="/cases/(\d+)/"', page.decode())


def save(client: object, **more: object) -> int:
    answer = client.post(  # type: ignore[attr-defined]  # Django's own client
        "/views/new/", {**SILVER, "name": "Silver", "do": "save", "shared": "own", **more}
    )
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].strip("/").split("/")[1])


def test_a_view_is_made_and_shows_its_cases(browser: Browser) -> None:
    client = browser()
    wanted = make.case(package="silver")
    make.case(package="gold")
    id = save(client)
    page = client.get(f"/views/{id}/").content
    assert shown(page) == [wanted.ref]
    text = page.decode()
    assert "Package is" in text
    assert client.get(f"/views/count/?v={id}").content == b"1"
    assert "Silver" in client.get("/views/").content.decode()


def test_a_filter_is_an_address_and_can_become_a_view(browser: Browser) -> None:
    client = browser()
    wanted = make.case(package="silver")
    make.case(package="gold")
    answer = client.post("/views/filter/", SILVER)
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert shown(page.content) == [wanted.ref]
    new = re.search(r'href="(/views/new/\?f=[^"]+)"', page.content.decode())
    assert new
    form = client.get(new[1]).content.decode()
    assert '<option value="package" selected>' in form


@pytest.mark.parametrize("word", ["", "x", "eJw", "AAAA" * 3000])
def test_a_filter_that_was_tampered_with_is_no_page(browser: Browser, word: str) -> None:
    assert browser().get("/views/filter/", {"f": word}).status_code == 404


def test_the_form_grows_and_shrinks(browser: Browser) -> None:
    client = browser()
    page = client.get("/views/new/?queue=mine").content.decode()
    assert page.count('class="build__line"') == 1
    page = client.post("/views/new/", {**SILVER, "do": "add-0"}).content.decode()
    assert page.count('class="build__line"') == 2
    page = client.post("/views/new/", {**SILVER, "do": "group"}).content.decode()
    assert page.count('class="build__group"') == 2
    page = client.post("/views/new/", {**SILVER, "do": "drop-0-0"}).content.decode()
    assert page.count('class="build__line"') == 0
    changed = {**SILVER, "c-0-0-fact": "opened"}
    page = client.post("/views/new/", changed, headers={"HX-Request": "true"}).content.decode()
    assert '<option value="in_the_last" selected>' in page
    assert "<html" not in page
    panel = client.get("/views/new/?queue=mine", headers={"HX-Request": "true"}).content.decode()
    assert 'id="builder"' in panel and "<html" not in panel


def test_the_form_says_what_is_wrong(browser: Browser) -> None:
    client = browser()
    answer = client.post("/views/new/", {**SILVER, "name": "", "do": "save"})
    assert answer.status_code == 409
    assert "Give the view a name" in answer.content.decode()
    empty = {**SILVER, "c-0-0-value": []}
    answer = client.post("/views/filter/", empty)
    assert answer.status_code == 409
    assert "Say what “Package” is compared with" in answer.content.decode()


def test_what_it_would_hold_is_shown_before(browser: Browser) -> None:
    client = browser()
    make.case(package="silver", title="A silver question")
    said = client.post("/views/preview/", SILVER).content.decode()
    assert '<b class="num">1</b>' in said
    assert "A silver question" in said
    wrong = {**SILVER, "c-0-0-value": []}
    assert "compared with" in client.post("/views/preview/", wrong).content.decode()


def test_shared_views_are_seen_and_only_their_makers_change_them(browser: Browser) -> None:
    maker, other = browser(), browser()
    own, everybodys = save(maker), save(maker, name="For all", shared="all")
    assert other.get(f"/views/{own}/").status_code == 404
    assert other.get(f"/views/{everybodys}/").status_code == 200
    assert other.get(f"/views/{everybodys}/edit/").status_code == 404
    assert other.post(f"/views/{everybodys}/delete/").status_code == 404
    answer = other.post(f"/views/{everybodys}/copy/")
    assert answer.status_code == 302
    copy = SavedView.objects.get(owner=other.person, name="Copy of For all")  # type: ignore[attr-defined]  # ours, on the client
    assert answer["Location"] == f"/views/{copy.pk}/edit/"
    assert copy.shared == "own"


def test_a_deleted_view_comes_back(browser: Browser) -> None:
    client = browser()
    id = save(client)
    answer = client.post(f"/views/{id}/delete/")
    assert client.get(f"/views/{id}/").status_code == 404
    page = client.get(answer["Location"]).content.decode()
    assert "is deleted" in page
    assert f"/views/{id}/restore/" in page
    client.post(f"/views/{id}/restore/")
    assert client.get(f"/views/{id}/").status_code == 200


def test_pinned_views_stand_beside_every_page_with_their_count(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "GLANCE", 20_000)
    client = browser()
    make.case(package="silver")
    id = save(client, pin="1")
    page = client.get("/").content.decode()
    assert f'href="/views/{id}/"' in page
    assert "load delay" in page
    ways = client.get("/rail/").content.decode()
    entry = rf'href="/views/{id}/"[^>]*>.*?Silver</span><span class="count">1</span>'
    assert re.search(entry, ways)
    answer = client.post(f"/views/{id}/unpin/")
    assert answer.cookies["pins"].value == "1"
    assert f'href="/views/{id}/"' not in client.get("/").content.decode()


def test_a_view_that_is_too_slow_says_so(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    id = save(client, pin="1")

    def slow(*_: object, **__: object) -> None:
        raise views.TooSlow

    monkeypatch.setattr(views, "_in_time", slow)
    page = client.get(f"/views/{id}/")
    assert page.status_code == 200
    assert "takes longer than 4 seconds" in page.content.decode()
    assert client.get(f"/views/count/?v={id}").content == b""
    rail.forget()
    assert f'href="/views/{id}/"' in client.get("/rail/").content.decode()


def test_columns_and_order_are_each_persons_own(browser: Browser) -> None:
    field = CaseField.objects.create(code="serial", label="Serial", value="text")
    first, second = make.case(title="First"), make.case(title="Second")
    CaseValue.objects.create(case=first, field=field, text="XK-1")
    one, other = browser(), browser()
    form = one.get("/lists/needs_us/columns/").content.decode()
    assert "Serial" in form
    chosen = {"column": ["ref", "title", "field:serial"], "order": "newest", "back": "/"}
    answer = one.post("/lists/needs_us/columns/", chosen)
    assert answer["Location"] == "/"
    page = one.get("/").content
    assert shown(page) == [second.ref, first.ref]
    assert "XK-1" in page.decode()
    assert "queue--own" in page.decode()
    assert "queue--own" not in other.get("/").content.decode()
    one.post("/lists/needs_us/columns/", {**chosen, "do": "reset"})
    assert "queue--own" not in one.get("/").content.decode()
    assert (
        one.post("/lists/needs_us/columns/", {**chosen, "back": "//evil.example/"})["Location"]
        == "/"
    )


def test_every_column_can_be_shown(browser: Browser) -> None:
    client = browser()
    case = make.case(tags=[Tag.objects.create(name="billing <b>", hue=4).pk])
    client.post("/lists/open/columns/", {"column": list(views.COLUMNS)[:14], "order": ""})
    page = client.get("/open/").content.decode()
    assert "billing &lt;b&gt;" in page
    assert page.count("qc qc--") == 14
    client.post("/lists/open/columns/", {"column": ["channel"], "order": ""})
    page = client.get("/open/").content.decode()
    assert 'class="qc qc--title"' in page
    assert case.ref in page


def test_tags_stand_on_the_lines(browser: Browser) -> None:
    ids = [Tag.objects.create(name=f"tag {n}", hue=n).pk for n in range(5)]
    make.case(tags=ids)
    page = browser().get("/").content.decode()
    assert page.count("tag--hue") == 3
    assert 'title="tag 3, tag 4">+2<' in page

"""Nothing that anybody writes, or calls themselves, becomes markup on a page."""

import re
from html.parser import HTMLParser

import pytest

from heliodesk.cases import actions, asked
from heliodesk.cases.models import Direction
from heliodesk.journal.record import By
from heliodesk.web import snippets, texts
from tests import make
from tests.web.conftest import Browser

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    'https://x.example/"onclick=alert(1)',
    "https://x.example/'><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "{{ 7*7 }}{% raw %}<b>x",
    "{0.__class__}{owner}",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<b>evil</b>",
]


class Tags(HTMLParser):
    """What a browser would make of a page: its tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(page: str) -> None:
    for tag, attributes in Tags(page).found:
        handlers = [name for name in attributes if name.startswith("on") or name == "style"]
        assert handlers == [], (tag, attributes)
        assert tag not in {"iframe", "object", "embed", "base"}
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/"), attributes
        for name in ("href", "src", "action"):
            value = attributes.get(name)
            assert not (value or "").lower().lstrip().startswith(("javascript:", "data:")), value


@pytest.mark.django_db
@pytest.mark.parametrize("text", CORPUS)
def test_hostile_words_are_only_words(browser: Browser, text: str) -> None:
    account = make.account(name=text[:200])
    contact = make.contact(account, name=text[:200], address="x@customer.example")
    case = make.case(account, contact, title=text, text=text, package="gold")
    colleague = make.user(name=text[:120])
    make.message(case, direction=Direction.NOTE, by=colleague, text=text, new_text=text[:5])
    message = make.message(case, text=text, author_name=text, subject=text)
    message.attachments.create(name=text, content_type="text/html", size=1, sha256="0" * 64)
    by = By("user", colleague.pk, colleague.name, "lead")
    actions.take(case, by=by, at=make.NOW)
    actions.prioritise(case, priority="P2", reason=text, by=by, at=make.NOW)
    actions.retitle(case, title=f"{text} again", by=by, at=make.NOW)
    client = browser(name=text[:120])
    client.post(f"/cases/{case.ref}/draft/", {"mode": "reply", "text": text})
    client.post(f"/cases/{case.ref}/draft/", {"mode": "note", "text": text})
    for address in (
        "/",
        f"/cases/{case.ref}/",
        f"/cases/{case.ref}/?all=1",
        f"/cases/{case.ref}/retitle/",
        f"/cases/{case.ref}/assign/",
        f"/cases/new/?account={account.pk}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert_harmless(answer.content.decode())
    for address in ("/search/", "/cases/new/"):
        for name in ("q", "find"):
            answer = client.get(address, {name: text}, follow=True)
            assert answer.status_code == 200
            assert_harmless(answer.content.decode())
    refused = client.post(f"/cases/{case.ref}/merge/", {"other": text})
    assert_harmless(refused.content.decode())


@pytest.mark.parametrize("text", CORPUS)
def test_links_and_marks_stay_harmless(text: str) -> None:
    assert_harmless(str(texts.linked(text)))
    assert_harmless(str(snippets.around(text, ["alert", "script", "x"])))


def test_links_are_made_of_web_addresses_only() -> None:
    shown = str(texts.linked("See https://a.example/x?y=1&z=2. Not javascript:x or ftp://b."))
    links = re.findall(r'href="([^"]+)"', shown)
    assert links == ["https://a.example/x?y=1&amp;z=2"]
    assert shown.endswith("</a>. Not javascript:x or ftp://b.")
    assert 'rel="noopener noreferrer nofollow"' in shown


def test_what_is_marked_is_what_was_sought() -> None:
    wanted = asked.read('journal -"x y"', today=make.NOW.date()).wanted
    marked = str(snippets.marked("Journal & journals, JOURNAL", wanted))
    assert marked == "<mark>Journal</mark> &amp; journals, <mark>JOURNAL</mark>"

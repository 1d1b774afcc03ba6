"""The agent's day in a real browser: keys, dialogs and drafts work, nothing breaks the policy."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from heliodesk.automation.jobs import send_letters
from heliodesk.kernel import clock
from tests import make
from tests.conftest import program

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


PAGES = ("/", "/closed/", "/more/", "/cases/new/", "/search/?q=help", "/me/sessions/")


class Desk:
    """A browser signed in at the desk, and what went wrong in it."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._said)

    def _said(self, message: Any) -> None:
        stream = "/events" in message.location.get("url", "")
        if message.type == "error" and not stream:
            self.wrong.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def sees(self, selector: str) -> None:
        """Wait for this on a page that is loaded, its scripts too."""
        self.page.wait_for_selector(selector)
        self.page.wait_for_load_state("load")

    def wide(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        )


@pytest.fixture
def desk(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    make.user(email="ines@desk.example", name="Ines Carvalho", password=make.PASSWORD)
    account = make.account(name="Northwind Freight", package="gold")
    contact = make.contact(account, name="Mara Lind", address="mara@northwind.example")
    for n in range(3):
        make.case(account, contact, title=f"Question {n}", text=f"Please help with {n}.")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        seen = Desk(page, live_server.url)
        seen.go("/sign-in/")
        page.fill("#id_login", "ines@desk.example")
        page.fill("#id_password", make.PASSWORD)
        page.click("button.btn--primary")
        seen.sees(".qrow")
        yield seen
        chromium.close()


def test_a_case_from_the_queue_to_its_answer_by_keys_alone(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    title = page.inner_text(".qrow[aria-current] .qsubj b")
    page.keyboard.press("a")
    desk.sees(".qrow[aria-current] .avatar[title='Ines Carvalho']")
    page.keyboard.press("Enter")
    desk.sees(".casehead")
    assert page.inner_text(".casehead h1") == title
    page.keyboard.press("n")
    page.keyboard.type("Only for us")
    desk.sees("#write-note [data-saved]:has-text('Draft kept')")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    desk.sees(".msg--note:has-text('Only for us')")
    page.keyboard.press("r")
    page.keyboard.type("All done.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    desk.sees(".msg--out:has-text('All done.')")
    assert send_letters(clock.now() + timedelta(seconds=11)) == 1  # as the worker does
    connections.close_all()
    page.reload()
    desk.sees(".casehead .state--pill:has-text('Waiting for customer')")
    page.keyboard.press("e")
    desk.sees("dialog[open] textarea")
    page.fill("dialog[open] textarea", "It was the connector.")
    page.click("dialog[open] .btn--primary")
    desk.sees(".casehead .state--pill:has-text('Resolved')")
    assert desk.wrong == []


def test_help_search_and_theme_by_keys(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("?")
    desk.sees("#shortcuts[open]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("question")
    page.keyboard.press("Enter")
    desk.sees(".qrow--found mark")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/mine/")
    desk.sees(".rail")
    page.keyboard.press("c")
    page.wait_for_url("**/cases/new/")
    assert desk.wrong == []


def test_a_draft_survives_leaving_the_page(desk: Desk) -> None:
    page = desk.page
    page.click(".qrow")
    desk.sees(".composer")
    page.keyboard.press("r")
    page.keyboard.type("Half a sentence")
    address = page.url
    desk.go("/mine/")
    page.wait_for_timeout(500)
    page.goto(address)
    assert page.input_value("#text-reply") == "Half a sentence"


@pytest.mark.parametrize("width", [390, 768, 1024])
def test_no_page_is_wider_than_its_window(desk: Desk, width: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": 844})
    case = desk.page.get_attribute(".qrow", "href")
    for path in (
        "/",
        "/closed/",
        "/more/",
        "/cases/new/",
        "/search/?q=help",
        case,
        "/me/sessions/",
    ):
        desk.go(path)
        assert desk.wide() <= 0, path
    assert desk.wrong == []

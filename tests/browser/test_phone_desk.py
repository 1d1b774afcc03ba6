"""The phone desk in a real browser: by keys alone, and a call that pops up."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import VOICE_TOKEN, Desk
from tests.browser.pages import press, types

pytestmark = pytest.mark.needs("chromium")
Window = Callable[..., Page]
BRASS, QUILLSTONE = "1001420000001", "1001420000003"


def incoming(page: Page) -> None:
    """The telephone rings: one key, from any page."""
    page.goto("/")
    press(page, "h")
    expect(page.get_by_text("On the line")).to_be_visible()
    expect(page.locator("#f-id")).to_be_focused()


def settled(page: Page) -> None:
    """Wait until what the desk put in place listens; no person is faster, a test is."""
    expect(page.get_by_label("Who is calling")).to_be_visible()
    moving = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
    expect(page.locator(moving)).to_have_count(0)


def test_a_case_is_made_by_keys_alone(window: Window) -> None:
    page = window("sam")
    incoming(page)
    types(page, BRASS)
    expect(page.locator("#f-id")).to_have_value("10-0142-0000001")
    settled(page)
    page.get_by_label("Who is calling").select_option(label="Priya Raman, designated")
    expect(page.locator(".asks")).to_contain_text("Priya Raman")
    page.evaluate("document.activeElement.blur()")
    press(page, "n")
    expect(page.get_by_role("button", name="No").first).to_have_attribute("aria-pressed", "true")
    press(page, "n")
    due = page.locator(".verdict.is-due")
    expect(due).to_contain_text("Connect")
    press(page, "w")
    types(page, "Search finds nothing of last week")
    page.get_by_label("What they say").fill("Since Friday the archive search stays empty.")
    press(page, "Control+Enter")
    expect(page.locator(".bigref")).to_have_text(re.compile(r"^\d{4} \d{4}$"))
    expect(page.locator(".readout")).to_have_text(re.compile(r"^(\w+ ){3}\w+, (\w+ ){3}\w+$"))
    page.get_by_role("button", name="They read it back right").click()
    expect(page.get_by_role("button", name="Spoken back")).to_be_visible()
    page.get_by_role("button", name="End call").click()
    expect(page.get_by_role("heading", name="Calls", exact=True)).to_be_visible()
    ended = page.locator(".callrow", has_text="Search finds nothing of last week")
    expect(ended.first).to_be_visible()


def test_a_p1_is_pressed_first_and_assessed_after(window: Window) -> None:
    page = window("sam")
    incoming(page)
    types(page, QUILLSTONE)
    settled(page)
    page.get_by_label("Who is calling").select_option(label="Beatrice Alby, designated")
    expect(page.locator(".asks")).to_contain_text("Beatrice Alby")
    page.evaluate("document.activeElement.blur()")
    press(page, "y")
    expect(page.locator(".verdict.is-due")).to_contain_text("P1")
    press(page, "p")
    expect(page.get_by_role("heading", name="Is it a P1?")).to_be_visible()
    page.get_by_role("button", name="It is a P1").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick what does not work")
    page.get_by_label("Cannot send mail").check()
    page.get_by_label("How many of them").fill("all 180")
    page.get_by_role("button", name="It is a P1").click()
    expect(page.get_by_text("Share of users: all 180")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_of_calls_fit(window: Window, width: int) -> None:
    page = window("sam", width=width)
    for path in ("/calls/", "/calls/lines/", "/calls/1/"):
        page.goto(path)
        expect(page.locator("#main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_call_pops_up_and_is_taken(window: Window, desk: Desk) -> None:
    pages = {who: window(who) for who in ("sam", "tomas", "mei")}
    for page in pages.values():
        page.goto("/")

    def step(number: int, digits: str = "") -> dict[str, list[str]]:
        fields = {
            "call": "browser-1", "from": "+441134960101", "to": "+442078478701",
            "step": str(number), "digits": digits, "dialstatus": "",
        }  # fmt: skip
        request = Request(
            f"{desk.address}/voice/asterisk/step",
            urlencode(fields).encode(),
            {"Authorization": f"Bearer {VOICE_TOKEN}"},
        )
        with urlopen(request, timeout=30) as answer:
            return parse_qs(answer.read().decode())

    step(0), step(1, "3")
    target = step(2, BRASS)["target"][0]
    page = pages[target.removeprefix("PJSIP/")]
    pop = page.locator(".pop")
    expect(pop).to_contain_text("Brass & Foundry Ltd")
    expect(pop).to_contain_text("Priya Raman, by number only")
    pop.get_by_role("button", name="Take it").click()
    expect(page).to_have_url(re.compile(r"/calls/\d+/$"))
    expect(page.locator(".side")).to_contain_text("Brass & Foundry Ltd")

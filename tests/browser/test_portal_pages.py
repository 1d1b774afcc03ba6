"""Customers in a real browser: asking as anybody, asking as a contact, and everything after."""

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser import conftest
from tests.browser.conftest import Window
from tests.browser.pages import press, types
from tests.browser.test_portal_door import PRIYA, sign_in

pytestmark = pytest.mark.needs("chromium")
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63f8"
    "cfc0f01f0005050201ab1cc4a20000000049454e44ae426082"
)
_WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
#: The window's width, the page's, and the last parts that are wider than their place.
_WIDTHS = """[innerWidth, document.documentElement.scrollWidth,
  [...document.querySelectorAll('body *')]
  .filter((part) => part.getBoundingClientRect().right > innerWidth
    || (part.clientWidth && part.scrollWidth > part.clientWidth))
  .map((part) => part.outerHTML.slice(0, 200)).slice(-9)]"""
ID = "10-0142-0000001"
#: Under what a first visit transfers.
MOST_BYTES = 60_000
#: What the page says once a form is taken: of a contact, and of anybody.
TAKEN = re.compile(r"We have your (case|message)\.")


def contact(window: Window, **options: object) -> Page:
    """A window of Priya, an administrator of a Gold account; she signs in once."""
    if "contact" not in conftest._signed_in:
        page = window()
        sign_in(page, *PRIYA)
        expect(page).to_have_url(re.compile("/support/$"))
        conftest._signed_in["contact"] = page.context.storage_state()
    return window("contact", **options)


def fill(page: Page, subject: str, *, visitor: bool = True) -> None:
    """Fill the form in, as a customer who works on with something wrong."""
    page.locator("label.choice", has_text="Something is wrong").click()
    if visitor:
        page.get_by_label("Your name").fill("Priya Raman")
        page.get_by_label("Work e-mail").fill(PRIYA[0])
        page.get_by_label("Larkspur ID").fill(ID)
    page.get_by_label("Subject", exact=True).fill(subject)
    page.get_by_label("Issue Details").fill(f"{subject}: it began this morning.")


def sent(page: Page) -> str:
    """The reference that the page shows after sending, without its blank."""
    page.get_by_role("button", name="Send to support").click()
    expect(page.get_by_role("heading", name=TAKEN)).to_be_visible()
    return page.locator("[data-ref]").inner_text().replace(" ", "")


def clean(page: Page) -> None:
    """The page holds nothing that axe finds against WCAG 2.2 AA, once no colour changes."""
    page.emulate_media(reduced_motion="reduce")
    found = Axe().run(page, options=_WCAG)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Page) -> None:
    """Nothing of the page is reached only by scrolling sideways; if so, what stands out."""
    page.wait_for_load_state("load")  # before its style is there, a page is as wide as it likes
    wide, all_of_it, outside = page.evaluate(_WIDTHS)
    assert all_of_it <= wide, (page.url, outside)


# --- asking as anybody -----------------------------------------------------------------------
def test_anybody_asks_and_reads_the_reference(window: Window) -> None:
    page = window()
    page.goto("/get-support/?region=UK")
    fill(page, "Digest shows yesterday")
    expect(page.locator("[data-count]")).to_contain_text("of 2,000")
    ref = sent(page)
    assert re.fullmatch(r"\d{8}", ref)
    expect(page.get_by_role("main")).to_contain_text(PRIYA[0])


def test_too_long_a_text_is_kept_whole(window: Window) -> None:
    page = window()
    page.watch.expected.add(422)  # type: ignore[attr-defined]  # ours, on the page
    page.goto("/get-support/?region=UK")
    fill(page, "A long story")
    text = "Zwölf Boxkämpfer 🥊 " * 120
    page.get_by_label("Issue Details").fill(text)
    expect(page.locator("[data-count]")).to_have_class(re.compile("is-over"))
    page.get_by_role("button", name="Send to support").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("characters too many")
    assert page.get_by_label("Issue Details").input_value() == text


def test_without_scripts_everything_is_there(window: Window, scratch: Path) -> None:
    page = window(java_script_enabled=False)
    page.goto("/get-support/?region=AU")
    page.get_by_label("Your region").select_option("UK")
    page.get_by_role("button", name="Show").click()
    opened = time.monotonic()
    page.locator("label.choice", has_text="Trace a message").click()
    fill(page, "An invoice is missing")
    page.get_by_label("From").fill("billing@supplier.example")
    picture = scratch / "proof.png"
    picture.write_bytes(_PNG)
    page.get_by_label("Screenshots and files").set_input_files(picture)
    time.sleep(max(0, 3.2 - (time.monotonic() - opened)))  # faster would be a machine
    ref = sent(page)
    agent = window("sam")
    agent.goto(f"/cases/{ref}/")
    expect(agent.get_by_role("main")).to_contain_text("billing@supplier.example")
    expect(agent.get_by_role("link", name="proof.png")).to_be_visible()


def test_the_form_is_filled_in_by_keyboard_alone(window: Window) -> None:
    page = window()
    page.goto("/get-support/?region=UK")
    press(page, "Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    press(page, "Enter")
    reached = page.locator("#severity-P1")
    for _ in range(60):
        if reached.evaluate("node => node === document.activeElement"):
            break
        press(page, "Tab")
    for _ in range(2):
        press(page, "ArrowDown")
    expect(page.locator("#severity-P3")).to_be_checked()
    press(page, "Tab")  # what it is about
    press(page, "Tab")
    for text in ("Priya Raman", PRIYA[0], "Brass & Foundry", ID, "By keyboard", "No mouse."):
        types(page, text)
        press(page, "Tab")
    send = page.get_by_role("button", name="Send to support")
    for _ in range(6):  # what the desk asks besides, files, the other way to be reached
        if send.evaluate("node => node === document.activeElement"):
            break
        press(page, "Tab")
    expect(send).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("heading", name=TAKEN)).to_be_visible()


def test_a_file_that_breaks_off_is_sent_again(window: Window) -> None:
    page = window()
    page.watch.complaints = _Deaf()  # type: ignore[attr-defined]  # ours, on the page
    page.goto("/get-support/?region=UK")
    fill(page, "With a picture")
    broken: list[str] = []

    def break_once(route: Route) -> None:
        if broken:
            route.continue_()
        else:
            broken.append(route.request.url)
            route.abort("connectionreset")

    page.route("**/get-support/files/", break_once)
    page.locator("[data-picker]").set_input_files(
        [{"name": "shot.png", "mimeType": "image/png", "buffer": _PNG}]
    )
    row = page.locator("[data-list] li")
    expect(row).to_contain_text("The connection broke off. Your text is kept.")
    row.get_by_role("button", name="Try again").click()
    expect(row).to_have_attribute("data-token", re.compile(r"\w{32}"))
    ref = sent(page)
    agent = window("sam")
    agent.goto(f"/cases/{ref}/")
    expect(agent.get_by_role("link", name="shot.png")).to_be_visible()


class _Deaf(list[str]):
    """Hears no complaint: the browser logs the line that the test breaks."""

    def append(self, complaint: str) -> None:
        assert "Failed to load resource" in complaint


def test_pictures_are_dropped_and_pasted(window: Window) -> None:
    page = window()
    page.goto("/get-support/?region=UK")
    give = """([type, selector]) => {
        const bytes = new Uint8Array([137, 80, 78, 71]);
        const data = new DataTransfer();
        data.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
        const target = document.querySelector(selector);
        const how = { bubbles: true, cancelable: true };
        target.dispatchEvent(type === 'drop'
            ? new DragEvent('drop', { dataTransfer: data, ...how })
            : new ClipboardEvent('paste', { clipboardData: data, ...how }));
    }"""
    page.evaluate(give, ["drop", "[data-dropzone]"])
    page.evaluate(give, ["paste", "[data-details]"])
    rows = page.locator("[data-list] li[data-token]")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("screenshot-")
    rows.nth(0).get_by_role("button", name="Remove").click()
    expect(rows).to_have_count(1)


def test_on_a_slow_line_the_first_page_is_small_and_nothing_is_sent_twice(
    window: Window,
) -> None:
    page = window(width=390)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 300,
            "downloadThroughput": 50_000,
            "uploadThroughput": 25_000,
        },
    )
    took: list[int] = []
    line.on("Network.loadingFinished", lambda event: took.append(event["encodedDataLength"]))
    page.goto("/get-support/?region=UK", wait_until="load")
    assert 0 < sum(took) < MOST_BYTES, took
    fill(page, "On a slow line")
    button = page.get_by_role("button", name="Send to support")
    button.evaluate("node => { node.click(); node.click(); }")
    expect(page.get_by_role("heading", name=TAKEN)).to_be_visible(timeout=30_000)


def test_what_was_typed_outlives_a_reload(window: Window) -> None:
    page = window()
    page.goto("/get-support/?region=UK")
    fill(page, "Before the reload")
    page.reload()
    expect(page.get_by_label("Subject", exact=True)).to_have_value("Before the reload")


def test_a_p1_is_told_to_call_before_anything_is_sent(window: Window) -> None:
    page = window()
    page.goto("/get-support/?region=UK")
    page.locator("label.choice", has_text="The service is down").click()
    expect(page.locator("#p1-hint")).to_be_visible()
    expect(page.locator("#p1-hint")).to_contain_text("Call now: +44")


# --- asking as a contact, and everything after -----------------------------------------------
def test_a_case_from_its_first_word_to_its_rating(window: Window) -> None:
    page = contact(window)
    page.goto("/support/")
    fill(page, "Journal for Leeds", visitor=False)
    ref = sent(page)
    page.get_by_role("link", name="To the case").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal for Leeds")
    expect(page.locator(".track [aria-current]")).to_contain_text("Received")

    agent = window("sam")
    agent.goto(f"/cases/{ref}/")
    agent.locator(".composer:not([hidden]) textarea").fill("It is switched on now.")
    press(agent, "Control+Enter")
    expect(agent.locator("#toasts")).to_contain_text("on its way")

    page.get_by_role("textbox", name="Your answer").fill("Half a sentence that must")
    expect(page.locator("#live")).to_contain_text("It is switched on now.", timeout=60_000)
    expect(page.get_by_role("textbox", name="Your answer")).to_have_value(
        "Half a sentence that must"
    )
    page.get_by_role("textbox", name="Your answer").fill("It works, thank you.")
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator("#live")).to_contain_text("It works, thank you.")

    page.get_by_role("button", name="It is solved").click()
    expect(page.locator(".track")).to_contain_text("Closed")
    page.get_by_text("Very good").click()
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_role("status").first).to_contain_text("Your rating is kept.")

    page.get_by_role("textbox", name="Your answer").fill("It is back.")
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator(".track [aria-current]")).to_contain_text("Being worked on")


def test_my_cases_are_found_and_saved(window: Window) -> None:
    page = contact(window)
    page.goto("/support/cases/?show=all")
    page.get_by_label("Search").fill("scans")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.locator(".caselist")).to_contain_text("Printer cannot send scans")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a sheet").click()
    saved = download.value.path().read_text("utf-8-sig")
    assert "Printer cannot send scans" in saved


def test_the_id_is_copied_and_the_card_prints(window: Window) -> None:
    page = contact(window)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/support/account/")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == ID
    page.goto("/support/account/card/")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator(".phead nav")).to_be_hidden()
    expect(page.locator(".bigid")).to_be_visible()


def test_the_language_is_chosen_and_kept(window: Window) -> None:
    page = contact(window)
    page.goto("/support/")
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", name="Einen Fall melden")).to_be_visible()
    page.goto("/support/account/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    clean(page)
    # It is the contact's own from now on, in every browser: the other tests read English.
    page.locator("select[name=language]").select_option("en")
    expect(page.locator("html")).to_have_attribute("lang", "en")


# --- for everybody ---------------------------------------------------------------------------
_PAGES = ("/support/", "/support/cases/?show=all", "/support/account/", "/support/account/card/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_wcag_2_2_aa(window: Window, scheme: str) -> None:
    visitor = window(color_scheme=scheme)
    visitor.goto("/get-support/?region=AU")
    visitor.locator("label.choice", has_text="The service is down").click()
    visitor.locator("label.choice", has_text="Trace a message").click()
    clean(visitor)
    page = contact(window, color_scheme=scheme)
    for path in _PAGES:
        page.goto(path)
        clean(page)
    page.goto("/support/cases/?show=all")
    page.locator(".caselist a").first.click()
    page.locator("summary", has_text="Copy a colleague").click()
    clean(page)


def test_every_page_fits_a_narrow_telephone(window: Window) -> None:
    visitor = window(width=360)
    visitor.goto("/get-support/")
    fits(visitor)
    page = contact(window, width=360)
    for path in _PAGES:
        page.goto(path)
        fits(page)
    page.goto("/support/cases/?show=all")
    page.locator(".caselist a").first.click()
    expect(page.locator(".track")).to_be_visible()
    fits(page)
    assert urlsplit(page.url).path.startswith("/support/cases/")

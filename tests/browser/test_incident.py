"""A major incident in a real browser: declared, told to everybody, read by a customer, closed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.letters import GRACE, INGRID, Letter, question, title
from tests.browser.pages import press
from tests.browser.test_every_page import RULES, _broken

pytestmark = pytest.mark.needs("chromium")
CaseOf = Callable[[Page, Letter], str]


def test_an_outage_is_declared_told_to_each_and_closed_with_all(
    window: Window, case_of: CaseOf
) -> None:
    page = window("imogen")
    first, second = (
        question("Quarantine is empty", sender=INGRID),
        question("Quarantine does not fill", sender=GRACE),
    )
    path = case_of(page, first)
    case_of(page, second)

    page.goto("/")
    press(page, "g")
    press(page, "i")
    expect(page.get_by_role("heading", name="Incidents", level=1)).to_be_visible()
    press(page, "u")
    page.get_by_label("Title").fill("Quarantine takes no mail")
    page.get_by_label("What is known").fill("The index of the quarantine is rebuilt.")
    page.get_by_label("Cases").fill(path.split("/")[2])
    page.get_by_role("button", name="Declare it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quarantine takes no mail")
    likely = page.locator(".ticklist li", has_text=title(second)).get_by_role("checkbox")
    likely.check()
    page.get_by_role("button", name="Link those ticked").click()
    expect(page.get_by_role("link", name="Cases 2")).to_be_visible()

    press(page, "u")
    page.get_by_label("What customers read").fill(
        "Nothing is lost; the list fills within the hour."
    )
    page.get_by_label("The work is").select_option(label="Cause found")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#previews")).to_contain_text("We write again by")
    page.get_by_role("button", name="Send to 2 cases").click()
    expect(page.get_by_text("Every case has it")).to_be_visible()
    expect(page.get_by_text("Cause found").first).to_be_visible()

    assert _broken(page, {"type": "tag", "values": RULES}) == []

    page.goto(path)
    expect(page.locator(".thread")).to_contain_text("Nothing is lost; the list fills")
    page.locator("[hx-get$='/incident/']").scroll_into_view_if_needed()
    expect(page.locator("#case-incident")).to_contain_text("Quarantine takes no mail")

    page.locator("#case-incident").get_by_role("link", name="Quarantine takes no mail").click()
    page.get_by_text("Publish it", exact=True).click()
    page.get_by_label("We know of …").fill("The quarantine shows no new mail. Nothing is lost.")
    page.get_by_role("button", name="Publish", exact=True).click()
    visitor = window()
    visitor.goto("/get-support/")
    expect(visitor.get_by_text("We know of this: Quarantine takes no mail")).to_be_visible()

    page.get_by_label("How it was solved").fill("The index is whole again.")
    page.get_by_role("button", name="Close with all …").click()
    expect(page.get_by_text("2 open cases will be resolved with these words.")).to_be_visible()
    page.get_by_role("button", name="Close with all", exact=True).click()
    expect(page.locator(".table").get_by_text("Resolved")).to_have_count(2)
    visitor.reload()
    expect(visitor.get_by_text("We know of this")).to_have_count(0)
    page.get_by_label("Notes afterwards").fill("Rebuild the index by night.")
    page.get_by_role("button", name="Keep the notes").click()
    page.goto("/incidents/")
    expect(page.get_by_role("link", name=re.compile("Quarantine takes no mail"))).to_be_visible()


def test_the_pages_of_incidents_fit_a_telephone(window: Window) -> None:
    page = window("imogen", width=390)
    for path in ("/incidents/", "/incidents/new/", "/incidents/link/"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, (path, wide)

"""An administrator's errand: a role of one's own, somebody invited into it, somebody forgotten."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.pages import press, told

pytestmark = pytest.mark.needs("chromium")
SECRET = "harbour-lantern-91"


def test_a_role_is_made_and_somebody_is_invited_into_it(window: Window) -> None:
    page = window("imogen")
    page.goto("/settings/")
    page.get_by_role("searchbox", name="Find a setting").press_sequentially("permissions")
    expect(page.locator("#places")).not_to_contain_text("Mailboxes")
    page.get_by_role("link", name="Roles").click()
    page.get_by_role("link", name="New role").click()
    page.get_by_label("Name").fill("Wordsmith")
    page.get_by_label("Write the words that customers are sent.").check()
    page.get_by_role("button", name="Save the role").click()
    told(page, "The role is saved; it holds at once.")

    page.goto("/settings/people/new/")
    page.get_by_label("Name").fill("Wilma Words")
    page.get_by_label("Work e-mail").fill("wilma@larkspur.example")
    page.get_by_label("Role").select_option("Wordsmith")
    page.get_by_role("button", name="Add them").click()
    link = page.locator("#link").inner_text()
    page.goto("/settings/people/")
    page.get_by_role("link", name="Wilma Words").click()
    expect(page.locator("#link")).to_have_count(0)

    theirs = window()
    theirs.goto(link)
    for field in ("password1", "password2"):
        theirs.locator(f"input[name={field}]").fill(SECRET)
    theirs.locator("main button, form button.btn--primary").first.click()
    theirs.goto("/sign-in/")
    theirs.fill("input[name=login]", "wilma@larkspur.example")
    theirs.fill("input[name=password]", SECRET)
    press(theirs, "Enter")
    theirs.wait_for_selector(".rail")
    theirs.goto("/settings/")
    expect(theirs.get_by_role("link", name="Templates")).to_be_visible()
    expect(theirs.get_by_role("link", name="Mailboxes")).to_have_count(0)

    theirs.goto("about:blank")  # an open page would notice by itself, at any moment
    page.get_by_text("Deactivate Wilma Words").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Deactivate", exact=True).click()
    theirs.goto("/settings/")
    expect(theirs.locator("input[name=login]")).to_be_visible()


def test_a_dry_run_counts_and_an_export_is_fetched_once(window: Window) -> None:
    page = window("imogen")
    page.goto("/settings/retention/")
    page.locator("#f-cases").fill("240")
    page.locator(".keep", has_text="Closed cases").get_by_role("button", name="Count").click()
    expect(page.locator("#n-cases")).to_contain_text("would go now")

    page.goto("/settings/privacy/?q=Priya")
    page.get_by_role("link", name="Priya").first.click()
    page.get_by_role("button", name="Make the export").click()
    fetch = page.get_by_role("button", name="Fetch once")
    expect(fetch).to_be_visible()
    with page.expect_download() as download:
        fetch.click()
    assert download.value.suggested_filename.endswith(".zip")
    page.reload()
    expect(page.locator("#tasks")).to_contain_text("fetched")

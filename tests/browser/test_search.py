"""Looking for a case by keyboard alone; a token for a program, and what it reads."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.pages import press, types

pytestmark = pytest.mark.needs("chromium")


def test_a_case_is_found_by_keyboard(window: Window) -> None:
    page = window("sam")
    page.goto("/")
    press(page, "/")
    types(page, "policy")
    expect(page.locator("#rail-found").get_by_role("option").first).to_be_visible()
    press(page, "Enter")
    expect(page.locator(".qrow--found mark").first).to_be_visible()
    box = page.locator("#q")
    box.click()
    box.press("End")
    types(page, " stat")
    expect(page.get_by_role("option", name=re.compile("^status:"))).to_be_visible()
    press(page, "ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-1")
    press(page, "Enter")
    expect(box).to_have_value("policy status:")
    types(page, "res")
    expect(page.get_by_role("option")).to_have_count(1)
    press(page, "ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("status:resolved")
    press(page, "Tab")
    expect(box).to_have_value("policy status:resolved ")
    press(page, "Enter")
    rows = page.locator(".qrow--found")
    expect(rows.first).to_contain_text("Resolved")
    title = rows.first.locator("b").inner_text()
    page.locator("h1, .bar--search .icon").first.click()
    press(page, "Escape")
    press(page, "j")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_slip_is_asked_back(window: Window) -> None:
    page = window("sam")
    page.goto("/search/?q=account:haldn")
    page.get_by_role("link", name=re.compile("Halden")).first.click()
    expect(page.locator("#q")).to_have_value(re.compile("Halden"))
    expect(page.locator(".qrow--found").first).to_be_visible()
    page.locator("summary", has_text="Operators").click()
    expect(page.get_by_text("Whose case it is")).to_be_visible()


def test_a_program_is_given_a_token(window: Window) -> None:
    page = window("sam")
    page.goto("/me/tokens/")
    page.get_by_label("Name").fill("Wallboard")
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("#secret").inner_text()
    assert secret.startswith("hdt_")
    bearer = {"Authorization": f"Bearer {secret}"}
    read = page.context.request.get("/api/v1/cases?q=is:open", headers=bearer)
    assert read.ok
    assert read.json()["cases"]
    assert not page.context.request.get("/api/v1/cases").ok
    page.get_by_role("button", name="Revoke Wallboard").click()
    expect(page.get_by_text("Wallboard")).to_have_count(1)  # in the notice only
    assert page.context.request.get("/api/v1/cases", headers=bearer).status == 401
    page.goto("/api/v1/")
    expect(page.get_by_role("heading", name="API", exact=True)).to_be_visible()

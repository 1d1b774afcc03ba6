"""On call in a real browser: the board by keys, a P1 taken over, ways proven by a code."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.pages import press

pytestmark = pytest.mark.needs("chromium")


def test_the_board_is_two_keys_away_and_covers_the_week(window: Window) -> None:
    page = window("imogen")
    page.goto("/")
    press(page, "g")
    press(page, "o")
    expect(page.get_by_role("heading", name="holds P1")).to_be_visible()
    page.get_by_label("Next week").click()
    expect(page.get_by_text("covered 100 %")).to_be_visible()
    page.get_by_role("link", name="My zone").click()
    expect(page.get_by_text("times in")).to_be_visible()


def test_a_p1_counts_down_and_is_handed_over_with_a_note(window: Window) -> None:
    page = window("imogen")
    page.goto("/")
    press(page, "g")
    press(page, "p")
    page.get_by_role("link", name=re.compile("No outbound mail")).click()
    expect(page.get_by_role("heading", name="No outbound mail")).to_be_visible()
    expect(page.get_by_text("Step 1: the primary paged")).to_be_visible()
    expect(page.locator(".elapsed b")).to_have_text(re.compile(r"\d+:\d\d"))
    if page.get_by_text("stays owner until it is accepted.").count():
        # Within half an hour of the shift's end the next one is asked already.
        page.get_by_label("Handover note").fill("Two relays are back.")
        page.get_by_role("button", name="Keep the note").click()
        expect(page.get_by_label("Handover note")).to_have_value("Two relays are back.")
        return
    page.get_by_text("Hand over now").click()
    page.get_by_label("To", exact=True).select_option(label="Imogen Vale")
    page.get_by_label("Handover note").fill("Two relays are back. Call Priya when it is over.")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("hands this P1 to you.")).to_be_visible()
    page.get_by_role("button", name="Accept it").click()
    expect(page.get_by_text("Imogen Vale took over")).to_be_visible()


def test_a_number_is_proven_by_the_code_that_it_was_sent(window: Window) -> None:
    page = window("sam")
    page.goto("/on-call/me/")
    page.get_by_label("By", exact=True).select_option("sms")
    page.get_by_label("Number or address").fill("+44 7700 900321")
    page.get_by_role("button", name="Add", exact=True).click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Your code is")
    code = re.findall(r"Your code is (\d{6})", main.inner_text())[0]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Prove it").click()
    expect(page.get_by_text("Proven. Pages reach you here")).to_be_visible()


def test_the_board_fits_a_telephone(window: Window) -> None:
    page = window("imogen", width=390)
    for path in ("/on-call/", "/p1/", "/on-call/me/", "/p1/report/", "/on-call/setup/"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path

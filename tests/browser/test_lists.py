"""A day with lists: selected by keys, done to many and undone, filtered, kept as a view; and rows
that do not jump while somebody points at them.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from heliodesk.web.rail import FRESH_SECONDS
from tests.browser.conftest import Window
from tests.browser.letters import GRACE, INGRID, Letter, question, title
from tests.browser.pages import press

pytestmark = pytest.mark.needs("chromium")
Arrives = Callable[[Letter], Letter]


def test_many_are_selected_by_keys_moved_and_put_back(window: Window) -> None:
    page = window("tomas")
    page.goto("/open/")
    rows = page.locator(".qrow")
    for key in ("j", "x", "j", "j", "X"):
        press(page, key)
    expect(page.locator("[data-picked]")).to_have_text("3 selected")
    queue = page.locator(".qpick:checked").count()
    assert queue == 3
    press(page, "m")
    ask = page.locator("dialog#ask")
    expect(ask.get_by_role("heading")).to_have_text("Move to another queue: 3 cases")
    ask.get_by_label("Queue").select_option(index=1)
    ask.get_by_role("button", name="Move").click()
    expect(page.locator("#run")).to_contain_text("moved")
    expect(page.locator(".qpick:checked")).to_have_count(0)
    press(page, "z")
    expect(page.locator("#run")).to_contain_text("as before.")
    press(page, "A")
    expect(page.locator("[data-picked]")).to_have_text(f"{rows.count()} selected")
    press(page, "Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_a_filter_becomes_a_view_beside_every_page(window: Window) -> None:
    page = window("tomas")
    page.goto("/open/")
    press(page, "f")
    expect(page.locator("dialog#ask #builder")).to_be_visible()
    page.get_by_role("button", name="Condition", exact=True).click()
    page.get_by_label("What", exact=True).select_option("Priority")
    page.locator(".chip--pick", has_text="P2").click()
    fits = page.locator("#fits")
    expect(fits).to_contain_text("fit")
    page.get_by_role("button", name="Show the cases").click()
    page.wait_for_url("**/views/filter/**")
    expect(page.locator(".viewbar")).to_contain_text("Priority is P2")
    for mark in page.locator(".qrow .prio").all():
        expect(mark).to_have_text("P2")
    page.get_by_role("link", name="Save as a view").click()
    page.get_by_label("Name").fill("High ones")
    page.get_by_label("Pin it beside every page").check()
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("High ones")
    page.goto("/accounts/")
    expect(page.locator("#ways").get_by_role("link", name="High ones")).to_be_visible()
    page.goto("/views/")
    page.get_by_role("button", name="Delete: High ones").click()
    expect(page.locator(".run")).to_contain_text("“High ones” is deleted.")
    press(page, "z")
    expect(page.get_by_role("link", name="High ones").first).to_be_visible()


def test_columns_are_chosen_in_place(window: Window) -> None:
    page = window("mei")
    page.goto("/open/")
    page.get_by_label("Columns, order, sheet").click()
    chosen = page.locator(".columns")
    chosen.get_by_role("checkbox", name="Package").uncheck()
    chosen.get_by_role("checkbox", name="Queue").check()
    chosen.get_by_label("Order").select_option("Newest first")
    chosen.get_by_role("button", name="Show them").click()
    expect(page.locator(".qgroup")).to_contain_text("The newest first")
    expect(page.locator(".qc--queue").first).to_be_visible()
    expect(page.locator(".qc--package")).to_have_count(0)
    page.get_by_label("Columns, order, sheet").click()
    page.locator(".columns").get_by_role("button", name="As everybody").click()
    expect(page.locator(".qc--queue")).to_have_count(0)


def test_what_is_new_waits_while_somebody_has_selected(window: Window, arrives: Arrives) -> None:
    page = window("sam")
    page.goto("/unassigned/")
    press(page, "j")
    press(page, "x")
    letter = question("While somebody selects", sender=INGRID)
    arrives(letter)
    said = page.locator("#new-cases")
    expect(said).to_have_text("1 new case, show")
    expect(page.locator(".qrow", has_text=title(letter))).to_have_count(0)
    said.click()
    expect(page.locator(".qrow", has_text=title(letter))).to_be_visible()
    expect(page.locator(".qpick:checked")).to_have_count(1)
    press(page, "Escape")
    another = question("While nobody does", sender=GRACE)
    arrives(another)
    expect(page.locator(".qrow", has_text=title(another))).to_be_visible()


def test_a_p1_is_heard_once_it_is_allowed(window: Window) -> None:
    page = window("imogen")
    page.goto("/")
    sound = page.locator(".rail [data-p1-sound]")
    expect(sound).to_have_attribute("aria-pressed", "false")
    # The demo has one; counts beside a page may be some seconds old.
    one = page.locator("[data-hotline] .hotrow").first
    expect(one).to_be_visible()
    page.wait_for_timeout(FRESH_SECONDS * 1000)
    page.reload()
    open_now = page.locator("[data-hotline] .hotrow").count()
    expect(page.locator('[data-area="p1"] .count')).to_have_text(str(open_now))
    expect(page).to_have_title(f"({open_now} P1) Needs us · Heliodesk")
    page.evaluate("localStorage.setItem('p1 open', '0')")
    page.reload()
    assert page.evaluate("document.body.dataset.sounded ?? ''") == ""
    page.locator(".rail [data-p1-sound]").click()
    expect(page.locator(".rail [data-p1-sound]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("body")).to_have_attribute("data-sounded", "1")
    page.evaluate("localStorage.setItem('p1 sound', 'off')")

"""The shape of a case by mouse and keys: fields in place, a list to tick, parts, splitting."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.letters import GRACE, INGRID, Letter, answer, question, title
from tests.browser.pages import press, told, write

pytestmark = pytest.mark.needs("chromium")
Arrives = Callable[[Letter], Letter]
CaseOf = Callable[[Page, Letter], str]


def test_fields_and_a_list_are_worked_in_place(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    case_of(page, question("Worked beside the conversation", sender=GRACE))
    beside = page.locator("#beside")
    seats = beside.get_by_label("Users affected")
    write(page, "Half an answer")
    page.watch.expected.add(409)  # type: ignore[attr-defined]  # ours, on the page
    seats.fill("many")
    seats.press("Enter")
    expect(beside.locator("#said-users_affected")).to_contain_text("is a number")
    expect(seats).to_have_value("many")
    seats.fill("310")
    seats.press("Enter")
    expect(beside.locator("#said-users_affected")).to_have_text("Saved.")

    page.locator("h1").first.click()
    press(page, "L")
    ask = page.locator("dialog#ask")
    ask.get_by_label("Checklist").select_option(label="Delivery problem")
    ask.get_by_role("button", name="Put it on").click()
    told(page, "The checklist is on the case.")
    expect(beside.get_by_text("0 of 5")).to_be_visible()
    beside.get_by_label("Look at the queue of the region").check()
    expect(beside.get_by_text("1 of 5")).to_be_visible()
    expect(beside.locator(".ticks li").first).to_contain_text("Sam Okafor")
    page.get_by_role("button", name="Take it").click()
    told(page, "The case is yours.")
    press(page, "e")
    ask.get_by_label("How it was solved").fill("It works again.")
    ask.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("main")).to_contain_text("do what “Delivery problem” requires")


def test_time_escalation_and_parts(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    child = case_of(page, question("One site of several", sender=INGRID))
    case_of(page, question("All sites", sender=INGRID))
    ask = page.locator("dialog#ask")
    press(page, "T")
    ask.get_by_label("Time").fill("1:30")
    ask.get_by_label("What for").fill("Read the logs")
    ask.get_by_role("button", name="Enter", exact=True).click()
    told(page, "The time is entered.")
    expect(page.locator("#beside")).to_contain_text("1 h 30")
    press(page, "E")
    ask.get_by_label("To whom").select_option(label="Tomas Reyes")
    ask.get_by_label("Why").fill("Two more accounts wait")
    ask.get_by_role("button", name="Escalate").click()
    told(page, "The case is escalated; they are notified.")
    expect(page.locator("#casehead")).to_contain_text("Escalated")
    press(page, "H")
    ask.get_by_label("Reference of the child case").fill(child.strip("/").rpartition("/")[2])
    ask.get_by_role("button", name="Add").click()
    told(page, "The other case is part of this one.")
    expect(page.locator("#beside")).to_contain_text("One site of several")
    lead = window("tomas")
    lead.goto("/notices/")
    expect(lead.get_by_role("main")).to_contain_text("Sam Okafor calls you to this case")


def test_a_case_is_split_and_put_together(
    window: Window, case_of: CaseOf, arrives: Arrives
) -> None:
    page = window("sam")
    letter = question("Two things in one", sender=GRACE)
    address = case_of(page, letter)
    arrives(answer(letter, "And the archive is empty since Friday."))
    expect(page.locator("#thread")).to_contain_text("And the archive is empty since Friday.")
    press(page, "S")
    ask = page.locator("dialog#ask")
    ask.get_by_label("Title of the new case").fill("Archive is empty")
    ask.locator("label", has_text="And the archive is empty").get_by_role("checkbox").check()
    ask.get_by_role("button", name="Split").click()
    told(page, "The messages are in the new case")
    expect(page.locator("#thread .msg")).to_have_count(1)
    page.locator("#beside").get_by_role("link", name="Archive is empty").click()
    expect(page.locator("#casehead h1")).to_have_text("Archive is empty")
    expect(page.locator("#thread")).to_contain_text("And the archive is empty since Friday.")
    page.locator("#beside").get_by_role("button", name="Undo").click()
    told(page, "The messages are back")
    page.goto(address)
    expect(page.locator("#casehead h1")).to_have_text(title(letter))
    expect(page.locator("#thread .msg")).to_have_count(2)

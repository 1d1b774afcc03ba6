"""A customer's mail from its arrival to its end, as an agent sees it in the browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.letters import GRACE, INGRID, Letter, answer, question, title
from tests.browser.pages import more, press, told, write

pytestmark = pytest.mark.needs("chromium")
Arrives = Callable[[Letter], Letter]
CaseOf = Callable[[Page, Letter], str]


def test_mail_is_answered_and_the_answer_comes_back(
    window: Window, arrives: Arrives, scratch: Path
) -> None:
    page = window("sam")
    page.goto("/unassigned/")
    letter = question("Mail to one partner is delayed", text="Brass & Foundry Ltd. Since noon.")
    expect(page.get_by_text(title(letter))).to_have_count(0)
    page.evaluate("window.sameDocument = true")
    arrives(letter)
    row = page.get_by_role("link", name=title(letter))
    expect(row).to_be_visible()
    assert page.evaluate("window.sameDocument"), "the list was loaded anew"
    row.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title(letter))
    page.get_by_role("button", name="Take it").click()
    expect(page.locator("#casehead")).to_contain_text("Sam Okafor")

    log = scratch / "trace.txt"
    log.write_text("one line of a trace\n")
    write(page, "We are looking at it. Which address do they see?")
    page.locator(".composer:not([hidden]) input[type=file]").set_input_files(log)
    page.get_by_role("button", name="Send and wait for customer").click()
    told(page, "Your answer is on its way.")
    expect(page.locator("#casehead")).to_contain_text("Waiting")
    answered = page.locator(".msg--out", has_text="Which address do they see?")
    expect(answered.get_by_role("link", name=re.compile("trace.txt"))).to_be_visible()

    page.evaluate("window.sameDocument = true")
    arrives(answer(letter, "They see 198.51.100.24."))
    expect(page.locator("#thread")).to_contain_text("They see 198.51.100.24.")
    expect(page.locator("#casehead .state").first).not_to_contain_text("Waiting")
    assert page.evaluate("window.sameDocument"), "the case was loaded anew"


def test_a_note_stays_among_colleagues(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    case_of(page, question("Archive is slow", sender=INGRID))
    write(page, "Looks like the index of last week.", note=True)
    page.get_by_role("button", name="Add the note").click()
    told(page, "The note is added.")
    note = page.locator(".msg--note", has_text="Looks like the index of last week.")
    expect(note).to_contain_text("customers never see this")


def test_a_draft_survives_a_reload(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    case_of(page, question("Signature is missing", sender=INGRID))
    write(page, "Half a sentence that")
    expect(page.locator(".composer:not([hidden]) [data-saved]")).to_contain_text("Draft kept")
    page.reload()
    expect(page.locator("#text-reply")).to_have_value("Half a sentence that")


def test_a_case_is_resolved_with_a_reason(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    case_of(page, question("A held message", sender=GRACE))
    page.get_by_role("button", name="Take it").click()
    told(page, "The case is yours.")
    press(page, "e")
    ask = page.locator("dialog#ask")
    ask.get_by_label("How it was solved").fill("Released; the sender is on the list now.")
    ask.get_by_role("button", name="Resolve").click()
    told(page, "The case is resolved.")
    expect(page.get_by_role("complementary", name="About this case")).to_contain_text(
        "Released; the sender is on the list now."
    )


def test_a_merge_is_made_and_undone(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    kept = case_of(page, question("List is refused", sender=GRACE))
    second = question("Still refused, the same list", sender=GRACE)
    lost = case_of(page, second)
    more(page, "Merge into another case")
    ask = page.locator("dialog#ask")
    ask.get_by_label("Reference of the other case").fill(kept.strip("/").rpartition("/")[2])
    ask.get_by_role("button", name="Merge").click()
    told(page, "The case is merged.")
    page.goto(kept)
    expect(page.locator("#thread")).to_contain_text("Still refused, the same list")
    page.goto(lost)
    page.get_by_role("button", name="Undo the merge").click()
    told(page, "The merge is undone.")
    expect(page.get_by_role("heading", level=1)).to_have_text(title(second))
    page.goto(kept)
    expect(page.locator("#thread")).not_to_contain_text("Still refused, the same list")


def test_a_case_is_found_by_words_account_and_reference(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    letter = question("Quarantine digest", text="Brass & Foundry Ltd. The zanzibar digest is late.")
    address = case_of(page, letter)
    rail = page.get_by_role("navigation", name="Main").first
    search = rail.get_by_role("combobox", name="Search")
    for words in ("zanzibar digest", letter.sender.account_id):
        search.fill(words)
        search.press("Enter")
        expect(page.locator("#q")).to_have_value(words)
        expect(page.get_by_role("link", name=title(letter)).first).to_be_visible()
    search.fill(address.strip("/").rpartition("/")[2])
    search.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title(letter))


def test_two_agents_answer_at_the_same_time(window: Window, case_of: CaseOf) -> None:
    first, second = window("sam"), window("imogen")
    address = case_of(first, question("Two of us answer", sender=INGRID))
    second.goto(address)
    write(second, "The answer of the second agent.")
    write(first, "The answer of the first agent.")
    first.get_by_role("button", name="Send and wait for customer").click()
    told(first, "Your answer is on its way.")
    expect(second.locator("#write-reply [data-moved]")).to_be_visible()
    expect(second.locator("#thread")).to_contain_text("The answer of the first agent.")
    second.watch.expected = {409}  # type: ignore[attr-defined]  # ours, on the page
    second.locator("#write-reply [data-send]").click()
    expect(second.locator("#write-reply [role=alert]")).to_be_visible()
    expect(second.locator("#text-reply")).to_have_value("The answer of the second agent.")
    expect(second.locator("#thread .msg--out", has_text="second agent")).to_have_count(0)

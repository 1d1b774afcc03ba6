"""What stands around a case: who takes part, what it is linked to, held mail, and the keys."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.letters import GRACE, INGRID, Letter, question, stranger, title
from tests.browser.pages import more, press, told, types, write

pytestmark = pytest.mark.needs("chromium")
Arrives = Callable[[Letter], Letter]
CaseOf = Callable[[Page, Letter], str]
STRANGER = stranger("Rory Vance")
FRIEND = stranger("Rosa Lind")
ANOTHER = stranger("Ottilie Brandt")


def test_cases_are_linked_and_people_copied(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    other = case_of(page, question("The first of two", sender=GRACE))
    letter = question("The second of two", sender=GRACE)
    case_of(page, letter)
    more(page, "Link with another case")
    ask = page.locator("dialog#ask")
    ask.get_by_label("Reference of the other case").fill(other.strip("/").rpartition("/")[2])
    ask.get_by_role("button", name="Link").click()
    told(page, "The cases are linked.")
    related = page.locator(".rel__row", has_text="The first of two")
    expect(related).to_be_visible()

    page.get_by_role("link", name="Copy somebody").click()
    ask.get_by_label("E-mail address").fill("ben.sorrell@pinewell.example")
    ask.get_by_role("button", name="Copy", exact=True).click()
    told(page, "They are copied from now on.")
    write(page, "You both read this.")
    page.get_by_role("button", name="Send and wait for customer").click()
    said = page.locator(".msg--out", has_text="You both read this.")
    expect(said).to_contain_text("ben.sorrell@pinewell.example")

    page.locator(".rel__row button").click()
    told(page, "The link is removed.")
    expect(related).to_have_count(0)


def test_somebody_unknown_who_answers_waits_for_an_agent(
    window: Window, case_of: CaseOf, arrives: Arrives
) -> None:
    page = window("sam")
    letter = question("Forwarded to a friend", sender=GRACE)
    address = case_of(page, letter)
    write(page, "Please forward this to whoever runs your network.")
    page.get_by_role("button", name="Send and wait for customer").click()
    told(page, "Your answer is on its way.")
    # It can be taken back for ten seconds, and is among the letters after that.
    answer = page.locator(".hitem", has_text=title(letter)).filter(has_text="Answer")
    for _ in range(45):
        page.goto("/sent/")
        if answer.count():
            break
        page.wait_for_timeout(1000)
    answer.first.click()
    ours = page.context.request.get(f"{page.url.rstrip('/')}/raw/").text()
    answered = re.findall(r"(?im)^message-id:\s*(<[^>]+>)", ours)[0]
    page.goto(address)
    arrives(Letter(f"Re: {letter.subject}", "I run their network.", FRIEND, answers=answered))
    said = page.locator(".msg", has_text="I run their network.")
    expect(said).to_contain_text("is nobody that we know here")
    said.get_by_role("button", name="They belong here").click()
    told(page, "The sender belongs to the case from now on.")
    expect(said).not_to_contain_text("is nobody that we know here")
    expect(page.locator(".people")).to_contain_text(FRIEND.address)


def test_held_mail_becomes_a_case_and_its_sender_a_contact(
    window: Window, arrives: Arrives
) -> None:
    page = window("sam")
    page.goto("/held/")
    arrives(Letter("The scanner of the archive", "Please help.\n\nRory", STRANGER))
    page.locator("[data-held]", has_text="The scanner of the archive").first.click()
    expect(page.locator(".hsubject")).to_have_text("The scanner of the archive")
    page.get_by_label("Another account").fill("Halden")
    page.get_by_label("Another account").press("Enter")
    page.get_by_role("radio", name="Halden Shipping").check()
    page.get_by_role("radio", name="A new contact of the account").check()
    page.locator(".hsubject").click()
    press(page, "m")
    expect(page.locator("#casehead h1")).to_have_text("The scanner of the archive")
    expect(page.get_by_role("complementary")).to_contain_text("Rory Vance")


def test_held_mail_is_answered_and_ended(window: Window, arrives: Arrives) -> None:
    page = window("sam")
    page.goto("/held/")
    arrives(Letter("Do you print calendars", "Do you?", ANOTHER))
    page.locator("[data-held]", has_text="Do you print calendars").first.click()
    expect(page.locator(".hsubject")).to_have_text("Do you print calendars")
    press(page, "r")
    expect(page.get_by_label("Answer to the sender")).to_be_focused()
    page.get_by_label("Answer to the sender").fill("We do not print calendars.")
    page.get_by_role("button", name="Send and end it").click()
    page.goto("/held/decided/")
    page.locator("[data-held]", has_text="Do you print calendars").first.click()
    expect(page.locator(".htold")).to_contain_text("We do not print calendars.")


def test_the_desk_is_worked_by_keys_alone(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    letter = question("Only by keys", sender=INGRID)
    case_of(page, letter)
    press(page, "u")
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    for key, path in (
        ("h", "**/held/"),
        ("k", "**/accounts/"),
        ("s", "**/sent/"),
        ("u", "**/unassigned/"),
    ):
        press(page, "g")
        press(page, key)
        page.wait_for_url(path)
        page.wait_for_load_state("load")
    rows = page.locator(".qrow")
    press(page, "j")
    press(page, "j")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    press(page, "k")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    press(page, "?")
    expect(page.locator("#shortcuts")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#shortcuts")).not_to_be_visible()
    press(page, "/")
    types(page, title(letter))
    press(page, "Enter")
    page.wait_for_url("**/search/**")
    page.wait_for_load_state("load")
    press(page, "j")
    press(page, "Enter")
    expect(page.locator("#casehead h1")).to_have_text(title(letter))
    press(page, "r")
    types(page, "Answered without a mouse.")
    press(page, "Control+Enter")
    told(page, "Your answer is on its way.")
    press(page, "c")
    page.wait_for_url("**/cases/new/")

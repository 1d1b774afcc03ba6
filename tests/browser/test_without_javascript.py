"""All that an agent must do, in a browser where no script runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.letters import GRACE, Letter, question, stranger, title

pytestmark = pytest.mark.needs("chromium")
STRANGER = stranger("Nadia Brook")


def _reads(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def _opened(page: Page, letter: Letter, path: str = "/unassigned/") -> None:
    """Look again until the letter is there; nothing comes in by itself."""
    for _ in range(60):
        page.goto(path)
        row = page.get_by_role("link", name=title(letter) or letter.subject).first
        if row.is_visible():
            row.click()
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{letter.subject} never came")


def test_a_case_is_worked_by_forms_alone(
    window: Window, arrives: Callable[[Letter], Letter]
) -> None:
    page = window("sam", java_script_enabled=False)
    first, second = question("No script here", sender=GRACE), question("Nor there", sender=GRACE)
    arrives(first)
    arrives(second)
    _opened(page, second)
    kept = page.url.rstrip("/").rpartition("/")[2]
    _opened(page, first)
    page.get_by_role("button", name="Take it").click()
    _reads(page, "Sam Okafor")
    page.get_by_role("link", name="Internal note").click()
    page.locator("#text-note").fill("A note without scripts.")
    page.get_by_role("button", name="Add the note").click()
    _reads(page, "A note without scripts.")
    page.locator("#text-reply").fill("An answer without scripts.")
    page.get_by_role("button", name="Send and wait for customer").click()
    _reads(page, "An answer without scripts.")
    _reads(page, "Waiting for customer")

    for words, fields, button, done in (
        ("Change the priority", {"Why": "It hurts."}, "Change it", "P4 Low"),
        ("Rename", {"Title": "Renamed by a form"}, "Rename", "Renamed by a form"),
        ("Link with another case", {"Reference of the other case": kept}, "Link", "Nor there"),
        ("Merge into another case", {"Reference of the other case": kept}, "Merge", "Merged into"),
    ):
        page.get_by_label("More actions").click()
        page.locator(".casehead .menu__list").get_by_text(words, exact=True).click()
        if words == "Change the priority":
            page.get_by_label("Priority").select_option("P4")
        for label, value in fields.items():
            page.get_by_label(label).fill(value)
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator("body")).to_contain_text(done)
    page.get_by_role("button", name="Undo the merge").click()
    page.get_by_role("link", name="Copy somebody").click()
    page.get_by_label("E-mail address").fill("ben.sorrell@pinewell.example")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".people")).to_contain_text("ben.sorrell@pinewell.example")
    page.get_by_role("button", name="Stop copying ben.sorrell@pinewell.example").click()
    expect(page.locator(".people")).not_to_contain_text("ben.sorrell@pinewell.example")


def test_held_mail_becomes_a_case_by_forms_alone(
    window: Window, arrives: Callable[[Letter], Letter]
) -> None:
    page = window("sam", java_script_enabled=False)
    _opened(page, arrives(Letter("Our printer writes to you", sender=STRANGER)), "/held/")
    page.get_by_label("Another account").fill("Pinewell")
    page.locator("main").get_by_role("button", name="Search").click()
    page.get_by_role("radio", name="Pinewell Credit Union").check()
    page.get_by_role("radio", name="A new contact of the account").check()
    page.get_by_role("button", name="Make the case").click()
    expect(page.locator("#casehead")).to_contain_text("Our printer writes to you")
    page.goto(f"/contacts/?q={STRANGER.address}")
    _reads(page, "Nadia Brook")


def test_search_new_case_and_the_way_around(window: Window) -> None:
    page = window("sam", java_script_enabled=False)
    page.goto("/cases/new/?find=Halden")
    page.get_by_label("Title").fill("Asked on the quay")
    page.get_by_label("What they ask").fill("A new mailbox for the mate.")
    page.get_by_role("button", name="Open the case").click()
    _reads(page, "A new mailbox for the mate.")
    page.goto("/more/")
    _reads(page, "Held intake")

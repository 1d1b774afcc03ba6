"""Writing on a case: taken back in time, pictures in the text, names, who is here, commands."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.letters import GRACE, INGRID, Letter, question
from tests.browser.pages import press, told, types, write

pytestmark = pytest.mark.needs("chromium")
CaseOf = Callable[[Page, Letter], str]
#: A picture of one point.
_POINT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
_PASTE = """(text, point) => {
    const bytes = Uint8Array.from(atob(point), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
    const event = { clipboardData: data, bubbles: true, cancelable: true };
    text.dispatchEvent(new ClipboardEvent('paste', event));
}"""


def test_an_answer_is_taken_back_by_one_key_and_sent_when_it_is_not(
    window: Window, case_of: CaseOf
) -> None:
    page = window("sam")
    case_of(page, question("Too fast", sender=INGRID))
    write(page, "An answer sent too fast.")
    page.locator("#text-reply").press("Control+Enter")
    waits = page.locator(".msg--waits", has_text="An answer sent too fast.")
    expect(waits).to_contain_text("Goes out in")
    press(page, "z")
    told(page, "It was not sent.")
    expect(page.locator("#text-reply")).to_have_value("An answer sent too fast.")
    expect(page.locator("#text-reply")).to_be_focused()
    expect(waits).to_have_count(0)
    page.locator("#text-reply").press("Control+Enter")
    sent = page.locator(".msg--out:not(.msg--waits)", has_text="An answer sent too fast.")
    expect(sent).to_be_visible()
    expect(page.locator("#casehead")).to_contain_text("Waiting")


def test_a_picture_is_pasted_a_file_removed_and_both_survive_a_crash(
    window: Window, case_of: CaseOf, scratch: Path
) -> None:
    page = window("sam")
    address = case_of(page, question("Where to press", sender=GRACE))
    text = page.locator("#text-reply")
    text.fill("Press here:")
    text.evaluate(f"(text) => ({_PASTE})(text, '{_POINT}')")
    expect(text).to_have_value(re.compile(r"Press here:\n\[image: screenshot-\d+\.png\]"))
    for name in ("keep.txt", "remove.txt"):
        (scratch / name).write_text(name)
    box = page.locator("#write-reply")
    box.locator("input[type=file]").set_input_files([scratch / "keep.txt", scratch / "remove.txt"])
    expect(box.locator(".pick input[name=kept]")).to_have_count(3)
    box.locator(".pick", has_text="remove.txt").get_by_role("button").click()
    expect(box.locator(".pick")).to_have_count(2)
    expect(box.locator("[data-saved]")).to_contain_text("Draft kept")
    page.goto("about:blank")

    again = window("sam")
    again.goto(address)
    expect(again.locator("#write-reply .pick", has_text="keep.txt")).to_be_visible()
    expect(again.locator("#text-reply")).to_have_value(re.compile("Press here"))
    again.locator("#text-reply").press("Control+Enter")
    said = again.locator(".msg--out:not(.msg--waits)", has_text="Press here:")
    expect(said.locator(".words img")).to_be_visible()
    expect(said.get_by_role("link", name=re.compile("keep.txt"))).to_be_visible()
    expect(said.locator(".words img")).to_have_js_property("naturalWidth", 1)


def test_colleagues_see_each_other_and_are_named_by_keys(window: Window, case_of: CaseOf) -> None:
    sam, imogen = window("sam"), window("imogen")
    address = case_of(sam, question("Two of us are here", sender=INGRID))
    imogen.goto(address)
    expect(imogen.locator("#here")).to_contain_text("Sam is looking")
    expect(sam.locator("#here")).to_contain_text("Imogen is looking")
    press(sam, "n")
    types(sam, "Do you know this, @imo")
    expect(sam.get_by_role("option", name=re.compile("^Imogen"))).to_be_visible()
    expect(imogen.locator("#here")).to_contain_text("Sam is writing")
    press(sam, "Enter")
    expect(sam.locator("#text-note")).to_have_value(re.compile(r"@Imogen \w+ $"))
    press(sam, "Control+Enter")
    expect(sam.locator(".mention")).to_contain_text("@Imogen")
    imogen.goto("/notices/")
    expect(imogen.locator(".notices")).to_contain_text("mentioned you in a note")


def test_everything_is_done_from_the_commands(window: Window, case_of: CaseOf) -> None:
    page = window("sam")
    case_of(page, question("By commands", sender=GRACE))
    press(page, "Control+k")
    palette = page.locator("#palette")
    expect(palette.get_by_role("option", name=re.compile("^Take it"))).to_be_visible()
    types(page, "change the pri")
    expect(palette.get_by_role("option").first).to_contain_text("Change the priority")
    press(page, "Enter")
    expect(page.locator("dialog#ask")).to_contain_text("P1 is made by telephone only.")
    press(page, "Escape")
    press(page, "Control+k")
    types(page, "take it")
    press(page, "Enter")
    told(page, "The case is yours.")
    press(page, "Control+k")
    types(page, "halden")
    palette.get_by_role("option", name=re.compile("Halden")).first.wait_for()
    press(page, "Escape")
    expect(palette).to_be_hidden()
    press(page, "y")
    expect(page.locator("#thread")).to_have_attribute("data-only", "messages")
    press(page, "y")
    expect(page.locator("#thread")).not_to_have_attribute("data-only", "messages")

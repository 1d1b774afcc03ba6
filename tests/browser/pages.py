"""What a person does on the pages, in one line each."""

from playwright.sync_api import Page, expect


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by password and arrive at the queue."""
    page.goto("/sign-in/")
    fill_sign_in(page, email, password)
    expect(page.get_by_role("heading", name="Needs us")).to_be_visible()


def enter_portal(page: Page, email: str, password: str) -> None:
    """Sign in to the portal by password, as a contact."""
    page.goto("/support/sign-in/")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("summary.pme__who")).to_be_visible()


def fill_sign_in(page: Page, email: str, password: str) -> None:
    """Fill in and send the form of the sign-in page."""
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, once the page's scripts hear them: no person is faster."""
    page.wait_for_load_state("load")
    for key in keys:
        page.keyboard.press(key)


def types(page: Page, text: str) -> None:
    """Type where the cursor is, once it is in a field and the page's scripts hear it."""
    page.wait_for_load_state("load")
    page.wait_for_function("document.activeElement?.matches('input, textarea, select')")
    page.keyboard.type(text)


def write(page: Page, text: str, *, note: bool = False) -> None:
    """Write into the box for answers, or for notes."""
    if note:
        press(page, "n")
    page.locator(".composer:not([hidden]) textarea").fill(text)


def more(page: Page, words: str) -> None:
    """Choose something under “More actions”."""
    page.wait_for_load_state("load")
    page.get_by_label("More actions").click()
    page.locator(".casehead .menu__list").get_by_text(words, exact=True).click()


def told(page: Page, words: str) -> None:
    """The page says these words in a notice, and is ready for what comes next."""
    expect(page.locator("#toasts")).to_contain_text(words)
    page.wait_for_load_state("load")

"""The pictures of the user's guide, made from the demo: ``make screenshots``.

Each picture is one line of a table: its name, whose window it is, and how to get there.
"""

import argparse
import base64
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.browser.desk import CONTACTS, PEOPLE, Desk
from tests.browser.pages import enter_portal, sign_in

PICTURES = Path(__file__).parents[2] / "docs" / "guide" / "pictures"
WIDE, PHONE = (1440, 900), (390, 844)
#: Good enough for letters on a screen, and a third of the size of a PNG.
_QUALITY = 82


def at(path: str) -> Callable[[Page], None]:
    """Go to this address."""
    return lambda page: _go(page, path)


def opened(path: str, words: str) -> Callable[[Page], None]:
    """Follow the link with these words on the page at this address."""

    def go(page: Page) -> None:
        _go(page, path)
        address = page.get_by_role("link", name=words).first.get_attribute("href")
        _go(page, str(address))

    return go


def pressed(path: str, *keys: str) -> Callable[[Page], None]:
    """Go to this address and press keys there."""

    def go(page: Page) -> None:
        _go(page, path)
        for key in keys:
            page.keyboard.press(key)

    return go


def typed(path: str, text: str) -> Callable[[Page], None]:
    """Go to this address and type; what is suggested is on the picture."""

    def go(page: Page) -> None:
        _go(page, path)
        page.keyboard.type(text)
        page.locator("#suggestions").wait_for()

    return go


def answering(page: Page) -> None:
    """Half of an answer on a case."""
    opened("/open/", "Outbound mail to two partners")(page)
    page.keyboard.press("r")
    page.keyboard.type("Hello Priya, the address that Stanton see had lost its name on Saturday.")
    page.wait_for_timeout(1500)


def sent_off(page: Page) -> None:
    """An answer that can still be taken back; it is taken back for the next picture."""
    opened("/open/", "Outbound mail to two partners")(page)
    page.keyboard.press("r")
    page.locator("#text-reply").fill(
        "Hello Priya, the address that Stanton see had lost its name on Saturday. It has it again."
    )
    page.locator("#text-reply").press("Control+Enter")
    page.locator(".msg--waits").wait_for()


def forwarding(page: Page) -> None:
    """A message on its way to somebody outside."""
    opened("/open/", "Outbound mail to two partners")(page)
    if page.locator(".msg--waits").count():
        page.keyboard.press("z")
        page.locator("#text-reply:focus").wait_for()
        page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.locator("#write-forward input[name=to]").fill("postmaster@stanton.example")
    page.locator("#text-forward").fill("Could you look whether your filter defers these?")


def beside(page: Page) -> None:
    """What stands beside a case: fields, a checklist, time."""
    CASE(page)
    page.locator("#beside .ticks").first.wait_for()
    page.locator("#beside").evaluate("e => e.querySelector('.sect').scrollIntoView()")


def splitting(page: Page) -> None:
    """The question before a case is split."""
    CASE(page)
    page.keyboard.press("S")
    page.locator("#ask input[name=title]").fill("Reverse DNS of the Docklands pool")
    page.locator("#ask input[name=messages]").last.check()


def commands(page: Page) -> None:
    """The commands on a case, after two letters."""
    opened("/open/", "Outbound mail to two partners")(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("re")
    page.wait_for_timeout(900)


def incident(page: Page) -> None:
    """An incident with its likely cases and an update; made when the list has none yet."""
    _go(page, "/incidents/")
    if not page.locator(".hotrow").count():
        _go(page, "/incidents/new/")
        page.get_by_label("Title").fill("Outbound mail to some partners is deferred")
        page.get_by_label("Service").fill("Mail gateway")
        known = "Two of four relays in London stopped taking mail at 08:40. Queued mail is kept."
        page.get_by_label("What is known").fill(known)
        page.get_by_role("button", name="Declare it").click()
        page.get_by_role("button", name="Link those ticked").click()
        news = "We have found the cause. Your queued mail is kept and goes out within the hour."
        page.get_by_label("What customers read").fill(news)
        page.get_by_label("The work is").select_option(label="Cause found")
        page.get_by_role("button", name="Preview").click()
        page.locator("button[value=send]").click()
        page.get_by_text("Every case has it").wait_for()
        _go(page, "/incidents/")
    _go(page, str(page.locator(".hotrow").first.get_attribute("href")))


def finding(page: Page) -> None:
    """What a few letters find, below the search box beside every page."""
    _go(page, "/")
    page.keyboard.press("/")
    page.keyboard.type("bra")
    page.locator("#rail-found [role=option]").first.wait_for()
    page.wait_for_timeout(400)


def building(page: Page) -> None:
    """The form of a view, filled in."""
    opened("/views/", "High and nobody's")(page)
    page.keyboard.press("f")
    page.wait_for_timeout(1500)


@dataclass(frozen=True)
class Picture:
    """One picture: how to get to what it shows, in whose window, how wide and in which light."""

    name: str
    go: Callable[[Page], None]
    who: str = "sam"
    size: tuple[int, int] = WIDE
    dark: bool = False


CASE = opened("/open/", "Outbound mail to two partners")
ACCOUNT = opened("/accounts/", "Brass & Foundry Ltd")
PORTAL_CASE = opened("/support/cases/?show=all", "Outbound mail to two partners")
EVERY = [
    Picture("sign-in", at("/sign-in/"), ""),
    Picture("sign-in-forgotten", at("/password/forgotten/"), ""),
    Picture("security", at("/me/security/"), "sam"),
    Picture("sessions", at("/me/sessions/")),
    Picture("queue", pressed("/", "j")),
    Picture("queue-dark", pressed("/", "j"), dark=True),
    Picture("queue-phone", at("/"), size=PHONE),
    Picture("closed", at("/closed/"), "imogen"),
    Picture("queue-selected", pressed("/open/", "j", "j", "j", "x", "j", "j", "X")),
    Picture("views", at("/views/"), "tomas"),
    Picture("view-build", building, "tomas"),
    Picture("view", opened("/views/", "High and nobody's")),
    Picture("tags", at("/settings/tags/"), "imogen"),
    Picture("shortcuts", pressed("/", "?")),
    Picture("search", at("/search/?q=policy")),
    Picture("search-found", finding),
    Picture("search-suggestions", typed("/search/", "policy is:open account:br")),
    Picture("tokens", at("/me/tokens/")),
    Picture("api", at("/api/v1/"), ""),
    Picture("notices", at("/notices/")),
    Picture("notices-mail", at("/notices/mail/")),
    Picture("more-phone", at("/more/"), size=PHONE),
    Picture("case", CASE),
    Picture("case-dark", CASE, dark=True),
    Picture("case-phone", CASE, size=PHONE),
    Picture("case-answer", answering),
    Picture("case-beside", beside),
    Picture("case-split", splitting),
    Picture("case-waiting", sent_off),
    Picture("case-forward", forwarding),
    Picture("commands", commands),
    Picture("commands-dark", commands, dark=True),
    Picture("signature", at("/me/signature/")),
    Picture("new-case", at("/cases/new/")),
    Picture("held", at("/held/")),
    Picture("held-dark", at("/held/"), dark=True),
    Picture("held-phone", at("/held/"), size=PHONE),
    Picture("held-decided", at("/held/decided/")),
    Picture("received", at("/received/")),
    Picture("accounts", at("/accounts/")),
    Picture("account", ACCOUNT),
    Picture("account-phone", ACCOUNT, size=PHONE),
    Picture("contacts", at("/contacts/")),
    Picture("contact", opened("/contacts/", "Priya Raman")),
    Picture("import", at("/accounts/import/"), "imogen"),
    Picture("sent", at("/sent/"), "imogen"),
    Picture("sent-phone", at("/sent/"), "imogen", PHONE),
    Picture("policy", at("/policy/"), "imogen"),
    Picture("policy-targets", at("/policy/targets/"), "imogen"),
    Picture("policy-numbers", at("/policy/numbers/"), "imogen"),
    Picture("packs", at("/policy/packs/"), "imogen"),
    Picture("calendars", at("/policy/calendars/"), "imogen"),
    Picture("calendar", at("/policy/calendars/UK/"), "imogen"),
    Picture("routing", at("/policy/teams/"), "imogen"),
    Picture("people", at("/settings/people/"), "imogen"),
    Picture("hotline", at("/p1/"), "imogen"),
    Picture("on-call", at("/on-call/"), "imogen"),
    Picture("calls", at("/calls/"), "sam"),
    Picture("reports", at("/reports/"), "imogen"),
    Picture("case-types", at("/settings/case-types/"), "imogen"),
    Picture("checklists", at("/settings/checklists/"), "imogen"),
    Picture("mailboxes", at("/settings/mailboxes/"), "imogen"),
    Picture("settings", at("/settings/"), "imogen"),
    Picture("roles", at("/settings/roles/"), "imogen"),
    Picture("person", at("/settings/people/2/"), "imogen"),
    Picture("mailbox", at("/settings/mailboxes/1/"), "imogen"),
    Picture("retention", at("/settings/retention/"), "imogen"),
    Picture("privacy", opened("/settings/privacy/?q=priya", "Priya"), "imogen"),
    Picture("words", at("/settings/words/"), "imogen"),
    Picture("get-support", at("/get-support/?region=UK"), ""),
    Picture("get-support-phone", at("/get-support/?region=UK"), "", PHONE),
    Picture("portal-sign-in", at("/support/sign-in/"), ""),
    Picture("portal-home", at("/support/"), "priya"),
    Picture("portal-home-dark", at("/support/"), "priya", dark=True),
    Picture("portal-cases", at("/support/cases/?show=all"), "priya"),
    Picture("portal-case", PORTAL_CASE, "priya"),
    Picture("portal-case-phone", PORTAL_CASE, "priya", PHONE),
    Picture("portal-account", at("/support/account/"), "priya"),
    Picture("portal-card", at("/support/account/card/"), "priya"),
    Picture("words-edit", opened("/settings/words/", "cknowledge"), "imogen"),
    Picture("incident", incident, "imogen"),
    Picture("incident-phone", incident, "imogen", PHONE),
    Picture("incidents", at("/incidents/"), "imogen"),
]


def _go(page: Page, path: str) -> None:
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} answered {answer.status if answer else 'nothing'}")


class Camera:
    """Windows of a browser, one for each person, size and light."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._known: dict[str, object] = {}
        self._windows: dict[tuple[object, ...], Page] = {}

    def take(self, picture: Picture, folder: Path, *, png: bool) -> Path:
        """Make the picture; its file."""
        page = self._window(picture)
        picture.go(page)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(250)
        file = folder / f"{picture.name}.{'png' if png else 'webp'}"
        form = {"format": "png"} if png else {"format": "webp", "quality": _QUALITY}
        taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", form)
        file.write_bytes(base64.b64decode(taken["data"]))
        return file

    def _window(self, picture: Picture) -> Page:
        key = (picture.who, picture.size, picture.dark)
        if key not in self._windows:
            context = self._browser.new_context(
                base_url=self._address,
                viewport={"width": picture.size[0], "height": picture.size[1]},
                color_scheme="dark" if picture.dark else "light",
                reduced_motion="reduce",
                storage_state=self._who(picture.who),  # type: ignore[arg-type]  # as Playwright gave it
            )
            self._windows[key] = context.new_page()
        return self._windows[key]

    def _who(self, who: str) -> object:
        if who and who not in self._known:
            context = self._browser.new_context(base_url=self._address)
            if who in CONTACTS:
                enter_portal(context.new_page(), *CONTACTS[who])
            else:
                sign_in(context.new_page(), *PEOPLE[who])
            self._known[who] = context.storage_state()
            context.close()
        return self._known.get(who)


@contextmanager
def _desk(address: str) -> Iterator[str]:
    """The address of a running desk, or of the demo in a folder of its own until the end."""
    if address:
        yield address
        return
    with tempfile.TemporaryDirectory() as folder:
        running = Desk(Path(folder))
        try:
            yield running.start().address
        finally:
            running.stop()


def main(words: list[str]) -> None:
    """Make all pictures, or those whose names are given."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=main.__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--address", default="", help="a demo that runs already")
    parser.add_argument("--to", type=Path, default=PICTURES, help="the folder for the pictures")
    parser.add_argument("--png", action="store_true", help="PNG, larger than WebP")
    chosen = parser.parse_args(words)
    chosen.to.mkdir(parents=True, exist_ok=True)
    with _desk(chosen.address) as address, chromium() as browser:
        camera = Camera(browser, address)
        for picture in EVERY:
            if not chosen.names or picture.name in chosen.names:
                file = camera.take(picture, chosen.to, png=chosen.png)
                print(f"{file.name:24} {file.stat().st_size / 1024:6.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])

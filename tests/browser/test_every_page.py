"""Every page: readable by everybody, in light and dark, on every width; and only to whom it is."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.crawl import every_page, kind

pytestmark = pytest.mark.needs("chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Pages that a crawl must meet; were one missing, nothing leads there any more.
EXPECTED = {
    "/", "/mine/", "/unassigned/", "/open/", "/closed/", "/waiting/", "/engineering/",
    "/notices/", "/held/", "/held/decided/", "/received/", "/held/*/", "/cases/*/", "/cases/new/",
    "/accounts/", "/accounts/*/", "/contacts/", "/contacts/*/", "/sent/", "/sent/*/",
    "/policy/", "/policy/targets/", "/policy/numbers/", "/policy/packs/", "/policy/packs/*/",
    "/policy/calendars/", "/policy/calendars/*/", "/settings/",
    "/settings/people/", "/settings/people/*/",
    "/settings/mailboxes/", "/settings/mailboxes/*/", "/settings/words/", "/settings/words/*/",
    "/settings/roles/", "/settings/roles/new/", "/settings/retention/", "/settings/privacy/",
    "/me/security/", "/me/sessions/", "/me/password/",
}  # fmt: skip


def troubles(page: Page, path: str) -> list[str]:
    """What is wrong with a page for those who see, hear or hold it differently."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(path)
    complete(page)
    found = [f"light: {said}" for said in _broken(page, {"type": "tag", "values": RULES})]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark: {s}" for s in _broken(page, {"type": "rule", "values": ["color-contrast"]})]
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            found.append(f"{over} px too wide at {width}")
    return [f"{path}: {said}" for said in found]


def complete(page: Page) -> None:
    """Wait for what the page asks for once it is there, so that it is looked at, too."""
    expect(page.locator(".htmx-request")).to_have_count(0)


def _broken(page: Page, only: dict[str, object]) -> list[str]:
    """Rules that the page breaks, and where; axe is brought in once a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": only, "resultTypes": ["violations"]}
    answer = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']} at {', '.join(str(node['target'][0]) for node in rule['nodes'][:4])}"
        for rule in answer["violations"]
    ]


def test_every_page_is_for_everybody(window: Window) -> None:
    page = window("imogen")
    pages = every_page(page)
    failed = [f"{path}: {answer.status}" for path, answer in pages.items() if not answer.ok]
    assert failed == []
    assert EXPECTED - {kind(path) for path in pages} == set()
    shown = [
        path for path, answer in pages.items() if "text/html" in answer.headers["content-type"]
    ]
    assert [said for path in shown for said in troubles(page, path)] == []


def test_pages_before_signing_in_are_for_everybody(window: Window) -> None:
    page = window()
    pages = every_page(page, "/sign-in/")
    assert {kind(path) for path in pages} >= {"/sign-in/", "/password/forgotten/"}
    assert [said for path in pages for said in troubles(page, path)] == []


def test_each_role_sees_its_own_pages(window: Window) -> None:
    of_admin = every_page(window("imogen"))
    lead, agent = window("tomas"), window("sam")
    of_lead, of_agent = every_page(lead), every_page(agent)
    for own in (of_lead, of_agent):
        assert [path for path, answer in own.items() if not answer.ok] == []
        assert [path for path in own if path.startswith("/settings/")] == ["/settings/"]
    assert {kind(path) for path in of_agent} < {kind(path) for path in of_admin}
    for path in of_admin.keys() - of_agent.keys():
        status = agent.context.request.get(path).status
        assert status in {200, 403, 404}, f"{path} answers an agent with {status}"
        if path.startswith("/settings/") or path == "/accounts/import/":
            assert status == 403, f"{path} is shown to an agent"
    for path in ("/settings/people/", "/settings/mailboxes/", "/settings/words/"):
        assert lead.context.request.get(path).status == 403


def open_cases(page: Page) -> set[str]:
    """Addresses of all open cases that the person may see, from the first list to the last."""
    found, there = set[str](), "/open/"
    while there:
        text = page.context.request.get(there).text()
        found |= set(re.findall(r"/cases/\d+/", text))
        older = re.search(r'href="(/open/\?[^"]*after=[^"]*)"', text)
        there = older[1].replace("&amp;", "&") if older else ""
    return found


def test_the_offshore_wall_holds_by_address_list_and_search(window: Window) -> None:
    mei, sam = window("mei"), window("sam")
    theirs = open_cases(sam)
    walled = sorted(open_cases(mei) - theirs)
    assert len(walled) >= 1
    for path in walled:
        case = mei.context.request.get(path).text()
        title = re.findall(r"<h1>(.*?)</h1>", case)[0]
        behind = set(re.findall(r"/(?:attachments|messages)/\d+/(?:raw/|html/)?", case)) | {path}
        for address in behind:
            assert mei.context.request.get(address).ok
            assert sam.context.request.get(address).status == 404, address
        assert title in mei.context.request.get("/search/", params={"q": title}).text()
        found = sam.context.request.get("/search/", params={"q": title}).text()
        assert path not in found

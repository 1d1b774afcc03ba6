"""Mail that means harm: nothing of it runs, and nothing is asked of another server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.chromium import Watch
from tests.browser.conftest import Window
from tests.browser.letters import PRIYA, Customer, Letter, question

pytestmark = pytest.mark.needs("chromium")
AWAY = "http://tracker.example"
HTML = f"""<html><head><base href="{AWAY}/"><meta http-equiv="refresh" content="0;url={AWAY}/gone">
<link rel="stylesheet" href="{AWAY}/a.css"><style>@import url({AWAY}/b.css);
body {{ background: url({AWAY}/c.png) }}</style><script>alert(1)</script></head>
<body onload="alert(2)" background="{AWAY}/d.png"><p>The words of the mail.</p>
<img src="{AWAY}/pixel.png" onerror="alert(3)" srcset="{AWAY}/e.png 2x"><img src=x onerror=alert(4)>
<svg onload="alert(5)"><script>alert(6)</script><image href="{AWAY}/f.png"/></svg>
<iframe src="{AWAY}/g"></iframe><object data="{AWAY}/h"></object><embed src="{AWAY}/i">
<video src="{AWAY}/j" poster="{AWAY}/k" autoplay></video><audio src="{AWAY}/l" autoplay></audio>
<form action="{AWAY}/m"><input autofocus onfocus="alert(7)"><button>Sign in</button></form>
<a id="trap" href="javascript:alert(8)">click</a><div style="background:url({AWAY}/n.png)">x</div>
<math><mtext><table><mglyph><style><img src=x onerror=alert(9)></style></mglyph></table></mtext>
</math><template><img src=x onerror=alert(10)></template></body></html>"""
TEXT = "<script>alert('text')</script> <img src=x onerror=alert(11)> javascript:alert(12)"
MALLORY = Customer('"><svg onload=alert(13)>', "mallory@elsewhere.example", "", "")


def _asked_of_others(page: Page) -> list[str]:
    """What this window asks of the other server from now on."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.context.route(f"{AWAY}/**", refuse)
    return asked


def _nothing_ran(page: Page) -> None:
    """The browser complained of nothing but pictures that it could or would not load."""
    watch: Watch = page.watch  # type: ignore[attr-defined]  # ours, on the page
    pictures = ("Loading the image", "status of 404")
    assert [s for s in watch.complaints if not any(words in s for words in pictures)] == []
    watch.complaints.clear()
    watch.strangers.clear()


def _opens_quietly(page: Page) -> None:
    """Open every fold of the message; the formatted mail shows its words and loads nothing."""
    page.locator(".original summary").first.click()
    frame = page.frame_locator(".original iframe").first
    expect(frame.get_by_text("The words of the mail.")).to_be_visible()
    expect(frame.locator("script, iframe, object, embed, form, svg, video")).to_have_count(0)
    for harm in ("starts-with(name(), 'on')", "contains(., 'javascript:')"):
        expect(frame.locator(f"xpath=//*[@*[{harm}]]")).to_have_count(0)
    page.wait_for_timeout(300)


def test_a_case_made_of_hostile_mail(
    window: Window, case_of: Callable[[Page, Letter], str]
) -> None:
    page = window("sam")
    asked = _asked_of_others(page)
    letter = question("</title><script>alert(14)</script> <b>bold</b>", text=TEXT, html=HTML)
    letter.files = {'"><img src=x onerror=alert(15)>.html': b"<script>alert(16)</script>"}
    case_of(page, letter)
    expect(page.locator(".msg .words").first).to_contain_text(TEXT)
    _opens_quietly(page)
    file = page.locator(".files a").first.get_attribute("href")
    answer = page.context.request.get(str(file))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    page.goto("/search/?q=alert")
    expect(page.locator(".qrow").first).to_be_visible()
    page.goto("/search/?q=%22%3E%3Cscript%3Ealert(17)%3C/script%3E")
    assert asked == []
    _nothing_ran(page)


def test_a_held_item_of_hostile_mail(window: Window, arrives: Callable[[Letter], Letter]) -> None:
    page = window("sam")
    asked = _asked_of_others(page)
    page.goto("/held/")
    arrives(Letter("<img src=x onerror=alert(18)> Held", TEXT, MALLORY, html=HTML))
    page.get_by_text("onerror=alert(18)").first.click()
    expect(page.locator(".hsubject")).to_contain_text("<img src=x")
    _opens_quietly(page)
    assert asked == []
    _nothing_ran(page)


def test_pictures_of_other_servers_load_when_asked(
    window: Window, case_of: Callable[[Page, Letter], str]
) -> None:
    page = window("sam")
    asked = _asked_of_others(page)
    html = f'<p>The words of the mail.</p><img src="{AWAY}/logo.png" alt="Logo">'
    case_of(page, question("Pictures elsewhere", sender=PRIYA, html=html))
    page.locator(".original summary").first.click()
    expect(page.frame_locator(".original iframe").get_by_alt_text("Logo")).to_be_visible()
    assert asked == []
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Load images from other servers").click()
    assert asked == [f"{AWAY}/logo.png"]
    page.watch.strangers.clear()  # type: ignore[attr-defined]  # ours, on the page
    page.watch.complaints.clear()  # type: ignore[attr-defined]  # ours, on the page

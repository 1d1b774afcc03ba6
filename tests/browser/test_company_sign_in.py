"""A company's own sign-in, in a real browser: set up by its administrator, used by a colleague."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Window
from tests.browser.desk import CONTACTS
from tests.browser.test_portal_door import sign_in
from tests.web.portal import providers

pytestmark = pytest.mark.needs("chromium")
OWEN = "owen.clarke@brassfoundry.example"


@pytest.fixture(autouse=True)
def _switched_off_again(window: Window) -> Iterator[None]:
    """The demo's contacts sign in as before when the test is over."""
    yield
    page = window()
    sign_in(page, *CONTACTS["priya"])
    page.goto("/support/contacts/company/")
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_role("button", name="Switch it off")).to_have_count(0)


def set_up(page: Page, kind: str, given: dict[str, str]) -> None:
    sign_in(page, *CONTACTS["priya"])
    page.goto("/support/contacts/")
    page.goto(f"/support/contacts/company/?kind={kind}")
    for label, value in given.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name="What your identity provider needs")).to_be_visible()


def leave_for_the_company(page: Page, provider: str) -> None:
    page.watch.hosts.add(urlsplit(provider).netloc)  # type: ignore[attr-defined]  # ours, on the page
    # The provider's own page wants a style sheet from elsewhere; it gets an empty one.
    page.route("**/*.css", _styled)
    page.goto("/support/sign-in/")
    page.get_by_role("link", name="company").click()
    page.get_by_label("Work e-mail").fill(OWEN)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name=re.compile("Continue to 127.0.0.1")).click()
    expect(page).to_have_url(re.compile(re.escape(provider)))


def _styled(route: Route) -> None:
    page, address = route.request.frame.page, route.request.url
    if address not in page.watch.strangers:  # type: ignore[attr-defined]  # ours, on the page
        route.fallback()
        return
    page.watch.strangers.remove(address)  # type: ignore[attr-defined]  # ours, on the page
    route.fulfill(body="", content_type="text/css", headers={"Access-Control-Allow-Origin": "*"})


def arrived(page: Page) -> None:
    expect(page).to_have_url(re.compile("/support/$"))
    page.locator("summary.pme__who").click()
    expect(page.locator("details[open]").filter(has_text="Owen Clarke").first).to_be_visible()


def test_openid_connect_from_set_up_to_signed_in(window: Window) -> None:
    user = {"sub": "owen", "email": OWEN, "email_verified": True}
    with providers.openid(user) as provider:
        given = {"Issuer address": provider, "Client ID": "desk", "Client secret": "a-secret"}
        set_up(window(), "oidc", given)
        page = window()
        leave_for_the_company(page, provider)
        page.get_by_role("button", name="owen").click()
        arrived(page)


def test_saml_from_set_up_to_signed_in(window: Window) -> None:
    with providers.saml() as provider:
        given = {
            "Entity ID of your identity provider": provider.entity,
            "Sign-in address": provider.address,
            "Signing certificate": provider.certificate,
        }
        set_up(window(), "saml", given)
        provider.email = OWEN
        page = window()
        leave_for_the_company(page, provider.address)
        page.get_by_role("button", name="Go on").click()
        arrived(page)

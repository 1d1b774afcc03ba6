"""Contacts at the portal's door: by link, passkey, password and keyboard; running their list."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.desk import Desk
from tests.browser.pages import press, types

pytestmark = pytest.mark.needs("chromium")
#: An account administrator, somebody who sees their own cases only, and a partner's contact.
PRIYA = ("priya.raman@brassfoundry.example", "amber-harvest-31")
OWEN = "owen.clarke@brassfoundry.example"
TARIQ = ("tariq@kestrelit.example", "falcon-ledger-75")


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/support/sign-in/")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in_link(desk: Desk, email: str) -> str:
    """What the operator hands out while the desk sends no mail."""
    return desk.run("contact", "sign-in-link", email).strip().splitlines()[-1]


def test_a_link_signs_in_and_a_passkey_does_from_then_on(window: Window, desk: Desk) -> None:
    page = window()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(sign_in_link(desk, "rosa@northlightopera.example"))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.goto("/support/security/")
    page.locator("li", has_text="Passkeys").get_by_role("link", name="Add").click()
    expect(page).not_to_have_url(re.compile("/support/security/$"))
    if "/me/again/" in page.url:
        page.get_by_label("Password").fill("velvet-overture-64")
        page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.locator("main")).not_to_contain_text("Add Security Key")
    page.goto("/support/security/")
    page.locator("summary.pme__who").click()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/support/$"))


def test_a_wrong_password_says_nothing_and_keeps_the_address(window: Window) -> None:
    page = window(width=390)
    sign_in(page, PRIYA[0], "not-the-password")
    expect(page.get_by_role("alert")).to_contain_text("does not match")
    expect(page.get_by_label("Work e-mail")).to_have_value(PRIYA[0])
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_administrator_runs_the_list_without_javascript(window: Window) -> None:
    page = window(java_script_enabled=False)
    sign_in(page, *PRIYA)
    page.goto("/support/contacts/")
    name = f"Nia {uuid.uuid4().hex[:6]}"
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Work e-mail").fill(f"{uuid.uuid4().hex[:8]}@brassfoundry.example")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text(f"{name} is invited.")
    row = page.locator(".crew li", has_text=name)
    expect(row).to_contain_text("Invited, not here yet")
    row.locator("summary").click()
    row.get_by_role("button", name="Appoint").click()
    expect(page.locator(".crew li", has_text=name)).to_contain_text("designated")
    page.locator(".crew li", has_text=name).locator("summary").click()
    page.locator(".crew li", has_text=name).get_by_role("button", name="Deactivate").click()
    expect(page.get_by_role("status")).to_contain_text("is deactivated and signed out.")
    expect(page.locator(".deeds")).to_contain_text(f"deactivated {name}")


def test_everything_is_reached_by_keyboard_alone(window: Window) -> None:
    page = window()
    page.goto("/support/sign-in/")
    types(page, PRIYA[0])
    press(page, "Tab")
    types(page, PRIYA[1])
    press(page, "Enter")
    expect(page).to_have_url(re.compile("/support/$"))
    page.goto("/support/contacts/")
    menu = page.locator(".crew li", has_text="Owen Clarke").locator("summary")
    for _ in range(40):
        if menu.evaluate("node => node === document.activeElement"):
            break
        press(page, "Tab")
    press(page, "Enter")
    expect(page.get_by_role("button", name="Appoint").first).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("button", name="Appoint").first).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_partner_chooses_whom_they_act_for(window: Window) -> None:
    page = window()
    sign_in(page, *TARIQ)
    expect(page.get_by_role("heading", name="For whom do you act?")).to_be_visible()
    page.get_by_role("button", name="Quillstone Legal LLP").click()
    expect(page).to_have_url(re.compile("/support/$"))
    expect(page.locator(".pme")).to_contain_text("Quillstone Legal LLP")
    page.goto("/support/contacts/")
    expect(page.get_by_role("button", name="Send the invitation")).to_have_count(0)


def test_who_is_no_administrator_sees_the_list_only(window: Window, desk: Desk) -> None:
    page = window()
    page.goto(sign_in_link(desk, OWEN))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.goto("/support/contacts/")
    expect(page.get_by_text("Priya Raman")).to_be_visible()
    expect(page.get_by_role("button", name="Send the invitation")).to_have_count(0)
    page.watch.expected = {403}  # type: ignore[attr-defined]  # ours
    page.goto("/support/contacts/history/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("account administrators")

"""Signing in as people do it: by password, with a code from an app, with a passkey."""

import hashlib
import hmac
import struct
import time
import uuid
from base64 import b32decode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.desk import Desk
from tests.browser.pages import fill_sign_in, sign_in

pytestmark = pytest.mark.needs("chromium")
PASSWORD = "violet-harbour-73"


@pytest.fixture
def colleague(desk: Desk) -> str:
    """The address of somebody new at the desk."""
    email = f"new-{uuid.uuid4().hex[:8]}@larkspur.example"
    words = ("user", "add", email, "--name", "Nora Quist", "--role", "agent", "--password-stdin")
    desk.run(*words, typed=f"{PASSWORD}\n")
    return email


def code(secret: str, *, steps_ago: int = 0) -> str:
    """The six digits that an authenticator app shows for this secret (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 - steps_ago)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def confirm(page: Page) -> None:
    """Type the password again where the page asks for it."""
    if "/me/again/" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()


def sign_out(page: Page) -> None:
    # What the page that is left asks in its last moment belongs to nobody any more.
    page.watch.expected.add(401)  # type: ignore[attr-defined]  # ours, on the page
    page.goto("/more/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()


def test_a_wrong_password_is_refused_and_the_right_one_leads_on(
    window: Window, colleague: str
) -> None:
    page = window()
    page.goto("/held/")
    expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    fill_sign_in(page, colleague, "not-the-password")
    expect(page.get_by_role("alert")).to_be_visible()
    fill_sign_in(page, colleague, PASSWORD)
    expect(page.get_by_role("heading", name="Held intake")).to_be_visible()


def test_a_code_is_set_up_and_then_asked_for(window: Window, colleague: str) -> None:
    page = window()
    sign_in(page, colleague, PASSWORD)
    page.goto("/me/security/app/")
    confirm(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(code(secret, steps_ago=1))
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("main")).to_contain_text("recovery codes", ignore_case=True)
    sign_out(page)
    fill_sign_in(page, colleague, PASSWORD)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign In").click()
    expect(page.locator("main")).to_contain_text("Incorrect code")
    right = code(secret)
    page.get_by_label("Code").fill(right)
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Needs us")).to_be_visible()
    sign_out(page)
    fill_sign_in(page, colleague, PASSWORD)
    page.get_by_label("Code").fill(right)
    page.get_by_role("button", name="Sign In").click()
    expect(page.locator("main")).to_contain_text("Incorrect code")


def test_a_passkey_is_added_and_signs_in_alone(window: Window, colleague: str) -> None:
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
    sign_in(page, colleague, PASSWORD)
    page.goto("/me/security/keys/add/")
    confirm(page)
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.locator("main")).not_to_contain_text("Add Security Key")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Needs us")).to_be_visible()

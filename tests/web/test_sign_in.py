"""Signing in: by password and code, never by making an account, never by guessing."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from heliodesk.channels.models import Outbound
from heliodesk.identity.models import StaffRole
from heliodesk.web.sign_in import MAIL_KIND
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str, next: str = "") -> object:
    return client.post(
        f"/sign-in/?next={next}" if next else "/sign-in/", {"login": email, "password": password}
    )


def test_the_address_signs_in_in_any_case_and_leads_back(client: Client) -> None:
    make.user(email="ines@desk.example", password=make.PASSWORD)
    wanted = client.get("/mine/?after=1~2~3")
    assert wanted["Location"] == "/sign-in/?next=/mine/%3Fafter%3D1~2~3"
    answer = sign_in(client, "Ines@Desk.Example", make.PASSWORD, "/mine/")
    assert answer["Location"] == "/mine/"  # type: ignore[index]  # an answer of Django's client
    assert client.get("/mine/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_it_never_leads_elsewhere(client: Client, elsewhere: str) -> None:
    make.user(email="ines@desk.example", password=make.PASSWORD)
    answer = sign_in(client, "ines@desk.example", make.PASSWORD, elsewhere)
    assert answer["Location"] == "/"  # type: ignore[index]  # an answer of Django's client


def test_a_wrong_password_says_nothing_about_who_exists(client: Client) -> None:
    make.user(email="ines@desk.example", password=make.PASSWORD)
    known = sign_in(client, "ines@desk.example", "wrong-password")
    unknown = sign_in(client, "nobody@desk.example", "wrong-password")
    errors = [
        answer.content.decode().split('role="alert"')[1].split("</div>")[0]  # type: ignore[attr-defined]  # an answer of Django's client
        for answer in (known, unknown)
    ]
    assert errors[0] == errors[1]


def test_guessing_is_stopped(client: Client) -> None:
    make.user(email="ines@desk.example", password=make.PASSWORD)
    for _ in range(6):
        sign_in(client, "ines@desk.example", "wrong-password")
    answer = sign_in(client, "ines@desk.example", make.PASSWORD)
    assert answer.status_code in {200, 429}  # type: ignore[attr-defined]  # an answer of Django's client
    assert client.get("/").status_code == 302


def test_nobody_makes_an_account_for_themselves(client: Client) -> None:
    assert client.get("/sign-in/new/").status_code == 404
    assert client.post("/sign-in/new/", {"email": "x@y.example"}).status_code == 404


def test_who_left_cannot_sign_in(client: Client) -> None:
    make.user(email="gone@desk.example", password=make.PASSWORD, is_active=False)
    sign_in(client, "gone@desk.example", make.PASSWORD)
    assert client.get("/").status_code == 302


def test_a_second_factor_is_asked_for(client: Client) -> None:
    user = make.user(email="ines@desk.example", password=make.PASSWORD)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    answer = sign_in(client, "ines@desk.example", make.PASSWORD)
    assert answer["Location"].startswith("/sign-in/code/")  # type: ignore[index]  # an answer of Django's client
    assert client.get("/").status_code == 302
    assert "000000" not in client.get("/sign-in/code/").content.decode()
    wrong = client.post("/sign-in/code/", {"code": "000000"})
    assert wrong.status_code == 200
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post("/sign-in/code/", {"code": code})
    assert client.get("/").status_code == 200
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_a_code_counts_once_and_a_clock_may_be_a_step_off(client: Client) -> None:
    user = make.user(email="ines@desk.example", password=make.PASSWORD)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    with time_machine.travel("2026-11-23T10:00:10Z", tick=False) as clock:
        sign_in(client, "ines@desk.example", make.PASSWORD)
        ahead = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + 1))
        client.post("/sign-in/code/", {"code": ahead})
        assert client.get("/").status_code == 200
        client.post("/sign-out/")
        clock.shift(45)
        sign_in(client, "ines@desk.example", make.PASSWORD)
        client.post("/sign-in/code/", {"code": ahead})
        assert client.get("/").status_code == 302


def test_signing_out_ends_the_session(browser: Browser) -> None:
    client = browser()
    assert client.get("/sign-out/").status_code == 200
    assert client.get("/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "address",
    ["/me/security/", "/me/sessions/", "/me/password/", "/password/forgotten/", "/sign-in/"],
)
def test_pages_of_the_account_have_our_look(browser: Browser, address: str) -> None:
    client = browser(password=make.PASSWORD) if address.startswith("/me/") else Client()
    page = client.get(address, follow=True)
    assert page.status_code == 200
    assert "css/tokens.css" in page.content.decode()
    assert "Menu:" not in page.content.decode()


def test_a_forgotten_password_is_replaced_by_a_link(client: Client, settings: object) -> None:
    make.mailbox(address="support@meridian.example")
    user = make.user(email="ines@desk.example", password=make.PASSWORD)
    settings.MAIL_OUTBOUND = "smtp"  # type: ignore[attr-defined]  # the fixture takes any
    settings.BASE_URL = "https://desk.example"  # type: ignore[attr-defined]  # the fixture takes any
    client.post("/password/forgotten/", {"email": "nobody@desk.example"})
    assert not Outbound.objects.exists()
    client.post("/password/forgotten/", {"email": "Ines@desk.example"})
    mail = Outbound.objects.get(kind=MAIL_KIND)
    assert (mail.to, mail.subject_id) == (["ines@desk.example"], user.pk)
    link = next(line for line in mail.text.splitlines() if "/password/new/" in line)
    assert link.startswith("https://desk.example/")
    form = client.get(link.removeprefix("https://desk.example"), follow=True)
    chosen = {"password1": "another-good-secret", "password2": "another-good-secret"}
    client.post(form.request["PATH_INFO"], chosen)
    user.refresh_from_db()
    assert user.check_password("another-good-secret")


def test_where_mail_is_only_captured_no_link_is_made(client: Client) -> None:
    make.mailbox()
    make.user(email="ines@desk.example", password=make.PASSWORD)
    answer = client.post("/password/forgotten/", {"email": "ines@desk.example"})
    assert "Ask an administrator" in answer.content.decode()
    assert not Outbound.objects.exists()


def test_a_role_may_ask_for_a_second_factor(browser: Browser) -> None:
    admin, agent = browser(role="admin"), browser(role="agent")
    StaffRole.objects.filter(code="agent").update(second_factor=True)
    assert admin.get("/mine/").status_code == 200
    for page in ("/", "/mine/", "/settings/"):
        assert agent.get(page)["Location"] == "/me/security/"
    pushed = agent.get("/mine/", headers={"HX-Request": "true"})
    assert (pushed.status_code, pushed["HX-Redirect"]) == (401, "/me/security/")
    assert agent.get("/me/security/").status_code in {200, 302}
    user = agent.person  # type: ignore[attr-defined]  # ours, on the client
    Authenticator.objects.create(user=user, type="recovery_codes", data={})
    assert agent.get("/mine/").status_code == 302
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    assert agent.get("/mine/").status_code == 200

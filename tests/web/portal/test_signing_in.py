"""How contacts sign in, and what nobody learns from trying."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Contact
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity.models import MailedCode, User
from heliodesk.web import peer
from heliodesk.web.portal import brand
from heliodesk.web.sign_in import MAIL_KIND
from tests import make
from tests.web.conftest import Browser, Portal

pytestmark = pytest.mark.django_db
SIGN_IN, CODE = "/support/sign-in/", "/support/sign-in/code/"


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    cache.clear()
    brand.forget()
    make.mailbox(address="support@meridian.example")


@pytest.fixture
def mara() -> Contact:
    return make.contact(make.account(name="Northwind"), name="Mara", address="mara@north.example")


def ask(client: Client, email: str, next: str = "") -> str:
    """Ask for a code; returns the text of the mail, empty when there is none."""
    before = Outbound.objects.count()
    answer = client.post(SIGN_IN, {"email": email, "how": "code", "next": next})
    assert answer["Location"] == CODE
    rows = Outbound.objects.filter(kind=MAIL_KIND).order_by("-pk")
    return rows[0].text if Outbound.objects.count() > before else ""


def code_of(text: str) -> str:
    found = re.search(r"\d{4} \d{4}", text)
    assert found
    return found[0]


def link_of(text: str) -> str:
    found = re.search(r"/support/sign-in/link/\S+", text)
    assert found
    return found[0]


def signed_in(client: Client) -> bool:
    return client.get("/support/security/").status_code == 200


def test_a_mailed_code_signs_in_and_leads_on(client: Client, mara: Contact) -> None:
    assert client.get("/support/contacts/")["Location"] == f"{SIGN_IN}?next=/support/contacts/"
    text = ask(client, "Mara@North.example", "/support/contacts/")
    wrong = client.post(CODE, {"code": "0000 0000"})
    assert "wrong, used or too old" in wrong.content.decode()
    answer = client.post(CODE, {"code": code_of(text)})
    assert answer["Location"] == "/support/contacts/"
    assert signed_in(client)
    mara.refresh_from_db()
    assert mara.user
    assert mara.user.role == "contact"


def test_a_mailed_link_signs_in_once_and_not_by_looking(client: Client, mara: Contact) -> None:
    address = link_of(ask(client, "mara@north.example"))
    other = Client()
    assert "Welcome back, Mara" in other.get(address).content.decode()
    assert not signed_in(other)
    assert other.post(address)["Location"] == "/support/"
    assert signed_in(other)
    assert Client().get(address).status_code == 410
    assert client.post(CODE, {"code": "00000000"}).status_code == 200


def test_guessing_a_code_ends_it(client: Client, mara: Contact) -> None:
    code = code_of(ask(client, "mara@north.example"))
    for guess in range(5):
        client.post(CODE, {"code": f"{guess:08d}"})
    client.post(CODE, {"code": code})
    assert not signed_in(client)


def test_a_code_dies_of_age(client: Client, mara: Contact) -> None:
    code = code_of(ask(client, "mara@north.example"))
    MailedCode.objects.update(expires_at=make.NOW)
    client.post(CODE, {"code": code})
    assert not signed_in(client)


def test_an_unknown_address_gets_the_same_answer_by_the_same_work(mara: Contact) -> None:
    seen = []
    make.contact(make.account(), address="left@north.example", active=False)
    for email in ("mara@north.example", "nobody@north.example", "left@north.example"):
        client = Client()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.post(SIGN_IN, {"email": email, "how": "code"})
        page = client.get(CODE).content.decode().replace(email, "")
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        shapes = [query["sql"].split("(")[0][:60].split(" VALUES")[0] for query in queries
                  if "SAVEPOINT" not in query["sql"]]  # fmt: skip
        seen.append((answer.status_code, answer["Location"], page, shapes))
    assert seen[0] == seen[1] == seen[2]
    assert Outbound.objects.get().to == ["mara@north.example"]


@pytest.fixture
def behind_a_proxy(settings: Any) -> Iterator[None]:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for kept in (peer._trusted, peer._networks):
        kept.cache_clear()
    yield
    for kept in (peer._trusted, peer._networks):
        kept.cache_clear()


def test_a_network_address_is_counted_past_our_own_proxy(
    mara: Contact, behind_a_proxy: None
) -> None:
    for forwarded in ("203.0.113.9", "203.0.113.9, 127.0.0.1", "not an address"):
        Client().post(
            SIGN_IN,
            {"email": "nobody@x.example", "how": "code"},
            headers={"X-Forwarded-For": forwarded},
        )
    ips = MailedCode.objects.order_by("pk").values_list("ip", flat=True)
    assert list(ips) == ["203.0.113.9", "203.0.113.9", "127.0.0.1"]


def test_asking_too_often_is_not_answered_by_mail(client: Client, mara: Contact) -> None:
    for _ in range(8):
        ask(client, "mara@north.example")
    assert Outbound.objects.count() == 5


def test_a_password_signs_in_and_a_wrong_one_tells_nothing(client: Client, mara: Contact) -> None:
    make.sign_in_of(mara, password=make.PASSWORD)
    errors = []
    for email in ("mara@north.example", "nobody@north.example"):
        page = client.post(SIGN_IN, {"email": email, "password": "wrong", "how": "password"})
        errors.append(page.content.decode().split('id="e-password"')[1].split("</span></span>")[0])
    assert errors[0] == errors[1]
    client.post(
        SIGN_IN, {"email": "mara@north.example", "password": make.PASSWORD, "how": "password"}
    )
    assert signed_in(client)


def test_guessing_a_password_is_stopped(client: Client, mara: Contact) -> None:
    make.sign_in_of(mara, password=make.PASSWORD)
    for _ in range(6):
        client.post(SIGN_IN, {"email": "mara@north.example", "password": "wrong"})
    page = client.post(SIGN_IN, {"email": "mara@north.example", "password": make.PASSWORD})
    assert "Too many" in page.content.decode()
    assert not signed_in(client)


def test_who_left_cannot_sign_in_by_password(client: Client) -> None:
    gone = make.contact(make.account(), address="gone@north.example", active=False)
    make.sign_in_of(gone, password=make.PASSWORD)
    for door in (SIGN_IN, "/sign-in/"):
        client.post(
            door,
            {"email": "gone@north.example", "login": "gone@north.example",
             "password": make.PASSWORD},
        )  # fmt: skip
        assert not signed_in(client)
        assert "_auth_user_id" not in client.session


def test_a_second_factor_is_asked_for_after_a_code(client: Client, mara: Contact) -> None:
    secret = generate_totp_secret()
    TOTP.activate(make.sign_in_of(mara), secret)
    answer = client.post(CODE, {"code": code_of(ask(client, "mara@north.example"))})
    assert answer["Location"].startswith("/sign-in/code/")
    assert not signed_in(client)
    client.post(
        "/sign-in/code/",
        {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))},
    )
    assert signed_in(client)


def test_a_password_is_set_changed_and_signs_others_out(client: Client, mara: Contact) -> None:
    client.post(CODE, {"code": code_of(ask(client, "mara@north.example"))})
    other = Client()
    other.post(link_of(ask(other, "mara@north.example")))
    weak = client.post("/support/security/password/", {"new": "short"})
    assert "too short" in weak.content.decode()
    client.post("/support/security/password/", {"new": "a-harbour-in-violet"})
    assert signed_in(client)
    assert not signed_in(other)
    assert User.objects.get(contact=mara).check_password("a-harbour-in-violet")


def test_a_password_is_not_changed_without_the_old_one(portal: Portal, mara: Contact) -> None:
    make.sign_in_of(mara, password=make.PASSWORD)
    client = portal(mara)
    client.post("/support/security/password/", {"new": "a-harbour-in-violet", "old": "guess"})
    assert User.objects.get(contact=mara).check_password(make.PASSWORD)
    client.post("/support/security/password/", {"new": "a-harbour-in-violet", "old": make.PASSWORD})
    assert User.objects.get(contact=mara).check_password("a-harbour-in-violet")


def test_sessions_are_listed_and_ended(client: Client, mara: Contact) -> None:
    agent = {"HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0"}
    other = Client(**agent)
    client.post(link_of(ask(client, "mara@north.example")))
    other.post(link_of(ask(other, "mara@north.example")))
    page = client.get("/support/security/").content.decode()
    assert "Firefox on Windows" in page
    found = re.findall(r"/support/security/sessions/(\d+)/", page)
    assert len(found) == 1
    stranger = Client()
    boss = make.contact(make.account(), address="boss@else.example")
    stranger.force_login(make.sign_in_of(boss))
    stranger.post(f"/support/security/sessions/{found[0]}/")
    assert signed_in(other)
    client.post(f"/support/security/sessions/{found[0]}/")
    assert not signed_in(other)
    assert signed_in(client)


def test_sides_are_kept_apart(browser: Browser, portal: Portal, mara: Contact) -> None:
    agent, contact = browser(), portal(mara)
    assert agent.get("/support/security/").status_code == 403
    assert contact.get("/").status_code == 403
    assert contact.get("/cases/10000007/").status_code == 403
    for shared in ("/me/security/", "/me/sessions/"):
        assert agent.get(shared, follow=True).status_code == 200
        assert contact.get(shared, follow=True).status_code == 200


def test_signing_out(portal: Portal, mara: Contact) -> None:
    client = portal(mara)
    assert client.post("/support/sign-out/")["Location"] == SIGN_IN
    assert not signed_in(client)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/support/..\\evil", "/mine/"]
)
def test_it_never_leads_elsewhere(client: Client, mara: Contact, elsewhere: str) -> None:
    answer = client.post(CODE, {"code": code_of(ask(client, "mara@north.example", elsewhere))})
    assert answer["Location"] == "/support/"


def test_a_contact_is_deactivated_and_out_at_once(portal: Portal, mara: Contact) -> None:
    client = portal(mara)
    assert signed_in(client)
    mara.active = False
    mara.save()
    assert not signed_in(client)


def test_the_page_says_whom_to_call_when_mail_is_down(client: Client) -> None:
    activate_shipped(at=make.NOW)
    page = client.get(SIGN_IN, headers={"Accept-Language": "en-AU"}).content.decode()
    assert "1300 302 953" in page
    assert "tel:+61390175101" in page


def test_second_factors_are_set_up_in_the_contacts_language(client: Client, mara: Contact) -> None:
    client.post(CODE, {"code": code_of(ask(client, "mara@north.example"))})
    german = {"headers": {"Accept-Language": "de"}}
    page = client.get("/me/security/", **german).content.decode()
    assert '<html lang="de">' in page
    assert "Zurück zum Support" in page
    assert "Authenticator-App" in page
    assert client.get("/me/sessions/", **german)["Location"] == "/support/security/"

"""The brand at the door: of the endpoint before anybody is known, then of their account."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from heliodesk.channels.actions import Refused, set_mailbox
from heliodesk.channels.models import Mailbox, Outbound
from heliodesk.customers.models import Contact, ContactRole
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.journal.record import SYSTEM
from heliodesk.kernel import clock
from heliodesk.web.portal import brand, letters
from heliodesk.web.sign_in import MAIL_KIND
from tests import make
from tests.web.conftest import Portal

pytestmark = pytest.mark.django_db
SIGN_IN, CODE = "/support/sign-in/", "/support/sign-in/code/"
MAIN, ISLAND = "Meridian Support", "Island Support"


@pytest.fixture(autouse=True)
def two_brands(settings: Any) -> None:
    cache.clear()
    activate_shipped(at=make.NOW)
    make.mailbox(address="support@meridian.example", name=MAIN, region="UK")
    make.mailbox(
        address="help@island.example", name=ISLAND, region="OFF", offshore=True,
        brand_color="#0f766e",
    )  # fmt: skip
    brand.forget()
    settings.ALLOWED_HOSTS = ["testserver", ".meridian.example", ".island.example"]


@pytest.fixture
def iona() -> Contact:
    isle = make.account(name="Isle Trust", region="OFF", offshore=True)
    return make.contact(isle, name="Iona", address="iona@isle.example")


def named(client: Client, address: str, **sent: Any) -> str:
    """The vendor's name in the title of a page."""
    found = re.search(
        r"<title>.*· (.*)</title>", client.get(address, **sent).content.decode(), re.S
    )
    assert found
    return found[1]


def test_the_sign_in_page_wears_the_chosen_regions_brand_and_keeps_it(client: Client) -> None:
    assert named(client, SIGN_IN) == MAIN
    assert named(client, f"{SIGN_IN}?region=OFF") == ISLAND
    assert named(client, SIGN_IN) == ISLAND
    assert named(client, "/support/sign-in/company/") == ISLAND
    assert named(client, "/get-support/") == ISLAND
    assert named(client, f"{SIGN_IN}?region=nowhere") == ISLAND
    assert named(client, "/get-support/?region=UK") == MAIN
    assert named(client, SIGN_IN) == MAIN


def test_a_host_name_is_a_brand(client: Client) -> None:
    assert named(client, SIGN_IN, headers={"Host": "support.island.example"}) == ISLAND
    assert named(client, "/get-support/", headers={"Host": "Island.example:443"}) == ISLAND
    assert named(client, SIGN_IN, headers={"Host": "support.meridian.example"}) == MAIN
    assert client.get(SIGN_IN, headers={"Host": "other.example"}).status_code == 400


def test_a_domain_that_several_regions_share_names_no_brand(client: Client) -> None:
    make.mailbox(address="au@island.example", name="Reef Support", region="AU")
    brand.forget()
    host = {"Host": "support.island.example"}
    assert named(client, SIGN_IN, headers=host) == MAIN
    assert named(client, SIGN_IN, headers={**host, "Accept-Language": "en-AU"}) == "Reef Support"


def test_the_mail_and_its_link_wear_the_brand_of_the_account(client: Client, iona: Contact) -> None:
    assert client.post(SIGN_IN, {"email": "iona@isle.example", "how": "code"}).status_code == 302
    mail = Outbound.objects.get(kind=MAIL_KIND)
    assert mail.from_address == "help@island.example"
    assert ISLAND in mail.subject
    assert named(client, CODE) == MAIN, "the page must not tell that the address is known"
    link = re.search(r"/support/sign-in/link/\S+", mail.text)
    assert link
    assert named(Client(), link[0]) == ISLAND


def test_of_several_accounts_the_one_of_the_endpoint_counts(client: Client, iona: Contact) -> None:
    ContactRole.objects.create(
        contact=iona, account=make.account(name="Albion", region="UK"), kind="viewer",
        valid_from=clock.now().date(),
    )  # fmt: skip
    for region, sender in (("OFF", "help@island.example"), ("UK", "support@meridian.example")):
        client.get(f"{SIGN_IN}?region={region}")
        client.post(SIGN_IN, {"email": "iona@isle.example", "how": "code"})
        assert Outbound.objects.latest("id").from_address == sender


def test_the_second_factor_wears_the_brand_of_the_account(client: Client, iona: Contact) -> None:
    secret = generate_totp_secret()
    TOTP.activate(make.sign_in_of(iona), secret)
    client.post(SIGN_IN, {"email": "iona@isle.example", "how": "code"})
    code = re.search(r"\d{4} \d{4}", Outbound.objects.get(kind=MAIL_KIND).text)
    assert code
    client.post(CODE, {"code": code[0]})
    page = client.get("/sign-in/code/").content.decode()
    assert f"· {ISLAND}</title>" in page
    assert "/look/style-0f766e." in page
    assert "Heliodesk" not in page
    assert "autofocus" in page
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    client.post(SIGN_IN, {"email": "iona@isle.example", "how": "code"})
    code = re.search(r"\d{4} \d{4}", Outbound.objects.latest("id").text)
    assert code
    client.post(CODE, {"code": code[0]})
    number = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post("/sign-in/code/", {"code": number})
    assert named(client, "/support/security/") == ISLAND
    assert named(client, "/me/security/") == ISLAND


def test_an_authenticator_app_is_told_the_brand(portal: Portal, iona: Contact) -> None:
    client = portal(iona)
    make.sign_in_of(iona)
    page = client.get("/me/security/app/", follow=True).content.decode()
    assert "Heliodesk" not in page
    assert f"· {ISLAND}</title>" in page


def test_people_of_the_desk_see_the_product(client: Client) -> None:
    assert named(client, "/sign-in/") == "Heliodesk"
    assert named(client, "/sign-in/?region=OFF") == "Heliodesk"


def test_an_invitation_opens_in_the_brand_of_its_account(portal: Portal, iona: Contact) -> None:
    albion = make.account(name="Albion", region="UK")
    admin = make.contact(albion, kind="admin", address="ada@albion.example")
    portal(admin).post(
        "/support/contacts/invite/", {"name": "Nia", "address": "nia@albion.example"}
    )
    link = re.search(r"/support/welcome/\S+", Outbound.objects.latest("id").text)
    assert link
    assert named(Client(), f"{link[0]}?region=OFF") == MAIN


@pytest.fixture
def island_site(settings: Any) -> str:
    """The island's brand has its portal at a host of its own, outside its mail domain."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "isle-support.example"]
    site = "https://isle-support.example"
    set_mailbox("help@island.example", changes={"site": f"{site}/"}, by=SYSTEM, at=make.NOW)
    brand.forget()
    return site


def test_letters_lead_to_the_host_of_the_brand(
    client: Client, iona: Contact, island_site: str
) -> None:
    client.post(SIGN_IN, {"email": "iona@isle.example", "how": "code"})
    assert f"{island_site}/support/sign-in/link/" in Outbound.objects.latest("id").text
    admin = make.contact(iona.roles.get().account, kind="admin", address="ada@isle.example")
    letters.mail_invitation(
        admin, "ada@isle.example", iona.roles.get().account, "key", inviter="Iona", at=make.NOW
    )
    assert f"{island_site}/support/welcome/key/" in Outbound.objects.latest("id").text
    host = {"Host": "isle-support.example"}
    assert named(client, SIGN_IN, headers=host) == ISLAND


@pytest.mark.parametrize(
    "site",
    [
        "isle-support.example", "https://isle-support.example/portal", "https://", "nonsense",
        "https://me@isle-support.example", "javascript:alert(1)", "https://elsewhere.example",
        "https://isle-support.example:99999", "https://[", "ftp://isle-support.example",
    ],
)  # fmt: skip
def test_a_portal_is_only_where_the_desk_answers(island_site: str, site: str) -> None:
    with pytest.raises(Refused, match=r"nothing after it|ALLOWED_HOSTS"):
        set_mailbox("help@island.example", changes={"site": site}, by=SYSTEM, at=make.NOW)
    assert Mailbox.objects.get(region="OFF").site == island_site


def test_a_portal_behind_tls_is_not_sent_to_in_the_clear(island_site: str, settings: Any) -> None:
    clear = {"site": "http://isle-support.example"}
    settings.BASE_URL = "https://desk.meridian.example"
    with pytest.raises(Refused, match="https://"):
        set_mailbox("help@island.example", changes=clear, by=SYSTEM, at=make.NOW)
    set_mailbox("help@island.example", changes={"site": ""}, by=SYSTEM, at=make.NOW)
    brand.forget()
    assert brand.of_region("OFF", offshore=True).home == settings.BASE_URL

"""Signing in by a company's own identity provider, which vouches for its own account only."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client

from heliodesk.customers.models import Account, CompanySignIn, Contact, ContactRole
from heliodesk.web.portal import brand, who
from tests import make
from tests.web.conftest import Browser, Portal
from tests.web.portal import providers

pytestmark = pytest.mark.django_db
SETUP = "/support/contacts/company/"
USERS: list[dict[str, Any]] = [
    {"sub": "mara", "email": "mara@north.example", "email_verified": True},
    {"sub": "sly", "email": "sly@else.example", "email_verified": True},
    {"sub": "unsure", "email": "mara@north.example", "email_verified": False},
]


@pytest.fixture(autouse=True)
def inside(settings: Any) -> None:
    settings.COMPANY_SIGN_IN_INSIDE = True
    cache.clear()
    brand.forget()
    make.mailbox()


@pytest.fixture
def north() -> Account:
    return make.account(name="Northwind", domain="north.example")


@pytest.fixture
def mara(north: Account) -> Contact:
    return make.contact(north, name="Mara", address="mara@north.example", kind="admin")


@pytest.fixture(scope="module")
def openid() -> Iterator[str]:
    with providers.openid(*USERS) as address:
        yield address


@pytest.fixture(scope="module")
def saml() -> Iterator[providers.Saml]:
    with providers.saml() as provider:
        yield provider


def set_up_openid(portal: Portal, mara: Contact, address: str) -> str:
    answer = portal(mara).post(
        SETUP,
        {"kind": "oidc", "server_url": address, "client_id": "desk", "client_secret": "shh"},
    )
    assert answer.status_code == 302, answer.content.decode()
    return CompanySignIn.objects.get().slug


def set_up_saml(portal: Portal, mara: Contact, provider: providers.Saml) -> str:
    answer = portal(mara).post(
        SETUP,
        {"kind": "saml", "entity_id": provider.entity, "sso_url": provider.address,
         "x509cert": provider.certificate},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    provider.signs_with = provider.key
    return CompanySignIn.objects.get().slug


def by_openid(client: Client, slug: str, sub: str, next: str = "") -> Any:
    """Go to the provider and come back as ``sub``."""
    away = client.get(f"/support/sso/{slug}/oidc/" + (f"?next={next}" if next else ""))
    assert away.status_code == 302, away.content.decode()
    back = providers.fetch(away["Location"], {"sub": sub})[2]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def by_saml(client: Client, slug: str) -> Any:
    away = client.get(f"/support/sso/{slug}/saml/")
    assert away.status_code == 302, away.content.decode()
    there, form = providers.posted(providers.fetch(away["Location"])[1])
    received = client.post(urlsplit(there).path, form)
    return client.get(received["Location"])


def signed_in(client: Client) -> bool:
    return client.get("/support/security/").status_code == 200


def test_openid_connect_signs_a_contact_in(
    portal: Portal, client: Client, mara: Contact, openid: str
) -> None:
    slug = set_up_openid(portal, mara, openid)
    found = client.post("/support/sign-in/company/", {"email": "new@north.example"})
    assert found["Location"] == f"/support/sso/{slug}/"
    step = client.get(found["Location"]).content.decode()
    assert urlsplit(openid).netloc in step
    answer = by_openid(client, slug, "mara", "/support/contacts/")
    assert answer["Location"] == "/support/contacts/", answer.content.decode()
    assert "Mara" in client.get("/support/contacts/").content.decode()


def test_saml_signs_a_contact_in(
    portal: Portal, client: Client, mara: Contact, saml: providers.Saml
) -> None:
    slug = set_up_saml(portal, mara, saml)
    assert b"AssertionConsumerService" in client.get(f"/support/sso/{slug}/saml/metadata/").content
    saml.email = "mara@north.example"
    answer = by_saml(client, slug)
    assert answer["Location"] == "/support/", answer.content.decode()
    assert signed_in(client)


def test_saml_signed_by_somebody_else_is_refused(
    portal: Portal, client: Client, mara: Contact, saml: providers.Saml
) -> None:
    slug = set_up_saml(portal, mara, saml)
    saml.email = "mara@north.example"
    saml.signs_with = providers._pair()[0]
    answer = by_saml(client, slug)
    assert "did not let you in" in answer.content.decode()
    assert not signed_in(client)


def test_an_answer_to_nothing_and_one_used_twice_are_refused(
    portal: Portal, client: Client, mara: Contact, saml: providers.Saml
) -> None:
    slug = set_up_saml(portal, mara, saml)
    saml.email = "mara@north.example"
    away = client.get(f"/support/sso/{slug}/saml/")
    there, form = providers.posted(providers.fetch(away["Location"])[1])
    thief = Client()
    received = thief.post(urlsplit(there).path, form)
    thief.get(received["Location"])
    assert not signed_in(thief)
    received = client.post(urlsplit(there).path, form)
    client.get(received["Location"])
    assert signed_in(client)
    client.post("/support/sign-out/")
    received = client.post(urlsplit(there).path, form)
    client.get(received["Location"])
    assert not signed_in(client)


def test_a_provider_vouches_for_nobody_of_another_account(
    portal: Portal, client: Client, mara: Contact, openid: str, saml: providers.Saml
) -> None:
    make.contact(make.account(name="Elsewhere"), address="sly@else.example")
    slug = set_up_openid(portal, mara, openid)
    page = by_openid(client, slug, "sly").content.decode()
    assert "not one of its support contacts" in page
    assert not signed_in(client)
    slug = set_up_saml(portal, mara, saml)
    saml.email = "sly@else.example"
    by_saml(client, slug)
    assert not signed_in(client)


def test_a_person_of_the_desk_is_nobody_to_a_provider(
    portal: Portal, client: Client, mara: Contact, saml: providers.Saml
) -> None:
    make.user(email="boss@desk.example", role="admin")
    slug = set_up_saml(portal, mara, saml)
    saml.email = "boss@desk.example"
    by_saml(client, slug)
    assert "_auth_user_id" not in client.session


def test_an_address_that_the_provider_does_not_stand_by_is_refused(
    portal: Portal, client: Client, mara: Contact, openid: str
) -> None:
    by_openid(client, set_up_openid(portal, mara, openid), "unsure")
    assert not signed_in(client)


def test_it_opens_no_other_account_of_the_same_contact(
    portal: Portal, client: Client, mara: Contact, openid: str
) -> None:
    south = make.account(name="Southwind")
    ContactRole.objects.create(
        contact=mara, account=south, kind="admin", valid_from=date(2026, 1, 1)
    )
    by_openid(client, set_up_openid(portal, mara, openid), "mara")
    assert signed_in(client)
    assert "Southwind" not in client.get("/support/places/").content.decode()
    client.post("/support/places/", {"place": f"{south.pk}-0"})
    assert "Southwind" not in client.get("/support/contacts/").content.decode()


def test_a_company_makes_it_the_only_way(
    portal: Portal, client: Client, mara: Contact, openid: str
) -> None:
    slug = set_up_openid(portal, mara, openid)
    form = {"kind": "oidc", "server_url": openid, "client_id": "desk", "required": "1"}
    other = portal(mara)
    assert other.post(SETUP, form).status_code == 409
    by_openid(client, slug, "mara")
    assert client.post(SETUP, form).status_code == 302
    assert signed_in(client)
    assert not signed_in(other)
    assert "use its own sign-in" in other.get("/support/sign-in/").content.decode()
    client.post(f"{SETUP}drop/")
    assert signed_in(other)


def test_who_turns_back_or_left_is_told(
    portal: Portal, client: Client, mara: Contact, openid: str
) -> None:
    slug = set_up_openid(portal, mara, openid)
    away = client.get(f"/support/sso/{slug}/oidc/")
    back = urlsplit(providers.fetch(away["Location"], {"action": "deny"})[2])
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    answer = client.get(f"{back.path}?{back.query}&state={state}", follow=True)
    assert "turned back" in answer.content.decode()
    ContactRole.objects.filter(contact=mara).update(valid_to=date(2026, 2, 1))
    by_openid(client, slug, "mara")
    assert not signed_in(client)


def test_setup_says_what_is_wrong(portal: Portal, mara: Contact, settings: Any) -> None:
    client = portal(mara)
    settings.COMPANY_SIGN_IN_INSIDE = False
    for form, words in (
        ({"kind": "oidc", "server_url": "http://x.example", "client_id": "a"}, "is not an address"),
        ({"kind": "oidc", "server_url": "https://x.example", "client_id": ""}, "client ID"),
        ({"kind": "oidc", "server_url": "https://x.example", "client_id": "a"}, "secret"),
        (
            {"kind": "saml", "entity_id": "x", "sso_url": "https://x.example", "x509cert": "junk"},
            "not a certificate",
        ),
    ):
        answer = client.post(SETUP, form)
        assert answer.status_code == 409
        assert words in answer.content.decode()
    assert not CompanySignIn.objects.exists()


def test_the_desk_asks_nothing_within_its_own_network(
    portal: Portal, client: Client, mara: Contact, openid: str, settings: Any
) -> None:
    slug = set_up_openid(portal, mara, openid)
    settings.COMPANY_SIGN_IN_INSIDE = False
    answer = client.get(f"/support/sso/{slug}/oidc/")
    assert "cannot be reached" in answer.content.decode()


def test_a_secret_is_sealed_and_never_shown(portal: Portal, mara: Contact, openid: str) -> None:
    set_up_openid(portal, mara, openid)
    row = CompanySignIn.objects.get()
    assert row.secret
    assert "shh" not in row.secret
    assert "shh" not in portal(mara).get(SETUP).content.decode()


def test_the_desk_switches_it_off_for_who_is_locked_out(
    portal: Portal, browser: Browser, mara: Contact, openid: str
) -> None:
    set_up_openid(portal, mara, openid)
    CompanySignIn.objects.update(required=True)
    locked = portal(mara)
    assert not signed_in(locked)
    lead = browser(role="lead")
    page = f"/accounts/{CompanySignIn.objects.get().account_id}/"
    assert "the only way into the portal" in lead.get(page).content.decode()
    lead.post(f"{page}drop_sign_in/")
    assert signed_in(locked)
    assert "Company sign-in switched off" in lead.get(page).content.decode()


def test_a_provider_cannot_change_how_its_people_sign_in_elsewhere(
    portal: Portal, client: Client, mara: Contact, openid: str
) -> None:
    by_openid(client, set_up_openid(portal, mara, openid), "mara")
    page = client.get("/support/security/").content.decode()
    assert "Your company signs you in" in page
    assert "New password" not in page
    client.post("/support/security/password/", {"new": "a-harbour-in-violet"})
    mara.refresh_from_db()
    assert mara.user
    assert not mara.user.has_usable_password()
    for address in ("/me/security/keys/add/", "/me/security/app/", "/me/password/first/"):
        assert client.get(address)["Location"] == "/support/security/"
        assert client.post(address)["Location"] == "/support/security/"


def test_a_session_that_a_provider_began_is_not_kept_for_another_way_in(
    portal: Portal, client: Client, mara: Contact, openid: str
) -> None:
    slug = set_up_openid(portal, mara, openid)
    secret = generate_totp_secret()
    user = make.sign_in_of(mara)
    TOTP.activate(user, secret)
    user.set_password(make.PASSWORD)
    user.save()
    CompanySignIn.objects.update(required=True)
    by_openid(client, slug, "mara")
    assert client.session[who.VOUCHED]
    client.post(
        "/support/sign-in/",
        {"email": "mara@north.example", "password": make.PASSWORD, "how": "password"},
    )
    assert who.VOUCHED not in client.session

"""What the rooms refuse is told in the reader's language."""

import pytest
from django.test import Client

from heliodesk.cases.rules import Refused
from heliodesk.customers.models import Account, Contact
from heliodesk.web import translation
from heliodesk.web.portal import brand
from heliodesk.web.portal.refusals import in_words
from tests import make
from tests.web.conftest import Portal

pytestmark = pytest.mark.django_db
HERE = "/support/contacts/"


@pytest.fixture
def north() -> Account:
    make.mailbox(address="support@meridian.example")
    brand.forget()
    return make.account(name="North & Sons")


@pytest.fixture
def boss(north: Account) -> Contact:
    return make.contact(north, name="Bo Boss", kind="admin", address="bo@north.example")


@pytest.fixture
def german(portal: Portal, boss: Contact) -> Client:
    client = portal(boss)
    client.cookies["django_language"] = "de"
    return client


@pytest.mark.parametrize(
    ("path", "posted", "told"),
    [
        ("invite/", {"name": "", "address": "n@north.example"}, "braucht einen Namen"),
        ("invite/", {"name": "N", "address": "nowhere"}, "„nowhere“ ist keine E-Mail-Adresse."),
        ("{id}/appoint/", {"kind": "admin"}, "Bo Boss ist in diesen Tagen bereits ein Konto-Ad"),
        (
            "{id}/appoint/",
            {"kind": "viewer", "from": "2031-01-02", "to": "2031-01-01"},
            "enden, be",
        ),
        ("{id}/appoint/", {"kind": "viewer", "from": "2020-01-02", "to": "2020-02-01"}, "vorbei"),
        ("company/", {"kind": "oidc"}, "Die Client-ID fehlt."),
    ],
)
def test_a_refusal_is_told_in_german(
    german: Client, boss: Contact, path: str, posted: dict[str, str], told: str
) -> None:
    answer = german.post(HERE + path.format(id=boss.pk), posted)
    assert answer.status_code == 409
    assert told in answer.content.decode()


def test_the_cap_and_the_last_one_too(german: Client, north: Account, boss: Contact) -> None:
    role = boss.roles.get()
    answer = german.post(f"{HERE}{boss.pk}/end/", {"role": role.pk})
    assert "Bo Boss ist der letzte Administrator dieses Kontos" in answer.content.decode()
    for _ in range(5):
        make.contact(north, kind="designated")
    answer = german.post(f"{HERE}{boss.pk}/appoint/", {"kind": "designated"})
    assert "North &amp; Sons hat 5 benannte Kontakte" in answer.content.decode()
    asked = {"name": "Nia", "address": "nia@north.example", "kinds": ["designated", "viewer"]}
    page = german.post(f"{HERE}invite/", asked).content.decode()
    assert [
        f'value="{kind}" checked' in page for kind in ("authorised", "designated", "viewer")
    ] == [
        False,
        True,
        True,
    ]


def test_a_case_that_moved_on_and_what_has_no_pattern() -> None:
    translation.begin("fr")
    try:
        moved = in_words(Refused("A case that is closed cannot be resolved."))
        assert moved.startswith("Ce n'est plus possible")
        assert in_words(Refused("Something new.")) == "Something new."
    finally:
        translation.begin("en")

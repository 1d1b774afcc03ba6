"""Browsers of people of the desk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from heliodesk.customers.models import Contact
from heliodesk.web import badges, rail, translation
from heliodesk.web.portal.who import CHOSEN
from tests import make

Browser = Callable[..., Client]
Portal = Callable[..., Client]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """What pages keep for some seconds is forgotten between tests, and who spoke what."""
    translation.begin("en")
    rail.forget()
    badges.forget()
    yield


@pytest.fixture
def browser(db: None) -> Browser:
    """A browser signed in as a person made with these fields, or as ``user``."""

    def signed_in(*, user: Any = None, csrf: bool = False, **fields: Any) -> Client:
        client = Client(enforce_csrf_checks=csrf)
        person = user or make.user(**fields)
        client.force_login(person)
        client.person = person  # type: ignore[attr-defined]  # ours, on the client
        return client

    return signed_in


@pytest.fixture
def portal(db: None) -> Portal:
    """A browser signed in to the portal as this contact, acting at ``place`` when it is given."""

    def signed_in(contact: Contact, *, place: str = "", csrf: bool = False) -> Client:
        client = Client(enforce_csrf_checks=csrf)
        client.force_login(make.sign_in_of(contact))
        if place:
            client.cookies[CHOSEN] = place
        client.contact = contact  # type: ignore[attr-defined]  # ours, on the client
        return client

    return signed_in

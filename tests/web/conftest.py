"""Browsers of people of the desk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from heliodesk.web import badges, rail
from tests import make

Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """What pages keep for some seconds is forgotten between tests."""
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
        client.person = person  # type: ignore[attr-defined]
        return client

    return signed_in

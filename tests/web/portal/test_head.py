"""HEAD answers as GET does, on every page that customers or anybody may open."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from heliodesk.customers.models import Contact
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.web.access import PUBLIC, needed
from heliodesk.web.portal import door
from tests.make import NOW
from tests.web.conftest import Portal
from tests.web.portal.test_never_across import SECRET, World, _filled, _walk, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
NOT_TAKEN = 405


def pages(world: World, access: str) -> Iterator[str]:
    for route, view in _walk(get_resolver().url_patterns, "/"):
        if needed(view) == access and "^" not in route:
            yield from _filled(route, world)


def told(answer: HttpResponse) -> tuple[object, ...]:
    """What stands in the head of an answer and must be the same."""
    names = ("Location", "Content-Type", "Content-Disposition", "Cache-Control")
    return (answer.status_code, *(answer.get(name) for name in names))


def differing(client: Client, addresses: Iterator[str]) -> list[str]:
    found, seen = [], 0
    for address in addresses:
        asked, head = client.get(address), client.head(address)
        seen += asked.status_code != NOT_TAKEN
        if told(asked) != told(head):
            found.append(f"{address}: {told(asked)} but HEAD {told(head)}")
    assert seen > 15
    return found


def test_the_portal(portal: Portal, world: World) -> None:
    activate_shipped(at=NOW)
    boss = portal(Contact.objects.get(name=f"{SECRET} Boss"))
    assert differing(boss, pages(world, door.ACCESS)) == []


def test_the_public_pages(client: Client, world: World) -> None:
    activate_shipped(at=NOW)
    assert differing(client, pages(world, PUBLIC)) == []


def test_the_door_leads_back_to_what_was_asked_for(client: Client) -> None:
    assert client.head("/support/cases/")["Location"].endswith("?next=/support/cases/")

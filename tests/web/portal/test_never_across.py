"""Every address of the portal, tried by those for whom the records behind it do not exist.

The list of addresses is the desk's own, so that a new page is tried without anybody's thinking
of it; and they are tried again with the filter of the cases room taken out.
"""

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from heliodesk.cases import access
from heliodesk.cases.models import Attachment, Case
from heliodesk.channels import blobs
from heliodesk.customers.models import Contact
from heliodesk.journal.models import Event
from heliodesk.kernel import clock
from heliodesk.telephony.models import Call
from heliodesk.web.access import needed
from heliodesk.web.portal import brand, door
from tests import make
from tests.web.conftest import Portal

pytestmark = pytest.mark.django_db
#: Words that stand in every record of the account that nobody else may see.
SECRET = "Palmtree"
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")


class World(NamedTuple):
    """An account full of secrets, and those who have no business there."""

    case: Case
    ids: tuple[int, ...]
    strangers: dict[str, Contact]


@pytest.fixture
def world() -> World:
    cache.clear()
    brand.forget()
    make.mailbox(address="support@meridian.example")
    account = make.account(name=f"{SECRET} Ltd", package="gold")
    boss = make.contact(account, name=f"{SECRET} Boss", kind="admin")
    case = make.case(account, boss, title=f"{SECRET} is down", text=f"{SECRET} words")
    message = case.messages.get()
    note = make.message(case, text=f"{SECRET} note", direction="note", by=make.user())
    file = Attachment.objects.create(
        message=message,
        name=f"{SECRET}.txt",
        content_type="text/plain",
        size=8,
        sha256=blobs.put(SECRET.encode()),
    )
    Call.objects.create(
        key="desk:1", source="desk", state="ended", account=account, contact=boss, case=case,
        note=SECRET, started_at=make.NOW, ended_at=make.NOW,
    )  # fmt: skip
    partner = make.account(name="Former helpers", is_partner=True)
    yesterday = clock.now().date() - timedelta(days=1)
    link = make.partnership(partner, account, valid_to=yesterday)
    other = make.account(name="Other Ltd", package="gold")
    colleague = make.contact(other, name="Colleague")
    former = make.contact(account, name="Former", kind="admin", valid_to=yesterday)
    strangers = {
        "of another account": make.contact(other, name="Stranger", kind="admin"),
        "a former contact": former,
        "a former contact, now elsewhere": make.contact(
            account, name="Moved", kind="designated", valid_to=yesterday
        ),
        "a partner no longer linked": make.contact(partner, name="Helper", kind="admin"),
        "deactivated": make.contact(account, name="Gone", kind="admin", active=False),
    }
    strangers["a former contact, now elsewhere"].roles.create(
        account=other, kind="admin", valid_from=yesterday
    )
    ids = (boss.pk, case.pk, message.pk, note.pk, file.pk, link.pk, account.pk, colleague.pk)
    return World(case, tuple(dict.fromkeys(ids)), strangers)


def addresses(world: World) -> Iterator[str]:
    """Every address of the portal, filled with what belongs to the account of secrets."""
    for route, view in _walk(get_resolver().url_patterns, "/"):
        if needed(view) == door.ACCESS:
            yield from _filled(route, world)


def _walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _filled(route: str, world: World) -> Iterator[str]:
    found = _PLACE.search(route)
    if not found:
        yield route
        return
    kind, name = found.groups()
    if kind == "int":
        values = [str(id) for id in world.ids]
    elif name == "verb":
        values = ["reply", "solved", "reopen", "end", "deactivate", "appoint", "invite", "rate"]
    else:
        values = [world.case.ref]
    for value in values:
        yield from _filled(route[: found.start()] + value + route[found.end() :], world)


def tried(client: Client, world: World) -> list[str]:
    """Where a secret came through, by looking or by doing."""
    given = {"text": "x", "q": SECRET, "place": f"{world.case.account_id}-0", "address": "x@y.io"}
    leaks = []
    for address in addresses(world):
        for answer in (client.get(address, {"q": SECRET}), client.post(address, given)):
            content = b"".join(answer) if answer.streaming else answer.content
            for echo in (f"q={SECRET}", f'value="{SECRET}"'):
                content = content.replace(echo.encode(), b"")
            if SECRET.encode() in content:
                leaks.append(f"{answer.request['REQUEST_METHOD']} {address}")
    return leaks


def state(world: World) -> tuple[Any, ...]:
    """What must be the same afterwards."""
    world.case.refresh_from_db()
    rows = Event.objects.exclude(data__name="Colleague").exclude(data__contact__isnull=False)
    return (
        world.case.version,
        world.case.state,
        world.case.messages.count(),
        world.case.participants.count(),
        world.case.account.roles.filter(valid_to=None).count(),
        rows.filter(subject_kind__in=["case", "account"], subject_id=world.case.account_id).count(),
    )


def test_there_are_addresses_to_try(world: World) -> None:
    assert len(set(addresses(world))) > 15


@pytest.mark.parametrize("who", range(5))
def test_nobody_else_sees_or_does_anything(portal: Portal, world: World, who: int) -> None:
    name, contact = list(world.strangers.items())[who]
    before = state(world)
    assert tried(portal(contact), world) == [], name
    assert state(world) == before, name


@pytest.mark.parametrize("who", range(5))
def test_not_even_with_the_filter_taken_out(
    portal: Portal, world: World, who: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = lambda customer, alias="c": ("true", [])  # noqa: E731 (shorter than a function)
    right = access.visible_to
    # Every page is loaded first: one that is loaded meanwhile would keep what stands in its place.
    assert list(addresses(world))
    for module in list(sys.modules.values()):
        if getattr(module, "visible_to", None) is right:
            monkeypatch.setattr(module, "visible_to", everything)
    contact = list(world.strangers.values())[who]
    before = state(world)
    assert tried(portal(contact), world) == []
    assert state(world) == before


def test_the_filter_was_what_let_its_own_people_see(portal: Portal, world: World) -> None:
    """The same walk as the account's administrator does find the words: the test can see."""
    boss = Contact.objects.get(name=f"{SECRET} Boss")
    assert tried(portal(boss), world)

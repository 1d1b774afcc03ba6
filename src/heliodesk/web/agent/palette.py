"""The command palette: everything that can be done now, gone to, or found, on every page."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heliodesk.automation import queries as automation
from heliodesk.cases import asked as understanding
from heliodesk.cases import conversation, search, views
from heliodesk.cases.access import Hidden
from heliodesk.customers import queries as customers
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.web import dates, keys, rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.admin.places import places
from heliodesk.web.agent import case as case_page
from heliodesk.web.agent.many import OFFERED
from heliodesk.web.agent.queue import TITLES
from heliodesk.web.agent.verbs import DEEDS
from heliodesk.web.answer import page
from heliodesk.web.translation import translated

_LONGEST = 200
#: What is written on a case only when it is offered there.
_ASKED = {"reply", "forward", "undo"}
_FOUND = 5
_MOST = 8


class Item(NamedTuple):
    """One line: what it says, and what choosing it does.

    ``how`` is ``go`` (follow ``href``), ``post`` (press it), ``ask`` (open its form in place),
    ``key`` (what that key does on this page), ``many`` (done to the selected cases) or ``macro``.
    """

    label: str
    icon: str
    how: str
    href: str = ""
    sub: str = ""
    keys: tuple[str, ...] = ()
    priority: str = ""
    words: str = ""


@needs(May.WORK_CASES)
def offered(request: PersonRequest) -> HttpResponse:
    """What is offered on this page now: the verbs of its case first."""
    person, ref = request.person, request.GET.get("case", "").replace(" ", "")[:20]
    chosen = request.GET.get("chosen", "")[:6]
    groups = [
        *(_of_chosen(int(chosen)) if chosen.isdecimal() and int(chosen) else []),
        *(_of_case(person, ref) if ref else []),
        *_ways(person),
    ]
    return JsonResponse({"groups": [_shown(title, items) for title, items in groups if items]})


@needs(May.WORK_CASES)
def found(request: PersonRequest) -> HttpResponse:
    """Accounts, people and cases that a few letters, an ID or a reference name; with ``recent``,
    the cases looked at lately that have these words, before them."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    groups = _lately(request.person, query) if request.GET.get("recent") else []
    seen = {item.href for _title, items in groups for item in items}
    groups += [
        (title, [item for item in items if item.href not in seen])
        for title, items in (_found(request.person, query) if len(query) > 1 else [])
    ]
    return JsonResponse({"groups": [_shown(title, items) for title, items in groups if items]})


@needs(May.WORK_CASES)
def help(request: PersonRequest) -> HttpResponse:
    """Every key, on a page of its own."""
    ways = [(way.label, way.key) for way in rail.entries(request.person) if way.key]
    return page(request, "agent/keys.html", area="more", sections=keys.SECTIONS, going=ways)


def _shown(title: str, items: list[Item]) -> dict[str, object]:
    shown = [item._asdict() | {"keys": keys.pressed(item.keys)} for item in items]
    return {"title": title, "items": shown}


def _of_chosen(count: int) -> list[tuple[str, list[Item]]]:
    """What can be done with the cases that are selected in the list."""
    icons = {code: icon for code, _label, icon in OFFERED} | {"incident": "warn"}
    items = [
        Item(translated(one.label), icons[code], "many", code, keys=one.keys)
        for one in keys.CHOSEN.keys
        if (code := one.code.removeprefix("many_")) in icons
    ]
    title = ngettext("The selected case", "The %(num)s selected cases", count)
    return [(title % {"num": count}, items)]


def _of_case(person: Person, ref: str) -> list[tuple[str, list[Item]]]:
    """What can be done with a case: to write, its verbs, its macros."""
    try:
        head = conversation.head(person, ref, on=clock.now().date())
    except Hidden:
        return []
    verbs = {verb.value for verb in case_page.offered_on(head, person)}
    if head.merged_into:
        verbs.add("unmerge")
    if any(one["writer_id"] == person.id and one["brief"] for one in head.waiting):
        verbs.add("undo")
    macros = automation.macros_for(person, head.queue)
    return [
        (_("This case"), [*_writing(verbs), *_verbs(head.ref, verbs)]),
        (
            _("Macros"),
            [
                Item(one.name, "bolt", "macro", f"/cases/{head.ref}/macros/{one.pk}/")
                for one in macros
            ],
        ),
    ]


def _writing(verbs: set[str]) -> list[Item]:
    return [
        Item(translated(one.label), one.icon, "key", one.keys[0], keys=one.keys)
        for one in keys.WRITING.keys
        if one.icon and (one.code not in _ASKED or one.code in verbs)
    ]


def _verbs(ref: str, verbs: set[str]) -> list[Item]:
    items = []
    for one in keys.VERBS.keys:
        deed = DEEDS.get(one.code)
        if deed and one.code in verbs:
            how = "ask" if deed.asks else "post"
            href = f"/cases/{ref}/{one.code}/"
            items.append(Item(translated(one.label), one.icon, how, href, keys=one.keys))
    return items


def _ways(person: Person) -> list[tuple[str, list[Item]]]:
    """Where one can go: cases looked at lately, the rail, lists and views, settings."""
    rail_items = [
        Item(
            way.label,
            way.icon,
            "go",
            way.path or reverse(way.url),
            keys=("g", way.key) if way.key else (),
        )
        for way in rail.entries(person)
    ]
    lists = [
        Item(translated(title), "inbox", "go", reverse(f"queue:{code}"))
        for code, title in TITLES.items()
    ]
    lists += [Item(one.name, "filter", "go", f"/views/{one.id}/") for one in views.seen_by(person)]
    there = {item.href for item in rail_items}
    do = [
        Item(_("New case"), "plus", "go", "/cases/new/", keys=("c",)),
        Item(_("Incoming call"), "phone", "post", "/calls/new/", keys=("h",)),
        Item(_("Take the next"), "user", "post", reverse("take_next"), keys=("t",)),
        Item(_("Out of the office"), "clock", "go", reverse("away")),
        Item(_("Notices by mail"), "mail", "go", reverse("notices_by_mail")),
        Item(_("Every key"), "info", "go", reverse("keys"), keys=("?",)),
    ]
    settings = [
        Item(
            translated(place.label),
            place.icon,
            "go",
            reverse(place.url),
            sub=translated(place.about),
            words=place.words,
        )
        for _group, group in places(person, "")
        for place in group
    ]
    return [
        (_("Cases looked at lately"), _recent(person)),
        (_("Do"), do),
        (_("Go to"), [*rail_items, *(one for one in lists if one.href not in there)]),
        (_("Settings"), settings),
    ]


def _lately(person: Person, query: str) -> list[tuple[str, list[Item]]]:
    """The cases looked at lately that have all these words; the latest without any."""
    words = query.casefold().split()
    fitting = [
        item
        for item in _recent(person)
        if all(word in f"{item.label} {item.sub} {item.words}".casefold() for word in words)
    ]
    return [(_("Cases looked at lately"), fitting[:_FOUND])]


def _recent(person: Person) -> list[Item]:
    return [
        Item(
            row.title,
            "ticket",
            "go",
            f"/cases/{row.ref}/",
            sub=f"{spoken(row.ref)}, {row.account}",
            priority=row.priority,
            words=row.ref,
        )
        for row in conversation.recent(person)
    ]


def _cases(
    person: Person,
    query: str,
    accounts: Sequence[customers.AccountRow],
    contacts: Sequence[customers.ContactRow],
) -> list[search.Found]:
    """Cases whose words fit, then those of the accounts and contacts found."""
    now = clock.now()
    asked = understanding.read(query, today=now.astimezone(dates.zone(person.zone)).date())
    found = search.cases(person, asked, at=now, limit=_FOUND).cases
    theirs = search.of_parties(person, [row.id for row in accounts], [row.id for row in contacts])
    return list({one.id: one for one in (*found, *theirs)}.values())


def _found(person: Person, query: str) -> list[tuple[str, list[Item]]]:
    today = clock.now().date()
    accounts = customers.accounts(person, today, text=query, size=_FOUND)[:_FOUND]
    contacts = customers.contacts(person, today, text=query, size=_FOUND)[:_FOUND]
    ref = search.jump(person, query)
    cases = _cases(person, query, accounts, contacts)
    jump = [Item(_("Open case %s") % spoken(ref), "ticket", "go", f"/cases/{ref}/")] if ref else []
    return [
        (
            _("Accounts"),
            [Item(one.name, "org", "go", f"/accounts/{one.id}/", one.region) for one in accounts],
        ),
        (
            _("Contacts"),
            [Item(one.name, "user", "go", f"/contacts/{one.id}/") for one in contacts],
        ),
        (
            _("Cases"),
            [
                *jump,
                *(
                    Item(
                        one.title,
                        "ticket",
                        "go",
                        f"/cases/{one.ref}/",
                        sub=f"{spoken(one.ref)}, {one.account}",
                        priority=one.priority,
                    )
                    for one in cases[:_MOST]
                ),
            ],
        ),
    ]

"""Search: a reference jumps, words and names are looked for, operators narrow."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.cases import asked as understanding
from heliodesk.cases import search
from heliodesk.cases.asked import OPERATORS
from heliodesk.customers import queries as customers
from heliodesk.customers import resembling
from heliodesk.identity import colleagues
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.web import dates, keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import rows, suggesting
from heliodesk.web.answer import page

LIMIT = 50
_LONGEST = 400
_NO_ID = 2**62


class Meant(NamedTuple):
    """Something that was probably meant: what it is called, and where it leads."""

    words: str
    href: str
    note: str = ""


@needs(May.WORK_CASES)
def find(request: PersonRequest) -> HttpResponse:
    """What was found, the newest cases first; a reference goes straight to its case."""
    query = _query(request)
    below = keyset.read(request.GET.get("below", ""), (int,))
    if query and (ref := search.jump(request.person, query)):
        return redirect(f"/cases/{ref}/")
    now = clock.now()
    today = now.astimezone(dates.zone(request.person.zone)).date()
    asked = understanding.read(query, today=today)
    last = min(int(str(below[0])), _NO_ID) if below else None
    hits = search.cases(request.person, asked, at=now, limit=LIMIT, below=last)
    by_name = asked.words.replace('"', " ").strip()
    sought = len(by_name) > 1 and not asked.narrowed and not asked.unwanted and below is None
    accounts = customers.accounts(request.person, today, text=by_name, size=5) if sought else []
    contacts = customers.contacts(request.person, today, text=by_name, size=5) if sought else []
    found = bool(hits.cases or accounts or contacts)
    return page(
        request,
        "agent/search.html",
        area="search",
        query=query,
        operators=OPERATORS,
        words_sought=asked.wanted,
        lines=rows.found_lines,
        hits=hits,
        meant=[] if below else [*_of_names(request.person, query, hits.unknown),
                                *([] if found else _of_words(request.person, query, by_name))],
        accounts=accounts[:5],
        contacts=contacts[:5],
        theirs=search.of_parties(
            request.person, [row.id for row in accounts[:5]], [row.id for row in contacts[:5]]
        ),
        first=keyset.address("/search/", q=query) if below else "",
        older=_next(query, hits),
    )  # fmt: skip


def _next(query: str, hits: search.Hits) -> str:
    if hits.further is None:
        return ""
    return keyset.address("/search/", q=query, below=keyset.write((hits.further,)))


def _query(request: PersonRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]


def _of_words(person: Person, query: str, by_name: str) -> list[Meant]:
    """What somebody may have meant who found nothing: a reference or a name with a slip in it."""
    found = [
        Meant(spoken(one.ref), f"/cases/{one.ref}/", one.title)
        for one in search.meant(person, query)
    ]
    if found or len(by_name.split()) > 4:
        return found
    accounts = resembling.accounts(person, by_name)
    contacts = resembling.contacts(person, by_name)
    return [
        *(Meant(one.name, f"/accounts/{one.id}/", _("account")) for one in accounts),
        *(Meant(one.name, f"/contacts/{one.id}/", _("contact")) for one in contacts),
    ]


def _of_names(person: Person, query: str, unknown: list[tuple[str, str]]) -> list[Meant]:
    """For each name of an operator that stands for nothing, the search with the likeliest one."""
    meant: list[Meant] = []
    for operator, value in unknown[:3]:
        for name in _resembling(person, operator, value):
            corrected = suggesting.replaced(query, operator, value, name)
            meant.append(Meant(corrected, keyset.address("/search/", q=corrected)))
    return meant


def _resembling(person: Person, operator: str, value: str) -> list[str]:
    if operator == "account":
        return [one.name for one in resembling.accounts(person, value)]
    if operator == "from":
        return [one.name for one in resembling.contacts(person, value)]
    return colleagues.names_like(value) if operator == "owner" else suggesting.tags_like(value)


@needs(May.WORK_CASES)
def suggest(request: PersonRequest) -> HttpResponse:
    """What may follow what is being typed: operators, their values, names."""
    query = request.GET.get("q", "").replace("\0", "")[:_LONGEST]
    return page(
        request,
        "agent/suggestions.html",
        suggestions=suggesting.suggestions(request.person, query, clock.now().date()),
    )

"""Search: a reference jumps, words and names are looked for."""

from django.http import HttpResponse
from django.shortcuts import redirect

from heliodesk.cases import search
from heliodesk.customers import queries as customers
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import snippets
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import rows
from heliodesk.web.answer import page

LIMIT = 50
_LONGEST = 200


@needs(May.WORK_CASES)
def find(request: PersonRequest) -> HttpResponse:
    """What was found, the newest cases first; a reference goes straight to its case."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    ref = search.jump(request.person, query) if query else None
    if ref:
        return redirect(f"/cases/{ref}/")
    said = search.by_words(request.person, query, limit=LIMIT) if query else []
    today = clock.now().date()
    sought = len(query) > 1
    accounts = customers.accounts(request.person, today, text=query, size=5) if sought else []
    contacts = customers.contacts(request.person, today, text=query, size=5) if sought else []
    return page(
        request,
        "agent/search.html",
        area="search",
        query=query,
        words_sought=snippets.terms(query),
        lines=rows.found_lines,
        said=said[:LIMIT],
        more=len(said) > LIMIT,
        accounts=accounts[:5],
        contacts=contacts[:5],
        theirs=search.of_parties(
            request.person, [row.id for row in accounts[:5]], [row.id for row in contacts[:5]]
        ),
    )

"""Search: a reference jumps, words and names are looked for."""

from django.http import HttpResponse
from django.shortcuts import redirect

from heliodesk.cases import search
from heliodesk.identity.rules import May
from heliodesk.web import snippets
from heliodesk.web.access import PersonRequest, needs
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
    parties = search.parties(query) if len(query) > 1 else []
    return page(
        request,
        "agent/search.html",
        area="search",
        query=query,
        words_sought=snippets.terms(query),
        said=said[:LIMIT],
        more=len(said) > LIMIT,
        parties=parties,
        theirs=search.of_parties(request.person, parties),
    )

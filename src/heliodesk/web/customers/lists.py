"""Lists of accounts and contacts, with search."""

from typing import Any

from django.http import Http404, HttpResponse

from heliodesk.customers import queries
from heliodesk.customers.queries import Key
from heliodesk.entitlements.facts import packages_of
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page


@needs(May.SEE_CUSTOMERS)
def accounts(request: PersonRequest) -> HttpResponse:
    """Accounts by name, or those that fit a search."""
    text, today = _text(request), clock.now().date()
    rows = queries.accounts(request.person, today, text=text, after=_after(request))
    shown = rows[: queries.PAGE]
    packages = packages_of([row.id for row in shown], today)
    return page(
        request,
        "customers/accounts.html",
        area="accounts",
        rows=shown,
        packages={id: held.package for id, held in packages.items()},
        **_pages(request, rows, text),
    )


@needs(May.SEE_CUSTOMERS)
def contacts(request: PersonRequest) -> HttpResponse:
    """Contacts by name, or those that fit a search."""
    text, today = _text(request), clock.now().date()
    rows = queries.contacts(request.person, today, text=text, after=_after(request))
    return page(
        request,
        "customers/contacts.html",
        area="accounts",
        rows=rows[: queries.PAGE],
        **_pages(request, rows, text),
    )


def _text(request: PersonRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:200]


def _after(request: PersonRequest) -> Key | None:
    """Where this page begins; an address that was tampered with is no address."""
    word, name = request.GET.get("after", ""), request.GET.get("from", "")
    if not word:
        return None
    key = keyset.read(word, (int,))
    if key is None or "\0" in name:
        raise Http404
    return Key(name, int(str(key[0])))


def _pages(
    request: PersonRequest,
    rows: list[queries.AccountRow] | list[queries.ContactRow],
    text: str,
) -> dict[str, Any]:
    """The search, and the addresses of the first and the next page."""
    older = ""
    if len(rows) > queries.PAGE:
        last = queries.key(rows[queries.PAGE - 1])
        older = keyset.address(
            request.path, q=text, after=keyset.write((last.id,)), **{"from": last.name}
        )
    first = keyset.address(request.path, q=text) if "after" in request.GET else ""
    return {"query": text, "first": first, "older": older}

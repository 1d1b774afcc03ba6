"""The list of what is held, and one item beside it."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from heliodesk.channels.sent import last_letter
from heliodesk.customers import queries as customers
from heliodesk.customers.access import namesakes
from heliodesk.entitlements.facts import packages_of
from heliodesk.identity.rules import May
from heliodesk.intake import queries
from heliodesk.intake.access import Hidden, get_held
from heliodesk.intake.actions import read_held
from heliodesk.intake.guesses import Guesses, guess
from heliodesk.intake.models import HeldItem
from heliodesk.kernel import clock
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.held.why import signs, why

_MOST_FOUND = 6


@needs(May.DECIDE_HELD)
def waiting(request: PersonRequest) -> HttpResponse:
    """What waits for a decision; the first of it is shown beside the list."""
    return answer(request, None)


@needs(May.DECIDE_HELD)
def decided(request: PersonRequest) -> HttpResponse:
    """What was decided, the latest first."""
    return answer(request, None, done=True)


@needs(May.DECIDE_HELD)
def show(request: PersonRequest, ref: str) -> HttpResponse:
    """One held item."""
    return answer(request, found_item(request, ref))


def answer(
    request: PersonRequest,
    item: HeldItem | None,
    *,
    done: bool = False,
    trouble: str = "",
    failed: str = "",
) -> HttpResponse:
    """The page; with ``trouble`` it says why a verb was not possible, and keeps what was typed."""
    done = done or (item is not None and item.state != "held")
    after = _after(request)
    rows = queries.held(request.person, decided=done, after=after)
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    chosen = item
    if item is None and shown:
        chosen = get_held(request.person, shown[0].ref)
    path = "/held/decided/" if done else "/held/"
    older = keyset.write((shown[-1].last_at, shown[-1].id)) if more else ""
    return page(
        request,
        "held/held.html",
        status=409 if trouble else 200,
        block="list" if request.headers.get("HX-Target") == "held-list" else "",
        area="held",
        rows=shown,
        done=done,
        first=path if after else "",
        older=keyset.address(path, after=older) if more else "",
        opened=item is not None,
        item=chosen,
        why=why,
        signs=signs,
        trouble=trouble,
        failed=failed,
        given=request.POST,
        **(_about(request, chosen) if chosen else {}),
    )


def _about(request: PersonRequest, item: HeldItem) -> dict[str, object]:
    """What the item says and whose it might be."""
    said = read_held(item)
    drafts = [one.draft for one in said if one.draft]
    today = clock.now().date()
    guesses = guess(request.person, item, drafts, today)
    query = request.GET.get("q", "").strip()[:100]
    found = customers.accounts(request.person, today, text=query, size=_MOST_FOUND) if query else []
    guessed = {one.account.id for one in guesses.accounts}
    others = [row for row in found[:_MOST_FOUND] if row.id not in guessed]
    ids = [*guessed, *(row.id for row in others)]
    return {
        "said": said,
        "guesses": guesses,
        "reason": _closer(item.reason, guesses),
        "query": query,
        "others": others,
        "packages": {id: held.package for id, held in packages_of(ids, today).items()},
        "chosen": _chosen(request, guesses, [row.id for row in others]),
        "namesakes": namesakes(request.person, item.sender_name) if guesses.contact is None else [],
        "last_letter": last_letter("held", item.pk),
    }


def _closer(reason: str, guesses: Guesses) -> str:
    """The reason as what is known now explains it."""
    if reason != "sender_unknown":
        return reason
    if guesses.contact and not guesses.contact.active:
        return "contact_former"
    if any("id" in one.signs for one in guesses.accounts):
        return "contact_unverified"
    return "id_unmatched" if guesses.unknown_ids else reason


def _chosen(request: PersonRequest, guesses: Guesses, others: list[int]) -> int | None:
    """The account that is marked: the one just chosen, else the likeliest that is the sender's."""
    given = request.POST.get("account", "")
    if given.isdigit():
        return int(given)
    if others:
        return others[0]
    theirs = [one.account.id for one in guesses.accounts if one.account.id in guesses.theirs]
    if len(theirs) == 1:
        return theirs[0]
    return guesses.accounts[0].account.id if len(guesses.accounts) == 1 else None


def found_item(request: PersonRequest, ref: str) -> HeldItem:
    try:
        return get_held(request.person, ref)
    except Hidden:
        raise Http404 from None


def _after(request: PersonRequest) -> tuple[object, ...] | None:
    word = request.GET.get("after", "")
    if not word:
        return None
    key = keyset.read(word, (datetime, int))
    if key is None:
        raise Http404
    return key


def next_waiting(request: PersonRequest) -> HttpResponse:
    """Go on to the next item that waits."""
    return redirect("/held/")

"""A list of cases as a page: a queue or a view, in the columns and the order of who looks."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_noop as _

from heliodesk.cases import fields, queries, views
from heliodesk.cases.filters import FIELD, Plan
from heliodesk.cases.rules import Refused, Stage
from heliodesk.cases.views import Saved, Taste
from heliodesk.identity.person import Person
from heliodesk.kernel import clock
from heliodesk.oncall import looking
from heliodesk.web import keys, keyset, rail
from heliodesk.web.access import PersonRequest
from heliodesk.web.agent import rows
from heliodesk.web.agent.many import ASKS, OFFERED
from heliodesk.web.answer import page

SIZE = 50
HEADINGS = {
    Stage.P1: _("P1 Critical"),
    Stage.MISSED: _("Late"),
    Stage.WARNED: _("Due soon"),
    Stage.RUNNING: _("In good time"),
}
FIRST = {
    "activity": _("The latest first"),
    "newest": _("The newest first"),
    "oldest": _("The oldest first"),
}
#: Verbs on what is selected: code, words, icon, and whether it asks something first.
BULK_VERBS = [
    (code, label, icon, code in ASKS, keys.of(f"many_{code}")) for code, label, icon in OFFERED
]
#: Says that tastes changed, so that every process asks for them again.
COOKIE = "lists"
_FRESH_SECONDS = 30.0
_KEPT = 2000
_tastes: dict[tuple[int, str], tuple[float, dict[str, Taste]]] = {}


@dataclass(frozen=True)
class Listing:
    """One list: its code, what it is called, which cases."""

    code: str
    title: str
    path: str
    #: The view of a queue of the desk's own; none for one that is made of conditions.
    queue: queries.View | None = None
    plan: Plan = field(default_factory=Plan)
    saved: Saved | None = None
    #: The conditions as they stand in the address, of a filter that is not saved.
    asked: str = ""

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders that it can be seen in."""
        return views.ORDERS["done" if self.code == "closed" else self.plan.scope]

    def view(self, person: Person, by: str, at: datetime) -> queries.View:
        """Its cases, in this order if it has that.

        Raises:
            Refused: it asks for what there is no more.
        """
        if self.queue is None:
            own = by or (self.saved.order if self.saved else "")
            return views.listed(self.code, self.plan, own, person, at)
        return self.queue._replace(by=by) if by in self.orders else self.queue


def taste(request: PersonRequest, code: str) -> Taste:
    """How this person wants to see this list."""
    key = (request.person.id, request.COOKIES.get(COOKIE, ""))
    moment = time.monotonic()
    kept = _tastes.get(key)
    if kept is None or moment - kept[0] > _FRESH_SECONDS:
        if len(_tastes) > _KEPT:
            _tastes.clear()
        kept = _tastes[key] = (moment, views.tastes(request.person))
    return kept[1].get(code) or Taste([], "")


def forget() -> None:
    """Ask for tastes anew at the next look."""
    _tastes.clear()


def show(request: PersonRequest, listing: Listing, **more: Any) -> HttpResponse:
    """The list as a page, or for htmx only its lines."""
    chosen = taste(request, listing.code)
    columns = chosen.columns or (listing.saved.columns if listing.saved else [])
    trouble, view, found = "", None, list[queries.Row]()
    after: tuple[object, ...] | None = None
    try:
        view = listing.view(request.person, chosen.order, clock.now())
        after = _after(request, view)
        found = views.page(request.person, view, after=after, size=SIZE)
    except Refused as refusal:
        trouble = str(refusal)
    shown, further = found[:SIZE], len(found) > SIZE
    older = keyset.write(queries.key(view, shown[-1])) if further and view else ""
    counts = rail.counts(request.person)
    asked = {"f": listing.asked} if listing.asked else {}
    return page(
        request,
        "agent/queue.html",
        block="list" if request.headers.get("HX-Target") == "list" else "",
        area=listing.code,
        listing=listing,
        view=view,
        groups=_groups(shown, view.by if view else ""),
        shown=shown,
        lines=rows.lines_in(columns, _known(columns, shown)),
        columns=columns,
        own_columns=bool(columns),
        counts=counts,
        most=rail.MOST,
        first=keyset.address(request.path, **asked) if after else "",
        older=keyset.address(request.path, after=older, **asked) if further else "",
        trouble=trouble,
        hotline=looking.open_rows(request.person) if counts.get("p1") else [],
        bulk_verbs=BULK_VERBS,
        incident_key=keys.of("many_incident"),
        **more,
    )


def _known(columns: list[str], shown: list[queries.Row]) -> dict[int, dict[str, str]]:
    """What these cases hold of the fields that the columns ask for."""
    if not any(name.startswith(FIELD) for name in columns):
        return {}
    return fields.values_of([row.id for row in shown])


def _after(request: PersonRequest, view: queries.View) -> tuple[object, ...] | None:
    """Where this page begins; an address that was tampered with is no address."""
    word = request.GET.get("after", "")
    if not word:
        return None
    kinds = tuple(datetime if name.endswith("_at") else int for name in view.order)
    key = keyset.read(word, kinds)
    if key is None:
        raise Http404
    return key


def _groups(shown: list[queries.Row], by: str) -> list[tuple[str, list[queries.Row]]]:
    """The rows under headings: P1, then late, due soon, and the others, as they are worked on."""
    if by != "due":
        return [(FIRST[by], shown)] if shown else []
    grouped = groupby(shown, key=lambda row: row.stage)
    return [(HEADINGS[stage], list(each)) for stage, each in grouped]

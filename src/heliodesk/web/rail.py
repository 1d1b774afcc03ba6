"""The way around the desk: the entries beside every agent page, with bounded counts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from heliodesk.cases import filters, queries, views
from heliodesk.cases.rules import Refused
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.incidents.queries import open_count as open_incidents
from heliodesk.intake.queries import waiting_count
from heliodesk.kernel import clock
from heliodesk.notifications.noticed import new_count
from heliodesk.oncall.looking import open_count
from heliodesk.oncall.queries import paging_is_dead
from heliodesk.telephony.queries import waiting_count as waiting_count_of_calls
from heliodesk.web.translation import language, translated
from heliodesk.web.words import bounded

#: Counts older than this many seconds are asked for again.
FRESH_SECONDS = 5.0
#: Counting stops here.
MOST = 500
_KEPT = 2000


@dataclass(frozen=True)
class Entry:
    """One way to go."""

    area: str
    label: str
    icon: str
    #: Name of the page's address.
    url: str
    #: Goes there after ``g``.
    key: str = ""
    needs: May = May.WORK_CASES
    #: A heading that opens a new group.
    head: str = ""
    #: In the bar at the foot of a phone, by this shorter name if there is one.
    tab: bool = False
    short: str = ""
    #: How many wait there; none where nothing is counted.
    count: str | None = None
    #: Its address, where no name stands for it.
    path: str = ""


ENTRIES = [
    Entry("p1", _("P1 hotline"), "bolt", "p1", "p"),
    Entry("incidents", _("Incidents"), "warn", "incidents", "i"),
    Entry("needs_us", _("Needs us"), "inbox", "queue:needs_us", "q", tab=True),
    Entry("mine", _("My cases"), "user", "queue:mine", "m", tab=True, short=_("Mine")),
    Entry("unassigned", _("Unassigned"), "s-new", "queue:unassigned", "u"),
    Entry("teams", _("My teams"), "users", "queue:teams", "t"),
    Entry("open", _("All open"), "ticket", "queue:open", "a"),
    Entry("views", _("Views"), "filter", "views", "v"),
    Entry("notices", _("Notices"), "bell", "notices", "n"),
    Entry(
        "held",
        _("Held intake"),
        "held",
        "held",
        "h",
        needs=May.DECIDE_HELD,
        head=_("Intake"),
        tab=True,
        short=_("Held"),
    ),
    Entry("calls", _("Calls"), "phone", "calls", "c", tab=True),
    Entry("oncall", _("On-call"), "sun", "oncall", "o", head=_("Desk")),
    Entry("accounts", _("Accounts"), "org", "accounts", "k", needs=May.SEE_CUSTOMERS),
    Entry("sent", _("Sent mail"), "mail", "sent", "s", needs=May.SEE_SENT_MAIL),
    Entry("reports", _("Reports"), "chart", "reports", "r", needs=May.SEE_REPORTS),
    Entry("policy", _("Policy"), "book", "policy", "y"),
    Entry("settings", _("Settings"), "sliders", "settings", "e"),
]
#: Who counts what waits in which area; each stops counting at the number given.
COUNTERS: list[Callable[[Person, int], Mapping[str, int]]] = [
    lambda person, most: queries.counts(person, most=most),
    lambda person, most: {"p1": open_count(person, most=most)},
    lambda _person, most: {"incidents": open_incidents(most=most)},
    lambda person, most: {"held": waiting_count(person, most=most)},
    lambda person, most: {"notices": new_count(person, most=most)},
    lambda person, most: {"calls": waiting_count_of_calls(person, most=most)},
]


class Looked(NamedTuple):
    """What a person sees beside every page, and when it was counted."""

    at: float
    entries: list[Entry]
    counts: dict[str, int]
    #: A pinned view has not been counted for a while.
    uncounted: bool


#: A cookie that says, for some seconds, that the person's pins changed: other processes look anew.
CHANGED = "pins"
CHANGED_SECONDS = 20
#: Seconds for which the count of a pinned view holds, and one that took too long is left alone.
PINNED_SECONDS = 30.0
SLOW_SECONDS = 300.0
_pinned: dict[tuple[object, ...], tuple[float, str]] = {}
_looked: dict[tuple[int, str, frozenset[May]], Looked] = {}
_paging: tuple[float, bool] = (-FRESH_SECONDS, False)


def entries(person: Person) -> list[Entry]:
    """The ways that this person may go, with counts a few seconds old at most."""
    return _look(person).entries


def counts(person: Person) -> dict[str, int]:
    """How many wait in each area, counted to ``MOST``; a few seconds old at most."""
    return _look(person).counts


def uncounted(person: Person) -> bool:
    """Whether ``count_pinned`` would count something."""
    return _look(person).uncounted


def count_pinned(person: Person) -> None:
    """Count the views that a person has pinned, as far as that was not done lately.

    A view is counted once for everybody for whom it is the same; one that takes too long is left
    alone for some minutes.
    """
    at = clock.now()
    for view in views.pinned(person):
        key = _key(view, person)
        if not _stale(key):
            continue
        try:
            listed = views.listed(view.list, view.plan, view.order, person, at)
            said = views.said(views.count(person, listed, patience=views.GLANCE))
            _pinned[key] = (time.monotonic() + PINNED_SECONDS, said)
        except Refused:
            _pinned[key] = (time.monotonic() + SLOW_SECONDS, "")
    if len(_pinned) > _KEPT:
        _pinned.clear()
    forget_of(person)


def forget_of(person: Person) -> None:
    """Look anew at what this person sees."""
    for known in [known for known in _looked if known[0] == person.id]:
        _looked.pop(known, None)


def _key(view: views.Saved, person: Person) -> tuple[object, ...]:
    whose = person.id if filters.is_personal(view.plan) else 0
    return view.id, view.changed_at, whose, person.offshore, person.zone


def _stale(key: tuple[object, ...]) -> bool:
    kept = _pinned.get(key)
    return kept is None or kept[0] < time.monotonic()


def forget() -> None:
    """Count anew at the next look."""
    global _paging
    _looked.clear()
    _pinned.clear()
    _paging = (-FRESH_SECONDS, False)


def no_pages_go_out() -> bool:
    """Whether every pager has been silent for half a minute; a few seconds old at most (G10)."""
    global _paging
    moment = time.monotonic()
    if moment - _paging[0] > FRESH_SECONDS:
        _paging = (moment, paging_is_dead())
    return _paging[1]


def _look(person: Person) -> Looked:
    key, moment = (person.id, language(), person.permissions), time.monotonic()
    looked = _looked.get(key)
    if looked is None or moment - looked.at > FRESH_SECONDS:
        if len(_looked) > _KEPT:
            _looked.clear()
        found: dict[str, int] = {}
        for counter in COUNTERS:
            found |= counter(person, MOST)
        pinned = views.pinned(person)
        ways = _with(pinned, person, _entries(person, found))
        stale = any(_stale(_key(view, person)) for view in pinned)
        looked = _looked[key] = Looked(moment, ways, found, stale)
    return looked


def _with(pinned: list[views.Saved], person: Person, ways: list[Entry]) -> list[Entry]:
    """The ways with the pinned views after that to all views."""
    at = next((n for n, way in enumerate(ways, 1) if way.area == "views"), len(ways))
    own = [
        Entry(
            view.list,
            view.name,
            "dots",
            "view",
            count=_pinned.get(_key(view, person), (0.0, ""))[1] or None,
            path=f"/views/{view.id}/",
        )
        for view in pinned
    ]
    return [*ways[:at], *own, *ways[at:]]


def _entries(person: Person, found: dict[str, int]) -> list[Entry]:
    return [
        replace(
            entry,
            label=translated(entry.label),
            head=translated(entry.head) if entry.head else "",
            short=translated(entry.short) if entry.short else "",
            count=bounded(found[entry.area], MOST) if entry.area in found else None,
        )
        for entry in ENTRIES
        if person.may(entry.needs)
    ]

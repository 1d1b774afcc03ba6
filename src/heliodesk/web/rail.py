"""The way around the desk: the entries beside every agent page, with bounded counts."""

import time
from dataclasses import dataclass, replace

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from heliodesk.cases import queries
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
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


ENTRIES = [
    Entry("needs_us", _("Needs us"), "inbox", "queue:needs_us", "q", tab=True),
    Entry("mine", _("My cases"), "user", "queue:mine", "m", tab=True, short=_("Mine")),
    Entry("unassigned", _("Unassigned"), "s-new", "queue:unassigned", "u"),
    Entry("open", _("All open"), "ticket", "queue:open", "o"),
]

_counted: dict[int, tuple[float, dict[str, int]]] = {}


def entries(person: Person) -> list[Entry]:
    """The ways that this person may go, with counts a few seconds old at most."""
    found = counts(person)
    return [
        replace(
            entry,
            label=gettext(entry.label),
            head=gettext(entry.head) if entry.head else "",
            short=gettext(entry.short) if entry.short else "",
            count=bounded(found[entry.area], MOST) if entry.area in found else None,
        )
        for entry in ENTRIES
        if person.may(entry.needs)
    ]


def counts(person: Person) -> dict[str, int]:
    """How many cases wait in each view, counted to ``MOST``; kept for ``FRESH_SECONDS``."""
    moment = time.monotonic()
    kept = _counted.get(person.id)
    if kept is None or moment - kept[0] > FRESH_SECONDS:
        if len(_counted) > _KEPT:
            _counted.clear()
        kept = _counted[person.id] = (moment, queries.counts(person, most=MOST))
    return kept[1]


def forget() -> None:
    """Count anew at the next look."""
    _counted.clear()

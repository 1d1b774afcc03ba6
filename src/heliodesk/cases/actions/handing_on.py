"""All open cases of somebody who leaves: given to a colleague, or put back into their queues."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from heliodesk.cases.actions.ownership import assign, release
from heliodesk.cases.actions.states import resume
from heliodesk.cases.models import Case
from heliodesk.cases.rules import OPEN, Refused, State
from heliodesk.journal.record import By

#: Cases handed on at once at the most; nobody has more open.
MOST = 1000
_WAITS = {State.PENDING_CUSTOMER, State.PENDING_VENDOR}


@dataclass(frozen=True)
class HandedOn:
    """What became of the cases, by how many."""

    given: int = 0
    put_back: int = 0
    left: int = 0


def owned(owner_id: int, *, most: int = MOST) -> int:
    """How many open cases somebody has, counted to ``most``."""
    return len(_open_cases(owner_id).values_list("pk")[:most])


def hand_on(owner_id: int, *, to: int | None, by: By, at: datetime) -> HandedOn:
    """Give every open case of theirs to a colleague, or without one back to its queue.

    A case that the colleague may not see goes back to its queue. One that waits is taken up again
    first: whoever finds it there must look at it once. Each case is a step of its own, so that
    what is cut off half way can be asked for again.
    """
    given = put_back = left = 0
    for case in _open_cases(owner_id)[:MOST]:
        if to is not None:
            try:
                assign(case, owner_id=to, by=by, at=at)
                given += 1
                continue
            except Refused:
                pass  # the colleague may not see it: the queue finds somebody who may
        try:
            if case.state in _WAITS:
                case = resume(case, by=by, at=at)
            release(case, by=by, at=at)
            put_back += 1
        except Refused:
            left += 1
    return HandedOn(given, put_back, left)


def _open_cases(owner_id: int) -> QuerySet[Case]:
    return Case.objects.filter(owner_id=owner_id, state__in=sorted(OPEN)).order_by("pk")

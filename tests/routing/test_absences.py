"""Out of the office: cases go back to their queue, and what nobody took comes back."""

from datetime import datetime, timedelta

import pytest

from heliodesk.cases import actions as cases
from heliodesk.cases.rules import Refused
from heliodesk.identity.models import User
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM, By
from heliodesk.routing import absences, fairly, jobs
from heliodesk.routing.models import Absence
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def away(user: User, starts_at: datetime = NOW, ends_at: datetime = NOW + 5 * DAY) -> Absence:
    return absences.be_away(
        user, starts_at=starts_at, ends_at=ends_at, note="Holiday", by=SYSTEM, at=NOW
    )


def test_cases_go_back_to_the_queue_and_return() -> None:
    ann, bob = make.user(), make.user()
    free, taken, waiting = (
        make.case(owner=ann, state=state) for state in ("assigned", "assigned", "pending_customer")
    )
    solved = make.case(owner=ann, state="resolved", resolved_at=NOW)
    away(ann)
    assert jobs.settle_absences(NOW) == 1
    assert jobs.settle_absences(NOW) == 0
    for case in (free, taken, waiting, solved):
        case.refresh_from_db()
    assert free.owner is None and free.state == "new" and taken.owner is None
    assert waiting.owner == ann and solved.owner == ann
    cases.take(taken, by=By("user", bob.pk, bob.name), at=NOW + DAY)
    assert jobs.settle_absences(NOW + 6 * DAY) == 1
    for case in (free, taken):
        case.refresh_from_db()
    assert free.owner == ann and taken.owner == bob
    verbs = list(Event.objects.filter(subject_kind="user").values_list("verb", flat=True))
    assert verbs == ["away", "back"]


def test_coming_back_early_and_calling_off() -> None:
    ann = make.user()
    case = make.case(owner=ann, state="assigned")
    row = away(ann)
    jobs.settle_absences(NOW)
    absences.come_back(row, by=SYSTEM, at=NOW + DAY)
    absences.come_back(row, by=SYSTEM, at=NOW + DAY)
    case.refresh_from_db()
    assert case.owner == ann and fairly.away(NOW + 2 * DAY) == set()
    later = away(ann, NOW + 10 * DAY, NOW + 12 * DAY)
    absences.come_back(later, by=SYSTEM, at=NOW + 2 * DAY)
    assert jobs.settle_absences(NOW + 11 * DAY) == 0


def test_who_left_for_good_gets_nothing_back() -> None:
    ann = make.user()
    case = make.case(owner=ann, state="assigned")
    away(ann)
    jobs.settle_absences(NOW)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    jobs.settle_absences(NOW + 6 * DAY)
    case.refresh_from_db()
    assert case.owner is None


@pytest.mark.parametrize(
    ("starts", "ends", "why"),
    [
        (NOW + DAY, NOW, "end after it starts"),
        (NOW - 2 * DAY, NOW - DAY, "after now"),
        (NOW, NOW + 500 * DAY, "400 days"),
        (NOW + 4 * DAY, NOW + 6 * DAY, "away within this time already"),
    ],
)
def test_times_that_cannot_be_are_refused(starts: datetime, ends: datetime, why: str) -> None:
    ann = make.user()
    away(ann)
    with pytest.raises(Refused, match=why):
        away(ann, starts, ends)
